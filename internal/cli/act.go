package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// target is which waiting or done records a command is about.
type target struct {
	Account string `required:"" help:"The account."`
	What    string `arg:"" optional:"" help:"A record: task:812, customer:auvo:55, …"`
	Cause   string `help:"All that wait for this cause."`
	RunID   string `name:"run" help:"All that this run did or left waiting."`
	Yes     bool   `help:"Do it without asking."`
}

// waits are the waits that the target names, and where their account's days
// begin. In bulk those that are ignored stay out, unless they are asked for:
// somebody decided about each of them.
func (t target) waits(s *session, ignored bool) ([]store.Wait, *time.Location, error) {
	if err := t.one(); err != nil {
		return nil, nil, err
	}
	a, err := s.account(t.Account)
	if err != nil {
		return nil, nil, err
	}
	place, err := placeOf(a)
	if err != nil {
		return nil, nil, err
	}
	picked, err := t.pick(s)
	if err != nil {
		return nil, nil, err
	}
	if t.What == "" && !ignored {
		picked = slices.DeleteFunc(picked, func(w store.Wait) bool { return !w.Open(time.Now()) })
	}
	if len(picked) == 0 {
		return nil, place, fmt.Errorf("nothing of account %s waits there: %w", t.Account, errNoWait)
	}
	return picked, place, nil
}

// one refuses a target that names nothing, or several things.
func (t target) one() error {
	given := 0
	for _, v := range []string{t.What, t.Cause, t.RunID} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return usage("name one record, or --cause, or --run")
	}
	return nil
}

var errNoWait = errors.New("see ponte waiting")

// named are the records that the target names, whether they wait or not.
func (t target) named(s *session) ([]record.Ref, error) {
	switch {
	case t.What != "":
		item, err := s.resolveRecord(t.Account, t.What)
		return []record.Ref{item.Ref()}, err
	case t.Cause != "":
		waits, err := t.pick(s)
		return refsOf(waits), err
	}
	changes, err := s.db.RunChanges(s.ctx, t.Account, t.RunID)
	var refs []record.Ref
	for _, c := range changes {
		if !slices.Contains(refs, c.Source) {
			refs = append(refs, c.Source)
		}
	}
	return refs, err
}

func (t target) pick(s *session) ([]store.Wait, error) {
	if t.RunID != "" {
		return s.db.RunWaits(s.ctx, t.Account, t.RunID)
	}
	all, err := s.db.Waits(s.ctx, t.Account)
	if err != nil {
		return nil, err
	}
	if t.Cause != "" {
		return slices.DeleteFunc(all, func(w store.Wait) bool { return w.Cause != t.Cause }), nil
	}
	item, err := s.resolveRecord(t.Account, t.What)
	return slices.DeleteFunc(all, func(w store.Wait) bool { return w.Ref != item.Ref() && !concerns(w, item) }), err
}

// concerns tells whether a record is one of the pair that waits.
func concerns(w store.Wait, item record.Item) bool {
	id := w.Omie
	if item.Side == record.Auvo {
		id = w.Auvo
	}
	return w.Ref.Kind == item.Kind && id == item.ID
}

func describe(place *time.Location, waits []store.Wait) string {
	var b strings.Builder
	for _, w := range waits {
		fmt.Fprintf(&b, "\n  %s  %s (%s)", w.Ref, oneLine(w.Title), w.Cause)
		if !w.Open(time.Now()) {
			fmt.Fprintf(&b, " – ignored until %s: %s", engine.LastDay(w.Ignored, place).Format(time.DateOnly), oneLine(w.Why))
		}
	}
	return b.String()
}

// placeOf is where an account's days begin.
func placeOf(a config.Account) (*time.Location, error) {
	place, err := time.LoadLocation(a.Timezone)
	if err != nil {
		err = fmt.Errorf("time zone of account %s: %w", a.ID, err)
	}
	return place, err
}

