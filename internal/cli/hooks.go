package cli

import (
	"fmt"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/hook"
	"ponte/internal/record"
)

func printHook(s *session, h hook.Status) {
	switch {
	case h.Heard == nil:
		return // nobody has registered it
	case h.Silent:
		s.printf("%s: its webhook is silent since %s, though there was something to say: see ponte accounts hooks\n", h.Side, h.Heard.Local().Format("02/01 15:04"))
	default:
		s.printf("%s: its webhook was last heard %s, and announced %d of the %d changes found in seven days\n", h.Side, h.Heard.Local().Format("02/01 15:04"), h.Announced, h.Found)
	}
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
			s.sayOnScreen(side.Side)
			continue
		}
		token, err := hook.Token(s.acting(a.ID, audit.HookRotated(side.Side)), s.db, a.ID, side.Side, false)
		if err != nil {
			return err
		}
		findings, err := side.Register(s.ctx, hook.Address(s.publicURL(), side.Side, token))
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

func (s *session) sayOnScreen(side record.Side) {
	lead, steps := hook.OnScreen(side)
	if lead == "" {
		return
	}
	s.printf("%s\n", lead)
	for n, step := range steps {
		s.printf("%d. %s\n", n+1, step)
	}
	s.printf("O comando ponte status mostra quando o endereço foi ouvido.\n")
}
