package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// check looks at both sides after quiet. Each part is a promise.
func (w *world) check() {
	w.witness.remember()
	w.checkViolations()
	w.checkOnce()
	w.checkOutcomes()
	w.checkCustomers()
	w.checkProducts()
	w.checkEdits()
	w.checkSources()
	w.checkWaits()
}

// checkViolations: the simulators saw a good citizen (P7).
func (w *world) checkViolations() {
	for _, v := range w.auvo.Violations() {
		w.fail("violation", "auvo %s %s %s: %s", v.Kind, v.Method, v.Path, v.Detail)
	}
	lost := w.sum.deaths + w.sum.beside // that a key is blocked dies with the process that was told
	for _, v := range w.omie.Violations() {
		if v.Kind == omiesim.CalledWhileBlocked && lost > 0 {
			lost--
			continue
		}
		if v.Kind == omiesim.BilledAltered && w.witness.between > 0 { // billed between Ponte's reading and its writing
			w.witness.between--
			continue
		}
		w.fail("violation", "omie %+v", v)
	}
}

// checkOnce: nothing was ever made twice, whatever became of the first (P1). Of an
// order that a person deleted in Omie before Ponte heard of it, or whose making a
// restored backup forgot, nothing tells any more: it is made.
func (w *world) checkOnce() {
	first := map[string]string{}
	for made := range w.witness.made {
		code, id, _ := strings.Cut(made, "#")
		if other, twice := first[code]; twice && !strings.HasPrefix(code, "omie customer") && !w.witness.unheard[code] && !(w.witness.gone[code] && w.sum.restores > 0) {
			w.fail("duplicate", "%s was made twice: %s and %s", code, other, id)
		}
		first[code] = id
	}
	codes := map[string]int{}
	for _, d := range documents(w.omie.Snapshot()) {
		codes[d.code]++
	}
	for _, c := range w.omie.Snapshot().Clientes {
		codes[c.Text("codigo_cliente_integracao")]++
	}
	for code, n := range codes {
		if code != "" && n > 1 {
			w.fail("duplicate", "%d records carry the code %s", n, code)
		}
	}
	w.checkTwins()
	w.checkGuess()
}

// checkGuess: of two that may be the same, none was taken.
func (w *world) checkGuess() {
	a := w.auvo.Snapshot()
	one, other := find(a.Customers, "id", fmt.Sprint(auvoCustomers+6)), find(a.Customers, "id", fmt.Sprint(auvoCustomers+7))
	if w.h.setting("twins") != "true" || one == nil || other == nil || bare("document", one.Text("cpfCnpj")) != bare("document", other.Text("cpfCnpj")) {
		return
	}
	if w.witness.byHand[one.Text("id")] || w.witness.byHand[other.Text("id")] {
		return // a person said of one which it is, or is not
	}
	for _, c := range []auvosim.Record{one, other} {
		if c.Text("externalId") == fmt.Sprint(omieCustomers+6) {
			w.fail("guessed", "customer %s of Auvo was linked, and another has its CNPJ", c.Text("id"))
		}
	}
}

// checkTwins: no customer and no product stands twice on a side because Ponte
// made it a second time: an external id names one record.
func (w *world) checkTwins() {
	seen := map[string]string{}
	a := w.auvo.Snapshot()
	for _, c := range a.Customers {
		if w.witness.byHand[c.Text("id")] || w.witness.byHand[c.Text("externalId")] {
			continue // parted by a person: both keep the id that they had
		}
		w.once(seen, "customer "+c.Text("externalId"), c.Text("externalId"), c.Text("id"))
	}
	for _, p := range a.Products {
		if w.witness.byHand[p.Text("externalId")] {
			continue // typed in, and another was given that SKU
		}
		w.once(seen, "product "+p.Text("externalId"), p.Text("externalId"), p.Text("id"))
	}
	for _, s := range a.Services {
		w.once(seen, "service "+s.Text("externalCode"), s.Text("externalCode"), s.Text("id"))
	}
}

func (w *world) once(seen map[string]string, name, code, id string) {
	if code == "" {
		return
	}
	if other, twice := seen[name]; twice {
		w.fail("duplicate", "Auvo has %s twice: %s and %s", name, other, id)
	}
	seen[name] = id
}

