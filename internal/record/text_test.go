package record

import (
	"strings"
	"testing"
	"unicode"
)

func TestFoldLeavesWhatNamesAreComparedBy(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"  ...  ":                     "",
		"ACME Refrigeração  LTDA.":    "acme refrigeracao ltda",
		"Ação & Cia":                  "acao cia",
		"A\u00e7a\u0303o":             "acao",
		"João-Maria\r\nd'Ávila":       "joao maria d avila",
		"STRASSE Straße":              "strasse strasse",
		"Ærø Œuvre Łódź İstanbul":     "aero oeuvre lodz istanbul",
		"1ª Loja nº 2":                "1a loja no 2",
		"株式会社 2":                      "株式会社 2",
		"\xff\xfeabc":                 "abc",
		"Ar-condicionado 12.000 BTUs": "ar condicionado 12 000 btus",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldTitleKeepsPunctuation(t *testing.T) {
	if got, want := FoldTitle("  Instalação\t de  SPLIT (-10 °C) "), "instalacao de split (-10 °c)"; got != want {
		t.Errorf("FoldTitle = %q, want %q", got, want)
	}
}

func TestCleanMakesOneLineOfAText(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		" \r\n ":                     "",
		"um\r\ndois":                 "um dois",
		"um \n\n\r dois\u2028três":   "um dois três",
		"a\x00b\x07c\td":             "abcd",
		"\x1b[31mvermelho":           "[31mvermelho",
		"abc\u202egpj.exe":           "abcgpj.exe",
		"dois  espaços ficam":        "dois  espaços ficam",
		"\u0085Ação\u0085":           "Ação",
		"quebra\xffda":               "quebra\ufffdda",
		"  \x01 só o meio \x01 \x02": "só o meio",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRunesCountsCharacters(t *testing.T) {
	if got := Runes("Ação"); got != 4 {
		t.Errorf("Runes = %d, want 4", got)
	}
}

func FuzzTextSettlesInOnePass(f *testing.F) {
	f.Add("Ação & Cia\r\n\x00 İ ǅ ẞ ŉ")
	f.Fuzz(func(t *testing.T, s string) {
		for name, settle := range map[string]func(string) string{"Fold": Fold, "FoldTitle": FoldTitle, "Clean": Clean} {
			once := settle(s)
			if twice := settle(once); twice != once {
				t.Errorf("%s(%q) = %q, again %q", name, s, once, twice)
			}
			if once != strings.TrimSpace(once) || name != "FoldTitle" && strings.ContainsFunc(once, unicode.IsControl) {
				t.Errorf("%s(%q) = %q is not clean", name, s, once)
			}
		}
	})
}
