package auvosim

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A kind is one resource of the API: its words, its members and its ways.
type kind struct {
	data     string // the word of Data, Edit and IgnoreFilters: "groups"
	path     string // under /v2, in lower case: "customergroups"
	one      string // in error texts and links: "Customer"
	id       string // the member that names a record
	guid     bool   // ids are GUIDs
	first    int64  // the first id given out
	created  string // stamped once; "": none
	updated  string // moved by every change; "": none
	layout   string // of both stamps; "": seconds
	capped   bool   // pages hold at most 100 (auvo-api.md §2.3)
	unpaged  bool   // the list has no paging members (§5.1)
	inert    bool   // PATCH answers 200 without effect (§5.3)
	empty    int    // status of an empty list (§13)
	members  []member
	options  []string // members of PUT that steer it and are not stored
	required []string // on POST
	keys     []string // members by which PUT finds a record, besides the id
	filters  []filter

	complete func(s *Sim, r Record)                   // fills what is absent, consistently
	adopt    func(s *Sim, r, body Record, m string)   // takes what a request says in other words than an answer
	check    func(s *Sim, id string, r Record) *reply // refuses what the vendor refuses; r holds the members being set
	render   func(s *Sim, r Record, v view) Record    // r is a copy
}

// A view is the place in which a record is answered.
type view int

const (
	byID view = iota
	inList
	written
)

// A member is one field of a kind.
type member struct {
	name  string
	shape shape
	ways  ways
	most  int // characters; 0: no limit known
	zero  any // when unset; nil: the shape's own
}

// ways says where a member may be written.
type ways int

const (
	readOnly ways = 0
	post     ways = 1 << iota // POST and PUT
	patch
	dropped // accepted, never kept nor answered
	both    = post | patch
)

// A shape is the JSON type of a member.
type shape int

const (
	text shape = iota
	integer
	number
	boolean
	moment // yyyy-MM-ddTHH:mm:ss
	day    // yyyy-MM-dd
	texts
	integers
	list
	object
)

func (k *kind) member(name string) (member, bool) {
	for _, m := range k.members {
		if strings.EqualFold(m.name, name) {
			return m, true
		}
	}
	return member{}, false
}

func (m member) unset() any {
	if m.zero != nil {
		return m.zero
	}
	switch m.shape {
	case integer, number:
		return json.Number("0")
	case boolean:
		return false
	case texts, integers, list:
		return []any{}
	case object:
		return nil
	default:
		return ""
	}
}

// read converts a request's value as leniently as the API does (auvo-api.md §3.5):
// "true" for true, numbers as text, null for the unset value.
func (m member) read(v any) (any, error) {
	if v == nil {
		return m.unset(), nil
	}
	out, err := m.shape.read(v)
	if err != nil {
		return nil, err
	}
	if t, ok := out.(string); ok && m.most > 0 && utf8.RuneCountInString(t) > m.most {
		return nil, tooLong{m.name, m.most}
	}
	return out, nil
}

type tooLong struct {
	name string
	most int
}

func (e tooLong) Error() string {
	return fmt.Sprintf("The field %s must be a string with a maximum length of %d.", e.name, e.most)
}

func (sh shape) read(v any) (any, error) {
	switch sh {
	case texts:
		return readEach(v, text)
	case integers:
		return readEach(v, integer)
	case list:
		if l, ok := v.([]any); ok {
			return l, nil
		}
	case object:
		if o := asRecord(v); o != nil {
			return map[string]any(o), nil
		}
	default:
		return sh.readScalar(v)
	}
	return nil, fmt.Errorf("unexpected %T", v)
}

func readEach(v any, sh shape) (any, error) {
	in, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("unexpected %T", v)
	}
	out := make([]any, len(in))
	for i, item := range in {
		read, err := sh.read(item)
		if err != nil {
			return nil, err
		}
		out[i] = read
	}
	return out, nil
}

func (sh shape) readScalar(v any) (any, error) {
	written := scalar(v)
	if _, isText := v.(string); written == "" && !isText {
		return nil, fmt.Errorf("unexpected %T", v)
	}
	switch sh {
	case integer:
		return readInteger(written)
	case number:
		d, err := amount(v)
		return jsonNumber(d), err
	case boolean:
		return strings.EqualFold(written, "true"), oneOfTexts(strings.ToLower(written), "true", "false")
	case moment, day:
		return readMoment(written, sh)
	}
	return written, nil
}

func readInteger(written string) (any, error) {
	d, err := amount(written)
	if err != nil || !d.IsInt() {
		return nil, fmt.Errorf("%q is no whole number", written)
	}
	return json.Number(d.Trunc(0).String()), nil
}

func readMoment(written string, sh shape) (any, error) {
	if written == "" {
		return "", nil
	}
	at, _, ok := parseStamp(written)
	if !ok {
		return nil, fmt.Errorf("%q is no date", written)
	}
	if sh == day {
		return stamp(at, dayLayout), nil
	}
	return stamp(at, secondLayout), nil
}

func oneOfTexts(have string, want ...string) error {
	for _, w := range want {
		if have == w {
			return nil
		}
	}
	return fmt.Errorf("%q is none of %v", have, want)
}
