package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// again is what retry does for some records beyond deciding them again: it says so beforehand.
type again struct {
	orders []engine.Remake // cancelled, gone or undone: made again under the next code
	undid  []store.Link    // fields that a person undid: written again
}

// retried are the records that wait, and of those named the ones of which something
// was undone, cancelled or deleted, with what is done for them.
func (c *retryCmd) retried(s *session, waits []store.Wait) ([]record.Ref, again, error) {
	var a again
	refs := refsOf(waits)
	asked := slices.Clone(refs)
	if c.Cause == "" {
		named, err := c.named(s)
		if err != nil {
			return nil, a, err
		}
		asked = append(asked, named...)
	}
	for n, ref := range asked {
		if slices.Contains(asked[:n], ref) {
			continue
		}
		found, err := a.add(s, c.Account, ref)
		if err != nil {
			return nil, a, err
		}
		if found && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	return refs, a, nil
}

// add finds what there is to bring back of a record.
func (a *again) add(s *session, account string, ref record.Ref) (found bool, err error) {
	orders, err := engine.Remakes(s.ctx, s.db, account, ref)
	if err != nil {
		return false, err
	}
	link, undone, err := engine.Undid(s.ctx, s.db, account, ref)
	if err != nil {
		return false, err
	}
	a.orders = append(a.orders, orders...)
	if undone && !slices.ContainsFunc(a.undid, func(l store.Link) bool { return l.Kind == link.Kind && l.Auvo == link.Auvo }) {
		a.undid = append(a.undid, link)
	}
	return undone || len(orders) > 0, nil
}

func (a again) String() string {
	var b strings.Builder
	for _, m := range a.orders {
		fmt.Fprintf(&b, "\n  %s: a new %s is made under %s, since %s %s", m.Source, m.Kind, m.Code(), oneLine(m.Was), m.Why)
	}
	for _, l := range a.undid {
		fmt.Fprintf(&b, "\n  %s: what was undone is written again (%s)", l.On(record.Auvo), strings.Join(slices.Sorted(maps.Keys(l.Undone)), ", "))
	}
	return b.String()
}
