package omiesim

import "time"

// A span is a window with both ends in it; a zero end is open.
type span struct{ from, to time.Time }

func (w span) holds(t time.Time) bool {
	return (w.from.IsZero() || !t.Before(w.from)) && (w.to.IsZero() || !t.After(w.to))
}

// bounds names the four filters of a window; hours may be absent.
type bounds struct{ dateFrom, hourFrom, dateTo, hourTo string }

var changed = bounds{"filtrar_por_data_de", "filtrar_por_hora_de", "filtrar_por_data_ate", "filtrar_por_hora_ate"}

// span reads a window in São Paulo's time, one second the finest
// (omie-api.md §10.3). Without hours it covers whole days.
func (b bounds) span(p Record) (w span, f *fault) {
	if date := p.Text(b.dateFrom); date != "" {
		if w.from, f = bound(b.dateFrom, date, p.Text(b.hourFrom)); f != nil {
			return w, f
		}
	}
	if date := p.Text(b.dateTo); date != "" {
		hour := p.Text(b.hourTo)
		if hour == "" {
			hour = "23:59:59"
		}
		if w.to, f = bound(b.dateTo, date, hour); f != nil {
			return w, f
		}
	}
	return w, nil
}

func bound(tag, date, hour string) (time.Time, *fault) {
	t, ok := moment(date, hour)
	if !ok {
		return t, badDate(tag, date)
	}
	if t.Year() <= 1900 {
		return t, badYear(tag)
	}
	return t, nil
}

// inWindow passes records whose stamp of inclusion or change is in p's window.
// New records count as changed; filtrar_apenas_inclusao asks for the inclusion
// alone (omie-api.md §3.6).
func inWindow(p Record, k *kind) (func(Record) bool, *fault) {
	w, f := changed.span(p)
	if f != nil || w == (span{}) {
		return nil, f
	}
	date, hour := k.stamps.dAlt, k.stamps.hAlt
	if p.Text("filtrar_apenas_inclusao") == "S" {
		date, hour = k.stamps.dInc, k.stamps.hInc
	}
	return w.test([]string{k.stamps.block, date}, []string{k.stamps.block, hour}), nil
}

// test passes records whose date and hour at these paths are in the span.
func (w span) test(date, hour []string) func(Record) bool {
	return func(r Record) bool {
		t, ok := moment(r.Text(date...), r.Text(hour...))
		return ok && w.holds(t)
	}
}

// dated is a window over whole days on one date member.
func dated(p Record, from, to string, path ...string) (func(Record) bool, *fault) {
	w, f := bounds{dateFrom: from, dateTo: to}.span(p)
	if f != nil || w == (span{}) {
		return nil, f
	}
	return w.test(path, nil), nil
}
