// Package auvo is the Auvo side: it offers what an Auvo account holds as
// records, and writes records there, on top of package auvoapi. All mapping
// between Auvo's words and records is in the convert files. It decides
// nothing: what crosses is the matter of flow and reconcile.
package auvo

import (
	"context"
	"strconv"
	"strings"
	"time"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

// Options are the account's settings that reading and writing depend on.
type Options struct {
	// Name is the Omie name that Auvo's mirrors; with nome_fantasia Auvo's
	// legalName mirrors razao_social.
	Name string
	// ApprovedStages are what doctor looks for among the quotations.
	ApprovedStages []string
}

// A side is one Auvo account.
type side struct {
	api  *auvoapi.Client
	opts Options
}

const pageSize = 100 // the most that task lists give (docs/apis/auvo.md, Limits)

// New returns the Auvo side over a client.
func New(client *auvoapi.Client, opts Options) record.System {
	s := &side{api: client, opts: opts}
	return record.System{
		Side: record.Auvo, Probe: s.probe, Open: s.open, Choices: s.choices, Register: s.register,
		Customers: s.customers(), Products: s.products(), Services: s.services(), Tasks: s.tasks(), Quotations: s.quotations(),
	}
}

// eachPage reads a list to its end and hands every page on. An empty list, and
// a page past the last, may come as 404: then nothing follows.
func eachPage[T any](ctx context.Context, after record.Place, fetch func(ctx context.Context, page int) (auvoapi.Page[T], error), take func(T) (record.Item, bool), page func(record.Page) error) error {
	declared := -1
	if after.Page > 0 {
		declared = after.Declared
	}
	for n := after.Page + 1; ; n++ {
		list, err := fetch(ctx, n)
		if call.ReactionOf(err) == call.Empty {
			if n == 1 {
				declared = 0
			}
			return page(record.Page{Declared: declared, Number: n, Size: pageSize, Last: true})
		}
		if err != nil {
			return err
		}
		declared = -1
		if list.HasTotal {
			declared = list.Total
		}
		p := record.Page{Received: len(list.Items), Declared: declared, Number: n, Size: pageSize, Last: list.Last()}
		for _, row := range list.Items {
			if i, ok := take(row); ok && i.ID != "" { // of a row without an id nothing can be said but that it came
				p.Items = append(p.Items, i)
			}
		}
		if err := page(p); err != nil || p.Last {
			return err
		}
	}
}

func text(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// rowed keeps the row as it came, and what of it did not read: such a record waits.
func rowed(i record.Item, row auvoapi.Row) record.Item {
	i.Raw = row.Raw
	if len(row.Problems) > 0 {
		return i.WithFact(record.FactProblem, strings.Join(row.Problems, "; "))
	}
	return i
}

func stamped(i record.Item, at time.Time) record.Item {
	if !at.IsZero() {
		i.Changed, i.Version = at, at.UTC().Format(time.RFC3339)
	}
	return i
}

// findEach looks each key up by itself: Auvo takes no batch of keys.
func findEach(ctx context.Context, keys []record.Key, near record.Near, find finder) ([]record.Item, error) {
	var out []record.Item
	for _, k := range keys {
		items, err := find(ctx, k)
		if err == nil && len(items) == 0 && near.Certain {
			items, err = lookAgain(ctx, k, near, find)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return out, nil
}

// A finder looks up one key.
type finder func(context.Context, record.Key) ([]record.Item, error)

// lookAgain looks a second time, once a record that is known to exist was found:
// Auvo says "none" with a 404, and so does a gateway in passing
// (docs/apis/auvo.md §3.4).
func lookAgain(ctx context.Context, k record.Key, near record.Near, find finder) ([]record.Item, error) {
	if near.KnownID == "" {
		return find(ctx, k)
	}
	for _, known := range append([]string{near.KnownID}, near.Others...) { // one may have been deleted since
		there, err := find(ctx, record.Key{Name: record.KeyID, Value: known})
		if err != nil {
			return nil, err
		}
		if len(there) > 0 {
			return find(ctx, k)
		}
	}
	return nil, &call.Error{Side: "auvo", Op: "look-up", Reaction: call.Retry, Text: "record " + near.KnownID + " is not found either, which exists"}
}

// byNumber reads one record by its number; what is gone is absent, and so is
// what no number names.
func byNumber[T any](ctx context.Context, id string, get func(context.Context, int64) (T, error), convert func(T) record.Item) ([]record.Item, error) {
	n := record.Number(id)
	if n == 0 {
		return nil, nil
	}
	row, err := get(ctx, n)
	return one(row, err, convert)
}

// one turns a get by id into what a finder returns: what is gone is absent.
func one[T any](row T, err error, convert func(T) record.Item) ([]record.Item, error) {
	if call.ReactionOf(err) == call.Gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []record.Item{convert(row)}, nil
}

// filterable is a key as a filter may carry it: Auvo reads a comma as a list of
// keys, so that one which holds a comma is looked for in the whole list.
func filterable(key string) string {
	if strings.Contains(key, ",") {
		return ""
	}
	return key
}

// search reads a filtered list up to the page that holds a match, and keeps what
// really matches: Auvo ignores filters that it does not know, and then the whole
// list is read.
func search[T any](ctx context.Context, fetch func(context.Context, int) (auvoapi.Page[T], error), convert func(T) record.Item, match func(record.Item) bool) ([]record.Item, error) {
	for n := 1; ; n++ {
		list, err := fetch(ctx, n)
		if call.ReactionOf(err) == call.Empty {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		var out []record.Item
		for _, row := range list.Items {
			if i := convert(row); match(i) {
				out = append(out, i)
			}
		}
		if len(out) > 0 || list.Last() {
			return out, nil
		}
	}
}
