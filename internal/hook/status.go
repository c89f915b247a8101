package hook

import (
	"context"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A Status is how a side's webhook does.
type Status struct {
	Side      record.Side `json:"side"`
	Heard     *time.Time  `json:"heard"`     // the last delivery; null: none yet
	Found     int         `json:"found"`     // changes found in the last seven days, by whatever means
	Announced int         `json:"announced"` // how many of them it had announced
	Silent    bool        `json:"silent"`    // it was heard once, and no more though there was something to say
}

// coverageLasts is over how many days coverage is told.
const coverageLasts = 7 * 24 * time.Hour

// Statuses are those of an account's webhooks that have an address.
func Statuses(ctx context.Context, db *store.DB, account string, now time.Time) ([]Status, error) {
	out := []Status{}
	hooks, err := db.Hooks(ctx, account)
	if err != nil || len(hooks) == 0 {
		return out, err
	}
	coverage, err := db.CoverageSince(ctx, account, now.Add(-coverageLasts))
	if err != nil {
		return out, err
	}
	for _, h := range hooks {
		out = append(out, statusOf(h, coverage, now))
	}
	return out, nil
}

func statusOf(h store.Hook, coverage []store.Coverage, now time.Time) Status {
	st := Status{Side: h.Side, Silent: h.Silent(now)}
	if !h.Heard.IsZero() {
		heard := h.Heard.UTC()
		st.Heard = &heard
	}
	for _, c := range coverage {
		if c.Side == h.Side {
			st.Found, st.Announced = c.Found, c.Announced
		}
	}
	return st
}
