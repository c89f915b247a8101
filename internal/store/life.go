package store

import (
	"context"

	"ponte/internal/record"
)

// A Life is where a source's orders of one kind are in being made, undone and made again.
type Life struct {
	Source record.Ref
	Kind   record.Kind
	record.Life
}

// Lives returns a source's lives by kind of order; what is not there is the zero life.
func (db *DB) Lives(ctx context.Context, account string, source record.Ref) (map[record.Kind]record.Life, error) {
	lives := map[record.Kind]record.Life{}
	err := db.ask(ctx).each(func(r row) error {
		var kind record.Kind
		var l record.Life
		var undone int64
		err := r.Scan(&kind, &l.Epoch, &undone, &l.Why)
		l.Undone = instant(undone)
		lives[kind] = l
		return err
	}, `select kind, epoch, undone, why from lives where account = $1 and source_kind = $2 and source_id = $3`, account, source.Kind, source.ID)
	return lives, err
}

func saveLives(q query, account string, lives []Life) error {
	rows := make([][]any, 0, len(lives))
	for _, l := range lives {
		rows = append(rows, []any{account, l.Kind, l.Source.Kind, l.Source.ID, l.Epoch, l.Undone, l.Why})
	}
	return q.insert("lives", "account, kind, source_kind, source_id, epoch, undone, why", `on conflict (account, kind, source_kind, source_id)
		do update set epoch = excluded.epoch, undone = excluded.undone, why = excluded.why`, rows)
}
