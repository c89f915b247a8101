package reconcile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/record"
)

func TestTakingBackLeavesWhatWasEditedSince(t *testing.T) {
	wrote := []Change{{record.FieldPhone, "1", "2"}}
	for _, c := range []struct {
		name            string
		held            record.Fields
		restore, edited []Change
	}{
		{name: "as it was left", held: record.Fields{record.FieldPhone: "2"}, restore: []Change{{record.FieldPhone, "2", "1"}}},
		{name: "as it was found", held: record.Fields{record.FieldPhone: "1"}},
		{name: "edited since", held: record.Fields{record.FieldPhone: "3"}, edited: []Change{{record.FieldPhone, "2", "3"}}},
		{name: "not held", held: record.Fields{}, edited: []Change{{record.FieldPhone, "2", ""}}},
	} {
		restore, edited := TakeBack(wrote, c.held)
		if diff := cmp.Diff([2][]Change{c.restore, c.edited}, [2][]Change{restore, edited}); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestWhatIsWrittenAgainGoesTheWayItWent: after an undo on either side.
func TestWhatIsWrittenAgainGoesTheWayItWent(t *testing.T) {
	for _, undone := range []record.Values{{Auvo: "1", Omie: "2"}, {Auvo: "2", Omie: "1"}} {
		agreed := record.Fields{f: "2"}
		in := Input{
			Base: WriteAgain(agreed, map[string]record.Values{f: undone}), Rules: []Rule{{Field: f, Way: Both}},
			Auvo: record.Fields{f: undone.Auvo}, Omie: record.Fields{f: undone.Omie},
		}
		res := Merge(in)
		if len(res.Conflicts) > 0 || written(append(res.ToAuvo, res.ToOmie...)) != "2" {
			t.Errorf("%+v: %+v", undone, res)
		}
	}
}
