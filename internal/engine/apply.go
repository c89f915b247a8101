package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ponte/internal/call"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/span"
	"ponte/internal/store"
)

// apply sends a flow's planned changes, one vendor write each, and returns how
// many were settled for good. One record's trouble stops only itself (P5). It
// comes back early, with more, to have decided what its creates left to do (an
// external id to write back): that is the other vendor's to take, meanwhile.
func (r *run) apply(ctx context.Context, f flow.Flow) (applied int, more bool, err error) {
	changes, err := r.Store.Planned(ctx, r.Account.ID, f.Name)
	if err != nil {
		return 0, false, err
	}
	if r.undoes {
		changes = slices.DeleteFunc(changes, func(c store.Change) bool { return !c.Undo })
	}
	if len(changes) == 0 {
		return 0, false, nil
	}
	ctx, told := span.Start(ctx, "apply", "")
	applied, more, err = r.applyAll(ctx, f, changes)
	told.Count("changes", applied)
	told.End(err)
	return applied, more, err
}

func (r *run) applyAll(ctx context.Context, f flow.Flow, changes []store.Change) (applied int, more bool, err error) {
	lanes, left := lanesOf(changes), followers(f, changes)
	for {
		c, ok := r.take(&lanes)
		if !ok {
			return applied, false, nil
		}
		if err := r.applyOne(ctx, f, c); err != nil {
			return applied, false, err
		}
		applied++
		if err := r.yield(); err != nil {
			return applied, false, err
		}
		if isMirrorCreate(c) {
			if left--; left == 0 {
				return applied, true, nil
			}
		}
	}
}

// followers is after how many creates what they left is decided; 0: not before
// all is sent, since a brake looks at the whole of what it is about, once.
func followers(f flow.Flow, changes []store.Change) int {
	braked := slices.ContainsFunc(changes, func(c store.Change) bool {
		return slices.ContainsFunc(allBrakes, func(b brake) bool { return b.picks(f, c) })
	})
	if braked {
		return 0
	}
	return batch
}

func isMirrorCreate(c store.Change) bool { return c.Action == "create" && c.Order == nil && !c.Undo }

// lanes are planned changes by the side that they write, in the ledger's order.
// They take turns: each vendor lets so many calls a minute through, and a write
// that waits for its turn at one has no reason to hold up the other's.
type lanes struct {
	turn    int
	changes [2][]store.Change
}

func lanesOf(changes []store.Change) lanes {
	var l lanes
	for _, c := range changes {
		n := 0
		if c.To == record.Auvo {
			n = 1
		}
		l.changes[n] = append(l.changes[n], c)
	}
	return l
}

// take takes the change to send next out of its lane; false when none may be sent now.
func (r *run) take(l *lanes) (store.Change, bool) {
	for range l.changes {
		lane := &l.changes[l.turn]
		l.turn = 1 - l.turn
		if n := r.next(*lane); n >= 0 {
			c := (*lane)[n]
			copy((*lane)[1:], (*lane)[:n]) // what was passed over stays in front
			*lane = (*lane)[1:]
			return c, true
		}
	}
	return store.Change{}, false
}

// next picks the change to send, -1 when none may be sent now: those never tried
// before those refused, and after two refusals with one text those unlike the
// refused ones, so that bad records do not starve good ones (design.md §7).
func (r *run) next(changes []store.Change) int {
	best, least := -1, 0
	for n, c := range changes {
		if c.Cause == causeHeld || r.halted[c.To] != nil || r.isPaused(c) || c.NotUntil.After(r.Now()) || r.halfRead(c) {
			continue
		}
		late := r.lateness(c)
		if best < 0 || late < least {
			best, least = n, late
		}
		if least == 0 { // the changes stand in the ledger's order
			break
		}
	}
	return best
}

// halfRead: what is written to a side of a mirror that this run could not read
// to its end may lie over an edit, or beside a record, that nobody has seen (P4,
// P1). It stays planned until a run has read that side.
func (r *run) halfRead(c store.Change) bool { return r.unread[c.Flow+"/"+string(c.To)] }

