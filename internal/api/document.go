package api

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// securityScheme names the tokens in the document.
const securityScheme = "token"

const about = `What Ponte knows of its accounts, in the shapes of the command line's --json, and what a program may do about it.

**Tokens.** Send ` + "`Authorization: Bearer ponte_…`" + `. ` + "`ponte token add`" + ` and the page /ajustes/tokens make one, which is shown once. A token does what its scopes name (read, operate, plan; none contains another), sees the accounts that it is for (any other answers 404), and ends at its expiry or when it is revoked, at once. The token of PONTE_API_TOKEN reads everything. Without any token nothing under /api/v1 answers.

**Errors** are problem documents (RFC 9457, application/problem+json) whose detail is one English sentence. A refused request changed nothing.

**Sending twice.** A POST may bring an Idempotency-Key: the same request under it within 24 hours is done once and answered as the first time (Idempotency-Replayed: true), also when a process died in between. Another request under the same key is 422; the same one while it is being worked at 409 with Retry-After. A request that was refused leaves its key free.

**Limits.** Each token may send %d requests a minute and %d at once, counted by each process that serves: RateLimit and RateLimit-Policy say what is left, 429 with Retry-After that nothing is. A body has at most %d KiB. Members and query parameters that the document does not name are refused.

Every change that a program makes stands in the audit with its token's id.`

func (a *API) config() huma.Config {
	config := huma.DefaultConfig("Ponte", a.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema links in answers: their shape is that of --json
	config.Info.Description = fmt.Sprintf(about, a.PerMinute, a.rates.burst, mostBody>>10)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{securityScheme: {
		Type: "http", Scheme: "bearer", BearerFormat: "ponte_ and 43 letters of base64url", Description: "A token that ponte token add or the page /ajustes/tokens made. Each operation names the scope that it asks for.",
	}}
	return config
}

// MayBeNull has a member of an answer be described as null, too, which is an object
// of its own: huma knows that of values alone.
func (a *API) MayBeNull(of any, member string) {
	schemas := a.on.OpenAPI().Components.Schemas
	ref := schemas.Schema(reflect.TypeOf(of), true, "").Ref
	was := schemas.SchemaFromRef(ref).Properties[member]
	schemas.SchemaFromRef(ref).Properties[member] = &huma.Schema{AnyOf: []*huma.Schema{was, {Type: "null"}}}
}

// Describe completes the document once all operations are there: the headers of
// answers, and what programs ask outside /api/v1, which is served by others.
func (a *API) Describe() {
	for path, item := range a.on.OpenAPI().Paths {
		if strings.HasPrefix(path, Prefix) {
			describeHeaders(item.Get)
			describeHeaders(item.Post)
		}
	}
	describeTheRest(a.on.OpenAPI())
}

func describeHeaders(op *huma.Operation) {
	if op == nil {
		return
	}
	header := func(code int, name, text string) {
		r := op.Responses[strconv.Itoa(code)]
		if r == nil {
			return
		}
		if r.Headers == nil {
			r.Headers = map[string]*huma.Header{}
		}
		r.Headers[name] = &huma.Header{Description: text, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, code := range []int{op.DefaultStatus, http.StatusTooManyRequests} {
		header(code, "RateLimit", "How many requests are left (r), and in how many seconds all are there again (t)")
		header(code, "RateLimit-Policy", "How many requests a token has at once (q), and in how many seconds that many come back (w)")
	}
	for _, code := range []int{http.StatusTooManyRequests, http.StatusConflict} {
		header(code, "Retry-After", "In how many seconds the same request may be sent again")
	}
	header(http.StatusUnauthorized, "WWW-Authenticate", "Bearer")
}

func describeTheRest(doc *huma.OpenAPI) {
	for _, p := range []struct {
		id, method, path, summary string
		answers                   map[string]string
	}{
		{"alive", http.MethodGet, "/healthz", "Whether the process is alive", map[string]string{"200": "It is"}},
		{"ready", http.MethodGet, "/readyz", "Whether the database can be reached and the process is not ending", map[string]string{"200": "Ready", "503": "Not ready"}},
		{"metrics", http.MethodGet, "/metrics", "Prometheus metrics (docs/watching.md)", map[string]string{"200": "The metrics", "401": "They need their token", "403": "They are for programs on this machine"}},
		{"auvo-hook", http.MethodPost, "/hooks/auvo/{token}", "Auvo's webhook of an account", map[string]string{"200": "Kept", "404": "No such address", "413": "Too large"}},
		{"omie-hook", http.MethodPost, "/hooks/omie/{token}", "Omie's webhook of an account", map[string]string{"200": "Kept", "404": "No such address", "413": "Too large"}},
	} {
		op := &huma.Operation{OperationID: p.id, Method: p.method, Path: p.path, Summary: p.summary, Responses: map[string]*huma.Response{}}
		if p.method == http.MethodPost {
			op.Parameters = []*huma.Param{{Name: "token", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
		}
		for code, text := range p.answers {
			op.Responses[code] = &huma.Response{Description: text}
		}
		doc.AddOperation(op)
	}
}
