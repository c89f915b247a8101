package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A witness remembers who wrote what, by looking at both simulators around
// each of Ponte's writes, and asks nothing of Ponte but its history of conflicts.
type witness struct {
	w *world
	// cells is what stands in each field of each customer, and who wrote it.
	cells map[cellID]cell
	// lost are values of people that Ponte overwrote before the other side had them.
	lost []loss
	// conflicts are all that Ponte's history ever held: a restored backup forgets some.
	conflicts map[store.Conflict]bool
	// made are the documents that Ponte made, by source and kind; customers
	// likewise, by the record that they were made for.
	made map[string][]string
	// settled are documents as they stood when they were billed or cancelled.
	settled map[string]string
	// office are people's own lines and quantities on documents.
	office []officeEdit
	// gone are documents that a person deleted in Omie.
	gone map[string]bool
	// left are fields of documents, by code and name, that a person left as Omie had them.
	left map[string]bool
	// unheard are those of which nobody had heard yet that they were made.
	unheard map[string]bool
	// between counts what people did to documents during a cycle.
	between int
	// recoded are SKUs that a person gave in Omie.
	recoded map[string]bool
	// byHand are customers that a person linked or parted, and SKUs that one typed in Auvo.
	byHand map[string]bool
	// read says in which cycle a task was last read by id.
	read     map[string]int
	released bool           // a person let a brake go since the last cycle
	orders   map[string]int // documents made since the last cycle began, by flow
	writes   int            // since the last cycle began
	clock    int            // counts cycles and edits, to tell what was written during a cycle
}

type cellID struct {
	side  record.Side
	id    string
	field string
}

// A cell's value is bare (see bare). seen: the other side has held it since. What
// is empty when two records are linked is filled, which is no loss; what is emptied
// in a pair is an edit like any other.
type cell struct {
	value  string
	person bool
	seen   bool
	paired bool // with an emptied value: its record had a partner of the same value then
	cycle  int  // the cycle during which a person wrote it; 0: between cycles
}

type loss struct {
	cellID
	was, is string
}

// An officeEdit is what a person wrote on a document in Omie.
type officeEdit struct {
	code  string // the document's integration code
	field string
	holds func(document) bool
	text  string
	cycle int
}

func newWitness(w *world) *witness {
	return &witness{
		w: w, cells: map[cellID]cell{}, conflicts: map[store.Conflict]bool{}, made: map[string][]string{},
		settled: map[string]string{}, gone: map[string]bool{}, left: map[string]bool{}, recoded: map[string]bool{}, unheard: map[string]bool{}, byHand: map[string]bool{}, read: map[string]int{},
	}
}

// cycle begins a cycle.
func (m *witness) cycle() {
	m.writes = 0
	m.orders = map[string]int{}
	m.clock++
}

// during is the cycle that runs, 0 between cycles.
func (m *witness) during() int {
	if m.w.process == nil {
		return 0
	}
	return m.clock
}

// person looks at the customers after a person's act: what changed is theirs.
func (m *witness) person() { m.compare(m.look(), true) }

// write looks around one of Ponte's writes, which must stand in the ledger as
// being sent before it is (P1).
func (m *witness) write(name string, do func()) {
	before := m.codes()
	unsettled, err := m.w.process.db.Unsettled(context.Background(), "acme")
	m.w.must(err)
	if !slices.ContainsFunc(unsettled, func(c store.Change) bool { return c.State == store.Sending }) {
		m.w.fail("unwritten", "%s was sent, and no change stands in the ledger as being sent", name)
	}
	do()
	m.writes++
	m.w.sum.writes[name]++
	m.compare(m.look(), false)
	for code := range m.codes() {
		if !before[code] {
			m.made[code] = append(m.made[code], name)
			m.order(code)
		}
	}
}

// order looks at a document that was just made: its task was read again by id in
// this very cycle, and no brake should have held it (P9).
func (m *witness) order(code string) {
	flow, id := code[:min(5, len(code))], digits(code[min(5, len(code)):])
	switch {
	case flow != "AUVOT" && flow != "AUVOQ":
		return
	case flow == "AUVOT" && m.read[id] != m.clock:
		m.w.fail("unread", "%s was made, and its task not read again before", code)
	}
	m.orders[flow]++
	if most := number(m.w.h.setting("max_documents")); flow == "AUVOT" && int64(m.orders[flow]) > most && !m.released {
		m.w.fail("brake", "more than %d documents were made of tasks in one cycle", most)
	}
}

// digits are those that a text begins with.
func digits(text string) string {
	if n := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }); n >= 0 {
		return text[:n]
	}
	return text
}

// codes are the documents' integration codes that stand in Omie, each with its
// own id, and the customers that Ponte made in Auvo and Omie for one another.
func (m *witness) codes() map[string]bool {
	codes := map[string]bool{}
	o := m.w.omie.Snapshot()
	for _, d := range documents(o) {
		if d.code != "" {
			codes[d.code+"#"+d.id] = true
		}
	}
	for _, c := range o.Clientes {
		if code := c.Text("codigo_cliente_integracao"); strings.HasPrefix(code, "AUVOC") {
			codes["omie customer for "+code+"#"+c.Text("codigo_cliente_omie")] = true
		}
	}
	return codes
}