// lateness is 0 for a change that goes first.
func (r *run) lateness(c store.Change) int {
	late := 0
	if c.Attempts > 0 {
		late += 2
	}
	if len(r.unlike) > 0 && r.unlike[likeness(c)] {
		late++
	}
	return late
}

// likeness is what refused records tend to share: what is written, and which
// of its fields are there.
func likeness(c store.Change) string {
	names := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		names = append(names, f.Name)
	}
	return string(c.Kind) + "/" + c.Action + "/" + strings.Join(names, ",")
}

func pauseClass(c store.Change) string { return string(c.To) + "/" + string(c.Kind) + "/" + c.Action }

func (r *run) isPaused(c store.Change) bool { return r.paused[pauseClass(c)].After(r.Now()) }

// applyOne sends one change. It stands in the ledger before it is sent (P1):
// a death after Send leaves it sending, and the next run looks it up by its
// code; a death after the vendor's answer and before Settle likewise.
func (r *run) applyOne(ctx context.Context, f flow.Flow, c store.Change) error {
	if err := r.halted[c.To]; err != nil {
		return nil //nolint:nilerr // the side is stopped for this run; the change stays planned
	}
	ctx, told := span.Start(call.About(ctx, "record", c.Source.String()), c.Action, string(c.Kind))
	answered, err := r.sendOne(ctx, told, f, c)
	told.End(cmp.Or(err, answered))
	return err
}

// sendOne is applyOne of a side that takes calls. What the vendor answered is told
// apart from what kept us from going on.
func (r *run) sendOne(ctx context.Context, told span.Span, f flow.Flow, c store.Change) (answered, err error) {
	stale, err := r.reread(ctx, f, c)
	if err == nil && !stale {
		stale, err = r.withoutRow(ctx, f, c)
	}
	if err != nil || stale {
		told.Say("sent", "no")
		return nil, err
	}
	now, err := r.held(ctx, c)
	if err != nil {
		return nil, err
	}
	c, err = r.Store.Send(ctx, r.lease, c.ID, r.realNow())
	if err != nil {
		return nil, err
	}
	told.Count("attempts", c.Attempts)
	item, answered := r.write(ctx, c, now)
	// What the vendor answered is kept even when the run was told to stop meanwhile.
	return answered, r.settle(context.WithoutCancel(ctx), f, c, item, answered)
}

// reread reads a source again by id just before its order is made; when it
// changed since the decision, the decision is made again (design.md §7).
func (r *run) reread(ctx context.Context, f flow.Flow, c store.Change) (stale bool, err error) {
	if c.Undo {
		return r.undoStale(ctx, f, c)
	}
	if c.Order != nil && c.Action == "update" && c.Run != r.id {
		// Planned by an earlier run: the order may have moved on in Omie since.
		return true, r.supersede(ctx, c, "Ficou para depois; o documento é lido de novo.")
	}
	if c.Action == "cancel" && c.Run != r.id {
		return r.cancelsNoMore(ctx, f, c)
	}
	if c.Order == nil || c.Action != "create" || r.fresh[c.Source] {
		return false, nil
	}
	was, err := r.Store.Item(ctx, r.Account.ID, c.Source)
	if err != nil {
		return false, err
	}
	mentioned, err := r.overtaken(ctx, f, c, was)
	if err != nil {
		return true, r.note(ctx, r.tally[f.Name], err) // unread, unsent: it stays planned
	}
	if mentioned {
		return true, r.supersede(ctx, c, "Um documento do Omie cita este registro.")
	}
	again, found, err := r.readAgain(ctx, c.Source)
	if err != nil {
		return true, r.note(ctx, r.tally[f.Name], err) // unread, unsent: it stays planned
	}
	r.fresh[c.Source] = true
	if found && again.Fingerprint() == was.Fingerprint() {
		return false, nil
	}
	if !found {
		return true, r.sourceGone(ctx, was)
	}
	return true, r.supersede(ctx, c, "Mudou no Auvo enquanto era decidida.")
}

