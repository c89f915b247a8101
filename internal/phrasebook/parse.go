package phrasebook

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"ponte/internal/call"
)

// UnmarshalYAML reads a pattern.
func (p *pattern) UnmarshalYAML(n *yaml.Node) error {
	re, err := regexp.Compile(n.Value)
	if err != nil || n.Value == "" || n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %q is no pattern: %w", n.Line, n.Value, err)
	}
	p.Regexp = re
	return nil
}

// UnmarshalYAML reads one pattern or several.
func (p *patterns) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		*p = patterns{{}}
		return (*p)[0].UnmarshalYAML(n)
	}
	return n.Decode((*[]pattern)(p))
}

// UnmarshalYAML reads a duration such as 30m.
func (d *duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	*d = duration(v)
	return err
}

// The reactions, causes, waits and confidences that a book may name.
var (
	reactions = []call.Reaction{
		call.Retry, call.Unclear, call.WaitForPerson, call.GiveUp, call.Exists, call.Empty, call.Gone, call.Blocked, call.Credentials,
	}
	causes      = []string{"", "refused", "missing-field", "too-long", "invalid-document"}
	confidences = []string{"doc", "code", "one", "infer", "guess"}
)

func parse(raw []byte) (*Book, error) {
	var b Book
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&b); err != nil {
		return nil, err
	}
	problems := b.check()
	return &b, errors.Join(problems...)
}

func (b *Book) check() (problems []error) {
	if b.Version == "" || b.Side == "" || len(b.Entries) == 0 {
		problems = append(problems, errors.New("version, side and entries are required"))
	}
	seen := map[string]bool{}
	for n, e := range b.Entries {
		if e.ID == "" || seen[e.ID] {
			problems = append(problems, fmt.Errorf("entry %d: its id %q is empty or taken", n+1, e.ID))
		}
		seen[e.ID] = true
		if why := e.check(b); why != "" {
			problems = append(problems, fmt.Errorf("entry %s: %s", e.ID, why))
		}
	}
	return problems
}

// check says what is wrong with an entry, "" when nothing is.
func (e Entry) check(b *Book) string {
	switch {
	case !slices.Contains(reactions, e.Reaction):
		return fmt.Sprintf("there is no reaction %q", e.Reaction)
	case !slices.Contains(causes, e.Cause) || e.Cause != "" && e.Reaction != call.WaitForPerson:
		return fmt.Sprintf("cause %q is no cause of a refusal", e.Cause)
	case e.On != "" && e.On != "read" && e.On != "write":
		return "on is read or write"
	case e.Wait != "" && e.Wait != "seconds" && e.Wait != "clock":
		return "wait is seconds or clock"
	case e.Wait == "seconds" && b.Seconds.Regexp == nil, e.Wait == "clock" && (b.Clock.Regexp == nil || b.Clock.NumSubexp() != 3):
		return "the book has no pattern for its wait"
	case e.Ours && e.Reaction != call.Exists:
		return "ours is for what exists"
	case (e.Says == "") != (e.Do == ""), (e.Says == "") != (e.Example == ""), e.Says != "" && !e.refuses():
		return "says, do and example come together, with a cause"
	case e.Source == "" || !slices.Contains(confidences, e.Confidence):
		return "source and confidence are required"
	case len(e.Match)+len(e.Status)+len(e.Code) == 0 && e.Raw.Regexp == nil && e.On == "":
		return "it would match everything"
	}
	return ""
}
