package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
)

// mostCSV is how many runs a file has, the newest.
const mostCSV = 1000

func (s *Site) runsCSV(w http.ResponseWriter, v *visit) error {
	runs, err := s.Store.Runs(v.Context(), v.account.ID, mostCSV)
	if err != nil {
		return err
	}
	out := startCSV(w, v.account.ID+"-execucoes", "execução", "início", "fim", "estado", "fluxo", "lidos", "criados", "atualizados", "sem mudança", "fora das regras", "esperam", "falharam", "conflitos", "chamadas ao Auvo", "chamadas ao Omie", "erro")
	for _, r := range runs {
		row := runRowOf(v.account, r)
		end := v.account.moments.of(r.Finished).When
		for _, f := range r.Flows {
			out.row(r.ID, row.Started.When, end, row.State.Text, flowTitle(f.Flow), f.Read, f.Created, f.Updated, f.Unchanged, f.Excluded, f.Waiting, f.Failed, f.Conflicts, f.Calls["auvo"], f.Calls["omie"], f.Error)
		}
	}
	return out.end()
}

func (s *Site) runCSV(w http.ResponseWriter, v *visit) error {
	t := v.account
	r, err := s.Store.Run(v.Context(), t.ID, v.PathValue("run"))
	if err != nil {
		return err
	}
	out := startCSV(w, t.ID+"-execucao-"+r.ID, "registro", "o quê", "campo", "de", "para", "estado", "quando", "regra", "resposta")
	for after := int64(0); ; {
		changes, err := s.Store.RunChangesAfter(v.Context(), t.ID, r.ID, after, mostCSV)
		if err != nil {
			return err
		}
		for _, c := range changes {
			after = c.ID
			out.change(changeRowOf(t, c))
		}
		if len(changes) < mostCSV {
			return out.end()
		}
	}
}

func (c *sheetCSV) change(row changeRow) {
	if len(row.Fields) == 0 {
		row.Fields = []fieldRow{{}}
	}
	for _, f := range row.Fields {
		c.row(row.Title, row.Does, f.Title, f.From, f.To, row.State, row.At.When, row.Reason, strings.TrimSpace(row.Answer+" "+row.Text))
	}
}

// A sheetCSV is a file that Brazilian spreadsheets open: semicolons, and UTF-8 said at its head.
type sheetCSV struct{ w *csv.Writer }

func startCSV(w http.ResponseWriter, name string, head ...any) *sheetCSV {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+".csv"))
	_, _ = w.Write([]byte("\ufeff")) // who has gone reads nothing
	c := &sheetCSV{csv.NewWriter(w)}
	c.w.Comma, c.w.UseCRLF = ';', true
	c.row(head...)
	return c
}

func (c *sheetCSV) row(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = harmless(cell)
	}
	_ = c.w.Write(row) // its error is kept, and end gives it
}

func (c *sheetCSV) end() error {
	c.w.Flush()
	return nil // what could not be written has nobody left to read it
}

// harmless keeps a spreadsheet from taking somebody's text for a formula: such a
// text begins with an apostrophe. Numbers of ours stay numbers.
func harmless(cell any) string {
	text, ok := cell.(string)
	if !ok {
		return fmt.Sprint(cell)
	}
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r\n") || strings.HasPrefix(text, "＝") || strings.HasPrefix(text, "＋") || strings.HasPrefix(text, "－") || strings.HasPrefix(text, "＠") {
		return "'" + text
	}
	return text
}
