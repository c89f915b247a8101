package auvoapi

import "context"

// CustomerGroups is /customergroups (docs/apis/auvo.md, Catalogues).
type CustomerGroups struct{ c *Client }

// A CustomerGroup is a group that customers name in GroupsID.
type CustomerGroup struct {
	Row
	ID          int64
	Description string
}

// List returns all groups at once, for this resource has no pages. Were it to
// have some after all, the answer states a total and page leads on.
func (s CustomerGroups) List(ctx context.Context, page, pageSize int) (Page[CustomerGroup], error) {
	p, err := list(ctx, s.c, "/customergroups", struct{}{}, page, pageSize, readCustomerGroup)
	if err == nil && !p.HasTotal {
		p.Page, p.PageSize, p.Total, p.HasTotal = 1, len(p.Items), len(p.Items), true
	}
	return p, err
}

func readCustomerGroup(o *object) CustomerGroup {
	g := CustomerGroup{ID: o.key("id"), Description: o.text("description", "name")}
	g.Row = o.row()
	return g
}