// view is every customer's fields by side and id.
type view map[cellID]string

func (m *witness) look() view {
	v := view{}
	for _, c := range m.w.auvo.Snapshot().Customers {
		v.put(record.Auvo, c.Text("id"), auvoCustomer(c))
	}
	for _, c := range m.w.omie.Snapshot().Clientes {
		v.put(record.Omie, c.Text("codigo_cliente_omie"), omieCustomer(c, m.w.h.setting("name")))
	}
	return v
}

func (v view) put(side record.Side, id string, fields map[string]string) {
	for name, value := range fields {
		v[cellID{side, id, name}] = bare(name, value)
	}
}

// compare takes a view in as what people or Ponte wrote.
func (m *witness) compare(v view, person bool) {
	var written []cellID
	for id, value := range v {
		was, known := m.cells[id]
		if known && was.value == value {
			continue
		}
		if known && !person && was.person && !was.seen && !m.raced(was) && id.field != "active" && (was.value != "" || was.paired) {
			m.lost = append(m.lost, loss{id, was.value, value})
		}
		next := cell{value: value, person: person && (known || value != "")} // nobody wrote what was always empty
		if person {
			next.cycle, next.paired = m.during(), value == "" && was.seen && m.paired(id) && !m.w.forgetful
		}
		m.cells[id] = next
		written = append(written, id)
	}
	for id := range m.cells {
		if _, there := v[id]; !there {
			delete(m.cells, id)
		}
	}
	for _, id := range written {
		m.show(id)
	}
}

// paired tells whether a customer stands linked, by the external id in Auvo.
func (m *witness) paired(id cellID) bool {
	return slices.ContainsFunc(m.w.auvo.Snapshot().Customers, func(c auvosim.Record) bool {
		code := c.Text("externalId")
		return code != "" && (id.side == record.Auvo && c.Text("id") == id.id || id.side == record.Omie && code == id.id)
	})
}

// raced: a person wrote during this very cycle, maybe between Ponte's reading and
// its writing; or a vendor shows its readers an old state; or our clock ran ahead, so
// that the window behind it starts too late. Neither vendor can write on a condition.
func (m *witness) raced(c cell) bool {
	return m.w.stale || m.w.ahead || (c.cycle != 0 && c.cycle == m.during())
}

// show marks as seen what now stands on both sides. Values are unique but for
// the empty one and what customers share on purpose, of which it believes the best.
func (m *witness) show(id cellID) {
	mine := m.cells[id]
	for other, c := range m.cells {
		if other.side != id.side && other.field == id.field && c.value == mine.value {
			c.seen, mine.seen = true, true
			m.cells[other] = c
		}
	}
	m.cells[id] = mine
}

// remember keeps the history of conflicts, which a restored backup lacks.
func (m *witness) remember() {
	ctx := context.Background()
	add := func(kind record.Kind, side record.Side, id string) {
		all, err := m.w.db.Conflicts(ctx, "acme", kind, side, id)
		m.w.must(err)
		for _, c := range all {
			m.conflicts[c] = true
		}
	}
	for _, l := range m.lost {
		add(record.Customer, l.side, l.id)
	}
}

// kept tells whether a conflict holds both values of a loss.
func (m *witness) kept(l loss) bool {
	for c := range m.conflicts {
		if c.Field != l.field || (l.side == record.Auvo && c.Auvo != l.id) || (l.side == record.Omie && c.Omie != l.id) {
			continue
		}
		both := []string{bare(l.field, c.InAuvo), bare(l.field, c.InOmie)}
		if slices.Contains(both, l.was) && slices.Contains(both, l.is) {
			return true
		}
	}
	return false
}

// auvoCustomer and omieCustomer are a customer's mapped fields in one set of words.
func auvoCustomer(r auvosim.Record) map[string]string {
	return map[string]string{
		"name": r.Text("description"), "document": r.Text("cpfCnpj"), "phone": firstOf(r["phoneNumber"]), "email": firstOf(r["email"]),
		"address": r.Text("address"), "complement": r.Text("adressComplement"), "active": fmt.Sprint(r.Bool("active")),
	}
}

func firstOf(list any) string {
	if all, ok := list.([]any); ok && len(all) > 0 {
		return fmt.Sprint(all[0])
	}
	return ""
}

func omieCustomer(r omiesim.Record, name string) map[string]string {
	city, _, _ := strings.Cut(r.Text("cidade"), " (")
	return map[string]string{
		"name": r.Text(name), "document": r.Text("cnpj_cpf"), "phone": r.Text("telefone1_ddd") + r.Text("telefone1_numero"), "email": r.Text("email"),
		"address":    strings.Join([]string{r.Text("endereco"), r.Text("endereco_numero"), r.Text("bairro"), city, r.Text("estado"), r.Text("cep")}, " "),
		"complement": r.Text("complemento"), "active": fmt.Sprint(r.Text("inativo") != "S"),
	}
}

// bare is a value without case, accents and punctuation, by which people say
// that two are the same.
func bare(_, value string) string {
	value = strings.NewReplacer("ã", "a", "á", "a", "ç", "c", "é", "e", "&amp;", "&").Replace(strings.ToLower(value))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, value)
}
