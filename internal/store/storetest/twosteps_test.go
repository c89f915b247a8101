package storetest

import (
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/secret"
	"ponte/internal/store"
)

// house is a store with an account and two people, of whom bia has no role for all accounts.
func house(t *testing.T, p place) *store.DB {
	t.Helper()
	db := p.open()
	for _, id := range []string{"acme", "beta"} {
		ok(t, db.SaveAccount(t.Context(), store.Account{ID: id, Name: id, Settings: []byte(`{"id":"` + id + `"}`)}, nil))
	}
	ok(t, db.AddPerson(t.Context(), person("ana", "administrator")))
	ok(t, db.AddPerson(t.Context(), person("bia", ""), store.AccountRole{Account: "acme", Role: "operator"}))
	return db
}

func TestRolesAreForAllAccountsOrForSome(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		roles := func(id string) []store.AccountRole {
			return must[[]store.AccountRole](t)(db.AccountRoles(t.Context(), id))
		}
		if got, want := roles("bia"), []store.AccountRole{{Account: "acme", Role: "operator"}}; !cmp.Equal(got, want) {
			t.Errorf("bia's roles are %v", got)
		}
		if err := db.SetRoles(t.Context(), "bia", "", store.AccountRole{Account: "gone", Role: "reader"}); !errors.Is(err, store.ErrNoAccount) {
			t.Errorf("a role on no account: %v", err)
		}
		if err := db.AddPerson(t.Context(), person("cris", ""), store.AccountRole{Account: "gone", Role: "reader"}); !errors.Is(err, store.ErrNoAccount) {
			t.Errorf("somebody for no account: %v", err)
		}
		if _, err := db.PersonByEmail(t.Context(), "cris@example.test"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was refused left somebody: %v", err)
		}
		if err := db.SetRoles(t.Context(), "ana", "", store.AccountRole{Account: "acme", Role: "administrator"}); !errors.Is(err, store.ErrLastAdmin) {
			t.Errorf("an account's administrator takes the last one's place: %v", err)
		}
		both := []store.AccountRole{{Account: "acme", Role: "reader"}, {Account: "beta", Role: "administrator"}}
		ok(t, db.SetRoles(t.Context(), "bia", "", both...))
		if got := roles("bia"); !cmp.Equal(got, both) {
			t.Errorf("bia's roles are %v", got)
		}
		if m := must[[]store.Member](t)(db.Members(t.Context(), noon)); m[0].Accounts != 0 || m[1].Accounts != 2 || m[1].Role != "" {
			t.Errorf("members = %+v", m)
		}
		ok(t, db.RemoveAccount(t.Context(), "beta"))
		ok(t, db.SaveAccount(t.Context(), store.Account{ID: "beta", Name: "another", Settings: []byte(`{"id":"beta"}`)}, nil))
		if got := roles("bia"); !cmp.Equal(got, both[:1]) {
			t.Errorf("on a later account of the same id bia is %v", got)
		}
		ok(t, db.SetRoles(t.Context(), "bia", "reader", both...))
		if got := roles("bia"); len(got) > 0 {
			t.Errorf("beside a role for all bia has %v", got)
		}
		ok(t, db.RemovePerson(t.Context(), "bia"))
	})
}

// TestWhoWasThereKeepsTheRole takes the schema back to what it was, and up again.
func TestWhoWasThereKeepsTheRole(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := p.open()
		for _, text := range []string{
			`alter table schedules drop column urgent`, `drop table api_tokens_answers`, `drop table api_tokens`, // what came later
			`drop table hooks_kinds`, `alter table hooks drop column registered`, `alter table hooks add column missed bigint not null default 0`,
			`drop table people_roles`, `drop table people_totp`, `drop table people_codes`, `drop table passages`, `drop table installation`,
			`alter table sessions drop column proven`, `alter table sessions drop column owes`, `alter table people drop column subject`, `alter table people drop column role`,
			`alter table people add column role text not null default 'reader' check (role in ('administrator', 'operator', 'reader'))`,
			`insert into people (id, email, name, role, password, created, changed) values ('ana', 'ana@example.test', 'Ana', 'administrator', 'hash', 1, 1), ('leo', 'leo@example.test', 'Leo', 'reader', 'hash', 1, 1)`,
			`insert into sessions (id, person, digest, before, rotated, created, seen, expires, agent, address, notice) values ('s1', 'leo', 'd', '', 1, 1, 1, 9000000000000, '', '', '')`,
			`delete from goose_db_version where version_id >= 18`,
		} {
			if _, err := db.SQL().ExecContext(t.Context(), text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		now := p.open()
		all := must[[]store.Person](t)(now.People(t.Context()))
		if len(all) != 2 || all[0].Role != "administrator" || all[1].Role != "reader" || all[1].Password != "hash" {
			t.Errorf("people = %+v", all)
		}
		s, who, err := now.Session(t.Context(), "d", noon)
		if err != nil || who.ID != "leo" || !s.Proven.IsZero() || s.Owes {
			t.Errorf("the session is %+v of %+v (%v)", s, who, err)
		}
		if err := now.AddPerson(t.Context(), person("eve", "root")); err == nil {
			t.Error("somebody has a role that is none")
		}
	})
}

