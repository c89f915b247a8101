package main

import (
	"strconv"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// What people do in Auvo to a source.

func (x *afterExport) inAuvo(s source, set map[string]any) {
	x.t.Helper()
	if err := x.auvo.Edit(s.kind(), strconv.Itoa(s.id), set); err != nil {
		x.t.Fatalf("%s: %v", s, err)
	}
}

func editLines(x *afterExport, s source) {
	quantity, price, part, visit := "quantity", "unitaryValue", "productId", "id"
	var product any = partGUID
	if s.row.quotation {
		quantity, visit, product = "amount", "serviceId", 4501
	}
	x.inAuvo(s, map[string]any{
		"services": []any{map[string]any{visit: visitGUID, quantity: 3, price: 140}},
		"products": []any{map[string]any{part: product, quantity: 4, price: 35.5}}, "summary": nil,
	})
}

func reassign(x *afterExport, s source) { x.inAuvo(s, map[string]any{"idUserTo": 503}) }

func changeCustomer(x *afterExport, s source) { x.inAuvo(s, map[string]any{"customerId": 56}) }

func reopen(x *afterExport, s source) {
	x.inAuvo(s, map[string]any{"taskStatus": 3, "finished": false})
}

func removeSource(x *afterExport, s source) {
	if err := x.auvo.Remove(s.kind(), strconv.Itoa(s.id)); err != nil {
		x.t.Fatalf("%s: %v", s, err)
	}
}

func leaveStage(x *afterExport, s source) {
	if err := x.auvo.SetStage(strconv.Itoa(s.id), "Enviado"); err != nil {
		x.t.Fatalf("%s: %v", s, err)
	}
}

// restoreSource puts a source back as it was exported.
func restoreSource(x *afterExport, s source) {
	set := auvosim.Record{"summary": nil}
	for _, name := range []string{"customerId", "idUserTo", "taskStatus", "finished", "services", "products", "orientation", "requestDate"} {
		if was, had := s.was[name]; had {
			set[name] = was
		}
	}
	if s.row.quotation {
		delete(set, "summary")
		if err := x.auvo.SetStage(strconv.Itoa(s.id), "Aprovado"); err != nil {
			x.t.Fatalf("%s: %v", s, err)
		}
	}
	x.inAuvo(s, set)
}

// A document is one order in Omie; rec is nil when it is not there.
type document struct {
	x    *afterExport
	kind string
	rec  omiesim.Record
}

// words are where the two kinds of documents keep the same things.
type words struct {
	head, id, customer, forecast, stage string
	notes                               [2]string
	cancelled                           [2]string
}

var wordsOf = map[string]words{
	"os":      {"Cabecalho", "nCodOS", "nCodCli", "dDtPrevisao", "cEtapa", [2]string{"Observacoes", "cObsOS"}, [2]string{"InfoCadastro", "cCancelada"}},
	"pedidos": {"cabecalho", "codigo_pedido", "codigo_cliente", "data_previsao", "etapa", [2]string{"observacoes", "obs_venda"}, [2]string{"infoCadastro", "cancelado"}},
}

func (d document) words() words  { return wordsOf[d.kind] }
func (d document) id() int64     { return d.rec.Int(d.words().head, d.words().id) }
func (d document) stage() string { return d.rec.Text(d.words().head, d.words().stage) }
func (d document) notes() string { return d.rec.Text(d.words().notes[0], d.words().notes[1]) }
func (d document) cancelled() bool {
	return d.rec.Text(d.words().cancelled[0], d.words().cancelled[1]) == "S"
}

// What a person does in Omie to a document.

func (d document) inOmie(set map[string]any) {
	d.x.t.Helper()
	if err := d.x.omie.Edit(d.kind, d.id(), set); err != nil {
		d.x.t.Fatal(err)
	}
}

func (d document) setNotes(notes string) map[string]any {
	return map[string]any{d.words().notes[0]: map[string]any{d.words().notes[1]: notes}}
}

// rewriteOthers writes what no source in the table changes.
func (d document) rewriteOthers() {
	set := d.setNotes("Entregar na portaria.\n" + d.notes())
	set[d.words().head] = map[string]any{d.words().forecast: "20/03/2026"}
	d.inOmie(set)
	if err := d.x.omie.SetStage(d.kind, d.id(), "20"); err != nil {
		d.x.t.Fatal(err)
	}
}

func (d document) holdsOthers() bool {
	return d.rec.Text(d.words().head, d.words().forecast) == "20/03/2026" && strings.HasPrefix(d.notes(), "Entregar na portaria.") && d.stage() == "20"
}

// rewriteLines gives every line another price, or quantity where it has none.
func (d document) rewriteLines() {
	if d.kind == "pedidos" {
		items := d.rec.List("det")
		items[0].Object("produto")["valor_unitario"] = 40
		d.inOmie(map[string]any{"det": items})
		return
	}
	services := d.rec.List("ServicosPrestados")
	services[0]["nValUnit"] = 160
	set := map[string]any{"ServicosPrestados": services}
	if used := d.rec.List("produtosUtilizados", "produtoUtilizado"); len(used) > 0 {
		used[0]["nQtdePU"] = 2
		set["produtosUtilizados"] = map[string]any{"produtoUtilizado": used}
	}
	d.inOmie(set)
}

func (d document) rewriteWorker() {
	d.inOmie(d.setNotes(strings.Replace(d.notes(), "Colaborador responsável: Beto Lima", "Colaborador responsável: Zeca", 1)))
}

func (d document) rewriteCustomer() {
	d.inOmie(map[string]any{d.words().head: map[string]any{d.words().customer: firstCustomer + 2}})
}

// What a document holds once it follows its source.

func (d document) holdsEditedLines() bool {
	if d.kind == "pedidos" {
		items := d.rec.List("det")
		return len(items) == 1 && items[0].Text("produto", "quantidade") == "4" && items[0].Text("produto", "valor_unitario") == "35.5"
	}
	services, used := d.rec.List("ServicosPrestados"), d.rec.List("produtosUtilizados", "produtoUtilizado")
	return len(services) == 1 && services[0].Text("nQtde") == "3" && services[0].Text("nValUnit") == "140" &&
		(len(used) == 0 || len(used) == 1 && used[0].Text("nQtdePU") == "4")
}

func (d document) holdsNewWorker() bool {
	return strings.Contains(d.notes(), "Colaborador responsável: Carla Dias") && !strings.Contains(d.notes(), "Beto Lima")
}

func (d document) holdsNewCustomer() bool {
	return d.rec.Int(d.words().head, d.words().customer) == firstCustomer+1
}
