package web

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"ponte/internal/engine"
	"ponte/internal/inbox"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A waitRow is one record that waits, as lists show it.
type waitRow struct {
	Token    string // names exactly this wait in forms
	Title    string
	Flow     string
	Path     string // the record's story
	Message  string
	Hint     string // "" when the heading says it already
	Since    moment
	Attempts int
	Auvo     string // the ids on both sides, as far as known
	Omie     string
	AuvoLink string
	Queued   bool   // the next cycle decides it again
	Conflict string // the page where a conflict is settled; "" none
	Choose   string // the page where its partner is chosen; "" none
	Ignored  string // the last day on which it is ignored; "" it is not
	Why, By  string
}

// rowOf makes the row of a wait.
func (s *Site) rowOf(ctx context.Context, t *tenant, w store.Wait) (waitRow, error) {
	told := inbox.WaitOf(t.ID, asListed(w))
	r := waitRow{
		Token: tokenOf(w), Title: cmp.Or(w.Title, w.Ref.String()), Flow: flowTitle(w.Flow), Path: storyPath(t, w.Ref), Message: hintedIn(here(told.Message)), Hint: hintedIn(here(told.Hint)),
		Since: t.moments.of(w.Since), Attempts: w.Attempts, Auvo: told.Auvo, Omie: told.Omie, AuvoLink: s.linkOf(t, w.Ref),
	}
	if w.Cause == "ambiguous-match" {
		r.Choose = choosePath(t, w.Ref)
	}
	if w.Cause == "conflict" {
		r.Conflict = t.Path("conflitos", refPath(w.Ref))
	}
	if !w.Open(s.Now()) {
		r.Ignored, r.Why, r.By = engine.LastDay(w.Ignored, t.moments.zone).Format("02/01/2006"), w.Why, w.By
	}
	state, err := s.Store.ItemState(ctx, t.ID, w.Ref)
	if errors.Is(err, store.ErrNotFound) {
		return r, nil
	}
	r.Queued = state.Dirty
	return r, err
}

// linkOf is where a record stands in its own system, "" when nobody knows.
func (s *Site) linkOf(t *tenant, ref record.Ref) string {
	if s.RecordLink == nil {
		return ""
	}
	return s.RecordLink(t.settings, ref)
}

// refPath is a record in an address: customer/auvo/55.
func refPath(ref record.Ref) string {
	return string(ref.Kind) + "/" + string(ref.Side) + "/" + url.PathEscape(ref.ID)
}

// refParam is a record in a form's field, and parseRef reads it again.
func refParam(ref record.Ref) string {
	return string(ref.Kind) + "/" + string(ref.Side) + "/" + ref.ID
}

func parseRef(text string) (record.Ref, error) {
	p := append(strings.SplitN(text, "/", 3), "", "", "")
	return checkRef(record.Ref{Kind: record.Kind(p[0]), Side: record.Side(p[1]), ID: p[2]})
}

func storyPath(t *tenant, ref record.Ref) string { return t.Path("registros", refPath(ref)) }

// refOf reads the record of an address.
func refOf(v *visit) (record.Ref, error) {
	return checkRef(record.Ref{Kind: record.Kind(v.PathValue("kind")), Side: record.Side(v.PathValue("side")), ID: v.PathValue("id")})
}

func checkRef(ref record.Ref) (record.Ref, error) {
	if kindTitles[ref.Kind] == "" || ref.Side != record.Auvo && ref.Side != record.Omie {
		return ref, missing("Não há um registro assim.")
	}
	return ref, nil
}

// tokenOf names exactly one wait: its record, and what it is about.
func tokenOf(w store.Wait) string {
	return strings.Join([]string{w.Flow, w.Cause, w.About, string(w.Ref.Kind), string(w.Ref.Side), w.Ref.ID}, "~")
}

// waitOf finds the wait that a token names, ErrNotFound when it is over or is about something else now.
func (s *Site) waitOf(ctx context.Context, t *tenant, token string) (store.Wait, error) {
	p := strings.SplitN(token, "~", 6)
	if len(p) != 6 {
		return store.Wait{}, store.ErrNotFound
	}
	waits, err := s.Store.WaitsOf(ctx, t.ID, record.Ref{Kind: record.Kind(p[3]), Side: record.Side(p[4]), ID: p[5]})
	if err != nil {
		return store.Wait{}, err
	}
	for _, w := range waits {
		if w.Flow == p[0] && w.Cause == p[1] && w.About == p[2] {
			return w, nil
		}
	}
	return store.Wait{}, store.ErrNotFound
}
