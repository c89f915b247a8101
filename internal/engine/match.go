package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// match looks for an unlinked record's partner on the other side: by each of
// the mirror's keys, best first. What matches more than one record waits; what
// matches nothing is made, unless a likeness raises doubt (contract.md, First contact).
func (r *run) match(ctx context.Context, f flow.Flow, i record.Item) (store.Decision, error) {
	for _, m := range f.Mirror.Matches {
		g, err := r.group(ctx, f, m, i)
		if err != nil {
			return store.Decision{}, err
		}
		switch {
		case g.ambiguous():
			return r.ambiguous(f, i, m, g), nil
		case len(g.other(i.Side)) == 1:
			p := pairOf(i, g.other(i.Side)[0])
			linked, err := r.linked(ctx, p.on(i.Side.Other()))
			if err != nil {
				return store.Decision{}, err
			}
			if linked {
				return r.ambiguous(f, i, m, g), nil
			}
			link := store.Link{Kind: f.Kind, Auvo: p.auvo.ID, Omie: p.omie.ID, Role: store.RoleMain, How: m.Why}
			return r.mergePair(ctx, f, p, link, m.Why)
		}
	}
	return r.unmatched(ctx, f, i)
}

// A group is every record of both sides that holds one value of a match's key.
type group struct{ auvo, omie []record.Item }

func (g group) other(s record.Side) []record.Item {
	if s == record.Auvo {
		return g.omie
	}
	return g.auvo
}

// ambiguous: a key that one side holds more than once says nothing, and one
// held by a record that is linked elsewhere would bill the wrong customer.
func (g group) ambiguous() bool { return len(g.auvo) > 1 || len(g.omie) > 1 }

// A register knows who holds a key, who is linked, and whom a person parted: the
// store (run), or an index of it in memory where all of a kind are matched.
type register interface {
	// holders are a side's records that hold a key, those that never cross and
	// those that vanished left out.
	holders(ctx context.Context, side record.Side, kind record.Kind, key record.Key) ([]record.Item, error)
	linked(ctx context.Context, i record.Item) (bool, error)
	// apart are the candidates that a person declared to be different from i.
	apart(ctx context.Context, i record.Item, candidates []record.Item) ([]record.Ref, error)
}

func (r *run) group(ctx context.Context, f flow.Flow, m flow.Match, i record.Item) (group, error) {
	return groupOf(ctx, r, f.Kind, m, i)
}

func groupOf(ctx context.Context, reg register, kind record.Kind, m flow.Match, i record.Item) (group, error) {
	value := m.Value(i)
	if value == "" {
		return group{}, nil
	}
	auvo, err := reg.holders(ctx, record.Auvo, kind, m.Key(record.Auvo, value))
	if err != nil {
		return group{}, err
	}
	omie, err := reg.holders(ctx, record.Omie, kind, m.Key(record.Omie, value))
	if err != nil {
		return group{}, err
	}
	g := group{auvo, omie}
	// Records that a person declared different do not match.
	apart, err := reg.apart(ctx, i, g.other(i.Side))
	if err != nil || len(apart) == 0 {
		return g, err
	}
	if i.Side == record.Auvo {
		g.auvo, g.omie = []record.Item{i}, without(g.omie, apart)
	} else {
		g.omie, g.auvo = []record.Item{i}, without(g.auvo, apart)
	}
	return g, nil
}

// holders asks the store.
func (r *run) holders(ctx context.Context, side record.Side, kind record.Kind, key record.Key) ([]record.Item, error) {
	items, err := r.itemsBy(ctx, side, kind, key)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(i record.Item) bool { return i.Never != "" })
	var there []record.Item
	for _, i := range items {
		gone, err := r.missing(ctx, i.Ref())
		if err != nil {
			return nil, err
		}
		if gone == "" {
			there = append(there, i)
		}
	}
	return there, nil
}

// itemsBy are the stored items of a side that hold a key.
func (r *run) itemsBy(ctx context.Context, side record.Side, kind record.Kind, key record.Key) ([]record.Item, error) {
	if key.Name != record.KeyID {
		return r.Store.ItemsByKey(ctx, r.Account.ID, side, kind, key)
	}
	i, err := r.Store.Item(ctx, r.Account.ID, record.Ref{Kind: kind, Side: side, ID: key.Value})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return []record.Item{i}, err
}

// tokenOf is the token by which a change of a key's holder wakes a wait.
func tokenOf(side record.Side, kind record.Kind, key record.Key) string {
	if key.Name == record.KeyID {
		return store.TokenItem(record.Ref{Kind: kind, Side: side, ID: key.Value})
	}
	return store.TokenKey(side, kind, key)
}

// ambiguous is the decision about a record that matches more than one: it and
// its whole group wait until any of them changes or a person decides.
func (r *run) ambiguous(f flow.Flow, i record.Item, m flow.Match, g group) store.Decision {
	d := r.verdict(f, i, store.OutcomeWaiting, "Mais de um cadastro tem o mesmo "+m.Name+".")
	w := r.wait(f, onePair(i), "ambiguous-match", map[string]string{"match": m.Name, "value": m.Value(i), "others": others(i, g)})
	w.Needs = groupTokens(f.Kind, m, i, g)
	d.Waits = []store.Wait{w}
	return d
}

