package simulation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A document is an OS or a pedido as a person sees it.
type document struct {
	kind, id, code, customer, notes, stage string
	billed, cancelled                      bool
	services, products                     []line
	used                                   []line // an OS's used products
	raw                                    omiesim.Record
}

// A line is a product or service with its quantity and what it is billed at.
type line struct {
	id, quantity string
	due          decimal.Decimal
}

func (d document) number() int64 {
	n, _ := strconv.ParseInt(d.id, 10, 64)
	return n
}

// billedLines are the lines that cost money.
func (d document) billedLines() []line { return append(slices.Clone(d.services), d.products...) }

func documents(o omiesim.Data) []document {
	var all []document
	for _, r := range o.OS {
		d := document{
			kind: "os", id: r.Text("Cabecalho", "nCodOS"), code: strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS")),
			customer: r.Text("Cabecalho", "nCodCli"), notes: r.Text("Observacoes", "cObsOS"), stage: r.Text("Cabecalho", "cEtapa"),
			billed: r.Text("InfoCadastro", "cFaturada") == "S", cancelled: r.Text("InfoCadastro", "cCancelada") == "S", raw: r,
		}
		for _, s := range r.List("ServicosPrestados") {
			d.services = append(d.services, line{s.Text("nCodServico"), plain(s.Text("nQtde")), due(s.Dec("nQtde"), s.Dec("nValUnit"), s.Dec("nValorDesconto"))})
		}
		for _, p := range r.List("produtosUtilizados", "produtoUtilizado") {
			d.used = append(d.used, line{id: p.Text("nCodProdutoPU"), quantity: plain(p.Text("nQtdePU"))})
		}
		all = append(all, d)
	}
	for _, r := range o.Pedidos {
		d := document{
			kind: "pedidos", id: r.Text("cabecalho", "codigo_pedido"), code: r.Text("cabecalho", "codigo_pedido_integracao"),
			customer: r.Text("cabecalho", "codigo_cliente"), notes: r.Text("observacoes", "obs_venda"), stage: r.Text("cabecalho", "etapa"),
			billed: r.Text("infoCadastro", "faturado") == "S", cancelled: r.Text("infoCadastro", "cancelado") == "S", raw: r,
		}
		for _, item := range r.List("det") {
			p := item.Object("produto")
			d.products = append(d.products, line{p.Text("codigo_produto"), plain(p.Text("quantidade")), due(p.Dec("quantidade"), p.Dec("valor_unitario"), p.Dec("valor_desconto"))})
		}
		all = append(all, d)
	}
	return all
}

// withQuantity is what a person changes to give the first line another quantity.
func (d document) withQuantity(quantity string) map[string]any {
	if d.kind == "os" {
		rows := d.raw.List("ServicosPrestados")
		if len(rows) > 0 {
			rows[0]["nQtde"] = quantity
		}
		return map[string]any{"ServicosPrestados": rows}
	}
	rows := d.raw.List("det")
	if len(rows) > 0 {
		rows[0].Object("produto")["quantidade"] = quantity
	}
	return map[string]any{"det": rows}
}

func due(quantity, unit, discount decimal.Decimal) decimal.Decimal {
	gross, err := quantity.Mul(unit)
	if err != nil {
		panic(err)
	}
	net, err := gross.Round(2).Sub(discount)
	if err != nil {
		panic(err)
	}
	return net
}

func plain(number string) string {
	d, err := decimal.Parse(number)
	if err != nil {
		return number
	}
	return d.Trim(0).String()
}

// A source is a task or a quotation as it stands at the end, and what it must
// have become by the account's settings.
type source struct {
	name     string // task:800
	code     string // AUVOT800
	customer string // its Auvo id
	gone     bool   // deleted in Auvo
	unready  string // why it must become nothing; "" when it must become something
	create   string
	services []line // by Omie id, "" where Omie knows no such thing; due at what Auvo's line says
	products []line
	costs    decimal.Decimal
	off      decimal.Decimal // of the whole
	quotedBy string          // the quotation that names this task, or the task that a quotation names
	text     []string        // what the notes must hold
}

// sources are all that people ever made in Auvo.
func (w *world) sources() []source {
	var all []source
	a, o := w.auvo.Snapshot(), w.omie.Snapshot()
	for _, t := range a.Tasks {
		s := w.taskSource(a, o, t)
		s.unready = w.taskUnready(t)
		all = append(all, s)
	}
	for _, t := range a.DeletedTasks {
		s := w.taskSource(a, o, t)
		s.gone, s.unready = true, "deleted"
		all = append(all, s)
	}
	for _, q := range a.Quotations {
		all = append(all, w.quotationSource(a, o, q))
	}
	return all
}

func (w *world) taskUnready(t auvosim.Record) string {
	status := map[int64]string{1: "opened", 2: "in-displacement", 3: "checked-in", 4: "checked-out", 5: "finished", 6: "paused"}[t.Int("taskStatus")]
	statuses, types := w.h.setting("statuses"), w.h.setting("task_types")
	switch {
	case !strings.Contains(statuses, status):
		return status
	case types != "[]" && !strings.Contains(types, t.Text("taskType")):
		return "of type " + t.Text("taskType")
	}
	return ""
}

