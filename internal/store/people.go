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
	Role     string // administrator, operator or reader (signin.Role)
	Password string // Argon2id; "" until the person chose one
	Created  time.Time
	Changed  time.Time
}

// What a change of people may be refused with.
var (
	ErrEmailTaken = errors.New("somebody has that e-mail already")
	ErrLastAdmin  = errors.New("that is the last administrator")
	ErrNotFirst   = errors.New("there are people already")
)

const personColumns = `id, email, name, role, password, created, changed`

func scanPerson(r row) (Person, error) {
	var p Person
	var created, changed int64
	err := r.Scan(&p.ID, &p.Email, &p.Name, &p.Role, &p.Password, &created, &changed)
	p.Created, p.Changed = instant(created), instant(changed)
	return p, err
}

// AddPerson adds a person, or returns ErrEmailTaken.
func (db *DB) AddPerson(ctx context.Context, p Person) error {
	return db.change(ctx, "AddPerson", func(q query) error { return addPerson(q, p) })
}

func addPerson(q query, p Person) error {
	n, err := q.exec(`insert into people (`+personColumns+`) values ($1, $2, $3, $4, $5, $6, $6) on conflict (email) do nothing`,
		p.ID, p.Email, p.Name, p.Role, p.Password, orNow(p.Created))
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

// A Member is a person and how they come in.
type Member struct {
	Person
	Sessions int       // open ones
	Seen     time.Time // the last use of one of them; zero: none is open
	Invited  time.Time // until when their invitation works, or worked; zero: they have none
}

// Members returns everybody, by e-mail.
func (db *DB) Members(ctx context.Context, at time.Time) ([]Member, error) {
	return list(db.ask(ctx), func(r row) (Member, error) {
		var m Member
		var created, changed, seen, invited int64
		err := r.Scan(&m.ID, &m.Email, &m.Name, &m.Role, &m.Password, &created, &changed, &m.Sessions, &seen, &invited)
		m.Created, m.Changed, m.Seen, m.Invited = instant(created), instant(changed), instant(seen), instant(invited)
		return m, err
	}, `select `+personColumns+`, (select count(*) from sessions s where s.person = people.id and s.expires > $1),
		coalesce((select max(s.seen) from sessions s where s.person = people.id and s.expires > $1), 0),
		coalesce((select i.expires from invitations i where i.person = people.id), 0) from people order by email`, at)
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

// SetRole gives a person another role; the last administrator stays one (ErrLastAdmin).
func (db *DB) SetRole(ctx context.Context, id, role string) error {
	return db.change(ctx, "SetRole", func(q query) error {
		if role != "administrator" {
			if err := db.leavesAdmin(q, id); err != nil {
				return err
			}
		}
		n, err := q.exec(`update people set role = $2, changed = $3 where id = $1`, id, role, nowMillis())
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
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
		if _, err := q.exec(`delete from invitations where person = $1`, id); err != nil {
			return err
		}
		n, err := q.exec(`delete from people where id = $1`, id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}
