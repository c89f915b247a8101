package benchmark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"
	"golang.org/x/text/unicode/norm"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A judge looks at one account at rest. It shares no rule with engine or flow.
type judge struct {
	*town
	id    string
	auvo  auvosim.Data
	omie  omiesim.Data
	waits []store.Wait
	due   int // documents that sources ask for, those of sources that wait included
	made  int // of them, that are there
}

// check looks at both sides of every account, after quiet.
func (tw *town) check() {
	due, made := 0, 0
	for _, a := range tw.vendors.accounts {
		waits, err := tw.db.Waits(tw.t.Context(), a.id)
		if err != nil {
			tw.t.Fatal(err)
		}
		j := &judge{town: tw, id: a.id, auvo: a.auvo.Snapshot(), omie: a.omie.Snapshot(), waits: waits}
		j.once()
		j.customers()
		j.catalogue()
		j.documents()
		j.settled()
		due, made = due+j.due, made+j.made
	}
	fmt.Printf("%s: %d of %d documents due are there\n", tw.t.Name(), made, due)
	for _, why := range tooLittle(due, made) {
		tw.t.Error(why)
	}
}

// tooLittle says why so many documents of those due prove nothing: what waits with a
// cause is excused one by one, and a town in which everything waits is not well. (pure)
func tooLittle(due, made int) (why []string) {
	const least = 80 // per cent
	if due == 0 {
		why = append(why, "nobody asks for a document")
	}
	if made*100 < due*least {
		why = append(why, fmt.Sprintf("%d of %d documents due are there, less than %d %%: the rest waits", made, due, least))
	}
	return why
}

func (j *judge) fail(format string, args ...any) { j.t.Errorf(j.id+": "+format, args...) }

// waiting tells whether a record waits, with a cause.
func (j *judge) waiting(kind record.Kind, side record.Side, id string) bool {
	return slices.ContainsFunc(j.waits, func(w store.Wait) bool {
		on := w.Auvo
		if side == record.Omie {
			on = w.Omie
		}
		return w.Cause != "" && w.Ref.Kind == kind && (on == id || w.Ref == record.Ref{Kind: kind, Side: side, ID: id})
	})
}

