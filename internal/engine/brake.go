package engine

import (
	"context"
	"slices"
	"strconv"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A brake looks at a flow's whole plan before anything is sent, and may hold
// one kind of its changes until a person releases exactly that plan (P9).
type brake struct {
	name string
	// picks tells which changes the brake is about.
	picks func(flow.Flow, store.Change) bool
	// trips tells whether it holds them, and why, in Portuguese.
	trips func(ctx context.Context, r *run, f flow.Flow, picked []store.Change) (string, error)
}

var allBrakes = []brake{
	{"documents", isDocument, tooManyDocuments},
	{"inactivations", isInactivation, tooManyInactivations},
	{"stock", isStockZero, allStockGone},
}

// brakes holds what trips and lets go what no longer does. A release is for
// one plan and is used up by it.
func (r *run) brakes(ctx context.Context, f flow.Flow) error {
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil {
		return err
	}
	holds, err := r.Store.Holds(ctx, r.Account.ID)
	if err != nil {
		return err
	}
	for _, b := range allBrakes {
		picked := slices.DeleteFunc(slices.Clone(changes), func(c store.Change) bool { return !b.picks(f, c) })
		if err := r.brake(ctx, f, b, picked, heldBy(holds, f.Name, b.name)); err != nil {
			return err
		}
	}
	return nil
}

func heldBy(holds []store.Held, flowName, name string) *store.Held {
	for n := range holds {
		if holds[n].Flow == flowName && holds[n].Brake == name {
			return &holds[n]
		}
	}
	return nil
}

func (r *run) brake(ctx context.Context, f flow.Flow, b brake, picked []store.Change, was *store.Held) error {
	why, err := b.trips(ctx, r, f, picked)
	if err != nil {
		return err
	}
	plan := planDigest(picked)
	switch {
	case why == "", was != nil && was.Release != "" && was.Plan == plan:
		return r.letGo(ctx, f, b, picked, was)
	}
	return r.hold(ctx, f, b, picked, plan, why)
}

// planDigest names exactly this plan: what is written to which record.
func planDigest(changes []store.Change) string {
	type row struct {
		To, Action, Code, Auvo, Omie string
		Fields                       []store.FieldChange
	}
	rows := make([]row, 0, len(changes))
	for _, c := range changes {
		rows = append(rows, row{string(c.To), c.Action, c.Code, c.Auvo, c.Omie, c.Fields})
	}
	return record.Digest(rows)
}

func (r *run) letGo(ctx context.Context, f flow.Flow, b brake, picked []store.Change, was *store.Held) error {
	for _, c := range picked {
		if c.Cause == causeHeld {
			c.Cause = ""
			if err := r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, ClearCauses: true}); err != nil {
				return err
			}
		}
	}
	if was == nil {
		return nil
	}
	return r.Store.DropHold(ctx, r.lease, f.Name, b.name)
}

func (r *run) hold(ctx context.Context, f flow.Flow, b brake, picked []store.Change, plan, why string) error {
	held := store.Held{Flow: f.Name, Brake: b.name, Plan: plan, Count: len(picked), Since: r.Now()}
	for _, c := range picked {
		held.Changes = append(held.Changes, c.ID)
		c.Cause = causeHeld
		waits, err := r.changeWaits(ctx, f, c, causeHeld, map[string]string{"why": why, "brake": b.name})
		if err != nil {
			return err
		}
		if err := r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Waits: waits, Outcome: store.OutcomeWaiting}); err != nil {
			return err
		}
		r.countDone(f, c, store.OutcomeWaiting)
	}
	return r.Store.SaveHold(ctx, r.lease, held)
}

func isDocument(f flow.Flow, c store.Change) bool {
	return f.Derive != nil && c.Action == "create" && c.Order != nil
}

func tooManyDocuments(_ context.Context, r *run, f flow.Flow, picked []store.Change) (string, error) {
	if f.Derive == nil || len(picked) == 0 { // a flow that is off has no settings
		return "", nil
	}
	most := f.Derive.Settings(r.Account).MaxDocuments
	all := r.filed[f.Name] + len(picked) // a source that changed meanwhile is planned once more
	if all <= most {
		return "", nil
	}
	return "esta rodada criaria " + strconv.Itoa(all) + " documentos, mais que os " + strconv.Itoa(most) + " que a conta permite.", nil
}

func isInactivation(_ flow.Flow, c store.Change) bool { return MakesInactive(c) }

// MakesInactive tells whether a change makes a record inactive.
func MakesInactive(c store.Change) bool {
	return slices.ContainsFunc(c.Fields, func(f store.FieldChange) bool {
		return c.Action == "update" && f.Name == record.FieldActive && f.To == "false"
	})
}

// tooManyInactivations: over 20 records and over 20 % of those linked.
func tooManyInactivations(ctx context.Context, r *run, f flow.Flow, picked []store.Change) (string, error) {
	if len(picked) <= 20 {
		return "", nil
	}
	linked, err := r.Store.CountLinks(ctx, r.Account.ID, f.Kind)
	if err != nil || len(picked)*5 <= linked {
		return "", err
	}
	return "esta rodada inativaria " + strconv.Itoa(len(picked)) + " de " + strconv.Itoa(linked) + " cadastros.", nil
}

// isStockZero picks every stock change, so that all of them are held together.
func isStockZero(_ flow.Flow, c store.Change) bool {
	return slices.ContainsFunc(c.Fields, func(f store.FieldChange) bool { return c.Action == "update" && f.Name == record.FieldStock })
}

// allStockGone: at least five products had some stock in Auvo, and all of
// Omie's now read zero or less.
func allStockGone(ctx context.Context, r *run, f flow.Flow, picked []store.Change) (string, error) {
	gone := 0
	for _, c := range picked {
		for _, ch := range c.Fields {
			if ch.Name == record.FieldStock && positive(ch.From) && !positive(ch.To) {
				gone++
			}
		}
	}
	if gone < 5 {
		return "", nil
	}
	left := false
	err := r.Store.EachItem(ctx, r.Account.ID, record.Omie, f.Kind, func(i record.Item) error {
		left = left || positive(i.Fields[record.FieldStock])
		return nil
	})
	if err != nil || left {
		return "", err
	}
	return "o estoque de todos os produtos passaria a zero (" + strconv.Itoa(gone) + " tinham saldo).", nil
}

func positive(amount string) bool {
	d, err := record.ParseAmount(amount)
	return err == nil && d.IsPos()
}
