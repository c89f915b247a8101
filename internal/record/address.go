package record

import (
	"regexp"
	"slices"
	"strings"
)

// An Address is a place in Brazil in the parts that Omie holds: endereco,
// endereco_numero, bairro, cidade (without its state), estado, cep. Auvo holds
// it as one line.
type Address struct{ Street, Number, District, City, State, ZIP string }

// States lists Brazil's 26 states and the Federal District, as in the UF of an address.
var States = [...]string{
	"AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA",
	"PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
}

// Line returns the line that Auvo holds: street, number, district, city -
// state, ZIP; empty parts left out (design.md §7, Customers).
func (a Address) Line() string {
	var parts []string
	for _, part := range []string{a.Street, a.Number, a.District, joinParts(" - ", CityName(a.City), a.State), a.ZIP} {
		if part = squeeze(Clean(part)); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func joinParts(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

var cityForm = regexp.MustCompile(`^(.*?)\s*\(\s*([A-Za-z]{2})\s*\)$`)

// CityName returns the city of Omie's form "SAO PAULO (SP)": "SAO PAULO". A
// name without a state in brackets comes back trimmed.
func CityName(form string) string {
	form = squeeze(form)
	if m := cityForm.FindStringSubmatch(form); m != nil {
		return m[1]
	}
	return form
}

// CityForm returns the city as Omie wants it, "SAO PAULO (SP)": upper-case,
// without accents (omie-api.md, customers: cidade). It is "" without a city.
func (a Address) CityForm() string {
	name := strings.ToUpper(plain(CityName(a.City)))
	if name == "" || a.State == "" {
		return name
	}
	return name + " (" + strings.ToUpper(a.State) + ")"
}

// Fits tells whether every part fits Omie's field (omie-api.md, customers);
// field names the first that does not.
func (a Address) Fits() (field string, ok bool) {
	for _, part := range []struct {
		field, value string
		size         int
	}{
		{"street", a.Street, 60},
		{"number", a.Number, 10},
		{"district", a.District, 60},
		{"city", a.CityForm(), 40},
		{"zip", a.ZIP, 10},
	} {
		if Runes(part.value) > part.size {
			return part.field, false
		}
	}
	return "", true
}

var zipHyphen = regexp.MustCompile(`\b(\d{5})-(\d{3})\b`)

// SameAddress tells whether two lines mean one address: their parts are equal,
// case, accents, blanks and the CEP's hyphen aside. Lines that do not both
// read with confidence are compared whole, punctuation aside too.
func SameAddress(lineA, lineB string) bool {
	a, readA := ParseAddress(lineA)
	b, readB := ParseAddress(lineB)
	if readA && readB {
		return a.folded() == b.folded()
	}
	return foldLine(lineA) == foldLine(lineB)
}

func (a Address) folded() Address {
	return Address{
		Street: FoldTitle(a.Street), Number: FoldTitle(a.Number), District: FoldTitle(a.District),
		City: FoldTitle(a.City), State: a.State, ZIP: digits(a.ZIP),
	}
}

func foldLine(line string) string { return Fold(zipHyphen.ReplaceAllString(line, "$1$2")) }
