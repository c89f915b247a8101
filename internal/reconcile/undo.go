package reconcile

import "ponte/internal/record"

// TakeBack decides what undoing writes to one record does. wrote has for each field
// what the first of them found and the last one left. A field that still holds what
// was left there gets back what was found; one that holds it already needs nothing;
// one that somebody has edited since stays.
func TakeBack(wrote []Change, held record.Fields) (restore, edited []Change) {
	for _, w := range wrote {
		switch now, known := held[w.Field]; {
		case known && record.Same(w.Field, now, w.To):
			restore = append(restore, Change{Field: w.Field, From: now, To: w.From})
		case !known || !record.Same(w.Field, now, w.From):
			edited = append(edited, Change{Field: w.Field, From: w.To, To: now})
		}
	}
	return restore, edited
}

// WriteAgain forgets that fields were undone, so that the next merge writes them
// again: the side that got its former value back counts as the unchanged one.
func WriteAgain(base record.Fields, undone map[string]record.Values) record.Fields {
	out := base.With(nil)
	for field, v := range undone {
		if record.Same(field, v.Omie, base[field]) {
			out[field] = v.Auvo
		} else {
			out[field] = v.Omie
		}
	}
	return out
}
