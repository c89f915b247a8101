package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/config"
	"ponte/internal/record"
)

// A plan is how a source's orders are filled in: the account's blocks with the
// first rule that matches laid over them.
type plan struct {
	create config.Create
	os     config.ServiceOrder
	sale   config.SalesOrder
	rule   config.Rule
	costs  int64
}

// choose lays the first matching rule over the account's orders and says which it was.
func choose(a config.Account, d *Derive, in In) (string, plan) {
	p := plan{create: d.Create(a), costs: d.Settings(a).AdditionalCostsService}
	if a.Orders.ServiceOrder != nil {
		p.os = *a.Orders.ServiceOrder
	}
	if a.Orders.SalesOrder != nil {
		p.sale = *a.Orders.SalesOrder
	}
	reason := "Regra geral da conta."
	for n, r := range a.Orders.Rules {
		if matches(r.When, in) {
			p.lay(r)
			reason = "Regra " + strconv.Itoa(n+1) + " da conta."
			break
		}
	}
	p.create = madeAs(p.create, in.Made)
	return reason, p
}

// madeAs is the create setting by which an exported source goes on: that under
// which it was exported, since a changed one must not bill it a second time (P1).
// Where a restore lost it, the orders tell: they are joined by another only as
// create: both could have left them, which makes no used products.
func madeAs(setting config.Create, made []Made) config.Create {
	service, sales, used := false, false, false
	for _, m := range made {
		if as := m.Base[BaseMadeAs]; as != "" {
			return config.Create(as)
		}
		service = service || m.Kind == record.ServiceOrder
		sales = sales || m.Kind == record.SalesOrder
		used = used || (m.Kind == record.ServiceOrder && m.Held != nil && len(m.Held.Products) > 0)
	}
	switch {
	case len(made) == 0, setting == config.CreateBoth && !used:
		return setting
	case service && sales:
		return config.CreateBoth
	case service:
		return config.CreateServiceOrder
	}
	return config.CreateSalesOrder
}

// lay puts a rule's values over the plan's.
func (p *plan) lay(r config.Rule) {
	p.rule = r
	set(&p.create, r.Create)
	set(&p.os.Category, r.Category)
	set(&p.sale.Category, r.Category)
	set(&p.os.BankAccount, r.BankAccount)
	set(&p.sale.BankAccount, r.BankAccount)
	set(&p.os.PaymentTerm, r.PaymentTerm)
	set(&p.sale.PaymentTerm, r.PaymentTerm)
	set(&p.os.Stage, r.Stage)
	set(&p.sale.Stage, r.Stage)
	set(&p.os.Project, r.Project)
	set(&p.sale.Project, r.Project)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func matches(w config.When, in In) bool {
	src := in.Item.Source
	switch {
	case w.Flow == "tasks" && in.Item.Kind != record.Task, w.Flow == "quotations" && in.Item.Kind != record.Quotation:
		return false
	case len(w.TaskTypes) > 0 && !containsID(w.TaskTypes, src.TaskType):
		return false
	case len(w.CustomerGroups) > 0 && !inGroups(in.Customer, w.CustomerGroups):
		return false
	case len(w.Users) > 0 && !containsID(w.Users, src.CreatorID) && !containsID(w.Users, src.WorkerID):
		return false
	case len(w.Cities) > 0 && !inCities(in.City, w.Cities):
		return false
	}
	return true
}

// inCities compares city names case and accents apart, with or without the "(UF)".
func inCities(city string, cities []string) bool {
	if city == "" {
		return false
	}
	for _, c := range cities {
		if record.Fold(c) == record.Fold(city) || record.Fold(c) == record.Fold(record.CityName(city)) {
			return true
		}
	}
	return false
}

// orders makes the orders of a bill, each only where there is something on it.
func (d *Derive) orders(in In, p plan, b bill, reason string) Out {
	var drafts []Draft
	left := []string{reason}
	if p.create.Service() {
		if order, ok := p.serviceOrder(in, b); ok {
			drafts = append(drafts, draftOf(in, record.ServiceOrder, order))
		}
	}
	if p.create.Sales() && len(b.products) > 0 {
		drafts = append(drafts, draftOf(in, record.SalesOrder, p.salesOrder(in, b)))
	}
	left = append(left, p.leftOut(b)...)
	asked := len(drafts)
	drafts = slices.DeleteFunc(drafts, func(o Draft) bool { return !in.Lives[o.Kind].Undone.IsZero() })
	if len(drafts) < asked {
		left = append(left, "Um dos documentos foi desfeito por uma pessoa e fica de fora.")
	}
	switch {
	case asked > 0:
	case len(in.Made) > 0 && in.uncompared() == nil:
		return d.unready(in, "não tem mais itens que a conta fature.")
	default:
		return Out{Wait: &Wait{Cause: "nothing-to-bill", Detail: map[string]string{
			"create": string(p.create), "services": strconv.Itoa(len(b.services)), "products": strconv.Itoa(len(b.products)),
		}}}
	}
	for i := range drafts {
		drafts[i].Base = record.Fields{BaseMadeAs: string(p.create), BaseSourceDate: day(d.Date(in))}
		drafts[i].Order.Notes = NotesText(d.Notes(in.Item, saoPaulo))
		d.forecast(in, &drafts[i])
	}
	return Out{Orders: drafts, Reason: strings.Join(left, " ")}
}

// orderKey names the order of a kind that the source has, or is to have.
func (in In) orderKey(kind record.Kind) record.OrderKey {
	return record.OrderKey{Source: in.Item.Ref(), Kind: kind, Epoch: in.Lives[kind].Epoch}
}

func draftOf(in In, kind record.Kind, order record.Order) Draft {
	return Draft{Kind: kind, Code: in.orderKey(kind).Code(), Order: order}
}

// forecast settles the order's date: the source's, else today; on a sales
// order never before today, since Omie asks for today or later. Afterwards
// only a changed date of the source moves it, never the passing of days.
func (d *Derive) forecast(in In, draft *Draft) {
	today := day(in.Now)
	date := draft.Base[BaseSourceDate]
	for _, m := range in.Made {
		if m.Kind == draft.Kind && m.Base != nil && m.Base[BaseSourceDate] == date && m.Base[record.FieldForecast] != "" {
			draft.Order.Forecast = m.Base[record.FieldForecast]
			return
		}
	}
	if date == "" || (draft.Kind == record.SalesOrder && date < today) {
		date = today
	}
	draft.Order.Forecast = date
}

// day is an instant's date on the vendors' calendar: Auvo's task dates are in
// that zone and Omie's today is, whatever the account's zone.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(saoPaulo).Format(time.DateOnly)
}

