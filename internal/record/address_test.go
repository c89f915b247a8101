package record

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLineLeavesEmptyPartsOut(t *testing.T) {
	for want, a := range map[string]Address{
		"": {},
		"RUA A, 10, CENTRO, SAO PAULO - SP, 01001000": {"RUA A", "10", "CENTRO", "SAO PAULO (SP)", "SP", "01001000"},
		"RUA A, 10, SAO PAULO - SP":                   {"RUA A", "10", "", "SAO PAULO", "SP", ""},
		"RUA A, SAO PAULO":                            {"RUA A", "", "", "SAO PAULO", "", ""},
		"SP":                                          {State: "SP"},
		"RUA A FUNDOS, 10":                            {Street: " RUA A\r\nFUNDOS ", Number: "10\x00"},
	} {
		if got := a.Line(); got != want {
			t.Errorf("%+v.Line() = %q, want %q", a, got, want)
		}
	}
}

func TestCityCrossesInOmiesForm(t *testing.T) {
	for in, want := range map[string]string{
		"SAO PAULO (SP)": "SAO PAULO", " São Paulo ": "São Paulo", "SAO PAULO(SP)": "SAO PAULO", "": "", "(SP)": "", "X (ABC)": "X (ABC)",
	} {
		if got := CityName(in); got != want {
			t.Errorf("CityName(%q) = %q, want %q", in, got, want)
		}
	}
	for want, a := range map[string]Address{
		"SAO PAULO (SP)":       {City: "São Paulo", State: "sp"},
		"SANTA RITA (PB)":      {City: "SANTA RITA (PB)", State: "PB"},
		"OLHO D'AGUA (PB)":     {City: "Olho d'Água", State: "PB"},
		"EMBU-GUACU":           {City: "Embu-Guaçu"},
		"":                     {State: "SP"},
		"SAO JOAO DEL REI (X)": {City: "São João  del Rei", State: "X"},
	} {
		if got := a.CityForm(); got != want {
			t.Errorf("%+v.CityForm() = %q, want %q", a, got, want)
		}
	}
}

func TestFitsNamesThePartThatIsTooLong(t *testing.T) {
	long := strings.Repeat("ã", 61)
	for want, a := range map[string]Address{
		"":         {strings.Repeat("ã", 60), "1234567890", strings.Repeat("é", 60), strings.Repeat("í", 35), "SP", "01.000-000"},
		"street":   {Street: long},
		"number":   {Number: "12345678901"},
		"district": {District: long},
		"city":     {City: strings.Repeat("a", 36), State: "SP"},
		"zip":      {ZIP: "01000-000 SP"},
	} {
		if got, ok := a.Fits(); got != want || ok != (want == "") {
			t.Errorf("Fits() = %q, %v, want %q", got, ok, want)
		}
	}
}

