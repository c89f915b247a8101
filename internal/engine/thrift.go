package engine

import (
	"context"
	"strconv"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A feed that has no list of changes is read whole: Omie's stock, a page for each
// hundred products. The service scans it in every cycle while that costs little, else
// once an hour and where a hook says so (design.md §7). Each account's hour begins with
// its own first scan, so that the scans of many lie spread over it.
const (
	scanEachCycle = 10 // calls
	scanHour      = time.Hour
)

// scanDue tells whether a scan of so many calls is made again after a time. (pure)
func scanDue(calls int, since time.Duration) bool {
	// A cycle that begins a little before the hour is over makes it, not the next.
	return calls <= scanEachCycle || since >= scanHour-time.Minute
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
	if err != nil || was == now {
		return err
	}
	return rd.run.Store.SetMark(ctx, rd.run.lease, name, now)
}