// groupTokens wake a wait when a record of its group changes, comes or is linked.
func groupTokens(kind record.Kind, m flow.Match, i record.Item, g group) []string {
	value := m.Value(i)
	tokens := []string{
		tokenOf(record.Auvo, kind, m.Key(record.Auvo, value)),
		tokenOf(record.Omie, kind, m.Key(record.Omie, value)),
	}
	for _, o := range append(slices.Clone(g.auvo), g.omie...) {
		if o.Ref() != i.Ref() {
			tokens = append(tokens, store.TokenItem(o.Ref()), store.TokenLink(kind, o.Side, o.ID))
		}
	}
	return tokens
}

func onePair(i record.Item) pair {
	other := record.Item{Kind: i.Kind, Side: i.Side.Other()}
	return pairOf(i, other)
}

// others names the rest of a group, at most five of them.
func others(i record.Item, g group) string {
	var names []string
	for _, o := range append(slices.Clone(g.auvo), g.omie...) {
		if o.Ref() != i.Ref() {
			names = append(names, o.Title+" ("+o.Side.Title()+" "+o.ID+")")
		}
	}
	if len(names) > 5 {
		names = append(names[:5], "…")
	}
	return strings.Join(names, "; ")
}

// unmatched is a record that no key matches: it waits when a likeness raises
// doubt, else it is made on the other side or excluded by the account's rules.
func (r *run) unmatched(ctx context.Context, f flow.Flow, i record.Item) (store.Decision, error) {
	if d, err := r.doubt(ctx, f, i); err != nil || d != nil {
		if err != nil {
			return store.Decision{}, err
		}
		return *d, nil
	}
	making := f.Mirror.Make(r.Account, i)
	if !making.OK {
		return r.verdict(f, i, store.OutcomeExcluded, making.Why), nil
	}
	return r.planCreate(ctx, f, i, making)
}

// doubt holds both of two unlinked records that may be the same.
func (r *run) doubt(ctx context.Context, f flow.Flow, i record.Item) (*store.Decision, error) {
	m := f.Mirror.Doubt
	if m == nil || m.Value(i) == "" {
		return nil, nil
	}
	g, err := r.group(ctx, f, *m, i)
	if err != nil {
		return nil, err
	}
	var doubtful group
	for _, o := range g.other(i.Side) {
		linked, err := r.linked(ctx, o)
		if err != nil {
			return nil, err
		}
		if !linked && flow.Doubtful(i, o) {
			doubtful.auvo = append(doubtful.auvo, o)
		}
	}
	if len(doubtful.auvo) == 0 {
		return nil, nil
	}
	d := r.ambiguous(f, i, *m, doubtful)
	d.Reason = "Há um cadastro com o mesmo nome, e pelo menos um dos dois não tem CPF/CNPJ."
	return &d, nil
}

