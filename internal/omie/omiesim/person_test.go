package omiesim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPersonsEditIsStampedAsTheirs(t *testing.T) {
	e := setup(t)
	e.SetClock(monday.AddDate(0, 0, 1))
	if err := e.Edit("servicos", 7000000201, map[string]any{"cabecalho": map[string]any{"nPrecoUnit": 99.9}}); err != nil {
		t.Fatal(err)
	}
	r := e.ok(servicos, "ConsultarCadastroServico", Record{"nCodServ": 7000000201})
	if got := r.Text("info", "uAlt") + " " + r.Text("info", "dAlt") + " " + r.Text("info", "hAlt"); got != "P000000001 24/11/2026 10:00:00" {
		t.Errorf("stamps %s", got)
	}
	if r.Text("cabecalho", "nPrecoUnit") != "99.9" || r.Text("cabecalho", "cDescricao") != "Visita tecnica" {
		t.Errorf("the record reads %v", r)
	}
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "email": "x@example.test"})
	if got := e.ok(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}).Text("info", "uAlt"); got != "WEBSERVICE" {
		t.Errorf("a change by API is stamped %s", got)
	}
}

func TestAnEditedOrderAddsUpAgain(t *testing.T) {
	e := setup(t)
	id := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
	if err := e.Edit("os", id, map[string]any{"ServicosPrestados": []any{map[string]any{"nCodServico": 7000000201, "nQtde": 1, "nValUnit": 7, "nSeqItem": 1}}}); err != nil {
		t.Fatal(err)
	}
	if err := e.SetStage("os", id, "30"); err != nil {
		t.Fatal(err)
	}
	r := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id})
	if r.Text("Cabecalho", "nValorTotal") != "7" || r.Text("Cabecalho", "cEtapa") != "30" || r.List("ServicosPrestados")[0].Int("nIdItem") == 0 {
		t.Errorf("the order reads %v", r)
	}
}

func TestBillingMovesToStageSixtyAndRemovalIsSilent(t *testing.T) {
	e := setup(t)
	id := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
	if err := e.Bill("os", id); err != nil {
		t.Fatal(err)
	}
	r := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id})
	if r.Text("Cabecalho", "cEtapa") != "60" || r.Text("InfoCadastro", "cFaturada") != "S" || r.Text("InfoCadastro", "dDtFat") != "23/11/2026" {
		t.Errorf("the billed order reads %v", r)
	}
	if err := e.Remove("clientes", 7000000001); err != nil {
		t.Fatal(err)
	}
	e.wantFault(clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}, "ERROR: Cliente não cadastrado para o Código [7000000001] !")
}

func TestWhatIsNotThereCannotBeActedOn(t *testing.T) {
	e := setup(t)
	for about, err := range map[string]error{
		"an unknown kind":     e.Edit("nothing", 1, nil),
		"a kind without ids":  e.Edit("categorias", 1, nil),
		"an unknown record":   e.Remove("clientes", 1),
		"no document":         e.Bill("clientes", 7000000001),
		"an unknown product":  e.MoveStock(1, 0, "1"),
		"an unknown place":    e.MoveStock(7000000101, 1, "1"),
		"a quantity of words": e.MoveStock(7000000101, 0, "many"),
	} {
		if err == nil {
			t.Errorf("%s was acted on", about)
		}
	}
}

func TestASnapshotSeedsAnEqualSim(t *testing.T) {
	e := setup(t)
	e.ok(ordens, "IncluirOS", newOS("A1"))
	sale := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	if err := e.Bill("pedidos", sale); err != nil {
		t.Fatal(err)
	}
	first := e.Snapshot()
	other := bare(t)
	if err := other.Seed(first); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, other.Snapshot()); diff != "" {
		t.Errorf("the second differs (-first +second):\n%s", diff)
	}
	if err := other.Cancel("pedidos", sale); err != nil {
		t.Fatal(err)
	}
	if got := other.Snapshot().Estoque[0].Text("fisico"); got != "10" {
		t.Errorf("after cancelling the seeded billed order %s are in stock, want 10", got)
	}
	if made := other.ok(ordens, "IncluirOS", newOS("A2")); made.Text("cNumOS") != "000000000000002" {
		t.Errorf("the next number is %s", made.Text("cNumOS"))
	}
}

func TestASnapshotIsACopy(t *testing.T) {
	e := setup(t)
	d := e.Snapshot()
	d.Clientes[0]["razao_social"] = "changed"
	d.Clientes[0].Object("info")["dAlt"] = "changed"
	if diff := cmp.Diff(e.Snapshot().Clientes[0]["info"], d.Clientes[0]["info"]); diff == "" {
		t.Error("the snapshot shares its records with the simulator")
	}
}

func TestASeedWithoutItsKeyIsRefused(t *testing.T) {
	e := bare(t)
	for _, d := range []Data{{Categorias: []Record{{"descricao": "x"}}}, {Estoque: []Record{{"fisico": 1}}}, {Clientes: []Record{{"x": func() {}}}}} {
		if err := e.Seed(d); err == nil {
			t.Errorf("%v was seeded", d)
		}
	}
}

func TestTheConsumerMayBeLeftOut(t *testing.T) {
	e := bare(t)
	if got := e.Snapshot().Clientes; len(got) != 1 || got[0].Text("razao_social") != "Cliente Consumidor" || len(got[0].List("tags")) != 0 {
		t.Errorf("a new account has %v", got)
	}
	e = bare(t)
	e.NoConsumer = true
	if got := e.Snapshot().Clientes; len(got) != 0 {
		t.Errorf("without the consumer there is %v", got)
	}
}
