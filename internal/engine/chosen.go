package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// What a person says of pairs before an account is active stands in marks: the first
// run reads both sides whole and then goes by them, before it matches anything.

// A chosen is a pair that is to be linked. Known: the run would link it by itself, so
// that nothing of it is compared anew.
type chosen struct {
	Auvo, Omie, Role, By string
	Known                bool `json:",omitempty"`
}

const chosenPrefix = "chosen/"

// ChoiceMarks are the marks that have the first run go by what was said, and what the
// histories of parted records say of it.
func ChoiceMarks(choices []store.DraftChoice) (map[string]string, []store.Event, error) {
	marks := map[string]string{}
	var events []store.Event
	for _, c := range choices {
		auvo, omie := record.Ref{Kind: c.Kind, Side: record.Auvo, ID: c.Auvo}, record.Ref{Kind: c.Kind, Side: record.Omie, ID: c.Omie}
		if c.Choice == store.ChoiceApart {
			marks[ApartMark(auvo, omie)] = "1"
			events = append(events, saidOf("unlinked", "Separados no assistente, por "+c.By+".", auvo, omie)...)
			continue
		}
		text, err := json.Marshal(chosen{c.Auvo, c.Omie, c.Choice, c.By, c.Known})
		if err != nil {
			return nil, nil, err
		}
		marks[chosenPrefix+string(c.Kind)+":"+c.Auvo+"/"+c.Omie] = string(text)
	}
	return marks, events, nil
}

// linkChosen links what a person chose, as far as it is there and free: main records
// first, since a site has its customer's. A death before the marks are gone has it
// look again.
func (r *run) linkChosen(ctx context.Context, f flow.Flow) error {
	marks, err := r.Store.Marks(ctx, r.Account.ID, chosenPrefix+string(f.Kind)+":")
	if err != nil || len(marks) == 0 {
		return err
	}
	var all []chosen
	done := map[string]string{}
	for name, value := range marks {
		var c chosen
		if err := json.Unmarshal([]byte(value), &c); err != nil {
			return fmt.Errorf("mark %s: %w", name, err)
		}
		all, done[name] = append(all, c), ""
	}
	slices.SortFunc(all, func(a, b chosen) int { return strings.Compare(a.Role+a.Auvo, b.Role+b.Auvo) }) // main, site
	for some := range slices.Chunk(all, batch) {
		d := store.Decision{Run: r.id, Flow: f.Name}
		for _, c := range some {
			if err := r.choose(ctx, f, &d, c); err != nil {
				return err
			}
		}
		if _, err := r.Store.Decide(ctx, r.lease, d); err != nil {
			return err
		}
	}
	return r.Store.SetMarks(ctx, r.lease, done)
}

// inRun says of events in which run they came.
func (r *run) inRun(events []store.Event) []store.Event {
	for n := range events {
		events[n].Run = r.id
	}
	return events
}

// choose adds one chosen pair to a decision; both histories say what became of it.
func (r *run) choose(ctx context.Context, f flow.Flow, d *store.Decision, c chosen) error {
	full := map[record.Side]record.Item{}
	for side, id := range map[record.Side]string{record.Auvo: c.Auvo, record.Omie: c.Omie} {
		items, err := r.Store.Items(ctx, r.Account.ID, side, f.Kind, []string{id})
		if err != nil {
			return err
		}
		if i, there := items[id]; there {
			full[side] = i
		}
	}
	auvo, omie := full[record.Auvo], full[record.Omie]
	if auvo.ID == "" || omie.ID == "" {
		for _, i := range full {
			d.Events = append(d.Events, r.inRun(saidOf("decided", "O par escolhido no assistente, por "+c.By+", não existe mais do outro lado.", i.Ref()))...)
		}
		return nil
	}
	apart, err := r.apart(ctx, auvo, []record.Item{omie})
	if err != nil || len(apart) > 0 {
		return err
	}
	if of, _, err := hindrance(ctx, r.Store, r.Account.ID, auvo, omie, c.Role); err != nil || of != "" {
		return err
	}
	l := store.Link{Kind: f.Kind, Auvo: c.Auvo, Omie: c.Omie, Role: c.Role, How: "por uma pessoa"}
	if c.Role == store.RoleMain {
		l.Base = reconcile.Merge(reconcile.Input{Auvo: auvo.Fields, Omie: omie.Fields, Rules: f.Mirror.Rules(r.Account)}).Agreed
	}
	d.Links = append(d.Links, l)
	d.Events = append(d.Events, r.inRun(saidOf("linked", "Ligados no assistente, por "+c.By+".", auvo.Ref(), omie.Ref()))...)
	switch {
	case c.Role == store.RoleSite: // the customer's own fields do not change by it
		d.Redecide = append(d.Redecide, auvo.Ref())
	case !c.Known:
		d.Redecide = append(d.Redecide, auvo.Ref(), omie.Ref())
	}
	return nil
}
