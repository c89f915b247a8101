package omieapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"

	"ponte/internal/call"
	"ponte/internal/phrasebook"
)

// maxBody is the longest answer that is read. A page of 100 full records has
// under 1 MiB.
const maxBody = 16 << 20

var errTooLarge = fmt.Errorf("the answer is longer than %d bytes", maxBody)

// A mode says whether a call changes something at Omie, which uses POST for
// everything.
type mode bool

const (
	read  mode = false
	write mode = true
)

// An operation is one method of one service.
type operation struct {
	service string // "geral/clientes"
	method  string // "ListarClientes"
	mode    mode
}

// A request is an operation with its parameters, ready to be sent.
type request struct {
	operation
	body   []byte // the envelope, with the credentials
	digest string // names method and parameters, without the credentials
	again  bool   // the last try was not taken in: no redundancy to mind
	tries  int    // how often it was sent
	decode func(body []byte) error
}

// do makes one call. The answer goes to decode, which must be repeatable.
// Retry is the one reaction that is retried here, at most twice: for a write
// Classify gives it only where nothing was done.
func (c *Client) do(ctx context.Context, op operation, param any, decode func([]byte) error) error {
	r, err := c.newRequest(op, param, decode)
	if err != nil {
		return err
	}
	var last *call.Error
	return retry.Do(ctx, c.pauses(&last), func(ctx context.Context) error {
		err := c.attempt(ctx, r)
		if !errors.As(err, &last) || last.Reaction != call.Retry {
			return err
		}
		r.again = notTakenIn(last)
		return retry.RetryableError(err)
	})
}

// longestWait is the longest pause that a call makes by itself.
const longestWait = 2 * time.Minute

// pauses grows threefold, waits at least what the answer asked for, and gives
// up after three tries or before an unreasonable wait.
func (c *Client) pauses(last **call.Error) retry.Backoff {
	pause := c.pause
	return retry.WithMaxRetries(2, retry.BackoffFunc(func() (time.Duration, bool) {
		wait := max(pause, (*last).Wait)
		pause *= 3
		return wait, wait > longestWait
	}))
}

// notTakenIn reports that Omie cannot have registered the request, so that
// repeating it is not redundant: it never arrived, came over the rate, or
// while the method was running.
func notTakenIn(e *call.Error) bool {
	return e.Status == http.StatusTooManyRequests || unsent(e.Err) || phrasebook.Omie.Is("running", e.Text)
}

func (c *Client) newRequest(op operation, param any, decode func([]byte) error) (*request, error) {
	raw, err := json.Marshal(param)
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", op.method, err)
	}
	canonical, err := canonicalJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", op.method, err)
	}
	body, err := json.Marshal(struct {
		Call      string            `json:"call"`
		AppKey    string            `json:"app_key"`
		AppSecret string            `json:"app_secret"`
		Param     []json.RawMessage `json:"param"`
	}{op.method, c.appKey, c.appSecret, []json.RawMessage{raw}})
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", op.method, err)
	}
	sum := sha256.Sum256([]byte(op.method + "\n" + string(canonical)))
	return &request{operation: op, body: body, digest: hex.EncodeToString(sum[:]), decode: decode}, nil
}

// canonicalJSON orders members, since Omie may compare parameters whatever
// their order (§12.7).
func canonicalJSON(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// attempt sends r once, when it may be sent. An error that is no *call.Error
// means that nothing was sent.
func (c *Client) attempt(ctx context.Context, r *request) error {
	release, err := c.slot(ctx, r.operation)
	if err != nil {
		return err
	}
	defer release()
	if err := c.admit(ctx, r); err != nil {
		return err
	}
	call.Count(ctx, "omie")
	// From here on a write may have been made, whatever happens: every outcome
	// but a clear one is Unclear (P1).
	r.tries++
	began := time.Now()
	status, header, body, err := c.send(ctx, r)
	took := time.Since(began)
	e := Classify(r.method, bool(r.mode), status, header, body, err)
	faulted := e != nil && readAnswer(status, header, body).faulted()
	if e == nil {
		if err := r.decode(body); err != nil {
			e = unreadable(r.method, bool(r.mode), status, body, err)
		}
	}
	c.watch.Saw(ctx, call.Made{Side: "omie", Method: r.method, Write: bool(r.mode), Status: status, Err: e, Took: took, Try: r.tries, Yields: c.yield(ctx, r, e)})
	if e == nil {
		return nil
	}
	if e.Reaction == call.Unclear { // it may still run there, and a second write beside it is refused (§2.1)
		_ = call.Pause(ctx, min(c.pause, c.window))
	}
	return c.settle(ctx, r, e, faulted)
}

// send posts r and reads the answer. A cut or too long answer is an error.
func (c *Client) send(ctx context.Context, r *request) (int, http.Header, []byte, error) {
	// The trailing slash is part of the address (§1.1).
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/"+r.service+"/", bytes.NewReader(r.body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "ponte")
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	c.clock.See(resp.Header)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if len(body) > maxBody {
		body, err = nil, errTooLarge
	}
	_ = resp.Body.Close() // nothing more is wanted of it
	return resp.StatusCode, resp.Header, body, err
}

// settle completes e with what only the client knows, and remembers the faults
// and the block, also when ctx has ended.
func (c *Client) settle(ctx context.Context, r *request, e *call.Error, faulted bool) *call.Error {
	ctx = context.WithoutCancel(ctx)
	now := c.now()
	e.Text = c.redact(e.Text)
	if faulted {
		e.Err = errors.Join(e.Err, c.memory.AddFault(ctx, c.keyName, r.method, now))
	}
	switch {
	case e.Reaction == call.Blocked:
		e.Until = now.Add(e.Wait)
		e.Err = errors.Join(e.Err, c.memory.SetBlock(ctx, c.keyName, e.Until))
	case e.Reaction == call.Retry && e.Wait == 0:
		e.Wait = c.pause
	case e.Reaction == call.Unclear && e.Wait == 0:
		e.Wait = c.window + c.margin()
	}
	return e
}

// redact takes our credentials out of a text that Omie sent back (P10).
func (c *Client) redact(text string) string {
	for _, secret := range []string{c.appSecret, c.appKey} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return text
}
