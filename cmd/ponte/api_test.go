package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A served is a Ponte that is asked by its API: an account acme with a task that
// became an order (800) and two that wait (801, 802), after one cycle.
type served struct {
	*bench
	address string
	run     string
}

func newServed(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{bench: newBench(t, fullAccount, time.Second)}
	s.inRealTime()
	s.seedTasks(1)
	var waits []auvosim.Record
	for n := range 2 {
		task := s.task(n + 1)
		task["services"] = []any{}
		waits = append(waits, task)
	}
	s.seed(auvosim.Data{Tasks: waits}, omiesim.Data{})
	s.run = s.sync(3).ID
	var stop func()
	s.address, stop = s.serve(args...)
	t.Cleanup(stop)
	return s
}

// token makes one and returns it.
func (s *served) token(name string, args ...string) string {
	s.t.Helper()
	text := regexp.MustCompile(`ponte_\S{43}`).FindString(s.ponte(0, append([]string{"token", "add", name, "--scope"}, args...)...))
	if text == "" {
		s.t.Fatal("no token was shown")
	}
	return text
}

// asks sends a request and returns how it was answered.
func (s *served) asks(method, path, token, body string, headers ...string) (int, string, http.Header) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

// apiDocument is what of an OpenAPI document is looked at.
type apiDocument struct {
	OpenAPI    string
	Paths      map[string]map[string]apiOperation
	Components struct{ Schemas map[string]map[string]any }
}

type apiOperation struct {
	Summary   string
	Security  []map[string][]string
	Responses map[string]struct {
		Content map[string]struct{ Schema map[string]any }
	}
}

// apiCalls is a request for each operation, which is answered 200 or as it says.
var apiCalls = []struct {
	op, path, body string
	status         int
}{
	{"get /api/v1/accounts", "/api/v1/accounts", "", 200},
	{"get /api/v1/accounts/{account}", "/api/v1/accounts/acme", "", 200},
	{"get /api/v1/accounts/{account}/runs", "/api/v1/accounts/acme/runs?limit=1", "", 200},
	{"get /api/v1/accounts/{account}/runs/{run}", "/api/v1/accounts/acme/runs/RUN", "", 200},
	{"get /api/v1/accounts/{account}/runs/{run}/changes", "/api/v1/accounts/acme/runs/RUN/changes", "", 200},
	{"get /api/v1/accounts/{account}/records", "/api/v1/accounts/acme/records?q=Tarefa", "", 200},
	{"get /api/v1/accounts/{account}/records/{kind}/{side}/{id}", "/api/v1/accounts/acme/records/task/auvo/800", "", 200},
	{"get /api/v1/accounts/{account}/explain", "/api/v1/accounts/acme/explain?what=task:801", "", 200},
	{"get /api/v1/accounts/{account}/waiting", "/api/v1/accounts/acme/waiting", "", 200},
	{"post /api/v1/accounts/{account}/retry", "/api/v1/accounts/acme/retry", `{"cause":"nothing-to-bill"}`, 200},
	{"post /api/v1/accounts/{account}/ignore", "/api/v1/accounts/acme/ignore", `{"record":"task:801","reason":"cobrada à mão"}`, 200},
	{"post /api/v1/accounts/{account}/plans", "/api/v1/accounts/acme/plans", `{"flows":["tasks"]}`, 202},
	{"get /api/v1/accounts/{account}/plans/{plan}", "/api/v1/accounts/acme/plans/1", "", 200},
}

