package engine

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// batch is how many decisions share a transaction.
const batch = 100

// decideMirror decides every dirty record of a mirror, Omie's first, and links
// what was known before the first window. Nothing is decided before both sides
// were read whole: what stands on both would be made again (contract.md, First contact).
func (r *run) decideMirror(ctx context.Context, f flow.Flow) error {
	if ready, err := r.bothIndexed(ctx, f); err != nil || !ready {
		return err
	}
	if err := r.linkChosen(ctx, f); err != nil {
		return err
	}
	for _, side := range []record.Side{record.Omie, record.Auvo} {
		if err := r.eachDirty(ctx, f.Kind, side, func(items []record.Item) error { return r.decidePairs(ctx, f, items) }); err != nil {
			return err
		}
	}
	return r.linkKnown(ctx, f)
}

// eachDirty walks the dirty records of a kind in batches.
func (r *run) eachDirty(ctx context.Context, kind record.Kind, side record.Side, decide func([]record.Item) error) error {
	after := ""
	for {
		items, err := r.Store.Dirty(ctx, r.Account.ID, kind, side, after, batch)
		if err != nil || len(items) == 0 {
			return err
		}
		after = items[len(items)-1].ID
		if err := decide(items); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.yield(); err != nil {
			return err
		}
	}
}

func (r *run) decidePairs(ctx context.Context, f flow.Flow, items []record.Item) error {
	var decisions []store.Decision
	for _, i := range items {
		d, err := r.decidePair(ctx, f, i)
		if err != nil {
			if err := r.spare(ctx, f, err); err != nil {
				return err
			}
			continue
		}
		r.tally[f.Name].failures = 0
		decisions = append(decisions, d)
	}
	_, err := r.Store.Decide(ctx, r.lease, decisions...)
	return err
}

// decidePair decides one record of a mirror, and counts it under its pair once
// it is linked.
func (r *run) decidePair(ctx context.Context, f flow.Flow, i record.Item) (store.Decision, error) {
	link, err := r.Store.Link(ctx, r.Account.ID, i.Kind, i.Side, i.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Decision{}, err
	}
	linked := err == nil
	d, err := r.decideItem(ctx, f, i, link, linked)
	if err == nil && linked {
		r.tally[f.Name].merge(refKey(i.Ref()), pairKey(i.Kind, link.Auvo, link.Omie))
	}
	return d, err
}

// decideItem decides one record: merge it with its partner, link it, have it made
// on the other side, or leave it.
func (r *run) decideItem(ctx context.Context, f flow.Flow, i record.Item, link store.Link, linked bool) (store.Decision, error) {
	if i.Never != "" {
		return r.verdict(f, i, store.OutcomeExcluded, i.Never), nil
	}
	if d := r.unreadable(f, i); d != nil {
		return *d, nil
	}
	switch {
	case !linked:
		return r.decideUnlinked(ctx, f, i)
	case link.Role == store.RoleSite && i.Side == record.Omie:
		return r.verdict(f, i, store.OutcomeUnchanged, "Só tem unidades no Auvo, e nenhum cadastro principal: promova uma com “ponte link”."), nil
	case link.Role == store.RoleSite:
		return r.verdict(f, i, store.OutcomeUnchanged, "É uma unidade do cliente "+link.Omie+" do Omie; só o cadastro principal leva os campos."), nil
	}
	return r.mergeLinked(ctx, f, i, link)
}

// decideUnlinked looks for a record's partner; one that vanished needs none.
func (r *run) decideUnlinked(ctx context.Context, f flow.Flow, i record.Item) (store.Decision, error) {
	gone, err := r.missing(ctx, i.Ref())
	if err != nil {
		return store.Decision{}, err
	}
	if gone != "" {
		return r.verdict(f, i, store.OutcomeExcluded, "O cadastro sumiu do "+gone.Title()+"."), nil
	}
	return r.match(ctx, f, i)
}

