package web

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An assistentePage begins a new account, and takes up those that were begun.
type assistentePage struct {
	Name   string
	Wrong  string
	First  bool // there is no account yet
	Drafts []draftRow
}

// A draftRow is an account that somebody is putting together.
type draftRow struct {
	Name, Path string
	Left       int // steps that are not done
}

func (s *Site) assistente(w http.ResponseWriter, v *visit) error {
	return s.showAssistant(w, v, http.StatusOK, assistentePage{})
}

func (s *Site) showAssistant(w http.ResponseWriter, v *visit, status int, page assistentePage) error {
	if s.Assistant == nil {
		return missing("O assistente não está disponível aqui.")
	}
	if gone, err := s.rehearsed(w, v); gone || err != nil {
		return err
	}
	accounts, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	page.First = len(accounts) == 0
	if page.Drafts, err = s.drafts(v); err != nil {
		return err
	}
	return show(s, w, v, status, assistenteSheet, "Conectar uma empresa", page)
}

func (s *Site) drafts(v *visit) (rows []draftRow, err error) {
	all, err := s.Store.Drafts(v.Context())
	for _, row := range all {
		d, err := s.read(v.Context(), row)
		if err != nil {
			return nil, err
		}
		r := draftRow{Name: d.account.Name, Path: d.Path()}
		for _, st := range d.steps() {
			if !st.Done {
				r.Left++
			}
		}
		rows = append(rows, r)
	}
	return rows, err
}

// begins starts a draft under a name, with the flows that most companies want.
func (s *Site) beginDraft(w http.ResponseWriter, v *visit) error {
	name := strings.Join(strings.Fields(v.PostFormValue("nome")), " ")
	if name == "" || record.Runes(name) > 80 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return s.showAssistant(w, v, http.StatusUnprocessableEntity, assistentePage{Name: name, Wrong: "Escreva o nome da empresa, com até 80 letras."})
	}
	if s.Assistant == nil {
		return missing("O assistente não está disponível aqui.")
	}
	if gone, err := s.rehearsed(w, v); gone || err != nil {
		return err
	}
	a := s.Assistant.New()
	a.Name = name
	a.Flows = config.Flows{Customers: config.New[config.Customers](), Products: config.New[config.Products](), Services: config.New[config.Services](), Tasks: config.New[config.Tasks]()}
	for n := range mostNamesakes {
		a.ID = accountID(name)
		if n > 0 {
			a.ID = fmt.Sprintf("%s-%d", a.ID, n+1)
		}
		err := s.Store.AddDraft(s.Store.WithAct(v.Context(), s.actOn(v, a.ID, audit.DraftBegun())), store.Draft{ID: a.ID, Settings: []byte(a.Settings())})
		if errors.Is(err, store.ErrIDTaken) {
			continue
		}
		if err != nil {
			return err
		}
		s.Log.Info("an account was begun in the assistant", "account", a.ID, "person", v.person.Email)
		http.Redirect(w, v.Request, "/assistente/"+a.ID+"/chaves/auvo", http.StatusSeeOther)
		return nil
	}
	return s.showAssistant(w, v, http.StatusUnprocessableEntity, assistentePage{Name: name, Wrong: "Já há muitas contas com esse nome: escolha outro."})
}

const mostNamesakes = 50

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// accountID makes an id of a company's name: "Polo Sul Ltda." is polo-sul-ltda.
func accountID(name string) string {
	id := notInID.ReplaceAllString(strings.ToLower(record.Fold(name)), "-")
	id = strings.Trim(id[:min(len(id), 40)], "-")
	if id == "" {
		return "conta"
	}
	return id
}
