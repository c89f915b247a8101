package omieapi

import (
	"context"
	"net/http"
	"time"

	"ponte/internal/call"
	"ponte/internal/phrasebook"
)

// outlives is for how long a request that was given up may still run at Omie, and be
// the cause of an answer that speaks of too many: as long as we wait for an answer
// ourselves, and a minute more.
const outlives = 150 * time.Second

// yield slows the key down when an answer says that more is asked than we do. It
// returns the share of its rates that the key uses from here on, 0 as before.
func (c *Client) yield(ctx context.Context, r *request, e *call.Error) float64 {
	if e == nil {
		return 0
	}
	now := time.Now()
	if e.Status == 0 && !unsent(e.Err) { // no answer came: it may still run there
		c.lost.Store(&now)
		return 0
	}
	lost := c.lost.Load()
	word := causedByOthers(e, r.again, lost != nil && now.Sub(*lost) < outlives)
	if word == "" {
		return 0
	}
	return c.pacer.Yield(ctx, r.method+": "+word)
}

// causedByOthers tells in a word what an answer complains of that is not our doing,
// "" nothing: we keep to nine tenths of the rates, send one write at a time, and
// nothing twice within the redundancy window (docs/apis/omie.md §2). again: the
// request was sent before and not taken in; lost: one of ours may still run there.
// (pure)
func causedByOthers(e *call.Error, again, lost bool) string {
	switch {
	case lost:
		return ""
	case e.Status == http.StatusTooManyRequests:
		return "429"
	case phrasebook.Omie.Is("running", e.Text):
		return "1880"
	case phrasebook.Omie.Is("redundant", e.Text) && !again:
		return "redundant"
	}
	return ""
}
