package web

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"ponte/internal/flow"
	"ponte/internal/record"
)

// words are what templates say things with.
var words = template.FuncMap{
	"asset": asset, "num": num, "count": count, "dict": dict,
}

// num writes a number as Brazil does.
func num(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return sign + digits
}

// count writes a number with its noun: "1 registro", "1.204 registros", "nenhum registro".
func count(n int, none, one, many string) string {
	switch n {
	case 0:
		return none
	case 1:
		return one
	}
	return num(n) + " " + many
}

// ago writes how long since an instant: "agora", "há 2 min", "há 3 h", "há 5 dias".
func ago(now, at time.Time) string {
	switch d := now.Sub(at); {
	case at.IsZero():
		return "nunca"
	case d < time.Minute:
		return "agora"
	case d < time.Hour:
		return fmt.Sprintf("há %d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("há %d h", int(d.Hours()))
	default:
		return fmt.Sprintf("há %d dias", int(math.Floor(d.Hours()/24)))
	}
}

// A moment is an instant as a page shows it: in few words, with the whole of it at hand.
type moment struct {
	Ago  string // "há 2 min"
	When string // "24/11/2026 14:03"
	ISO  string // for machines; "" for the zero time
}

// moments makes moments of instants, as seen from now in a zone.
type moments struct {
	now  time.Time
	zone *time.Location
}

func (m moments) of(at time.Time) moment {
	if at.IsZero() {
		return moment{Ago: "nunca", When: "–"}
	}
	return moment{ago(m.now, at), at.In(m.zone).Format("02/01/2006 15:04"), at.UTC().Format(time.RFC3339)}
}

var kindTitles = map[record.Kind]string{
	record.Customer: "Cliente", record.Product: "Produto", record.Service: "Serviço", record.Task: "Tarefa", record.Quotation: "Orçamento",
	record.ServiceOrder: "Ordem de serviço", record.SalesOrder: "Pedido de venda",
}

func kindTitle(kind record.Kind) string {
	if t := kindTitles[kind]; t != "" {
		return t
	}
	return string(kind)
}

func flowTitle(name string) string {
	if f, ok := flow.Named(name); ok {
		return f.Title
	}
	return name
}

// dict gives a template's part several values by name.
func dict(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out
}

func newID() string { return strings.ToLower(ulid.Make().String()) }

// matches tells whether every word of a query stands in one of the texts, case and accents apart.
func matches(query string, texts ...string) bool {
	all := record.Fold(strings.Join(texts, " "))
	for _, word := range strings.Fields(record.Fold(query)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}
