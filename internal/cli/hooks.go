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
	const stamp = "02/01 15:04"
	if h.Heard != nil {
		s.printf("%s: its webhook was last heard %s, and announced %d of the %d changes found in seven days\n", h.Side, h.Heard.Local().Format(stamp), h.Announced, h.Found)
	} else if h.Registered != nil {
		s.printf("%s: its webhook was registered %s and was never heard\n", h.Side, h.Registered.Local().Format(stamp))
	}
	for _, k := range h.Kinds {
		heard := "never heard"
		if k.Heard != nil {
			heard = "last heard " + k.Heard.Local().Format(stamp)
		}
		silent := ""
		if k.Silent {
			silent = ": silent, though there was something to say: see ponte accounts hooks"
		}
		s.printf("  %s %s: %s, %d of %d announced%s\n", h.Side, k.Kind, heard, k.Announced, k.Found, silent)
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
		if err := s.db.AddAct(s.ctx, s.act(a.ID, audit.HookRegistered(side.Side))); err != nil { // before: whatever comes of it, it was begun
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
		if err := s.db.RegisteredHook(s.ctx, a.ID, side.Side); err != nil {
			return err
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
