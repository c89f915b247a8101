package cli

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ponte/internal/metrics"
	"ponte/internal/store"
)

// listedAccount is one line of the accounts.
type listedAccount struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Paused  bool   `json:"paused"`
}

// answered is an answer with a body.
type answered[T any] struct{ Body T }

// ofAccount is a request about one account.
type ofAccount struct {
	Account string `path:"account" doc:"The account's id" pattern:"^[a-z0-9][a-z0-9-]*$" maxLength:"63"`
}

// addAPI adds what programs may ask under /api/v1, and the document that describes
// it, which is made of the same registrations. It reads; what changes something
// stays with the command line and the pages.
func (s *session) addAPI(mux *http.ServeMux) {
	config := huma.DefaultConfig("Ponte", s.world.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema links in answers: their shape is that of --json
	config.Info.Description = "What Ponte knows of its accounts, in the shapes of the command line's --json. Asks for the token of PONTE_API_TOKEN; without one nothing under /api/v1 answers."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	api := humago.New(mux, config)
	api.UseMiddleware(s.apiDoor(api))
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Security: []map[string][]string{{"token": {}}},
			Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound},
		}
	}
	huma.Register(api, op("accounts", "/api/v1/accounts", "All accounts"), s.apiAccounts)
	huma.Register(api, op("status", "/api/v1/accounts/{account}", "One account's flows, waits, blocks, hooks, drift and alerts, as ponte status --json"), s.apiStatus)
	huma.Register(api, op("waiting", "/api/v1/accounts/{account}/waiting", "What waits for a person, as ponte waiting --json"), s.apiWaiting)
	describeTheRest(api.OpenAPI())
}

// apiDoor lets through who brings the token. Answers name customers: there is no
// way in without one, not even from this machine.
func (s *session) apiDoor(api huma.API) func(huma.Context, func(huma.Context)) {
	token, _ := s.world.Getenv("PONTE_API_TOKEN")
	door := metrics.Door{Token: token}
	return func(c huma.Context, next func(huma.Context)) {
		c.SetHeader("Cache-Control", "no-store")
		switch {
		case token == "":
			_ = huma.WriteErr(api, c, http.StatusForbidden, "the API is closed: set PONTE_API_TOKEN")
		case !door.Opens(c.Header("Authorization")):
			c.SetHeader("WWW-Authenticate", "Bearer")
			_ = huma.WriteErr(api, c, http.StatusUnauthorized, "the API needs its token")
		default:
			next(c)
		}
	}
}

func (s *session) apiAccounts(ctx context.Context, _ *struct{}) (*answered[[]listedAccount], error) {
	rows, err := s.db.Accounts(ctx)
	if err != nil {
		return nil, s.apiFailure(err)
	}
	out := []listedAccount{}
	for _, a := range rows {
		out = append(out, listedAccount{a.ID, a.Name, a.Paused})
	}
	return &answered[[]listedAccount]{out}, nil
}

func (s *session) apiStatus(ctx context.Context, in *ofAccount) (*answered[accountStatus], error) {
	if _, err := s.db.Account(ctx, in.Account); err != nil {
		return nil, s.apiFailure(err)
	}
	a, err := s.account(in.Account)
	if err != nil {
		return nil, s.apiFailure(err)
	}
	st, err := s.status(a)
	if err != nil {
		return nil, s.apiFailure(err)
	}
	return &answered[accountStatus]{st}, nil
}

func (s *session) apiWaiting(ctx context.Context, in *ofAccount) (*answered[[]waitJSON], error) {
	if _, err := s.db.Account(ctx, in.Account); err != nil {
		return nil, s.apiFailure(err)
	}
	waits, err := s.openWaits(in.Account)
	if err != nil {
		return nil, s.apiFailure(err)
	}
	out := []waitJSON{}
	for _, w := range waits {
		out = append(out, asWaitJSON(in.Account, w))
	}
	return &answered[[]waitJSON]{out}, nil
}

// apiFailure is an error as a program gets it: what it did not cause is logged and
// not told.
func (s *session) apiFailure(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return huma.Error404NotFound("there is no such account")
	}
	s.log.Error("the API failed", "error", err)
	return huma.Error500InternalServerError("something went wrong; the log says what")
}

// describeTheRest adds to the document what programs ask outside /api/v1, which is
// served by others.
func describeTheRest(doc *huma.OpenAPI) {
	for _, p := range []struct {
		method, path, summary string
		answers               map[string]string
	}{
		{http.MethodGet, "/healthz", "Whether the process is alive", map[string]string{"200": "It is"}},
		{http.MethodGet, "/readyz", "Whether the database can be reached and the process is not ending", map[string]string{"200": "Ready", "503": "Not ready"}},
		{http.MethodGet, "/metrics", "Prometheus metrics (docs/watching.md)", map[string]string{"200": "The metrics", "401": "They need their token", "403": "They are for programs on this machine"}},
		{http.MethodPost, "/hooks/auvo/{token}", "Auvo's webhook of an account", map[string]string{"200": "Kept", "404": "No such address", "413": "Too large"}},
		{http.MethodPost, "/hooks/omie/{token}", "Omie's webhook of an account", map[string]string{"200": "Kept", "404": "No such address", "413": "Too large"}},
	} {
		op := &huma.Operation{OperationID: p.method + p.path, Method: p.method, Path: p.path, Summary: p.summary, Responses: map[string]*huma.Response{}}
		if p.method == http.MethodPost {
			op.Parameters = []*huma.Param{{Name: "token", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
		}
		for code, text := range p.answers {
			op.Responses[code] = &huma.Response{Description: text}
		}
		doc.AddOperation(op)
	}
}