// cancelsNoMore reads an order again that an earlier run was to cancel: one that
// was billed since is not touched (P8).
func (r *run) cancelsNoMore(ctx context.Context, f flow.Flow, c store.Change) (stale bool, err error) {
	_, standing, err := r.orderNow(ctx, f, flow.Made{Kind: c.Kind, ID: c.Omie})
	if err != nil {
		return true, r.note(ctx, r.tally[f.Name], err) // unread, unsent: it stays planned
	}
	if standing == flow.Open {
		return false, nil
	}
	return true, r.supersede(ctx, c, "O documento mudou no Omie antes de ser cancelado.")
}

// sourceGone keeps a source that is no longer there as deleted.
func (r *run) sourceGone(ctx context.Context, i record.Item) error {
	src := *i.Source
	src.Deleted = true
	i.Source = &src
	write := r.lookedUp(i.Kind, i.Side, i)
	write.HintOutcome = store.HintGone
	_, err := r.savePage(ctx, record.Feed{}, write)
	return err
}

// supersede takes a planned change back, to be decided again.
func (r *run) supersede(ctx context.Context, c store.Change, text string) error {
	c.State, c.Text, c.Settled = store.Superseded, text, r.Now()
	return r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Redecide: []record.Ref{c.Source}})
}

// held is the record that an update changes, as it was last read.
func (r *run) held(ctx context.Context, c store.Change) (record.Item, error) {
	if c.Action == "create" {
		return record.Item{}, nil
	}
	return r.Store.Item(ctx, r.Account.ID, targetRef(c))
}

// targetRef is the record that a change writes.
func targetRef(c store.Change) record.Ref {
	id := c.Omie
	if c.To == record.Auvo {
		id = c.Auvo
	}
	return record.Ref{Kind: c.Kind, Side: c.To, ID: id}
}

// write makes the vendor call of a change.
func (r *run) write(ctx context.Context, c store.Change, now record.Item) (record.Item, error) {
	access := r.side(c.To).Of(c.Kind)
	switch c.Action {
	case "create":
		return access.Write.Create(ctx, record.Draft{Kind: c.Kind, Code: c.Code, Fields: sentFields(c), Order: c.Order})
	case "update":
		return access.Write.Update(ctx, record.Patch{Kind: c.Kind, Now: now, Fields: sentFields(c), Order: c.Order})
	case "cancel":
		return now.WithFact(record.FactCancelled, "true"), access.Stop.Cancel(ctx, now.ID)
	}
	return record.Item{}, errors.New("unknown action " + c.Action)
}

// sentFields are a change's fields with their new values.
func sentFields(c store.Change) record.Fields {
	fields := record.Fields{}
	for _, f := range c.Fields {
		if !strings.HasPrefix(f.Name, extraPrefix) {
			fields[f.Name] = f.To
		}
	}
	return fields
}

// settle writes down what became of a sent change, by the reaction that its
// answer asks for.
func (r *run) settle(ctx context.Context, f flow.Flow, c store.Change, item record.Item, err error) error {
	if err == nil {
		if err := r.settleDone(ctx, f, c, item, ""); err != nil {
			return err
		}
		return r.noteMoved(ctx, c)
	}
	e, ok := errors.AsType[*call.Error](err)
	if !ok {
		// The write was cut off before the client could tell: look it up.
		e = &call.Error{Side: string(c.To), Op: c.Action, Reaction: call.Unclear, Err: err}
	}
	c.Text = call.Shorten(e.Text)
	switch e.Reaction {
	case call.Unclear:
		return r.settleUnclear(ctx, f, c, e)
	case call.Exists:
		return r.settleExists(ctx, f, c, e)
	case call.Retry:
		c.NotUntil = r.Now().Add(e.Wait)
		return r.backToPlanned(ctx, f, c, "", nil)
	case call.Blocked, call.Credentials:
		r.halt(e)
		r.tally[f.Name].fail(e)
		return r.backToPlanned(ctx, f, c, string(causeOf[e.Reaction]), e)
	case call.Paused:
		r.paused[pauseClass(c)] = e.Until
		return r.backToPlanned(ctx, f, c, "paused", e)
	case call.Gone:
		if c.Undo {
			return r.dropUndo(ctx, c, flow.Kept("vanished", map[string]string{"side": string(c.To)}))
		}
		return r.settleWaiting(ctx, f, c, "vanished", map[string]string{"side": string(c.To)})
	case call.GiveUp:
		return r.settleFailed(ctx, f, c)
	}
	return r.settleRefused(ctx, f, c, e)
}

