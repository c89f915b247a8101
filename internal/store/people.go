package store

import (
	"context"
	"errors"
	"time"
)

// A Person may look at the web UI and, by role, act there.
type Person struct {
	ID       string
	Email    string // lower case; names the person at the door
	Name     string
	Role     string // for all accounts: administrator, operator or reader (signin.Role); "": only what AccountRoles says
	Password string // Argon2id; "" until the person chose one
	Subject  string // who they are to the provider of identities; "" until they came in by it
	Created  time.Time
	Changed  time.Time
}

// What a change of people may be refused with.
var (
	ErrEmailTaken = errors.New("somebody has that e-mail already")
	ErrLastAdmin  = errors.New("that is the last administrator")
	ErrNotFirst   = errors.New("there are people already")
)

const personColumns = `id, email, name, role, password, subject, created, changed`

func scanPerson(r row) (Person, error) {
	var p Person
	var created, changed int64
	err := r.Scan(&p.ID, &p.Email, &p.Name, &p.Role, &p.Password, &p.Subject, &created, &changed)
	p.Created, p.Changed = instant(created), instant(changed)
	return p, err
}

// AddPerson adds a person, or returns ErrEmailTaken. Without a role of their own
// they have those of some accounts (ErrNoAccount: one of them is none).
func (db *DB) AddPerson(ctx context.Context, p Person, roles ...AccountRole) error {
	return db.change(ctx, "AddPerson", func(q query) error {
		if err := addPerson(q, p); err != nil {
			return err
		}
		return setAccountRoles(q, p.ID, p.Role, roles)
	})
}

func addPerson(q query, p Person) error {
	n, err := q.exec(`insert into people (`+personColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (email) do nothing`,
		p.ID, p.Email, p.Name, p.Role, p.Password, p.Subject, orNow(p.Created))
	if err == nil && n == 0 {
		return ErrEmailTaken
	}
	return err
}

// People returns everybody, by e-mail.
func (db *DB) People(ctx context.Context) ([]Person, error) {
	return list(db.ask(ctx), scanPerson, `select `+personColumns+` from people order by email`)
}

// HasPeople tells whether there is anybody yet.
func (db *DB) HasPeople(ctx context.Context) (bool, error) {
	n, err := db.ask(ctx).number(`select 1 from people limit 1`)
	return n == 1, err
}

// PersonByEmail returns who has an e-mail (in lower case), or ErrNotFound.
func (db *DB) PersonByEmail(ctx context.Context, email string) (Person, error) {
	return first(db.ask(ctx), scanPerson, `select `+personColumns+` from people where email = $1`, email)
}

// PersonByID returns a person, or ErrNotFound.
func (db *DB) PersonByID(ctx context.Context, id string) (Person, error) {
	return first(db.ask(ctx), scanPerson, `select `+personColumns+` from people where id = $1`, id)
}

// A Member is a person and how they come in.
type Member struct {
	Person
	Sessions int       // open ones
	Seen     time.Time // the last use of one of them; zero: none is open
	Invited  time.Time // until when their invitation works, or worked; zero: they have none
	Accounts int       // for how many accounts they have a role, without one for all
	TwoSteps bool      // they also sign in by a code
}

// Members returns everybody, by e-mail.
func (db *DB) Members(ctx context.Context, at time.Time) ([]Member, error) {
	return list(db.ask(ctx), func(r row) (Member, error) {
		var m Member
		var created, changed, seen, invited int64
		err := r.Scan(&m.ID, &m.Email, &m.Name, &m.Role, &m.Password, &m.Subject, &created, &changed, &m.Sessions, &seen, &invited, &m.Accounts, &m.TwoSteps)
		m.Created, m.Changed, m.Seen, m.Invited = instant(created), instant(changed), instant(seen), instant(invited)
		return m, err
	}, `select `+personColumns+`, (select count(*) from sessions s where s.person = people.id and s.expires > $1),
		coalesce((select max(s.seen) from sessions s where s.person = people.id and s.expires > $1), 0),
		coalesce((select i.expires from invitations i where i.person = people.id), 0),
		(select count(*) from people_roles r where r.person = people.id),
		exists (select 1 from people_totp t where t.person = people.id and t.since > 0) from people order by email`, at)
}

// SetPassword keeps a person's new password and ends their sessions, but for the one named.
func (db *DB) SetPassword(ctx context.Context, person, password, but string) error {
	return db.change(ctx, "SetPassword", func(q query) error { return setPassword(q, person, password, but) })
}

func setPassword(q query, person, password, but string) error {
	n, err := q.exec(`update people set password = $2, changed = $3 where id = $1`, person, password, nowMillis())
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	if _, err := q.exec(`delete from invitations where person = $1`, person); err != nil {
		return err
	}
	_, err = q.exec(`delete from sessions where person = $1 and id <> $2`, person, but)
	return err
}

// leavesAdmin returns ErrLastAdmin when without a person there is no administrator.
// Two administrators who take each other's role or place take turns at these rows.
func (db *DB) leavesAdmin(q query, id string) error {
	admins, err := list(q, scanPerson, `select `+personColumns+` from people where role = 'administrator' order by id`+db.differ.lock)
	if err == nil && len(admins) == 1 && admins[0].ID == id {
		return ErrLastAdmin
	}
	return err
}

// RemovePerson deletes a person with their sessions; the last administrator stays (ErrLastAdmin).
func (db *DB) RemovePerson(ctx context.Context, id string) error {
	return db.change(ctx, "RemovePerson", func(q query) error {
		if err := db.leavesAdmin(q, id); err != nil {
			return err
		}
		for _, text := range []string{`delete from invitations where person = $1`, `delete from passages where person = $1`} {
			if _, err := q.exec(text, id); err != nil {
				return err
			}
		}
		n, err := q.exec(`delete from people where id = $1`, id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// ErrBound says that a person comes in as another of the provider's identities.
var ErrBound = errors.New("the person is another identity of the provider")

// BindSubject keeps who a person is to the provider of identities, and uses their
// invitation up. It is theirs who was invited; else ErrBound: a password is no
// invitation, for whoever has the address at the provider now did not give it.
func (db *DB) BindSubject(ctx context.Context, person, subject string, at time.Time) error {
	return db.change(ctx, "BindSubject", func(q query) error {
		n, err := q.exec(`update people set subject = $2, changed = $3 where id = $1 and
			exists (select 1 from invitations i where i.person = people.id and i.expires > $3)`, person, subject, at)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrBound
		}
		_, err = q.exec(`delete from invitations where person = $1`, person)
		return err
	})
}

// BindOwnSubject keeps who a person is to the provider of identities, as they said
// themselves, signed in another way. Who is another identity already stays that one (ErrBound).
func (db *DB) BindOwnSubject(ctx context.Context, person, subject string, at time.Time) error {
	return db.change(ctx, "BindOwnSubject", func(q query) error {
		n, err := q.exec(`update people set subject = $2, changed = $3 where id = $1 and subject = ''`, person, subject, at)
		if err == nil && n == 0 {
			return ErrBound
		}
		return err
	})
}
