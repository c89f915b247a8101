package engine

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A feed that has no list of changes is read whole: Omie's stock, a page for each
// hundred products. The service scans it in every cycle while that costs little, else
// once an hour and where a hook or an order of our own says so (design.md §7). Each account's hour begins with
// its own first scan, so that the scans of many lie spread over it.
const (
	ScanEachCycle = 10 // calls
	ScanHour      = time.Hour
)

// scanDue tells whether a scan of so many calls is made again after a time. (pure)
func scanDue(calls int, since time.Duration) bool {
	// A cycle that begins a little before the hour is over makes it, not the next.
	return calls <= ScanEachCycle || since >= ScanHour-time.Minute
}

func scanMark(feed string) string { return "scan-calls/" + feed }

// thrifty tells whether a run that minds its calls leaves a feed alone.
func (r *run) thrifty(ctx context.Context, side record.Side, feed record.Feed, c store.Cursor) bool {
	if !r.opts.Thrift || !feed.Partial || c.Done.IsZero() {
		return false
	}
	mark, err := r.Store.Mark(ctx, r.Account.ID, scanMark(cursorName(side, feed)))
	calls, bad := strconv.Atoi(mark)
	return err == nil && bad == nil && !scanDue(calls, r.start.Sub(c.Done))
}

// noteScan keeps what a scan cost, where that is another number than before. A sweep
// asks for more rows than a scan does.
func (rd *reading) noteScan(ctx context.Context) error {
	if !rd.feed.Partial || rd.run.opts.Full || !rd.carry {
		return nil
	}
	name, now := scanMark(rd.cursor.Feed), strconv.Itoa(rd.pages)
	was, err := rd.run.Store.Mark(ctx, rd.run.Account.ID, name)
	if err == nil && was != now {
		err = rd.run.Store.SetMark(ctx, rd.run.lease, name, now)
	}
	if err != nil {
		return err
	}
	moved, err := rd.run.moved(ctx)
	if err != nil {
		return err
	}
	return rd.run.setMoved(ctx, moved, nil) // the scan has shown them
}

// movedMark holds the products of our own orders whose stock was not looked at since.
const movedMark = "stock-moved"

// mostMoved bounds them; the hourly scan shows the rest.
const mostMoved = 100

// noteMoved keeps the products of an order that was made or altered: their stock may
// have moved, which the next cycle looks at where it makes no scan.
func (r *run) noteMoved(ctx context.Context, c store.Change) error {
	if c.Order == nil || c.To != record.Omie || !r.opts.Thrift {
		return nil
	}
	was, err := r.moved(ctx)
	if err != nil {
		return err
	}
	ids := slices.Clone(was)
	for _, line := range c.Order.Products {
		if !slices.Contains(ids, line.ID) && len(ids) < mostMoved {
			ids = append(ids, line.ID)
		}
	}
	return r.setMoved(ctx, was, ids)
}

func (r *run) moved(ctx context.Context) ([]string, error) {
	mark, err := r.Store.Mark(ctx, r.Account.ID, movedMark)
	return strings.Fields(mark), err
}

func (r *run) setMoved(ctx context.Context, was, now []string) error {
	if slices.Equal(was, now) {
		return nil
	}
	return r.Store.SetMark(ctx, r.lease, movedMark, strings.Join(now, " "))
}

// readMoved reads, in a cycle without a scan, the stock of those products.
func (r *run) readMoved(ctx context.Context, f flow.Flow, side record.Side, feed record.Feed) error {
	ids, err := r.moved(ctx)
	if err != nil || len(ids) == 0 || feed.Find == nil {
		return err
	}
	var refs []record.Ref
	for _, id := range ids {
		ref := record.Ref{Kind: f.Kind, Side: side, ID: id}
		switch _, err := r.Store.Item(ctx, r.Account.ID, ref); {
		case err == nil:
			refs = append(refs, ref)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	if len(refs) > 0 {
		if err := r.readRows(ctx, f, side, feed, refs); err != nil {
			return err
		}
	}
	return r.setMoved(ctx, ids, nil)
}