// checkOutcomes: every record ends in a named outcome, and nothing is left
// undecided or unsettled (P5).
func (w *world) checkOutcomes() {
	ctx := context.Background()
	left, err := w.db.Unsettled(ctx, "acme")
	w.must(err)
	for _, c := range left {
		w.fail("unsettled", "%s of %s: %s", c.Action, c.Source, c.State)
	}
	a, o := w.auvo.Snapshot(), w.omie.Snapshot()
	for _, c := range a.Customers {
		w.outcome(record.Customer, record.Auvo, c.Text("id"))
	}
	for _, c := range o.Clientes {
		if c.Text("razao_social") == "Cliente Consumidor" && w.h.setting("sweep") != "true" {
			continue // it last changed years ago: known, never carried over
		}
		w.outcome(record.Customer, record.Omie, c.Text("codigo_cliente_omie"))
	}
	for _, p := range o.Produtos {
		w.outcome(record.Product, record.Omie, p.Text("codigo_produto"))
	}
	for _, s := range o.Servicos {
		w.outcome(record.Service, record.Omie, s.Text("intListar", "nCodServ"))
	}
	for _, t := range a.Tasks {
		w.outcome(record.Task, record.Auvo, t.Text("taskID"))
	}
	for _, q := range a.Quotations {
		w.outcome(record.Quotation, record.Auvo, q.Text("publicId"))
	}
}

func (w *world) outcome(kind record.Kind, side record.Side, id string) {
	ref := record.Ref{Kind: kind, Side: side, ID: id}
	state, err := w.db.ItemState(context.Background(), "acme", ref)
	switch {
	case errors.Is(err, store.ErrNotFound):
		w.fail("lost", "%s was never read", ref)
	case err != nil:
		w.must(err)
	case state.Dirty:
		w.fail("no-outcome", "%s waits to be decided for ever", ref)
	case state.Outcome == "":
		w.fail("no-outcome", "%s has no outcome", ref)
	case state.Outcome == store.OutcomeFailed:
		w.fail("no-outcome", "%s failed: %s", ref, state.Reason)
	}
	w.sum.outcomes[string(kind)+" "+state.Outcome]++
}

// waiting tells whether a record waits, and for which causes.
func (w *world) waiting(kind record.Kind, side record.Side, id string) []string {
	var causes []string
	for _, wait := range w.waits() {
		on := wait.Auvo
		if side == record.Omie {
			on = wait.Omie
		}
		if wait.Ref.Kind == kind && (on == id || wait.Ref == record.Ref{Kind: kind, Side: side, ID: id}) {
			causes = append(causes, wait.Cause)
		}
	}
	return causes
}

func (w *world) excluded(kind record.Kind, side record.Side, id string) bool {
	state, err := w.db.ItemState(context.Background(), "acme", record.Ref{Kind: kind, Side: side, ID: id})
	return err == nil && state.Outcome == store.OutcomeExcluded
}

// checkCustomers: each customer has its partner, equal in every mapped field, or
// waits, or the account's settings leave it out.
func (w *world) checkCustomers() {
	a, o := w.auvo.Snapshot(), w.omie.Snapshot()
	partnered := map[string]bool{}
	for _, c := range a.Customers {
		id := c.Text("id")
		partner := omieOf(o, c)
		if partner != nil {
			partnered[partner.Text("codigo_cliente_omie")] = true
		}
		switch {
		case w.witness.byHand[id], partner != nil && w.witness.byHand[partner.Text("codigo_cliente_omie")]: // a person's affair
		case len(w.waiting(record.Customer, record.Auvo, id)) > 0:
		case partner != nil:
			w.agree(c, partner)
		case w.excluded(record.Customer, record.Auvo, id) && w.leavesOut(record.Auvo, c.Bool("active")):
		case !c.Bool("active") && c.Text("externalId") != "": // its partner is gone, and nobody misses it
		default:
			w.fail("lost", "customer %s of Auvo has no partner in Omie and does not wait", id)
		}
	}
	for _, c := range o.Clientes {
		id := c.Text("codigo_cliente_omie")
		switch {
		case partnered[id], len(w.waiting(record.Customer, record.Omie, id)) > 0, c.Text("razao_social") == "Cliente Consumidor":
		case w.witness.byHand[id], w.witness.byHand[strings.TrimPrefix(c.Text("codigo_cliente_integracao"), "AUVOC")]:
		case w.excluded(record.Customer, record.Omie, id) && w.leavesOut(record.Omie, c.Text("inativo") != "S"):
		case c.Text("inativo") == "S" && w.wasPaired(id):
		default:
			w.fail("lost", "customer %s of Omie has no partner in Auvo and does not wait", id)
		}
	}
}

