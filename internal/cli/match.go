package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

type matchCmd struct {
	Account string `required:"" help:"The account."`
	Flow    string `name:"flow" enum:"customers,products,services" default:"customers" help:"customers, products or services."`
	Only    string `enum:",certain,likely,doubtful,only-auvo,only-omie,different" default:"" help:"Only this level."`
	Accept  string `enum:",certain" default:"" help:"certain: link every certain pair; what differs is settled by the account's policy in the next cycle."`
	Yes     bool   `help:"Do it without asking."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (matchCmd) Help() string {
	return "Shows the records that are linked to nothing, what each may be on the other side and why, and what linking them would write. " +
		"It reads what is stored and calls no vendor; link and unlink settle single pairs.\n\n" +
		"Example:\n  ponte match --account acme --only likely\n  ponte match --account acme --accept certain --yes"
}

// pairingJSON is one pairing, or one record that is alone.
type pairingJSON struct {
	Level     string         `json:"level"`
	Score     int            `json:"score"`
	Reasons   []string       `json:"reasons"`
	Auvo      *matchSide     `json:"auvo"`
	Omie      *matchSide     `json:"omie"`
	Writes    []matchWrite   `json:"writes"`
	Conflicts []matchContest `json:"conflicts"`
}

type matchSide struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	Fields record.Fields `json:"fields"`
}

type matchWrite struct {
	Side string `json:"side"`
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

type matchContest struct {
	Name    string `json:"name"`
	Auvo    string `json:"auvo"`
	Omie    string `json:"omie"`
	Settled string `json:"settled"` // by the account's policy: "auvo", "omie" or "" (a person)
}

func (c *matchCmd) Run(s *session) error {
	a, err := s.account(c.Account)
	if err != nil {
		return err
	}
	f, _ := flow.Named(c.Flow)
	if !f.On(a) {
		return fmt.Errorf("the flow %s is off for account %s", c.Flow, c.Account)
	}
	all, err := engine.Pairings(s.ctx, s.db, c.Account, f)
	if err != nil {
		return err
	}
	if c.Accept != "" {
		return c.accept(s, slices.DeleteFunc(all, func(p flow.Pairing) bool { return p.Level != c.Accept }))
	}
	if c.Only != "" {
		all = slices.DeleteFunc(all, func(p flow.Pairing) bool { return p.Level != c.Only })
	}
	if c.JSON {
		out := make([]pairingJSON, 0, len(all))
		for _, p := range all {
			out = append(out, asPairingJSON(f, a, p))
		}
		return json.NewEncoder(s.out()).Encode(out)
	}
	return printPairings(s, f, a, all)
}

// accept links pairs, each as ponte link would.
func (c *matchCmd) accept(s *session, pairs []flow.Pairing) error {
	if len(pairs) == 0 {
		return fmt.Errorf("there is no %s pair", c.Accept)
	}
	var b strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&b, "\n  %s ⇄ %s (%s)", p.Auvo.Ref(), p.Omie.Ref(), oneLine(p.Auvo.Title))
	}
	if err := s.confirm(c.Yes, fmt.Sprintf("%d pair(s) will be linked; the next cycle compares their fields:%s", len(pairs), b.String())); err != nil {
		return err
	}
	return s.leased(c.Account, func(ctx context.Context, lease store.Lease) error {
		for _, p := range pairs {
			act := s.act(c.Account, audit.Linked(p.Auvo.Ref(), p.Omie.Ref(), store.RoleMain))
			if err := engine.LinkByHand(s.db.WithAct(ctx, act), s.db, lease, *p.Auvo, *p.Omie, store.RoleMain); err != nil {
				return err
			}
		}
		return nil
	})
}

func asPairingJSON(f flow.Flow, a config.Account, p flow.Pairing) pairingJSON {
	j := pairingJSON{Level: p.Level, Score: p.Score, Reasons: append([]string{}, p.Reasons...), Auvo: asSide(p.Auvo), Omie: asSide(p.Omie), Writes: []matchWrite{}, Conflicts: []matchContest{}}
	res := p.Preview(f, a)
	for _, side := range []struct {
		to      record.Side
		changes []reconcile.Change
	}{{record.Auvo, res.ToAuvo}, {record.Omie, res.ToOmie}} {
		for _, ch := range side.changes {
			j.Writes = append(j.Writes, matchWrite{string(side.to), ch.Field, ch.From, ch.To})
		}
	}
	for _, x := range res.Conflicts {
		j.Conflicts = append(j.Conflicts, matchContest{x.Field, x.Auvo, x.Omie, string(x.Settled)})
	}
	return j
}

func asSide(i *record.Item) *matchSide {
	if i == nil {
		return nil
	}
	return &matchSide{i.ID, i.Title, i.Fields}
}

func printPairings(s *session, f flow.Flow, a config.Account, all []flow.Pairing) error {
	p := &printer{w: s.out()}
	if len(all) == 0 {
		p.line("Nada por ligar.")
	}
	for _, level := range flow.Levels {
		some := slices.DeleteFunc(slices.Clone(all), func(p flow.Pairing) bool { return p.Level != level })
		if len(some) == 0 {
			continue
		}
		p.line("\n%s (%d)", flow.LevelTitle(level), len(some))
		for _, x := range some {
			p.pairing(asPairingJSON(f, a, x))
		}
	}
	return p.err
}

func (p *printer) pairing(j pairingJSON) {
	switch {
	case j.Omie == nil:
		p.line("  Auvo %s  %s", j.Auvo.ID, oneLine(j.Auvo.Title))
		return
	case j.Auvo == nil:
		p.line("  Omie %s  %s", j.Omie.ID, oneLine(j.Omie.Title))
		return
	}
	p.line("  Auvo %s  %s  ⇄  Omie %s  %s  (%d: %s)", j.Auvo.ID, oneLine(j.Auvo.Title), j.Omie.ID, oneLine(j.Omie.Title), j.Score, oneLine(strings.Join(j.Reasons, ", ")))
	for _, w := range j.Writes {
		p.line("      no %s, %s: %q → %q", record.Side(w.Side).Title(), flow.FieldTitle(w.Name), w.From, w.To)
	}
	for _, x := range j.Conflicts {
		p.line("      diferem em %s: Auvo %q, Omie %q; vale: %s", flow.FieldTitle(x.Name), x.Auvo, x.Omie, dash(x.Settled))
	}
}