func TestACodeCountsOnceAndASecretIsSealed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		ok(t, db.StartSession(t.Context(), session("here", "ana", "a")))
		ok(t, db.StartSession(t.Context(), session("there", "ana", "b")))
		if _, err := db.TOTP(t.Context(), "ana"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nothing began, and there is %v", err)
		}
		if err := db.ConfirmTOTP(t.Context(), "ana", "here", 5, nil, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("confirming nothing: %v", err)
		}
		ok(t, db.BeginTOTP(t.Context(), "ana", "FIRST"))
		ok(t, db.BeginTOTP(t.Context(), "ana", "SECRETCANARY"))
		if must[bool](t)(db.HasTOTP(t.Context(), "ana")) || must[bool](t)(db.UseTOTP(t.Context(), "ana", 7)) {
			t.Error("a secret counts before it is confirmed")
		}
		ok(t, db.ConfirmTOTP(t.Context(), "ana", "here", 5, []string{"c1", "c2"}, noon))
		if got := must[store.TOTP](t)(db.TOTP(t.Context(), "ana")); got != (store.TOTP{Secret: "SECRETCANARY", Since: noon, Step: 5, Codes: 2}) {
			t.Errorf("it is %+v", got)
		}
		if left := must[[]store.Session](t)(db.Sessions(t.Context(), "ana", noon)); len(left) != 1 || left[0].ID != "here" {
			t.Errorf("sessions = %+v", left)
		}
		if err := db.BeginTOTP(t.Context(), "ana", "OTHER"); !errors.Is(err, store.ErrExists) {
			t.Errorf("beginning over one that is on: %v", err)
		}
		if must[bool](t)(db.UseTOTP(t.Context(), "ana", 5)) || must[bool](t)(db.UseTOTP(t.Context(), "bia", 9)) {
			t.Error("a used code counts again, or another's")
		}
		var counted, recovered atomic.Int32
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if must[bool](t)(db.UseTOTP(t.Context(), "ana", 6)) {
					counted.Add(1)
				}
				if must[bool](t)(db.UseRecoveryCode(t.Context(), "ana", "c1")) {
					recovered.Add(1)
				}
			})
		}
		all.Wait()
		if counted.Load() != 1 || recovered.Load() != 1 {
			t.Errorf("side by side a code counted %d times, a recovery code %d", counted.Load(), recovered.Load())
		}
		if must[bool](t)(db.UseTOTP(t.Context(), "ana", 4)) || must[bool](t)(db.UseRecoveryCode(t.Context(), "bia", "c2")) {
			t.Error("an older code counts, or another's recovery code")
		}
		for text, want := range map[string]int{`select count(*) from people_totp where cast(sealed as text) like '%SECRETCANARY%'`: 0, `select count(*) from people_codes`: 1} {
			var n int
			ok(t, db.SQL().QueryRowContext(t.Context(), text).Scan(&n))
			if n != want {
				t.Errorf("%s: %d", text, n)
			}
		}
		ok(t, db.SetRecoveryCodes(t.Context(), "ana", []string{"d1"}))
		if must[bool](t)(db.UseRecoveryCode(t.Context(), "ana", "c2")) || !must[bool](t)(db.UseRecoveryCode(t.Context(), "ana", "d1")) {
			t.Error("the old codes count, or the new ones do not")
		}
		ok(t, db.DropTOTP(t.Context(), "ana", true))
		if err := db.DropTOTP(t.Context(), "ana", true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("dropping twice: %v", err)
		}
		if left := must[[]store.Session](t)(db.Sessions(t.Context(), "ana", noon)); len(left) != 0 {
			t.Errorf("sessions = %+v", left)
		}
	})
}

func TestAPersonsSecretIsSealedAnewWithTheOthers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		ok(t, db.BeginTOTP(t.Context(), "ana", "SECRET"))
		ok(t, p.ring.Rotate())
		if n := must[int](t)(db.Reseal(t.Context())); n != 1 {
			t.Errorf("%d values sealed anew", n)
		}
		if n := must[int](t)(db.Reseal(t.Context())); n != 0 {
			t.Errorf("%d values sealed anew twice", n)
		}
		if got := must[store.TOTP](t)(db.TOTP(t.Context(), "ana")); got.Secret != "SECRET" {
			t.Errorf("the secret is %q", got.Secret)
		}
		stranger := must[*secret.Ring](t)(secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "other")}))
		other := place{t, p.dsn, stranger}.open()
		if _, err := other.TOTP(t.Context(), "ana"); err == nil {
			t.Error("another master key opens it")
		}
		if has := must[bool](t)(other.HasTOTP(t.Context(), "ana")); has {
			t.Error("what is not confirmed is on")
		}
	})
}

