package reconcile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ponte/internal/record"
)

const f = record.FieldPhone

func fields(v string) record.Fields {
	if v == "-" {
		return record.Fields{}
	}
	return record.Fields{f: v}
}

// TestMergeDecidesEachCaseOfItsTable has a row for each line of the package's
// decision table, for each way, policy and kind of rule. "-" is a field that is
// not held (or has no base).
func TestMergeDecidesEachCaseOfItsTable(t *testing.T) {
	both, toAuvo, toOmie := Rule{Field: f, Way: Both}, Rule{Field: f, Way: ToAuvo}, Rule{Field: f, Way: ToOmie}
	leads, own := Rule{Field: f, Way: ToAuvo, Leads: true}, Rule{Field: f, Way: ToAuvo, Own: true}
	for _, c := range []struct {
		name             string
		rule             Rule
		policy           Policy
		base, auvo, omie string
		taken            record.Side
		restore          bool
		undone           *record.Values
		toAuvo, toOmie   string // the value written, "" none, "∅" an empty one
		conflict         string // "", open, omie, auvo
		agreed           bool
	}{
		{name: "equal", rule: both, base: "1", auvo: "11 2222", omie: "112222", agreed: true},
		{name: "both changed to the same", rule: both, base: "1", auvo: "2", omie: "2", agreed: true},
		{name: "not held in Auvo", rule: both, base: "1", auvo: "-", omie: "2"},
		{name: "not held in Omie", rule: both, base: "1", auvo: "2", omie: "-"},
		{name: "linking, Auvo empty", rule: both, base: "-", auvo: "", omie: "2", toAuvo: "2"},
		{name: "linking, Omie empty", rule: both, base: "-", auvo: "2", omie: "", toOmie: "2"},
		{name: "linking, both differ, omie wins", rule: both, policy: OmieWins, base: "-", auvo: "1", omie: "2", toAuvo: "2", conflict: "omie"},
		{name: "linking, both differ, ask", rule: both, policy: Ask, base: "-", auvo: "1", omie: "2", conflict: "open"},
		{name: "changed in Omie", rule: both, base: "1", auvo: "1", omie: "2", toAuvo: "2"},
		{name: "changed in Auvo", rule: both, base: "1", auvo: "2", omie: "1", toOmie: "2"},
		{name: "emptied in Auvo", rule: both, base: "1", auvo: "", omie: "1", toOmie: "∅"},
		{name: "emptied in Omie", rule: both, base: "1", auvo: "1", omie: "", toAuvo: "∅"},
		{name: "changed on both, omie", rule: both, policy: OmieWins, base: "1", auvo: "2", omie: "3", toAuvo: "3", conflict: "omie"},
		{name: "changed on both, auvo", rule: both, policy: AuvoWins, base: "1", auvo: "2", omie: "3", toOmie: "2", conflict: "auvo"},
		{name: "changed on both, ask", rule: both, policy: Ask, base: "1", auvo: "2", omie: "3", conflict: "open"},
		{name: "a person took Auvo's", rule: both, policy: Ask, base: "1", auvo: "2", omie: "3", taken: record.Auvo, toOmie: "2", conflict: "auvo"},
		{name: "a person took Omie's over the policy", rule: both, policy: AuvoWins, base: "1", auvo: "2", omie: "3", taken: record.Omie, toAuvo: "3", conflict: "omie"},
		{name: "one way to Auvo, changed in Omie", rule: toAuvo, base: "1", auvo: "1", omie: "2", toAuvo: "2"},
		{name: "one way to Auvo, changed in Auvo: stays", rule: toAuvo, base: "1", auvo: "2", omie: "1"},
		{name: "one way to Omie, changed in Auvo", rule: toOmie, base: "1", auvo: "2", omie: "1", toOmie: "2"},
		{name: "one way to Omie, changed in Omie: stays", rule: toOmie, base: "1", auvo: "1", omie: "2"},
		{name: "one way to Auvo, both changed, auvo wins: nothing may be written", rule: toAuvo, policy: AuvoWins, base: "1", auvo: "2", omie: "3", conflict: "auvo"},
		{name: "leading side at linking", rule: leads, base: "-", auvo: "1", omie: "2", toAuvo: "2"},
		{name: "leading side changed", rule: leads, base: "1", auvo: "9", omie: "2", toAuvo: "2"},
		{name: "leading side as agreed, Auvo edited: kept", rule: leads, base: "1", auvo: "9", omie: "1"},
		{name: "leading side as agreed, Auvo edited, sweep: restored", rule: leads, restore: true, base: "1", auvo: "9", omie: "1", toAuvo: "1"},
		{name: "leading side as agreed, Auvo edited, emptied in Omie", rule: leads, base: "1", auvo: "9", omie: "", toAuvo: "∅"},
		{name: "one way to Omie, linking, Omie empty", rule: toOmie, base: "-", auvo: "2", omie: "", toOmie: "2"},
		{name: "one way to Omie, linking, Auvo empty: stays", rule: toOmie, base: "-", auvo: "", omie: "2"},
		{name: "one way to Auvo, linking, Omie empty: stays", rule: toAuvo, base: "-", auvo: "2", omie: ""},
		{name: "one way to Auvo, both changed, ask: waits", rule: toAuvo, policy: Ask, base: "1", auvo: "2", omie: "3", conflict: "open"},
		{name: "one way to Auvo, changed in Auvo, sweep: a person's edit stays", rule: toAuvo, restore: true, base: "1", auvo: "2", omie: "1"},
		{name: "emptied on one side, changed on the other", rule: both, policy: AuvoWins, base: "1", auvo: "", omie: "3", toOmie: "∅", conflict: "auvo"},
		{name: "not held on either side", rule: both, base: "1", auvo: "-", omie: "-"},
		{name: "undone, both as they were", rule: both, undone: held("1", "2"), base: "2", auvo: "1", omie: "2"},
		{name: "undone, edited in Omie", rule: both, undone: held("1", "2"), base: "2", auvo: "1", omie: "3", toAuvo: "3"},
		{name: "undone, edited in Auvo", rule: both, undone: held("1", "2"), base: "2", auvo: "3", omie: "2", toOmie: "3"},
		{name: "undone, edited on both", rule: both, policy: Ask, undone: held("1", "2"), base: "2", auvo: "3", omie: "4", conflict: "open"},
		{name: "undone, edited to what the other side holds", rule: both, undone: held("1", "2"), base: "2", auvo: "2", omie: "2", agreed: true},
		{name: "undone where Omie leads, sweep: stays", rule: leads, restore: true, undone: held("1", "2"), base: "2", auvo: "1", omie: "2"},
		{name: "undone where Omie leads, edited in Omie", rule: leads, undone: held("1", "2"), base: "2", auvo: "1", omie: "3", toAuvo: "3"},
		{name: "undone where Omie leads, edited in Omie to what was there", rule: leads, undone: held("1", "2"), base: "2", auvo: "1", omie: "1", agreed: true},
		{name: "undone own", rule: own, undone: held("", "7"), base: "7", auvo: "", omie: "7"},
		{name: "own over nothing", rule: own, base: "-", auvo: "", omie: "7", toAuvo: "7"},
		{name: "own over what Ponte wrote", rule: own, base: "7", auvo: "7", omie: "8", toAuvo: "8"},
		{name: "own never over a foreign value", rule: own, base: "-", auvo: "99", omie: "7"},
		{name: "own never over what somebody put there since", rule: own, base: "7", auvo: "99", omie: "8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := Input{Base: fields(c.base), Auvo: fields(c.auvo), Omie: fields(c.omie), Rules: []Rule{c.rule}, Policy: c.policy, Restore: c.restore}
			if c.undone != nil {
				in.Undone = map[string]record.Values{f: *c.undone}
			}
			if c.taken != "" {
				in.Taken = map[string]record.Side{f: c.taken}
			}
			res := Merge(in)
			if got := written(res.ToAuvo); got != c.toAuvo {
				t.Errorf("to Auvo %q, want %q", got, c.toAuvo)
			}
			if got := written(res.ToOmie); got != c.toOmie {
				t.Errorf("to Omie %q, want %q", got, c.toOmie)
			}
			if got := settled(res.Conflicts); got != c.conflict {
				t.Errorf("conflict %q, want %q", got, c.conflict)
			}
			differ := c.auvo != "-" && c.omie != "-" && !c.agreed
			if left := differ && c.toAuvo+c.toOmie == "" && c.conflict != "open"; left != (len(res.Left) == 1) {
				t.Errorf("left as it is: %v, want %v", res.Left, left)
			}
			if _, agreed := res.Agreed[f]; agreed != c.agreed {
				t.Errorf("agreed %v", agreed)
			}
			if len(res.Conflicts) > 0 && res.Conflicts[0].ByPerson != (c.taken != "") {
				t.Errorf("by a person: %v", res.Conflicts[0].ByPerson)
			}
		})
	}
}

