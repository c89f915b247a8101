package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/inbox"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/story"
)

type explainCmd struct {
	Account string `required:"" help:"The account."`
	What    string `arg:"" help:"task:812, quotation:9, customer:auvo:55, customer:omie:7000000001, product:SKU, a CPF/CNPJ, or words of a name."`
	JSON    bool   `name:"json" help:"One JSON object."`
}

func (explainCmd) Help() string {
	return "The life of one record: what came, which rule decided, what was sent, what was answered, when (P11).\n\nExample:\n  ponte explain --account acme task:812"
}

// storyJSON is all that is known of one record.
type storyJSON struct {
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
	WaitJSON
	Ignored string `json:"ignored_until,omitempty"` // the last day, in the account's time zone
	Why     string `json:"ignored_because,omitempty"`
	By      string `json:"ignored_by,omitempty"`
}

func asToldWait(account string, place *time.Location, w store.Wait) toldWait {
	told := toldWait{WaitJSON: asWaitJSON(account, w)}
	if !w.Open(time.Now()) {
		told.Ignored, told.Why, told.By = engine.LastDay(w.Ignored, place).Format(time.DateOnly), w.Why, w.By
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
	ChangeJSON
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
		if len(st.Payload) > 0 { // as the pages do, before it is shown
			if err := s.db.AddAct(s.ctx, s.act(a.ID, audit.PayloadRevealed(item.Ref()))); err != nil {
				return err
			}
		}
		return json.NewEncoder(s.out()).Encode(st)
	}
	return printStory(s.out(), st)
}

func (s *session) tell(a config.Account, item record.Item) (storyJSON, error) {
	told, err := story.Tell(s.ctx, s.db, a.ID, item)
	if err != nil {
		return storyJSON{}, err
	}
	place, err := placeOf(a)
	if err != nil {
		return storyJSON{}, err
	}
	st := storyJSON{
		Account: a.ID, Record: item.Ref(), Title: item.Title, Outcome: told.State.Outcome, Reason: told.State.Reason, Payload: item.Raw,
		Auvo: told.Auvo, Omie: told.Omie,
		Links: []linkJSON{}, Waiting: []toldWait{}, Unclear: []inbox.Unclear{}, Changes: []ledgerJSON{}, Conflicts: []store.Conflict{}, Events: []eventJSON{},
	}
	for _, l := range told.Links {
		st.Links = append(st.Links, linkJSON{string(l.Kind), l.Auvo, l.Omie, l.Role, l.Code, l.How, l.State, l.Base})
	}
	for _, w := range told.Waits {
		st.Waiting = append(st.Waiting, asToldWait(a.ID, place, w))
	}
	for _, u := range told.Unclear {
		st.Unclear = append(st.Unclear, inbox.UnclearOf(u, time.Now()))
	}
	for _, c := range told.Changes {
		st.Changes = append(st.Changes, asLedgerJSON(c))
	}
	st.Conflicts = append(st.Conflicts, told.Conflicts...)
	for _, e := range told.Events {
		st.Events = append(st.Events, eventJSON{e.At.UTC(), e.Run, e.What, e.Text, e.Detail})
	}
	return st, nil
}

func asLedgerJSON(c store.Change) ledgerJSON {
	j := ledgerJSON{
		ChangeJSON: asChangeJSON(c), Run: c.Run, Key: c.Key, State: c.State, Cause: c.Cause, Text: c.Text,
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

func printStory(w io.Writer, st storyJSON) error {
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
