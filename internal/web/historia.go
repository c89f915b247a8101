package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/story"
)

// A historiaPage is the story of one record.
type historiaPage struct {
	Title, Kind string
	Outcome     verdict
	Reason      string // the rule that decided
	Decided     moment
	Queued      bool
	Sides       []sideCard
	Fields      []pairRow // field by field, where there are any
	Source      *sourceCard
	Links       []linkRow
	Waits       []waitRow
	Conflict    string
	Unclear     []unclearRow
	Changes     []changeRow
	Conflicts   []pastConflict
	Events      []eventRow
	Earlier     int // events that are not shown
	Payload     string
	Reveal      string // where the payload is shown with its personal data; "" not for this person, or it is shown
	Revealed    bool
	Retry       string // the address that shows what trying again does; "" none
	Again       bool   // trying again brings back what was undone, cancelled or removed
	Choose      string // the address where its partner is chosen by hand
	Undo        string // the address that shows what undoing does; "" there is nothing of ours
	Ignore      string
}

// A sideCard is what one side holds.
type sideCard struct {
	Side, ID, Link string
	Changed        moment
	Missing        bool // whole reads lack it
	Empty          bool // that side has no such record
}

// A pairRow is one field on both sides.
type pairRow struct {
	Name              string // the field's
	Title, Auvo, Omie string
	Differs           bool
}

// A sourceCard is a task or a quotation in people's words.
type sourceCard struct {
	Rows  []fieldRow // To is empty: title and value
	Lines []lineRow
	Total string
	Link  string
}

// A lineRow is a service, a product or a cost on a source.
type lineRow struct{ Kind, Name, Quantity, Price string }

// A linkRow says why two records are the same.
type linkRow struct {
	Kind, Auvo, Omie, Code, How, State string
	Part                               string // the address that shows what parting them does; "" they are not parted here
}

// A pastConflict is a field that once changed on both sides.
type pastConflict struct {
	Title, Base, Auvo, Omie, Settled string
	At                               moment
}

// An eventRow is one line of the history.
type eventRow struct {
	At   moment
	What string
	Text string
	Run  string // the address of the run; "" none
	Side string
}

// mostEvents is how many lines of history a page shows, the newest.
const mostEvents = 200

func (s *Site) historia(w http.ResponseWriter, v *visit) error {
	told, err := s.toldOf(v)
	if err != nil {
		return err
	}
	page, err := s.historiaOf(v, told)
	if err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, historiaSheet, page.Title, page)
}

// toldOf is the story of the record that the address names.
func (s *Site) toldOf(v *visit) (told story.Story, err error) {
	ref, err := refOf(v)
	if err != nil {
		return told, err
	}
	item, err := s.Store.Item(v.Context(), v.account.ID, ref)
	if err != nil {
		return told, err
	}
	return story.Tell(v.Context(), s.Store, v.account.ID, item)
}

func (s *Site) historiaOf(v *visit, told story.Story) (historiaPage, error) {
	t, item := v.account, told.Item
	page := historiaPage{
		Title: cmp.Or(item.Title, item.Ref().String()), Kind: kindTitle(item.Kind), Outcome: outcomeWords[told.State.Outcome], Reason: told.State.Reason,
		Decided: t.moments.of(told.State.Decided), Queued: told.State.Dirty, Payload: masked(item.Raw),
		Sides: []sideCard{s.sideOf(t, told, record.Auvo), s.sideOf(t, told, record.Omie)}, Fields: pairsOf(t, told),
	}
	if page.Payload != "" && v.canAct() {
		page.Reveal = storyPath(t, item.Ref())
	}
	if err := s.nameItems(v, told, page.Fields); err != nil {
		return page, err
	}
	if item.Source != nil {
		page.Source = sourceOf(t, item.Source)
	}
	for _, l := range told.Links {
		row := linkRow{Kind: kindTitle(l.Kind), Auvo: l.Auvo, Omie: l.Omie, Code: l.Code, How: l.How, State: l.State}
		if told.Auvo != nil && told.Omie != nil && l.Auvo == told.Auvo.ID && l.Omie == told.Omie.ID && v.canAct() {
			row.Part = partPath(t, *told.Auvo, *told.Omie)
		}
		page.Links = append(page.Links, row)
	}
	for _, u := range told.Unclear {
		if u.Ended.IsZero() {
			page.Unclear = append(page.Unclear, unclearRowOf(t, u, s.Now()))
		}
	}
	for _, c := range slices.Backward(told.Changes) {
		page.Changes = append(page.Changes, changeRowOf(t, c))
	}
	for _, c := range told.Conflicts {
		page.Conflicts = append(page.Conflicts, pastConflict{
			flow.FieldTitle(c.Field), t.shown(c.Field, c.Base), t.shown(c.Field, c.InAuvo), t.shown(c.Field, c.InOmie), settledWords[c.Settled], t.moments.of(c.At),
		})
	}
	page.Events, page.Earlier = eventsOf(t, told.Events)
	return page, s.addWaits(v, told, &page)
}

