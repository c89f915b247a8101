package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A source is one cell's task or quotation.
type source struct {
	row       *row
	create    int   // in creates
	standings []int // of its documents, in their order
	id        int
	was       auvosim.Record
}

func (s source) kind() string {
	if s.row.quotation {
		return "quotations"
	}
	return "tasks"
}

func (s source) String() string {
	names := make([]string, 0, len(s.standings))
	for _, c := range s.standings {
		names = append(names, columns[c].name)
	}
	return fmt.Sprintf("%s × %s (%s, %d)", s.row.name, strings.Join(names, " + "), creates[s.create].name, s.id)
}

// code is the integration code of the source's document in a list of Omie's.
func (s source) code(kind string) string {
	code := "AUVOT"
	if s.row.quotation {
		code = "AUVOQ"
	}
	return code + strconv.Itoa(s.id) + map[string]string{"os": "S", "pedidos": "V"}[kind]
}

// An afterExport is one company in which every cell of some rows stands at once.
type afterExport struct {
	*bench
	sources []source
	swept   bool              // since the sources changed
	waits   map[string][]wait // by Auvo id
	closed  map[string]omiesim.Record
}

// A wait as `ponte waiting --json` prints it.
type wait struct {
	Record        struct{ Auvo, Omie, Title string }
	Cause         string
	Message, Hint string
}

const afterExportAccount = `
flows:
  customers: {}
  products: {}
  services: {}
  tasks: {create: service-order, start_from: 2026-03-01, max_documents: 1000, frozen_stages: ["30"], on_delete: %[1]s}
  quotations: {create: service-order, approved_stages: [Aprovado], start_from: 2026-03-01, max_documents: 1000, frozen_stages: ["30"], on_delete: %[1]s}
orders:
  service_order: {category: "1.01.02", bank_account: 7000000300}
  sales_order: {category: "1.01.03", bank_account: 7000000300}
  rules:
    - {when: {flow: tasks, task_types: [7002]}, create: sales-order}
    - {when: {flow: tasks, task_types: [7003]}, create: both}
    - {when: {flow: quotations, users: [502]}, create: sales-order}
    - {when: {flow: quotations, users: [503]}, create: both}
`

// TestScenariosAfterExportLarge runs the whole matrix, and compares docs/after-export.md with it.
func TestScenariosAfterExportLarge(t *testing.T) {
	withoutRaceDetector(t)
	said := map[string]map[int][]wait{} // by row and column, of a lone service order
	for _, setting := range []string{"", "cancel"} {
		x := newAfterExport(t, setting)
		x.export()
		x.standAll()
		x.changeAll()
		x.check("once the sources changed")
		x.sweepOnce()
		x.check("once swept")
		x.remember(said)
		x.history()
		x.rest()
		x.later()
		x.sweep()
		x.heal()
		x.blameless()
		t.Logf("%d cells", len(x.sources))
	}
	checkAfterExportDoc(t, said)
}

