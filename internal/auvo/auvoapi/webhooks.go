package auvoapi

import (
	"context"
	"net/http"
	"strconv"
)

// Webhooks is /webhooks (docs/apis/auvo.md, Webhooks): one registration for each
// entity and action.
type Webhooks struct{ c *Client }

// A Webhook is a registration. Its address is asked for as targetUrl and answered as urlResponse.
type Webhook struct {
	Row
	ID     int64
	Entity string // as in Hook
	Action string
	URL    string
	Active bool
}

// Numbers by which webhooks are registered.
const (
	HookTask     = 4
	HookCustomer = 7
	HookCreated  = 1
	HookChanged  = 2
	HookDeleted  = 3
)

// A NewWebhook is a registration to be made.
type NewWebhook struct {
	ID     int    `json:"id"`
	Entity int    `json:"entity"`
	Action int    `json:"action"`
	URL    string `json:"targetUrl"`
	Active bool   `json:"active"`
}

// Covers tells whether a registration is of this one's entity and action.
func (n NewWebhook) Covers(w Webhook) bool {
	return w.Entity == known(hookEntities, strconv.Itoa(n.Entity)) && w.Action == known(hookActions, strconv.Itoa(n.Action))
}

// List returns a page of registrations.
func (s Webhooks) List(ctx context.Context, page, pageSize int) (Page[Webhook], error) {
	return list(ctx, s.c, "/webhooks", struct{}{}, page, pageSize, readWebhook)
}

// Create registers a webhook; one that is there already is call.Exists.
func (s Webhooks) Create(ctx context.Context, n NewWebhook) (Webhook, error) {
	return create(ctx, s.c, "/webhooks", n, readWebhook, func(w Webhook) bool { return w.ID != 0 })
}

// Delete takes a registration away.
func (s Webhooks) Delete(ctx context.Context, id int64) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/webhooks/" + strconv.FormatInt(id, 10)})
	return err
}

func readWebhook(o *object) Webhook {
	w := Webhook{
		ID: o.key("id"), Entity: known(hookEntities, o.text("entity")), Action: known(hookActions, o.text("action")),
		URL: o.text("urlResponse", "targetUrl"), Active: o.flag(true, "active"),
	}
	w.Row = o.row()
	return w
}
