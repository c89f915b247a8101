package web

import (
	"cmp"
	"net/http"
	"strings"

	"ponte/internal/record"
	"ponte/internal/story"
)

// A buscaPage is the one box: a name, a document, a number, and what answers to it.
type buscaPage struct {
	Query string
	Found []foundRow
	More  bool
}

// A foundRow is one record that answers.
type foundRow struct {
	Title, Kind, Path string
	Side, ID          string
	Detail            string // what tells namesakes apart
	Outcome           verdict
}

// mostFound is how many records a search shows.
const mostFound = 30

func (s *Site) busca(w http.ResponseWriter, v *visit) error {
	page := buscaPage{Query: strings.TrimSpace(v.FormValue("q"))}
	if page.Query == "" {
		return show(s, w, v, http.StatusOK, buscaSheet, "Busca", page)
	}
	items, err := story.Find(v.Context(), s.Store, v.account.ID, page.Query, 2*mostFound)
	if err != nil {
		return err
	}
	if items, err = s.onceEach(v, items); err != nil {
		return err
	}
	if page.More = len(items) > mostFound; page.More {
		items = items[:mostFound]
	}
	if len(items) == 1 && v.Header.Get("HX-Request") == "" {
		http.Redirect(w, v.Request, storyPath(v.account, items[0].Ref()), http.StatusSeeOther)
		return nil
	}
	for _, i := range items {
		row, err := s.foundOf(v, i)
		if err != nil {
			return err
		}
		page.Found = append(page.Found, row)
	}
	return show(s, w, v, http.StatusOK, buscaSheet, "Busca", page)
}

// onceEach leaves out the Omie side of a pair whose Auvo side is there: both tell one story.
func (s *Site) onceEach(v *visit, items []record.Item) ([]record.Item, error) {
	there := map[record.Ref]bool{}
	for _, i := range items {
		there[i.Ref()] = true
	}
	var out []record.Item
	for _, i := range items {
		twin := false
		if i.Side == record.Omie {
			links, err := s.Store.Links(v.Context(), v.account.ID, i.Kind, i.Side, i.ID)
			if err != nil {
				return nil, err
			}
			for _, l := range links {
				twin = twin || there[l.On(record.Auvo)]
			}
		}
		if !twin {
			out = append(out, i)
		}
	}
	return out, nil
}

func (s *Site) foundOf(v *visit, i record.Item) (foundRow, error) {
	state, err := s.Store.ItemState(v.Context(), v.account.ID, i.Ref())
	row := foundRow{
		Title: cmp.Or(i.Title, i.Ref().String()), Kind: kindTitle(i.Kind), Path: storyPath(v.account, i.Ref()), Side: i.Side.Title(), ID: i.ID, Outcome: outcomeWords[state.Outcome],
	}
	row.Detail = detailOf(i)
	return row, err
}

// detailOf is what tells a record from its namesakes.
func detailOf(i record.Item) string {
	switch {
	case i.Source != nil:
		return i.Source.CustomerName
	case i.Fields[record.FieldDocument] != "":
		return hinted(i.Fields[record.FieldDocument])
	case i.Key(record.KeySKU) != "":
		return "código " + i.Key(record.KeySKU)
	}
	return ""
}

// outcomeWords are the outcomes of a record's last decision for people.
var outcomeWords = map[string]verdict{
	"failed": {"bad", "Falhou"}, "waiting": {"warn", "Espera"}, "created": {"good", "Criado"}, "updated": {"good", "Atualizado"},
	"unchanged": {"good", "Em dia"}, "excluded": {"", "Fora das regras"},
}
