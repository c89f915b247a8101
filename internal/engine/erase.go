package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/subject"
)

// An Erasing is what the erasure of a person's data is about, as people are shown it
// before it is done.
type Erasing struct {
	Subject  store.Subject
	Rows     map[string]int // about its records, by table
	Mentions map[string]int // sentences about others in which it stands, by table
	Shared   []string       // texts that another customer has as well: there they stay
	Orders   int            // documents that keep their link, code, dates and money
	Acts     int            // acts that name its records by number; they stay
	Unclear  int            // writes about it of which nobody knows yet whether they were made
}

// ErrUnclear is returned by Erase while a write about the person is unclear: by its
// ledger it is looked up, so that nothing is made twice (P1).
var ErrUnclear = errors.New("a write about this person is unclear: let ponte sync look it up first")

// PlanErasure says what the erasure of a person's data is about.
func PlanErasure(ctx context.Context, db *store.DB, account string, customers []record.Ref) (Erasing, error) {
	var p Erasing
	var err error
	if p.Subject, err = db.SubjectOf(ctx, account, customers...); err != nil {
		return p, err
	}
	p.Rows, p.Orders = map[string]int{}, len(p.Subject.Orders)
	err = db.EachHolding(ctx, account, p.Subject.Refs(), func(h store.Holding) error {
		p.Rows[h.Table]++
		return nil
	})
	if err != nil {
		return p, err
	}
	own, shared, err := textsAbout(ctx, db, p.Subject)
	if err != nil {
		return p, err
	}
	p.Shared = shared
	if p.Mentions, err = db.Mentions(ctx, account, own); err != nil {
		return p, err
	}
	if p.Acts, err = db.ActsAbout(ctx, account, p.Subject.Refs()); err != nil {
		return p, err
	}
	p.Unclear, err = unclearOf(ctx, db, p.Subject)
	return p, err
}

// MentionsOf counts, by table, the sentences about others in which a person stands, found by
// the texts that no other customer has.
func MentionsOf(ctx context.Context, db *store.DB, s store.Subject) (map[string]int, error) {
	own, _, err := textsAbout(ctx, db, s)
	if err != nil {
		return nil, err
	}
	return db.Mentions(ctx, s.Account, own)
}

// unclearOf counts the writes about a person that were sent and not settled.
func unclearOf(ctx context.Context, db *store.DB, s store.Subject) (int, error) {
	open, err := db.Unsettled(ctx, s.Account)
	refs := s.Refs()
	n := 0
	for _, c := range open {
		if slices.Contains(refs, c.Source) || slices.Contains(refs, targetRef(c)) {
			n++
		}
	}
	return n, err
}

// Erase erases a person's data, under the lease, but for the database's files (Clean).
// The request stands in the store before anything is done, and with it that nothing of
// the person is taken in again; who dies on any line below goes on with GoOn.
func Erase(ctx context.Context, db *store.DB, lease store.Lease, p Erasing) (number int64, err error) {
	n, err := unclearOf(ctx, db, p.Subject)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		return 0, ErrUnclear
	}
	number, err = db.BeginErasure(ctx, lease, p.Subject.Customers, p.Rows)
	if err != nil {
		return 0, err
	}
	return number, GoOn(ctx, db, lease, number)
}

// workAtOnce is how many tasks and documents are erased in one transaction.
const workAtOnce = 100

// GoOn erases what a request that was begun has left. The customers go last: by their
// names what is said of them elsewhere is found, and by their links their work.
func GoOn(ctx context.Context, db *store.DB, lease store.Lease, number int64) error {
	customers, err := db.ErasedBy(ctx, lease.Account, number)
	if err != nil {
		return err
	}
	s, err := db.SubjectOf(ctx, lease.Account, customers...)
	if err != nil {
		return err
	}
	if n, err := unclearOf(ctx, db, s); err != nil || n > 0 {
		// Of a cycle between the request and now: its ledger is what looks it up.
		return cmp.Or(err, ErrUnclear)
	}
	own, _, err := textsAbout(ctx, db, s)
	if err != nil {
		return err
	}
	if _, err := db.ScrubTexts(ctx, lease, own); err != nil {
		return err
	}
	for batch := range slices.Chunk(slices.Concat(s.Sources, s.Orders), workAtOnce) {
		husks, err := husksOf(ctx, db, s.Account, batch)
		if err != nil {
			return err
		}
		if err := db.EraseWork(ctx, lease, husks); err != nil {
			return err
		}
	}
	husks, err := husksOf(ctx, db, s.Account, s.Customers)
	if err != nil {
		return err
	}
	return db.EraseCustomers(ctx, lease, number, husks)
}

