package flow

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/o-que-fazer-quando.md")

// bookOrder is the order of the causes in the book: what the office meets often comes first.
var bookOrder = []string{
	"missing-customer", "missing-product", "missing-service", "missing-field", "invalid-document", "document-taken", "too-long", "unreadable-address", "refused",
	"nothing-to-bill", "totals-differ", "pending", "billed-by-quotation", "billed-by-task", "document-exists",
	"ambiguous-match", "conflict", "vanished", "sites-stand", "erased-customer",
	"changed-after-billing", "deleted-after-export", "deleted-in-omie", "no-longer-ready", "custom-instalments",
	"held-by-brake", "unknown-outcome", "paused", "blocked", "credentials", "unreadable-record",
}

const bookOfCauses = "../../docs/o-que-fazer-quando.md"

// TestTheBookOfCausesSaysWhatTheOfficeReads: each cause stands in it, in the sentences of the pages.
func TestTheBookOfCausesSaysWhatTheOfficeReads(t *testing.T) {
	left := Causes()
	var book strings.Builder
	book.WriteString("# O que fazer quando…\n\n" +
		"Cada registro que espera tem uma causa. Esta lista diz, nas frases que as páginas mostram, o que está errado e o que fazer. Quase tudo termina sozinho: o Ponte decide\n" +
		"de novo quando o registro, uma regra ou aquilo que faltava muda. “…” é o que a frase traz do seu registro. Os comandos têm botões em *Pendências*.\n" +
		"\nEste arquivo é escrito pelo teste que o confere: `go test ./internal/flow -run BookOfCauses -update`.\n")
	for _, cause := range bookOrder {
		left = slices.DeleteFunc(left, func(name string) bool { return name == cause })
		book.WriteString("\n## " + strings.TrimSuffix(Headline(cause, 1), ".") + "\n\n`" + cause + "`\n")
		told := []Phrase{phrases[cause]}
		for _, name := range variantsOf(cause) {
			told = append(told, variants[name])
		}
		for _, p := range told {
			book.WriteString("\n- " + open(p.Message) + "\n  **O que fazer:** " + open(p.Hint) + "\n")
		}
	}
	if len(left) > 0 {
		t.Errorf("the book lacks %v", left)
	}
	if *update {
		if err := os.WriteFile(bookOfCauses, []byte(book.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if is, err := os.ReadFile(bookOfCauses); err != nil || string(is) != book.String() {
		t.Errorf("%s is not what the pages say (%v); go test ./internal/flow -run BookOfCauses -update writes it", bookOfCauses, err)
	}
}

func variantsOf(cause string) (names []string) {
	for name := range variants {
		if strings.HasPrefix(name, cause+"/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// open leaves the places of a sentence open.
func open(sentence string) string {
	text := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(sentence, "…")
	return strings.NewReplacer("… …", "…").Replace(strings.TrimSpace(text))
}