func (s *Site) addWaits(v *visit, told story.Story, page *historiaPage) error {
	q := url.Values{}
	for _, x := range told.Waits {
		row, err := s.rowOf(v.Context(), v.account, x)
		if err != nil {
			return err
		}
		page.Waits = append(page.Waits, row)
		page.Conflict = cmp.Or(page.Conflict, row.Conflict)
		q.Add("r", row.Token)
	}
	if !v.canAct() {
		return nil
	}
	if err := s.addAgain(v, told, page, q); err != nil || len(told.Waits) == 0 {
		return err
	}
	page.Ignore = v.account.Path("ignorar") + "?" + q.Encode()
	if !slices.ContainsFunc(told.Waits, func(x store.Wait) bool { return notRetried[x.Cause] }) {
		page.Retry = cmp.Or(page.Retry, v.account.Path("tentar")+"?"+q.Encode())
	}
	return nil
}

// addAgain offers to undo what Ponte wrote, and to bring back what was undone.
func (s *Site) addAgain(v *visit, told story.Story, page *historiaPage, waits url.Values) error {
	ref := told.Item.Ref()
	page.Choose = choosePath(v.account, ref)
	if len(told.Links) > 0 && slices.ContainsFunc(told.Changes, func(c store.Change) bool { return c.State == store.Done && !c.Undo && c.Action != "cancel" }) {
		page.Undo = v.account.Path("desfazer") + "?" + url.Values{"registro": {refParam(ref)}}.Encode()
	}
	again, err := engine.RemakesOf(v.Context(), s.Store, v.account.ID, ref)
	if err != nil {
		return err
	}
	undid, err := engine.UndidOf(v.Context(), s.Store, v.account.ID, ref)
	if page.Again = len(again)+len(undid) > 0; page.Again {
		page.Retry = v.account.Path("tentar") + "?" + url.Values{"registro": {refParam(ref)}, "r": waits["r"]}.Encode()
	}
	return err
}

func (s *Site) sideOf(t *tenant, told story.Story, side record.Side) sideCard {
	item := told.Auvo
	if side == record.Omie {
		item = told.Omie
	}
	if item == nil {
		return sideCard{Side: side.Title(), Empty: true}
	}
	return sideCard{Side: side.Title(), ID: item.ID, Link: s.linkOf(t, item.Ref()), Changed: t.moments.of(item.Changed), Missing: item.Side == told.Item.Side && !told.State.Missing.IsZero()}
}

// pairsOf sets the fields of both sides beside each other.
func pairsOf(t *tenant, told story.Story) []pairRow {
	fields := func(i *record.Item) record.Fields {
		switch {
		case i == nil:
			return nil
		case i.Order != nil && len(i.Fields) == 0:
			return i.Order.Fields()
		}
		return i.Fields
	}
	return besides(t.shown, fields(told.Auvo), fields(told.Omie))
}

// nameItems writes an order's customer and items by their names in Omie instead of their numbers.
func (s *Site) nameItems(v *visit, told story.Story, rows []pairRow) error {
	if told.Omie == nil || told.Omie.Order == nil {
		return nil
	}
	o := told.Omie.Order
	for n := range rows {
		kind, ids := record.Customer, []string{o.Customer}
		switch rows[n].Name {
		case record.FieldCustomer:
		case record.FieldServices:
			kind, ids = record.Service, lineIDs(o.Services)
		case record.FieldProducts:
			kind, ids = record.Product, lineIDs(o.Products)
		default:
			continue
		}
		items, err := s.Store.Items(v.Context(), v.account.ID, record.Omie, kind, ids)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for id, i := range items {
			names[id] = i.Title
		}
		if kind == record.Customer {
			rows[n].Omie = cmp.Or(names[o.Customer], rows[n].Omie)
		} else if len(ids) > 0 {
			rows[n].Omie = orderLines(o.Fields()[rows[n].Name], names)
		}
	}
	return nil
}