func omieOf(o omiesim.Data, c auvosim.Record) omiesim.Record {
	for _, other := range o.Clientes {
		if c.Text("externalId") == other.Text("codigo_cliente_omie") {
			return other
		}
	}
	for _, other := range o.Clientes { // an id of another's, or of one that is gone, is not overwritten
		if other.Text("codigo_cliente_integracao") == "AUVOC"+c.Text("id") {
			return other
		}
	}
	return nil
}

// wasPaired: Ponte knows the partner of a customer of Omie, which a person deleted in Auvo.
func (w *world) wasPaired(id string) bool {
	_, err := w.db.Link(context.Background(), "acme", record.Customer, record.Omie, id)
	return err == nil
}

// leavesOut: by direction, or as inactive.
func (w *world) leavesOut(side record.Side, active bool) bool {
	way := w.h.setting("direction")
	return (!active && w.h.setting("inactive") == "skip") ||
		(side == record.Auvo && way == "omie-to-auvo") || (side == record.Omie && way == "auvo-to-omie")
}

// agree compares a pair. Where changes cross one way, what a person wrote last
// on the side that only follows stays there.
func (w *world) agree(c auvosim.Record, o omiesim.Record) {
	mine, theirs := auvoCustomer(c), omieCustomer(o, w.h.setting("name"))
	follower := map[string]record.Side{"omie-to-auvo": record.Auvo, "auvo-to-omie": record.Omie}[w.h.setting("direction")]
	ids := map[record.Side]string{record.Auvo: c.Text("id"), record.Omie: o.Text("codigo_cliente_omie")}
	for field, value := range mine {
		if bare(field, value) == bare(field, theirs[field]) {
			continue
		}
		if follower != "" {
			continue // what stays there is a person's, or an edit that was kept: see checkEdits
		}
		w.fail("differ", "customer %s and %s: %s is %q in Auvo and %q in Omie", ids[record.Auvo], ids[record.Omie], field, value, theirs[field])
	}
}

// checkProducts: the catalogue in Auvo is Omie's.
func (w *world) checkProducts() {
	a, o := w.auvo.Snapshot(), w.omie.Snapshot()
	for _, p := range o.Produtos {
		id := p.Text("codigo_produto")
		mine := find(a.Products, "externalId", p.Text("codigo"))
		switch {
		case len(w.waiting(record.Product, record.Omie, id)) > 0:
		case mine == nil && w.sum.restores > 0 && w.witness.recoded[p.Text("codigo")]:
			// Auvo holds a SKU that Ponte wrote after the backup, and that counts as a person's now.
		case mine == nil:
			w.fail("lost", "product %s of Omie is not in Auvo", p.Text("codigo"))
		case bare("name", mine.Text("name")) != bare("name", p.Text("descricao")):
			w.fail("differ", "product %s is %q in Auvo and %q in Omie", p.Text("codigo"), mine.Text("name"), p.Text("descricao"))
		case dec(mine["unitaryValue"]).Cmp(p.Dec("valor_unitario")) != 0:
			w.fail("differ", "product %s costs %v in Auvo and %v in Omie", p.Text("codigo"), mine["unitaryValue"], p["valor_unitario"])
		case mine.Bool("active") != (p.Text("inativo") != "S"):
			w.fail("differ", "product %s is active in one and not in the other", p.Text("codigo"))
		case w.h.setting("stock") == "true" && dec(mine["totalStock"]).Cmp(balance(o, id)) != 0:
			w.fail("differ", "of product %s there are %v in Auvo and %v in Omie", p.Text("codigo"), mine["totalStock"], balance(o, id))
		}
	}
	for _, s := range o.Servicos {
		id := s.Text("intListar", "nCodServ")
		mine := find(a.Services, "externalCode", id)
		if mine == nil {
			mine = find(a.Services, "title", s.Text("cabecalho", "cDescricao"))
		}
		switch {
		case len(w.waiting(record.Service, record.Omie, id)) > 0:
		case mine == nil:
			w.fail("lost", "service %s of Omie is not in Auvo", id)
		case dec(mine["price"]).Cmp(s.Dec("cabecalho", "nPrecoUnit")) != 0:
			w.fail("differ", "service %s costs %v in Auvo and %v in Omie", id, mine["price"], s.Dec("cabecalho", "nPrecoUnit"))
		}
	}
}

// balance is what is there of a product, less what is reserved.
func balance(o omiesim.Data, product string) decimal.Decimal {
	for _, r := range o.Estoque {
		if r.Text("codigo_produto") == product {
			return less(r.Dec("fisico"), r.Dec("reservado"))
		}
	}
	return decimal.Zero
}