func (r *run) linked(ctx context.Context, i record.Item) (bool, error) {
	_, err := r.Store.Link(ctx, r.Account.ID, i.Kind, i.Side, i.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// planCreate plans to make a record on the other side. A field that the vendor
// is known to refuse leaves the record unmade, but for an address, which is
// left out and waits.
func (r *run) planCreate(ctx context.Context, f flow.Flow, i record.Item, making flow.Making) (store.Decision, error) {
	to, code := i.Side.Other(), f.Mirror.Code(i)
	unknown, err := r.foundAfterAll(ctx, f, to, code, i)
	if err != nil {
		return store.Decision{}, err
	}
	if unknown {
		return r.match(ctx, f, i)
	}
	fields := making.Fields
	d := r.verdict(f, i, outcomePlanned, making.Why)
	access := r.side(to).Of(f.Kind)
	was, err := r.Store.ChangeByKey(ctx, r.Account.ID, CreateKey(to, f.Kind, code)) // what stands of it holds its own values
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Decision{}, err
	}
	refusable, err := r.refusable(ctx, f, onePair(i), to, record.Draft{Kind: f.Kind, Code: code, Fields: fields}, targetRef(was).ID)
	if err != nil {
		return store.Decision{}, err
	}
	for _, w := range refusable {
		d.Waits = append(d.Waits, w.wait)
		if w.field == record.FieldAddress {
			fields = record.Fields{}.With(fields)
			delete(fields, record.FieldAddress)
			continue
		}
		d.Outcome = store.OutcomeWaiting
	}
	if d.Outcome == store.OutcomeWaiting {
		r.tally[f.Name].replace(refKey(i.Ref()), store.OutcomeWaiting)
		return d, nil
	}
	c := r.change(f, onePair(i), to, "create")
	c.Source, c.Code, c.Reason = i.Ref(), code, making.Why
	c.Key = CreateKey(to, f.Kind, code)
	for _, name := range fields.Names() {
		if fields[name] != "" && !slices.Contains(access.Later, name) {
			c.Fields = append(c.Fields, store.FieldChange{Name: name, To: fields[name]})
		}
	}
	return r.unlessTaken(ctx, f, i, d, c)
}

// foundAfterAll looks on a side that tells of no changes (Auvo's products and
// services) for a record that matches the one about to be made under code:
// somebody may have made it by hand since the index was read (contract.md, First
// contact: what is found on both sides is linked, never made again).
func (r *run) foundAfterAll(ctx context.Context, f flow.Flow, to record.Side, code string, i record.Item) (bool, error) {
	if r.sought[to][code] {
		return false, nil
	}
	for _, feed := range r.side(to).Of(f.Kind).Feeds {
		c, err := r.Store.Cursor(ctx, r.Account.ID, cursorName(to, feed))
		if err != nil || feed.Cycle || c.Indexed.Equal(r.start) {
			return false, err
		}
	}
	if r.sought[to] == nil {
		r.sought[to] = map[string]bool{}
	}
	r.sought[to][code] = true
	for _, m := range f.Mirror.Matches {
		key := m.Key(to, m.Value(i))
		if key.Value == "" {
			continue
		}
		items, err := r.find(ctx, to, f.Kind, []record.Key{key}, r.start)
		if err != nil || len(items) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// CreateKey is the ledger key of a create: one per record that is made (P1).
func CreateKey(to record.Side, kind record.Kind, code string) string {
	return "create:" + string(to) + ":" + string(kind) + ":" + code
}

// unlessTaken plans a create unless the ledger says that it was made or may
// have been made: then it waits for the look-up, never made again (P1).
func (r *run) unlessTaken(ctx context.Context, f flow.Flow, i record.Item, d store.Decision, c store.Change) (store.Decision, error) {
	was, err := r.Store.ChangeByKey(ctx, r.Account.ID, c.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Decision{}, err
	}
	var cause string
	detail := map[string]string{"side": string(c.To), "text": was.Text, "code": c.Code}
	switch {
	case was.State == store.Sending, was.State == store.Unknown:
		cause = "unknown-outcome"
	case was.State == store.Done && c.Order != nil:
		cause, detail["what"] = "deleted-in-omie", "unlinked"
	case was.State == store.Done:
		return r.unlessStanding(ctx, f, i, d, c, targetRef(was))
	default:
		d.Plan = append(d.Plan, c)
		return d, nil
	}
	return r.leftWaiting(f, i, d, r.wait(f, onePair(i), cause, detail)), nil
}

// unlessStanding plans to make again what was made and then parted from its source
// by a person, unless it still stands: a second one of its code would be a double.
func (r *run) unlessStanding(ctx context.Context, f flow.Flow, i record.Item, d store.Decision, c store.Change, made record.Ref) (store.Decision, error) {
	gone, err := r.missing(ctx, made)
	if err != nil {
		return store.Decision{}, err
	}
	if gone != "" {
		c.Key += ":after:" + made.ID
		return r.unlessTaken(ctx, f, i, d, c)
	}
	w := r.wait(f, onePair(i), "vanished", map[string]string{"side": string(c.To), "what": "apart", "other": made.ID})
	w.Needs = []string{store.TokenItem(made)}
	return r.leftWaiting(f, i, d, w), nil
}

func (r *run) leftWaiting(f flow.Flow, i record.Item, d store.Decision, w store.Wait) store.Decision {
	d.Outcome = store.OutcomeWaiting
	d.Waits = append(d.Waits, w)
	r.tally[f.Name].replace(refKey(i.Ref()), d.Outcome)
	return d
}

// apart asks the store (ponte unlink).
func (r *run) apart(ctx context.Context, i record.Item, candidates []record.Item) ([]record.Ref, error) {
	var refs []record.Ref
	for _, o := range candidates {
		p := pairOf(i, o)
		mark, err := r.Store.Mark(ctx, r.Account.ID, ApartMark(p.auvo.Ref(), p.omie.Ref()))
		if err != nil {
			return nil, err
		}
		if mark != "" {
			refs = append(refs, o.Ref())
		}
	}
	return refs, nil
}

// ApartMark names the mark that keeps two records apart.
func ApartMark(auvo, omie record.Ref) string {
	return apartPrefix + auvo.String() + "/" + omie.String()
}

const apartPrefix = "apart/"

func without(items []record.Item, refs []record.Ref) []record.Item {
	return slices.DeleteFunc(items, func(i record.Item) bool { return slices.Contains(refs, i.Ref()) })
}

func (r *run) linkedEvents(p pair, how string) []store.Event {
	text := "Ligado " + how + ": Auvo " + p.auvo.ID + " e Omie " + p.omie.ID + "."
	return []store.Event{
		{At: r.Now(), Run: r.id, Ref: p.auvo.Ref(), What: "linked", Text: text},
		{At: r.Now(), Run: r.id, Ref: p.omie.Ref(), What: "linked", Text: text},
	}
}
