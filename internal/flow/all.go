package flow

import (
	"slices"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/record"
)

// All is the table of flows, in the order in which a cycle runs them: what an
// order needs first, and a quotation before the task that it names, so that
// nothing is billed twice (design.md §5).
var All = []Flow{
	{
		Name: "customers", Title: "Clientes", Kind: record.Customer, Feeds: []string{"omie/customers", "auvo/customers"}, Urgency: call.Customers,
		On: func(a config.Account) bool { return a.Flows.Customers.On() }, Mirror: &customers,
	},
	{
		Name: "products", Title: "Produtos", Kind: record.Product, Feeds: []string{"omie/products"}, Urgency: call.Catalogues,
		On: func(a config.Account) bool { return a.Flows.Products.On() }, Mirror: &products,
	},
	{
		Name: "services", Title: "Serviços", Kind: record.Service, Feeds: []string{"omie/services"}, Urgency: call.Catalogues,
		On: func(a config.Account) bool { return a.Flows.Services.On() }, Mirror: &services,
	},
	{
		Name: "quotations", Title: "Orçamentos", Kind: record.Quotation, Feeds: []string{"auvo/quotations"},
		On: func(a config.Account) bool { return a.Flows.Quotations.On() }, Derive: &quotations,
	},
	{
		Name: "tasks", Title: "Tarefas", Kind: record.Task, Feeds: []string{"auvo/tasks"},
		On: func(a config.Account) bool { return a.Flows.Tasks.On() }, Derive: &tasks,
	},
}

// Named returns the flow with that name.
func Named(name string) (Flow, bool) { return find(func(f Flow) bool { return f.Name == name }) }

// Of returns the flow of a kind.
func Of(kind record.Kind) (Flow, bool) { return find(func(f Flow) bool { return f.Kind == kind }) }

// Names returns the flows' names in order.
func Names() []string {
	var names []string
	for _, f := range All {
		names = append(names, f.Name)
	}
	return names
}

func find(match func(Flow) bool) (Flow, bool) {
	i := slices.IndexFunc(All, match)
	if i < 0 {
		return Flow{}, false
	}
	return All[i], true
}
