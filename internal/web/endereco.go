package web

import (
	"errors"
	"net/http"
	"slices"

	"ponte/internal/audit"
	"ponte/internal/hook"
	"ponte/internal/record"
	"ponte/internal/store"
)

// hookForm shows what making or replacing an address does.
func (s *Site) hookForm(w http.ResponseWriter, v *visit) error {
	side, has, err := s.hookOfPath(v)
	if err != nil {
		return err
	}
	t := v.account
	page := confirmPage{
		Title: "Criar o endereço do " + side.Title(), Back: t.Path("conexoes"), Action: t.Path("conexoes", string(side), "endereco"), Button: "Criar o endereço", Hidden: []field{{"fazer", "criar"}},
		Lead:   "O Ponte cria um endereço secreto, só desta conta, onde o " + side.Title() + " avisa o que mudou.",
		Points: []string{"Quem conhece o endereço pode fazer o Ponte ler registros de novo, e mais nada.", "Depois de criado, falta registrá-lo no " + side.Title() + "; a página diz como."},
	}
	if has {
		page.Title, page.Button, page.Hidden = "Trocar o endereço do "+side.Title(), "Trocar o endereço", []field{{"fazer", "trocar"}}
		page.Lead = "O endereço de agora deixa de valer na hora, e o Ponte cria outro."
		page.Points = []string{"Avisos que o " + side.Title() + " mandar ao endereço antigo se perdem; o Ponte acha as mudanças perguntando, no ritmo da conta.", "O endereço novo precisa ser registrado no " + side.Title() + "; a página diz como."}
	}
	return show(s, w, v, http.StatusOK, confirmSheet, page.Title, page)
}

// hookOfPath is the side that the address names; has: the account has an address for it.
func (s *Site) hookOfPath(v *visit) (side record.Side, has bool, err error) {
	if side, err = sideOfPath(v); err != nil {
		return side, false, err
	}
	hooks, err := s.Store.Hooks(v.Context(), v.account.ID)
	return side, slices.ContainsFunc(hooks, func(h store.Hook) bool { return h.Side == side }), err
}

// makeHook makes the address that was shown, or replaces it.
func (s *Site) makeHook(w http.ResponseWriter, v *visit) error {
	side, has, err := s.hookOfPath(v)
	if err != nil {
		return err
	}
	rotate, said := false, "Endereço criado. Falta registrá-lo no "+side.Title()+"."
	switch v.PostFormValue("fazer") {
	case "trocar":
		rotate, said = true, "Endereço trocado: o antigo não vale mais. Registre o novo no "+side.Title()+"."
	case "criar":
		if has {
			return refused(http.StatusConflict, "O endereço já foi criado.")
		}
	default:
		return refused(http.StatusUnprocessableEntity, "Diga se o endereço é criado ou trocado.")
	}
	if _, err := hook.Token(s.acting(v.Context(), v, audit.HookRotated(side)), s.Store, v.account.ID, side, rotate); err != nil {
		if _, sealed := errors.AsType[*store.SealedError](err); sealed {
			return refused(http.StatusConflict, sealedKeys)
		}
		return err
	}
	s.Log.Info("a webhook's address was made", "account", v.account.ID, "side", side, "rotated", rotate, "person", v.person.Email)
	return s.back(w, v, v.account.Path("conexoes"), said)
}
