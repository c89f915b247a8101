package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

type undoCmd struct {
	target
	Reason string    `help:"Why, for the history."`
	At     time.Time `help:"The clock at the start (RFC 3339), for dates and back-off." format:"2006-01-02T15:04:05Z07:00"`
}

func (undoCmd) Help() string {
	return "Takes back what a run did, or what was done for some records, before it is billed: orders are cancelled in Omie, customers, products\n" +
		"and services that Ponte made are made inactive, and fields that Ponte wrote get their former values back where nobody edited them\n" +
		"since. Of a customer, product or service it is what the newest run wrote. It says beforehand what it will do and what it cannot.\n\n" +
		"Nothing does it again by itself: an order until ponte retry, which makes a new one under the next code; a field until it is edited\n" +
		"on either side, or ponte retry. An undo that was cut short goes on when it is run again, or with the next sync.\n\n" +
		"Example:\n  ponte undo --account acme task:812 --reason \"cobrado à mão\"\n  ponte undo --account acme --run 01JXT3K9M2 --yes"
}

func (c *undoCmd) Run(s *session) error {
	a, scope, err := c.scope(s)
	if err != nil {
		return err
	}
	if c.Yes {
		return c.undo(s, a, scope, func(p engine.UndoPlan) error { return c.show(s, a, p) })
	}
	var shown engine.UndoPlan
	err = c.with(s, a, func(ctx context.Context, e *engine.Engine, lease store.Lease) error {
		shown, err = e.PlanUndo(ctx, lease, newRunID(), scope)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.show(s, a, shown); err != nil {
		return err
	}
	if err := s.confirm(false, ""); err != nil {
		return err
	}
	// The lease was free while the person read: what is done is what was shown.
	return c.undo(s, a, scope, func(p engine.UndoPlan) error {
		if !p.Same(shown) {
			return errors.New("nothing was changed: what can be undone changed meanwhile; run it again")
		}
		return nil
	})
}

// scope is what the command is about.
func (c *undoCmd) scope(s *session) (config.Account, engine.UndoScope, error) {
	a, err := s.account(c.Account)
	if err != nil {
		return a, engine.UndoScope{}, err
	}
	scope := engine.UndoScope{Run: c.RunID, By: s.person(), Why: c.Reason}
	if err := c.one(); err != nil {
		return a, scope, err
	}
	if c.RunID == "" {
		scope.Refs, err = c.named(s)
	}
	scope.Act = s.act(a.ID, audit.UndoAsked(c.RunID, scope.Refs))
	if err == nil && c.Cause != "" && len(scope.Refs) == 0 {
		err = fmt.Errorf("nothing of account %s waits there: %w", c.Account, errNoWait)
	}
	return a, scope, err
}

// with runs do with both sides, under the account's lease.
func (c *undoCmd) with(s *session, a config.Account, do func(context.Context, *engine.Engine, store.Lease) error) error {
	now := runFlags{At: c.At}.clock()
	auvo, omie, err := s.connect(a, now)
	if err != nil {
		return err
	}
	return s.leased(a.ID, func(ctx context.Context, lease store.Lease) error {
		return do(ctx, &engine.Engine{Store: s.db, Auvo: auvo, Omie: omie, Account: a, Now: now}, lease)
	})
}

func (c *undoCmd) undo(s *session, a config.Account, scope engine.UndoScope, agree func(engine.UndoPlan) error) error {
	id := newRunID()
	var done engine.Undone
	err := c.with(s, a, func(ctx context.Context, e *engine.Engine, lease store.Lease) (err error) {
		done, err = e.Undo(ctx, lease, id, scope, agree)
		return err
	})
	if err != nil {
		return err
	}
	s.printf("\n%d of %d undone, as run %s; ponte retry --run %s does it again\n", len(done.Done), len(done.Done)+len(done.Left), id, id)
	for _, l := range done.Left {
		s.printf("  not yet: %s %s  %s: %s\n", l.Action, l.Kind, oneLine(l.Title), oneLine(whatBecame(l)))
	}
	if len(done.Left) == 0 {
		return nil
	}
	return errors.Join(append([]error{errors.New("not all of it was undone: what is still planned goes on with the next sync, the rest is in ponte waiting")}, done.Errors...)...)
}

// whatBecame says where a change that is not done stands.
func whatBecame(c store.Change) string {
	text := c.State
	for _, more := range []string{c.Cause, c.Text} {
		if more != "" {
			text += ", " + more
		}
	}
	return text
}

// show prints the plan, or says that there is nothing to undo.
func (c *undoCmd) show(s *session, a config.Account, p engine.UndoPlan) error {
	if err := printUndo(s.out(), a, p); err != nil {
		return err
	}
	if len(p.Changes) == 0 {
		return errors.New("there is nothing to undo")
	}
	return nil
}

func printUndo(w io.Writer, a config.Account, p engine.UndoPlan) error {
	out := &printer{w: w}
	calls := p.Calls()
	out.line("%s: %s; %d cannot be undone; %d calls to Auvo, %d to Omie, about %d s", a.ID, undoCounts(p), len(p.Kept),
		calls[record.Auvo], calls[record.Omie], a.Seconds(calls[record.Auvo], calls[record.Omie]))
	for _, b := range p.Brakes {
		out.line("a brake will hold %s Look at it and let it go with ponte release.", oneLine(b))
	}
	for _, ch := range p.Changes {
		if out.err == nil {
			out.err = printChange(w, asChangeJSON(ch))
		}
	}
	for _, k := range p.Kept {
		out.line("\nnot undone: %s  %s\n  %s", k.Ref, oneLine(k.Title), oneLine(k.Reason))
	}
	return out.err
}

// undoCounts tells how many of each sort the plan undoes.
func undoCounts(p engine.UndoPlan) string {
	cancelled, inactive, restored := p.Counts()
	return fmt.Sprintf("%d order(s) to cancel, %d record(s) to make inactive, %d to restore", cancelled, inactive, restored)
}
