package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTaxIDKeepsLettersAndDigits(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		" 11.222.333/0001-81 ": "11222333000181",
		"12.abc.345/01de-35":   "12ABC34501DE35",
		"529.982.247-25":       "52998224725",
		"5299822472ç5":         "5299822472ç5",
	} {
		if got := TaxID(in); got != want {
			t.Errorf("TaxID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestValidTaxIDChecksTheDigits(t *testing.T) {
	// The CNPJs are the vectors of stack.md §8.
	for _, id := range []string{
		"12ABC34501DE35", "6A3EDMWP000168", "Q2GROWP7000185", "11222333000181", "26637142000158",
		"12.abc.345/01de-35", "11.222.333/0001-81", "529.982.247-25", "11144477735", "12345678909",
	} {
		if !ValidTaxID(id) {
			t.Errorf("ValidTaxID(%q) = false", id)
		}
	}
	for _, id := range []string{
		"", "-", "12ABC34501DE36", "12ABC34501DE45", "12ABC34501DEA5", "11222333000182", "52998224726", "52998224735",
		"11111111111", "00000000000", "00000000000000", "AAAAAAAAAAAAAA", "5299822472", "529982247255", "5299822472A",
		"12ÇBC34501DE3", "1222333000181", "５２９９８２２４７２５",
	} {
		if ValidTaxID(id) {
			t.Errorf("ValidTaxID(%q) = true", id)
		}
	}
}

func TestFormatTaxIDPunctuates(t *testing.T) {
	for in, want := range map[string]string{
		"52998224725":        "529.982.247-25",
		"12abc34501de35":     "12.ABC.345/01DE-35",
		"11.222333/0001-81":  "11.222.333/0001-81",
		"11222333000199":     "11.222.333/0001-99",
		"":                   "",
		"isento":             "isento",
		"1234-5":             "1234-5",
		"ççççççç":            "ççççççç",
		"123456789ç":         "123456789ç",
		"5299822472A (novo)": "5299822472A (novo)",
	} {
		if got := FormatTaxID(in); got != want {
			t.Errorf("FormatTaxID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOneMistypedCharacterMakesACNPJInvalid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9A-Z]{12}`).Draw(t, "body")
		id := body + string(checkDigit(body, 9))
		id += string(checkDigit(id, 9))
		if strings.Count(id, id[:1]) == len(id) {
			t.Skip("one repeated character")
		}
		if !ValidTaxID(id) || !ValidTaxID(FormatTaxID(strings.ToLower(id))) {
			t.Fatalf("%s is not valid", id)
		}
		at := rapid.IntRange(12, 13).Draw(t, "at")
		wrong := byte('0' + (id[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10)
		if mistyped := id[:at] + string(wrong) + id[at+1:]; ValidTaxID(mistyped) {
			t.Fatalf("%s for %s is valid", mistyped, id)
		}
	})
}

func FuzzTaxIDFormReadsBack(f *testing.F) {
	f.Add("12.ABC.345/01DE-35")
	f.Add("529.982.247-25")
	f.Add("ççççççç\xff")
	f.Fuzz(func(t *testing.T, s string) {
		id := TaxID(s)
		if TaxID(id) != id || TaxID(FormatTaxID(s)) != id {
			t.Errorf("TaxID(%q) = %q does not settle", s, id)
		}
		if ValidTaxID(s) && len(id) != 11 && len(id) != 14 {
			t.Errorf("%q is valid with %d characters", s, len(id))
		}
	})
}
