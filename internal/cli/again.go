package cli

import (
	"fmt"
	"strings"

	"ponte/internal/engine"
)

func describeRemakes(again []engine.Remake) string {
	var b strings.Builder
	for _, m := range again {
		fmt.Fprintf(&b, "\n  %s: a new %s is made under %s, since %s %s", m.Source, m.Kind, m.Code(), oneLine(m.Was), m.Why)
	}
	return b.String()
}
