package store

import (
	"context"
	"slices"
	"time"

	"ponte/internal/record"
)

// A PageWrite is one page of a feed, stored as a whole or not at all.
type PageWrite struct {
	Run  string
	Feed string // names the cursor, where Cursor does not
	Kind record.Kind
	Side record.Side
	// Partial: the items carry some fields only, which are laid over the stored
	// ones; what is not stored yet is ignored.
	Partial bool
	Seen    []Seen
	Cursor  *Cursor   // moves with the page (P2); nil: stays
	At      time.Time // of the history; zero: now

	// Rows: payloads that are kept no more are kept again, because somebody needs them.
	Rows bool

	// Reading is how far the list was read with this page, for the run's next
	// slice; nil: it begins anew.
	Reading *Reading
	// Hinted are the open hints about records of this page, by id. They are
	// settled with it, as HintRead or as HintOutcome says.
	Hinted      map[string][]int64
	HintOutcome string
	// Covers: the page shows what changed, so that it tells how much of that the
	// side's hook had announced.
	Covers bool
}

// SavePage stores a page: items, their raw payloads and the cursor together
// (P2). It returns what became of each item, in the page's order; unknown ones
// of a partial page, and rows without an id, have no sight.
//
// An item with the stored fingerprint only has its version, payload and run
// refreshed. A new or changed one is written whole, wakes what waits for it,
// gets a line of history and, where it is carried over, becomes dirty. Fields
// that a partial page laid over an item stay when a whole page does not name them.
func (db *DB) SavePage(ctx context.Context, l Lease, w PageWrite) ([]Sight, error) {
	var sights []Sight
	err := db.under(ctx, l, "SavePage", func(q query) error {
		p := page{PageWrite: w, q: q, account: l.Account}
		if err := p.save(); err != nil {
			return err
		}
		sights = p.sights
		if w.Cursor != nil {
			c := *w.Cursor
			if c.Feed == "" {
				c.Feed = w.Feed
			}
			if err := saveCursor(q, l.Account, c); err != nil {
				return err
			}
			if err := dropReading(q, l.Account, c.Feed); err != nil {
				return err
			}
		}
		if w.Reading != nil {
			if err := saveReading(q, l.Account, *w.Reading); err != nil {
				return err
			}
		}
		if err := p.cover(); err != nil {
			return err
		}
		return p.hinted() // last: AddHints takes the sequence before hints
	})
	return sights, err
}

// A page is a PageWrite at work.
type page struct {
	PageWrite
	q       query
	account string
	held    map[string]*heldItem // by id
	order   []string             // ids, as they came
	sights  []Sight
}

// A heldItem is an item before the page and, from next on, after it.
type heldItem struct {
	seq         int64 // 0: not stored
	fingerprint string
	version     string
	changed     int64
	rawSum      string
	dirty       bool
	outcome     string
	run         string
	missing     time.Time
	laid        record.Fields
	dropped     bool // its payload is kept no more; told where the page has Rows

	next      record.Item
	isChanged bool // or new
}

func (p *page) save() error {
	if err := p.load(); err != nil {
		return err
	}
	if p.Partial {
		if err := p.lay(); err != nil {
			return err
		}
	}
	for _, s := range p.Seen {
		p.compare(s)
	}
	return p.write()
}

// load reads what is stored of the page's items, in one statement.
func (p *page) load() error {
	p.held = make(map[string]*heldItem, len(p.Seen))
	p.Seen = slices.DeleteFunc(slices.Clone(p.Seen), func(s Seen) bool { return s.Item.ID == "" })
	dropped := "false"
	if p.Rows {
		dropped = "raw_at = 0"
	}
	args := []any{p.account, p.Side, p.Kind}
	for i := range p.Seen {
		p.Seen[i].Item.Side, p.Seen[i].Item.Kind = p.Side, p.Kind
		args = append(args, p.Seen[i].Item.ID)
	}
	if len(p.Seen) == 0 {
		return nil
	}
	return p.q.each(func(r row) error {
		var id, laid string
		var missing int64
		h := &heldItem{}
		if err := r.Scan(&id, &h.seq, &h.fingerprint, &h.version, &h.changed, &h.rawSum, &h.dirty, &h.outcome, &h.run, &missing, &laid, &h.dropped); err != nil {
			return err
		}
		h.missing = instant(missing)
		p.held[id] = h
		return decode(laid, &h.laid)
	}, `select id, seq, fingerprint, version, changed, raw_sum, dirty, outcome, seen_run, missing, laid, `+dropped+` from items
		where account = $1 and side = $2 and kind = $3 and id in `+tuple(4, len(p.Seen)), args...)
}

// lay makes whole items of a partial page's: the stored ones with the page's fields over theirs.
func (p *page) lay() error {
	ids := make([]string, 0, len(p.held))
	for id := range p.held {
		ids = append(ids, id)
	}
	stored, err := itemsByID(p.q, p.account, p.Side, p.Kind, ids)
	if err != nil {
		return err
	}
	known := make([]Seen, 0, len(p.Seen))
	for _, s := range p.Seen {
		it, ok := stored[s.Item.ID]
		if !ok {
			continue
		}
		h := p.held[it.ID]
		h.laid = h.laid.With(s.Item.Fields)
		it.Fields = it.Fields.With(s.Item.Fields)
		stored[it.ID] = it
		known = append(known, Seen{Item: it, Carry: s.Carry, News: s.News, Edits: s.Edits})
	}
	p.Seen = known
	return nil
}

