package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

// An Act is one thing that a person did: a line of the audit, which stays when
// the person and the account are gone. It holds no secret and no payload.
type Act struct {
	Seq     int64     // its place in the chain; given by the store
	At      time.Time // zero: now
	Account string    // "": of the installation
	Person  string    // who, by id; CommandLine
	By      string    // who, for people to read, as it was then
	What    string    // its kind (internal/audit lists them)
	About   string    // of what: a record, a block of settings, a person's e-mail; ""
	Said    string    // what was done, a Portuguese sentence that begins with its verb: By does it
	Fields  []ActField
	Hash    string // of this act and all before it; given by the store
}

// An ActField is one value that an act changed.
type ActField struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// CommandLine is the Person of acts that were done without signing in.
const CommandLine = "command-line"

// A pendingAct waits for the change that it tells of.
type pendingAct struct {
	db      *DB
	act     Act
	mu      sync.Mutex // held from the act's row until its commit
	written bool
}

type actKey struct{}

// WithAct has the first change of this store that is made under the context write
// the act, in its own transaction: the act is there if and only if the change is.
// A transaction that changes no row writes none, and leaves it to the next. The
// zero act is none.
func (db *DB) WithAct(ctx context.Context, a Act) context.Context {
	if a.What == "" {
		return ctx
	}
	return context.WithValue(ctx, actKey{}, &pendingAct{db: db, act: a})
}

// AddAct writes an act that changes nothing in the store.
func (db *DB) AddAct(ctx context.Context, a Act) error {
	return db.change(ctx, "AddAct", func(q query) error { return addAct(q, a) })
}

// actOf is what the context brought for a store.
func actOf(ctx context.Context, db *DB) *pendingAct {
	if p, ok := ctx.Value(actKey{}).(*pendingAct); ok && p.db == db {
		return p
	}
	return nil // a copy, say, that is made of the store
}

// commit writes the act, where no transaction before did, and commits.
func (p *pendingAct) commit(q query, commit func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.written {
		if err := addAct(q, p.act); err != nil {
			return fmt.Errorf("cannot write who did it: %w", err)
		}
	}
	err := commit()
	p.written = p.written || err == nil
	return err
}

// addAct writes an act behind the last. It takes the chain's end until the commit,
// so it comes last in a transaction: others wait for no more than that.
func addAct(q query, a Act) error {
	var before string
	err := q.one([]any{&a.Seq, &before}, `insert into acts_head (one, seq, hash) values (1, 1, '')
		on conflict (one) do update set seq = acts_head.seq + 1 returning seq, hash`)
	if err != nil {
		return err
	}
	a.At = orNow(a.At)
	a = a.stored()
	a.Hash = a.hash(before)
	_, err = q.exec(`insert into acts (`+actColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.Seq, a.At, a.Account, a.Person, a.By, a.What, a.About, a.Said, encode(a.Fields), a.Hash)
	if err != nil {
		return err
	}
	_, err = q.exec(`update acts_head set hash = $1`, a.Hash)
	return err
}

// stored is an act as it is read back.
func (a Act) stored() Act {
	a.At = instant(millis(a.At))
	for _, s := range []*string{&a.Account, &a.Person, &a.By, &a.What, &a.About, &a.Said} {
		*s = text(*s)
	}
	fields := a.Fields
	a.Fields = nil
	for _, f := range fields {
		a.Fields = append(a.Fields, ActField{text(f.Name), text(f.Before), text(f.After)})
	}
	return a
}

// hash binds an act to the one before it: SHA-256, in hex, of the JSON list of
// that one's hash and this one's columns in their order. (pure)
func (a Act) hash(before string) string {
	row, err := json.Marshal([]any{before, a.Seq, millis(a.At), a.Account, a.Person, a.By, a.What, a.About, a.Said, encode(a.Fields)})
	if err != nil {
		panic("store: an act does not marshal: " + err.Error()) // texts and numbers always do
	}
	sum := sha256.Sum256(row)
	return hex.EncodeToString(sum[:])
}

const actColumns = `seq, at, account, person, by_name, what, about, said, fields, hash`