// husksOf are what is left of records; one that is not stored is its number.
func husksOf(ctx context.Context, db *store.DB, account string, refs []record.Ref) ([]record.Item, error) {
	husks := make([]record.Item, 0, len(refs))
	for _, ref := range refs {
		i, err := db.Item(ctx, account, ref)
		if errors.Is(err, store.ErrNotFound) {
			i, err = record.Item{Kind: ref.Kind, Side: ref.Side, ID: ref.ID}, nil
		}
		if err != nil {
			return nil, err
		}
		husks = append(husks, subject.Husk(i))
	}
	return husks, nil
}

// textsAbout are the texts by which a person's data is found in sentences about others:
// those that no other customer has as well, and those that one has.
func textsAbout(ctx context.Context, db *store.DB, s store.Subject) (own, shared []string, err error) {
	var known []record.Item
	for _, ref := range s.Customers {
		i, err := db.Item(ctx, s.Account, ref)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, nil, err
		}
		past, err := pastOf(ctx, db, s.Account, ref)
		if err != nil {
			return nil, nil, err
		}
		if i.Fact(record.FactErased) == "" {
			known = append(known, i)
		}
		known = append(known, past...)
	}
	all := subject.Traces(known...)
	if len(all) == 0 {
		return nil, nil, nil
	}
	others, err := tracesOfOthers(ctx, db, s, all)
	own, shared = subject.Unshared(all, others)
	return own, shared, err
}

// pastOf is what a customer was, as far as the ledger and its link tell.
func pastOf(ctx context.Context, db *store.DB, account string, ref record.Ref) ([]record.Item, error) {
	links, err := db.Links(ctx, account, ref.Kind, ref.Side, ref.ID)
	if err != nil {
		return nil, err
	}
	var past []record.Item
	for _, l := range links {
		past = append(past, record.Item{Fields: l.Base})
	}
	changes, err := db.ChangesOf(ctx, account, ref)
	for _, c := range changes {
		was, is := record.Fields{}, record.Fields{}
		for _, f := range c.Fields {
			was[f.Name], is[f.Name] = f.From, f.To
		}
		past = append(past, record.Item{Fields: was}, record.Item{Fields: is})
	}
	return past, err
}

// tracesOfOthers are those of some texts that other customers of the account have.
func tracesOfOthers(ctx context.Context, db *store.DB, s store.Subject, texts []string) ([][]string, error) {
	wanted := map[string]bool{}
	for _, t := range texts {
		wanted[t] = true
	}
	var out [][]string
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		err := db.EachItem(ctx, s.Account, side, record.Customer, func(i record.Item) error {
			if slices.Contains(s.Customers, i.Ref()) {
				return nil
			}
			theirs := slices.DeleteFunc(subject.Traces(i), func(t string) bool { return !wanted[t] })
			if len(theirs) > 0 {
				out = append(out, theirs)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Lift ends an erasure: the person is a customer again. Before the next order is made
// the orders are read, as after a restore: what a husk of one does not tell any more,
// such as the link to its task, may say that the work is billed (P1).
func Lift(ctx context.Context, db *store.DB, lease store.Lease, number int64) error {
	customers, err := db.ErasedBy(ctx, lease.Account, number)
	if err != nil {
		return err
	}
	s, err := db.SubjectOf(ctx, lease.Account, customers...)
	if err != nil {
		return err
	}
	if err := db.SetMark(ctx, lease, ordersIndexed, ""); err != nil {
		return err
	}
	return db.LiftErasure(ctx, lease, number, s.Refs())
}
