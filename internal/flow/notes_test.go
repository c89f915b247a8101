package flow

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"ponte/internal/record"
)

func TestNotesAreAsPromised(t *testing.T) {
	i := in(func(i *In) {
		i.Item.Source.CheckIn = time.Date(2026, 3, 12, 11, 10, 0, 0, time.UTC)
		i.Item.Source.Link = "https://app.auvo.com.br/x"
		i.Item.Source.Description = "Linha um\r\nlinha dois | três\x00"
	})
	want := "Tarefa Auvo: 812\nDescrição: Linha um linha dois / três\nColaborador responsável: Beto\nAgendada para: 12/03/2026 08:00\nCheck-in: 12/03/2026 08:10\n" +
		"OS digital: https://app.auvo.com.br/x\nCriada por: 501 – Ana"
	if got := NotesText(taskNotes(i.Item, saoPaulo)); got != want {
		t.Errorf("%q", got)
	}
	bare := NotesText(taskNotes(record.Item{ID: "1", Source: &record.Source{}}, saoPaulo))
	if bare != "Tarefa Auvo: 1" {
		t.Errorf("lines without a value stay: %q", bare)
	}
	i.Item.Source.Description = strings.Repeat("ção ", 3000)
	long := NotesText(taskNotes(i.Item, saoPaulo))
	if n := len([]rune(long)); n > 4000 || n < 3990 || !strings.Contains(long, "…\nColaborador") || !strings.HasSuffix(long, "501 – Ana") {
		t.Errorf("%d characters, end %q", n, long[len(long)-40:])
	}
	if got := record.OwnNotes("Meu recado\n" + want + "\nOutro: recado"); got != want {
		t.Errorf("own notes %q", got)
	}
	if got := record.ReplaceOwnNotes("Antes\n"+want+"\nDepois", "Tarefa Auvo: 1"); got != "Antes\nTarefa Auvo: 1\nDepois" {
		t.Errorf("replaced %q", got)
	}
}

func TestOnlyTheDescriptionIsShortened(t *testing.T) {
	i := in(nil).Item
	lines := taskNotes(i, saoPaulo)
	for n := range lines {
		if lines[n].Label == "Colaborador responsável" {
			lines[n].Value = strings.Repeat("x", 5000)
		}
	}
	long := NotesText(lines)
	if len([]rune(long)) <= mostNotes || !strings.Contains(long, "Descrição: …\n") {
		t.Errorf("what does not fit is for the order's check to refuse: %.80q", long)
	}
	if lines[1].Value != "Trocar filtro" {
		t.Errorf("the lines given were changed: %q", lines[1].Value)
	}
	lines[1].Value = ""
	if strings.Contains(NotesText(lines), "Descrição") {
		t.Error("a task without a description got one")
	}
	for _, length := range []int{3900, 3960, 4000, 4100} {
		i.Source.Description = strings.Repeat("ã", length)
		whole := strings.Contains(NotesText(taskNotes(i, saoPaulo)), i.Source.Description)
		text := NotesText(taskNotes(i, saoPaulo))
		if n := len([]rune(text)); n > mostNotes || (!whole && n != mostNotes) {
			t.Errorf("a description of %d characters makes notes of %d", length, n)
		}
	}
}

func TestCreatorsAreNamedAsFarAsKnown(t *testing.T) {
	for want, c := range map[string][2]string{"501 – Ana": {"501", "Ana"}, "501": {"501", ""}, "Ana": {"", "Ana"}, "": {"", ""}} {
		if got := person(c[0], c[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNotesAreOneLineForEachValue: whatever a vendor's text holds, it adds no
// line and no label of its own.
func TestNotesAreOneLineForEachValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.StringOfN(rapid.SampledFrom([]rune("ab:|\n\r\t\x00\u2028\u202eção – ")), 0, 60, -1)
		i := in(func(i *In) {
			i.Item.Source.Description = hostile.Draw(t, "description")
			i.Item.Source.WorkerName, i.Item.Source.Link = hostile.Draw(t, "worker"), hostile.Draw(t, "link")
			i.Item.Source.CreatorName = hostile.Draw(t, "creator")
		})
		text := NotesText(taskNotes(i.Item, saoPaulo))
		if text != record.OwnNotes(text) {
			t.Fatalf("%q reads back as %q", text, record.OwnNotes(text))
		}
		last := -1
		for line := range strings.SplitSeq(text, "\n") {
			label, value, _ := strings.Cut(line, ": ")
			at := slices.Index(record.NoteLabels, label)
			if at <= last || value == "" || strings.ContainsFunc(value, unicode.IsControl) || strings.Contains(value, "|") {
				t.Fatalf("line %q of %q", line, text)
			}
			last = at
		}
	})
}