// unreadable holds a record of which the vendor's row did not read: what is
// not understood is never written on (P5, P6). nil: it read.
func (r *run) unreadable(f flow.Flow, i record.Item) *store.Decision {
	problem := i.Fact(record.FactProblem)
	if problem == "" {
		return nil
	}
	d := r.verdict(f, i, store.OutcomeWaiting, "O registro tem valores que o Ponte não entende.")
	d.Waits = []store.Wait{r.wait(f, onePair(i), "unreadable-record", map[string]string{"side": string(i.Side), "text": problem})}
	return &d
}

// verdict is a decision without a change.
func (r *run) verdict(f flow.Flow, i record.Item, outcome, reason string) store.Decision {
	r.tally[f.Name].replace(refKey(i.Ref()), outcome)
	return store.Decision{Run: r.id, Flow: f.Name, Settles: []record.Ref{i.Ref()}, Outcome: outcome, Reason: reason}
}

// mergeLinked merges a linked record with its partner.
func (r *run) mergeLinked(ctx context.Context, f flow.Flow, i record.Item, link store.Link) (store.Decision, error) {
	other := link.On(i.Side.Other())
	partner, err := r.Store.Item(ctx, r.Account.ID, other)
	if errors.Is(err, store.ErrNotFound) {
		return r.vanished(ctx, f, i, link, other.Side)
	}
	if err != nil {
		return store.Decision{}, err
	}
	missing, err := r.missing(ctx, i.Ref(), other)
	if err != nil {
		return store.Decision{}, err
	}
	if missing != "" {
		return r.halfGone(ctx, f, i, link, missing, pairOf(i, partner).on(missing.Other()))
	}
	return r.mergePair(ctx, f, pairOf(i, partner), link, "")
}

// halfGone is a pair of which one side is gone. There is nothing left to decide
// once a person made the other inactive, or it is gone as well.
func (r *run) halfGone(ctx context.Context, f flow.Flow, i record.Item, link store.Link, gone record.Side, left record.Item) (store.Decision, error) {
	also, err := r.missing(ctx, left.Ref())
	if err != nil {
		return store.Decision{}, err
	}
	why := ""
	switch {
	case also != "":
		why = "O cadastro sumiu dos dois lados."
	case inactive(left):
		why = "O cadastro sumiu do " + gone.Title() + " e está inativo no " + left.Side.Title() + "."
	default:
		return r.vanished(ctx, f, i, link, gone)
	}
	d := r.verdict(f, i, store.OutcomeUnchanged, why)
	d.Settles = []record.Ref{link.On(record.Auvo), link.On(record.Omie)}
	return d, nil
}

// missing tells which side of a pair the sweep found gone, "" when neither.
func (r *run) missing(ctx context.Context, refs ...record.Ref) (record.Side, error) {
	for _, ref := range refs {
		state, err := r.Store.ItemState(ctx, r.Account.ID, ref)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		if !state.Missing.IsZero() {
			return ref.Side, nil
		}
	}
	return "", nil
}

// A pair is both sides' items of one record.
type pair struct{ auvo, omie record.Item }

func pairOf(a, b record.Item) pair {
	if a.Side == record.Auvo {
		return pair{a, b}
	}
	return pair{b, a}
}

func (p pair) on(side record.Side) record.Item {
	if side == record.Auvo {
		return p.auvo
	}
	return p.omie
}

func (p pair) title() string { return cmp.Or(p.auvo.Title, p.omie.Title) }

