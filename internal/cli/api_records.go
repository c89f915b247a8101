package cli

import (
	"context"
	"net/http"
	"strings"

	"ponte/internal/api"
	"ponte/internal/record"
	"ponte/internal/story"
)

// foundRecord is one record that answers to what was asked.
type foundRecord struct {
	Record  record.Ref `json:"record"`
	Title   string     `json:"title"`
	Outcome string     `json:"outcome" doc:"Of its last decision; empty when none was made"`
}

// foundRecords are some of them.
type foundRecords struct {
	Records []foundRecord `json:"records"`
	More    bool          `json:"more" doc:"There are others: say more of it"`
}

func (s *surface) records(ctx context.Context, _ *api.Visit, in *struct {
	OfAccount
	What  string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"task:812, customer:auvo:55, product:SKU, a CPF/CNPJ, words of a name"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
},
) (out foundRecords, err error) {
	out.Records = []foundRecord{}
	items, err := s.find(ctx, in.Account, in.What, in.Limit+1)
	items, out.More = atMost(items, in.Limit)
	for _, i := range items {
		state, err := s.db.ItemState(ctx, in.Account, i.Ref())
		if err != nil {
			return out, err
		}
		out.Records = append(out.Records, foundRecord{i.Ref(), i.Title, state.Outcome})
	}
	return out, err
}

func (s *surface) find(ctx context.Context, account, what string, n int) ([]record.Item, error) {
	if what = strings.TrimSpace(what); what == "" {
		return nil, api.Refuse(http.StatusUnprocessableEntity, "say which record")
	}
	return story.Find(ctx, s.db, account, what, n)
}

func (s *surface) record(ctx context.Context, _ *api.Visit, in *struct {
	OfAccount
	Kind record.Kind `path:"kind" enum:"customer,product,service,task,quotation,service-order,sales-order"`
	Side record.Side `path:"side" enum:"auvo,omie"`
	ID   string      `path:"id" maxLength:"200" doc:"Its id on that side"`
},
) (storyJSON, error) {
	item, err := s.db.Item(ctx, in.Account, record.Ref{Kind: in.Kind, Side: in.Side, ID: in.ID})
	if err != nil {
		return storyJSON{}, err
	}
	return s.story(in.Account, item)
}

func (s *surface) explain(ctx context.Context, _ *api.Visit, in *struct {
	OfAccount
	What string `query:"what" required:"true" minLength:"1" maxLength:"200" doc:"task:812, customer:auvo:55, product:SKU, a CPF/CNPJ, words of a name"`
},
) (storyJSON, error) {
	item, err := s.theRecord(ctx, in.Account, in.What)
	if err != nil {
		return storyJSON{}, err
	}
	return s.story(in.Account, item)
}

// story is a record's, without the vendor's row as it came: that is shown by the pages
// alone, which write down who saw it, and by ponte explain.
func (s *surface) story(account string, item record.Item) (storyJSON, error) {
	a, err := s.account(account)
	if err != nil {
		return storyJSON{}, err
	}
	st, err := s.tell(a, item)
	st.Payload = nil
	return st, err
}

// theRecord is the one record that answers to what.
func (s *surface) theRecord(ctx context.Context, account, what string) (record.Item, error) {
	found, err := s.find(ctx, account, what, 10)
	if err != nil {
		return record.Item{}, err
	}
	switch {
	case len(found) == 0:
		return record.Item{}, api.Refuse(http.StatusNotFound, "no record of the account answers to that")
	case len(found) == 1 || sameRecord(found):
		return found[0], nil
	}
	var names []string
	for _, i := range found {
		names = append(names, i.Ref().String())
	}
	return record.Item{}, api.Refuse(http.StatusUnprocessableEntity, "that names more than one record, say which: %s", strings.Join(names, ", "))
}
