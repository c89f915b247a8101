package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func apiToken(id string) store.APIToken {
	return store.APIToken{ID: id, Name: "program " + id, Digest: "digest-" + id, Scopes: []string{"operate", "read"}, Accounts: []string{"acme"}, By: "ana", Created: noon, Expires: noon.Add(time.Hour)}
}

// TestNoTokenSeesALaterAccountOfTheSameID: nor does one that saw the removed account alone see all from then on.
func TestNoTokenSeesALaterAccountOfTheSameID(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx := t.Context()
		both, all := apiToken("b"), apiToken("c")
		both.Accounts, all.Accounts = []string{"acme", "polo"}, nil
		for _, one := range []store.APIToken{apiToken("a"), both, all} {
			ok(t, db.AddAPIToken(ctx, one))
		}
		ok(t, db.RemoveAccount(ctx, "acme"))
		if _, err := db.APITokenByID(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the token of a removed account alone: %v", err)
		}
		if got := must[store.APIToken](t)(db.APITokenByID(ctx, "b")); got.Sees("acme") || !got.Sees("polo") {
			t.Errorf("the token of two accounts: %+v", got)
		}
		if got := must[store.APIToken](t)(db.APITokenByID(ctx, "c")); !got.Sees("acme") {
			t.Errorf("the token of all accounts: %+v", got)
		}
	})
}

func TestATokenOpensUntilItIsOverOrRevoked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, ctx := p.open(), t.Context()
		ok(t, db.AddAPIToken(ctx, apiToken("a")))
		twin := apiToken("b")
		twin.Name = "program a"
		if err := db.AddAPIToken(ctx, twin); !errors.Is(err, store.ErrNameTaken) {
			t.Errorf("a second of the name: %v", err)
		}
		ever := apiToken("b")
		ever.Expires, ever.Accounts = time.Time{}, nil
		ok(t, db.AddAPIToken(ctx, ever))
		got := must[store.APIToken](t)(db.APIToken(ctx, "digest-a", noon))
		if !slices.Equal(got.Scopes, []string{"operate", "read"}) || !got.Sees("acme") || got.Sees("other") || !got.Expires.Equal(noon.Add(time.Hour)) || !got.Seen.IsZero() {
			t.Errorf("%+v", got)
		}
		if b := must[store.APIToken](t)(db.APIToken(ctx, "digest-b", noon.AddDate(50, 0, 0))); !b.Sees("anything") {
			t.Errorf("%+v", b)
		}
		for _, digest := range []string{"digest-a", "nonsense", ""} {
			if _, err := db.APIToken(ctx, digest, noon.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", digest, err)
			}
		}
		ok(t, db.SeeAPIToken(ctx, "a", noon.Add(time.Minute)))
		ok(t, db.SeeAPIToken(ctx, "a", noon)) // an older use tells nothing new
		if a := must[store.APIToken](t)(db.APITokenByID(ctx, "a")); !a.Seen.Equal(noon.Add(time.Minute)) {
			t.Errorf("seen %v", a.Seen)
		}
		must[store.Answered](t)(db.Claim(ctx, claim("a", "k", "r"), noon, noon.Add(time.Minute), noon.Add(-time.Hour)))
		ok(t, db.RevokeAPIToken(ctx, "a"))
		if err := db.RevokeAPIToken(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revoked twice: %v", err)
		}
		if all := must[[]store.APIToken](t)(db.APITokens(ctx)); len(all) != 1 || all[0].ID != "b" {
			t.Errorf("%+v", all)
		}
		if err := db.Answer(ctx, claim("a", "k", "r"), store.Answered{Status: 200}); !errors.Is(err, store.ErrClaimLost) {
			t.Errorf("a revoked token's work: %v", err)
		}
	})
}

var owners atomic.Int64

func claim(token, key, request string) store.Claim {
	return store.Claim{Token: token, Key: key, Request: request, Owner: fmt.Sprint(owners.Add(1))}
}

func TestARequestUnderAKeyIsDoneOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, ctx := p.open(), t.Context()
		ok(t, db.AddAPIToken(ctx, apiToken("a")))
		ok(t, db.AddAPIToken(ctx, apiToken("b")))
		asks := func(c store.Claim, at time.Time) (store.Answered, error) {
			return db.Claim(ctx, c, at, at.Add(time.Minute), at.Add(-24*time.Hour))
		}
		first := claim("a", "k", "r")
		if a := must[store.Answered](t)(asks(first, noon)); a.Status != 0 {
			t.Errorf("%+v", a)
		}
		if _, err := asks(claim("a", "k", "r"), noon.Add(time.Second)); !errors.Is(err, store.ErrClaimed) {
			t.Errorf("side by side: %v", err)
		}
		if _, err := asks(claim("a", "k", "other"), noon.Add(time.Second)); !errors.Is(err, store.ErrOtherRequest) {
			t.Errorf("another request: %v", err)
		}
		must[store.Answered](t)(asks(claim("b", "k", "other"), noon)) // a key is a token's own
		// Its process died: a minute later another takes its place, and it can answer no more.
		second := claim("a", "k", "r")
		must[store.Answered](t)(asks(second, noon.Add(time.Minute)))
		if err := db.Answer(ctx, first, store.Answered{Status: 200, Body: []byte("1")}); !errors.Is(err, store.ErrClaimLost) {
			t.Errorf("the first answers: %v", err)
		}
		ok(t, db.Unclaim(ctx, first))
		ok(t, db.Answer(ctx, second, store.Answered{Status: 202, Body: []byte("2")}))
		ok(t, db.Unclaim(ctx, second)) // what is done stays
		for _, at := range []time.Time{noon.Add(time.Minute), noon.Add(23 * time.Hour)} {
			if a := must[store.Answered](t)(asks(claim("a", "k", "r"), at)); a.Status != 202 || string(a.Body) != "2" {
				t.Errorf("again: %+v", a)
			}
		}
		if _, err := asks(claim("a", "k", "other"), noon.Add(2*time.Minute)); !errors.Is(err, store.ErrOtherRequest) {
			t.Errorf("another request: %v", err)
		}
		late := claim("a", "k", "other")
		if a := must[store.Answered](t)(asks(late, noon.Add(24*time.Hour))); a.Status != 0 {
			t.Errorf("a day later: %+v", a)
		}
		ok(t, db.Unclaim(ctx, late))
		must[store.Answered](t)(asks(claim("a", "k", "third"), noon.Add(24*time.Hour)))
	})
}

func TestOfManySendingsOfOneRequestOneIsDone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, ctx := p.open(), t.Context()
		ok(t, db.AddAPIToken(ctx, apiToken("a")))
		var won, claimed atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				a, err := db.Claim(ctx, claim("a", "k", "r"), noon, noon.Add(time.Minute), noon.Add(-time.Hour))
				switch {
				case err == nil && a.Status == 0:
					won.Add(1)
				case errors.Is(err, store.ErrClaimed):
					claimed.Add(1)
				default:
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || claimed.Load() != 7 {
			t.Errorf("%d work at it, %d were told so", won.Load(), claimed.Load())
		}
	})
}

// TestADeathLeavesWorkActAndAnswerTogetherOrNone: around the one commit of a request
// that several methods write for.
func TestADeathLeavesWorkActAndAnswerTogetherOrNone(t *testing.T) {
	for _, point := range []string{"before Commit", "after Commit"} {
		t.Run(point, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, p place) {
				db, l := leased(t, p)
				ctx := t.Context()
				ok(t, db.AddAPIToken(ctx, apiToken("a")))
				c := claim("a", "k", "r")
				must[store.Answered](t)(db.Claim(ctx, c, noon, noon.Add(time.Minute), noon.Add(-time.Hour)))
				ref := record.Ref{Kind: record.Customer, Side: record.Omie, ID: "1"}
				dies(t, db, point, func() {
					err := db.Together(db.WithAct(ctx, act("retried", "acme", "token:a")), "Commit", func(ctx context.Context) error {
						if err := db.SetMark(ctx, l, "half", "1"); err != nil {
							return err
						}
						if err := db.AddEvents(ctx, l, store.Event{At: noon, Ref: ref, What: "retried", Text: "x"}); err != nil {
							return err
						}
						return db.Answer(ctx, c, store.Answered{Status: 200, Body: []byte("done")})
					})
					t.Errorf("it lives: %v", err)
				})
				there := point == "after Commit"
				mark := must[map[string]string](t)(db.Marks(ctx, "acme", "half"))["half"] == "1"
				events := len(must[[]store.Event](t)(db.Events(ctx, "acme", ref))) == 1
				acts := len(must[[]store.Act](t)(db.Acts(ctx, store.ActFilter{Person: "token:a"}, 0, 9))) == 1
				if mark != there || events != there || acts != there {
					t.Errorf("mark %v, event %v, act %v", mark, events, acts)
				}
				again, err := db.Claim(ctx, claim("a", "k", "r"), noon.Add(time.Minute), noon.Add(2*time.Minute), noon.Add(-time.Hour))
				if err != nil || (again.Status == 200) != there || there && string(again.Body) != "done" {
					t.Errorf("sent again: %+v, %v", again, err)
				}
			})
		})
	}
}