// TestTheAPIIsDescribedAsItAnswers: each operation that is described is served as the
// document says, to whom it says, and no other is.
func TestTheAPIIsDescribedAsItAnswers(t *testing.T) {
	s := newServed(t, "--role", "web")
	all, none := s.token("all", "read,operate,plan"), s.token("elsewhere", "read,operate,plan", "--account", "acme")
	s.ponte(0, "token", "revoke", "elsewhere", "--yes")
	only := map[string]string{"read": s.token("r", "read"), "operate": s.token("o", "operate"), "plan": s.token("p", "plan")}

	var doc apiDocument
	if err := json.Unmarshal([]byte(s.page(s.address+"/api/openapi.json", http.StatusOK)), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("%v %s", err, doc.OpenAPI)
	}
	tried := map[string]bool{}
	for _, c := range apiCalls {
		method, path, _ := strings.Cut(c.op, " ")
		op, ok := doc.Paths[path][method]
		tried[c.op] = true
		if !ok || op.Summary == "" || len(op.Security) != 1 || len(op.Security[0]["token"]) != 1 {
			t.Errorf("%s is not described: %+v", c.op, op)
			continue
		}
		at := strings.ReplaceAll(c.path, "RUN", s.run)
		for bearer, want := range map[string]int{"": 401, none: 401} {
			if code, body, _ := s.asks(strings.ToUpper(method), at, bearer, c.body); code != want {
				t.Errorf("%s answers %d without a good token: %s", c.op, code, body)
			}
		}
		for scope, token := range only {
			if scope == op.Security[0]["token"][0] {
				continue
			}
			if code, body, _ := s.asks(strings.ToUpper(method), at, token, c.body); code != http.StatusForbidden {
				t.Errorf("%s answers %d to the scope %s: %s", c.op, code, scope, body)
			}
		}
		if strings.Contains(path, "{account}") {
			if code, body, _ := s.asks(strings.ToUpper(method), strings.Replace(at, "acme", "nobody-there", 1), all, c.body); code != http.StatusNotFound {
				t.Errorf("%s answers %d about no account: %s", c.op, code, body)
			}
		}
		code, body, _ := s.asks(strings.ToUpper(method), at, all, c.body)
		if code != c.status || strings.Contains(body, "$schema") {
			t.Errorf("%s answers %d: %s", c.op, code, body)
			continue
		}
		var got any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		doc.holds(t, c.op, op.Responses[fmt.Sprint(c.status)].Content["application/json"].Schema, got)
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			if strings.HasPrefix(path, "/api/v1/") && !tried[method+" "+path] {
				t.Errorf("%s %s is tried by no test", method, path)
			}
		}
	}
	s.describedBeside(doc)
}

// describedBeside: what is described outside /api/v1 is served.
func (s *served) describedBeside(doc apiDocument) {
	s.t.Helper()
	for path, want := range map[string]string{"/healthz": "", "/readyz": "", "/metrics": "", "/hooks/auvo/{token}": s.hookOf(s.address, "auvo"), "/hooks/omie/{token}": s.hookOf(s.address, "omie")} {
		if len(doc.Paths[path]) == 0 {
			s.t.Errorf("%s is not described", path)
		}
		for method := range doc.Paths[path] {
			at := path
			if want != "" {
				at = strings.TrimPrefix(want, s.address)
			}
			if code, body, _ := s.asks(strings.ToUpper(method), at, "", "{}"); code != http.StatusOK {
				s.t.Errorf("%s answers %d: %s", path, code, body)
			}
		}
	}
}

// holds fails the test unless a value is as a schema says: its type, its members, no other.
func (d apiDocument) holds(t *testing.T, at string, schema map[string]any, v any) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema = d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	if schema == nil {
		t.Errorf("%s: there is no schema", at)
		return
	}
	if schema["type"] == nil && schema["anyOf"] == nil && schema["properties"] == nil { // anything
		return
	}
	if either, ok := schema["anyOf"].([]any); ok { // null, or the first
		if v != nil {
			d.holds(t, at, either[0].(map[string]any), v)
		}
		return
	}
	types, _ := schema["type"].([]any)
	if one, ok := schema["type"].(string); ok {
		types = []any{one}
	}
	kind := map[bool]string{true: "null"}[v == nil]
	switch v := v.(type) {
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
		if v == float64(int64(v)) && slices.Contains(types, any("integer")) {
			kind = "integer"
		}
	case []any:
		kind = "array"
		items, _ := schema["items"].(map[string]any)
		for _, one := range v {
			d.holds(t, at+"[]", items, one)
		}
	case map[string]any:
		kind = "object"
		d.members(t, at, schema, v)
	}
	if len(types) > 0 && !slices.Contains(types, any(kind)) {
		t.Errorf("%s is %s, described as %v", at, kind, types)
	}
}

func (d apiDocument) members(t *testing.T, at string, schema, v map[string]any) {
	t.Helper()
	has, _ := schema["properties"].(map[string]any)
	more, _ := schema["additionalProperties"].(map[string]any)
	for name, one := range v {
		of, ok := has[name].(map[string]any)
		if !ok {
			of = more
		}
		if of == nil {
			t.Errorf("%s.%s is not described", at, name)
			continue
		}
		d.holds(t, at+"."+name, of, one)
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			t.Errorf("%s lacks %s", at, name)
		}
	}
}