func TestParseAddressReadsWhatIsClear(t *testing.T) {
	for line, want := range map[string]Address{
		"Rua Um, 10, Centro, Cidade-SP, 01000-000": {"Rua Um", "10", "Centro", "Cidade", "SP", "01000-000"},
		"Av. Paulista, 1000 - Bela Vista, São Paulo - SP, 01310-100, Brasil": {
			"Av. Paulista", "1000", "Bela Vista", "São Paulo", "SP", "01310-100",
		},
		"RUA A, 10, CENTRO, SAO PAULO - SP, 01001000":        {"RUA A", "10", "CENTRO", "SAO PAULO", "SP", "01001000"},
		"Rua Um, 10, Cidade/SP":                              {"Rua Um", "10", "", "Cidade", "SP", ""},
		" Rua  Um ,10A,, Centro, Xique-Xique - ba, BRAZIL, ": {"Rua Um", "10A", "Centro", "Xique-Xique", "BA", ""},
		"Rua Um, s/n, Centro, Ji-Paraná-RO, CEP 76900-000":   {"Rua Um", "s/n", "Centro", "Ji-Paraná", "RO", "76900-000"},
		"Rua Um, SN, Olho d'Água / PB, CEP: 58.760-000":      {"Rua Um", "SN", "", "Olho d'Água", "PB", "58.760-000"},
		"Rod. BR-101, km 12.5, Centro, Itajaí - SC":          {"Rod. BR-101", "km 12.5", "Centro", "Itajaí", "SC", ""},
		"Rua Um, nº 10 - Sé, São Paulo - SP":                 {"Rua Um", "10", "Sé", "São Paulo", "SP", ""},
		"Rua Um, 10-B, Casa Verde, São Paulo - SP":           {"Rua Um", "10-B", "Casa Verde", "São Paulo", "SP", ""},
		"Rua 7, 10, Jardim 25 de Agosto, Duque\nde Caxias-RJ": {
			"Rua 7", "10", "Jardim 25 de Agosto", "Duque de Caxias", "RJ", "",
		},
	} {
		got, ok := ParseAddress(line)
		if !ok {
			t.Errorf("ParseAddress(%q) is not sure", line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseAddress(%q): %s", line, diff)
		}
	}
}

func TestParseAddressIsNotSureOfWhatMayBeSomethingElse(t *testing.T) {
	for why, line := range map[string]string{
		"nothing":                      "",
		"commas only":                  ", ,",
		"a country alone":              "Brasil",
		"a CEP alone":                  "01000-000",
		"no number":                    "Rua Um, Centro, Cidade-SP, 01000-000",
		"the number in the street":     "Rua Um 10, Centro, Cidade - SP",
		"no city":                      "Rua Um, 10, Centro, 01000-000",
		"no state":                     "Rua Um, 10, Centro, Cidade",
		"the state apart":              "Rua Um, 10, Centro, Cidade, SP",
		"no state of Brazil":           "Rua Um, 10, Centro, Cidade - XX",
		"abroad":                       "Rua Um, 10, Centro, Lisboa - EX",
		"no street":                    "10, Centro, Cidade - SP",
		"a number for a street":        "99, 10, Centro, Cidade - SP",
		"a complement behind a dash":   "Rua Um, 10 - fundos, Cidade - SP",
		"a flat behind a dash":         "Rua Um, 10 - Apto 5, Cidade - SP",
		"digits behind a dash":         "Rua Um, 10 - Setor 5, Cidade - SP",
		"two things behind a dash":     "Rua Um, 10 - Sala A - Centro, Cidade - SP",
		"a dash and a district":        "Rua Um, 10 - fundos, Centro, Cidade - SP",
		"a complement as district":     "Rua Um, 10, Casa 2, Cidade - SP",
		"a house as district":          "Rua Um, 10, Casa, Cidade - SP",
		"a floor as district":          "Rua Um, 10, 2º andar, Cidade - SP",
		"a letter as district":         "Rua Um, 10, B, Cidade - SP",
		"a complement of its own":      "Rua Um, 10, Sala 5, Centro, Cidade - SP",
		"two numbers":                  "Rua Um, 10/12, Centro, Cidade - SP",
		"a street of two names":        "Rua Um - Lado B, 10, Centro, Cidade - SP",
		"a district before the city":   "Rua Um, 10, Centro - Cidade - SP",
		"a digit in the city":          "Rua Um, 10, Centro, Cidade 2 - SP",
		"a dash too many in the city":  "Rua Um, 10, Centro, Cidade -- SP",
		"a CEP cut short":              "Rua Um, 10, Centro, Cidade - SP, 0100-000",
		"the country before the state": "Rua Um, 10, Brasil, Centro",
	} {
		if a, ok := ParseAddress(line); ok || a != (Address{}) {
			t.Errorf("%s: ParseAddress(%q) = %+v, %v", why, line, a, ok)
		}
	}
}

func TestSameAddressSeesThroughSpelling(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"Rua Um, 10, Centro, São Paulo - SP, 01000-000", "RUA UM, 10, CENTRO, SAO PAULO/SP, 01000000, Brasil", true},
		{"Rua Um, 10 - Centro, São Paulo-SP", "Rua Um, 10, Centro, São Paulo - SP", true},
		{"Rua Um, 10, Centro, São Paulo - SP", "Rua Um, 10, Centro, São Paulo - RJ", false},
		{"Rua Um, 10, Centro, São Paulo - SP", "Rua Um, 10A, Centro, São Paulo - SP", false},
		{"Rua Um, 10, Centro, São Paulo - SP, 01000-000", "Rua Um, 10, Centro, São Paulo - SP", false},
		{"Rua Um 10 Centro, CEP 01000-000", "rua um, 10 - centro - cep: 01000000", true},
		{"Rua Um 10", "Rua Um 11", false},
		{"Rua 1, 10", "Rua 11, 0", false},
		{"Rua Um, 10, Centro, São Paulo - SP", "rua um 10 centro sao paulo sp", true},
	} {
		if got := SameAddress(c.a, c.b); got != c.want || SameAddress(c.b, c.a) != got {
			t.Errorf("SameAddress(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestALineThatPonteComposedReadsBack(t *testing.T) {
	word := rapid.StringMatching(`[A-ZÁÉÍÓÚÇ][a-záéíóúãõç]{3,9}`)
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "words"), rapid.SampledFrom([]string{" ", "-", " d'"}).Draw(t, "glue"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a := Address{
			Street:   "Rua " + name.Draw(t, "street") + rapid.SampledFrom([]string{"", " 7", " (antiga)"}).Draw(t, "more"),
			Number:   rapid.StringMatching(`[1-9][0-9]{0,5}[A-Z]?|S/N|s/n|SN|KM [0-9]{1,3}`).Draw(t, "number"),
			District: rapid.OneOf(rapid.Just(""), rapid.Custom(func(t *rapid.T) string { return "Vila " + name.Draw(t, "vila") })).Draw(t, "district"),
			City:     name.Draw(t, "city"),
			State:    rapid.SampledFrom(States[:]).Draw(t, "state"),
			ZIP:      rapid.StringMatching(`|[0-9]{5}-?[0-9]{3}`).Draw(t, "zip"),
		}
		got, ok := ParseAddress(a.Line())
		if diff := cmp.Diff(a, got); !ok || diff != "" {
			t.Fatalf("%q: %v %s", a.Line(), ok, diff)
		}
		if upper := strings.ToUpper(plain(a.Line())); !SameAddress(a.Line(), upper) {
			t.Fatalf("%q is not %q", a.Line(), upper)
		}
	})
}

func FuzzParsedAddressReadsBack(f *testing.F) {
	f.Add("Rua Um, 10, Centro, Cidade-SP, 01000-000")
	f.Add("Av. Paulista, 1000 - Bela Vista, São Paulo - SP, 01310-100, Brasil")
	f.Add("Rua Um, nº s/n, Centro, X-Y/ba, CEP:01.000-000")
	f.Fuzz(func(t *testing.T, line string) {
		if !SameAddress(line, line) {
			t.Errorf("%q is not itself", line)
		}
		a, ok := ParseAddress(line)
		if !ok {
			return
		}
		if again, ok := ParseAddress(a.Line()); !ok || again != a {
			t.Errorf("%q reads as %+v, its line %q as %+v, %v", line, a, a.Line(), again, ok)
		}
		if !SameAddress(line, a.Line()) {
			t.Errorf("%q is not %q", line, a.Line())
		}
	})
}
