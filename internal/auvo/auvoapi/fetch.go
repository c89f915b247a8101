package auvoapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/govalues/decimal"

	"ponte/internal/call"
)

// get reads one record.
func get[T any](ctx context.Context, c *Client, path string, read func(*object) T) (T, error) {
	var none T
	r := request{method: http.MethodGet, path: path}
	body, err := c.do(ctx, r)
	if err != nil {
		return none, err
	}
	record := unwrapOne(body)
	if record == nil {
		return none, nonsense(r.op(), false, "an answer without a record")
	}
	return read(record), nil
}

// create makes one record. A success that does not name the record's id is
// unclear: the record exists, but nobody can say which it is (P1).
func create[T any](ctx context.Context, c *Client, path string, body any, read func(*object) T, named func(T) bool) (T, error) {
	var none T
	r := request{method: http.MethodPost, path: path, body: body}
	answer, err := c.do(ctx, r)
	if err != nil {
		return none, err
	}
	if record := unwrapOne(answer); record != nil {
		if made := read(record); named(made) {
			return made, nil
		}
	}
	return none, nonsense(r.op(), true, "a creation that names no record")
}

// An Op is one change of a JSON Patch; Auvo documents replace alone.
type Op struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// Replace returns the change of one member, named without a leading slash. A
// decimal goes as a JSON number, the one form that Auvo reads right
// (docs/apis/auvo.md, Products).
func Replace(path string, value any) Op {
	if d, ok := value.(decimal.Decimal); ok {
		value = jsonNumber(d)
	}
	return Op{"replace", path, value}
}

func jsonNumber(d decimal.Decimal) json.Number { return json.Number(d.String()) }

// patch changes one record and returns it as answered. The answer may lack
// members, or all of them: then the record has no Raw.
func patch[T any](ctx context.Context, c *Client, path string, ops []Op, read func(*object) T) (T, error) {
	var none T
	r := request{method: http.MethodPatch, path: path, body: ops}
	if len(ops) == 0 {
		return none, ourMistake(r.op(), errors.New("a change of nothing"))
	}
	body, err := c.do(ctx, r)
	if err != nil {
		return none, err
	}
	if record := unwrapOne(body); record != nil {
		return read(record), nil
	}
	return none, nil
}

func ourMistake(op string, err error) *call.Error {
	return &call.Error{Side: side, Op: op, Reaction: call.GiveUp, Err: err}
}
