package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const afterExportDoc = "../../docs/after-export.md"

// checkAfterExportDoc compares docs/after-export.md with the table and with
// what the office read; -update writes it.
func checkAfterExportDoc(t *testing.T, said map[string]map[int][]wait) {
	t.Helper()
	want := afterExportText(said)
	if *update {
		if err := os.WriteFile(afterExportDoc, []byte(want), 0o644); err != nil { //nolint:gosec // a document of the repository
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(afterExportDoc)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/after-export.md is not what happens; go test ./cmd/ponte -run AfterExport -update writes it")
	}
}

func afterExportText(said map[string]map[int][]wait) string {
	var b strings.Builder
	b.WriteString(afterExportHead)
	b.WriteString("| source in Auvo |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s |", rowTitle(r))
		for _, cell := range r.cells {
			fmt.Fprintf(&b, " %s |", cellText(cell))
		}
		b.WriteString("\n")
	}
	b.WriteString(afterExportBetween)
	for _, c := range columns {
		fmt.Fprintf(&b, "- **%s**: %s.\n", c.name, c.says)
	}
	b.WriteString(afterExportSaid)
	for _, r := range rows {
		for _, line := range saidOf(said[r.name]) {
			fmt.Fprintf(&b, "| %s | %s\n", rowTitle(r), line)
		}
	}
	b.WriteString(afterExportTail)
	return b.String()
}

// saidOf are the sentences of a row, each with the columns in which it is said.
func saidOf(byColumn map[int][]wait) []string {
	at := map[string][]string{}
	var lines []string
	for c := range columns {
		for _, w := range byColumn[c] {
			line := fmt.Sprintf("`%s` | %s | %s |", w.Cause, anyNumber(w.Message), anyNumber(w.Hint))
			if at[line] == nil {
				lines = append(lines, line)
			}
			at[line] = append(at[line], columns[c].name)
		}
	}
	for n, line := range lines {
		lines[n] = strings.Join(at[line], ", ") + " | " + line
	}
	return lines
}

func rowTitle(r row) string {
	noun := "task"
	if r.quotation {
		noun = "quotation"
	}
	return noun + " " + r.says
}

func cellText(cell string) string {
	if slices.Contains([]string{isUpdated, isCancelled, isNothing}, cell) {
		return cell
	}
	return "waits `" + cell + "`"
}

var orderNumbers = regexp.MustCompile(`(a OS|o pedido) \d+`)

// anyNumber has every order bear one number, so that the document stays as it is
// when cells come or go.
func anyNumber(text string) string { return orderNumbers.ReplaceAllString(text, "$1 15") }

const afterExportHead = `# After export

What Ponte does with a document in Omie when its task or quotation changes in Auvo afterwards (design.md §7, promises P4 and P8).
` + "`go test ./cmd/ponte -run AfterExport`" + ` runs every cell end to end, for a service order, a sales order and both, and fails when
this document is not what happens; with ` + "`-update`" + ` it writes it. The table itself is ` + "`cmd/ponte/after_export_test.go`" + `.

## The table

Across: how the document stands in Omie by then. Two documents of one source are treated each by its own standing.

`

const afterExportBetween = `
- **updated**: the document gets what the source asks for, and only that: it is read first, its stage stays, in its notes only Ponte's own lines are replaced,
  and what a person wrote in another field stays. The items go back numbered as Omie holds them.
- **waits**: the document is left exactly as it is and a person is told, with what changed, old → new.
- **cancelled**: cancelled in Omie, never excluded; its code stays used.
- **nothing**: the document is left as it is, and nobody is needed.

`

const afterExportSaid = `
## What the office reads

For a service order; of a sales order it says “o pedido”. Both values of a conflict stay in its history.

| source | document | cause | says | next step |
|---|---|---|---|---|
`

const afterExportTail = `
## What holds for every cell

- **Never made again by itself.** A document that a person cancelled or deleted in Omie stays so: further cycles, later edits of its source and a full sweep make nothing.
  Only a person's word (` + "`ponte retry`" + `) makes one again, under the next code (` + "`R1`" + `, ` + "`R2`" + `…).
- **Waits end by themselves** when their reason does: a source that is put back as it was exported, finished again or put back into an approved stage
  waits no more, and a document that follows it follows it back. A change that the closed document holds already (a person made it there) waits for nobody.
- **Nothing is read without need.** A document is read when its source asks for something else than Ponte last wrote, or parts from it; at rest none is. Service orders are
  read by a list that carries a code known to exist, sales orders by a list of the numbers around theirs, so that one which a person deleted costs no fault.
- A quotation deleted in Auvo is not in this table: Auvo tells of deleted tasks only.
`