// checkEdits: nobody's edit was overwritten silently (P4).
func (w *world) checkEdits() {
	for _, l := range w.witness.lost {
		if !w.witness.kept(l) {
			w.fail("overwritten", "%s of customer %s:%s was %q, a person's, and Ponte wrote %q; no conflict tells of it", l.field, l.side, l.id, l.was, l.is)
		}
	}
	docs := documents(w.omie.Snapshot())
	for _, e := range w.witness.office {
		n := slices.IndexFunc(docs, func(d document) bool { return d.code == e.code })
		if n >= 0 && e.cycle == 0 && !e.holds(docs[n]) {
			w.fail("overwritten", "the office's %s (%s) on %s is gone", e.field, e.text, e.code)
		}
	}
	for code, was := range w.witness.settled {
		n := slices.IndexFunc(docs, func(d document) bool { return d.code+"#"+d.id == code })
		if n >= 0 && fmt.Sprint(docs[n].raw) != was {
			w.fail("billed", "%s was altered after it was billed or cancelled", code)
		}
	}
}

// checkSources: each task and quotation has become what it must, to the cent, or
// waits (P2, P8, P12).
func (w *world) checkSources() {
	docs := map[string]document{}
	for _, d := range documents(w.omie.Snapshot()) {
		docs[d.code] = d
	}
	for _, s := range w.sources() {
		id := s.name[strings.Index(s.name, ":")+1:]
		kind := record.Kind(strings.TrimSuffix(s.name, ":"+id))
		causes := w.waiting(kind, record.Auvo, id)
		for _, of := range []struct{ kind, letter string }{{"os", "S"}, {"pedidos", "V"}} {
			d, there := docs[s.code+of.letter]
			w.checkDocument(s, of.kind, d, there, causes)
		}
	}
}

func (w *world) checkDocument(s source, kind string, d document, there bool, causes []string) {
	switch {
	case len(causes) > 0:
		w.sum.outcomes["waits: "+causes[0]]++
	case !there && s.unready == "" && !s.gone && s.asks(kind):
		if w.witness.gone[s.code+map[string]string{"os": "S", "pedidos": "V"}[kind]] || (w.h.setting("quoted") == "skip" && s.quotedBy != "") {
			return
		}
		w.fail("lost", "%s should be %s in Omie, and does not wait", s.name, kind)
	case there && !d.cancelled && (s.unready != "" || !s.asks(kind)) && !d.billed:
		w.fail("unexplained", "%s is %s, which has %s in Omie (%s), and does not wait", s.name, orWord(s.unready, "without items"), kind, d.code)
	case there && !d.billed && !d.cancelled:
		w.sum.outcomes["documents "+kind]++
		w.checkLines(s, kind, d)
	case there:
		w.sum.outcomes["documents settled"]++
	}
}