var causeOf = map[call.Reaction]string{call.Blocked: "blocked", call.Credentials: "credentials"}

const causeHeld = "held-by-brake"

// settleDone links and stores what the vendor now holds, in one transaction
// with the change's own state. A death just before leaves the change sending.
func (r *run) settleDone(ctx context.Context, f flow.Flow, c store.Change, item record.Item, how string) error {
	return r.settleFound(ctx, f, c, item, how, store.Look{})
}

// settleFound is settleDone of a write that a look-up found.
func (r *run) settleFound(ctx context.Context, f flow.Flow, c store.Change, item record.Item, how string, look store.Look) error {
	c.State, c.Cause, c.Settled = store.Done, "", r.Now()
	c.Answer = item.ID
	if c.To == record.Omie {
		c.Omie = item.ID
	} else {
		c.Auvo = item.ID
	}
	if c.Undo && c.Action == "update" && !wasMade(c, item) {
		c.Text = "a resposta não mostra o valor de antes"
		return r.settleRefused(ctx, f, c, &call.Error{Side: string(c.To), Op: c.Action, Reaction: call.WaitForPerson})
	}
	if c.Undo {
		return r.settleUndone(ctx, f, c, item, how, look)
	}
	s := store.Settlement{Change: c, Items: []record.Item{item}, ClearCauses: true, Look: look}
	outcome := store.OutcomeUpdated
	switch {
	case c.Order != nil || c.Action == "cancel":
		if c.Action != "cancel" {
			link, err := r.orderLink(ctx, c, item, how)
			if err != nil {
				return err
			}
			s.Links = []store.Link{link}
		}
	default:
		link, err := r.mirrorLink(ctx, f, c, item, how)
		if err != nil {
			return err
		}
		s.Links = []store.Link{link}
		if s.Redecide, err = r.changedMeanwhile(ctx, c, item); err != nil {
			return err
		}
	}
	if c.Action == "create" {
		outcome = store.OutcomeCreated
		if c.Order == nil {
			s.Redecide = []record.Ref{c.Source} // the external id to write back, the price to follow
		} else if c.Run == r.id {
			r.filed[f.Name]++
		}
	}
	s.Outcome = outcome
	s.Events = append(s.Events, r.changeEvent(c, "answered", doneText(c, how)))
	if err := r.Store.Settle(ctx, r.lease, s); err != nil {
		return err
	}
	r.countDone(f, c, outcome)
	if r.Progress != nil {
		r.Progress(c)
	}
	return nil
}

// changedMeanwhile is the source, to be decided again, when the answer to an
// update shows a field changed that was not sent: a person edited the record
// since it was read. Kept as read, it would be nobody's change, and cross no more (P2).
func (r *run) changedMeanwhile(ctx context.Context, c store.Change, item record.Item) ([]record.Ref, error) {
	was, err := r.Store.Item(ctx, r.Account.ID, item.Ref())
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sent := sentFields(c)
	for name, now := range item.Fields {
		if _, ours := sent[name]; !ours && !record.Same(name, was.Fields[name], now) {
			return []record.Ref{c.Source}, nil
		}
	}
	return nil, nil
}

