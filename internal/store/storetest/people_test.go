package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/store"
)

var noon = time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)

func person(id, role string) store.Person {
	return store.Person{ID: id, Email: id + "@example.test", Name: id, Role: role, Password: "hash", Created: noon}
}

func session(id, person, digest string) store.Session {
	return store.Session{ID: id, Person: person, Digest: digest, Created: noon, Rotated: noon, Seen: noon, Expires: noon.Add(time.Hour), Agent: "Firefox", Address: "10.0.0.1"}
}

func TestAnEmailIsOnePersonsAndTheLastAdministratorStays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		if must[bool](t)(db.HasPeople(t.Context())) {
			t.Error("somebody is there from the start")
		}
		ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
		ok(t, db.AddPerson(t.Context(), person("bia", "reader")))
		twin := person("other", "reader")
		twin.Email = "ana@example.test"
		if err := db.AddPerson(t.Context(), twin); !errors.Is(err, store.ErrEmailTaken) {
			t.Errorf("a second ana: %v", err)
		}
		if err := db.RemovePerson(t.Context(), "ana"); !errors.Is(err, store.ErrLastAdmin) {
			t.Errorf("removing the last administrator: %v", err)
		}
		ok(t, db.RemovePerson(t.Context(), "bia"))
		if err := db.RemovePerson(t.Context(), "bia"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("removing twice: %v", err)
		}
		if all := must[[]store.Person](t)(db.People(t.Context())); len(all) != 1 || all[0] != must[store.Person](t)(db.PersonByEmail(t.Context(), "ana@example.test")) {
			t.Errorf("people = %+v", all)
		}
	})
}

func TestAnInvitationWorksOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ok(t, db.Invite(t.Context(), store.Invitation{Digest: "old", Expires: noon.Add(time.Hour)}))
		ok(t, db.Invite(t.Context(), store.Invitation{Digest: "first", Expires: noon.Add(time.Hour)}))
		for _, digest := range []string{"old", "nonsense"} {
			if err := db.AcceptFirst(t.Context(), digest, person("eve", "administrator"), noon); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", digest, err)
			}
		}
		if err := db.AcceptFirst(t.Context(), "first", person("eve", "administrator"), noon.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an invitation that is over: %v", err)
		}
		var in atomic.Int32
		var all sync.WaitGroup
		for _, id := range []string{"ana", "bia", "cris"} {
			all.Go(func() {
				if db.AcceptFirst(t.Context(), "first", person(id, "administrator"), noon) == nil {
					in.Add(1)
				}
			})
		}
		all.Wait()
		if n := in.Load(); n != 1 {
			t.Errorf("%d came in by one invitation", n)
		}
		ok(t, db.Invite(t.Context(), store.Invitation{Digest: "again", Expires: noon.Add(time.Hour)}))
		if err := db.AcceptFirst(t.Context(), "again", person("eve", "administrator"), noon); !errors.Is(err, store.ErrNotFirst) {
			t.Errorf("a second first administrator: %v", err)
		}
	})
}

func TestANewPasswordEndsTheSessionsAndTheInvitation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
		for _, id := range []string{"s1", "s2"} {
			ok(t, db.StartSession(t.Context(), session(id, "ana", "digest of "+id)))
		}
		ok(t, db.SetPassword(t.Context(), "ana", "new", "s2"))
		if got := must[[]store.Session](t)(db.Sessions(t.Context(), "ana", noon)); len(got) != 1 || got[0] != session("s2", "ana", "digest of s2") {
			t.Errorf("sessions = %+v", got)
		}
		ok(t, db.Invite(t.Context(), store.Invitation{Person: "ana", Digest: "link", Expires: noon.Add(time.Hour)}))
		if who := must[store.Person](t)(db.Invited(t.Context(), "link", noon)); who.ID != "ana" {
			t.Errorf("invited %+v", who)
		}
		if got := must[store.Person](t)(db.Accept(t.Context(), "link", "newer", noon)); got.ID != "ana" {
			t.Errorf("accepted %+v", got)
		}
		if _, err := db.Accept(t.Context(), "link", "newest", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link used twice: %v", err)
		}
		if got := must[store.Person](t)(db.PersonByEmail(t.Context(), "ana@example.test")); got.Password != "newer" {
			t.Errorf("password = %s", got.Password)
		}
		if got := must[[]store.Session](t)(db.Sessions(t.Context(), "ana", noon)); len(got) != 0 {
			t.Errorf("sessions = %+v", got)
		}
	})
}

