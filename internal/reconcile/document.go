package reconcile

import "ponte/internal/record"

// A Revision is what shall happen to an order whose source was edited.
type Revision struct {
	Write     []Change   // fields that only the source changed, or that a person gave it
	Agreed    []string   // fields that are as the source asks for
	Left      []string   // fields in conflict that a person left as Omie holds them
	Kept      []string   // fields that a person edited in Omie and the source did not
	Conflicts []Conflict // fields that both changed; Auvo holds the source's value
}

// Revise compares what the source asks for now (want) with what Ponte last
// wrote (base) and what Omie holds (held), field by field (design.md §7, After
// export; P4): a field that differs from what Ponte last wrote is a person's
// and stays; if the source changed it too, it is a conflict, settled by what a
// person took or left to wait.
func Revise(base, want, held record.Fields, fields []string, taken map[string]record.Side) Revision {
	var rev Revision
	for _, f := range fields {
		w, h, b := want[f], held[f], base[f]
		switch {
		case record.Same(f, w, h):
			rev.Agreed = append(rev.Agreed, f)
		case record.Same(f, h, b):
			rev.Write = append(rev.Write, Change{Field: f, From: h, To: w})
		case record.Same(f, w, b):
			rev.Kept = append(rev.Kept, f)
		default:
			rev.settle(Conflict{Field: f, Base: b, Auvo: w, Omie: h, Settled: taken[f], ByPerson: taken[f] != ""})
		}
	}
	return rev
}

func (rev *Revision) settle(c Conflict) {
	rev.Conflicts = append(rev.Conflicts, c)
	switch c.Settled {
	case record.Auvo:
		rev.Write = append(rev.Write, Change{Field: c.Field, From: c.Omie, To: c.Auvo})
	case record.Omie:
		rev.Left = append(rev.Left, c.Field)
	}
}
