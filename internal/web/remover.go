package web

import (
	"context"
	"net/http"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/store"
)

// A removePage shows what goes with an account, and what stays, before it is removed.
type removePage struct {
	Name         string
	Action, Back string
	Goes         []removeRow
	Waiting      int
	Hooks        bool // addresses that the vendors may still call
	Wrong        string
}

// A removeRow is a sort of row of which there are so many.
type removeRow struct{ Said string }

func (s *Site) removeForm(w http.ResponseWriter, v *visit) error {
	return s.showRemove(w, v, http.StatusOK, "")
}

func (s *Site) showRemove(w http.ResponseWriter, v *visit, status int, wrong string) error {
	t := v.account
	h, err := s.Store.Holdings(v.Context(), t.ID)
	if err != nil {
		return err
	}
	hooks, err := s.Store.Hooks(v.Context(), t.ID)
	if err != nil {
		return err
	}
	page := removePage{Name: t.Name, Action: t.Path("remover"), Back: t.Path("conexoes"), Hooks: len(hooks) > 0, Wrong: wrong, Goes: goes(h)}
	return show(s, w, v, status, removeSheet, "Remover a conta", page)
}

func goes(h store.Holdings) (rows []removeRow) {
	for _, r := range []struct {
		n         int
		one, many string
	}{
		{h.Items, "1 registro lido, com o que veio dele", "registros lidos, com o que veio deles"},
		{h.Links, "1 ligação entre os dois lados", "ligações entre os dois lados"},
		{h.Changes, "1 gravação anotada, com o seu código", "gravações anotadas, com os seus códigos"},
		{h.Waits, "1 pendência", "pendências"},
		{h.Runs, "1 rodada", "rodadas"},
	} {
		if r.n > 0 {
			rows = append(rows, removeRow{count(r.n, "", r.one, r.many)})
		}
	}
	return rows
}

// remove forgets the account, under its lease: nothing is being written then.
func (s *Site) remove(w http.ResponseWriter, v *visit) error {
	t := v.account
	if !sameName(v.PostFormValue("nome"), t.Name) {
		return s.showRemove(w, v, http.StatusUnprocessableEntity, "O nome não confere: escreva “"+t.Name+"”. Nada foi removido.")
	}
	err := s.settle(w, v, audit.AccountRemoved(t.settings), "/contas", func(ctx context.Context, _ store.Lease) (string, error) {
		return "A conta “" + t.Name + "” foi removida do Ponte. No Auvo e no Omie nada mudou.", s.Store.RemoveAccount(ctx, t.ID)
	})
	if err == nil {
		s.Log.Info("an account was removed", "account", t.ID, "person", v.person.Email)
	}
	return err
}

// sameName is how a typed name is compared: blanks apart. (pure)
func sameName(typed, name string) bool {
	return strings.Join(strings.Fields(typed), " ") == strings.Join(strings.Fields(name), " ")
}
