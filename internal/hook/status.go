package hook

import (
	"context"
	"slices"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A Status is how a side's webhook does.
type Status struct {
	Side       record.Side  `json:"side"`
	Heard      *time.Time   `json:"heard"`      // the last delivery; null: none yet
	Registered *time.Time   `json:"registered"` // when the side was told to call it by its API; null: not that we know
	Found      int          `json:"found"`      // changes found in the last seven days, by whatever means
	Announced  int          `json:"announced"`  // how many of them it had announced
	Silent     bool         `json:"silent"`     // one of its kinds is
	Kinds      []KindStatus `json:"kinds"`
}

// A KindStatus is how a side's webhook announces one kind of record.
type KindStatus struct {
	Kind      record.Kind `json:"kind"`
	Heard     *time.Time  `json:"heard"` // the last delivery about it; null: none yet
	Found     int         `json:"found"`
	Announced int         `json:"announced"`
	Silent    bool        `json:"silent"` // nothing is heard of it, or no more, though there was something to say
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
	silent := h.Silent(now)
	st := Status{Side: h.Side, Silent: len(silent) > 0, Heard: told(h.Heard), Registered: told(h.Registered), Kinds: []KindStatus{}}
	for _, k := range h.Kinds {
		one := KindStatus{Kind: k.Kind, Heard: told(k.Heard), Silent: slices.Contains(silent, k)}
		for _, c := range coverage {
			if c.Side == h.Side && c.Kind == k.Kind {
				one.Found, one.Announced = c.Found, c.Announced
			}
		}
		st.Kinds = append(st.Kinds, one)
	}
	for _, c := range coverage {
		if c.Side == h.Side {
			st.Found, st.Announced = st.Found+c.Found, st.Announced+c.Announced
		}
	}
	return st
}

func told(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
