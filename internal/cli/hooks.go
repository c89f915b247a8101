package cli

import (
	"fmt"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// hookStatus is how a side's webhook does.
type hookStatus struct {
	Side      record.Side `json:"side"`
	Heard     *time.Time  `json:"heard"`     // the last delivery; null: none yet
	Found     int         `json:"found"`     // changes found in the last seven days, by whatever means
	Announced int         `json:"announced"` // how many of them it had announced
	Silent    bool        `json:"silent"`    // it was heard once, and no more though there was something to say
}

// coverageLasts is over how many days coverage is told.
const coverageLasts = 7 * 24 * time.Hour

// hooks are the account's webhooks that have an address.
func (s *session) hooks(account string) ([]hookStatus, error) {
	out := []hookStatus{}
	hooks, err := s.db.Hooks(s.ctx, account)
	if err != nil || len(hooks) == 0 {
		return out, err
	}
	coverage, err := s.db.CoverageSince(s.ctx, account, time.Now().Add(-coverageLasts))
	if err != nil {
		return out, err
	}
	for _, h := range hooks {
		out = append(out, hookStatusOf(h, coverage, time.Now()))
	}
	return out, nil
}

func hookStatusOf(h store.Hook, coverage []store.Coverage, now time.Time) hookStatus {
	st := hookStatus{Side: h.Side, Silent: h.Silent(now)}
	if !h.Heard.IsZero() {
		heard := h.Heard.UTC()
		st.Heard = &heard
	}
	for _, c := range coverage {
		if c.Side == h.Side {
			st.Found, st.Announced = c.Found, c.Announced
		}
	}
	return st
}

func printHook(s *session, h hookStatus) {
	switch {
	case h.Heard == nil:
		return // nobody has registered it
	case h.Silent:
		s.printf("%s: its webhook is silent since %s, though there was something to say: see ponte accounts hooks\n", h.Side, h.Heard.Local().Format("02/01 15:04"))
	default:
		s.printf("%s: its webhook was last heard %s, and announced %d of the %d changes found in seven days\n", h.Side, h.Heard.Local().Format("02/01 15:04"), h.Announced, h.Found)
	}
}

// onScreen says, for the office, how a side is told that offers no way by its API.
var onScreen = map[record.Side][]string{
	record.Omie: {
		"No Omie, o webhook é cadastrado na tela, uma vez por aplicativo:",
		"1. Entre em https://developer.omie.com.br/my-apps/ com um usuário administrador e abra o aplicativo desta conta.",
		"2. Em Webhooks, crie um novo e cole o endereço acima.",
		"3. Marque os tópicos: ClienteFornecedor (Incluído, Alterado, Excluído), Produto (Incluído, Alterado, Excluído, MovimentaçãoEstoque, AjusteEstoque), Serviço (Incluído, Alterado, Excluído).",
		"4. Salve. O Omie testa o endereço ao salvar; ponte status mostra quando ele foi ouvido.",
	},
}

// register has each side's webhooks call the account's addresses, where the side
// offers that, and says how it is done elsewhere.
func (s *session) register(a config.Account) error {
	auvo, omie, err := s.connect(a, time.Now)
	if err != nil {
		return err
	}
	worst := error(nil)
	for _, side := range []record.System{auvo, omie} {
		if side.Register == nil {
			for _, line := range onScreen[side.Side] {
				s.printf("%s\n", line)
			}
			continue
		}
		token, err := s.hookToken(a, side.Side, false)
		if err != nil {
			return err
		}
		findings, err := side.Register(s.ctx, hookAddress(s.publicURL(), side.Side, token))
		for _, f := range findings {
			s.printFinding(a.ID, f)
			if !f.OK {
				worst = &exitError{code: exitPartly}
			}
		}
		if err != nil {
			return fmt.Errorf("cannot register %s's webhooks: %w", side.Side.Title(), err)
		}
	}
	return worst
}
