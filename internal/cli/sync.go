package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/store"
)

// runFlags are what sync and plan share.
type runFlags struct {
	Account string    `help:"Only this account."`
	Flow    []string  `help:"Only these flows (${enum})." enum:"customers,products,services,tasks,quotations"`
	At      time.Time `help:"The clock at the start of the run (RFC 3339), for windows, dates and back-off." format:"2006-01-02T15:04:05Z07:00"`
	Full    bool      `help:"Read everything, whatever the cursors say."`
	JSON    bool      `name:"json" help:"One JSON object a line and account."`

	hinted bool // sync --hinted
}

// clock is the run's clock: now, or from --at on.
func (f runFlags) clock() func() time.Time {
	if f.At.IsZero() {
		return time.Now
	}
	start := time.Now()
	return func() time.Time { return f.At.Add(time.Since(start)) }
}

type syncCmd struct {
	runFlags
	Hinted bool `help:"Only what webhooks announced since the last run, and what is already to be decided."`
}

func (syncCmd) Help() string {
	return "Example:\n  ponte sync --account acme --flow tasks\n\nExit codes: 0 done and nothing waits, 3 done but some records wait or failed, 1 not done."
}

// Run runs one cycle of each account. One account's trouble does not stop the next.
func (c *syncCmd) Run(s *session) error {
	c.hinted = c.Hinted
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	worst := exitDone
	for _, a := range accounts {
		code, err := c.one(s, a)
		if err != nil {
			fmt.Fprintf(s.world.Stderr, "ponte: account %s: %v\n", a.ID, err)
		}
		worst = worse(worst, code)
	}
	if worst != exitDone {
		return &exitError{code: worst}
	}
	return nil
}

// worse orders exit codes: not done over partly over done.
func worse(a, b int) int {
	if a == exitNotDone || b == exitNotDone {
		return exitNotDone
	}
	return max(a, b)
}

func (c *syncCmd) one(s *session, a config.Account) (int, error) {
	row, err := s.db.Account(s.ctx, a.ID)
	if err != nil {
		return exitNotDone, err
	}
	if row.Paused {
		if c.Account == "" {
			s.log.Info("account is paused", "account", a.ID)
			return exitDone, nil
		}
		return exitNotDone, fmt.Errorf("it is paused: ponte accounts resume %s", a.ID)
	}
	var done store.Run
	runErr := s.leased(a.ID, func(ctx context.Context, lease store.Lease) error {
		done, err = s.cycle(ctx, s.db, a, lease, c.runFlags, nil)
		return err
	})
	if !done.Started.IsZero() {
		if err := c.print(s.out(), done); err != nil {
			return exitNotDone, err
		}
	}
	if runErr != nil {
		return exitNotDone, runErr
	}
	return s.syncCode(a.ID, done)
}

// cycle runs the account's flows on db; wrap, when given, changes the sides (plan).
func (s *session) cycle(ctx context.Context, db *store.DB, a config.Account, lease store.Lease, f runFlags, wrap func(*engine.Engine)) (store.Run, error) {
	now := f.clock()
	auvo, omie, err := s.connect(a, now)
	if err != nil {
		return store.Run{}, err
	}
	e := &engine.Engine{Store: db, Auvo: auvo, Omie: omie, Account: a, Now: now}
	if wrap != nil {
		wrap(e)
	}
	return s.runOn(ctx, e, lease, f)
}

// runOn runs an engine once.
func (s *session) runOn(ctx context.Context, e *engine.Engine, lease store.Lease, f runFlags) (store.Run, error) {
	run, err := e.Run(ctx, lease, newRunID(), engine.Options{Flows: f.Flow, Full: f.Full, Hints: f.hinted})
	s.log.Debug("run", "account", e.Account.ID, "run", run.ID, "complete", run.Complete, "seconds", run.Finished.Sub(run.Started).Seconds())
	return run, err
}

// syncCode is 0 when the run is complete and nothing of the account waits or
// failed, now, whichever run found it; else 3.
func (s *session) syncCode(account string, done store.Run) (int, error) {
	waits, err := s.db.Waits(s.ctx, account)
	if err != nil {
		return exitNotDone, err
	}
	if !done.Complete {
		return exitPartly, nil
	}
	for _, w := range waits {
		if w.Open(done.Finished) {
			return exitPartly, nil
		}
	}
	return exitDone, nil
}

// A RunJSON is the sync shape of contract.md.
type RunJSON struct {
	Account    string          `json:"account"`
	Run        string          `json:"run"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt time.Time       `json:"finished_at"`
	Complete   bool            `json:"complete"`
	Flows      []store.FlowRun `json:"flows"`
	Error      string          `json:"error,omitempty"`
}

func asRunJSON(r store.Run) RunJSON {
	flows := r.Flows
	if flows == nil {
		flows = []store.FlowRun{}
	}
	return RunJSON{r.Account, r.ID, r.Started.UTC(), r.Finished.UTC(), r.Complete, flows, r.Error}
}

func (c *syncCmd) print(w io.Writer, r store.Run) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(asRunJSON(r))
	}
	return printRun(w, r)
}

func printRun(w io.Writer, r store.Run) error {
	t := newTable(w, "FLOW", "READ", "CREATED", "UPDATED", "UNCHANGED", "EXCLUDED", "WAITING", "FAILED", "CONFLICTS", "CALLS AUVO/OMIE")
	for _, f := range r.Flows {
		t.row(f.Flow, f.Read, f.Created, f.Updated, f.Unchanged, f.Excluded, f.Waiting, f.Failed, f.Conflicts,
			fmt.Sprintf("%d/%d", f.Calls["auvo"], f.Calls["omie"]))
	}
	state := "complete"
	if !r.Complete {
		state = "not complete"
	}
	err := t.flush(fmt.Sprintf("%s: run %s, %s, %s", r.Account, r.ID, r.Finished.Sub(r.Started).Round(time.Millisecond), state))
	for _, f := range r.Flows {
		if f.Error != "" {
			_, werr := fmt.Fprintf(w, "%s: %s\n", f.Flow, f.Error)
			err = errors.Join(err, werr)
		}
	}
	return err
}

// flowTitle is a flow's name for people.
func flowTitle(name string) string {
	if f, ok := flow.Named(name); ok {
		return f.Title
	}
	return name
}
