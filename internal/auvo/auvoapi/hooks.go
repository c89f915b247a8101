package auvoapi

import (
	"encoding/json"
	"strings"
)

// A Hook is one thing that a delivery of Auvo's webhook tells. Three bodies are
// described and none was seen (docs/apis/auvo.md, Webhooks), so that each is
// read: the envelope of the old documents, the event of the guides, and lists of
// numbers. Nothing in it proves anything.
type Hook struct {
	Entity string // "task", "customer", or Auvo's word in lower case
	Action string // "inclusao", "alteracao", "exclusao", or Auvo's word in lower case
	ID     int64
	Mark   string // of the event; "" when the body has none
}

// Words and numbers of entities and actions (docs/apis/auvo.md, Webhooks).
var (
	hookEntities = map[string]string{
		"1": "user", "usuarios": "user", "usuario": "user", "4": "task", "tarefas": "task", "tarefa": "task", "tasks": "task",
		"7": "customer", "cliente": "customer", "clientes": "customer", "customers": "customer",
	}
	hookActions = map[string]string{
		"1": "inclusao", "created": "inclusao", "2": "alteracao", "updated": "alteracao", "changed": "alteracao", "3": "exclusao", "deleted": "exclusao",
	}
	hookIDs = map[string][]string{"task": {"EntityId", "taskId", "id"}, "customer": {"EntityId", "customerId", "id"}}
)

// ReadHooks reads a delivery; what it cannot read tells nothing.
func ReadHooks(body []byte) []Hook {
	var many []json.RawMessage
	if json.Unmarshal(body, &many) != nil {
		many = []json.RawMessage{body}
	}
	var out []Hook
	for _, raw := range many {
		o := open(raw)
		if o.has("result") {
			o = o.inner("result")
		}
		if h := readHook(o); h.Entity != "" {
			out = append(out, h)
		}
	}
	return out
}

func readHook(o *object) Hook {
	entity, action := o.text("EntityType", "entity"), o.text("Action")
	if event := o.text("event"); entity == "" && event != "" {
		entity, action, _ = strings.Cut(event, ".")
	}
	h := Hook{Entity: known(hookEntities, entity), Action: known(hookActions, action), Mark: markOf(o)}
	members, ok := hookIDs[h.Entity]
	if !ok {
		return h
	}
	if h.ID = o.id(members...); h.ID == 0 {
		h.ID = o.inner("data").id(members...)
	}
	h.ID = max(h.ID, 0) // no record has a number below
	return h
}

// markOf is what sets a delivery apart: its id, or which hook told when.
func markOf(o *object) string {
	if id := o.text("deliveryId"); id != "" {
		return id
	}
	if at := o.text("Date", "occurredAt"); at != "" {
		return o.text("WebhookId") + "@" + at
	}
	return ""
}

func known(words map[string]string, word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	if ours, ok := words[word]; ok {
		return ours
	}
	return word
}