func newAfterExport(t *testing.T, onDelete string) *afterExport {
	setting := onDelete
	if setting == "" {
		setting = "wait"
	}
	x := &afterExport{bench: newBench(t, fmt.Sprintf(afterExportAccount, setting), time.Millisecond), closed: map[string]omiesim.Record{}}
	data := auvosim.Data{
		Customers: []auvosim.Record{}, Products: []auvosim.Record{{
			"code": 4501, "productId": partGUID, "externalId": "FIL-10", "name": "Filtro 10 pol", "unitaryValue": 35.5, "totalStock": 900, "active": true,
		}},
		Services: []auvosim.Record{{"id": visitGUID, "title": "Visita técnica", "price": 150, "active": true, "externalCode": "7000000100"}},
	}
	stamp := map[string]any{"dAlt": "01/02/2026", "hAlt": "08:00:00", "dInc": "01/02/2026", "hInc": "08:00:00"}
	omie := omiesim.Data{
		Produtos: []omiesim.Record{{"codigo_produto": 7000000500, "codigo": "FIL-10", "descricao": "Filtro 10 pol", "unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 35.5, "inativo": "N", "info": stamp}},
		Estoque:  []omiesim.Record{{"codigo_produto": 7000000500, "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 900}},
		Servicos: []omiesim.Record{{"intListar": map[string]any{"nCodServ": 7000000100}, "cabecalho": map[string]any{
			"cDescricao": "Visita técnica", "cCodigo": "SRV100", "nPrecoUnit": 150, "cCodLC116": "14.01", "cCodServMun": "14.01",
		}, "info": stamp}},
	}
	for n, name := range []string{"Academia Corpo", "Padaria Lua", "Oficina Sol"} {
		document := []string{"44555666000181", "22333444000181", "11222333000181"}[n]
		data.Customers = append(data.Customers, auvosim.Record{
			"id": 55 + n, "description": name, "cpfCnpj": document, "externalId": strconv.Itoa(firstCustomer + n), "active": true, "dateLastUpdate": "2026-02-01T08:00:00",
		})
		omie.Clientes = append(omie.Clientes, omiesim.Record{
			"codigo_cliente_omie": firstCustomer + n, "razao_social": name, "nome_fantasia": name, "cnpj_cpf": document,
			"estado": "SP", "cidade": "CAMPINAS (SP)", "inativo": "N", "tags": []any{map[string]any{"tag": "Cliente"}}, "info": stamp,
		})
	}
	data.Quotations = append(data.Quotations, auvosim.Record{ // of many that are deleted at once nothing is believed
		"publicId": 999, "customerId": 55, "requesterUserId": 501, "requestDate": "2026-03-09", "lastUpdateDate": "2026-03-10", "currentStage": map[string]any{"id": 2, "description": "Enviado"},
	})
	for r := range rows {
		if rows[r].onDelete != onDelete {
			continue
		}
		for create, c := range creates {
			for _, at := range standings(len(c.kinds)) {
				x.add(&data, source{row: &rows[r], create: create, standings: at, id: 1001 + len(x.sources)})
			}
		}
	}
	x.seed(data, omie)
	return x
}

const (
	visitGUID     = "0b1c2d3e-0000-4000-8000-0000000000a1"
	partGUID      = "0b1c2d3e-0000-4000-8000-000000004501"
	firstCustomer = 7000000001
)

// add puts a cell's source in Auvo, ready to be exported. Every source has
// services and products.
func (x *afterExport) add(data *auvosim.Data, s source) {
	if s.row.quotation {
		s.was = auvosim.Record{
			"publicId": s.id, "customerId": 55, "requesterUserId": 501 + s.create, "requestDate": "2026-03-09", "lastUpdateDate": "2026-03-10",
			"currentStage": map[string]any{"id": 3, "description": "Aprovado"},
			"services":     []any{map[string]any{"serviceId": visitGUID, "amount": 2, "unitaryValue": "150.00"}},
			"products":     []any{map[string]any{"productId": 4501, "amount": 1, "unitaryValue": "35.50"}},
		}
		data.Quotations = append(data.Quotations, s.was)
	} else {
		s.was = auvosim.Record{
			"taskID": s.id, "customerId": 55, "taskType": 7001 + s.create, "idUserFrom": 501, "idUserTo": 502, "taskStatus": 5, "finished": true,
			"orientation": "Trocar filtro", "taskDate": "2026-03-10T08:00:00", "dateLastUpdate": "2026-03-10T08:45:00", "checkInDate": "2026-03-10T08:10:00", "checkOutDate": "2026-03-10T08:40:00",
			"services": []any{map[string]any{"id": visitGUID, "quantity": 2, "unitaryValue": 150}},
			"products": []any{map[string]any{"productId": partGUID, "quantity": 1, "unitaryValue": 35.5}},
		}
		data.Tasks = append(data.Tasks, s.was)
	}
	x.sources = append(x.sources, s)
}

// export has every source exported once.
func (x *afterExport) export() {
	x.t.Helper()
	x.sync(0)
	docs := x.documents()
	for _, s := range x.sources {
		for _, kind := range creates[s.create].kinds {
			if docs[s.code(kind)] == nil {
				x.t.Fatalf("%s: no document %s", s, s.code(kind))
			}
		}
	}
	x.calls()
}

// standAll does to each document in Omie what its cell says.
func (x *afterExport) standAll() {
	x.t.Helper()
	docs := x.documents()
	for _, s := range x.sources {
		for n, kind := range creates[s.create].kinds {
			x.stand(s, document{x, kind, docs[s.code(kind)]}, s.standings[n])
		}
	}
	x.closed = x.documents()
}

func (x *afterExport) stand(s source, d document, standing int) {
	x.t.Helper()
	var err error
	switch standing {
	case docEdited:
		d.rewriteOthers()
	case docSame:
		s.row.same(d)
	case docFrozen:
		err = x.omie.SetStage(d.kind, d.id(), "30")
	case docBilled:
		err = x.omie.Bill(d.kind, d.id())
	case docCancelled:
		err = x.omie.Cancel(d.kind, d.id())
	case docDeleted:
		err = x.omie.Remove(d.kind, d.id())
	}
	if err != nil {
		x.t.Fatalf("%s: %v", s, err)
	}
}

// changeAll changes every source in Auvo and runs a cycle.
func (x *afterExport) changeAll() {
	x.t.Helper()
	for _, s := range x.sources {
		s.row.change(x, s)
	}
	x.pass(10 * time.Minute)
	x.sync(3)
	x.readWaits()
}

// sweepOnce is what tells of a deleted quotation.
func (x *afterExport) sweepOnce() {
	x.t.Helper()
	x.pass(10 * time.Minute)
	x.sync(3, "--full")
	x.swept = true
	x.readWaits()
}

func (x *afterExport) readWaits() {
	x.t.Helper()
	var all []wait
	if err := json.Unmarshal([]byte(x.ponte(0, "waiting", "--json")), &all); err != nil {
		x.t.Fatal(err)
	}
	x.waits = map[string][]wait{}
	for _, w := range all {
		x.waits[w.Record.Auvo] = append(x.waits[w.Record.Auvo], w)
	}
}

// history: a conflict is kept with both values.
func (x *afterExport) history() {
	x.t.Helper()
	for _, s := range x.sources {
		if s.create != 0 || s.row.cells[s.standings[0]] != "conflict" {
			continue
		}
		story := x.ponte(0, "explain", "--account", "acme", strings.TrimSuffix(s.kind(), "s")+":"+strconv.Itoa(s.id))
		if !strings.Contains(story, "Conflito em ") {
			x.t.Errorf("%s: no conflict in its history\n%s", s, story)
		}
	}
}

// check compares each cell with the table: its documents and what waits.
func (x *afterExport) check(when string) {
	x.t.Helper()
	docs := x.documents()
	for _, s := range x.sources {
		if s.row.swept && !x.swept {
			continue
		}
		var want []string
		for n, kind := range creates[s.create].kinds {
			before, after := x.closed[s.code(kind)], docs[s.code(kind)]
			action := s.row.cells[s.standings[n]]
			if why := x.became(s, action, s.standings[n], document{x, kind, before}, document{x, kind, after}); why != "" {
				x.t.Errorf("%s, %s: %s is not %s: %s", s, when, s.code(kind), action, why)
			}
			if !slices.Contains([]string{isUpdated, isCancelled, isNothing}, action) {
				want = append(want, action)
			}
		}
		var got []string
		for _, w := range x.waits[strconv.Itoa(s.id)] {
			got = append(got, w.Cause)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			x.t.Errorf("%s, %s: waits for %v, want %v", s, when, got, want)
		}
	}
}

// became says how a document is not what an action leaves; "" when it is.
func (x *afterExport) became(s source, action string, standing int, before, after document) string {
	switch {
	case standing == docDeleted && after.rec != nil:
		return "it was made again"
	case standing == docDeleted:
		return ""
	case after.rec == nil:
		return "it is gone"
	}
	switch action {
	case isUpdated:
		if !s.row.applied(after) {
			return "it does not hold what the source asks for"
		}
		if standing == docEdited && !after.holdsOthers() {
			return "it lost what a person wrote"
		}
		if after.stage() != before.stage() {
			return "its stage changed"
		}
		return ""
	case isCancelled:
		if !after.cancelled() {
			return "it stands"
		}
		return ""
	}
	if !reflect.DeepEqual(before.rec, after.rec) {
		return "it was touched"
	}
	return ""
}

// remember keeps what the office reads about a lone service order.
func (x *afterExport) remember(said map[string]map[int][]wait) {
	for _, s := range x.sources {
		if s.create != 0 {
			continue
		}
		if said[s.row.name] == nil {
			said[s.row.name] = map[int][]wait{}
		}
		said[s.row.name][s.standings[0]] = x.waits[strconv.Itoa(s.id)]
	}
}

// rest: a further cycle writes nothing and says the same.
func (x *afterExport) rest() {
	x.t.Helper()
	x.calls()
	x.pass(10 * time.Minute)
	x.sync(3)
	x.quiet("at rest")
	x.readWaits()
	x.check("at rest")
}

// later edits of a source whose documents are cancelled or gone make nothing either.
func (x *afterExport) later() {
	x.t.Helper()
	for _, s := range x.sources {
		dead := !slices.ContainsFunc(s.standings, func(c int) bool { return c != docCancelled && c != docDeleted })
		if !dead || s.row.back == nil {
			continue
		}
		if s.row.quotation {
			x.inAuvo(s, map[string]any{"requestDate": "2026-03-05"})
		} else {
			x.inAuvo(s, map[string]any{"orientation": "Outra coisa"})
		}
	}
	x.pass(10 * time.Minute)
	x.sync(3)
	x.quiet("later")
	x.readWaits()
	x.check("later")
}

// quiet fails when the last run wrote in Omie.
func (x *afterExport) quiet(when string) {
	x.t.Helper()
	for _, c := range x.omie.Calls() {
		if !strings.HasPrefix(c.Call, "Listar") && !strings.HasPrefix(c.Call, "Consultar") {
			x.t.Errorf("%s: %s", when, c.Call)
		}
		if c.Fault != "" {
			x.t.Errorf("%s: %s: %s", when, c.Call, c.Fault)
		}
	}
	x.omie.ResetCalls()
}

// sweep: a whole comparison makes nothing again and changes nothing.
func (x *afterExport) sweep() {
	x.t.Helper()
	x.pass(time.Hour)
	x.sync(3, "--full")
	x.quiet("swept")
	x.readWaits()
	x.check("swept")
}

// heal undoes in Auvo what happened: what waited for it is over, and nothing
// was made a second time.
func (x *afterExport) heal() {
	x.t.Helper()
	for _, s := range x.sources {
		if s.row.back != nil {
			s.row.back(x, s)
		}
	}
	x.pass(time.Hour)
	x.sync(3) // what was deleted in Auvo cannot be put back
	x.readWaits()
	docs := x.documents()
	for _, s := range x.sources {
		if s.row.back == nil {
			continue
		}
		if waits := x.waits[strconv.Itoa(s.id)]; len(waits) > 0 {
			x.t.Errorf("%s, undone: still waits: %+v", s, waits)
		}
		for n, kind := range creates[s.create].kinds {
			d := document{x, kind, docs[s.code(kind)]}
			if s.row.cells[s.standings[n]] == isUpdated && s.row.applied(d) {
				x.t.Errorf("%s, undone: %s does not follow back", s, s.code(kind))
			}
		}
	}
	for code := range docs {
		if x.closed[code] == nil {
			x.t.Errorf("%s was made again", code)
		}
	}
	x.calls()
	x.pass(10 * time.Minute)
	x.sync(3)
	x.quiet("undone and at rest")
}

// documents are all orders in Omie, by code.
func (x *afterExport) documents() map[string]omiesim.Record {
	snapshot := x.omie.Snapshot()
	out := map[string]omiesim.Record{}
	for _, r := range snapshot.OS {
		out[strings.TrimSpace(r.Text("Cabecalho", "cCodIntOS"))] = r
	}
	for _, r := range snapshot.Pedidos {
		out[r.Text("cabecalho", "codigo_pedido_integracao")] = r
	}
	return out
}
