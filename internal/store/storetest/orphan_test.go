package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ponte/internal/store"
)

func TestAnAskingIsAskedAgainWhenTheLeaseOfItsOwnerDied(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		type again struct {
			of            store.Owner
			work          string
			number, death int64
		}
		asked := func() (all []again) {
			ok(t, db.AskAgain(ctx, func(_ context.Context, tx any, of store.Owner, work string, number, death int64) error {
				if tx == nil {
					t.Error("no transaction")
				}
				all = append(all, again{of, work, number, death})
				return nil
			}))
			return all
		}
		queued := func(context.Context, any, store.Owner, string, int64) error { return nil }
		acme, polo := store.Owner{ID: "acme"}, store.Owner{ID: "polo", Draft: true}
		ok(t, db.AddDraft(ctx, store.Draft{ID: "polo", Settings: []byte(`{}`)}))
		ok(t, db.AskWork(ctx, acme, "hooks", "x", queued))
		ok(t, db.AskWork(ctx, polo, "lists", "x", queued))
		if all := asked(); len(all) != 0 {
			t.Errorf("one's worker lives, the other waits on the queue: %+v", all)
		}
		ok(t, db.Renew(ctx, l, -time.Second)) // nobody renewed it in time
		at := must[store.Lease](t)(db.Acquire(ctx, "polo", "dead", -time.Second))
		want := []again{{polo, "lists", 1, at.Epoch}, {acme, "hooks", 1, l.Epoch}}
		if all := asked(); !slices.Equal(all, want) {
			t.Errorf("%+v, want %+v", all, want)
		}
		failed := errors.New("no queue")
		if err := db.AskAgain(ctx, func(context.Context, any, store.Owner, string, int64, int64) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("err = %v", err)
		}
		ok(t, db.EndWork(ctx, store.Work{Owner: polo, Work: "lists", Number: 1, Answer: []byte(`[]`)}))
		ok(t, db.Release(ctx, l))
		if all := asked(); len(all) != 0 {
			t.Errorf("one is answered, the other's worker gave up: %+v", all)
		}
	})
}
