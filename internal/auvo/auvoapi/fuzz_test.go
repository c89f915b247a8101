package auvoapi

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// FuzzHooks: whatever a delivery holds, it is read without harm, twice the same, and
// each thing that it tells is about something.
func FuzzHooks(f *testing.F) {
	f.Add([]byte(`{"result":{"EntityType":4,"Action":2,"EntityId":812,"deliveryId":"a"}}`))
	f.Add([]byte(`{"event":"customer.changed","data":{"id":55},"occurredAt":"2026-03-10"}`))
	f.Add([]byte(`[{"entity":"tasks","Action":"deleted","taskId":"1e3"},null,7,[{}]]`))
	f.Add([]byte(`{"event":"customer.changed","data":{"id":-5}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		hooks := ReadHooks(body)
		for _, h := range hooks {
			if h.Entity == "" || h.ID < 0 {
				t.Fatalf("%+v", h)
			}
		}
		if again := ReadHooks(body); !reflect.DeepEqual(hooks, again) {
			t.Fatalf("%+v and then %+v", hooks, again)
		}
	})
}

// FuzzProblems: a failure always has a text, without what a login's token holds.
func FuzzProblems(f *testing.F) {
	f.Add([]byte(`{"errors":{"name":["too long"]}}`), "application/json", 400)
	f.Add([]byte(`[{"errorCode":"X","errorMessage":"eyJhbGciOi.eyJhcGl.x"}]`), "", 422)
	f.Add([]byte(`<html>`), "text/html", 502)
	f.Add([]byte(`"eyJhbGciOiJIUzI1NiJ9"`), "", 401)
	f.Fuzz(func(t *testing.T, body []byte, kind string, status int) {
		p := readProblem(http.Header{"Content-Type": {kind}}, body, status)
		if p.text == "" || strings.ContainsRune(p.text, 0) || jwt.MatchString(p.text+" "+p.code+" "+p.field) {
			t.Fatalf("%+v", p)
		}
	})
}
