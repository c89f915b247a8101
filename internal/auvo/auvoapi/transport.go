package auvoapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"ponte/internal/call"
)

const side = "auvo"

// errTooLarge is what reading an answer over bodyLimit ends with.
var errTooLarge = errors.New("the answer is over 32 MiB")

// A request is one call of the API, before it is sent.
type request struct {
	method string
	path   string // below the base address, escaped
	query  url.Values
	body   any // encoded as JSON; nil: none
	list   bool
	login  bool
	tries  *int // how often it was sent
}

func (r request) op() string { return r.method + " " + r.path }

// route is op with {id} for what is no word of the API, which bounds how many there are.
func (r request) route() string {
	parts := strings.Split(r.path, "/")
	for n, part := range parts {
		if strings.ContainsFunc(part, func(c rune) bool { return c < 'A' || c > 'z' }) {
			parts[n] = "{id}"
		}
	}
	return r.method + " " + strings.Join(parts, "/")
}

func (r request) isWrite() bool { return r.method != http.MethodGet && !r.login }

// An answer is what one sending brought back.
type answer struct {
	sent   bool // false: it did not come to a sending
	status int
	header http.Header
	body   []byte
	err    error // the transport's
}

// attempt makes r once, and once more with a new login when the token is
// refused. A second refusal is the credentials' (docs/apis/auvo.md, Login).
func (c *Client) attempt(ctx context.Context, r request) (answer, *call.Error) {
	if r.login {
		return c.exchange(ctx, r, "")
	}
	for again := false; ; again = true {
		token, err := c.bearer(ctx)
		if err != nil {
			return answer{}, asCallError(r, err)
		}
		a, failed := c.exchange(ctx, r, token)
		if a.status != http.StatusUnauthorized {
			return a, failed
		}
		c.forget(ctx, token)
		if again {
			return a, failed
		}
	}
}

// exchange waits for r's turn, sends it and classifies the answer.
func (c *Client) exchange(ctx context.Context, r request, token string) (answer, *call.Error) {
	httpReq, err := c.build(ctx, r, token)
	if err != nil {
		return answer{}, &call.Error{Side: side, Op: r.op(), Reaction: call.GiveUp, Err: err}
	}
	leave, err := c.turn(ctx, r)
	if err != nil {
		return answer{}, notSent(r.op(), err)
	}
	defer leave()
	if !r.login {
		call.Count(ctx, side)
	}
	*r.tries++
	began := time.Now()
	a := c.send(httpReq)
	took := time.Since(began)
	if a.status/100 != 2 {
		a.body = c.scrub(a.body, token)
	}
	failed := Classify(r.op(), r.isWrite(), r.list, a.status, a.header, a.body, a.err)
	yields := c.yield(ctx, r, a)
	defer func() {
		c.watch.Saw(ctx, call.Made{Side: side, Method: r.route(), Write: r.isWrite(), Status: a.status, Err: failed, Took: took, Try: *r.tries, Yields: yields})
	}()
	if failed != nil && failed.Wait == faultWait {
		failed.Wait = faultWait / defaultBackoff * c.backoff // shorter alike against a simulator
	}
	if failed == nil {
		return a, nil
	}
	failed.Text = string(c.scrub([]byte(failed.Text), token)) // again: the body may have escaped a character
	if r.login {
		failed = asLogin(failed)
	}
	return a, failed
}

// turn waits until r may leave: a free slot, the pause that the vendor asked
// for, the account's rate, the process's rate (P7). A login takes no slot,
// since requests that hold one may wait for it.
func (c *Client) turn(ctx context.Context, r request) (leave func(), err error) {
	leave = func() {}
	if !r.login {
		select {
		case c.slots <- struct{}{}:
			leave = func() { <-c.slots }
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	c.own.SetPace(c.pacer.Pace(ctx))
	for _, wait := range []func(context.Context) error{c.waitHeld, c.own.Wait, c.ip.Wait} {
		if err := wait(ctx); err != nil {
			leave()
			return nil, err
		}
	}
	return leave, nil
}

func (c *Client) build(ctx context.Context, r request, token string) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("cannot encode the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(c.countReplays(ctx, r), r.method, address, body)
	if err != nil {
		return nil, errors.New("the base address is not an address") // the error's own text would repeat it
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "ponte")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

// countReplays counts what net/http sends again by itself, which it does with a
// GET whose connection died before the first byte of an answer.
func (c *Client) countReplays(ctx context.Context, r request) context.Context {
	if r.login {
		return ctx
	}
	wrote := 0 // one sending's hooks come one after another
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() {
		if wrote++; wrote > 1 {
			call.Count(ctx, side)
		}
	}})
}

func (c *Client) send(req *http.Request) answer {
	res, err := c.http.Do(req)
	if err != nil {
		return answer{sent: true, err: withoutAddress(err)}
	}
	defer func() { _ = res.Body.Close() }() // read only: nothing can be lost
	c.clock.See(res.Header)
	body, err := io.ReadAll(io.LimitReader(res.Body, bodyLimit+1))
	if err == nil && len(body) > bodyLimit {
		err, body = errTooLarge, nil
	}
	return answer{true, res.StatusCode, res.Header, body, err}
}

// withoutAddress drops the URL from a transport's error: its filter may name a customer.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// scrub hides the account's secrets in a vendor's text that repeats them (P10).
func (c *Client) scrub(text []byte, token string) []byte {
	for _, s := range []string{c.apiKey(), c.apiToken(), token} {
		if len(s) >= 4 {
			text = bytes.ReplaceAll(text, []byte(s), []byte("[hidden]"))
		}
	}
	return text
}

// notSent is the failure of a call that never left: nothing was done.
func notSent(op string, err error) *call.Error {
	return &call.Error{Side: side, Op: op, Reaction: call.Retry, Wait: faultWait, Err: err}
}

// nonsense is the failure of a call whose success does not read.
func nonsense(op string, isWrite bool, text string) *call.Error {
	e := &call.Error{Side: side, Op: op, Status: http.StatusOK, Text: text}
	return passing(e, isWrite)
}

func asCallError(r request, err error) *call.Error {
	if e, ok := errors.AsType[*call.Error](err); ok {
		return e
	}
	return notSent(r.op(), err)
}

// byID returns the path of one record, whose id is a number or a GUID.
func byID(collection string, id any) string {
	return collection + "/" + url.PathEscape(fmt.Sprint(id))
}

// waitHeld waits out the pause that a rate answer to any request asked for.
func (c *Client) waitHeld(ctx context.Context) error {
	c.mu.Lock()
	pause := time.Until(c.held)
	c.mu.Unlock()
	return call.Pause(ctx, pause)
}