// compare settles what one seen item is to the store. A page may name an id twice; the last counts.
func (p *page) compare(s Seen) {
	it := s.Item
	h := p.held[it.ID]
	if h == nil {
		h = &heldItem{}
		p.held[it.ID] = h
	}
	if h.next.ID == "" {
		p.order = append(p.order, it.ID)
	}
	if len(h.laid) > 0 {
		it.Fields = h.laid.With(it.Fields)
	}
	sight := Sight{Ref: it.Ref(), New: h.fingerprint == "", Outcome: h.outcome, Back: !h.missing.IsZero() && !p.Partial}
	print := it.Fingerprint()
	sight.Changed = !sight.New && print != h.fingerprint
	sight.SameRow, sight.HadRow = len(it.Raw) > 0 && rawSum(it) == h.rawSum, h.rawSum != "" && h.rawSum != noRaw
	if sight.New || sight.Changed {
		h.isChanged = true
		h.dirty = h.dirty || s.Carry || s.News || s.Edits && sight.Changed
	}
	if s.Carry && h.outcome == "" && !h.dirty { // known from an index, carried over now
		h.isChanged, h.dirty = true, true
	}
	h.fingerprint, h.next = print, it
	sight.Dirty = h.dirty
	p.sights = append(p.sights, sight)
}

func (p *page) write() error {
	var whole []itemRow
	var changed, fresh, same []string
	for _, id := range p.order {
		h := p.held[id]
		switch {
		case h.isChanged:
			changed = append(changed, id)
			whole = append(whole, p.row(h))
		case p.Partial: // its run and payload are the whole feed's
		case h.next.Version == h.version && millis(h.next.Changed) == h.changed && h.sameRow():
			same = append(same, id)
		default:
			fresh = append(fresh, id)
		}
	}
	if err := p.replace(changed, whole); err != nil {
		return err
	}
	if err := p.refresh(fresh); err != nil {
		return err
	}
	return p.touch(same)
}

// sameRow tells whether there is no payload to be stored: the page has none, or the
// one that was stored.
func (h *heldItem) sameRow() bool {
	return len(h.next.Raw) == 0 || rawSum(h.next) == h.rawSum && !h.dropped
}

// row is the item to be stored; a partial page says nothing about whether whole reads have it.
func (p *page) row(h *heldItem) itemRow {
	r := itemRow{item: h.next, seq: h.seq, run: p.Run, dirty: h.dirty, fingerprint: h.fingerprint, laid: h.laid}
	if p.Partial {
		r.run, r.missing = h.run, h.missing
	}
	return r
}

// touch records that the run saw items which are the same to the byte.
func (p *page) touch(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	args := append([]any{p.account, p.Side, p.Kind, p.Run}, anys(ids)...)
	_, err := p.q.exec(`update items set seen_run = $4, missing = 0 where account = $1 and side = $2 and kind = $3 and id in `+
		tuple(5, len(ids)), args...)
	return err
}

// refresh stores version and payload of items whose mapped record is the same.
func (p *page) refresh(ids []string) error {
	for _, id := range ids {
		h := p.held[id]
		it, args := h.next, []any{p.account, p.Side, p.Kind, id, p.Run, h.next.Version, h.next.Changed}
		raw := ""
		if !h.sameRow() {
			raw, args = `, raw_sum = $8, raw = $9, raw_at = $10`, append(args, rawSum(it), it.Raw, rawAt(it))
		}
		_, err := p.q.exec(`update items set seen_run = $5, missing = 0, version = $6, changed = $7`+raw+`
			where account = $1 and side = $2 and kind = $3 and id = $4`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// replace writes new and changed items; then what waits for them, under their
// old keys or their new ones, wakes, and their history gets a line.
func (p *page) replace(ids []string, rows []itemRow) error {
	if len(ids) == 0 {
		return nil
	}
	before, err := itemsByID(p.q, p.account, p.Side, p.Kind, ids)
	if err != nil {
		return err
	}
	var tokens []string
	events := make([]Event, 0, len(ids))
	for _, id := range ids {
		now := p.held[id].next
		tokens = append(tokens, itemTokens(now)...)
		if old, ok := before[id]; ok {
			tokens = append(tokens, itemTokens(old)...)
			if err := dropKeys(p.q, p.account, old); err != nil {
				return err
			}
			p.was(old)
		}
		events = append(events, Event{At: p.At, Run: p.Run, Ref: now.Ref(), What: "read", Text: "Lido no " + p.Side.Title(), Detail: readDetail(now)})
	}
	if err := putItems(p.q, p.account, rows); err != nil {
		return err
	}
	if err := wake(p.q, p.account, tokens); err != nil {
		return err
	}
	return addEvents(p.q, p.account, events)
}

// was tells the sights of a changed item what it was.
func (p *page) was(old record.Item) {
	for i, s := range p.sights {
		if s.Changed && s.Ref == old.Ref() {
			p.sights[i].Was = old
		}
	}
}

// readDetail is what explain shows of a reading: the source of a task or a quotation, else the fields.
func readDetail(it record.Item) []byte {
	if it.Source != nil {
		return []byte(encode(it.Source))
	}
	return []byte(encode(it.Fields))
}

func itemsByID(q query, account string, side record.Side, kind record.Kind, ids []string) (map[string]record.Item, error) {
	out := make(map[string]record.Item, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	items, err := list(q, scanItem, `select `+itemColumns+` from items where account = $1 and side = $2 and kind = $3 and id in `+
		tuple(4, len(ids)), append([]any{account, side, kind}, anys(ids)...)...)
	for _, it := range items {
		out[it.ID] = it
	}
	return out, err
}