func held(auvo, omie string) *record.Values { return &record.Values{Auvo: auvo, Omie: omie} }

func written(changes []Change) string {
	switch {
	case len(changes) == 0:
		return ""
	case changes[0].To == "":
		return "∅"
	}
	return changes[0].To
}

func settled(conflicts []Conflict) string {
	switch {
	case len(conflicts) == 0:
		return ""
	case conflicts[0].Settled == "":
		return "open"
	}
	return string(conflicts[0].Settled)
}

// TestReviseLeavesWhatAPersonWrote has a row for each case of an exported order.
func TestReviseLeavesWhatAPersonWrote(t *testing.T) {
	for _, c := range []struct {
		name             string
		base, want, held string
		taken            record.Side
		expect           Revision
	}{
		{name: "as asked for", base: "1", want: "2", held: "2", expect: Revision{Agreed: []string{"notes"}}},
		{name: "only the source changed", base: "1", want: "2", held: "1", expect: Revision{Write: []Change{{"notes", "1", "2"}}}},
		{name: "only a person changed", base: "1", want: "1", held: "3", expect: Revision{Kept: []string{"notes"}}},
		{name: "both changed", base: "1", want: "2", held: "3", expect: Revision{Conflicts: []Conflict{{Field: "notes", Base: "1", Auvo: "2", Omie: "3"}}}},
		{name: "a person took the source's", base: "1", want: "2", held: "3", taken: record.Auvo, expect: Revision{
			Write: []Change{{"notes", "3", "2"}}, Conflicts: []Conflict{{Field: "notes", Base: "1", Auvo: "2", Omie: "3", Settled: record.Auvo, ByPerson: true}},
		}},
		{name: "a person left Omie's", base: "1", want: "2", held: "3", taken: record.Omie, expect: Revision{
			Left: []string{"notes"}, Conflicts: []Conflict{{Field: "notes", Base: "1", Auvo: "2", Omie: "3", Settled: record.Omie, ByPerson: true}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := func(v string) record.Fields { return record.Fields{"notes": v} }
			taken := map[string]record.Side{}
			if c.taken != "" {
				taken["notes"] = c.taken
			}
			got := Revise(at(c.base), at(c.want), at(c.held), []string{"notes"}, taken)
			if diff := cmp.Diff(c.expect, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAfterAMergeBothSidesAgreeOrAConflictSaysWhyNot: apply what a merge asks
// for; then both sides agree on every field that both hold, or the field waits
// in an open conflict, or its way forbids the write; and a second merge with
// what is agreed then writes nothing.
func TestAfterAMergeBothSidesAgreeOrAConflictSaysWhyNot(t *testing.T) {
	names := []string{record.FieldName, record.FieldEmail, record.FieldPhone}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]string{"", "1", "2", "3"})
		gen := func(label string) record.Fields {
			out := record.Fields{}
			for _, n := range names {
				if rapid.IntRange(0, 9).Draw(t, label+n) > 0 {
					out[n] = value.Draw(t, label+n+"v")
				}
			}
			return out
		}
		var rules []Rule
		for _, n := range names {
			rules = append(rules, Rule{Field: n, Way: rapid.SampledFrom([]Way{Both, ToAuvo, ToOmie}).Draw(t, "way")})
		}
		in := Input{Base: gen("base"), Auvo: gen("auvo"), Omie: gen("omie"), Rules: rules, Policy: rapid.SampledFrom([]Policy{OmieWins, AuvoWins, Ask}).Draw(t, "policy")}
		res := Merge(in)
		after := Input{Base: in.Base.With(res.Agreed), Auvo: apply(in.Auvo, res.ToAuvo), Omie: apply(in.Omie, res.ToOmie), Rules: rules, Policy: in.Policy}
		for _, c := range append(res.ToAuvo, res.ToOmie...) {
			after.Base[c.Field] = c.To
		}
		conflicts := map[string]Conflict{}
		for _, c := range res.Conflicts {
			conflicts[c.Field] = c
		}
		for _, r := range rules {
			a, heldA := after.Auvo[r.Field]
			o, heldO := after.Omie[r.Field]
			c, counted := conflicts[r.Field]
			open := counted && c.Settled == ""
			if heldA && heldO && !record.Same(r.Field, a, o) && r.Way == Both && !open {
				t.Fatalf("%s: %q and %q after %+v", r.Field, a, o, res)
			}
			for _, side := range [][2]record.Fields{{in.Auvo, after.Auvo}, {in.Omie, after.Omie}} {
				was, now, base := side[0][r.Field], side[1][r.Field], in.Base[r.Field]
				if was != "" && now != was && !counted && !record.Same(r.Field, was, base) {
					t.Fatalf("%s: %q was written over with %q, and no conflict says so: %+v", r.Field, was, now, res)
				}
			}
		}
		again := Merge(after)
		if len(again.ToAuvo)+len(again.ToOmie) > 0 {
			t.Fatalf("a second merge writes %+v after %+v", again, res)
		}
	})
}

// TestEditsOnBothSidesEndAlike walks through edits of both sides and merges in
// any order, with a person who settles some conflicts: once the edits stop and
// every conflict is settled, both sides are alike and nothing more is written.
func TestEditsOnBothSidesEndAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Input{
			Base: record.Fields{}, Auvo: fields(""), Omie: fields("1"), Rules: []Rule{{Field: f, Way: Both}},
			Policy: rapid.SampledFrom([]Policy{OmieWins, AuvoWins, Ask}).Draw(t, "policy"),
		}
		settle := func() Result {
			res := Merge(in)
			in.Auvo, in.Omie, in.Base = apply(in.Auvo, res.ToAuvo), apply(in.Omie, res.ToOmie), in.Base.With(res.Agreed)
			for _, c := range append(res.ToAuvo, res.ToOmie...) {
				in.Base[c.Field] = c.To
			}
			return res
		}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			value := rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "value")
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				in.Auvo = fields(value)
			case 1:
				in.Omie = fields(value)
			case 2:
				in.Taken = map[string]record.Side{f: rapid.SampledFrom([]record.Side{record.Auvo, record.Omie}).Draw(t, "side")}
			default:
				settle()
				in.Taken = nil
			}
		}
		in.Taken = map[string]record.Side{f: record.Omie}
		settle()
		if res := settle(); !record.Same(f, in.Auvo[f], in.Omie[f]) || len(res.ToAuvo)+len(res.ToOmie)+len(res.Conflicts) > 0 {
			t.Fatalf("Auvo %q, Omie %q, then %+v", in.Auvo[f], in.Omie[f], res)
		}
	})
}

func apply(on record.Fields, changes []Change) record.Fields {
	out := on.With(nil)
	for _, c := range changes {
		out[c.Field] = c.To
	}
	return out
}