func refsOf(waits []store.Wait) []record.Ref {
	var refs []record.Ref
	for _, w := range waits {
		if !slices.Contains(refs, w.Ref) {
			refs = append(refs, w.Ref)
		}
	}
	return refs
}

type retryCmd struct {
	target
	Ignored bool `help:"With --cause or --run: also those that are ignored."`
	NotMade bool `help:"Of one record: its unclear write was not made; you looked."`
}

func (retryCmd) Help() string {
	return "The next cycle decides these records again. One that is ignored shows again. An order that was undone, or is cancelled or gone in\n" +
		"Omie, is made again under the next code; what else was undone is written again. One with an unclear write is looked up first;\n" +
		"what nobody can look up is made again with --not-made.\n\nExample:\n  ponte retry --account acme --cause refused --yes"
}

func (c *retryCmd) Run(s *session) error {
	if c.NotMade && c.What == "" {
		return usage("--not-made is about one record")
	}
	waits, place, none := c.waits(s, c.Ignored)
	if none != nil && (c.NotMade || !errors.Is(none, errNoWait)) {
		return none
	}
	if c.NotMade {
		return c.notMade(s, waits)
	}
	waits, err := s.sureOf(c.Account, waits)
	if err != nil {
		return err
	}
	refs, again, err := c.retried(s, waits)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return none
	}
	what := fmt.Sprintf("%d record(s) will be decided again by the next cycle:%s%s", len(refs), describe(place, waits), again)
	if err := s.confirm(c.Yes, what); err != nil {
		return err
	}
	return s.done(c.Account, audit.Retried(refs), func(ctx context.Context, lease store.Lease) error {
		if err := engine.WriteAgain(ctx, s.db, lease, again.undid...); err != nil {
			return err
		}
		return engine.Retry(ctx, s.db, lease, refs, again.orders, s.person())
	})
}

type ignoreCmd struct {
	target
	Reason string `required:"" help:"Why, for the history."`
	Until  string `help:"Until this day, that day included (YYYY-MM-DD, in the account's time zone); a year from now when empty."`
}

func (ignoreCmd) Help() string {
	return "What is ignored is not shown and not counted until that day is over. It shows again by itself then, at once when it becomes\n" +
		"another wait (another cause, or other data), and with ponte retry.\n\n" +
		"Example:\n  ponte ignore --account acme task:812 --reason \"cobrado à mão\" --until 2026-12-31 --yes"
}

func (c *ignoreCmd) Run(s *session) error {
	if strings.TrimSpace(c.Reason) == "" {
		return usage("--reason must say why")
	}
	waits, place, err := c.waits(s, false)
	if err != nil {
		return err
	}
	until, err := c.end(place)
	if err != nil {
		return err
	}
	last := engine.LastDay(until, place)
	if err := s.confirm(c.Yes, fmt.Sprintf("%d wait(s) will not be shown until the end of %s:%s", len(waits), last.Format(time.DateOnly), describe(place, waits))); err != nil {
		return err
	}
	n := 0
	err = s.done(c.Account, audit.Ignored(waits, last.Format("02/01/2006")), func(ctx context.Context, lease store.Lease) (err error) {
		n, err = engine.Ignore(ctx, s.db, lease, waits, until, place, c.Reason, s.person())
		return err
	})
	if err == nil && n < len(waits) {
		s.printf("%d of them changed meanwhile and still show: see ponte waiting\n", len(waits)-n)
	}
	return err
}

// end is the instant at which the last day is over.
func (c *ignoreCmd) end(place *time.Location) (time.Time, error) {
	today := time.Now().In(place)
	day := time.Date(today.Year()+1, today.Month(), today.Day(), 0, 0, 0, 0, place)
	if c.Until != "" {
		var err error
		if day, err = time.ParseInLocation(time.DateOnly, c.Until, place); err != nil {
			return day, usage("--until takes a day such as 2026-12-31")
		}
	}
	until := day.AddDate(0, 0, 1)
	if !until.After(today) {
		return day, usage("--until %s is over: today is %s in %s", c.Until, today.Format(time.DateOnly), place)
	}
	return until, nil
}
