package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ponte/internal/record"
	"ponte/internal/subject"
)

// An Erasure is the request of a data subject to be erased. It stands here, with whom
// it is about by the vendors' ids, before anything of it is done: whoever dies in
// between goes on. It names nobody.
//
//	erasing ──► cleaning ──► done ──► lifted (the person is a customer again)
type Erasure struct {
	Account string
	Number  int64
	State   string
	Asked   time.Time
	Done    time.Time
	Lifted  time.Time
	Counts  map[string]int // rows that were found to be theirs, by table
}

// The states of an erasure.
const (
	Erasing  = "erasing"  // rows are still to be erased
	Cleaning = "cleaning" // the database's files are still to be rewritten without them
	Erased   = "done"
	Lifted   = "lifted"
)

// Unfinished tells whether something of an erasure is left to do.
func (e Erasure) Unfinished() bool { return e.State == Erasing || e.State == Cleaning }

const erasureColumns = `account, number, state, asked, done, lifted, counts`

func scanErasure(r row) (Erasure, error) {
	var e Erasure
	var asked, done, lifted int64
	var counts string
	err := r.Scan(&e.Account, &e.Number, &e.State, &asked, &done, &lifted, &counts)
	e.Asked, e.Done, e.Lifted = instant(asked), instant(done), instant(lifted)
	return e, errors.Join(err, decode(counts, &e.Counts))
}

// Erasures returns all requests, of an account or ("") of all, by number.
func (db *DB) Erasures(ctx context.Context, account string) ([]Erasure, error) {
	return list(db.ask(ctx), scanErasure, `select `+erasureColumns+` from erasures where $1 = '' or account = $1 order by account, number`, account)
}

// Erased returns the customers of an account that are not taken in again.
func (db *DB) Erased(ctx context.Context, account string) (subject.Erased, error) {
	out := subject.Erased{}
	err := db.ask(ctx).each(func(r row) error {
		var side record.Side
		var id string
		err := r.Scan(&side, &id)
		if out[side] == nil {
			out[side] = map[string]bool{}
		}
		out[side][id] = true
		return err
	}, `select side, id from erased where account = $1`, account)
	return out, err
}

// ErasedBy returns the customers that an erasure is about.
func (db *DB) ErasedBy(ctx context.Context, account string, number int64) ([]record.Ref, error) {
	return list(db.ask(ctx), scanRef, `select 'customer', side, id from erased where account = $1 and erasure = $2 order by side, id`, account, number)
}

