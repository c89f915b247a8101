package engine

import (
	"context"
	"fmt"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Remake is an order that a person may have made again, under the next epoch:
// it was undone, or is cancelled or gone in Omie. Nothing makes it again by itself.
type Remake struct {
	record.OrderKey        // of the order that will be made
	Was             string // the code of the one before it
	Why             string // what became of that, in English: "was undone"
}

// Remakes returns what retry makes again of a source, by what is stored: the
// order that a person undid, and the one that the source waits about because it
// is cancelled or gone.
func Remakes(ctx context.Context, db *store.DB, account string, source record.Ref) ([]Remake, error) {
	lives, err := db.Lives(ctx, account, source)
	if err != nil {
		return nil, err
	}
	waits, err := db.WaitsOf(ctx, account, source)
	if err != nil {
		return nil, err
	}
	var out []Remake
	for _, kind := range orderKinds {
		links, err := db.Links(ctx, account, kind, record.Auvo, source.String())
		if err != nil {
			return nil, err
		}
		now := record.OrderKey{Source: source, Kind: kind, Epoch: lives[kind].Epoch}
		next := now
		next.Epoch++
		if !lives[kind].Undone.IsZero() {
			out = append(out, Remake{next, now.Code(), "was undone"})
			continue
		}
		if was, why := closed(waits, now, links); why != "" {
			out = append(out, Remake{next, was, why})
		}
	}
	return out, nil
}

// closed finds the wait that says that an order is cancelled or gone.
func closed(waits []store.Wait, order record.OrderKey, links []store.Link) (code, why string) {
	for _, w := range waits {
		linked := len(links) > 0 && links[0].Omie == w.Omie
		key, _ := record.ParseOrderCode(w.Detail["code"])
		switch {
		case !isClosed(w), !linked && key != order: // another's, or one that was made again since
		case w.Detail["what"] == string(flow.Cancelled):
			return w.Detail["code"], "is cancelled in Omie"
		default:
			return w.Detail["code"], "is gone from Omie"
		}
	}
	return "", ""
}

// MakeAgain has orders made again by the next cycle, once each: their epochs
// rise, the links to the orders before them end, and their sources are decided again.
func MakeAgain(ctx context.Context, db *store.DB, lease store.Lease, again ...Remake) error {
	for _, m := range again {
		links, err := db.Links(ctx, lease.Account, m.Kind, record.Auvo, m.Source.String())
		if err != nil {
			return err
		}
		_, err = db.Decide(ctx, lease, store.Decision{
			Unlink: links, Redecide: []record.Ref{m.Source},
			Lives: []store.Life{{Source: m.Source, Kind: m.Kind, Life: record.Life{Epoch: m.Epoch}}},
			Events: []store.Event{{
				At: time.Now(), Ref: m.Source, What: "retried", Text: fmt.Sprintf("Uma pessoa mandou fazer de novo: %s, depois de %s.", m.Code(), m.Was),
			}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