// TestAProgramSettlesWhatWaits by the API, and the audit tells it.
func TestAProgramSettlesWhatWaits(t *testing.T) {
	s := newServed(t, "--role", "web")
	token := s.token("n8n", "read,operate")
	waiting := func() string { _, body, _ := s.asks("GET", "/api/v1/accounts/acme/waiting", token, ""); return body }
	if body := waiting(); strings.Count(body, `"cause":"nothing-to-bill"`) != 2 {
		t.Fatalf("%s", body)
	}
	const ignore = "/api/v1/accounts/acme/ignore"
	dry := `{"cause":"nothing-to-bill","reason":"cobradas à mão","until":"2099-12-31","dry_run":true}`
	if code, body, _ := s.asks("POST", ignore, token, dry); code != 200 || strings.Count(body, "nothing-to-bill") != 2 || !strings.Contains(body, `"until":"2099-12-31"`) {
		t.Errorf("%d %s", code, body)
	}
	if body := waiting(); strings.Count(body, `"cause":"nothing-to-bill"`) != 2 {
		t.Errorf("a dry run ignored: %s", body)
	}
	for body, want := range map[string]int{
		`{"record":"task:801","reason":" "}`:                           422,
		`{"record":"task:801","reason":"x","until":"2020-01-01"}`:      422,
		`{"record":"task:801","reason":"x","until":"soon"}`:            422,
		`{"record":"task:801","cause":"nothing-to-bill","reason":"x"}`: 422,
		`{"reason":"x"}`:                                                    422,
		`{"record":"task:899","reason":"x"}`:                                404,
		`{"record":"task:800","reason":"x"}`:                                404,
		`{"cause":"conflict","reason":"x"}`:                                 404,
		`{"record":"Tarefa","reason":"x"}`:                                  422,
		`{"record":"task:801","reason":"` + strings.Repeat("x", 201) + `"}`: 422,
	} {
		if code, text, _ := s.asks("POST", ignore, token, body); code != want {
			t.Errorf("%s answers %d: %s", body, code, text)
		}
	}
	once := `{"record":"task:801","reason":"cobrada à mão","until":"2099-12-31"}`
	code, first, _ := s.asks("POST", ignore, token, once, "Idempotency-Key", "a")
	if code != 200 || strings.Count(waiting(), "nothing-to-bill") != 1 {
		t.Errorf("%d %s", code, first)
	}
	if _, again, h := s.asks("POST", ignore, token, once, "Idempotency-Key", "a"); again != first || h.Get("Idempotency-Replayed") != "true" {
		t.Errorf("again: %s", again)
	}
	code, body, _ := s.asks("POST", "/api/v1/accounts/acme/retry", token, `{"cause":"nothing-to-bill"}`)
	if code != 200 || !strings.Contains(body, `"records":["task:802"]`) { // what is ignored stays out
		t.Errorf("%d %s", code, body)
	}
	if code, body, _ := s.asks("POST", "/api/v1/accounts/acme/retry", token, `{"record":"task:801"}`); code != 200 || strings.Count(waiting(), "nothing-to-bill") != 2 {
		t.Errorf("%d %s\n%s", code, body, waiting())
	}
	if code, body, _ := s.asks("POST", "/api/v1/accounts/acme/retry", token, `{"record":"task:800"}`); code != 404 {
		t.Errorf("what waits not is retried: %d %s", code, body)
	}
	var told []string
	for line := range strings.Lines(s.ponte(0, "audit", "export")) {
		var a struct{ Person, By, Account, What string }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(a.Person, "token:") && a.Account == "acme" && strings.Contains(a.By, "n8n") {
			told = append(told, a.What)
		}
		if strings.Contains(line, token) {
			t.Error("the token stands in the audit")
		}
	}
	if !slices.Equal(told, []string{"ignored", "retried", "retried"}) {
		t.Errorf("told %v", told)
	}
	if list := s.ponte(0, "token", "list"); !strings.Contains(list, "n8n") || strings.Contains(list, token) || strings.Contains(list, "never") {
		t.Errorf("%s", list)
	}
	s.token("another", "read")
	s.ponte(0, "token", "revoke", "n8n", "--yes")
	if code, _, _ := s.asks("GET", "/api/v1/accounts", token, ""); code != http.StatusUnauthorized {
		t.Errorf("a revoked token answers %d", code)
	}
	s.verified()
}