// BeginErasure writes down that customers are to be erased. From its commit on nothing
// of them comes in again, whatever becomes of the process. Those that an earlier
// request has begun to erase go on under its number.
func (db *DB) BeginErasure(ctx context.Context, l Lease, customers []record.Ref, counts map[string]int) (number int64, err error) {
	err = db.under(ctx, l, "BeginErasure", func(q query) error {
		number, err = q.number(`select coalesce(max(number), 0) + 1 from erasures where account = $1`, l.Account)
		if err != nil {
			return err
		}
		_, err := q.exec(`insert into erasures (`+erasureColumns+`) values ($1, $2, $3, $4, 0, 0, $5)`, l.Account, number, Erasing, nowMillis(), encode(counts))
		if err != nil {
			return err
		}
		for _, c := range customers {
			_, err := q.exec(`insert into erased (account, side, id, erasure) values ($1, $2, $3, $4) on conflict (account, side, id) do update set erasure = excluded.erasure`, l.Account, c.Side, c.ID, number)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return number, err
}

// EraseWork leaves husks of tasks, quotations and orders, and of their history what
// tells no more than that it happened. What was still to be made of them is not made.
func (db *DB) EraseWork(ctx context.Context, l Lease, husks []record.Item) error {
	return db.under(ctx, l, "EraseWork", func(q query) error {
		for _, h := range husks {
			if err := eraseWork(q, l.Account, h); err != nil {
				return fmt.Errorf("%s: %w", h.Ref(), err)
			}
		}
		return nil
	})
}

func eraseWork(q query, account string, h record.Item) error {
	ref := h.Ref()
	linked, column := ref.String(), "auvo"
	if isOrderKind(ref.Kind) {
		linked, column = ref.ID, "omie"
	}
	links, err := list(q, scanLink, `select `+linkColumns+` from links where account = $1 and kind in ('service-order', 'sales-order') and `+column+` = $2`, account, linked)
	if err != nil {
		return err
	}
	for _, k := range links {
		if isOrderKind(ref.Kind) && k.Kind != ref.Kind {
			continue
		}
		if _, err := q.exec(`update links set base = $5 where account = $1 and kind = $2 and auvo = $3 and omie = $4`, account, k.Kind, k.Auvo, k.Omie, encode(subject.Base(k.Base))); err != nil {
			return err
		}
	}
	// One with a document is followed no more; the others say why they wait.
	if err := layHusk(q, account, h, len(links) == 0 && !isOrderKind(ref.Kind)); err != nil {
		return err
	}
	if err := eraseWorkChanges(q, account, ref); err != nil {
		return err
	}
	if err := dropWaits(q, account, ref); err != nil {
		return err
	}
	taken := "taken/" + string(ref.Kind) + "/" + ref.ID + "/" // what a person chose in a conflict, with both values
	if _, err := q.exec(`delete from marks where account = $1 and substr(name, 1, $2) = $3`, account, utf8.RuneCountInString(taken), taken); err != nil {
		return err
	}
	return execAll(q, []any{account, ref.Kind, ref.Side, ref.ID},
		`update events set detail = '' where account = $1 and kind = $2 and side = $3 and id = $4 and detail <> ''`,
		`delete from conflicts where account = $1 and kind = $2 and `+onSide+` and field = 'notes'`)
}

// eraseWorkChanges keeps of a source's ledger what was made under which code, when and
// for how much (P1); what is only planned is given up.
func eraseWorkChanges(q query, account string, ref record.Ref) error {
	changes, err := list(q, scanChange, `select `+changeColumns+` from changes where account = $1 and (source_kind = $2 and source_side = $3 and source_id = $4 or kind = $2 and `+onSide+`) order by id`,
		account, ref.Kind, ref.Side, ref.ID)
	if err != nil {
		return err
	}
	for _, c := range changes {
		c.Text = ""
		c.Fields = slices.DeleteFunc(c.Fields, func(f FieldChange) bool { return strings.HasSuffix(f.Name, record.FieldNotes) })
		if c.Order != nil {
			c.Order = subject.OrderHusk(*c.Order)
		}
		if c.State == Planned {
			c.State, c.Cause, c.Settled = Superseded, "", time.Now()
		}
		if err := putChange(q, c); err != nil {
			return err
		}
	}
	return nil
}

// EraseCustomers erases what is left of a request: the customers themselves and all
// that is kept about them, in one transaction, so that the texts by which the rest was
// found stand until nothing else does.
func (db *DB) EraseCustomers(ctx context.Context, l Lease, number int64, husks []record.Item) error {
	return db.under(ctx, l, "EraseCustomers", func(q query) error {
		for _, h := range husks {
			if err := eraseCustomer(q, l.Account, h); err != nil {
				return fmt.Errorf("%s: %w", h.Ref(), err)
			}
		}
		// Where who signs in was going is an address, which may ask for a document.
		if _, err := q.exec(`update passages set target = '/'`); err != nil {
			return err
		}
		_, err := q.exec(`update erasures set state = $3 where account = $1 and number = $2 and state = $4`, l.Account, number, Cleaning, Erasing)
		return err
	})
}

func eraseCustomer(q query, account string, h record.Item) error {
	ref := h.Ref()
	if err := layHusk(q, account, h, true); err != nil {
		return err
	}
	if err := dropWaits(q, account, ref); err != nil {
		return err
	}
	const theirs = `kind = $2 and ` + onSide
	return execAll(q, []any{account, ref.Kind, ref.Side, ref.ID},
		`delete from marks where account = $1 and name in (select 'taken/' || kind || '/' || auvo || '/' || omie from links where account = $1 and `+theirs+`)`,
		`update links set base = '', how = '', undone = '' where account = $1 and `+theirs,
		`delete from unclear where account = $1 and change in (select id from changes where account = $1 and `+theirs+`)`,
		`delete from changes where account = $1 and `+theirs,
		`delete from conflicts where account = $1 and `+theirs,
		`delete from events where account = $1 and kind = $2 and side = $3 and id = $4`,
		`delete from ignores where account = $1 and kind = $2 and side = $3 and id = $4`,
		`delete from hints where account = $1 and kind = $2 and source = $3 and id = $4`)
}

// execAll runs statements that take the same arguments.
func execAll(q query, args []any, texts ...string) error {
	for _, text := range texts {
		if _, err := q.exec(text, args...); err != nil {
			return err
		}
	}
	return nil
}

func dropWaits(q query, account string, ref record.Ref) error {
	waits, err := waitsOf(q, account, ref)
	if err != nil {
		return err
	}
	for _, w := range waits {
		if err := dropWait(q, account, w); err != nil {
			return err
		}
	}
	return nil
}

// layHusk puts a husk in an item's place; of one that is not stored nothing is left.
func layHusk(q query, account string, h record.Item, decide bool) error {
	old, err := findItem(q, account, h.Ref())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := dropKeys(q, account, old); err != nil {
		return err
	}
	body := h
	body.Version, body.Changed = "", time.Time{}
	_, err = q.exec(`update items set dirty = dirty or $5, fingerprint = $6, raw_sum = $7, reason = '', title = $8, folded = $9, code = $10, laid = '', body = $11, raw = '', raw_at = 0
		where account = $1 and side = $2 and kind = $3 and id = $4`,
		account, h.Side, h.Kind, h.ID, decide, h.Fingerprint(), noRaw, h.Title, record.Fold(h.Title), h.Code, encode(body))
	if err != nil {
		return err
	}
	var keys [][]any
	for _, k := range allKeys(h) {
		keys = append(keys, []any{account, k.Name, k.Value, h.Side, h.Kind, h.ID})
	}
	return q.insert("item_keys", "account, name, value, side, kind, id", "on conflict do nothing", keys)
}

// EndErasure says that nothing of a request is left to do.
func (db *DB) EndErasure(ctx context.Context, account string, number int64) error {
	return db.change(ctx, "EndErasure", func(q query) error {
		_, err := q.exec(`update erasures set state = $3, done = $4 where account = $1 and number = $2 and state = $5`, account, number, Erased, nowMillis(), Cleaning)
		return err
	})
}

// LiftErasure ends a request: the customers are taken in again when they are next read,
// as records that nobody knows, and their work with them. husks are what is left of it.
func (db *DB) LiftErasure(ctx context.Context, l Lease, number int64, husks []record.Ref) error {
	return db.under(ctx, l, "LiftErasure", func(q query) error {
		n, err := q.exec(`update erasures set state = $3, lifted = $4 where account = $1 and number = $2 and state = $5`, l.Account, number, Lifted, nowMillis(), Erased)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := q.exec(`delete from erased where account = $1 and erasure = $2`, l.Account, number); err != nil {
			return err
		}
		for _, ref := range husks {
			_, err := q.exec(`update items set fingerprint = '', outcome = '' where account = $1 and side = $2 and kind = $3 and id = $4`, l.Account, ref.Side, ref.Kind, ref.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
