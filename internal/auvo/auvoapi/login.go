package auvoapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"ponte/internal/call"
)

// A token lives 30 minutes, with no refresh and no logout (docs/apis/auvo.md,
// Login). We give it up two minutes early, and reckon from our own clock,
// because the zone of the answer's dates is not documented.
const (
	tokenLife   = 30 * time.Minute
	tokenMargin = 2 * time.Minute
	loginLimit  = 5 * time.Minute // all tries of one login together
)

type heldToken struct {
	reveal  secret
	expires time.Time
}

// bearer returns a token that is good for now, and logs in when there is none.
// Callers that come together share one login, which outlives the caller that
// started it, so that its cancellation does not fail the others.
func (c *Client) bearer(ctx context.Context) (string, error) {
	if token := c.freshToken(); token != "" {
		return token, nil
	}
	answers := c.logins.DoChan("login", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loginLimit)
		defer cancel()
		return c.rememberedOrNew(ctx)
	})
	select {
	case a := <-answers:
		if a.Err != nil {
			return "", a.Err
		}
		return a.Val.(string), nil
	case <-ctx.Done():
		return "", notSent("POST /login", ctx.Err())
	}
}

func (c *Client) freshToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token.reveal == nil || !time.Now().Before(c.token.expires) {
		return ""
	}
	return c.token.reveal()
}

// rememberedOrNew takes the token that another process left, else logs in. A
// memory that fails costs a login, never the call.
func (c *Client) rememberedOrNew(ctx context.Context) (string, error) {
	if token := c.freshToken(); token != "" {
		return token, nil
	}
	token, expires, err := c.memory.Token(ctx, c.key)
	if err == nil && token != "" && time.Now().Before(expires) {
		c.hold(token, expires)
		return token, nil
	}
	token, err = c.login(ctx)
	if err != nil {
		return "", err
	}
	expires = time.Now().Add(tokenLife - tokenMargin)
	c.hold(token, expires)
	_ = c.memory.SetToken(ctx, c.key, token, expires)
	return token, nil
}

func (c *Client) hold(token string, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = heldToken{keep(token), expires}
}

// forget drops a token that the vendor refused, unless a newer one took its
// place here or in memory. A memory that fails costs one more 401.
func (c *Client) forget(ctx context.Context, token string) {
	c.mu.Lock()
	if c.token.reveal != nil && c.token.reveal() == token {
		c.token = heldToken{}
	}
	c.mu.Unlock()
	if kept, _, err := c.memory.Token(ctx, c.key); err == nil && kept == token {
		_ = c.memory.SetToken(ctx, c.key, "", time.Time{})
	}
}

// login makes POST /login. The GET form would put the secrets into a URL. A
// login changes nothing, so it is repeated as a read is.
func (c *Client) login(ctx context.Context) (string, error) {
	req := request{
		method: http.MethodPost, path: "/login", login: true,
		body: map[string]string{"apiKey": c.apiKey(), "apiToken": c.apiToken()},
	}
	body, err := c.do(ctx, req)
	if err != nil {
		return "", err
	}
	var envelope struct {
		Result *struct {
			Authenticated *json.RawMessage
			AccessToken   string
		}
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return "", nonsense(req.op(), false, "the login's answer does not read")
	}
	r := envelope.Result
	if r == nil || strings.TrimSpace(r.AccessToken) == "" || (r.Authenticated != nil && isFalse(*r.Authenticated)) {
		return "", &call.Error{
			Side: side, Op: req.op(), Status: http.StatusOK, Reaction: call.Credentials,
			Text: "Auvo refused the key or its token",
		}
	}
	return strings.TrimSpace(r.AccessToken), nil
}

func isFalse(raw json.RawMessage) bool {
	return strings.EqualFold(strings.Trim(string(raw), `" `), "false")
}

// asLogin turns the reaction to a failed login into what it means there: every
// refusal is the key's, but for those of a wrong method or content type.
func asLogin(e *call.Error) *call.Error {
	ours := e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusUnsupportedMediaType
	if e.Reaction != call.Retry && e.Status/100 == 4 && !ours {
		e.Reaction, e.Cause = call.Credentials, ""
	}
	return e
}
