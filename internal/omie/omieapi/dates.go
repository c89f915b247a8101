package omieapi

import (
	"strings"
	"time"
	_ "time/tzdata" // São Paulo must be known where the system has no zones
)

// SaoPaulo is the zone of all of Omie's stamps and filters (§10.3).
var SaoPaulo = func() *time.Location {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic(err) // embedded above
	}
	return zone
}()

// Data writes t as dd/mm/aaaa in São Paulo.
func Data(t time.Time) string { return t.In(SaoPaulo).Format("02/01/2006") }

// Hora writes t as hh:mm:ss in São Paulo.
func Hora(t time.Time) string { return t.In(SaoPaulo).Format("15:04:05") }

// Instante reads a date and an hour as Omie stamps them. An empty hour is
// midnight; ok is false when the date is empty or no date.
func Instante(data, hora Text) (t time.Time, ok bool) {
	date, err := time.ParseInLocation("02/01/2006", strings.TrimSpace(string(data)), SaoPaulo)
	if err != nil {
		return time.Time{}, false
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if h, err := time.Parse(layout, strings.TrimSpace(string(hora))); err == nil {
			return time.Date(date.Year(), date.Month(), date.Day(), h.Hour(), h.Minute(), h.Second(), 0, SaoPaulo), true
		}
	}
	return date, true
}

// Carimbos are the stamps of a record's making and last change. A record never
// edited has both alike (§10.3).
type Carimbos struct {
	DInc Text `json:"dInc"`
	HInc Text `json:"hInc"`
	UInc Text `json:"uInc"` // WEBSERVICE for API calls
	DAlt Text `json:"dAlt"`
	HAlt Text `json:"hAlt"`
	UAlt Text `json:"uAlt"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (c *Carimbos) UnmarshalJSON(b []byte) error {
	type plain Carimbos
	return block(b, (*plain)(c))
}

// Alterado returns when the record was last changed, or made.
func (c Carimbos) Alterado() (time.Time, bool) {
	if t, ok := Instante(c.DAlt, c.HAlt); ok {
		return t, ok
	}
	return Instante(c.DInc, c.HInc)
}

// Incluido returns when the record was made.
func (c Carimbos) Incluido() (time.Time, bool) { return Instante(c.DInc, c.HInc) }

// Janela is a window of changes, both ends included, one second fine. New
// records count as changed (§3.6). Its zero value filters nothing.
type Janela struct {
	De      string `json:"filtrar_por_data_de,omitempty"`
	Ate     string `json:"filtrar_por_data_ate,omitempty"`
	HoraDe  string `json:"filtrar_por_hora_de,omitempty"`
	HoraAte string `json:"filtrar_por_hora_ate,omitempty"`
}

// NovaJanela is the window from de to ate.
func NovaJanela(de, ate time.Time) Janela {
	return Janela{Data(de), Data(ate), Hora(de), Hora(ate)}
}

// JanelaDeDias is a window of whole days, for methods without hours (§6.8).
type JanelaDeDias struct {
	De  string `json:"filtrar_por_data_de,omitempty"`
	Ate string `json:"filtrar_por_data_ate,omitempty"`
}

// NovaJanelaDeDias is the window of the days of de to ate.
func NovaJanelaDeDias(de, ate time.Time) JanelaDeDias { return JanelaDeDias{Data(de), Data(ate)} }