func TestAPassageWorksOnceAndForAWhile(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		pass := store.Passage{Digest: "d", Kind: store.PassageCode, Person: "bia", Target: "/eu", Expires: noon.Add(time.Minute)}
		ok(t, db.AddPassage(t.Context(), pass, noon))
		if got := must[store.Passage](t)(db.Passage(t.Context(), "d", noon)); got != pass {
			t.Errorf("passage = %+v", got)
		}
		if _, err := db.Passage(t.Context(), "d", noon.Add(time.Minute)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after its while: %v", err)
		}
		var ended atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if db.EndPassage(t.Context(), "d", noon) == nil {
					ended.Add(1)
				}
			})
		}
		all.Wait()
		if ended.Load() != 1 {
			t.Errorf("%d went on with one passage", ended.Load())
		}
		ok(t, db.AddPassage(t.Context(), pass, noon))
		ok(t, db.AddPassage(t.Context(), store.Passage{Digest: "e", Kind: store.PassageProvider, Target: "/", Expires: noon.Add(time.Hour)}, noon.Add(2*time.Minute)))
		if err := db.EndPassage(t.Context(), "d", noon); !errors.Is(err, store.ErrNotFound) { // it was forgotten
			t.Errorf("an old passage stays: %v", err)
		}
		ok(t, db.AddPassage(t.Context(), pass, noon))
		ok(t, db.RemovePerson(t.Context(), "bia"))
		if _, err := db.Passage(t.Context(), "d", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the passage of somebody removed: %v", err)
		}
	})
}

func TestAnIdentityIsTheirsWhoTakeItOrAreInvited(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		if err := db.BindSubject(t.Context(), "ana", "idp|1", noon); !errors.Is(err, store.ErrBound) {
			t.Errorf("a password counts as an invitation: %v", err)
		}
		ok(t, db.BindOwnSubject(t.Context(), "ana", "idp|1", noon)) // she came in by it and says so
		if err := db.BindOwnSubject(t.Context(), "ana", "idp|2", noon); !errors.Is(err, store.ErrBound) {
			t.Errorf("a second identity by herself: %v", err)
		}
		if err := db.BindSubject(t.Context(), "ana", "idp|2", noon); !errors.Is(err, store.ErrBound) {
			t.Errorf("a second identity: %v", err)
		}
		cris := person("cris", "reader")
		cris.Password = ""
		ok(t, db.AddPerson(t.Context(), cris))
		if err := db.BindSubject(t.Context(), "cris", "idp|3", noon); !errors.Is(err, store.ErrBound) {
			t.Errorf("without an invitation: %v", err)
		}
		ok(t, db.Invite(t.Context(), store.Invitation{Person: "cris", Digest: "l", Expires: noon.Add(time.Hour)}))
		if err := db.BindSubject(t.Context(), "cris", "idp|3", noon.Add(time.Hour)); !errors.Is(err, store.ErrBound) {
			t.Errorf("with one that is over: %v", err)
		}
		ok(t, db.BindSubject(t.Context(), "cris", "idp|3", noon))
		if _, err := db.Invited(t.Context(), "l", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the invitation was not used up: %v", err)
		}
		ok(t, db.Invite(t.Context(), store.Invitation{Person: "ana", Digest: "m", Expires: noon.Add(time.Hour)}))
		ok(t, db.BindSubject(t.Context(), "ana", "idp|2", noon))
		if got := must[store.Person](t)(db.PersonByID(t.Context(), "ana")); got.Subject != "idp|2" {
			t.Errorf("ana = %+v", got)
		}
	})
}

func TestAProofHasAnotherTokenAndAnActOnlyWhatChanges(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db := house(t, p)
		ok(t, db.StartSession(t.Context(), session("s1", "ana", "a")))
		ok(t, db.ProveSession(t.Context(), session("s1", "ana", "a"), "b", noon.Add(time.Minute)))
		if _, _, err := db.Session(t.Context(), "a", noon.Add(time.Minute)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the token from before: %v", err)
		}
		s, _, err := db.Session(t.Context(), "b", noon.Add(time.Minute))
		if err != nil || !s.Proven.Equal(noon.Add(time.Minute)) {
			t.Errorf("proven at %s (%v)", s.Proven, err)
		}
		if err := db.ProveSession(t.Context(), session("gone", "ana", "a"), "c", noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a session that is over: %v", err)
		}
		set := func(v string) error {
			return db.SetInstallation(db.WithAct(t.Context(), act("set", "", "ana")), store.SettingTwoSteps, v)
		}
		for _, v := range []string{"yes", "yes", "no"} {
			ok(t, set(v))
		}
		if got := must[string](t)(db.Installation(t.Context(), store.SettingTwoSteps)); got != "no" {
			t.Errorf("set to %q", got)
		}
		if got := saidBy(t, db, store.ActFilter{What: "set"}); len(got) != 2 {
			t.Errorf("acts = %v", got)
		}
	})
}
