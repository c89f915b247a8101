package omieapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// A Hook is a delivery of Omie.Connect (§9.2). Nothing in it is signed, so that
// it proves nothing.
type Hook struct {
	MessageID string
	Topic     string // ClienteFornecedor.Alterado
	AppKey    string
	Author    HookAuthor
	Events    []HookEvent
}

// A HookAuthor is who did it; a program's writes have a name and number of their own.
type HookAuthor struct {
	Name   string `json:"name"`
	UserID Int    `json:"userId"`
}

// A HookEvent is the payload about one record, by member in lower case.
type HookEvent map[string]json.RawMessage

// ReadHook reads a delivery; false for the ping and for what is none. The event
// is an object, in some topics a list of them, in old deliveries a string that
// holds one (§9.2).
func ReadHook(body []byte) (Hook, bool) {
	var in struct {
		MessageID Text            `json:"messageId"`
		Topic     Text            `json:"topic"`
		AppKey    Text            `json:"appKey"`
		Author    json.RawMessage `json:"author"`
		Event     json.RawMessage `json:"event"`
	}
	if json.Unmarshal(body, &in) != nil || in.Topic == "" {
		return Hook{}, false
	}
	h := Hook{MessageID: string(in.MessageID), Topic: string(in.Topic), AppKey: string(in.AppKey), Events: readEvents(in.Event)}
	_ = json.Unmarshal(in.Author, &h.Author) // an author that does not read is nobody
	return h, true
}

func readEvents(raw json.RawMessage) []HookEvent {
	raw = bytes.TrimSpace(raw)
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = []byte(text)
	}
	var one map[string]json.RawMessage
	if json.Unmarshal(raw, &one) == nil {
		return []HookEvent{lowered(one)}
	}
	var many []map[string]json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		return []HookEvent{{}}
	}
	events := make([]HookEvent, 0, len(many))
	for _, e := range many {
		events = append(events, lowered(e))
	}
	return events
}

func lowered(members map[string]json.RawMessage) HookEvent {
	out := make(HookEvent, len(members))
	for name, raw := range members {
		out[strings.ToLower(name)] = raw
	}
	return out
}

// Entity is the part of the topic before the point, Action the part behind it,
// both in lower case: receivers compare them so (§9.1).
func (h Hook) Entity() string {
	entity, _, _ := strings.Cut(strings.ToLower(h.Topic), ".")
	return entity
}

// Action is what was done: "incluido", "excluida".
func (h Hook) Action() string {
	_, action, _ := strings.Cut(strings.ToLower(h.Topic), ".")
	return action
}

// byProgram is the number of the user that Omie names for writes by its API (§9.2).
const byProgram = 89

// ByAPI tells whether a program did it.
func (h Hook) ByAPI() bool {
	if h.Author.UserID == byProgram {
		return true
	}
	for _, e := range h.Events {
		for _, member := range []string{"usuarioinclusao", "usuarioalteracao"} {
			var by string
			if json.Unmarshal(e[member], &by) == nil && strings.EqualFold(by, "WEBSERVICE") {
				return true
			}
		}
	}
	return false
}

// ID returns the first of the members that holds an id, looked for in nested
// objects too; "" when none does.
func (e HookEvent) ID(members ...string) string {
	for _, member := range members {
		if n := e.number(member, 2); n > 0 {
			return strconv.FormatInt(n, 10)
		}
	}
	return ""
}

func (e HookEvent) number(member string, depth int) int64 {
	var n Int
	if raw, ok := e[member]; ok && n.UnmarshalJSON(raw) == nil && n > 0 {
		return int64(n)
	}
	if depth == 0 {
		return 0
	}
	for _, raw := range e {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			continue
		}
		if n := lowered(inner).number(member, depth-1); n > 0 {
			return n
		}
	}
	return 0
}
