package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/inbox"
	"ponte/internal/record"
	"ponte/internal/store"
)

type explainCmd struct {
	Account string `required:"" help:"The account."`
	What    string `arg:"" help:"task:812, quotation:9, customer:auvo:55, customer:omie:7000000001, product:SKU, a CPF/CNPJ, or words of a name."`
	JSON    bool   `name:"json" help:"One JSON object."`
}

func (explainCmd) Help() string {
	return "The life of one record: what came, which rule decided, what was sent, what was answered, when (P11).\n\nExample:\n  ponte explain --account acme task:812"
}

// A story is all that is known of one record.
type story struct {
	Account   string           `json:"account"`
	Record    record.Ref       `json:"record"`
	Title     string           `json:"title"`
	Outcome   string           `json:"outcome"`
	Reason    string           `json:"reason"`
	Auvo      *record.Item     `json:"auvo,omitempty"`
	Omie      *record.Item     `json:"omie,omitempty"`
	Payload   json.RawMessage  `json:"payload,omitempty"`
	Links     []linkJSON       `json:"links"`
	Waiting   []toldWait       `json:"waiting"`
	Unclear   []inbox.Unclear  `json:"unclear"`
	Changes   []ledgerJSON     `json:"changes"`
	Conflicts []store.Conflict `json:"conflicts"`
	Events    []eventJSON      `json:"events"`
}

// toldWait is a wait with what a person said about it.
type toldWait struct {
	waitJSON
	Ignored string `json:"ignored_until,omitempty"` // the last day, in the account's time zone
	Why     string `json:"ignored_because,omitempty"`
	By      string `json:"ignored_by,omitempty"`
}

func asToldWait(account string, place *time.Location, w store.Wait) toldWait {
	told := toldWait{waitJSON: asWaitJSON(account, w)}
	if !w.Open(time.Now()) {
		told.Ignored, told.Why, told.By = lastDay(w.Ignored, place).Format(time.DateOnly), w.Why, w.By
	}
	return told
}

type linkJSON struct {
	Kind  string        `json:"kind"`
	Auvo  string        `json:"auvo"`
	Omie  string        `json:"omie"`
	Role  string        `json:"role"`
	Code  string        `json:"code,omitempty"`
	How   string        `json:"how"`
	State string        `json:"state,omitempty"` // of an order, in Portuguese
	Base  record.Fields `json:"agreed"`
}

// ledgerJSON is a change as the ledger has it.
type ledgerJSON struct {
	changeJSON
	Run      string        `json:"run"`
	Key      string        `json:"key"`
	State    string        `json:"state"`
	Cause    string        `json:"cause,omitempty"`
	Text     string        `json:"text,omitempty"`
	Answer   string        `json:"answer,omitempty"`
	Attempts int           `json:"attempts"`
	Planned  time.Time     `json:"planned_at"`
	Sent     *time.Time    `json:"sent_at,omitempty"`
	Settled  *time.Time    `json:"settled_at,omitempty"`
	Order    *record.Order `json:"order,omitempty"`
}

type eventJSON struct {
	At     time.Time       `json:"at"`
	Run    string          `json:"run,omitempty"`
	What   string          `json:"what"`
	Text   string          `json:"text"`
	Detail json.RawMessage `json:"detail,omitempty"`
}

func (c *explainCmd) Run(s *session) error {
	a, err := s.account(c.Account)
	if err != nil {
		return err
	}
	item, err := s.resolveRecord(c.Account, c.What)
	if err != nil {
		return err
	}
	st, err := s.tell(a, item)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(st)
	}
	return printStory(s.out(), st)
}