// TestAPlanIsMadeByAWorker: asked for by its number until it is there; it is what
// ponte plan says, and nothing was written.
func TestAPlanIsMadeByAWorker(t *testing.T) {
	s := newServed(t)
	token := s.token("n8n", "plan")
	s.eventually("the first cycles end", func() bool { return s.running() == "" })
	task := s.task(3)
	s.seed(auvosim.Data{Tasks: []auvosim.Record{task}}, omiesim.Data{})
	code, body, _ := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{"flows":["tasks"]}`, "Idempotency-Key", "p")
	var plan struct {
		Plan, State, Error string
		Result             struct {
			Account, Run string
			Changes      []struct {
				Flow, Kind, Action, To string
				Record                 struct{ Auvo string }
			}
			Estimate struct{ Auvo, Omie int }
		}
	}
	if err := json.Unmarshal([]byte(body), &plan); err != nil || code != http.StatusAccepted || plan.State != "pending" {
		t.Fatalf("%d %s", code, body)
	}
	at := "/api/v1/accounts/acme/plans/" + plan.Plan
	s.eventually("the plan is made", func() bool {
		_, body, _ = s.asks("GET", at, token, "")
		return !strings.Contains(body, `"state":"pending"`)
	})
	if err := json.Unmarshal([]byte(body), &plan); err != nil || plan.State != "done" || plan.Error != "" || plan.Result.Account != "acme" || plan.Result.Estimate.Auvo == 0 {
		t.Fatalf("%v %s", err, body)
	}
	if c := plan.Result.Changes; len(c) != 1 || c[0].Kind != "service-order" || c[0].Action != "create" || c[0].Record.Auvo != "803" {
		t.Errorf("%+v", c)
	}
	if code, again, h := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{"flows":["tasks"]}`, "Idempotency-Key", "p"); code != http.StatusAccepted || h.Get("Idempotency-Replayed") != "true" || !strings.Contains(again, `"plan":"`+plan.Plan+`"`) {
		t.Errorf("%d %s", code, again)
	}
	for path, want := range map[string]int{"/api/v1/accounts/acme/plans/99": 404, "/api/v1/accounts/acme/plans/0": 422, "/api/v1/accounts/acme/plans/x": 422} {
		if code, body, _ := s.asks("GET", path, token, ""); code != want {
			t.Errorf("%s answers %d: %s", path, code, body)
		}
	}
	if code, body, _ := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{"flows":["nonsense"]}`); code != 422 {
		t.Errorf("%d %s", code, body)
	}
}

// TestAPlanThatIsMadeIsNotAskedForTwice: without a worker it stays to be made.
func TestAPlanThatIsMadeIsNotAskedForTwice(t *testing.T) {
	s := newServed(t, "--role", "web")
	token := s.token("n8n", "plan")
	_, first, _ := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{}`)
	if _, again, _ := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{}`); again != first || !strings.Contains(first, `"plan":"1"`) {
		t.Errorf("%s, then %s", first, again)
	}
	if code, body, h := s.asks("POST", "/api/v1/accounts/acme/plans", token, `{"full":true}`); code != http.StatusConflict || h.Get("Retry-After") == "" {
		t.Errorf("of other flows: %d %s", code, body)
	}
	if _, body, _ := s.asks("GET", "/api/v1/accounts/acme/plans/1", token, ""); !strings.Contains(body, `"state":"pending"`) || !strings.Contains(body, `"ended_at":null`) {
		t.Errorf("%s", body)
	}
}

func TestATokenIsMadeByWhoSaysWhatItMay(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	for _, wrong := range [][]string{
		{"n8n"}, {"n8n", "--scope", "root"}, {" ", "--scope", "read"}, {"n8n", "--scope", "read", "--expires", "soon"}, {"n8n", "--scope", "read", "--expires", "2020-01-01"},
	} {
		if code, out, errs := said(b.env, append([]string{"token", "add"}, wrong...)...); code != 2 || strings.Contains(out, "ponte_") {
			t.Errorf("%q: %d %s", wrong, code, errs)
		}
	}
	if code, _, errs := said(b.env, "token", "add", "n8n", "--scope", "read", "--account", "nobody"); code != 1 || !strings.Contains(errs, "no account") {
		t.Errorf("%d %s", code, errs)
	}
	b.ponte(0, "token", "add", "n8n", "--scope", "read", "--account", "acme", "--expires", "never")
	if code, _, errs := said(b.env, "token", "add", "n8n", "--scope", "read"); code != 1 || !strings.Contains(errs, "already") {
		t.Errorf("%d %s", code, errs)
	}
	if list := b.ponte(0, "token", "list"); !strings.Contains(list, "acme") || !strings.Contains(list, "always") {
		t.Errorf("%s", list)
	}
	if code, _, errs := said(b.env, "token", "revoke", "n8n"); code != 1 || !strings.Contains(errs, "--yes") {
		t.Errorf("%d %s", code, errs)
	}
	if code, _, errs := said(b.env, "token", "revoke", "nobody", "--yes"); code != 1 || !strings.Contains(errs, "no token") {
		t.Errorf("%d %s", code, errs)
	}
}