func (w *world) taskSource(a auvosim.Data, o omiesim.Data, t auvosim.Record) source {
	s := source{
		name: "task:" + t.Text("taskID"), code: "AUVOT" + t.Text("taskID"), customer: t.Text("customerId"), create: w.h.setting("create"),
		text: []string{"Tarefa Auvo: " + t.Text("taskID"), t.Text("orientation")},
	}
	gross := w.h.with["auvo.gross_items"] == "true"
	for _, r := range t.List("services") {
		s.services = append(s.services, line{w.omieService(a, o, r.Text("id")), plain(r.Text("quantity")), taskDue(r, gross)})
	}
	for _, r := range t.List("products") {
		s.products = append(s.products, line{omieProduct(a, o, "productId", r.Text("productId")), plain(r.Text("quantity")), taskDue(r, gross)})
	}
	for _, r := range t.List("additionalCosts") {
		s.costs = add(s.costs, dec(r["unitaryValue"]))
	}
	s.off = less(s.sum(), dec(t.Object("summary")["totalValue"]))
	for _, q := range a.Quotations {
		if q.Text("taskId") == t.Text("taskID") {
			s.quotedBy = "quotation:" + q.Text("publicId")
		}
	}
	return s
}

// taskDue is what a line costs: its total, less its discount where Auvo shows totals gross.
func taskDue(r auvosim.Record, gross bool) decimal.Decimal {
	total := dec(r["totalValue"])
	d := r.Object("discount")
	if !gross || d == nil {
		return total
	}
	off := dec(d["value"])
	if d.Text("type") != "Valor" {
		off = percent(total, off)
	}
	return less(total, off).Round(2)
}

func (w *world) quotationSource(a auvosim.Data, o omiesim.Data, q auvosim.Record) source {
	s := source{
		name: "quotation:" + q.Text("publicId"), code: "AUVOQ" + q.Text("publicId"), customer: q.Text("customerId"),
		create: w.h.setting("quotation_create"), text: []string{"Orçamento Auvo: " + q.Text("publicId")},
	}
	if stage := q.Object("currentStage").Text("description"); stage != "Aprovado" {
		s.unready = stage
	}
	for _, r := range q.List("services") {
		s.services = append(s.services, line{w.omieService(a, o, r.Text("serviceId")), plain(r.Text("amount")), quotedDue(r)})
	}
	for _, r := range q.List("products") {
		s.products = append(s.products, line{omieProduct(a, o, "id", r.Text("productId")), plain(r.Text("amount")), quotedDue(r)})
	}
	s.off = less(s.sum(), dec(q.Object("summary")["netTotalValue"]))
	if t := q.Text("taskId"); t != "" && t != "0" {
		s.quotedBy = "task:" + t
	}
	return s
}

// quotedDue: a quotation's discount is for each unit.
func quotedDue(r auvosim.Record) decimal.Decimal {
	unit, d := dec(r["unitaryValue"]), r.Object("unitaryDiscount")
	off := dec(d["value"])
	if d.Text("type") != "Monetario" {
		off = percent(unit, off)
	}
	total, err := dec(r["amount"]).Mul(less(unit, off))
	if err != nil {
		panic(err)
	}
	return total.Round(2)
}

func (s source) sum() decimal.Decimal {
	sum := s.costs
	for _, l := range append(slices.Clone(s.services), s.products...) {
		sum = add(sum, l.due)
	}
	return sum
}

// asks says which documents a source must have become.
func (s source) asks(kind string) bool {
	if kind == "os" {
		return s.create != "sales-order" && (len(s.services) > 0 || false)
	}
	return s.create != "service-order" && len(s.products) > 0
}

// omieService and omieProduct find what a line is in Omie, by the keys that both
// vendors hold: the external code, the title, the SKU.
func (w *world) omieService(a auvosim.Data, o omiesim.Data, id string) string {
	known := find(a.Services, "id", id)
	if known == nil {
		return ""
	}
	for _, s := range o.Servicos {
		code := s.Text("intListar", "nCodServ")
		if known.Text("externalCode") == code || bare("name", known.Text("title")) == bare("name", s.Text("cabecalho", "cDescricao")) {
			return code
		}
	}
	return ""
}

func omieProduct(a auvosim.Data, o omiesim.Data, member, id string) string {
	known := find(a.Products, member, id)
	if known == nil {
		return ""
	}
	for _, p := range o.Produtos {
		if p.Text("codigo") == known.Text("externalId") {
			return p.Text("codigo_produto")
		}
	}
	return ""
}

func dec(v any) decimal.Decimal {
	if v == nil {
		return decimal.Zero
	}
	d, err := decimal.Parse(fmt.Sprint(v))
	if err != nil {
		panic(fmt.Sprintf("simulation: %v is no amount", v))
	}
	return d
}

func add(a, b decimal.Decimal) decimal.Decimal {
	d, err := a.Add(b)
	if err != nil {
		panic(err)
	}
	return d
}

func less(a, b decimal.Decimal) decimal.Decimal { return add(a, b.Neg()) }

func percent(of, share decimal.Decimal) decimal.Decimal {
	d, err := of.Mul(share)
	if err == nil {
		d, err = d.Quo(decimal.Hundred)
	}
	if err != nil {
		panic(err)
	}
	return d
}
