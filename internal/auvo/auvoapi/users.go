package auvoapi

import "context"

// Users is /users (docs/apis/auvo.md, Catalogues).
type Users struct{ c *Client }

// A User works for the account: a technician, a manager, an administrator.
type User struct {
	Row
	ID         int64
	ExternalID string
	Name       string
}

// List returns one page of users.
func (s Users) List(ctx context.Context, page, pageSize int) (Page[User], error) {
	return list(ctx, s.c, "/users", struct{}{}, page, pageSize, readUser)
}

func readUser(o *object) User {
	u := User{ID: o.key("userID", "id"), ExternalID: o.text("externalId"), Name: o.text("name")}
	u.Row = o.row()
	return u
}