func scanAct(r row) (Act, error) {
	var a Act
	var at int64
	var fields string
	if err := r.Scan(&a.Seq, &at, &a.Account, &a.Person, &a.By, &a.What, &a.About, &a.Said, &fields, &a.Hash); err != nil {
		return a, err
	}
	a.At = instant(at)
	return a, decode(fields, &a.Fields)
}

// An ActFilter picks acts; what is empty picks all.
type ActFilter struct {
	Account, Person, What string
	Living                bool // nothing of an earlier account of the same id
}

// sinceRemoved is the condition that an act came after the account, $%d, was last removed.
const sinceRemoved = `seq > (select coalesce(max(r.seq), 0) from acts r where r.account = $%d and r.what = 'account-removed')`

// Acts returns at most n acts, newest first: those before a number, or (0) the newest.
func (db *DB) Acts(ctx context.Context, f ActFilter, before int64, n int) ([]Act, error) {
	where, args := []string{"seq < $1"}, []any{before}
	if before == 0 {
		args[0] = int64(math.MaxInt64)
	}
	for _, c := range []struct{ column, value string }{{"account", f.Account}, {"person", f.Person}, {"what", f.What}} {
		if c.value != "" {
			args = append(args, c.value)
			where = append(where, fmt.Sprintf("%s = $%d", c.column, len(args)))
		}
	}
	if f.Living {
		args = append(args, f.Account)
		where = append(where, fmt.Sprintf(sinceRemoved, len(args)))
	}
	args = append(args, n)
	return list(db.ask(ctx), scanAct, fmt.Sprintf(`select `+actColumns+` from acts where %s order by seq desc limit $%d`, strings.Join(where, " and "), len(args)), args...)
}

// An Actor is somebody who did something.
type Actor struct{ Person, By string }

// Actors returns who did anything, of an account or ("") at all, by what they were last
// called; of the filter Person and What say nothing.
func (db *DB) Actors(ctx context.Context, f ActFilter) ([]Actor, error) {
	of, args := "", []any{}
	if f.Account != "" {
		of, args = "account = $1 and ", []any{f.Account}
	}
	if f.Living {
		of += fmt.Sprintf(sinceRemoved, 1) + " and "
	}
	// One step of the index for each of them, however much they did.
	return list(db.ask(ctx), func(r row) (a Actor, err error) {
		err = r.Scan(&a.Person, &a.By)
		return a, err
	},
		`with recursive who (person) as (
			select min(person) from acts where `+of+`person <> ''
			union all
			select (select min(person) from acts where `+of+`person > who.person) from who where who.person is not null
		)
		select person, (select by_name from acts where `+of+`acts.person = who.person order by seq desc limit 1) as by_name
		from who where person is not null order by by_name, person`, args...)
}

// A BrokenChainError says where the acts are not as they were written.
type BrokenChainError struct {
	Seq int64 // the first act that does not fit
	Why string
}

func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("the audit is not whole at act %d: %s", e.Seq, e.Why)
}

// VerifyActs reads the whole chain and returns its newest act, or a
// *BrokenChainError; each, when not nil, is given every act in its order. Acts that
// are written meanwhile may be left out.
func (db *DB) VerifyActs(ctx context.Context, each func(Act) error) (newest Act, err error) {
	q := db.ask(ctx)
	var end int64
	var last string
	err = q.one([]any{&end, &last}, `select seq, hash from acts_head`)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return newest, err
	}
	err = q.each(func(r row) error {
		a, err := scanAct(r)
		if err != nil {
			return err
		}
		next := newest.Seq + 1
		switch {
		case a.Seq != next:
			return &BrokenChainError{next, "it is missing"}
		case a.Hash != a.hash(newest.Hash):
			return &BrokenChainError{next, "it was changed"}
		case next == end && a.Hash != last:
			return &BrokenChainError{next, "the chain ended otherwise"}
		}
		newest = a
		if each == nil {
			return nil
		}
		return each(a)
	}, `select `+actColumns+` from acts order by seq`)
	if err == nil && newest.Seq < end {
		err = &BrokenChainError{newest.Seq + 1, "it is missing"}
	}
	return newest, err
}
