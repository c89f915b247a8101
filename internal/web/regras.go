package web

import (
	"net/http"
)

// A regrasPage is what the account decided, and the words of the two systems.
type regrasPage struct {
	Blocks []settingBlock
	Tables []wordTable
}

func (s *Site) regras(w http.ResponseWriter, v *visit) error {
	blocks, err := settingsOf(v.account.settings)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, regrasSheet, "Regras e padrões", regrasPage{Blocks: blocks, Tables: glossary})
}
