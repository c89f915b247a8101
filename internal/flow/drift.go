package flow

import (
	"cmp"
	"fmt"
	"strings"

	"ponte/internal/record"
)

// A source is a feed as people know it. One that has no list of changes tells of
// none: what its whole reads find is expected.
type source struct {
	list string // "a lista de clientes alterados"
	one  string // "cliente"
	many string
}

// sources names every feed, by its cursor.
var sources = map[string]source{
	"auvo/customers":      {"a lista de clientes alterados", "cliente", "clientes"},
	"auvo/products":       {"a lista de produtos", "produto", "produtos"},
	"auvo/services":       {"a lista de serviços", "serviço", "serviços"},
	"auvo/tasks":          {"a lista de tarefas alteradas", "tarefa", "tarefas"},
	"auvo/deleted-tasks":  {"a lista de tarefas excluídas", "tarefa", "tarefas"},
	"auvo/quotations":     {"a lista de orçamentos alterados", "orçamento", "orçamentos"},
	"omie/customers":      {"a lista de clientes alterados", "cliente", "clientes"},
	"omie/products":       {"a lista de produtos alterados", "produto", "produtos"},
	"omie/services":       {"a lista de serviços alterados", "serviço", "serviços"},
	"omie/stock":          {"a posição de estoque", "saldo", "saldos"},
	"omie/service-orders": {"a lista de ordens de serviço", "ordem de serviço", "ordens de serviço"},
	"omie/sales-orders":   {"a lista de pedidos de venda", "pedido de venda", "pedidos de venda"},
}

// A Drift is what a sweep found of one source, by why its windows had not told it.
type Drift struct {
	Source string // "auvo/customers"

	Missed, Unstamped, Unasked, Gone int
}

// Message says in Portuguese what a sweep found of a source, and who failed to tell.
func (d Drift) Message() string {
	side, feed, _ := strings.Cut(d.Source, "/")
	s, known := sources[d.Source]
	if !known {
		s = source{"a lista " + feed, "registro", "registros"}
	}
	var said []string
	if d.Missed > 0 {
		said = append(said, s.list+" não trouxe "+counted(d.Missed, "mudança", "mudanças"))
	}
	if d.Unstamped > 0 {
		verb := map[bool]string{true: "mudou", false: "mudaram"}[d.Unstamped == 1]
		said = append(said, fmt.Sprintf("%s %s sem que a data de alteração mudasse", counted(d.Unstamped, s.one, s.many), verb))
	}
	if d.Unasked > 0 {
		said = append(said, fmt.Sprintf("a varredura achou %s (%s não avisa mudanças: é o esperado)", counted(d.Unasked, s.one+" diferente", s.many+" diferentes"), s.list))
	}
	if d.Gone > 0 {
		verb := map[bool]string{true: "não existe mais", false: "não existem mais"}[d.Gone == 1]
		said = append(said, counted(d.Gone, s.one, s.many)+" "+verb)
	}
	if len(said) == 0 {
		said = []string{s.list + " não perdeu nenhuma mudança"}
	}
	return record.Side(side).Title() + ": " + strings.Join(said, "; ") + "."
}

func counted(n int, one, many string) string {
	return fmt.Sprintf("%d %s", n, cmp.Or(map[bool]string{true: one}[n == 1], many))
}

// OrderState says in Portuguese what has become of an order in Omie.
func OrderState(o record.Item) string {
	switch {
	case o.Fact(record.FactCancelled) == "true":
		return "cancelado"
	case o.Fact(record.FactBilled) == "true":
		return "faturado"
	}
	return "aberto"
}