// mergePair merges two records and writes what follows into a decision. how is
// the rule that links them now; "" when they were linked before.
func (r *run) mergePair(ctx context.Context, f flow.Flow, p pair, link store.Link, how string) (store.Decision, error) {
	taken, err := r.taken(ctx, f.Kind, p, p.auvo.Fields, p.omie.Fields)
	if err != nil {
		return store.Decision{}, err
	}
	if link.Base, err = r.withStaleID(ctx, p, link.Base); err != nil {
		return store.Decision{}, err
	}
	res := reconcile.Merge(reconcile.Input{
		Base: link.Base, Auvo: p.auvo.Fields, Omie: p.omie.Fields, Rules: f.Mirror.Rules(r.Account),
		Policy: f.Mirror.Policy(r.Account), Taken: taken, Restore: r.opts.Full, Undone: link.Undone,
	})
	d := store.Decision{
		Run: r.id, Flow: f.Name, Settles: []record.Ref{p.auvo.Ref(), p.omie.Ref()}, Outcome: store.OutcomeUnchanged,
	}
	if how != "" {
		d.Events = append(d.Events, r.linkedEvents(p, how)...)
	}
	link.Base, link.Undone = link.Base.With(res.Agreed), stillUndone(link.Undone, res.Agreed)
	d.Links = []store.Link{link}
	if err := errors.Join(r.planUpdate(ctx, &d, f, p, record.Auvo, res.ToAuvo), r.planUpdate(ctx, &d, f, p, record.Omie, res.ToOmie)); err != nil {
		return store.Decision{}, err
	}
	if open := r.noteConflicts(&d, f, p, res.Conflicts); len(open) > 0 {
		d.Waits = append(d.Waits, r.wait(f, p, "conflict", flow.ConflictDetail(open)))
	}
	giveReasons(&d, how, res.Left, link.Undone)
	r.countPair(f, p, &d)
	return d, nil
}

// stillUndone leaves out the fields that both sides agree on now.
func stillUndone(undone map[string]record.Values, agreed record.Fields) map[string]record.Values {
	left := maps.Clone(undone)
	maps.DeleteFunc(left, func(field string, _ record.Values) bool { _, ok := agreed[field]; return ok })
	return left
}

// giveReasons says why a pair is as it is, and why each side is written.
func giveReasons(d *store.Decision, how string, left []string, undone map[string]record.Values) {
	for n, c := range d.Plan {
		d.Plan[n].Reason = "Mudou no " + c.To.Other().Title() + "."
	}
	switch {
	case how != "":
		d.Reason = "Ligado " + how + "."
		for n := range d.Plan {
			d.Plan[n].Reason = d.Reason
		}
	case len(d.Plan) > 1:
		d.Reason = "Mudou dos dois lados."
	case len(d.Plan) == 1:
		d.Reason = d.Plan[0].Reason
	case len(d.Waits) > 0:
		d.Reason = "Os dois lados diferem, e a diferença espera por uma pessoa."
	case len(undone) > 0:
		d.Reason = flow.UndoneFields(slices.Sorted(maps.Keys(undone)))
	case len(left) > 0:
		d.Reason = "Os dois lados diferem em " + flow.FieldTitles(left) + ", e a diferença fica: o que mudou ali não cruza."
	default:
		d.Reason = "Os dois lados estão iguais."
	}
}

// countPair counts the pair once, under its Auvo id.
func (r *run) countPair(f flow.Flow, p pair, d *store.Decision) {
	t := r.tally[f.Name]
	key := pairKey(p.auvo.Kind, p.auvo.ID, p.omie.ID)
	t.merge(refKey(p.omie.Ref()), key)
	switch {
	case len(d.Waits) > 0:
		d.Outcome = store.OutcomeWaiting
	case len(d.Plan) > 0:
		d.Outcome = outcomePlanned
	}
	t.decide(key, d.Outcome)
}

// planUpdate plans the fields to be written to one side; what the vendor is
// known to refuse waits, and the other fields cross.
func (r *run) planUpdate(ctx context.Context, d *store.Decision, f flow.Flow, p pair, to record.Side, changes []reconcile.Change) error {
	if len(changes) == 0 {
		return nil
	}
	fields := record.Fields{}
	for _, c := range changes {
		fields[c.Field] = c.To
	}
	held := map[string]bool{}
	refusable, err := r.refusable(ctx, f, p, to, record.Draft{Kind: f.Kind, Fields: fields}, p.on(to).ID)
	if err != nil {
		return err
	}
	for _, w := range refusable {
		if _, ours := fields[w.field]; ours {
			held[w.field] = true
			d.Waits = append(d.Waits, w.wait)
		}
	}
	c := r.change(f, p, to, "update")
	for _, ch := range changes {
		if !held[ch.Field] {
			c.Fields = append(c.Fields, store.FieldChange{Name: ch.Field, From: ch.From, To: ch.To})
		}
	}
	if len(c.Fields) == 0 {
		return nil
	}
	c.Source = p.on(to.Other()).Ref()
	c.Key = "update:" + string(to) + ":" + string(f.Kind) + ":" + p.on(to).ID + ":" + r.id + ":" + record.Digest(c.Fields)
	d.Plan = append(d.Plan, c)
	return nil
}

