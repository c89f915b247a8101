// Package subject decides about the data of one person (LGPD): whom a text names,
// what of a record may stay once that person was erased, by which texts their data is
// found where nobody looks for it, and what the office tells of all processing.
//
// A subject is a customer: its records on both sides, the tasks and quotations made
// for it, and the orders that bill them. Erased, a customer leaves a husk: the vendor's
// id and that it was erased, so that it is not taken in again. Its tasks and orders
// keep what money and the law hang on: ids, dates, states, amounts.
//
// All of it is pure: values in, values out.
package subject

import (
	"maps"
	"slices"
	"strings"

	"ponte/internal/record"
)

// Erased are the vendors' ids of customers that were erased, by side.
type Erased map[record.Side]map[string]bool

// Holds tells whether an item is an erased customer, or of one.
func (e Erased) Holds(i record.Item) bool {
	switch {
	case i.Kind == record.Customer:
		return e[i.Side][i.ID]
	case i.Source != nil:
		return e[record.Auvo][i.Source.CustomerID]
	case i.Order != nil:
		return e[record.Omie][i.Order.Customer]
	}
	return false
}

// Over are items with a husk in the place of each that is erased.
func (e Erased) Over(items []record.Item) []record.Item {
	out := items
	for n, i := range items {
		if !e.Holds(i) {
			continue
		}
		if &out[0] == &items[0] {
			out = append([]record.Item{}, items...)
		}
		out[n] = Husk(i)
	}
	return out
}

// What people read of an erased customer.
const (
	Title = "(dados apagados)"
	Never = "Os dados deste cliente foram apagados a pedido dele (LGPD); o cadastro não cruza mais."
)

// Husk is what stays of an item once its customer is erased.
func Husk(i record.Item) record.Item {
	out := record.Item{Kind: i.Kind, Side: i.Side, ID: i.ID, Version: i.Version, Changed: i.Changed, Title: i.Title, Code: i.Code, Facts: map[string]string{record.FactErased: "true"}}
	switch {
	case i.Kind == record.Customer:
		out.Title, out.Code, out.Never = Title, "", Never
	case i.Source != nil:
		out.Source, out.Keys = sourceHusk(*i.Source), kept(i.Keys, record.KeyCustomer, record.KeyTask)
	case i.Order != nil:
		out.Order, out.Keys = OrderHusk(*i.Order), numbersMentioned(i.Keys)
		for _, name := range []string{record.FactBilled, record.FactCancelled, record.FactStage, record.FactNumber, record.FactMade, record.FactTotal} {
			if value := i.Fact(name); value != "" {
				out.Facts[name] = value
			}
		}
	}
	return out
}

func kept(keys []record.Key, names ...string) []record.Key {
	var out []record.Key
	for _, k := range keys {
		for _, name := range names {
			if k.Name == name {
				out = append(out, k)
			}
		}
	}
	return out
}

// numbersMentioned are the tasks and quotations that an order names by number: what it
// bills is not billed again once its customer is back (P1). A link stays nowhere.
func numbersMentioned(keys []record.Key) []record.Key {
	return slices.DeleteFunc(kept(keys, record.KeyMention), func(k record.Key) bool { return strings.HasPrefix(k.Value, record.LinkMention) })
}

// sourceHusk keeps whom a source is for, when, its state, and what it bills.
func sourceHusk(s record.Source) *record.Source {
	out := record.Source{
		CustomerID: s.CustomerID, Date: s.Date, Requested: s.Requested, Changed: s.Changed, Status: s.Status, TaskType: s.TaskType,
		StageID: s.StageID, StageName: s.StageName, StageCancelled: s.StageCancelled, TaskIDs: s.TaskIDs,
		Products: s.Products, Services: s.Services, Discount: s.Discount, Summary: s.Summary, Deleted: s.Deleted,
	}
	for _, c := range s.Costs { // their names are typed by hand
		out.Costs = append(out.Costs, record.CostLine{Value: c.Value})
	}
	return &out
}

// OrderHusk drops of an order what was written by hand, and the city.
func OrderHusk(o record.Order) *record.Order {
	o.Notes, o.City = "", ""
	o.Services, o.Products = bare(o.Services), bare(o.Products)
	return &o
}

func bare(lines []record.OrderLine) []record.OrderLine {
	var out []record.OrderLine
	for _, l := range lines {
		l.Description = ""
		out = append(out, l)
	}
	return out
}

// Base is what stays of what Ponte last wrote into an order.
func Base(fields record.Fields) record.Fields {
	out := maps.Clone(fields)
	delete(out, record.FieldNotes)
	return out
}