// once: no code and no external id names two records (P1).
func (j *judge) once() {
	seen := map[string]int{}
	for _, r := range j.omie.OS {
		seen["OS "+strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS"))]++
	}
	for _, r := range j.omie.Pedidos {
		seen["pedido "+r.Text("cabecalho", "codigo_pedido_integracao")]++
	}
	for _, r := range j.omie.Clientes {
		seen["cliente "+r.Text("codigo_cliente_integracao")]++
		if tax := digits(r.Text("cnpj_cpf")); tax != "" {
			seen["tax id in Omie "+tax]++
		}
	}
	for _, r := range j.auvo.Customers {
		seen["customer "+r.Text("externalId")]++
		if tax := digits(r.Text("cpfCnpj")); tax != "" {
			seen["tax id in Auvo "+tax]++
		}
	}
	for _, r := range j.auvo.Products {
		seen["product "+r.Text("externalId")]++
	}
	for _, r := range j.auvo.Services {
		seen["service "+r.Text("externalCode")]++
	}
	for code, n := range seen {
		if n > 1 && !strings.HasSuffix(code, " ") {
			j.fail("%d records carry %s", n, code)
		}
	}
}

// customers: each has its partner, equal in what is mapped, or waits, or is left out.
func (j *judge) customers() {
	partnered := map[string]bool{}
	for _, c := range j.auvo.Customers {
		partner := j.partner(c)
		if partner != nil {
			partnered[partner.Text("codigo_cliente_omie")] = true
		}
		switch {
		case j.waiting(record.Customer, record.Auvo, c.Text("id")):
		case partner == nil:
			j.fail("customer %s of Auvo has no partner in Omie and does not wait", c.Text("id"))
		default:
			j.agree(c, partner)
		}
	}
	for _, o := range j.omie.Clientes {
		id := o.Text("codigo_cliente_omie")
		if o.Text("razao_social") == "Cliente Consumidor" {
			continue // Omie's own: never made in Auvo (design.md §7)
		}
		if !partnered[id] && !j.waiting(record.Customer, record.Omie, id) && !j.excluded(record.Customer, record.Omie, id) {
			j.fail("customer %s of Omie has no partner in Auvo, does not wait and is not left out", id)
		}
	}
}

func (j *judge) partner(c auvosim.Record) omiesim.Record {
	for _, o := range j.omie.Clientes {
		if c.Text("externalId") == o.Text("codigo_cliente_omie") {
			return o
		}
	}
	return nil
}

func (j *judge) agree(c auvosim.Record, o omiesim.Record) {
	for _, f := range [][3]string{
		{"name", c.Text("description"), o.Text("razao_social")},
		{"tax id", digits(c.Text("cpfCnpj")), digits(o.Text("cnpj_cpf"))},
		{"telephone", digits(first(c["phoneNumber"])), digits(o.Text("telefone1_ddd") + o.Text("telefone1_numero"))},
		{"e-mail", strings.ToLower(first(c["email"])), strings.ToLower(o.Text("email"))},
		{"complement", c.Text("adressComplement"), o.Text("complemento")},
		{"address", bare(c.Text("address")), bare(omieAddress(o))},
		{"active", fmt.Sprint(c.Bool("active")), fmt.Sprint(o.Text("inativo") != "S")},
	} {
		if f[1] != f[2] {
			j.fail("customer %s: %s is %q in Auvo and %q in Omie", c.Text("id"), f[0], f[1], f[2])
		}
	}
}

// omieAddress is the line that people would write of Omie's parts.
func omieAddress(o omiesim.Record) string {
	city, _, _ := strings.Cut(o.Text("cidade"), " (")
	return strings.Join([]string{o.Text("endereco"), o.Text("endereco_numero"), o.Text("bairro"), city, o.Text("estado"), o.Text("cep")}, " ")
}

// bare is a text without case, accents, blanks and punctuation.
func bare(text string) string { return digits(norm.NFD.String(text)) }

func first(list any) string {
	switch all := list.(type) {
	case []any:
		if len(all) > 0 {
			return fmt.Sprint(all[0])
		}
	case []string:
		if len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// digits are the letters and digits of a text: tax ids have both.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, strings.ToUpper(text))
}

// excluded tells whether the account's settings leave a record out.
func (j *judge) excluded(kind record.Kind, side record.Side, id string) bool {
	state, err := j.db.ItemState(j.t.Context(), j.id, record.Ref{Kind: kind, Side: side, ID: id})
	return err == nil && state.Outcome == store.OutcomeExcluded
}

// catalogue: Auvo's products and services are Omie's, price and stock included.
func (j *judge) catalogue() {
	for _, p := range j.omie.Produtos {
		n := slices.IndexFunc(j.auvo.Products, func(r auvosim.Record) bool { return r.Text("externalId") == p.Text("codigo") })
		switch {
		case j.waiting(record.Product, record.Omie, p.Text("codigo_produto")):
		case n < 0:
			j.fail("product %s is not in Auvo", p.Text("codigo"))
		default:
			mine := j.auvo.Products[n]
			j.same("price of "+p.Text("codigo"), mine["unitaryValue"], p.Dec("valor_unitario"))
			j.same("stock of "+p.Text("codigo"), mine["totalStock"], j.balance(p.Text("codigo_produto")))
		}
	}
	for _, s := range j.omie.Servicos {
		id := s.Text("intListar", "nCodServ")
		n := slices.IndexFunc(j.auvo.Services, func(r auvosim.Record) bool { return r.Text("externalCode") == id })
		switch {
		case j.waiting(record.Service, record.Omie, id):
		case n < 0:
			j.fail("service %s is not in Auvo", id)
		default:
			j.same("price of service "+id, j.auvo.Services[n]["price"], s.Dec("cabecalho", "nPrecoUnit"))
		}
	}
}

func (j *judge) same(what string, inAuvo any, inOmie decimal.Decimal) {
	mine, err := decimal.Parse(fmt.Sprint(inAuvo))
	if inAuvo == nil {
		mine, err = decimal.Zero, nil
	}
	if err != nil || mine.Cmp(inOmie) != 0 {
		j.fail("%s is %v in Auvo and %s in Omie", what, inAuvo, inOmie)
	}
}

func (j *judge) balance(product string) decimal.Decimal {
	for _, r := range j.omie.Estoque {
		if r.Text("codigo_produto") == product {
			left, err := r.Dec("fisico").Sub(r.Dec("reservado"))
			if err != nil {
				j.t.Fatal(err)
			}
			return left
		}
	}
	return decimal.Zero
}

// A bill is how many lines a document has, and what they come to.
type bill struct {
	lines int
	sum   decimal.Decimal
}

// billed is what is there, by integration code.
func (j *judge) billed() map[string]bill {
	out := map[string]bill{}
	keep := func(code string, rows []omiesim.Record, quantity, unit, off string) {
		b := bill{lines: len(rows)}
		for _, r := range rows {
			gross := j.num(r.Dec(quantity).Mul(r.Dec(unit))).Round(2)
			b.sum = j.num(b.sum.Add(j.num(gross.Sub(r.Dec(off)))))
		}
		if code = strings.TrimSpace(code); code != "" {
			out[code] = b
		}
	}
	for _, r := range j.omie.OS {
		keep(r.Text("Cabecalho", "cCodIntOS"), r.List("ServicosPrestados"), "nQtde", "nValUnit", "nValorDesconto")
	}
	for _, r := range j.omie.Pedidos {
		var products []omiesim.Record
		for _, line := range r.List("det") {
			products = append(products, line.Object("produto"))
		}
		keep(r.Text("cabecalho", "codigo_pedido_integracao"), products, "quantidade", "valor_unitario", "valor_desconto")
	}
	return out
}

// A source is what a document is made of: some of the items of a whole, which may
// have a discount of its own.
type source struct {
	items      int
	sum        decimal.Decimal // of these items, as Auvo shows them
	whole, net decimal.Decimal // of all items and costs, and with the whole's discount
	all        int
}

// bills tells what a document must come to and how far it may be off: nothing, or
// where the whole has a discount a cent for each item that it is shared among.
func (j *judge) bills(s source) (sum, slack decimal.Decimal) {
	if s.whole.Cmp(s.net) == 0 || s.whole.IsZero() {
		return s.sum, decimal.Zero
	}
	share := j.num(j.num(s.sum.Mul(s.net)).Quo(s.whole))
	return share, j.num(decimal.New(int64(s.all), 2))
}

func (j *judge) num(d decimal.Decimal, err error) decimal.Decimal {
	if err != nil {
		j.t.Fatal(err)
	}
	return d
}

// total adds a member of rows up.
func (j *judge) total(rows []auvosim.Record, of func(auvosim.Record) any) (sum decimal.Decimal) {
	for _, r := range rows {
		sum = j.num(sum.Add(j.amount(of(r))))
	}
	return sum
}

func (j *judge) amount(v any) decimal.Decimal {
	if v == nil {
		return decimal.Zero
	}
	return j.num(decimal.Parse(fmt.Sprint(v)))
}

// taskSources are what a task's service order and sales order are made of.
func (j *judge) taskSources(t auvosim.Record) (services, products source) {
	net := func(r auvosim.Record) any { return r["totalValue"] }
	s, p, costs := t.List("services"), t.List("products"), t.List("additionalCosts")
	whole := source{
		whole: j.total(append(slices.Clone(s), p...), net), net: j.amount(t.Object("summary")["totalValue"]), all: len(s) + len(p) + len(costs),
	}
	whole.whole = j.num(whole.whole.Add(j.total(costs, func(r auvosim.Record) any { return r["unitaryValue"] })))
	services, products = whole, whole
	services.items, services.sum = len(s), j.total(s, net)
	products.items, products.sum = len(p), j.total(p, net)
	return services, products
}

// quotationSource is what a quotation's sales order is made of; its discounts are for each unit.
func (j *judge) quotationSource(q auvosim.Record) source {
	net := func(r auvosim.Record) any {
		unit, off := j.amount(r["unitaryValue"]), j.amount(r.Object("unitaryDiscount")["value"])
		if r.Object("unitaryDiscount").Text("type") != "Monetario" {
			off = j.num(j.num(unit.Mul(off)).Quo(decimal.Hundred))
		}
		return j.num(j.amount(r["amount"]).Mul(j.num(unit.Sub(off)))).Round(2)
	}
	s, p := q.List("services"), q.List("products")
	return source{
		items: len(p), sum: j.total(p, net), whole: j.total(append(slices.Clone(s), p...), net),
		net: j.amount(q.Object("summary")["netTotalValue"]), all: len(s) + len(p),
	}
}

// documents: each finished task and each approved quotation has its document, once,
// with as many lines as there are items and their sum of money, or waits; nothing
// else has one.
func (j *judge) documents() {
	there, want := j.billed(), map[string]source{}
	due := func(kind record.Kind, id, code string, of source) {
		if of.items > 0 {
			j.due++
			if _, is := there[code]; is {
				j.made++
			}
		}
		switch {
		case j.waiting(kind, record.Auvo, id):
			delete(there, code) // there or not: the wait says why
		case of.items > 0:
			want[code] = of
		}
	}
	for _, t := range j.auvo.Tasks {
		if t.Int("taskStatus") == 5 {
			id := t.Text("taskID")
			services, products := j.taskSources(t)
			due(record.Task, id, "AUVOT"+id+"S", services)
			due(record.Task, id, "AUVOT"+id+"V", products)
		}
	}
	for _, q := range j.auvo.Quotations {
		if q.Object("currentStage").Text("description") == "Aprovado" {
			id := q.Text("publicId")
			due(record.Quotation, id, "AUVOQ"+id+"V", j.quotationSource(q))
		}
	}
	for code, s := range want {
		sum, slack := j.bills(s)
		if is := there[code]; is.lines != s.items || j.num(is.sum.Sub(sum)).Abs().Cmp(slack) > 0 {
			j.fail("%s has %d lines and comes to %s, its source has %d and comes to %s (give or take %s)", code, is.lines, is.sum, s.items, sum, slack)
		}
	}
	for code := range there {
		if _, asked := want[code]; !asked {
			j.fail("%s is there, and nothing asks for it", code)
		}
	}
}

// settled: nothing is under way, undecided or without an outcome (P5).
func (j *judge) settled() {
	left, err := j.db.Unsettled(j.t.Context(), j.id)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, c := range left {
		j.fail("%s of %s is %s", c.Action, c.Source, c.State)
	}
	for _, t := range j.auvo.Tasks {
		j.outcome(record.Task, record.Auvo, t.Text("taskID"))
	}
	for _, q := range j.auvo.Quotations {
		j.outcome(record.Quotation, record.Auvo, q.Text("publicId"))
	}
	for _, c := range j.auvo.Customers {
		j.outcome(record.Customer, record.Auvo, c.Text("id"))
	}
}

func (j *judge) outcome(kind record.Kind, side record.Side, id string) {
	ref := record.Ref{Kind: kind, Side: side, ID: id}
	state, err := j.db.ItemState(j.t.Context(), j.id, ref)
	switch {
	case err != nil:
		j.fail("%s: %v", ref, err)
	case state.Dirty, state.Outcome == "", state.Outcome == store.OutcomeFailed:
		j.fail("%s has no outcome: %q, undecided %v, %s", ref, state.Outcome, state.Dirty, state.Reason)
	}
}
