package engine

import (
	"context"

	"ponte/internal/record"
	"ponte/internal/subject"
)

// veiled is the engine with both sides such that nothing of an erased customer comes
// in again, just because its vendor still holds it (LGPD, docs/lgpd.md). Who is erased
// cannot change while a run has the lease.
func (e *Engine) veiled(ctx context.Context) (*Engine, error) {
	erased, err := e.Store.Erased(ctx, e.Account.ID)
	if err != nil || len(erased) == 0 {
		return e, err
	}
	out := *e
	out.Auvo, out.Omie = veil(e.Auvo, erased), veil(e.Omie, erased)
	return &out, nil
}

// veil lays husks over what a side's lists and look-ups tell.
func veil(s record.System, erased subject.Erased) record.System {
	for _, access := range []**record.Access{&s.Customers, &s.Tasks, &s.Quotations, &s.ServiceOrders, &s.SalesOrders} {
		if *access == nil {
			continue
		}
		under := **access
		under.Feeds = make([]record.Feed, 0, len((*access).Feeds))
		for _, feed := range (*access).Feeds {
			feed.List = veiledList(feed.List, erased)
			under.Feeds = append(under.Feeds, feed)
		}
		if under.Find != nil {
			under.Find = veiledFinder{under.Find, erased}
		}
		*access = &under
	}
	return s
}

func veiledList(list record.Lister, erased subject.Erased) record.Lister {
	return func(ctx context.Context, w record.Window, page func(record.Page) error) error {
		return list(ctx, w, func(p record.Page) error {
			p.Items = erased.Over(p.Items)
			return page(p)
		})
	}
}

type veiledFinder struct {
	real   record.Finder
	erased subject.Erased
}

// Find finds what the side does, as husks where they are of an erased customer.
func (f veiledFinder) Find(ctx context.Context, keys []record.Key, near record.Near) ([]record.Item, error) {
	items, err := f.real.Find(ctx, keys, near)
	return f.erased.Over(items), err
}
