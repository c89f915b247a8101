package auvo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

// open reads one customer. Auvo names no company.
func (s *side) open(ctx context.Context) (string, error) {
	_, err := s.api.Customers.List(ctx, auvoapi.CustomerFilter{}, 1, 1)
	if call.ReactionOf(err) == call.Empty {
		err = nil
	}
	return "", err
}

// choices reads what tasks and quotations are chosen by, and who makes them. No endpoint lists the
// stages of quotations: they are those of the newest ones.
func (s *side) choices(ctx context.Context) []record.Catalogue {
	return []record.Catalogue{
		catalogue(ctx, record.TaskTypes, s.api.TaskTypes.List, func(t auvoapi.TaskType) (code, title string) {
			if t.Active {
				code = text(t.ID)
			}
			return code, t.Description
		}),
		catalogue(ctx, record.CustomerGroups, s.api.CustomerGroups.List, func(g auvoapi.CustomerGroup) (code, title string) {
			return text(g.ID), g.Description
		}),
		catalogue(ctx, record.Users, s.api.Users.List, func(u auvoapi.User) (code, title string) {
			return text(u.ID), u.Name
		}),
		catalogue(ctx, record.QuotationStages, s.newestQuotations, func(q auvoapi.Quotation) (code, title string) {
			name := strings.TrimSpace(q.CurrentStage.Description)
			return name, name
		}),
	}
}

// newestQuotations is one page, whatever the list holds.
func (s *side) newestQuotations(ctx context.Context, page, size int) (auvoapi.Page[auvoapi.Quotation], error) {
	list, err := s.api.Quotations.List(ctx, auvoapi.QuotationFilter{}, page, size)
	list.Total, list.HasTotal = len(list.Items), true
	return list, err
}

// catalogue reads a list to its end; of writes "" for a code that is no choice.
func catalogue[T any](ctx context.Context, name string, list func(context.Context, int, int) (auvoapi.Page[T], error), of func(T) (code, title string)) record.Catalogue {
	c := record.Catalogue{Name: name, Choices: []record.Choice{}}
	for n := 1; ; n++ {
		page, err := list(ctx, n, pageSize)
		if call.ReactionOf(err) == call.Empty {
			break
		}
		if err != nil {
			c.Wrong = err.Error()
			return c
		}
		for _, row := range page.Items {
			code, title := of(row)
			if code != "" && code != "0" {
				c.Choices = append(c.Choices, record.Choice{Code: code, Title: cmp.Or(title, code)})
			}
		}
		if page.Last() {
			break
		}
	}
	slices.SortFunc(c.Choices, func(a, b record.Choice) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.Code, b.Code))
	})
	c.Choices = slices.Compact(c.Choices)
	return c
}
