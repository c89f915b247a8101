package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// blindStage is an Auvo without any look-up whose first create had no clear answer.
func blindStage(t *testing.T) *stage {
	s := newStage(t)
	s.account.Omie.RedundancyWindow = config.Duration(time.Millisecond)
	s.auvo.Blind = true
	s.omie.Put(record.Item{Kind: record.Customer, ID: "7", Title: "ACME", Fields: record.Fields{record.FieldName: "ACME"}, Facts: map[string]string{record.FactTags: ""}})
	lost := true
	s.auvo.Fail = func(action string, _ record.Draft) error {
		if action != "create" || !lost {
			return nil
		}
		lost = false
		return &call.Error{Side: "auvo", Op: "POST /customers", Reaction: call.Unclear, Text: "502"}
	}
	s.run(engine.Options{})
	return s
}

func (s *stage) unclear() []store.Unclear {
	s.t.Helper()
	open, err := s.db.UnclearWrites(s.t.Context(), "acme")
	if err != nil {
		s.t.Fatal(err)
	}
	return open
}

func (s *stage) under(do func(context.Context, store.Lease) error) {
	s.t.Helper()
	if err := engine.WithLease(s.t.Context(), s.db, "acme", "test", 0, do); err != nil {
		s.t.Fatal(err)
	}
}

// TestWhatNobodyCanLookUpWaitsForAPerson and is not made again by itself (P1, P6).
func TestWhatNobodyCanLookUpWaitsForAPerson(t *testing.T) {
	s := blindStage(t)
	for range 2 {
		s.pass(10 * time.Minute)
		s.run(engine.Options{})
	}
	open := s.unclear()
	if len(open) != 1 || open[0].How != store.LookByPerson || open[0].Method != "POST /customers" || open[0].Why != "502" || open[0].Looked != 0 || !open[0].ForPerson() {
		t.Fatalf("unclear: %+v", open)
	}
	if wrote := s.wrote(); len(wrote) != 0 {
		t.Errorf("wrote %v", wrote)
	}
	waits, err := s.db.Waits(t.Context(), "acme")
	if err != nil || len(waits) != 1 || waits[0].Cause != "unknown-outcome" || waits[0].Detail["what"] != "person" {
		t.Errorf("waits: %+v, %v", waits, err)
	}
}

// TestAPersonSaysThatItWasNotMade, and it is made once.
func TestAPersonSaysThatItWasNotMade(t *testing.T) {
	s := blindStage(t)
	u := s.unclear()[0]
	s.under(func(ctx context.Context, l store.Lease) error { return engine.NotMade(ctx, s.db, l, u, "ana") })
	for range 2 {
		s.pass(10 * time.Minute)
		s.run(engine.Options{})
	}
	if wrote := s.wrote(); !slices.Equal(wrote, []string{"auvo create customer 7"}) {
		t.Errorf("wrote %v", wrote)
	}
	if open := s.unclear(); len(open) != 0 {
		t.Errorf("unclear: %+v", open)
	}
	err := engine.WithLease(t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, l store.Lease) error { return engine.NotMade(ctx, s.db, l, u, "ana") })
	if err == nil {
		t.Error("what was made could be declared not made")
	}
}

// TestAPersonLinksWhatWasMade: the doubt is over, and nothing is made.
func TestAPersonLinksWhatWasMade(t *testing.T) {
	for name, link := range map[string]func(context.Context, *stage, store.Lease, record.Item, record.Item) error{
		"by hand": func(ctx context.Context, s *stage, l store.Lease, auvo, omie record.Item) error {
			return engine.LinkByHand(ctx, s.db, l, auvo, omie, store.RoleMain)
		},
		"by hand, and the process died before the doubt ended": func(ctx context.Context, s *stage, l store.Lease, auvo, omie record.Item) error {
			_, err := s.db.Decide(ctx, l, store.Decision{Links: []store.Link{{Kind: auvo.Kind, Auvo: auvo.ID, Omie: omie.ID, Role: store.RoleMain}}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := blindStage(t)
			made := s.auvo.Put(record.Item{Kind: record.Customer, ID: "55", Title: "Outro nome", Fields: record.Fields{record.FieldName: "Outro nome"}})
			s.pass(10 * time.Minute)
			s.under(func(ctx context.Context, l store.Lease) error {
				omie, err := s.db.Item(ctx, "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7"})
				return errors.Join(err, link(ctx, s, l, made, omie))
			})
			s.run(engine.Options{})
			if wrote := s.wrote(); slices.Contains(wrote, "auvo create customer 7") {
				t.Errorf("wrote %v", wrote)
			}
			past, err := s.db.UnclearOf(t.Context(), "acme", record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7"})
			if err != nil || len(past) != 1 || past[0].As != store.Done || past[0].Change.Answer != "55" {
				t.Errorf("past: %+v, %v", past, err)
			}
		})
	}
}

// TestALookUpThatIsStillToComeIsNotForAPerson: it would make a second one.
func TestALookUpThatIsStillToComeIsNotForAPerson(t *testing.T) {
	s := blindStage(t)
	u := s.unclear()[0]
	u.How = store.LookByCode
	err := engine.WithLease(t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, l store.Lease) error { return engine.NotMade(ctx, s.db, l, u, "ana") })
	if err == nil {
		t.Error("a write that a look-up can find was declared not made")
	}
}
