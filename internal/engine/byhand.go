package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// LinkByHand links two records that a person says are the same. As a site, an
// Auvo customer shares an Omie customer that is linked already: its documents
// use it, and its fields are not mirrored.
func LinkByHand(ctx context.Context, db *store.DB, lease store.Lease, auvo, omie record.Item, role string) error {
	for _, i := range []record.Item{auvo, omie} {
		links, err := db.Links(ctx, lease.Account, i.Kind, i.Side, i.ID)
		if err != nil {
			return err
		}
		if len(links) > 0 && (i.Side == record.Auvo || role == store.RoleMain) {
			return fmt.Errorf("%s is linked already (auvo %s, omie %s): unlink it first, or use --as site", i.Ref(), links[0].Auvo, links[0].Omie)
		}
	}
	_, err := db.Decide(ctx, lease, store.Decision{
		Links:  []store.Link{{Kind: auvo.Kind, Auvo: auvo.ID, Omie: omie.ID, Role: role, How: "por uma pessoa"}},
		Events: byHand("linked", "Uma pessoa ligou os dois cadastros.", auvo, omie),
	})
	if err != nil {
		return err
	}
	return db.RetryWaits(ctx, lease, []record.Ref{auvo.Ref(), omie.Ref()})
}

// UnlinkByHand parts two records for good: they are not matched again.
func UnlinkByHand(ctx context.Context, db *store.DB, lease store.Lease, auvo, omie record.Item) error {
	link, err := db.Link(ctx, lease.Account, auvo.Kind, record.Auvo, auvo.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	d := store.Decision{Events: byHand("unlinked", "Uma pessoa separou os dois cadastros.", auvo, omie)}
	if err == nil && link.Omie == omie.ID {
		d.Unlink = []store.Link{link}
	}
	if _, err := db.Decide(ctx, lease, d); err != nil {
		return err
	}
	if err := db.SetMark(ctx, lease, ApartMark(auvo.Ref(), omie.Ref()), "1"); err != nil {
		return err
	}
	return db.RetryWaits(ctx, lease, []record.Ref{auvo.Ref(), omie.Ref()})
}

func byHand(what, text string, items ...record.Item) []store.Event {
	var events []store.Event
	for _, i := range items {
		events = append(events, store.Event{At: time.Now(), Ref: i.Ref(), What: what, Text: text})
	}
	return events
}

// Hidden tells whether a change's field is kept with the link and sent nowhere.
func Hidden(field string) bool { return strings.HasPrefix(field, extraPrefix) }
