package store

import (
	"context"
	"strings"
	"time"

	"ponte/internal/record"
)

// A DraftPair is two records that a dry run for a draft found to be or maybe be one;
// an empty id: the other is alone.
type DraftPair struct {
	Kind       record.Kind
	Level      string // flow's
	Seq        int64  // its place within the level
	Auvo, Omie string
	Score      int
	Reasons    []string
}

// ChoiceApart says that two records are different; the other choices are link roles.
const ChoiceApart = "apart"

// A DraftChoice is what a person said of two records before the account is active.
type DraftChoice struct {
	Kind       record.Kind
	Auvo, Omie string
	Choice     string // RoleMain, RoleSite, ChoiceApart
	Known      bool   // the first cycle would link them by itself
	By         string
	At         time.Time
}

// SaveReview keeps some of the records and pairs that an asking found. They count
// once the asking is answered (EndWork).
func (db *DB) SaveReview(ctx context.Context, draft string, number int64, items []record.Item, pairs []DraftPair) error {
	return db.change(ctx, "SaveReview", func(q query) error {
		var rows [][]any
		for _, i := range items {
			rows = append(rows, []any{draft, number, i.Kind, i.Side, i.ID, i.Title, record.Fold(i.Title), encode(i.Fields)})
		}
		err := q.insert("drafts_records", "draft, number, kind, side, id, title, folded, fields", "on conflict (draft, number, kind, side, id) do nothing", rows)
		if err != nil {
			return err
		}
		rows = nil
		for _, p := range pairs {
			rows = append(rows, []any{draft, number, p.Kind, p.Level, p.Seq, p.Auvo, p.Omie, p.Score, encode(p.Reasons)})
		}
		return q.insert("drafts_pairs", "draft, number, kind, level, seq, auvo, omie, score, reasons", "on conflict (draft, number, kind, level, seq) do nothing", rows)
	})
}

// DropReview forgets what an asking found so far: it begins anew.
func (db *DB) DropReview(ctx context.Context, draft string, number int64) error {
	return db.change(ctx, "DropReview", func(q query) error { return dropReviews(q, draft, "=", number) })
}

// dropReviews forgets what askings found: that of a number ("="), or all others ("<>").
func dropReviews(q query, draft, those string, number int64) error {
	for _, table := range []string{"drafts_records", "drafts_pairs"} {
		if _, err := q.exec(`delete from `+table+` where draft = $1 and number `+those+` $2`, draft, number); err != nil {
			return err
		}
	}
	return nil
}

// unsaid keeps pairs out of which a person said something already: the pair itself, or
// that one of its records is another's.
const unsaid = ` and not exists (select 1 from drafts_choices c where c.draft = p.draft and c.kind = p.kind and c.auvo = p.auvo and (c.omie = p.omie or c.choice <> 'apart'))
	and not exists (select 1 from drafts_choices c where c.draft = p.draft and c.kind = p.kind and c.omie = p.omie and c.choice = 'main')`

// DraftPairs returns a level's pairs behind a place, of which nobody said anything yet.
func (db *DB) DraftPairs(ctx context.Context, draft string, number int64, kind record.Kind, level string, after int64, most int) ([]DraftPair, error) {
	return list(db.ask(ctx), scanDraftPair, `select p.kind, p.level, p.seq, p.auvo, p.omie, p.score, p.reasons from drafts_pairs p
		where p.draft = $1 and p.number = $2 and p.kind = $3 and p.level = $4 and p.seq > $5`+unsaid+` order by p.seq limit $6`, draft, number, kind, level, after, most)
}

func scanDraftPair(r row) (DraftPair, error) {
	var p DraftPair
	var reasons string
	if err := r.Scan(&p.Kind, &p.Level, &p.Seq, &p.Auvo, &p.Omie, &p.Score, &reasons); err != nil {
		return p, err
	}
	return p, decode(reasons, &p.Reasons)
}

// CountDraftPairs counts them by level.
func (db *DB) CountDraftPairs(ctx context.Context, draft string, number int64, kind record.Kind) (map[string]int, error) {
	out := map[string]int{}
	return out, db.ask(ctx).each(func(r row) error {
		var level string
		var n int
		err := r.Scan(&level, &n)
		out[level] = n
		return err
	}, `select p.level, count(*) from drafts_pairs p where p.draft = $1 and p.number = $2 and p.kind = $3`+unsaid+` group by p.level`, draft, number, kind)
}

