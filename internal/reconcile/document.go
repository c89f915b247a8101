package reconcile

import "ponte/internal/record"

// A Revision is what shall happen to an order whose source was edited.
type Revision struct {
	Write     []Change   // fields that only the source changed
	Kept      []string   // fields that a person edited in Omie and the source did not
	Conflicts []Conflict // fields that both changed; Auvo holds the source's value
}

// Revise compares what the source asks for now (want) with what Ponte last
// wrote (base) and what Omie holds (held), field by field (design.md §7, After
// export; P4): a field that differs from what Ponte last wrote is a person's
// and stays; if the source changed it too, it is a conflict.
func Revise(base, want, held record.Fields, fields []string) Revision {
	var rev Revision
	for _, f := range fields {
		w, h, b := want[f], held[f], base[f]
		switch {
		case record.Same(f, w, h):
		case record.Same(f, h, b):
			rev.Write = append(rev.Write, Change{Field: f, From: h, To: w})
		case record.Same(f, w, b):
			rev.Kept = append(rev.Kept, f)
		default:
			rev.Conflicts = append(rev.Conflicts, Conflict{Field: f, Base: b, Auvo: w, Omie: h})
		}
	}
	return rev
}
