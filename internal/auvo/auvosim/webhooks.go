package auvosim

import (
	"net/http"
	"strings"
)

// Words of what a webhook is about; an entity without a word is answered as its
// number, as text (auvo-api.md §10.1).
var (
	hookEntities = map[string]string{"1": "User", "4": "Task", "7": "Customer"}
	hookActions  = map[string]string{"1": "Inclusao", "2": "Alteracao", "3": "Exclusao"}
)

// webhooks is /webhooks (auvo-api.md §10.1): one per entity and action, the
// address asked for as targetUrl and answered as urlResponse. Nothing is
// delivered: tests do that.
func webhooks() *kind {
	return &kind{
		data: "webhooks", path: "webhooks", one: "Webhook", id: "id", first: 9,
		created: "creationDate", layout: spacedLayout, empty: http.StatusOK, required: []string{"entity", "action", "urlResponse"},
		members: []member{
			{name: "id", shape: integer, ways: post | dropped}, // 0 in the documented body
			{name: "entity", ways: post},
			{name: "action", ways: post},
			{name: "targetUrl", ways: post | dropped, most: 250},
			{name: "urlResponse", most: 250},
			{name: "creationDate", shape: moment},
			{name: "deleteDate", shape: object},
			{name: "active", shape: boolean, ways: post, zero: true},
		},
		filters: []filter{equals("id", "id"), equals("entity", "entity"), equals("action", "action"), equals("active", "active")},
		adopt: func(_ *Sim, r, body Record, _ string) {
			if key, ok := nameIn(body, "targetUrl"); ok {
				r["urlResponse"] = scalar(body[key])
			}
			r["entity"], r["action"] = wordFor(hookEntities, r.Text("entity")), wordFor(hookActions, r.Text("action"))
		},
		check: func(s *Sim, _ string, r Record) *reply {
			for _, other := range s.state.tables["webhooks"].rows {
				if strings.EqualFold(other.Text("entity"), r.Text("entity")) && strings.EqualFold(other.Text("action"), r.Text("action")) {
					return &reply{status: http.StatusBadRequest, body: map[string]any{
						"errorCode": 1026, "message": "Webhook with the given entity already registered for this admin user.",
					}}
				}
			}
			return nil
		},
	}
}

func wordFor(words map[string]string, number string) string {
	if word, ok := words[number]; ok {
		return word
	}
	return number
}
