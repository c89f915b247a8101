package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Draft is an account that a person is still putting together.
type Draft struct {
	ID       string // of the account that it becomes
	Settings []byte // as config.Account.Settings writes them; they may lack something
	Tests    []byte // what each side said to its key, for the pages; JSON or nothing
	Version  int64  // counts its changes
	Created  time.Time
	Updated  time.Time
	Chosen   int64 // counts what people said of its pairs (Choose)
	Reviewed int64 // the asking whose pairs a person has looked at; 0: none
}

// What a change of drafts may be refused with.
var (
	ErrIDTaken      = errors.New("there is an account or a draft of that id already")
	ErrDraftChanged = errors.New("the draft was changed meanwhile")
)

const draftColumns = `draft, settings, tests, version, created, updated, chosen, reviewed`

func scanDraft(r row) (Draft, error) {
	var d Draft
	var settings, tests string
	var created, updated int64
	err := r.Scan(&d.ID, &settings, &tests, &d.Version, &created, &updated, &d.Chosen, &d.Reviewed)
	d.Settings, d.Tests, d.Created, d.Updated = []byte(settings), []byte(tests), instant(created), instant(updated)
	return d, err
}

// AddDraft keeps a new draft, or returns ErrIDTaken.
func (db *DB) AddDraft(ctx context.Context, d Draft) error {
	return db.change(ctx, "AddDraft", func(q query) error { return addDraft(q, d) })
}

func addDraft(q query, d Draft) error {
	n, err := q.exec(`insert into drafts (`+draftColumns+`) select cast($1 as text), cast($2 as text), cast($3 as text), 1, cast($4 as bigint), cast($4 as bigint), 0, 0
		where not exists (select 1 from accounts where account = cast($1 as text)) on conflict (draft) do nothing`, d.ID, string(d.Settings), string(d.Tests), time.Now())
	if err == nil && n == 0 {
		return ErrIDTaken
	}
	return err
}

// Draft returns a draft, or ErrNotFound.
func (db *DB) Draft(ctx context.Context, id string) (Draft, error) {
	return first(db.ask(ctx), scanDraft, `select `+draftColumns+` from drafts where draft = $1`, id)
}

// Drafts returns all drafts by id.
func (db *DB) Drafts(ctx context.Context) ([]Draft, error) {
	return list(db.ask(ctx), scanDraft, `select `+draftColumns+` from drafts order by draft`)
}

// ChangeDraft keeps a draft in the place of the version that was read, else it
// returns ErrDraftChanged. Secrets that the map lacks stay as they are; the others
// are sealed (P10).
func (db *DB) ChangeDraft(ctx context.Context, d Draft, secrets map[string]string) error {
	return db.change(ctx, "ChangeDraft", func(q query) error {
		n, err := q.exec(`update drafts set settings = $3, tests = $4, version = version + 1, updated = $5 where draft = $1 and version = $2`,
			d.ID, d.Version, string(d.Settings), string(d.Tests), time.Now())
		if err == nil && n == 0 {
			err = ErrDraftChanged
		}
		if err != nil {
			return err
		}
		for name, plain := range secrets {
			sealed, err := db.sealer.Seal([]byte(plain), secretAAD(draftPlace(d.ID), name))
			if err != nil {
				return fmt.Errorf("cannot seal %s: %w", name, err)
			}
			_, err = q.exec(`insert into drafts_secrets (draft, name, sealed) values ($1, $2, $3)
				on conflict (draft, name) do update set sealed = excluded.sealed`, d.ID, name, sealed)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// draftPrefix stands before a draft's id where its secrets are named; no account's id has a slash.
const draftPrefix = "draft/"

func draftPlace(id string) string { return draftPrefix + id }

// DraftSecrets returns a draft's credentials in the clear, by name (P10).
func (db *DB) DraftSecrets(ctx context.Context, id string) (map[string]string, error) {
	return db.draftSecrets(db.ask(ctx), id)
}

func (db *DB) draftSecrets(q query, id string) (map[string]string, error) {
	return db.unsealed(q, `select '`+draftPrefix+`' || draft, name, sealed from drafts_secrets where draft = $1`, id)
}

// RemoveDraft forgets a draft with its credentials.
func (db *DB) RemoveDraft(ctx context.Context, id string) error {
	return db.change(ctx, "RemoveDraft", func(q query) error { return dropDraft(q, id) })
}

func dropDraft(q query, id string) error {
	n, err := q.exec(`delete from drafts where draft = $1`, id)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// Activate makes an account of the draft as it was read, with the draft's
// credentials, what a work (WorkInherited) found out for it and marks that the engine goes by, and puts its first cycle on
// the queue: all or nothing. ErrDraftChanged and ErrIDTaken say that nothing was done.
func (db *DB) Activate(ctx context.Context, d Draft, a Account, enqueue Enqueuer, marks map[string]string, events ...Event) error {
	return db.queued(ctx, "Activate", func(q query, with withTx) error {
		secrets, err := db.draftSecrets(q, d.ID)
		if err != nil {
			return err
		}
		works, err := finished(q, Owner{d.ID, true}, WorkInherited)
		if err != nil {
			return err
		}
		n, err := q.exec(`delete from drafts where draft = $1 and version = $2 and chosen = $3`, d.ID, d.Version, d.Chosen)
		if err == nil && n == 0 {
			err = ErrDraftChanged
		}
		if err != nil {
			return err
		}
		n, err = q.exec(`insert into accounts (`+accountColumns+`) values ($1, $2, $3, $4, $5, $5) on conflict (account) do nothing`,
			d.ID, a.Name, a.Settings, false, time.Now())
		if err == nil && n == 0 {
			err = ErrIDTaken
		}
		if err != nil {
			return err
		}
		if err := db.saveSecrets(q, d.ID, secrets); err != nil {
			return err
		}
		if err := inherit(q, d.ID, works); err != nil {
			return err
		}
		if err := putMarks(q, d.ID, marks); err != nil {
			return err
		}
		if err := addEvents(q, d.ID, events); err != nil {
			return err
		}
		return wakeAccount(ctx, q, d.ID, with, enqueue)
	})
}
