package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// TestTheFirstRunGoesByWhatAPersonChoseBeforeIt: certain pairs are told apart, a pair
// that no key joins is linked and compared, one that is known is only linked, and what is
// gone is left.
func TestTheFirstRunGoesByWhatAPersonChoseBeforeIt(t *testing.T) {
	s := newStage(t)
	s.configure(`accounts: [{id: acme, auvo: {api_key: k, api_token: t}, omie: {app_key: k, app_secret: s}, flows: {customers: {inactive: skip, direction: omie-to-auvo}}}]`)
	s.clock = s.clock.AddDate(0, -1, 0) // all of it older than the first window
	s.auvo.Put(customer("1", "Padaria Sol", "", ""))
	s.omie.Put(customer("71", "Padaria do Sol e Mar", "11222333000181", ""))
	s.auvo.Put(customer("2", "Hotel Mar", "22222222000191", ""))
	s.omie.Put(customer("72", "Hotel do Mar", "22222222000191", ""))
	s.auvo.Put(customer("3", "Loja Vento", "33333333000191", ""))
	s.omie.Put(customer("73", "Loja Vento Ltda", "33333333000191", ""))
	s.auvo.Put(customer("4", "Filial", "", ""))
	s.clock = s.clock.AddDate(0, 1, 0)
	choice := func(auvo, omie, what string, known bool) store.DraftChoice {
		return store.DraftChoice{Kind: record.Customer, Auvo: auvo, Omie: omie, Choice: what, Known: known, By: "Ana"}
	}
	marks, events, err := engine.ChoiceMarks([]store.DraftChoice{
		choice("4", "73", store.RoleSite, false), choice("1", "71", store.RoleMain, false), choice("2", "72", store.ChoiceApart, false), choice("3", "73", store.RoleMain, true),
		choice("404", "71", store.RoleMain, false),
	})
	if err != nil || len(events) != 2 {
		t.Fatalf("%v, %v", events, err)
	}
	set := func() {
		err := engine.WithLease(t.Context(), s.db, "acme", "test", 0, func(ctx context.Context, l store.Lease) error { return s.db.SetMarks(ctx, l, marks) })
		if err != nil {
			t.Fatal(err)
		}
	}
	set()
	s.run(engine.Options{})
	links := func() (out []string) {
		all, err := s.db.AllLinks(t.Context(), "acme", record.Customer)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			out = append(out, l.Auvo+"-"+l.Omie+" "+l.Role)
		}
		return out
	}
	if got := strings.Join(links(), ", "); got != "1-71 main, 3-73 main, 4-73 site" {
		t.Errorf("linked %s", got)
	}
	wrote := s.wrote()
	if !slices.ContainsFunc(wrote, func(w string) bool { return strings.Contains(w, "auvo update customer 1") }) || slices.ContainsFunc(wrote, func(w string) bool { return strings.Contains(w, "customer 3") || strings.Contains(w, "create") }) {
		t.Errorf("wrote %q", wrote)
	}
	if left, err := s.db.Marks(t.Context(), "acme", "chosen/"); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	set() // a death before the marks were gone
	s.run(engine.Options{})
	if got := strings.Join(links(), ", "); got != "1-71 main, 3-73 main, 4-73 site" {
		t.Errorf("after a second time %s", got)
	}
}
