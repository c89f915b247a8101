package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// target is which waiting or done records a command is about.
type target struct {
	Account string `required:"" help:"The account."`
	What    string `arg:"" optional:"" help:"A record: task:812, customer:auvo:55, …"`
	Cause   string `help:"All that wait for this cause."`
	RunID   string `name:"run" help:"All that this run left waiting."`
	Yes     bool   `help:"Do it without asking."`
}

// waits are the waits that the target names.
func (t target) waits(s *session) ([]store.Wait, error) {
	given := 0
	for _, v := range []string{t.What, t.Cause, t.RunID} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return nil, usage("name one record, or --cause, or --run")
	}
	if _, err := s.account(t.Account); err != nil {
		return nil, err
	}
	all, err := s.db.Waits(s.ctx, t.Account)
	if err != nil {
		return nil, err
	}
	picks, err := t.picker(s)
	if err != nil {
		return nil, err
	}
	picked := slices.DeleteFunc(all, func(w store.Wait) bool { return !picks(w) })
	if len(picked) == 0 {
		return nil, fmt.Errorf("nothing of account %s waits there: see ponte waiting", t.Account)
	}
	return picked, nil
}

func (t target) picker(s *session) (func(store.Wait) bool, error) {
	switch {
	case t.Cause != "":
		return func(w store.Wait) bool { return w.Cause == t.Cause }, nil
	case t.RunID != "":
		changes, err := s.db.RunChanges(s.ctx, t.Account, t.RunID)
		return func(w store.Wait) bool {
			return slices.ContainsFunc(changes, func(c store.Change) bool { return c.Source == w.Ref })
		}, err
	}
	item, err := s.resolveRecord(t.Account, t.What)
	return func(w store.Wait) bool { return w.Ref == item.Ref() || concerns(w, item) }, err
}

// concerns tells whether a record is one of the pair that waits.
func concerns(w store.Wait, item record.Item) bool {
	id := w.Omie
	if item.Side == record.Auvo {
		id = w.Auvo
	}
	return w.Ref.Kind == item.Kind && id == item.ID
}

func describe(waits []store.Wait) string {
	var b strings.Builder
	for _, w := range waits {
		fmt.Fprintf(&b, "\n  %s  %s (%s)", w.Ref, oneLine(w.Title), w.Cause)
	}
	return b.String()
}

func refsOf(waits []store.Wait) []record.Ref {
	var refs []record.Ref
	for _, w := range waits {
		refs = append(refs, w.Ref)
	}
	return refs
}

type retryCmd struct{ target }

func (retryCmd) Help() string {
	return "The next cycle decides these records again. An order that is cancelled or gone in Omie is made again, under the next code.\n\nExample:\n  ponte retry --account acme --cause refused --yes"
}

func (c *retryCmd) Run(s *session) error {
	waits, err := c.waits(s)
	if err != nil {
		return err
	}
	again, err := s.remakes(c.Account, refsOf(waits))
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d record(s) will be decided again by the next cycle:%s%s", len(waits), describe(waits), describeRemakes(again))
	if err := s.confirm(c.Yes, what); err != nil {
		return err
	}
	return s.leased(c.Account, func(ctx context.Context, lease store.Lease) error {
		if err := engine.MakeAgain(ctx, s.db, lease, again...); err != nil {
			return err
		}
		if err := s.db.RetryWaits(ctx, lease, refsOf(waits)); err != nil {
			return err
		}
		return s.db.AddEvents(ctx, lease, eventsAbout(waits, "retried", "Uma pessoa mandou tentar de novo.")...)
	})
}

type ignoreCmd struct {
	target
	Reason string `required:"" help:"Why, for the history."`
	Until  string `help:"Until this day (YYYY-MM-DD); a year from now when empty."`
}

func (ignoreCmd) Help() string {
	return "Example:\n  ponte ignore --account acme task:812 --reason \"cobrado à mão\" --until 2026-12-31 --yes"
}

func (c *ignoreCmd) Run(s *session) error {
	until := time.Now().AddDate(1, 0, 0)
	if c.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.Until, time.Local)
		if err != nil {
			return usage("--until takes a day such as 2026-12-31")
		}
		until = day.AddDate(0, 0, 1)
	}
	waits, err := c.waits(s)
	if err != nil {
		return err
	}
	if err := s.confirm(c.Yes, fmt.Sprintf("%d record(s) will not be shown until %s:%s", len(waits), until.Format(time.DateOnly), describe(waits))); err != nil {
		return err
	}
	return s.leased(c.Account, func(ctx context.Context, lease store.Lease) error {
		if err := s.db.SetIgnored(ctx, lease, refsOf(waits), until, c.Reason); err != nil {
			return err
		}
		return s.db.AddEvents(ctx, lease, eventsAbout(waits, "ignored", "Uma pessoa mandou ignorar: "+c.Reason)...)
	})
}

func eventsAbout(waits []store.Wait, what, text string) []store.Event {
	var events []store.Event
	for _, w := range waits {
		events = append(events, store.Event{At: time.Now(), Ref: w.Ref, What: what, Text: text})
	}
	return events
}
