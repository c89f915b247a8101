package engine

import (
	"cmp"
	"context"
	"slices"

	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A trace is one field that Ponte wrote on one side of a pair and that no undo took
// back since. A record that was made is one that became active: was is "false".
type trace struct {
	change  store.Change
	field   string
	was, to string
	made    bool
}

// changesOfPair are the ledger's changes of both records of a pair, in the order in
// which they were made; unclear tells that one of them may have been made.
func (r *run) changesOfPair(ctx context.Context, link store.Link) (changes []store.Change, unclear bool, err error) {
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		of, err := r.Store.ChangesOf(ctx, r.Account.ID, link.On(side))
		if err != nil {
			return nil, false, err
		}
		for _, c := range of {
			known := slices.ContainsFunc(changes, func(o store.Change) bool { return o.ID == c.ID })
			if c.Kind == link.Kind && !known {
				changes = append(changes, c)
			}
			unclear = unclear || c.State == store.Sending || c.State == store.Unknown
		}
	}
	slices.SortFunc(changes, func(a, b store.Change) int { return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID)) })
	return changes, unclear, nil
}

// traces walk through a pair's changes, and leave out what an undo took back, and
// the external id, which links both records and stays.
func traces(changes []store.Change) []trace {
	var out []trace
	for _, c := range changes {
		switch {
		case c.State != store.Done:
		case c.Undo:
			for _, f := range c.Fields {
				out = afterUndo(out, c.To, f)
			}
		case c.Action == "create":
			out = append(out, madeTrace(c)...)
		default:
			for _, f := range c.Fields {
				if f.Name != record.FieldExternalID {
					out = append(out, trace{change: c, field: f.Name, was: f.From, to: f.To})
				}
			}
		}
	}
	return out
}

// madeTrace is that of a record which was made; one that was made inactive has none.
func madeTrace(c store.Change) []trace {
	if sentFields(c)[record.FieldActive] == "false" {
		return nil
	}
	return []trace{{change: c, field: record.FieldActive, was: "false", to: "true", made: true}}
}

// afterUndo leaves out the newest traces of a field, down to the one that found
// what the undo put back.
func afterUndo(all []trace, side record.Side, undone store.FieldChange) []trace {
	out := slices.Clone(all)
	for n := len(out) - 1; n >= 0; n-- {
		if out[n].change.To != side || out[n].field != undone.Name {
			continue
		}
		found := record.Same(undone.Name, out[n].was, undone.To)
		out = slices.Delete(out, n, n+1)
		if found {
			break
		}
	}
	return out
}

// pickTraces are those of a run; of the newest one when none is named.
func pickTraces(all []trace, run string) []trace {
	if run == "" && len(all) > 0 {
		run = all[len(all)-1].change.Run
	}
	return slices.DeleteFunc(slices.Clone(all), func(t trace) bool { return t.change.Run != run })
}

// onSide are the traces on one side of a pair that an undo takes back: of a record
// that was made only that it is active.
func onSide(all []trace, side record.Side) []trace {
	made := slices.ContainsFunc(all, func(t trace) bool { return t.change.To == side && t.made })
	return slices.DeleteFunc(slices.Clone(all), func(t trace) bool {
		return t.change.To != side || made && !t.made
	})
}

// writesOf are what the first trace of each field found and the last one left.
func writesOf(all []trace) []reconcile.Change {
	var out []reconcile.Change
	for _, t := range all {
		n := slices.IndexFunc(out, func(c reconcile.Change) bool { return c.Field == t.field })
		if n < 0 {
			out = append(out, reconcile.Change{Field: t.field, From: t.was, To: t.to})
			continue
		}
		out[n].To = t.to
	}
	return out
}
