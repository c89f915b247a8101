package record

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The parts of a line as people and Google write them.
var (
	zipPart      = regexp.MustCompile(`^(?i:CEP:? ?)?(\d{2}\.?\d{3}-?\d{3})$`)
	cityPart     = regexp.MustCompile(`^([\p{L}\p{M}][\p{L}\p{M} .'’-]*?) ?[-/] ?([A-Za-z]{2})$`)
	numberPart   = regexp.MustCompile(`^(?i:n[º°.]{1,2} ?)?((?i:\d{1,7}(?:[ -]?[a-z])?|s/?n[º°.]?|km ?\d+(?:\.\d+)?))$`)
	numberDashed = regexp.MustCompile(`^(.+?) - (.+)$`)
	// complement matches, folded, what stands behind a number without being a
	// district. "casa 2" and "conjunto b" are complements, Casa Verde and
	// Conjunto Ceará are districts.
	complement = regexp.MustCompile(`^(?:(?:apartamento|apto|apt|ap|sala|sl|salas|bloco|bl|loja|lj|lojas|andar|galpao|edificio|edif|ed|predio|lote|lt|` +
		`quadra|qd|sobreloja|terreo|subsolo|fundos|fundo|fds|frente|cobertura|anexo|sobrado|altos|esquina|km)(?: .*)?|` +
		`(?:casa|cs|conjunto|conj|cj|unidade|un|box)(?: (?:[a-z]|\d.*))?|` +
		`(?:torre|portao) (?:[a-z]|\d.*))$`) // bare, both are districts (Recife, Curitiba)
)

// ParseAddress reads a line back into its parts: street and number, perhaps
// the district (behind a comma, or behind "number - " as Google writes it),
// city and state ("Cidade - UF", "Cidade-UF", "Cidade/UF"), perhaps the CEP,
// perhaps "Brasil". It is false when it cannot tell with confidence what is
// what, as with a complement inside the line: nothing may then be written from it.
func ParseAddress(line string) (Address, bool) {
	parts := lineParts(line)
	var a Address
	parts, a.ZIP = cutZIP(cutCountry(parts))
	if len(parts) < 3 {
		return Address{}, false
	}
	last := len(parts) - 1
	var okCity, okStreet bool
	a.City, a.State, okCity = readCity(parts[last])
	a.Street, a.Number, a.District, okStreet = readStreet(parts[:last])
	if !okCity || !okStreet {
		return Address{}, false
	}
	return a, true
}

// lineParts returns what stands between the commas, squeezed, without the empty ones.
func lineParts(line string) []string {
	parts := strings.Split(Clean(line), ",")
	for i := range parts {
		parts[i] = squeeze(parts[i])
	}
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func cutCountry(parts []string) []string {
	if n := len(parts); n > 0 && slices.Contains([]string{"brasil", "brazil"}, Fold(parts[n-1])) {
		return parts[:n-1]
	}
	return parts
}

func cutZIP(parts []string) (rest []string, zip string) {
	if n := len(parts); n > 0 {
		if m := zipPart.FindStringSubmatch(parts[n-1]); m != nil {
			return parts[:n-1], m[1]
		}
	}
	return parts, ""
}

// readCity reads "Cidade - UF". A spaced hyphen inside the name may part a
// district from a city, so that such a name is not sure.
func readCity(part string) (city, state string, ok bool) {
	m := cityPart.FindStringSubmatch(part)
	if m == nil || strings.Contains(m[1], " - ") || strings.HasSuffix(m[1], "-") {
		return "", "", false
	}
	state = strings.ToUpper(m[2])
	return m[1], state, slices.Contains(States[:], state)
}

// readStreet reads the parts before the city: street, number, perhaps the district.
func readStreet(parts []string) (street, number, district string, ok bool) {
	if len(parts) < 2 || len(parts) > 3 || !isName(parts[0]) {
		return "", "", "", false
	}
	numbered := parts[1]
	if m := numberDashed.FindStringSubmatch(numbered); m != nil && len(parts) == 2 {
		numbered, district = m[1], m[2]
		if strings.ContainsFunc(district, unicode.IsDigit) {
			return "", "", "", false
		}
	}
	if len(parts) == 3 {
		district = parts[2]
	}
	m := numberPart.FindStringSubmatch(numbered)
	if m == nil || (district != "" && !isDistrict(district)) {
		return "", "", "", false
	}
	return parts[0], m[1], district, true
}

// isName tells whether a part can only be one name: letters, and no spaced
// hyphen that might part two things.
func isName(part string) bool {
	return strings.ContainsFunc(part, unicode.IsLetter) && !strings.Contains(part, " - ")
}

// isDistrict tells whether a part can only be a district: a name of two
// letters or more that begins with one and is no complement.
func isDistrict(part string) bool {
	folded := Fold(part)
	return isName(part) && Runes(folded) >= 2 && unicode.IsLetter([]rune(part)[0]) && !complement.MatchString(folded)
}
