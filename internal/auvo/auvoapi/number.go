package auvoapi

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/govalues/decimal"
)

var (
	errNoNumber  = errors.New("is not a number")
	errAmbiguous = errors.New("may be read as two different numbers")
)

// readNumber reads a JSON number as it stands, and a string by ParseNumber.
func readNumber(raw json.RawMessage) (decimal.Decimal, error) {
	text, ok := scalar(raw)
	if !ok {
		return decimal.Decimal{}, errNoNumber
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), `"`) {
		return ParseNumber(text)
	}
	d, err := decimal.Parse(text)
	if err != nil {
		return decimal.Decimal{}, errNoNumber
	}
	return d, nil
}

// numberText is what a number's text may consist of: currency sign, minus or
// the accountant's brackets, digits with marks.
var numberText = regexp.MustCompile(`^(\()?(-)?(R\$|US\$|BRL|\$)?(-)?([0-9.,]*[0-9])(\))?$`)

// ParseNumber reads money or a quantity in any of Auvo's forms
// (docs/apis/auvo.md, Numbers): 25.00, 12,00, 2.500.000,00, $0.00, R$ 1.234,56,
// 44.0000. Where both marks occur the last one is the decimal mark. What could
// be two numbers is an error, for money is never guessed (P12).
func ParseNumber(text string) (decimal.Decimal, error) {
	parts := numberText.FindStringSubmatch(strings.Join(strings.Fields(text), ""))
	if parts == nil || (parts[1] == "") != (parts[6] == "") {
		return decimal.Decimal{}, errNoNumber
	}
	plain, err := pointForm(parts[5], parts[3])
	if err != nil {
		return decimal.Decimal{}, err
	}
	d, err := decimal.Parse(plain)
	if err != nil {
		return decimal.Decimal{}, errNoNumber
	}
	if parts[1]+parts[2]+parts[4] != "" {
		d = d.Neg()
	}
	return d, nil
}

// pointForm rewrites digits with marks so that only a decimal point is left.
func pointForm(digits, currency string) (string, error) {
	mark := decimalMark(digits, currency)
	if mark == '?' {
		return "", errAmbiguous
	}
	whole, fraction := digits, ""
	if mark != 0 {
		at := strings.LastIndexByte(digits, mark)
		whole, fraction = digits[:at], "."+digits[at+1:]
	}
	if whole == "" {
		whole = "0"
	}
	if strings.ContainsAny(whole, ".,") {
		if !grouped.MatchString(whole) {
			return "", errNoNumber
		}
		whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	}
	return whole + fraction, nil
}

var grouped = regexp.MustCompile(`^[0-9]{1,3}((\.[0-9]{3})+|(,[0-9]{3})+)$`)

// decimalMark returns the mark before the fraction: 0 for none, '?' when nobody
// can tell.
func decimalMark(digits, currency string) byte {
	points, commas := strings.Count(digits, "."), strings.Count(digits, ",")
	last := strings.LastIndexAny(digits, ".,")
	switch {
	case points+commas == 0:
		return 0
	case points > 0 && commas > 0:
		return digits[last]
	case points+commas > 1:
		return 0
	case len(digits)-last-1 != 3, strings.Trim(digits[:last], "0") == "":
		return digits[last]
	}
	return loneMark(digits[last], currency)
}

// loneMark settles 1.234 and 1,234. The point is a decimal mark in $-strings and
// in plain ones, and groups after R$; the comma groups in $-strings only.
func loneMark(mark byte, currency string) byte {
	pointed := currency == "$" || currency == "US$"
	switch {
	case mark == '.' && (pointed || currency == ""):
		return '.'
	case mark == '.', pointed:
		return 0
	}
	return '?'
}
