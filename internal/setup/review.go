package setup

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Review is which records of the two sides are one, or may be, as the first cycle
// would see it. What a person said already is not in its pairs.
type Review struct {
	Items []record.Item
	Pairs []store.DraftPair
}

// A reader keeps the records of mirrored kinds as a side gave them: a dry run lays what
// it would write over them.
type reader struct {
	mu    sync.Mutex
	items map[record.Ref]record.Item
}

// reading returns a side whose lists are kept while they are read.
func (r *reader) reading(s record.System) record.System {
	for _, access := range []**record.Access{&s.Customers, &s.Products, &s.Services} {
		if *access == nil {
			continue
		}
		of := **access
		of.Feeds = slices.Clone(of.Feeds)
		for n := range of.Feeds {
			partial, list := of.Feeds[n].Partial, of.Feeds[n].List
			of.Feeds[n].List = func(ctx context.Context, w record.Window, page func(record.Page) error) error {
				return list(ctx, w, func(p record.Page) error {
					r.keep(p.Items, partial)
					return page(p)
				})
			}
		}
		*access = &of
	}
	return s
}

func (r *reader) keep(items []record.Item, partial bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range items {
		was, known := r.items[i.Ref()]
		switch {
		case partial && !known:
			continue
		case partial:
			fields := i.Fields
			i = was
			i.Fields = i.Fields.With(fields)
		}
		i.Raw = nil
		r.items[i.Ref()] = i
	}
}

// of are a kind's records of a side that may cross, by id.
func (r *reader) of(kind record.Kind, side record.Side) []record.Item {
	var out []record.Item
	for _, ref := range slices.SortedFunc(maps.Keys(r.items), func(a, b record.Ref) int { return cmp.Compare(a.ID, b.ID) }) {
		if i := r.items[ref]; ref.Kind == kind && ref.Side == side && i.Never == "" {
			out = append(out, i)
		}
	}
	return out
}

// review compares what was read, by what the dry run linked of itself.
func (r *reader) review(ctx context.Context, db *store.DB, a config.Account, choices []store.DraftChoice) (v Review, err error) {
	for _, f := range flow.All {
		if f.Mirror == nil || !f.On(a) {
			continue
		}
		links, err := db.AllLinks(ctx, a.ID, f.Kind)
		if err != nil {
			return v, err
		}
		p := pairer{flow: f, auvo: r.of(f.Kind, record.Auvo), omie: r.of(f.Kind, record.Omie), said: map[[2]string]string{}}
		for _, c := range choices {
			if c.Kind == f.Kind {
				p.said[[2]string{c.Auvo, c.Omie}] = c.Choice
			}
		}
		v.Items = slices.Concat(v.Items, p.auvo, p.omie)
		v.Pairs = append(v.Pairs, p.pairs(links)...)
	}
	return v, nil
}

// A pairer pairs the records of one flow.
type pairer struct {
	flow       flow.Flow
	auvo, omie []record.Item
	said       map[[2]string]string // what was said of a pair, by both ids
}

