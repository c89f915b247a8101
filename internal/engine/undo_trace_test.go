package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// TestWhatAnUndoTakesBack walks through ledgers of one pair: a row of changes, which
// run is undone, and what that takes back in Auvo.
func TestWhatAnUndoTakesBack(t *testing.T) {
	created := store.Change{Run: "r1", Action: "create", Fields: []store.FieldChange{{Name: record.FieldName, To: "A"}}}
	inactive := store.Change{Run: "r1", Action: "create", Fields: []store.FieldChange{{Name: record.FieldActive, To: "false"}}}
	write := func(run, field, from, to string) store.Change {
		return store.Change{Run: run, Action: "update", Fields: []store.FieldChange{{Name: field, From: from, To: to}}}
	}
	one := func(field, from, to string) []reconcile.Change {
		return []reconcile.Change{{Field: field, From: from, To: to}}
	}
	undo := func(field, from, to string) store.Change {
		c := write("u", field, from, to)
		c.Undo = true
		return c
	}
	other := write("r1", record.FieldEmail, "1", "2")
	other.To = record.Omie
	waiting := write("r2", record.FieldPhone, "2", "3")
	waiting.State = store.Waiting
	for _, c := range []struct {
		name    string
		changes []store.Change
		run     string
		want    []reconcile.Change
	}{
		{name: "nothing was written"},
		{name: "one write", changes: []store.Change{write("r1", record.FieldPhone, "1", "2")}, want: one(record.FieldPhone, "1", "2")},
		{
			name: "the newest run's", changes: []store.Change{write("r1", record.FieldPhone, "1", "2"), write("r2", record.FieldEmail, "a", "b")},
			want: one(record.FieldEmail, "a", "b"),
		},
		{
			name: "an older run's", changes: []store.Change{write("r1", record.FieldPhone, "1", "2"), write("r2", record.FieldPhone, "2", "3")},
			run: "r1", want: one(record.FieldPhone, "1", "2"),
		},
		{
			name: "twice in one run", changes: []store.Change{write("r1", record.FieldPhone, "1", "2"), write("r1", record.FieldPhone, "2", "3")},
			want: one(record.FieldPhone, "1", "3"),
		},
		{
			name: "made and then priced", changes: []store.Change{created, write("r1", record.FieldPrice, "0", "9")},
			want: one(record.FieldActive, "false", "true"),
		},
		{
			name: "made, and later changed", changes: []store.Change{created, write("r2", record.FieldPrice, "8", "9")},
			want: one(record.FieldPrice, "8", "9"),
		},
		{name: "made inactive", changes: []store.Change{inactive}},
		{name: "what links both stays", changes: []store.Change{write("r1", record.FieldExternalID, "", "7")}},
		{name: "refused", changes: []store.Change{waiting}},
		{name: "the other side's", changes: []store.Change{other}},
		{name: "undone already", changes: []store.Change{write("r1", record.FieldPhone, "1", "2"), undo(record.FieldPhone, "2", "1")}},
		{
			name: "undone down to an older run", changes: []store.Change{
				write("r1", record.FieldPhone, "1", "2"), write("r2", record.FieldPhone, "2", "3"), undo(record.FieldPhone, "3", "2"),
			},
			want: one(record.FieldPhone, "1", "2"),
		},
		{name: "made and undone", changes: []store.Change{created, undo(record.FieldActive, "true", "false")}},
		{
			name: "undone and written again", changes: []store.Change{
				write("r1", record.FieldPhone, "1", "2"), undo(record.FieldPhone, "2", "1"), write("r2", record.FieldPhone, "1", "2"),
			},
			want: one(record.FieldPhone, "1", "2"),
		},
	} {
		for n := range c.changes {
			if c.changes[n].State == "" {
				c.changes[n].State = store.Done
			}
			if c.changes[n].To == "" {
				c.changes[n].To = record.Auvo
			}
			c.changes[n].ID, c.changes[n].Sent = int64(n), time.Unix(int64(n), 0)
		}
		got := writesOf(onSide(pickTraces(traces(c.changes), c.run), record.Auvo))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
