// Package omie is the Omie side: it offers what an Omie app holds as records,
// and writes records there, on top of package omieapi. All mapping between
// Omie's words and records is in the convert files. It decides nothing: what
// crosses is the matter of flow and reconcile.
package omie

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"sync/atomic"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// Options are the account's settings that reading and writing depend on.
type Options struct {
	// Name is the Omie name that Auvo's mirrors: razao_social or nome_fantasia.
	Name string
	// StockLocation is default, all, or a codigo_local_estoque.
	StockLocation string
	// Defaults are what doctor checks against Omie's catalogues.
	Defaults Defaults
}

// A side is one Omie app.
type side struct {
	api  *omieapi.Client
	opts Options
	scan atomic.Int64 // turns the page size, so that no two whole reads are alike
}

// New returns the Omie side over a client.
func New(client *omieapi.Client, opts Options) record.System {
	s := &side{api: client, opts: opts}
	s.scan.Store(rand.Int64N(5))
	return record.System{
		Side: record.Omie, Probe: s.probe, Open: s.open, Choices: s.choices,
		Customers: s.customers(), Products: s.products(), Services: s.services(),
		ServiceOrders: s.serviceOrders(), SalesOrders: s.salesOrders(),
	}
}

// from is where a read begins, and its page size. A window ends at another second
// each time; a read without one would be like that of a command a moment ago, and
// wait.
func (s *side) from(w record.Window) record.Place {
	switch {
	case w.After.Page > 0:
		return w.After
	case w.Since.IsZero():
		return s.beginning()
	}
	return record.Place{Size: omieapi.PorPagina}
}

// beginning is a read from the first page, of another size each time.
func (s *side) beginning() record.Place { return record.Place{Size: s.turningSize()} }

// eachPage reads a list to the end that each answer states, and hands every
// page on. An empty list is one page without items; it costs a fault
// (docs/apis/omie.md §10.2).
func eachPage[T any](ctx context.Context, from record.Place, fetch func(context.Context, omieapi.Paginacao) (omieapi.Lista[T], error),
	take func(T) (record.Item, bool), page func(record.Page) error,
) error {
	declared := from.Declared
	for n := from.Page + 1; ; n++ {
		list, err := fetch(ctx, omieapi.Paginacao{Pagina: n, PorPagina: from.Size})
		if call.ReactionOf(err) == call.Empty {
			return page(record.Page{Declared: declared, Number: n, Size: from.Size, Last: true})
		}
		if err != nil {
			return err
		}
		declared = list.TotalDeRegistros
		p := record.Page{Received: len(list.Itens), Declared: declared, Number: n, Size: from.Size, Last: n >= list.TotalDePaginas || len(list.Itens) == 0}
		for _, row := range list.Itens {
			if i, ok := take(row); ok && i.ID != noID {
				p.Items = append(p.Items, i)
			}
		}
		if err := page(p); err != nil || p.Last {
			return err
		}
	}
}

// noID is the id of a row in which none could be read: nothing can be said of
// such a record, so that it only counts among the rows received.
const noID = "0"

func id(n omieapi.Int) string { return strconv.FormatInt(int64(n), 10) }

// stamped fills in when a row last changed.
func stamped(i record.Item, c omieapi.Carimbos) record.Item {
	if at, ok := c.Alterado(); ok {
		i.Changed = at
		i.Version = string(c.DAlt) + " " + string(c.HAlt)
	}
	return i
}

// unreadable notes a row that did not decode: it waits, and holds no field,
// since what did not read must not pass for empty. Its id, which may stand
// behind what did not read, is looked for at path (P5).
func unreadable(i record.Item, row omieapi.Linha, path ...string) record.Item {
	i.Raw = row.Raw
	if row.Erro == nil {
		return i
	}
	i.ID = salvagedID(row.Raw, path)
	i.Fields = nil
	return i.WithFact(record.FactProblem, row.Erro.Error())
}

// salvagedID reads nothing of a row but its id, noID when even that fails.
func salvagedID(raw json.RawMessage, path []string) string {
	for _, tag := range path {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			return noID
		}
		raw = members[tag]
	}
	var n omieapi.Int
	if n.UnmarshalJSON(raw) != nil {
		return noID
	}
	return id(n)
}

func boolText(b bool) string { return strconv.FormatBool(b) }
