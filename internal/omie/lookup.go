package omie

import (
	"context"
	"slices"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// mostCodes is how many codes a batch filter takes (docs/apis/omie.md §2.3).
const mostCodes = 50

// lookUp reads the records that have one of the keys through a list's batch
// filter, of which unknown codes are simply absent. Each list also asks for a
// record known to exist, since a list without rows is a fault
// (docs/apis/omie.md §2.3). chave says a key in Omie's words, or that Omie
// cannot look it up.
func lookUp[K comparable, T any](ctx context.Context, keys []record.Key, near record.Near, chave func(record.Key) (K, error),
	list func(context.Context, []K) (omieapi.Lista[T], error), convert func(T) record.Item,
) ([]record.Item, error) {
	ask, err := inOmiesWords(keys, chave)
	if err != nil {
		return nil, err
	}
	known, err := inOmiesWords([]record.Key{{Name: record.KeyID, Value: near.KnownID}}, chave)
	if err != nil {
		return nil, err
	}
	var out []record.Item
	for batch := range slices.Chunk(ask, mostCodes-1) {
		page, err := list(ctx, slices.Concat(batch, known))
		if r := call.ReactionOf(err); r == call.Empty || r == call.Gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, row := range page.Itens {
			if i := convert(row); isWanted(i, keys) {
				out = append(out, i)
			}
		}
	}
	return out, nil
}

// inOmiesWords leaves out keys that name nothing, such as an id that is no
// number: asking with an empty key is a fault.
func inOmiesWords[K comparable](keys []record.Key, chave func(record.Key) (K, error)) ([]K, error) {
	var nothing K
	var out []K
	for _, k := range keys {
		c, err := chave(k)
		if err != nil {
			return nil, err
		}
		if c != nothing {
			out = append(out, c)
		}
	}
	return out, nil
}

func isWanted(i record.Item, keys []record.Key) bool {
	return slices.ContainsFunc(keys, func(k record.Key) bool {
		if k.Name == record.KeyID {
			return k.Value == i.ID
		}
		return k.Value != "" && slices.Contains(i.Keys, k)
	})
}

// turned asks for the first page with another page size each time, from 96 to
// 100: a read that is like one of the last minute would have to wait
// (docs/apis/omie.md §2.1).
func (s *side) turned() omieapi.Paginacao {
	return omieapi.Paginacao{Pagina: 1, PorPagina: s.turningSize()}
}

func (s *side) turningSize() int { return 96 + int(s.scan.Add(1)%5) }

// noFinder is for kinds that Omie cannot look up without a fault.
type noFinder struct{}

// Find finds nothing.
func (noFinder) Find(context.Context, []record.Key, record.Near) ([]record.Item, error) {
	return nil, record.ErrNoLookup
}