func (s *session) tell(a config.Account, item record.Item) (story, error) {
	account := a.ID
	state, err := s.db.ItemState(s.ctx, account, item.Ref())
	if err != nil {
		return story{}, err
	}
	st := story{
		Account: account, Record: item.Ref(), Title: item.Title, Outcome: state.Outcome, Reason: state.Reason, Payload: item.Raw,
		Links: []linkJSON{}, Waiting: []toldWait{}, Unclear: []inbox.Unclear{}, Changes: []ledgerJSON{}, Conflicts: []store.Conflict{}, Events: []eventJSON{},
	}
	refs, err := s.bothSides(account, item, &st)
	if err != nil {
		return st, err
	}
	for _, ref := range refs {
		if err := s.tellSide(a, ref, &st); err != nil {
			return st, err
		}
	}
	slices.SortStableFunc(st.Changes, func(a, b ledgerJSON) int { return a.Planned.Compare(b.Planned) })
	slices.SortStableFunc(st.Events, func(a, b eventJSON) int { return a.At.Compare(b.At) })
	return st, nil
}

// bothSides are the refs that make up the record: itself and its partner.
func (s *session) bothSides(account string, item record.Item, st *story) ([]record.Ref, error) {
	refs := []record.Ref{item.Ref()}
	st.set(item)
	links, err := s.db.Links(s.ctx, account, item.Kind, item.Side, item.ID)
	if err != nil {
		return nil, err
	}
	for _, kind := range []record.Kind{record.ServiceOrder, record.SalesOrder} {
		orders, err := s.db.Links(s.ctx, account, kind, record.Auvo, item.Ref().String())
		if err != nil {
			return nil, err
		}
		links = append(links, orders...)
	}
	for _, l := range links {
		link := linkJSON{string(l.Kind), l.Auvo, l.Omie, l.Role, l.Code, l.How, "", l.Base}
		other := l.On(item.Side.Other())
		if partner, err := s.db.Item(s.ctx, account, other); err == nil {
			st.set(partner)
			refs = append(refs, other)
			if link.State, err = s.orderState(account, partner); err != nil {
				return nil, err
			}
		}
		st.Links = append(st.Links, link)
	}
	return refs, nil
}

// orderState says what has become of an order, as far as it was read; "" of any other record.
func (s *session) orderState(account string, i record.Item) (string, error) {
	if i.Order == nil {
		return "", nil
	}
	gone, err := s.db.MissingSince(s.ctx, account, i.Ref())
	if err != nil || !gone.IsZero() {
		return "excluído", err
	}
	return flow.OrderState(i), nil
}

// set shows an item; of several on one side the first, which is the main one.
func (st *story) set(i record.Item) {
	at := &st.Omie
	if i.Side == record.Auvo {
		at = &st.Auvo
	}
	if *at == nil {
		*at = &i
	}
}

func (s *session) tellSide(a config.Account, ref record.Ref, st *story) error {
	account := a.ID
	waits, err := s.db.WaitsOf(s.ctx, account, ref)
	if err != nil {
		return err
	}
	place, err := placeOf(a)
	if err != nil {
		return err
	}
	for _, w := range waits {
		st.Waiting = append(st.Waiting, asToldWait(account, place, w))
	}
	unclear, err := s.db.UnclearOf(s.ctx, account, ref)
	if err != nil {
		return err
	}
	for _, u := range unclear {
		told := inbox.UnclearOf(u, time.Now())
		if !slices.ContainsFunc(st.Unclear, func(o inbox.Unclear) bool { return o.Source == told.Source && o.Since.Equal(told.Since) }) {
			st.Unclear = append(st.Unclear, told)
		}
	}
	changes, err := s.db.ChangesOf(s.ctx, account, ref)
	if err != nil {
		return err
	}
	for _, c := range changes {
		j := asLedgerJSON(c)
		if !slices.ContainsFunc(st.Changes, func(o ledgerJSON) bool { return o.Key == j.Key && o.Planned.Equal(j.Planned) }) {
			st.Changes = append(st.Changes, j)
		}
	}
	conflicts, err := s.db.Conflicts(s.ctx, account, ref.Kind, ref.Side, ref.ID)
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		if !slices.Contains(st.Conflicts, c) {
			st.Conflicts = append(st.Conflicts, c)
		}
	}
	events, err := s.db.Events(s.ctx, account, ref)
	for _, e := range events {
		st.Events = append(st.Events, eventJSON{e.At.UTC(), e.Run, e.What, e.Text, e.Detail})
	}
	return err
}

