package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
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
		was, why := closed(waits, now, links)
		if why == "" && len(links) > 0 {
			was, why, err = cancelled(ctx, db, account, links[0])
		}
		if err != nil {
			return nil, err
		}
		if why != "" {
			out = append(out, Remake{next, was, why})
		}
	}
	return out, nil
}

// cancelled tells whether an order was cancelled when it was last read.
func cancelled(ctx context.Context, db *store.DB, account string, l store.Link) (code, why string, err error) {
	i, err := db.Item(ctx, account, l.On(record.Omie))
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if i.Fact(record.FactCancelled) == "true" {
		code, why = l.Code, "is cancelled in Omie"
	}
	return code, why, err
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

// Undid returns the link of a record of a mirror of which a person undid fields;
// false when nothing of it is undone. retry has them written again.
func Undid(ctx context.Context, db *store.DB, account string, ref record.Ref) (store.Link, bool, error) {
	link, err := db.Link(ctx, account, ref.Kind, ref.Side, ref.ID)
	if errors.Is(err, store.ErrNotFound) {
		return link, false, nil
	}
	return link, len(link.Undone) > 0, err
}

// WriteAgain has the undone fields of links written again by the next cycle.
func WriteAgain(ctx context.Context, db *store.DB, lease store.Lease, undid ...store.Link) error {
	for _, link := range undid {
		d := store.Decision{Redecide: []record.Ref{link.On(record.Auvo), link.On(record.Omie)}}
		for _, ref := range d.Redecide {
			d.Events = append(d.Events, store.Event{At: time.Now(), Ref: ref, What: "retried", Text: "Uma pessoa mandou gravar de novo o que foi desfeito."})
		}
		link.Base, link.Undone = reconcile.WriteAgain(link.Base, link.Undone), nil
		d.Links = []store.Link{link}
		if _, err := db.Decide(ctx, lease, d); err != nil {
			return err
		}
	}
	return nil
}
