package auvo

import (
	"context"
	"time"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

func (s *side) tasks() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{
			{Name: "tasks", Cycle: true, Windowed: true, Hooked: true, List: s.listTasks},
			{Name: "deleted-tasks", Cycle: true, List: s.listDeleted},
		},
		Find: taskFinder{s},
	}
}

// listTasks asks with the widest window of task dates and dateLastUpdate, never
// by the vendor's status, type or group filters, so that excluded ones are
// stored and can be explained (contract.md, Windows).
func (s *side) listTasks(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Task], error) {
		return s.api.Tasks.List(ctx, auvoapi.TaskFilter{DateLastUpdate: w.Since}, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(t auvoapi.Task) (record.Item, bool) {
		i := taskItem(t)
		return i, w.Holds(i.Changed)
	}, page)
}

// listDeleted reads deleted tasks by task date, from 60 days ago to a year
// ahead; the sweep without bounds (design.md §7, Reading).
func (s *side) listDeleted(ctx context.Context, w record.Window, page func(record.Page) error) error {
	day := w.Until.In(auvoapi.Zone)
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, auvoapi.Zone)
	filter := auvoapi.TaskFilter{Start: day.AddDate(0, 0, -60), End: day.AddDate(1, 0, 1).Add(-time.Second)}
	if w.Sweep {
		filter = auvoapi.TaskFilter{Start: day.AddDate(-30, 0, 0), End: day.AddDate(30, 0, 0)}
	}
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Task], error) {
		return s.api.Tasks.Deleted(ctx, filter, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(t auvoapi.Task) (record.Item, bool) {
		i := taskItem(t)
		i.Source.Deleted = true
		return i, true
	}, page)
}

type taskFinder struct{ *side }

// Find reads tasks by id.
func (f taskFinder) Find(ctx context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	return findByID(ctx, keys, f.api.Tasks.Get, taskItem)
}

// findByID reads sources, for which Auvo has no other look-up.
func findByID[T any](ctx context.Context, keys []record.Key, get func(context.Context, int64) (T, error), convert func(T) record.Item) ([]record.Item, error) {
	return findEach(ctx, keys, record.Near{}, func(ctx context.Context, k record.Key) ([]record.Item, error) {
		if k.Name != record.KeyID {
			return nil, record.ErrNoLookup
		}
		return byNumber(ctx, k.Value, get, convert)
	})
}

func (s *side) quotations() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "quotations", Cycle: true, Windowed: true, Daily: true, List: s.listQuotations}},
		Find:  quotationFinder{s},
	}
}

// listQuotations asks by the day of the last change, overlapping one day, since
// the zone of those days is not documented. Its rows are all kept: a filter
// again by the same day would take the overlap back.
func (s *side) listQuotations(ctx context.Context, w record.Window, page func(record.Page) error) error {
	var filter auvoapi.QuotationFilter
	if !w.Since.IsZero() {
		filter.LastUpdateStart = w.Since.AddDate(0, 0, -1)
	}
	fetch := func(ctx context.Context, n int) (auvoapi.Page[auvoapi.Quotation], error) {
		return s.api.Quotations.List(ctx, filter, n, pageSize)
	}
	return eachPage(ctx, w.After, fetch, func(q auvoapi.Quotation) (record.Item, bool) { return quotationItem(q), true }, page)
}

type quotationFinder struct{ *side }

// Find reads quotations by id.
func (f quotationFinder) Find(ctx context.Context, keys []record.Key, _ record.Near) ([]record.Item, error) {
	return findByID(ctx, keys, f.api.Quotations.Get, quotationItem)
}