func asLedgerJSON(c store.Change) ledgerJSON {
	j := ledgerJSON{
		changeJSON: asChangeJSON(c), Run: c.Run, Key: c.Key, State: c.State, Cause: c.Cause, Text: c.Text,
		Answer: c.Answer, Attempts: c.Attempts, Planned: c.Created.UTC(), Order: c.Order,
	}
	if !c.Sent.IsZero() {
		at := c.Sent.UTC()
		j.Sent = &at
	}
	if !c.Settled.IsZero() {
		at := c.Settled.UTC()
		j.Settled = &at
	}
	return j
}

func printStory(w io.Writer, st story) error {
	p := &printer{w: w}
	p.line("%s  %s", st.Record, oneLine(st.Title))
	p.line("  resultado: %s", dash(st.Outcome))
	if st.Reason != "" {
		p.line("  regra: %s", oneLine(st.Reason))
	}
	for _, side := range []*record.Item{st.Auvo, st.Omie} {
		p.item(side)
	}
	for _, l := range st.Links {
		p.line("\nLigação (%s) auvo %s ⇄ omie %s %s: %s%s", l.Kind, l.Auvo, l.Omie, l.Code, oneLine(l.How), map[string]string{store.RoleSite: " (unidade)"}[l.Role])
		if l.State != "" {
			p.line("  situação: %s", l.State)
		}
	}
	for _, x := range st.Waiting {
		p.wait(x)
	}
	for _, u := range st.Unclear {
		p.unclear(u)
	}
	for _, c := range st.Changes {
		p.change(c)
	}
	for _, c := range st.Conflicts {
		p.line("\nConflito em %s (%s): Auvo %q, Omie %q, antes %q; valeu: %s", flow.FieldTitle(c.Field), c.At.Local().Format("02/01/2006 15:04"), c.InAuvo, c.InOmie, c.Base, dash(c.Settled))
	}
	if len(st.Events) > 0 {
		p.line("\nHistória")
	}
	for _, e := range st.Events {
		p.line("  %s  %s", e.At.Local().Format("02/01/2006 15:04:05"), oneLine(e.Text))
	}
	return p.err
}

// A printer keeps the first error of many lines.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) wait(x toldWait) {
	p.line("\nEspera (%s) desde %s: %s\n  → %s", x.Cause, x.Since.Local().Format("02/01/2006 15:04"), oneLine(x.Message), oneLine(x.Hint))
	if x.Ignored != "" {
		p.line("  ignorada até %s: %s (%s)", x.Ignored, oneLine(x.Why), oneLine(x.By))
	}
}

func (p *printer) item(i *record.Item) {
	if i == nil {
		return
	}
	p.line("\nNo %s (%s)", i.Side.Title(), oneLine(i.ID))
	for _, name := range i.Fields.Names() {
		p.line("  %s: %s", flow.FieldTitle(name), oneLine(i.Fields[name]))
	}
	if i.Source != nil {
		p.source(i.Source)
	}
}

func (p *printer) source(src *record.Source) {
	p.line("  cliente: %s (%s); status: %s %s", oneLine(src.CustomerName), src.CustomerID, dash(src.Status), oneLine(src.StageName))
	for _, l := range src.Services {
		p.line("  serviço: %s × %s a %s", l.Quantity, oneLine(l.Name), record.Reais(l.UnitPrice))
	}
	for _, l := range src.Products {
		p.line("  produto: %s × %s a %s", l.Quantity, oneLine(l.Name), record.Reais(l.UnitPrice))
	}
}

func (p *printer) change(c ledgerJSON) {
	p.line("\n%s %s no %s – %s (%d tentativa(s)) %s", flow.ActionTitle(c.Action), c.Kind, c.To, c.State, c.Attempts, oneLine(c.Text))
	if c.Reason != "" {
		p.line("  regra: %s", oneLine(c.Reason))
	}
	for _, f := range c.Fields {
		if !engine.Hidden(f.Name) {
			p.line("  %s: %q → %q", flow.FieldTitle(f.Name), f.From, f.To)
		}
	}
	if c.Sent != nil {
		p.line("  enviado em %s; resposta: %s", c.Sent.Local().Format("02/01/2006 15:04:05"), dash(c.Answer))
	}
}