func (p plan) serviceOrder(in In, b bill) (record.Order, bool) {
	lines := p.serviceLines(in, b)
	if len(lines) == 0 {
		return record.Order{}, false
	}
	order := record.Order{
		Customer: in.Omie, Stage: p.os.Stage, Category: p.os.Category, BankAccount: p.os.BankAccount,
		PaymentTerm: p.os.PaymentTerm, Project: p.os.Project, City: p.os.City,
		Salesperson: p.salesperson(in, p.os.Salespeople), Services: lines,
	}
	if p.create == config.CreateServiceOrder && len(b.products) > 0 {
		order.UsedProducts, order.UsedProductsCategory = string(p.os.UsedProducts), p.os.UsedProductsCategory
		for _, l := range b.products {
			order.Products = append(order.Products, record.OrderLine{ID: in.found(l.line).ID, Quantity: l.line.Quantity.Trim(0)})
		}
	}
	return order, true
}

func (p plan) serviceLines(in In, b bill) []record.OrderLine {
	var lines []record.OrderLine
	for _, l := range b.services {
		id, own := p.service(in, l.line)
		line := l.orderLine(id)
		if !own {
			line.Description = record.Clean(l.line.Name)
		}
		lines = append(lines, line)
	}
	if p.costs != 0 && b.costs.IsPos() {
		lines = append(lines, record.OrderLine{
			ID: strconv.FormatInt(p.costs, 10), Description: "Custos adicionais", Quantity: one, UnitPrice: b.costs.Trim(0),
		})
	}
	return lines
}

// service is the catalogue service of a line: the rule's, the linked one, or
// the fallback, which needs the line's own name as its description.
func (p plan) service(in In, l record.Line) (id string, own bool) {
	found := in.found(l)
	switch {
	case p.rule.Service != nil:
		return strconv.FormatInt(*p.rule.Service, 10), false
	case found.ID != "":
		return found.ID, true
	case p.os.FallbackService != 0:
		return strconv.FormatInt(p.os.FallbackService, 10), false
	}
	return "", false
}

func (p plan) salesOrder(in In, b bill) record.Order {
	order := record.Order{
		Customer: in.Omie, Stage: p.sale.Stage, Category: p.sale.Category, BankAccount: p.sale.BankAccount,
		PaymentTerm: p.sale.PaymentTerm, Project: p.sale.Project, FinalConsumer: p.sale.FinalConsumer,
		Salesperson: p.salesperson(in, p.sale.Salespeople),
	}
	for _, l := range b.products {
		order.Products = append(order.Products, l.orderLine(in.found(l.line).ID))
	}
	return order
}

func (p plan) salesperson(in In, people map[int64]int64) int64 {
	if p.rule.Salesperson != nil {
		return *p.rule.Salesperson
	}
	id, err := strconv.ParseInt(in.Item.Source.CreatorID, 10, 64)
	if err != nil {
		return 0
	}
	return people[id]
}

// leftOut names what no order bills, in reais.
func (p plan) leftOut(b bill) []string {
	var out []string
	if p.create == config.CreateServiceOrder && len(b.products) > 0 {
		out = append(out, "Os produtos ("+record.Reais(sum(b.products))+") vão como produtos utilizados, sem preço: a OS não os cobra."+shareKept(b.products))
	}
	if p.create == config.CreateSalesOrder && len(b.services) > 0 {
		out = append(out, "Os serviços ("+record.Reais(sum(b.services))+") não têm lugar no pedido de venda e ficam de fora."+shareKept(b.services))
	}
	if b.costs.IsPos() && (p.costs == 0 || !p.create.Service()) {
		out = append(out, "Os custos adicionais ("+record.Reais(b.costs)+") ficam de fora.")
	}
	return out
}

// shareKept names the share of the discount of the whole that stays with lines
// which no document bills (contract.md, Documents).
func shareKept(lines []billLine) string {
	share := decimal.Zero
	for _, l := range lines {
		share = must(share.Add(l.share))
	}
	if !share.IsPos() {
		return ""
	}
	return " A parte deles no desconto do todo (" + record.Reais(share) + ") fica com eles."
}
