package web

import (
	"net/http"

	"ponte/internal/audit"
	"ponte/internal/hook"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// registerForm shows what registering does in the vendor's system.
func (s *Site) registerForm(w http.ResponseWriter, v *visit) error {
	side, err := s.registrable(v)
	if err != nil {
		return err
	}
	t := v.account
	return show(s, w, v, http.StatusOK, confirmSheet, "Registrar no "+side.Title(), confirmPage{
		Title: "Registrar no " + side.Title(), Back: t.Path("conexoes"), Action: t.Path("conexoes", string(side), "registrar"), Button: "Registrar",
		Lead: "O Ponte pede ao " + side.Title() + " que avise a este endereço quando um cliente ou uma tarefa é criado, muda ou é excluído.",
		Points: []string{
			"O que já chama este endereço fica; o que chama um endereço antigo do Ponte é trocado.", "O que chama outro programa fica como está, e a página diz qual é.",
			"Se a conta ainda não tem endereço, ele é criado.", "Leva alguns segundos, ou o fim da rodada que estiver em andamento.",
		},
	})
}

func (s *Site) registrable(v *visit) (record.Side, error) {
	side, err := sideOfPath(v)
	if err != nil {
		return side, err
	}
	if lead, _ := hook.OnScreen(side); lead != "" || s.Assistant == nil {
		return side, missing("No " + side.Title() + " o webhook é cadastrado na tela dele; a página de Conexões diz como.")
	}
	return side, nil
}

// register asks a worker to register the account's address.
func (s *Site) register(w http.ResponseWriter, v *visit) error {
	side, err := s.registrable(v)
	if err != nil {
		return err
	}
	if why := s.deaf(); why != "" {
		return refused(http.StatusConflict, why)
	}
	_, sealed, err := s.secretsOf(v.Context(), v.account.ID)
	if err != nil {
		return err
	}
	if sealed {
		return refused(http.StatusConflict, sealedKeys)
	}
	if err := s.Store.AskWork(s.acting(v.Context(), v, audit.HookRegistered(side)), store.Owner{ID: v.account.ID}, setup.Hooks, s.PublicURL, s.Assistant.Ask); err != nil {
		return err
	}
	s.Log.Info("a webhook's registration was asked for", "account", v.account.ID, "side", side, "person", v.person.Email)
	return s.back(w, v, v.account.Path("conexoes"), "O Ponte está registrando o endereço no "+side.Title()+". Abra Conexões de novo em alguns segundos.")
}
