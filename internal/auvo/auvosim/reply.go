package auvosim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// A reply is an answer that was decided but not sent.
type reply struct {
	status int
	body   any    // JSON; nil: none
	raw    string // instead of body
	html   bool   // of raw
	header http.Header
}

// result wraps a body as every good answer is (auvo-api.md §3.3).
func result(status int, v any) *reply {
	return &reply{status: status, body: map[string]any{"result": v}}
}

func empty(status int) *reply { return &reply{status: status} }

// told is error shape (f) (auvo-api.md §2.6).
func told(status int, text string) *reply {
	return &reply{status: status, body: map[string]any{"message": text, "errors": []string{text}}}
}

// invalid is error shape (a), of model binding (auvo-api.md §2.6).
func invalid(name string, v any) *reply {
	return fieldError(name, fmt.Sprintf("The value '%s' is not valid.", scalar(v)))
}

func fieldError(name, text string) *reply {
	return &reply{status: http.StatusBadRequest, body: map[string]any{name: []string{text}}}
}

// badFilter is error shape (b) (auvo-api.md §2.6).
func badFilter(k *kind) *reply {
	return &reply{status: http.StatusBadRequest, body: map[string]any{
		"message": "The paramFilter is required as Param" + k.one + "Filter string json.", "target": nil, "errorCode": 0, "errors": nil,
	}}
}

// gateway is what stands in for the API when it is ill: HTML (auvo-api.md §2.6 g).
func gateway(status int) *reply {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return &reply{
		status: status, html: true,
		raw: "<html><head><title>" + title + "</title></head><body><center><h1>" + title + "</h1></center></body></html>",
	}
}

// bytes returns what goes over the wire and its type, "" when nothing does.
func (a *reply) bytes() (body []byte, contentType string) {
	switch {
	case a.html:
		return []byte(a.raw), "text/html"
	case a.raw != "":
		if strings.HasPrefix(strings.TrimSpace(a.raw), "<") {
			return []byte(a.raw), "text/html"
		}
		return []byte(a.raw), "application/json; charset=utf-8"
	case a.body == nil:
		return nil, ""
	}
	data, err := json.Marshal(a.body)
	if err != nil {
		return []byte(err.Error()), "text/plain"
	}
	return data, "application/json; charset=utf-8"
}
