package benchmark

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A shop is what an ordinary account has: all linked after its first cycle.
const (
	shopCustomers = 400
	shopProducts  = 200
	shopTasks     = 100
	shopEdits     = 40 // customers, half on each side
)

const shopFlows = `      customers: {}
      products: {}
      services: {}
      tasks: {create: service-order, max_documents: 1000}
      quotations: {create: sales-order, approved_stages: [Aprovado]}`

const visit = "0b1c2d3e-0000-4000-8000-0000000000a1"

func (b *bubble) furnish() {
	before := time.Now().AddDate(0, -2, 0)
	var a auvosim.Data
	var o omiesim.Data
	for n := range shopCustomers {
		a.Customers = append(a.Customers, auvoCustomer(n, fmt.Sprint(firstOmie+n), before))
		o.Clientes = append(o.Clientes, omieCustomer(n, before))
	}
	for n := range shopProducts {
		o.Produtos = append(o.Produtos, omieProduct(n, before))
		o.Estoque = append(o.Estoque, omiesim.Record{"codigo_produto": firstProduct + n, "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 5})
		a.Products = append(a.Products, auvoProduct(n))
	}
	a.Services = []auvosim.Record{{"id": visit, "title": "Visita", "price": 150, "active": true, "externalCode": "7000000100"}}
	o.Servicos = []omiesim.Record{{"intListar": map[string]any{"nCodServ": 7000000100}, "cabecalho": map[string]any{"cDescricao": "Visita", "nPrecoUnit": 150}, "info": omieInfo(before)}}
	for n := range shopTasks {
		a.Tasks = append(a.Tasks, openTask(n, time.Now()))
	}
	b.seed(a, o)
}

// A thrift is what one cycle called, and the least that it must.
type thrift struct {
	name           string
	reads, writes  int
	bound, rereads int // rereads: tasks read again before their order is made (design.md §7)
}

func (c thrift) ratio() float64 { return float64(c.reads+c.writes) / float64(c.bound) }

func (c thrift) String() string {
	return fmt.Sprintf("%s: %d reads and %d writes for a bound of %d: %.3f (%d of the bound are sources read again)", c.name, c.reads, c.writes, c.bound, c.ratio(), c.rereads)
}

// spent counts the calls of both sides since the last look.
func (b *bubble) spent(name string, bound, rereads int) thrift {
	c := thrift{name: name, bound: bound, rereads: rereads}
	for _, m := range b.taken() {
		if isWrite(m.method) {
			c.writes++
		} else {
			c.reads++
		}
	}
	return c
}

// isWrite tells by an Auvo call's verb or an Omie call's name whether it changes something.
func isWrite(method string) bool {
	for _, verb := range []string{"POST", "PUT", "PATCH", "DELETE", "Incluir", "Alterar", "Upsert", "Cancelar", "Excluir", "Associar"} {
		if strings.HasPrefix(method, verb) {
			return true
		}
	}
	return false
}

// The least calls of an idle cycle: the seven first pages of P3, and the scan of the stock.
const idleBound = 7 + shopProducts/100

// cyclesOfAShop runs a shop's cycles, with what happens between them.
func cyclesOfAShop(t *testing.T) (all []thrift) {
	inBubble(t, shopFlows, (*bubble).furnish, func(b *bubble) {
		b.cycle(1)
		b.spent("", 1, 0)
		b.cycle(2)
		all = append(all, b.spent("rerun", idleBound, 0))
		for n := range shopEdits / 2 {
			b.must(b.omie.Edit("clientes", firstOmie+int64(n), map[string]any{"telefone1_numero": fmt.Sprintf("9%07d", n)}))
			b.must(b.auvo.Edit("customers", fmt.Sprint(1000+shopEdits+n), map[string]any{"email": []string{fmt.Sprintf("n%d@example.test", n)}}))
		}
		b.cycle(3)
		all = append(all, b.spent("cycle", idleBound+shopEdits, 0))
		for n := range shopTasks {
			b.must(b.auvo.FinishTask(fmt.Sprint(800+n), auvosim.Items{Services: []auvosim.Record{{"id": visit, "quantity": 1, "unitaryValue": 150}}}))
		}
		b.cycle(4)
		all = append(all, b.spent("documents", idleBound+2*shopTasks, shopTasks))
		waits, err := b.db.Waits(b.t.Context(), b.account.ID)
		b.must(err)
		for _, w := range waits[:min(len(waits), 3)] {
			t.Errorf("%s waits: %s %v", w.Ref, w.Cause, w.Detail)
		}
		if made := len(b.omie.Snapshot().OS); made != shopTasks {
			t.Errorf("%d tasks became %d orders", shopTasks, made)
		}
	})
	return all
}

// TestCyclesCallLittleMoreThanTheyMust (P3, P7): the goals of docs/benchmarks.md.
func TestCyclesCallLittleMoreThanTheyMust(t *testing.T) {
	most := map[string]float64{"rerun": 1.2, "cycle": 1.2, "documents": 1.1}
	for _, c := range cyclesOfAShop(t) {
		t.Log(c)
		if c.ratio() > most[c.name] || (c.name == "rerun" && c.writes > 0) {
			t.Errorf("%s", c)
		}
	}
}
