package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"ponte/internal/company"
	"ponte/internal/record"
)

// A screen is a terminal that is redrawn in place.
type screen struct {
	file *os.File
}

// newScreen is nil when w is no terminal.
func newScreen(w io.Writer) *screen {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return nil
	}
	return &screen{f}
}

// What a terminal does on these (ECMA-48): go home; clear to the line's and to
// the screen's end.
const (
	home      = "\x1b[H"
	clearLine = "\x1b[K"
	clearRest = "\x1b[J"
)

// draw writes lines over what stands, each cut to the width, as many as fit.
func (s *screen) draw(lines []string) {
	width, height, err := term.GetSize(int(s.file.Fd()))
	if err != nil || width < 1 || height < 2 {
		width, height = 100, 50
	}
	_, _ = s.file.WriteString(frame(lines, width, height)) // a terminal that has gone shows nothing
}

// frame is the text that redraws a terminal of that size.
func frame(lines []string, width, height int) string {
	var b strings.Builder
	b.WriteString(home)
	for _, line := range lines[:min(len(lines), height-1)] {
		b.WriteString(cut(line, width) + clearLine + "\r\n")
	}
	return b.String() + clearRest
}

// cut shortens a line to width characters.
func cut(line string, width int) string {
	if record.Runes(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}

// clear empties the screen, for what is printed after.
func (s *screen) clear() { _, _ = s.file.WriteString(home + clearRest) }

// arrivalLines is the table of what has arrived.
func arrivalLines(a company.Arrivals) []string {
	each := a.Each()
	half := (len(each) + 1) / 2
	var rows [][]any
	for i := range half {
		row := []any{"  " + each[i].Name, each[i].Count}
		if i+half < len(each) {
			row = append(row, "  "+each[i+half].Name, each[i+half].Count)
		}
		rows = append(rows, row)
	}
	return append([]string{"", "Arrived on the other side, counted in the simulators"}, aligned(rows)...)
}

// aligned writes rows as columns.
func aligned(rows [][]any) []string {
	var out bytes.Buffer
	tw := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				_, _ = fmt.Fprint(tw, "\t") // a buffer takes all
			}
			_, _ = fmt.Fprint(tw, cell)
		}
		_, _ = fmt.Fprintln(tw)
	}
	_ = tw.Flush()
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}
