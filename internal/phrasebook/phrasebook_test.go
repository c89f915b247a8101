package phrasebook

import (
	"os"
	"strings"
	"testing"
	"time"

	"ponte/internal/call"
)

// TestEveryExampleIsReadAsItsEntry: none stands behind one that takes its texts.
func TestEveryExampleIsReadAsItsEntry(t *testing.T) {
	for _, b := range []*Book{Omie, Auvo} {
		for _, e := range b.Entries {
			if e.Example == "" {
				continue
			}
			if got, parts, ok := b.Explain(e.Example); !ok || got.ID != e.ID || strings.Count(e.Says, "{") > len(parts)+1 {
				t.Errorf("%s: %q is explained as %q %v", b.Side, e.Example, got.ID, parts)
			}
			if v := b.Read(Said{Op: "Incluir", Write: true, Status: 500, Text: e.Example}); v.Entry != e.ID || v.Reaction != call.WaitForPerson || v.Cause != e.Cause {
				t.Errorf("%s: %q is read as %+v", b.Side, e.Example, v)
			}
		}
	}
}

// TestWhatNoEntryKnowsIsRefusedAndNeverRepeated (P6).
func TestWhatNoEntryKnowsIsRefusedAndNeverRepeated(t *testing.T) {
	for _, b := range []*Book{Omie, Auvo} {
		for _, text := range []string{"", "ERROR: Algo que ninguém viu", "🙂"} {
			if v := b.Read(Said{Write: true, Status: 400, Text: text}); v.Entry != "" || v.Reaction != call.WaitForPerson || v.Cause != "refused" {
				t.Errorf("%s: %q: %+v", b.Side, text, v)
			}
		}
	}
	if v := Omie.Read(Said{Write: true, Text: "O cliente [JÁ CADASTRADO] está inadimplente"}); v.Entry != "" {
		t.Errorf("a name decided: %+v", v)
	}
	if Of("sap") != nil || Of("omie") != Omie {
		t.Error("a side has another's book")
	}
}

func TestAKnownRefusalIsAskedOnlyForItsCause(t *testing.T) {
	v := Omie.Read(Said{Op: "AlterarOS", Write: true, Text: "Cliente já cadastrado; falta preencher o E-mail.", Refused: true})
	if v.Reaction != call.WaitForPerson || v.Cause != "missing-field" {
		t.Errorf("%+v", v)
	}
}

func TestAnExtractedPartIsNamed(t *testing.T) {
	_, parts, _ := Omie.Explain("O número máximo de caracteres permitido para o elemento [X] é de 60. O número de caracteres informado foi de 61!")
	if parts["limit"] != "60" || parts["length"] != "61" {
		t.Errorf("%v", parts)
	}
}

func TestFieldsHaveNamesForPeople(t *testing.T) {
	for tag, want := range map[string]string{"RAZAO_SOCIAL": "Razão social", "cpfCnpj": "CPF/CNPJ", "cNunca": "cNunca"} {
		if got := FieldTitle(tag); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

// TestABookThatIsWrongSaysWhere in one sentence an entry.
func TestABookThatIsWrongSaysWhere(t *testing.T) {
	const good = "version: 1\nside: x\nentries:\n  - {id: a, match: b, reaction: gone, source: s, confidence: doc}\n"
	if _, err := parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for says, wrong := range map[string][2]string{
		"version, side and entries":             {"version: 1\n", ""},
		`there is no reaction "loop"`:           {"gone", "loop"},
		`cause "refused" is no cause`:           {"reaction: gone", "reaction: gone, cause: refused"},
		`cause "bored" is no cause`:             {"reaction: gone", "reaction: wait-for-person, cause: bored"},
		"is no pattern":                         {"match: b", "match: '('"},
		"field nickname not found":              {"source: s", "source: s, nickname: n"},
		"source and confidence":                 {"confidence: doc", "confidence: sure"},
		"it would match everything":             {"match: b, ", ""},
		"on is read or write":                   {"match: b", "match: b, on: sunday"},
		"wait is seconds or clock":              {"match: b", "match: b, wait: moon"},
		"the book has no pattern":               {"match: b", "match: b, wait: clock"},
		"ours is for what exists":               {"match: b", "match: b, ours: true"},
		"says, do and example":                  {"reaction: gone", "reaction: gone, says: s, do: d, example: b"},
		`entry 2: its id "a" is empty or taken`: {"confidence: doc}\n", "confidence: doc}\n  - {id: a, match: b, reaction: gone, source: s, confidence: doc}\n"},
		`time: invalid duration "soon"`:         {"match: b", "match: b, margin: soon"},
	} {
		text := strings.Replace(good, wrong[0], wrong[1], 1)
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q says %v, want %q", text, err, says)
		}
	}
}

// FuzzABookAlwaysDecides whatever a vendor writes, and never has a write repeated
// that may have been made.
func FuzzABookAlwaysDecides(f *testing.F) {
	for _, b := range []*Book{Omie, Auvo} {
		for _, e := range b.Entries {
			f.Add("IncluirOS", true, 500, "", e.Example)
		}
	}
	f.Add("ListarOS", false, 200, "1026", "às 99:99:99 Aguarde 999999999999 segundos REDUNDANT [")
	now := time.Date(2026, 11, 24, 19, 3, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, op string, isWrite bool, status int, code, text string) {
		for _, b := range []*Book{Omie, Auvo} {
			for _, refused := range []bool{false, true} {
				v := b.Read(Said{Op: op, Write: isWrite, Status: status, Code: code, Text: text, Now: now, Refused: refused})
				switch {
				case v.Reaction == "" || v.Wait < 0 || v.Wait > 25*time.Hour || (v.Reaction == call.WaitForPerson) != (v.Cause != ""):
					t.Fatalf("%s: undecided: %+v", b.Side, v)
				case refused && v.Reaction != call.WaitForPerson:
					t.Fatalf("%s: a refusal became %+v", b.Side, v)
				case v.Reaction == call.Retry && isWrite && !b.Is("running", text), v.Reaction == call.Unclear && !isWrite:
					t.Fatalf("%s: %+v", b.Side, v)
				}
			}
			if e, _, ok := b.Explain(text); ok && (e.Says == "" || e.Do == "") {
				t.Fatalf("%s: explained by nothing: %+v", b.Side, e)
			}
		}
	})
}

// FuzzParse: a book that is read decides, whatever stands in it; what is no book is an error.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"books/omie.yaml", "books/auvo.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("side: omie\nentries:\n  - {id: a, match: '(a+)+$', reaction: gone, source: s, confidence: doc}\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := parse(text)
		if err != nil {
			return
		}
		if v := b.Read(Said{Op: "IncluirOS", Write: true, Status: 500, Text: "ERROR: aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", Now: time.Unix(0, 0)}); v.Reaction == "" {
			t.Fatalf("undecided: %+v", v)
		}
	})
}
