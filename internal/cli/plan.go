package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/store"
)

type planCmd struct{ runFlags }

func (planCmd) Help() string {
	return "Reads both sides, writes to neither, and prints each change that sync would make, field by field,\nwith how many API calls and how long that would take.\n\nExample:\n  ponte plan --account acme"
}

// Run plans each account. A plan is a run against two dry sides on a copy of
// the account's rows, so that it is what sync would do, by the same code.
func (c *planCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		p, err := c.plan(s, a)
		if err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
		if err := c.print(s.out(), p); err != nil {
			return err
		}
	}
	return nil
}

func (c *planCmd) plan(s *session, a config.Account) (p planJSON, err error) {
	err = s.leased(a.ID, func(ctx context.Context, _ store.Lease) error {
		p, err = s.planned(ctx, a, func(ctx context.Context, scratch *store.DB, lease store.Lease) (store.Run, error) {
			return s.cycle(ctx, scratch, a, lease, c.runFlags, dry)
		})
		return err
	})
	return p, err
}

// A dryRun runs an account's flows on a copy of its rows.
type dryRun func(ctx context.Context, scratch *store.DB, lease store.Lease) (store.Run, error)

// planned is what a dry run would do, of an account whose lease is held.
func (s *session) planned(ctx context.Context, a config.Account, run dryRun) (p planJSON, err error) {
	scratch, err := store.Open(ctx, ":memory:", s.ring)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	if err := store.Copy(ctx, s.db, scratch, a.ID); err != nil {
		return p, err
	}
	err = engine.WithLease(ctx, scratch, a.ID, s.holder(), 0, func(ctx context.Context, lease store.Lease) error {
		done, err := run(ctx, scratch, lease)
		if err != nil {
			return err
		}
		p.RunJSON = asRunJSON(done)
		if p.Changes, err = plannedChanges(ctx, scratch, a.ID, done.ID); err != nil {
			return err
		}
		p.Estimate = estimate(a, done, p.Changes)
		return nil
	})
	return p, err
}

func dry(e *engine.Engine) { e.Auvo, e.Omie = engine.Dry(e.Auvo), engine.Dry(e.Omie) }

// planJSON is the plan shape of contract.md.
type planJSON struct {
	RunJSON
	Changes  []ChangeJSON `json:"changes"`
	Estimate estimateJSON `json:"estimate"`
}

// A ChangeJSON is a change of a plan.
type ChangeJSON struct {
	Flow   string              `json:"flow"`
	Kind   string              `json:"kind"`
	Action string              `json:"action"`
	To     string              `json:"to"`
	Record recordJSON          `json:"record"`
	Fields []store.FieldChange `json:"fields"`
	Reason string              `json:"reason,omitempty"`
}

type recordJSON struct {
	Auvo  string `json:"auvo"`
	Omie  string `json:"omie"`
	Title string `json:"title"`
}

type estimateJSON struct {
	Auvo    int `json:"auvo"`
	Omie    int `json:"omie"`
	Seconds int `json:"seconds"`
}

// plannedChanges are what the dry run did: its writes, and the links it made.
func plannedChanges(ctx context.Context, db *store.DB, account, run string) ([]ChangeJSON, error) {
	done, err := db.RunChanges(ctx, account, run)
	if err != nil {
		return nil, err
	}
	out := []ChangeJSON{}
	for _, c := range done {
		out = append(out, asChangeJSON(c))
	}
	links, err := db.RunEvents(ctx, account, run, "linked")
	if err != nil {
		return nil, err
	}
	for _, e := range links {
		if e.Ref.Side != "auvo" {
			continue // each link stands once under each side
		}
		link, err := db.Link(ctx, account, e.Ref.Kind, e.Ref.Side, e.Ref.ID)
		if err != nil {
			continue // an order's link: its create says so
		}
		f, _ := flow.Of(e.Ref.Kind)
		out = append(out, ChangeJSON{
			Flow: f.Name, Kind: string(e.Ref.Kind), Action: "link",
			Record: recordJSON{Auvo: link.Auvo, Omie: link.Omie}, Fields: []store.FieldChange{}, Reason: e.Text,
		})
	}
	return out, nil
}

func asChangeJSON(c store.Change) ChangeJSON {
	j := ChangeJSON{
		Flow: c.Flow, Kind: string(c.Kind), Action: c.Action, To: string(c.To), Reason: c.Reason,
		Record: recordJSON{c.Auvo, c.Omie, c.Title}, Fields: []store.FieldChange{},
	}
	for _, f := range c.Fields {
		if !engine.Hidden(f.Name) {
			j.Fields = append(j.Fields, f)
		}
	}
	return j
}

// estimate counts the calls that sync would make, reads included, and how long
// they take at the account's rates; Omie takes one write at a time.
func estimate(a config.Account, run store.Run, changes []ChangeJSON) estimateJSON {
	var e estimateJSON
	writes := map[string]int{}
	for _, f := range run.Flows {
		e.Auvo += f.Calls["auvo"]
		e.Omie += f.Calls["omie"]
	}
	for _, c := range changes {
		if c.Action != "link" {
			writes[c.To]++
		}
	}
	e.Auvo += writes["auvo"]
	e.Omie += writes["omie"]
	e.Seconds = a.Seconds(e.Auvo, e.Omie)
	return e
}

func (c *planCmd) print(w io.Writer, p planJSON) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(p)
	}
	if _, err := fmt.Fprintf(w, "%s: %d changes; about %d calls to Auvo, %d to Omie, %d s\n", p.Account, len(p.Changes), p.Estimate.Auvo, p.Estimate.Omie, p.Estimate.Seconds); err != nil {
		return err
	}
	for _, ch := range p.Changes {
		if err := printChange(w, ch); err != nil {
			return err
		}
	}
	for _, f := range p.Flows {
		if f.Waiting+f.Failed > 0 || f.Error != "" {
			if _, err := fmt.Fprintf(w, "%s: %d would wait, %d would fail %s\n", f.Flow, f.Waiting, f.Failed, oneLine(f.Error)); err != nil {
				return err
			}
		}
	}
	return nil
}

func printChange(w io.Writer, ch ChangeJSON) error {
	arrow := ""
	if ch.To != "" {
		arrow = " → " + ch.To
	}
	if _, err := fmt.Fprintf(w, "\n%s %s%s  %s  (auvo %s, omie %s)\n", ch.Action, ch.Kind, arrow, oneLine(ch.Record.Title), dash(ch.Record.Auvo), dash(ch.Record.Omie)); err != nil {
		return err
	}
	if ch.Reason != "" {
		if _, err := fmt.Fprintf(w, "  %s\n", oneLine(ch.Reason)); err != nil {
			return err
		}
	}
	for _, f := range ch.Fields {
		if _, err := fmt.Fprintf(w, "  %s: %q → %q\n", f.Name, f.From, f.To); err != nil {
			return err
		}
	}
	return nil
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return oneLine(s)
}
