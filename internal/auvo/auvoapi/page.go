package auvoapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// A Page is one page of a list. Pages are numbered from 1. The vendor's pages
// shift when records come and go while they are read: overlap, and keep each id
// once. A page past the last, and a list without rows, may be a page without
// Items or a *call.Error whose Reaction is Empty.
type Page[T any] struct {
	Items    []T
	Page     int
	PageSize int  // as answered, which may be less than asked
	Total    int  // rows of the whole list
	HasTotal bool // false: the answer states no total
}

// Last tells whether no page follows.
func (p Page[T]) Last() bool {
	if len(p.Items) == 0 {
		return true
	}
	if p.HasTotal {
		return p.Page*p.PageSize >= p.Total
	}
	return len(p.Items) < p.PageSize
}

// list reads one page. The filter is encoded once and always sent, {} when
// empty, because some resources call it required; Auvo ignores members that it
// does not know, so a filter is never proof of what comes back.
func list[T any](ctx context.Context, c *Client, path string, filter any, page, size int, read func(*object) T) (Page[T], error) {
	encoded, err := json.Marshal(filter)
	if err != nil {
		return Page[T]{}, ourMistake(http.MethodGet+" "+path, err)
	}
	r := request{method: http.MethodGet, path: path, list: true, query: url.Values{
		"paramFilter": {string(encoded)}, "page": {strconv.Itoa(page)}, "pageSize": {strconv.Itoa(size)},
	}}
	body, err := c.do(ctx, r)
	if err != nil {
		return Page[T]{}, err
	}
	rows, head, ok := unwrapList(body)
	if !ok {
		return Page[T]{}, nonsense(r.op(), false, "an answer without a list")
	}
	return pageOf(rows, head, page, size, read), nil
}

func pageOf[T any](rows []json.RawMessage, head *object, page, size int, read func(*object) T) Page[T] {
	p := Page[T]{Page: page, PageSize: size}
	if total, ok := wholeNumber(head.pick("totalItems")); ok && total >= 0 {
		p.Total, p.HasTotal = int(total), true
	}
	if n := int(head.id("pageSize")); n > 0 {
		p.PageSize = n
	}
	for _, row := range rows {
		p.Items = append(p.Items, read(open(row)))
	}
	return p
}

// unwrapList finds the rows in any envelope: result is an array, or holds
// entityList, with the paging members under either of two names. ok is false
// when the answer is no list at all, which must not pass for an empty one (P2).
func unwrapList(body []byte) (rows []json.RawMessage, head *object, ok bool) {
	top := open(body)
	raw, there := top.members["result"]
	if !there {
		return nil, nil, false
	}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		return top.items("result"), open(nil), true
	}
	result := open(raw)
	head = open(result.pick("pagedSearchReturnData", "pageInformation"))
	_, listed := result.members["entitylist"]
	rows = result.items("entityList")
	return rows, head, len(*result.problems) == 0 && (listed || head.isObject)
}

// unwrapOne finds the record of an answer, nil when it has none.
func unwrapOne(body []byte) *object {
	result := open(open(body).pick("result"))
	if !result.isObject {
		return nil
	}
	return result
}
