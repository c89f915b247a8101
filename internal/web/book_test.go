package web

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/glossario.md and docs/people.md")

const bookOfWords = "../../docs/glossario.md"

// tablesBegin and tablesEnd stand around what this test writes.
const (
	tablesBegin = "<!-- as tabelas: go test ./internal/web -run BookOfWords -update -->\n"
	tablesEnd   = "<!-- fim das tabelas -->\n"
)

// TestTheBookOfWordsHasTheTablesOfThePages: De × Para, as Regras shows it.
func TestTheBookOfWordsHasTheTablesOfThePages(t *testing.T) {
	var b strings.Builder
	for _, w := range glossary {
		b.WriteString("\n### " + w.Title + " (" + w.Way + ")\n\n| " + w.Auvo + " | " + w.Omie + " | O que o Ponte faz |\n|---|---|---|\n")
		for _, r := range w.Rows {
			b.WriteString("| " + r.Auvo + " | " + r.Omie + " | " + r.Note + " |\n")
		}
	}
	text, err := os.ReadFile(bookOfWords)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tablesBegin)
	was, after, ends := strings.Cut(rest, tablesEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the tables", bookOfWords)
	}
	if *update {
		if err := os.WriteFile(bookOfWords, []byte(before+tablesBegin+b.String()+"\n"+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if was != b.String()+"\n" {
		t.Errorf("%s is not what Regras shows; go test ./internal/web -run BookOfWords -update writes it", bookOfWords)
	}
}
