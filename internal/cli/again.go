package cli

import (
	"fmt"
	"slices"
	"strings"

	"ponte/internal/engine"
	"ponte/internal/record"
)

// remakes are the orders that retry makes again of these records: it says so
// beforehand, and hands them to engine.MakeAgain.
func (s *session) remakes(account string, refs []record.Ref) ([]engine.Remake, error) {
	var out []engine.Remake
	for n, ref := range refs {
		if slices.Contains(refs[:n], ref) {
			continue
		}
		again, err := engine.Remakes(s.ctx, s.db, account, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, again...)
	}
	return out, nil
}

func describeRemakes(again []engine.Remake) string {
	var b strings.Builder
	for _, m := range again {
		fmt.Fprintf(&b, "\n  %s: a new %s is made under %s, since %s %s", m.Source, m.Kind, m.Code(), oneLine(m.Was), m.Why)
	}
	return b.String()
}