func (r *run) countDone(f flow.Flow, c store.Change, outcome string) {
	t := r.tally[f.Name]
	key := refKey(c.Source)
	if c.Order == nil && c.Action != "cancel" {
		key = pairKey(c.Kind, c.Auvo, c.Omie)
		t.merge(refKey(c.Source), key)
	}
	t.set(key, outcome)
}

func doneText(c store.Change, how string) string {
	if how != "" {
		return how
	}
	names := map[string]string{"create": "Criado", "update": "Alterado", "cancel": "Cancelado"}
	return names[c.Action] + " no " + c.To.Title() + " (" + c.Answer + ")."
}

func (r *run) changeEvent(c store.Change, what, text string) store.Event {
	return store.Event{At: r.Now(), Run: r.id, Ref: c.Source, What: what, Text: text}
}

// mirrorLink is the link of a mirror's change once it is made: what was
// written is what both sides agree on now.
func (r *run) mirrorLink(ctx context.Context, f flow.Flow, c store.Change, item record.Item, how string) (store.Link, error) {
	link, err := r.Store.Link(ctx, r.Account.ID, c.Kind, c.Source.Side, c.Source.ID)
	if errors.Is(err, store.ErrNotFound) {
		if how == "" {
			how = "criado pelo Ponte"
		}
		link, err = store.Link{Kind: c.Kind, Auvo: c.Auvo, Omie: c.Omie, Role: store.RoleMain, How: how}, nil
	}
	if err != nil {
		return link, err
	}
	sent := sentFields(c)
	written := record.Fields{}
	for _, rule := range f.Mirror.Rules(r.Account) {
		if to, ok := sent[rule.Field]; ok && record.Same(rule.Field, item.Fields[rule.Field], to) {
			written[rule.Field] = to
		}
	}
	link.Base, link.Undone = link.Base.With(written), stillUndone(link.Undone, written)
	return link, nil
}

// orderLink joins a source to its order, with what Ponte wrote.
func (r *run) orderLink(ctx context.Context, c store.Change, item record.Item, how string) (store.Link, error) {
	links, err := r.Store.Links(ctx, r.Account.ID, c.Kind, record.Auvo, c.Source.String())
	if err != nil {
		return store.Link{}, err
	}
	link := store.Link{Kind: c.Kind, Auvo: c.Source.String(), Role: store.RoleMain, Code: c.Code, How: how}
	if len(links) > 0 {
		link = links[0]
	}
	link.Omie = item.ID
	link.Base = link.Base.With(wrote(c))
	return link, nil
}

// wrote is what an order's change leaves as last written, extra fields included.
func wrote(c store.Change) record.Fields {
	fields := record.Fields{}
	for _, f := range c.Fields {
		fields[strings.TrimPrefix(f.Name, extraPrefix)] = f.To
	}
	return fields
}

// backToPlanned leaves a change to be sent later; nothing was done.
func (r *run) backToPlanned(ctx context.Context, f flow.Flow, c store.Change, cause string, e *call.Error) error {
	c.State, c.Cause = store.Planned, cause
	s := store.Settlement{Change: c}
	if e != nil {
		detail := map[string]string{"side": string(c.To), "method": e.Op, "text": c.Text}
		if !e.Until.IsZero() {
			detail["until"] = e.Until.In(r.place).Format("15:04")
		}
		waits, err := r.changeWaits(ctx, f, c, cause, detail)
		if err != nil {
			return err
		}
		s.Waits, s.Outcome = waits, store.OutcomeWaiting
	}
	if err := r.Store.Settle(ctx, r.lease, s); err != nil {
		return err
	}
	if e != nil {
		r.countDone(f, c, store.OutcomeWaiting)
	}
	return nil
}