func orWord(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// checkLines compares an open document with its source as it stands now.
func (w *world) checkLines(s source, kind string, d document) {
	edited := slices.ContainsFunc(w.witness.office, func(e officeEdit) bool { return e.code == d.code && e.field == "lines" })
	if customer := w.partnerOf(s.customer); customer != "" && !w.witness.left[d.code+" customer"] && !w.witness.byHand[s.customer] && !w.witness.byHand[customer] && customer != d.customer {
		w.fail("differ", "%s is for customer %s, its source for %s", d.code, d.customer, customer)
	}
	for _, text := range s.text {
		if !strings.Contains(d.notes, text) && w.sum.restores == 0 { // after a restore they count as a person's
			w.fail("differ", "the notes of %s lack %q:\n%s", d.code, text, d.notes)
		}
	}
	if edited || w.witness.left[d.code+" services"] || w.witness.left[d.code+" products"] {
		return
	}
	want, off := s.services, s.share(s.services)
	got := d.services
	if kind == "pedidos" {
		want, got, off = s.products, d.products, s.share(s.products)
	} else {
		got = w.withoutCosts(s, got)
		if s.create == "service-order" && !slices.Equal(quantities(s.products), quantities(d.used)) {
			w.fail("differ", "%s uses %v, its source %v", d.code, quantities(d.used), quantities(s.products))
		}
	}
	if !slices.Equal(quantities(want), quantities(got)) {
		w.fail("differ", "%s has the lines %v, its source %v", d.code, quantities(got), quantities(want))
		return
	}
	if diff := less(less(total(want), off.value), total(got)).Abs(); diff.Cmp(off.tolerance) > 0 {
		w.fail("money", "%s comes to %s, its source to %s less %s", d.code, total(got), total(want), off.value)
	}
}

func (w *world) partnerOf(auvoID string) string {
	c := find(w.auvo.Snapshot().Customers, "id", auvoID)
	if c == nil {
		return ""
	}
	return omieOf(w.omie.Snapshot(), c).Text("codigo_cliente_omie")
}

// withoutCosts leaves the line out that carries additional costs.
func (w *world) withoutCosts(s source, lines []line) []line {
	if !s.costs.IsPos() {
		return lines
	}
	return lines[:max(0, len(lines)-1)]
}

// A reduction is a share of a whole discount: exact where there is none, else
// within a cent a line, since nobody says where the last cents go.
type reduction struct{ value, tolerance decimal.Decimal }

func (s source) share(of []line) reduction {
	if s.off.IsZero() {
		return reduction{}
	}
	all := less(s.sum(), s.costs)
	if all.IsZero() {
		return reduction{}
	}
	part, err := s.off.Mul(total(of))
	if err == nil {
		part, err = part.Quo(all)
	}
	if err != nil {
		panic(err)
	}
	return reduction{part, decimal.MustNew(int64(len(of)), 2)}
}

func total(lines []line) decimal.Decimal {
	sum := decimal.Zero
	for _, l := range lines {
		sum = add(sum, l.due)
	}
	return sum
}

// quantities are the lines that have any, by id, in any order.
func quantities(lines []line) []string {
	var all []string
	for _, l := range lines {
		if l.quantity != "0" {
			all = append(all, l.quantity+" × "+l.id)
		}
	}
	slices.Sort(all)
	return all
}

// checkWaits: who waits has a reason that a person could confirm on the screens.
func (w *world) checkWaits() {
	for _, wait := range w.waits() {
		why, known := plausible[wait.Cause]
		switch {
		case !known:
			w.fail("unexplained", "%s waits for %s after quiet: %v", wait.Ref, wait.Cause, wait.Detail)
		case wait.Ref.Kind == record.Quotation && w.sourceOf(wait).name == "": // deleted: Auvo tells of no deleted quotation
		case why != nil && !why(w, wait):
			w.fail("unexplained", "%s waits for %s, and nobody can see why: %v", wait.Ref, wait.Cause, wait.Detail)
		}
		w.sum.waits[wait.Cause]++
	}
}

// plausible are the causes for which something may still wait after quiet, when a
// person has pressed retry: with what must be true then.
var plausible = map[string]func(*world, store.Wait) bool{
	"ambiguous-match": nil,
	"conflict":        func(w *world, _ store.Wait) bool { return true },
	"vanished":        nil,
	"nothing-to-bill": func(w *world, wait store.Wait) bool {
		s := w.sourceOf(wait)
		return !s.asks("os") && !s.asks("pedidos")
	},
	"missing-customer":      nil,
	"missing-product":       nil,
	"missing-service":       nil,
	"invalid-document":      nil,
	"missing-field":         nil,
	"refused":               nil,
	"changed-after-billing": nil,
	"deleted-after-export":  func(w *world, wait store.Wait) bool { return w.sourceOf(wait).gone },
	"deleted-in-omie":       func(w *world, wait store.Wait) bool { return w.torn(wait) },
	"no-longer-ready":       nil,
	"billed-by-quotation":   func(w *world, wait store.Wait) bool { return w.billedBy(wait, "AUVOQ") },
	"billed-by-task":        func(w *world, wait store.Wait) bool { return w.billedBy(wait, "AUVOT") },
	"totals-differ":         nil,
	"document-taken":        nil,
}

func (w *world) sourceOf(wait store.Wait) source {
	for _, s := range w.sources() {
		if s.name == string(wait.Ref.Kind)+":"+wait.Ref.ID {
			return s
		}
	}
	return source{}
}

// billedBy: another source is of the same work; one that is deleted by now may still have its document.
func (w *world) billedBy(wait store.Wait, prefix string) bool {
	return w.sourceOf(wait).quotedBy != "" || slices.ContainsFunc(documents(w.omie.Snapshot()), func(d document) bool {
		return !d.cancelled && strings.HasPrefix(d.code, prefix+wait.Detail["other"])
	})
}

// torn: a person deleted a document of this source in Omie.
func (w *world) torn(wait store.Wait) bool {
	s := w.sourceOf(wait)
	return w.witness.gone[s.code+"S"] || w.witness.gone[s.code+"V"]
}