func lineIDs(lines []record.OrderLine) (ids []string) {
	for _, l := range lines {
		ids = append(ids, l.ID)
	}
	return ids
}

// besides sets what two sides hold beside each other, each value as it is written.
func besides(written func(name, value string) string, auvo, omie record.Fields) []pairRow {
	var rows []pairRow
	for _, name := range inOrder(auvo.With(omie).Names()) {
		a, inAuvo := auvo[name]
		o, inOmie := omie[name]
		row := pairRow{Name: name, Title: flow.FieldTitle(name), Auvo: "–", Omie: "–", Differs: inAuvo && inOmie && !record.Same(name, a, o)}
		if inAuvo {
			row.Auvo = written(name, a)
		}
		if inOmie {
			row.Omie = written(name, o)
		}
		rows = append(rows, row)
	}
	return rows
}

// fieldOrder is the order of the vendors' tables; other fields follow by name.
var fieldOrder = []string{
	record.FieldName, record.FieldLegalName, record.FieldDocument, record.FieldPhone, record.FieldEmail, record.FieldAddress, record.FieldComplement,
	record.FieldActive, record.FieldPrice, record.FieldStock, record.FieldExternalID,
	record.FieldCustomer, record.FieldForecast, record.FieldServices, record.FieldProducts, record.FieldNotes,
}

func inOrder(names []string) []string {
	place := func(name string) int {
		if i := slices.Index(fieldOrder, name); i >= 0 {
			return i
		}
		return len(fieldOrder)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return names
}

var statusWords = map[string]string{
	record.StatusOpened: "Aberta", record.StatusInDisplacement: "Em deslocamento", record.StatusCheckedIn: "Em atendimento", record.StatusCheckedOut: "Atendimento encerrado",
	record.StatusFinished: "Finalizada", record.StatusPaused: "Pausada",
}

func sourceOf(t *tenant, src *record.Source) *sourceCard {
	card := &sourceCard{Link: src.Link}
	add := func(title, value string) {
		if value != "" {
			card.Rows = append(card.Rows, fieldRow{Title: title, From: value})
		}
	}
	day := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return t.moments.of(at).When
	}
	add("Cliente", src.CustomerName)
	add("Status", cmp.Or(statusWords[src.Status], src.Status))
	add("Etapa", src.StageName)
	add("Agendada para", day(src.Date))
	add("Solicitado em", day(src.Requested))
	add("Check-in", day(src.CheckIn))
	add("Colaborador", src.WorkerName)
	add("Criada por", src.CreatorName)
	add("Pendência", t.text(src.Pendency))
	add("Descrição", t.text(src.Description))
	lines := func(kind string, all []record.Line) {
		for _, l := range all {
			card.Lines = append(card.Lines, lineRow{kind, l.Name, shown(record.FieldStock, l.Quantity.Trim(0).String()), record.Reais(l.UnitPrice)})
		}
	}
	lines("Serviço", src.Services)
	lines("Produto", src.Products)
	for _, c := range src.Costs {
		card.Lines = append(card.Lines, lineRow{"Custo", c.Name, "1", record.Reais(c.Value)})
	}
	if src.Summary.Known {
		card.Total = record.Reais(src.Summary.Total)
	}
	return card
}

var settledWords = map[string]string{"auvo": "valeu o Auvo", "omie": "valeu o Omie", "": "espera uma escolha"}

// whatWords are the sorts of events for people.
var whatWords = map[string]string{
	"read": "Lido", "decided": "Decidido", "linked": "Ligado", "unlinked": "Separado", "sent": "Enviado", "answered": "Respondido", "conflict": "Conflito",
	"ignored": "Ignorado", "returned": "De volta", "retried": "Tentar de novo", "released": "Liberado", "resolved": "Resolvido",
	"undo": "Desfazer", "undone": "Desfeito", "unclear": "Sem resposta",
}

// eventsOf are the newest lines of a history, newest first, and how many are left out.
func eventsOf(t *tenant, events []store.Event) (rows []eventRow, earlier int) {
	if earlier = len(events) - mostEvents; earlier > 0 {
		events = events[earlier:]
	}
	for _, e := range slices.Backward(events) {
		row := eventRow{At: t.moments.of(e.At), What: cmp.Or(whatWords[e.What], e.What), Text: here(e.Text), Side: e.Ref.Side.Title()}
		if e.Run != "" {
			row.Run = t.Path("execucoes", url.PathEscape(e.Run))
		}
		rows = append(rows, row)
	}
	return rows, max(0, earlier)
}