// change is the beginning of a change about a pair.
func (r *run) change(f flow.Flow, p pair, to record.Side, action string) store.Change {
	return store.Change{
		Account: r.Account.ID, Run: r.id, Flow: f.Name, Kind: f.Kind, Auvo: p.auvo.ID, Omie: p.omie.ID,
		Title: p.title(), Action: action, To: to, State: store.Planned, Created: r.Now(),
	}
}

// noteConflicts keeps both values of each field that both sides changed, and
// returns those that the policy leaves open (P4).
func (r *run) noteConflicts(d *store.Decision, f flow.Flow, p pair, conflicts []reconcile.Conflict) []reconcile.Conflict {
	var open []reconcile.Conflict
	for _, c := range conflicts {
		by := "policy"
		if c.ByPerson {
			by = "person"
		}
		r.tally[f.Name].conflicts[pairKey(f.Kind, p.auvo.ID, p.omie.ID)+":"+c.Field] = true
		d.Conflicts = append(d.Conflicts, store.Conflict{
			At: r.Now(), Run: r.id, Kind: f.Kind, Auvo: p.auvo.ID, Omie: p.omie.ID, Field: c.Field,
			Base: c.Base, InAuvo: c.Auvo, InOmie: c.Omie, Settled: string(c.Settled), By: by,
		})
		if c.Settled == "" {
			open = append(open, c)
		}
	}
	return open
}

// wait is a wait about a pair, kept under its Auvo record where there is one.
func (r *run) wait(f flow.Flow, p pair, cause string, detail map[string]string) store.Wait {
	ref := p.auvo.Ref()
	if p.auvo.ID == "" {
		ref = p.omie.Ref()
	}
	return store.Wait{
		Flow: f.Name, Ref: ref, Auvo: p.auvo.ID, Omie: p.omie.ID, Title: p.title(),
		Cause: cause, About: flow.About(cause, detail), Detail: detail, Since: r.Now(),
	}
}

func (r *run) troubleWait(f flow.Flow, p pair, t record.Trouble) store.Wait {
	return r.wait(f, p, t.Cause, troubleDetail(t))
}

// vanished is a linked record whose partner is gone from its side: nothing is
// deleted, a person decides (design.md §7).
func (r *run) vanished(ctx context.Context, f flow.Flow, i record.Item, link store.Link, gone record.Side) (store.Decision, error) {
	d := r.verdict(f, i, store.OutcomeWaiting, "O cadastro sumiu do "+gone.Title()+".")
	p := pair{
		auvo: record.Item{Kind: i.Kind, Side: record.Auvo, ID: link.Auvo, Title: i.Title},
		omie: record.Item{Kind: i.Kind, Side: record.Omie, ID: link.Omie, Title: i.Title},
	}
	d.Settles = []record.Ref{p.auvo.Ref(), p.omie.Ref()}
	detail := map[string]string{"side": string(gone)}
	links, err := r.Store.Links(ctx, r.Account.ID, i.Kind, record.Omie, link.Omie)
	if gone == record.Auvo && len(links) > 1 {
		detail["what"] = "main" // its sites stand
	}
	d.Waits = []store.Wait{r.wait(f, p, "vanished", detail)}
	d.Waits[0].Needs = []string{store.TokenItem(p.auvo.Ref()), store.TokenItem(p.omie.Ref())}
	return d, err
}
