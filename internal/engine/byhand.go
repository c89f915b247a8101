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
// use it, and its fields are not mirrored. A site of an Omie customer without a
// main one is promoted by linking it again, and a main one becomes a site likewise.
// That somebody said before that they are different counts no more.
func LinkByHand(ctx context.Context, db *store.DB, lease store.Lease, auvo, omie record.Item, role string) error {
	of, l, err := hindrance(ctx, db, lease.Account, auvo, omie, role)
	switch {
	case err != nil:
		return err
	case of == record.Auvo:
		return fmt.Errorf("%s is linked already (omie %s, as %s): unlink it first", auvo.Ref(), l.Omie, l.Role)
	case of == record.Omie:
		return fmt.Errorf("%s is linked already (auvo %s, as %s): unlink that first, or use --as site", omie.Ref(), l.Auvo, l.Role)
	}
	_, err = db.Decide(ctx, lease, store.Decision{
		Links:  []store.Link{{Kind: auvo.Kind, Auvo: auvo.ID, Omie: omie.ID, Role: role, How: "por uma pessoa"}},
		Events: byHand("linked", "Uma pessoa ligou os dois cadastros.", auvo, omie),
	})
	if err != nil {
		return err
	}
	if err := settleLinked(ctx, db, lease, auvo, omie); err != nil {
		return err
	}
	if err := db.SetMark(ctx, lease, ApartMark(auvo.Ref(), omie.Ref()), ""); err != nil {
		return err
	}
	return db.RetryWaits(ctx, lease, []record.Ref{auvo.Ref(), omie.Ref()})
}

// hindrance is the side whose link stands against linking two records by hand, and
// that link; "" none does.
func hindrance(ctx context.Context, db *store.DB, account string, auvo, omie record.Item, role string) (of record.Side, l store.Link, err error) {
	links, err := db.Links(ctx, account, auvo.Kind, record.Auvo, auvo.ID)
	if err != nil {
		return "", l, err
	}
	if len(links) > 0 && (links[0].Omie != omie.ID || links[0].Role == role) {
		return record.Auvo, links[0], nil
	}
	held, err := db.Links(ctx, account, omie.Kind, record.Omie, omie.ID)
	for _, l := range held {
		if role == store.RoleMain && l.Auvo != auvo.ID && (l.Role == store.RoleMain || len(links) == 0) {
			return record.Omie, l, nil
		}
	}
	return "", l, err
}

// settleLinked ends the doubt about a create of one of the two for the other: who
// links them says that it was made. A death before it leaves a link and a doubt;
// where a look-up cannot end that, leaveToPerson does.
func settleLinked(ctx context.Context, db *store.DB, lease store.Lease, auvo, omie record.Item) error {
	left, err := db.Unsettled(ctx, lease.Account)
	if err != nil {
		return err
	}
	for _, c := range left {
		made := omie
		if c.To == record.Auvo {
			made = auvo
		}
		source := auvo.Ref()
		if c.To == record.Auvo {
			source = omie.Ref()
		}
		if c.State != store.Unknown || c.Action != "create" || c.Source != source {
			continue
		}
		if err := db.Settle(ctx, lease, madeByHand(c, made.ID, time.Now(), lease.Holder)); err != nil {
			return err
		}
	}
	return nil
}

// madeByHand settles an unclear create as made: its source is linked to the
// record with that id.
func madeByHand(c store.Change, id string, at time.Time, by string) store.Settlement {
	c.State, c.Cause, c.Settled, c.Answer = store.Done, "", at, id
	c.Text = "Ligado a " + id + "; a gravação incerta conta como feita."
	if c.To == record.Auvo {
		c.Auvo = id
	} else {
		c.Omie = id
	}
	return store.Settlement{
		Change: c, ClearCauses: true, Redecide: []record.Ref{c.Source}, Look: store.Look{By: by},
		Events: []store.Event{{At: at, Ref: c.Source, What: "answered", Text: c.Text}},
	}
}

// NotMade settles an unclear write as not made, because a person says so: its
// source is decided again, and what is still wanted is sent anew. If the person is
// wrong, that makes a second one.
func NotMade(ctx context.Context, db *store.DB, lease store.Lease, u store.Unclear, by string) error {
	c, err := db.Change(ctx, lease.Account, u.Change.ID)
	if err != nil {
		return err
	}
	if c.State != store.Unknown {
		return fmt.Errorf("the write about %s is %s by now: see ponte explain", c.Source, c.State)
	}
	if !u.ForPerson() {
		return fmt.Errorf("the write about %s is looked up by the next cycle: run ponte sync", c.Source)
	}
	at := time.Now()
	said := store.Event{At: at, Ref: c.Source, What: "answered", Text: "Uma pessoa (" + by + ") diz que a gravação incerta não foi feita; o Ponte decide de novo."}
	return db.Settle(ctx, lease, unmade(c, at, said, store.Look{By: by}))
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
