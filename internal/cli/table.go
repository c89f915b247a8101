package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A table is aligned text. Vendors' text in it is cut to one line.
type table struct {
	w    io.Writer
	head []string
	rows [][]string
}

func newTable(w io.Writer, head ...string) *table { return &table{w: w, head: head} }

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for n, c := range cells {
		row[n] = oneLine(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// oneLine makes hostile text harmless to a terminal: control characters, line
// breaks and escape sequences become spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
}

// flush writes the title and the rows.
func (t *table) flush(title string) error {
	if title != "" {
		if _, err := fmt.Fprintln(t.w, title); err != nil {
			return err
		}
	}
	tw := tabwriter.NewWriter(t.w, 0, 8, 2, ' ', 0)
	for _, row := range append([][]string{t.head}, t.rows...) {
		if _, err := fmt.Fprintln(tw, strings.TrimRight(strings.Join(row, "\t"), "\t")); err != nil {
			return err
		}
	}
	return tw.Flush()
}