// DraftPairsOf returns the pairs of a level in which a record is, whatever was said.
func (db *DB) DraftPairsOf(ctx context.Context, draft string, number int64, ref record.Ref, level string) ([]DraftPair, error) {
	return list(db.ask(ctx), scanDraftPair, `select p.kind, p.level, p.seq, p.auvo, p.omie, p.score, p.reasons from drafts_pairs p
		where p.draft = $1 and p.number = $2 and p.kind = $3 and p.level = $4 and p.`+columnOf(ref.Side)+` = $5`, draft, number, ref.Kind, level, ref.ID)
}

func columnOf(side record.Side) string {
	if side == record.Auvo {
		return "auvo"
	}
	return "omie"
}

// DraftRecords returns records that an asking read, by id; those it did not are left out.
func (db *DB) DraftRecords(ctx context.Context, draft string, number int64, kind record.Kind, side record.Side, ids []string) (map[string]record.Item, error) {
	out := map[string]record.Item{}
	if len(ids) == 0 {
		return out, nil
	}
	items, err := list(db.ask(ctx), scanDraftRecord, `select kind, side, id, title, fields from drafts_records
		where draft = $1 and number = $2 and kind = $3 and side = $4 and id in `+tuple(5, len(ids)), append([]any{draft, number, kind, side}, anys(ids)...)...)
	for _, i := range items {
		out[i.ID] = i
	}
	return out, err
}

func scanDraftRecord(r row) (record.Item, error) {
	var i record.Item
	var fields string
	if err := r.Scan(&i.Kind, &i.Side, &i.ID, &i.Title, &fields); err != nil {
		return i, err
	}
	return i, decode(fields, &i.Fields)
}

// FindDraftRecords returns records of a side by title: those that have every word of a
// text in it, that id, or the text without its punctuation as a field (a CPF/CNPJ, a SKU).
func (db *DB) FindDraftRecords(ctx context.Context, draft string, number int64, kind record.Kind, side record.Side, what string, most int) ([]record.Item, error) {
	args := []any{draft, number, kind, side, strings.TrimSpace(what), "%:\"" + likely.Replace(compact(what)) + "\"%", most}
	named, args := titledLike(what, args)
	return list(db.ask(ctx), scanDraftRecord, `select kind, side, id, title, fields from drafts_records
		where draft = $1 and number = $2 and kind = $3 and side = $4 and (id = $5 or fields like $6 escape '\' or true`+named+`) order by folded, id limit $7`, args...)
}

// compact is a text without what separates letters and digits in a document or a code.
func compact(s string) string {
	return strings.NewReplacer(".", "", "-", "", "/", "", " ", "").Replace(strings.TrimSpace(s))
}