// dies runs do until it reaches a point of a store's method.
func dies(t *testing.T, db *store.DB, at string, do func()) {
	t.Helper()
	db.Seam(func(point string) {
		if point == at {
			panic(at)
		}
	})
	defer db.Seam(nil)
	defer func() {
		if p := recover(); p != at {
			t.Errorf("it ended with %v", p)
		}
	}()
	do()
}

func TestWhatIsWrittenTogetherIsGoneWithAnErrorOrALostLease(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		no := errors.New("no")
		err := db.Together(db.WithAct(ctx, act("retried", "acme", "p")), "Commit", func(ctx context.Context) error {
			if err := db.SetMark(ctx, l, "half", "1"); err != nil {
				return err
			}
			if marks, err := db.Marks(ctx, "acme", "half"); err != nil || marks["half"] != "1" {
				t.Errorf("what is read beside it: %v, %v", marks, err)
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Error(err)
		}
		lost := l
		lost.Epoch--
		err = db.Together(ctx, "Commit", func(ctx context.Context) error {
			if err := db.SetMark(ctx, l, "half", "1"); err != nil {
				return err
			}
			return db.SetMark(ctx, lost, "other", "1")
		})
		if !errors.Is(err, store.ErrLeaseLost) {
			t.Error(err)
		}
		if marks := must[map[string]string](t)(db.Marks(ctx, "acme", "half")); len(marks) != 0 || len(must[[]store.Act](t)(db.Acts(ctx, store.ActFilter{}, 0, 9))) != 0 {
			t.Errorf("left %v", marks)
		}
		ok(t, db.SetMark(ctx, l, "half", "2")) // the store goes on
	})
}

func TestAPlanIsAskedForAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, _ := leased(t, p)
		ctx, of := t.Context(), store.Owner{ID: "acme"}
		jobs := 0
		put := func(context.Context, any, store.Owner, string, int64) error { jobs++; return nil }
		ask := func(since time.Time) (int64, bool) {
			t.Helper()
			n, asked, err := db.AskWorkAlone(ctx, of, "plan", "x", time.Now(), since, put)
			ok(t, err)
			return n, asked
		}
		long := time.Now().Add(-time.Hour)
		if n, asked := ask(long); n != 1 || !asked {
			t.Errorf("%d %v", n, asked)
		}
		if n, asked := ask(long); n != 1 || asked {
			t.Errorf("a second beside it: %d %v", n, asked)
		}
		if n, asked := ask(time.Now().Add(time.Second)); n != 2 || !asked { // the first was lost
			t.Errorf("after it was lost: %d %v", n, asked)
		}
		ok(t, db.EndWork(ctx, store.Work{Owner: of, Work: "plan", Number: 2, Answered: "x", Answer: []byte("found")}))
		ok(t, db.ForgetAnswers(ctx, time.Now().Add(-time.Hour), "plan"))
		if w := must[map[string]store.Work](t)(db.Works(ctx, of))["plan"]; string(w.Answer) != "found" {
			t.Errorf("%+v", w)
		}
		ok(t, db.ForgetAnswers(ctx, time.Now().Add(time.Hour), "plan"))
		if w := must[map[string]store.Work](t)(db.Works(ctx, of))["plan"]; len(w.Answer) != 0 || w.Pending() {
			t.Errorf("%+v", w)
		}
		if n, asked := ask(long); n != 3 || !asked || jobs != 3 {
			t.Errorf("%d %v, %d jobs", n, asked, jobs)
		}
		if _, _, err := db.AskWorkAlone(ctx, store.Owner{ID: "nobody"}, "plan", "x", time.Now(), long, put); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}