// changeWaits are the wait about what a change was to do. What was refused for a
// source that has changed since is another wait, whatever the vendor's text.
func (r *run) changeWaits(ctx context.Context, f flow.Flow, c store.Change, cause string, detail map[string]string) ([]store.Wait, error) {
	source, err := r.Store.Item(ctx, r.Account.ID, c.Source)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return []store.Wait{{
		Flow: f.Name, Ref: c.Source, Auvo: c.Auvo, Omie: c.Omie, Title: c.Title, Cause: cause,
		About: flow.About(cause, detail, source.Fingerprint()), Detail: detail, Since: r.Now(), Attempts: c.Attempts,
	}}, nil
}

func (r *run) settleWaiting(ctx context.Context, f flow.Flow, c store.Change, cause string, detail map[string]string) error {
	c.State, c.Cause, c.Settled = store.Waiting, cause, r.Now()
	waits, err := r.changeWaits(ctx, f, c, cause, detail)
	if err != nil {
		return err
	}
	err = r.Store.Settle(ctx, r.lease, store.Settlement{
		Change: c, Waits: waits, Outcome: store.OutcomeWaiting,
		Events: []store.Event{r.changeEvent(c, "answered", flow.Say(cause, detail).Message)},
	})
	if err == nil {
		r.countDone(f, c, store.OutcomeWaiting)
	}
	return err
}

// settleRefused: the vendor said no, and only a person can mend it.
func (r *run) settleRefused(ctx context.Context, f flow.Flow, c store.Change, e *call.Error) error {
	r.refuse[c.Text]++
	if r.refuse[c.Text] >= 2 {
		r.unlike[likeness(c)] = true
	}
	cause := cmp.Or(e.Cause, "refused")
	detail := map[string]string{"side": string(c.To), "text": c.Text, "field": e.Field}
	if c.Order != nil {
		detail["document"] = string(c.Kind)
	}
	if c.Undo {
		detail["what"] = "undo"
	}
	return r.settleWaiting(ctx, f, c, cause, detail)
}

// settleFailed: our own mistake; the text says so, and the record counts as failed.
func (r *run) settleFailed(ctx context.Context, f flow.Flow, c store.Change) error {
	c.State, c.Cause, c.Settled = store.Failed, "refused", r.Now()
	waits, err := r.changeWaits(ctx, f, c, c.Cause, map[string]string{"side": string(c.To), "text": c.Text})
	if err != nil {
		return err
	}
	err = r.Store.Settle(ctx, r.lease, store.Settlement{Change: c, Waits: waits, Outcome: store.OutcomeFailed})
	if err == nil {
		r.countDone(f, c, store.OutcomeFailed)
	}
	return err
}

// settleUnclear: nobody knows whether the write was made. It is looked up by
// its code once the vendor's redundancy window is over (P1).
func (r *run) settleUnclear(ctx context.Context, f flow.Flow, c store.Change, e *call.Error) error {
	c.NotUntil = r.realNow().Add(max(e.Wait, r.Account.Omie.RedundancyWindow.Std()))
	if c.Text == "" {
		c.Text = call.Shorten(e.Error())
	}
	return r.becomeUnclear(ctx, f, c, e.Op)
}

func (r *run) becomeUnclear(ctx context.Context, f flow.Flow, c store.Change, method string) error {
	c.State = store.Unknown
	detail := map[string]string{"side": string(c.To), "text": c.Text}
	waits, err := r.changeWaits(ctx, f, c, "unknown-outcome", detail)
	if err != nil {
		return err
	}
	how := store.LookAtRecord
	if c.Action == "create" {
		how = store.LookByCode
	}
	return r.Store.Settle(ctx, r.lease, store.Settlement{
		Change: c, Waits: waits, Outcome: store.OutcomeWaiting, Look: store.Look{Method: method, How: how},
		Events: []store.Event{r.changeEvent(c, "unclear", flow.Say("unknown-outcome", detail).Message)},
	})
}

// realNow is the clock of what has to do with redundancy: always real time.
func (r *run) realNow() time.Time { return time.Now() }