// Choose keeps what a person says of pairs of a draft. A record that is said to be
// another's is no longer the one's before; ErrNotFound when the draft is gone.
func (db *DB) Choose(ctx context.Context, draft string, choices ...DraftChoice) error {
	return db.choosing(ctx, "Choose", draft, func(q query) error {
		for _, c := range choices {
			if err := unchoose(q, draft, c); err != nil {
				return err
			}
			err := q.insert("drafts_choices", choiceColumns, `on conflict (draft, kind, auvo, omie) do update
				set choice = excluded.choice, known = excluded.known, by = excluded.by, at = excluded.at`,
				[][]any{{draft, c.Kind, c.Auvo, c.Omie, c.Choice, c.Known, c.By, orNow(c.At)}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const choiceColumns = "draft, kind, auvo, omie, choice, known, by, at"

// unchoose takes back the links that a choice stands against.
func unchoose(q query, draft string, c DraftChoice) error {
	if c.Choice == ChoiceApart {
		return nil
	}
	_, err := q.exec(`delete from drafts_choices where draft = $1 and kind = $2 and auvo = $3 and choice <> 'apart'`, draft, c.Kind, c.Auvo)
	if err == nil && c.Choice == RoleMain {
		_, err = q.exec(`delete from drafts_choices where draft = $1 and kind = $2 and omie = $3 and choice = 'main'`, draft, c.Kind, c.Omie)
	}
	return err
}

// Unchoose takes back what was said of pairs.
func (db *DB) Unchoose(ctx context.Context, draft string, choices ...DraftChoice) error {
	return db.choosing(ctx, "Unchoose", draft, func(q query) error {
		for _, c := range choices {
			if _, err := q.exec(`delete from drafts_choices where draft = $1 and kind = $2 and auvo = $3 and omie = $4`, draft, c.Kind, c.Auvo, c.Omie); err != nil {
				return err
			}
		}
		return nil
	})
}

// ChooseLevel says of all pairs of a level of which nobody said anything that they are one.
func (db *DB) ChooseLevel(ctx context.Context, draft string, number int64, kind record.Kind, level string, known bool, by string) (n int, err error) {
	return n, db.choosing(ctx, "ChooseLevel", draft, func(q query) error {
		n, err = q.exec(`insert into drafts_choices (`+choiceColumns+`)
			select p.draft, p.kind, p.auvo, p.omie, 'main', cast($5 as boolean), cast($6 as text), cast($7 as bigint) from drafts_pairs p
			where p.draft = $1 and p.number = $2 and p.kind = $3 and p.level = $4 and p.auvo <> '' and p.omie <> ''`+unsaid, draft, number, kind, level, known, by, time.Now())
		return err
	})
}

// choosing counts with what is said that something was.
func (db *DB) choosing(ctx context.Context, method, draft string, f func(query) error) error {
	return db.change(ctx, method, func(q query) error {
		n, err := q.exec(`update drafts set chosen = chosen + 1 where draft = $1`, draft)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return f(q)
	})
}

// DraftChoices returns what was said of a draft's pairs, by Auvo's id and Omie's.
func (db *DB) DraftChoices(ctx context.Context, draft string) ([]DraftChoice, error) {
	return list(db.ask(ctx), scanDraftChoice, `select kind, auvo, omie, choice, known, by, at from drafts_choices where draft = $1 order by kind, auvo, omie`, draft)
}

func scanDraftChoice(r row) (DraftChoice, error) {
	var c DraftChoice
	var at int64
	err := r.Scan(&c.Kind, &c.Auvo, &c.Omie, &c.Choice, &c.Known, &c.By, &at)
	c.At = instant(at)
	return c, err
}

// DraftChoicesOf returns what was said of a record.
func (db *DB) DraftChoicesOf(ctx context.Context, draft string, ref record.Ref) ([]DraftChoice, error) {
	return list(db.ask(ctx), scanDraftChoice, `select kind, auvo, omie, choice, known, by, at from drafts_choices
		where draft = $1 and kind = $2 and `+columnOf(ref.Side)+` = $3 order by auvo, omie`, draft, ref.Kind, ref.ID)
}

// SomeDraftChoices returns the choices of a kind behind a pair: those that part (apart)
// or those that link.
func (db *DB) SomeDraftChoices(ctx context.Context, draft string, kind record.Kind, apart bool, after DraftChoice, most int) ([]DraftChoice, error) {
	return list(db.ask(ctx), scanDraftChoice, `select kind, auvo, omie, choice, known, by, at from drafts_choices
		where draft = $1 and kind = $2 and (choice = 'apart') = $3 and (auvo > $4 or auvo = $4 and omie > $5) order by auvo, omie limit $6`,
		draft, kind, apart, after.Auvo, after.Omie, most)
}

// CountDraftChoices counts what was said of a draft's pairs of a kind, by choice.
func (db *DB) CountDraftChoices(ctx context.Context, draft string, kind record.Kind) (map[string]int, error) {
	out := map[string]int{}
	return out, db.ask(ctx).each(func(r row) error {
		var choice string
		var n int
		err := r.Scan(&choice, &n)
		out[choice] = n
		return err
	}, `select choice, count(*) from drafts_choices where draft = $1 and kind = $2 group by choice`, draft, kind)
}

// ReviewDraft notes that a person has looked at the pairs of an asking.
func (db *DB) ReviewDraft(ctx context.Context, draft string, number int64) error {
	return db.change(ctx, "ReviewDraft", func(q query) error {
		_, err := q.exec(`update drafts set reviewed = $2 where draft = $1`, draft, number)
		return err
	})
}
