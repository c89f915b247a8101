package store

import "context"

const holdColumns = `flow, brake, plan, size, change_ids, since, released_by`

func scanHold(r row) (Held, error) {
	var h Held
	var ids string
	var since int64
	if err := r.Scan(&h.Flow, &h.Brake, &h.Plan, &h.Count, &ids, &since, &h.Release); err != nil {
		return Held{}, err
	}
	h.Since = instant(since)
	return h, decode(ids, &h.Changes)
}

// Holds returns the plans that a brake holds or a person released (P9), oldest first.
func (db *DB) Holds(ctx context.Context, account string) ([]Held, error) {
	return list(db.ask(ctx), scanHold, `select `+holdColumns+` from holds where account = $1 order by since, flow, brake`, account)
}

// SaveHold keeps a held plan, in the place of the one of the same flow and brake.
func (db *DB) SaveHold(ctx context.Context, l Lease, h Held) error {
	return db.under(ctx, l, "SaveHold", func(q query) error {
		return q.insert("holds", "account, "+holdColumns, `on conflict (account, flow, brake) do update set plan = excluded.plan,
			size = excluded.size, change_ids = excluded.change_ids, since = excluded.since, released_by = excluded.released_by`,
			[][]any{{l.Account, h.Flow, h.Brake, h.Plan, h.Count, encode(h.Changes), orNow(h.Since), h.Release}})
	})
}

// DropHold forgets a held plan.
func (db *DB) DropHold(ctx context.Context, l Lease, flow, brake string) error {
	return db.under(ctx, l, "DropHold", func(q query) error {
		_, err := q.exec(`delete from holds where account = $1 and flow = $2 and brake = $3`, l.Account, flow, brake)
		return err
	})
}

// ReleaseHold records who lets a flow's held plans go, and returns how many
// were held. Exactly these plans: one with another digest is held anew.
func (db *DB) ReleaseHold(ctx context.Context, l Lease, flow, by string) (int, error) {
	released := 0
	err := db.under(ctx, l, "ReleaseHold", func(q query) error {
		n, err := q.exec(`update holds set released_by = $3 where account = $1 and flow = $2 and released_by = ''`, l.Account, flow, by)
		released = n
		return err
	})
	return released, err
}
