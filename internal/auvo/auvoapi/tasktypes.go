package auvoapi

import "context"

// TaskTypes is /tasktypes (docs/apis/auvo.md, Catalogues).
type TaskTypes struct{ c *Client }

// A TaskType is a kind of visit.
type TaskType struct {
	Row
	ID          int64
	Description string
	Active      bool // true when the answer does not say
}

// List returns one page of task types.
func (s TaskTypes) List(ctx context.Context, page, pageSize int) (Page[TaskType], error) {
	return list(ctx, s.c, "/tasktypes", struct{}{}, page, pageSize, readTaskType)
}

func readTaskType(o *object) TaskType {
	t := TaskType{ID: o.key("id"), Description: o.text("description", "name"), Active: o.flag(true, "active")}
	t.Row = o.row()
	return t
}