// pairs are those that were linked, the least alike first, and what those that were
// not may be.
func (p *pairer) pairs(links []store.Link) []store.DraftPair {
	byID := map[record.Ref]record.Item{}
	for _, i := range slices.Concat(p.auvo, p.omie) {
		byID[i.Ref()] = i
	}
	taken := map[record.Ref]bool{}
	var out []store.DraftPair
	for _, l := range links {
		auvo, omie := byID[l.On(record.Auvo)], byID[l.On(record.Omie)]
		if auvo.ID == "" || omie.ID == "" { // made by the dry run: alone
			continue
		}
		taken[auvo.Ref()], taken[omie.Ref()] = true, true
		if p.said[[2]string{l.Auvo, l.Omie}] == "" {
			like := flow.LikenessOf(p.flow, auvo, omie)
			out = append(out, store.DraftPair{Kind: p.flow.Kind, Level: flow.LevelCertain, Auvo: l.Auvo, Omie: l.Omie, Score: like.Score, Reasons: reasonsOr(like.Reasons, l.How)})
		}
	}
	slices.SortStableFunc(out, func(a, b store.DraftPair) int { return cmp.Compare(a.Score, b.Score) })
	free := func(i record.Item) bool { return taken[i.Ref()] }
	for _, x := range flow.Pairings(p.flow, slices.DeleteFunc(slices.Clone(p.auvo), free), slices.DeleteFunc(slices.Clone(p.omie), free), p.apart) {
		switch {
		case x.Level == flow.LevelApart: // it stands among what was said
			continue
		case x.Level == flow.LevelCertain: // the cycle linked it not
			x.Level = flow.LevelLikely
			x.Reasons = append(x.Reasons, "o Ponte não liga sozinho")
		}
		d := store.DraftPair{Kind: p.flow.Kind, Level: x.Level, Score: x.Score, Reasons: x.Reasons}
		if x.Auvo != nil {
			d.Auvo = x.Auvo.ID
		}
		if x.Omie != nil {
			d.Omie = x.Omie.ID
		}
		out = append(out, d)
	}
	for n := range out {
		out[n].Seq = int64(n + 1)
	}
	return out
}

func (p *pairer) apart(auvo, omie record.Ref) bool {
	return p.said[[2]string{auvo.ID, omie.ID}] == store.ChoiceApart
}

func reasonsOr(reasons []string, how string) []string {
	if len(reasons) == 0 {
		return []string{how}
	}
	return reasons
}

// A Simulation is what a dry run of an account's first cycle needs.
type Simulation struct {
	Sealer     store.Sealer
	Account    config.Account
	Auvo, Omie record.System
	Holder     string
	Run        string // its id
	Choices    []store.DraftChoice
}

// Go runs the first cycle against two dry sides on a store of its own.
func (s Simulation) Go(ctx context.Context) (f Forecast, v Review, err error) {
	scratch, err := store.Open(ctx, ":memory:", s.Sealer)
	if err != nil {
		return f, v, err
	}
	defer func() {
		if cerr := scratch.Close(); err == nil {
			err = cerr
		}
	}()
	a := s.Account
	if err := scratch.SaveAccount(ctx, store.Account{ID: a.ID, Name: a.Name, Settings: []byte(a.Settings())}, nil); err != nil {
		return f, v, err
	}
	marks, _, err := engine.ChoiceMarks(s.Choices)
	if err != nil {
		return f, v, err
	}
	read := &reader{items: map[record.Ref]record.Item{}}
	err = engine.WithLease(ctx, scratch, a.ID, s.Holder, 0, func(ctx context.Context, lease store.Lease) error {
		if err := scratch.SetMarks(ctx, lease, marks); err != nil {
			return err
		}
		e := &engine.Engine{Store: scratch, Auvo: engine.Dry(read.reading(s.Auvo)), Omie: engine.Dry(read.reading(s.Omie)), Account: a, Now: time.Now}
		run, err := e.Run(ctx, lease, s.Run, engine.Options{})
		if err != nil {
			return err
		}
		if f, err = Read(ctx, scratch, a, run); err != nil {
			return err
		}
		v, err = read.review(ctx, scratch, a, s.Choices)
		return err
	})
	return f, v, err
}

// Keep keeps a review for the asking that found it, in parts: nobody else waits for it.
func (v Review) Keep(ctx context.Context, db *store.DB, draft string, number int64) error {
	if err := db.DropReview(ctx, draft, number); err != nil {
		return err
	}
	const most = 1000
	for items := range slices.Chunk(v.Items, most) {
		if err := db.SaveReview(ctx, draft, number, items, nil); err != nil {
			return err
		}
	}
	for pairs := range slices.Chunk(v.Pairs, most) {
		if err := db.SaveReview(ctx, draft, number, nil, pairs); err != nil {
			return err
		}
	}
	return nil
}
