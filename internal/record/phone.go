package record

import "regexp"

// A Brazilian number as people write it, digits only: perhaps 55 or 0055
// before it, perhaps the trunk 0 with or without a carrier's two digits, then
// the DDD (11 to 99) and 8 or 9 digits.
var areaNumber = regexp.MustCompile(`^(?:(?:00)?55)?(?:0(?:\d\d)?)?(1[1-9]|[2-9]\d)(\d{8,9})$`)

// A number that is the same in the whole country and has no DDD: 0800, 0300, 0500, 0900.
var nationalNumber = regexp.MustCompile(`^(?:(?:00)?55)?(0[3589]00\d{6,7})$`)

// Phone returns the canonical form of a telephone: DDD and number, digits
// only, without country code, trunk zero or carrier. ddd may be empty when
// number carries it, and what is no whole Brazilian number stays as its digits.
func Phone(ddd, number string) string {
	if area, rest, ok := SplitPhone(number); ok {
		return area + rest
	}
	area, rest, _ := SplitPhone(ddd + number)
	return area + rest
}

// SplitPhone returns the DDD and the number of a telephone written in any
// usual way. An 0800 number is ok without a DDD. What has no DDD, or too few
// or too many digits, is not ok: number then holds all its digits.
func SplitPhone(s string) (ddd, number string, ok bool) {
	all := digits(s)
	if m := nationalNumber.FindStringSubmatch(all); m != nil {
		return "", m[1], true
	}
	if m := areaNumber.FindStringSubmatch(all); m != nil {
		return m[1], m[2], true
	}
	return "", all, false
}

// SamePhone tells whether a and b ring the same telephone: equal digits,
// country code, trunk zero and carrier aside.
func SamePhone(a, b string) bool { return Phone("", a) == Phone("", b) }