func TestASessionRotatesRunsOutAndIsRevoked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
		ok(t, db.StartSession(t.Context(), session("s1", "ana", "a")))
		opens := func(digest string, at time.Time) bool {
			_, who, err := db.Session(t.Context(), digest, at)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			return who.ID == "ana"
		}
		if !opens("a", noon) || opens("b", noon) || opens("", noon) || opens("a", noon.Add(time.Hour)) {
			t.Error("the wrong tokens open the session")
		}
		if !must[bool](t)(db.RotateSession(t.Context(), session("s1", "ana", "a"), "b", noon)) {
			t.Error("the session did not rotate")
		}
		if must[bool](t)(db.RotateSession(t.Context(), session("s1", "ana", "a"), "c", noon)) {
			t.Error("one token rotated twice")
		}
		if !opens("b", noon) || !opens("a", noon.Add(time.Second)) || opens("a", noon.Add(2*time.Minute)) || opens("c", noon) {
			t.Error("after the rotation the wrong tokens open the session")
		}
		s := session("s1", "ana", "b")
		s.Seen, s.Expires = noon.Add(time.Minute), noon.Add(2*time.Hour)
		ok(t, db.SeeSession(t.Context(), s))
		ok(t, db.SetNotice(t.Context(), "s1", "Feito."))
		if got := must[[]store.Session](t)(db.Sessions(t.Context(), "ana", noon)); got[0].Expires != s.Expires || got[0].Notice != "Feito." {
			t.Errorf("session = %+v", got)
		}
		ok(t, db.EndSession(t.Context(), "bia", "s1")) // not hers
		if !opens("b", noon) {
			t.Error("somebody else ended the session")
		}
		ok(t, db.EndSession(t.Context(), "ana", "s1"))
		if opens("b", noon) {
			t.Error("an ended session opens")
		}
	})
}

func TestAttemptsAreCountedBySidesAndForgotten(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		both := []store.Allowance{{Key: "pair", Most: 2}, {Key: "address", Most: 50}}
		var refused atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				until, err := db.Attempt(t.Context(), both, noon, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if !until.IsZero() {
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if n := refused.Load(); n != 6 {
			t.Errorf("%d of 8 attempts refused, not 6", n)
		}
		if until := must[time.Time](t)(db.Attempt(t.Context(), both, noon.Add(time.Second), time.Minute)); !until.Equal(noon.Add(time.Minute)) {
			t.Errorf("refused until %s", until)
		}
		if until := must[time.Time](t)(db.Attempt(t.Context(), both, noon.Add(time.Minute), time.Minute)); !until.IsZero() {
			t.Errorf("still refused after the while, until %s", until)
		}
		ok(t, db.ForgetAttempts(t.Context(), "pair"))
		if until := must[time.Time](t)(db.Attempt(t.Context(), both, noon.Add(time.Minute), time.Minute)); !until.IsZero() {
			t.Errorf("refused after it was forgotten, until %s", until)
		}
	})
}

func TestTheLastAdministratorKeepsTheRoleWhoeverElseActsAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, other := p.open(), p.open()
		ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
		ok(t, db.AddPerson(t.Context(), person("bia", "administrator")))
		ok(t, db.AddPerson(t.Context(), person("cris", "reader")))
		if err := db.SetRoles(t.Context(), "nobody", "reader"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a role for nobody: %v", err)
		}
		ok(t, db.SetRoles(t.Context(), "cris", "operator"))
		for range 5 { // each demotes or removes the other, at once
			var all sync.WaitGroup
			var done atomic.Int32
			for n, id := range []string{"ana", "bia"} {
				all.Go(func() {
					err := []*store.DB{db, other}[n].SetRoles(t.Context(), id, "reader")
					if err == nil {
						done.Add(1)
					} else if !errors.Is(err, store.ErrLastAdmin) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if done.Load() != 1 {
				t.Fatalf("%d administrators of two were demoted", done.Load())
			}
			ok(t, db.SetRoles(t.Context(), "ana", "administrator"))
			ok(t, db.SetRoles(t.Context(), "bia", "administrator"))
		}
		ok(t, db.SetRoles(t.Context(), "bia", "reader"))
		if err := db.RemovePerson(t.Context(), "ana"); !errors.Is(err, store.ErrLastAdmin) {
			t.Errorf("removing the last administrator: %v", err)
		}
		if got := must[store.Person](t)(db.PersonByEmail(t.Context(), "cris@example.test")); got.Role != "operator" {
			t.Errorf("cris = %+v", got)
		}
	})
}

func TestMembersTellSessionsAndInvitationsWhichCanBeCancelled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
		ok(t, db.AddPerson(t.Context(), person("bia", "reader")))
		ok(t, db.StartSession(t.Context(), session("s1", "ana", "a")))
		ok(t, db.StartSession(t.Context(), session("s2", "ana", "b")))
		ok(t, db.Invite(t.Context(), store.Invitation{Person: "bia", Digest: "link", Expires: noon.Add(time.Hour)}))
		all := must[[]store.Member](t)(db.Members(t.Context(), noon))
		if len(all) != 2 || all[0].Sessions != 2 || !all[0].Seen.Equal(noon) || !all[0].Invited.IsZero() || all[1].Sessions != 0 || !all[1].Invited.Equal(noon.Add(time.Hour)) {
			t.Errorf("members = %+v", all)
		}
		ok(t, db.CancelInvitation(t.Context(), "bia"))
		if err := db.CancelInvitation(t.Context(), "bia"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("cancelling twice: %v", err)
		}
		if _, err := db.Accept(t.Context(), "link", "hash", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a cancelled invitation: %v", err)
		}
		if all := must[[]store.Member](t)(db.Members(t.Context(), noon.Add(2*time.Hour))); all[0].Sessions != 0 || !all[0].Seen.IsZero() {
			t.Errorf("later members = %+v", all)
		}
	})
}
