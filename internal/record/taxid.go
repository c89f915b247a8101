package record

import "strings"

// TaxID returns the canonical form of a CPF or CNPJ, the one that is compared
// and stored: its letters, upper-case, and its digits. Other characters than
// ASCII letters and punctuation stay, so that they make the document invalid
// and do not vanish from it.
func TaxID(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case isSeparator(r):
			return -1
		}
		return r
	}, s)
}

// ValidTaxID tells whether s is, punctuation aside, a CPF (11 digits) or a
// CNPJ (12 digits or letters and 2 digits, the alphanumeric form of 2026
// included) with right check digits. An empty document is not valid.
func ValidTaxID(s string) bool {
	s = TaxID(s)
	switch {
	case isCPF(s):
		return hasCheckDigits(s, 11)
	case isCNPJ(s):
		return hasCheckDigits(s, 9)
	}
	return false
}

// FormatTaxID returns a CPF as 000.000.000-00 and a CNPJ as
// 00.000.000/0000-00, right or wrong in its check digits; anything else as it came.
func FormatTaxID(s string) string {
	id := TaxID(s)
	switch {
	case isCPF(id):
		return id[:3] + "." + id[3:6] + "." + id[6:9] + "-" + id[9:]
	case isCNPJ(id):
		return id[:2] + "." + id[2:5] + "." + id[5:8] + "/" + id[8:12] + "-" + id[12:]
	}
	return s
}

func isCPF(id string) bool { return len(id) == 11 && allDigits(id) }

func isCNPJ(id string) bool {
	if len(id) != 14 || !allDigits(id[12:]) {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool { return !isDigit(r) && (r < 'A' || r > 'Z') }) < 0
}

// hasCheckDigits tells whether the last two characters of id are its check
// digits; the weights run from 2 on the right up to top and begin again. A
// document of one repeated character passes the sum and is no document.
func hasCheckDigits(id string, top int) bool {
	if strings.Count(id, id[:1]) == len(id) {
		return false
	}
	n := len(id)
	return id[n-2] == checkDigit(id[:n-2], top) && id[n-1] == checkDigit(id[:n-1], top)
}

// checkDigit returns the modulo 11 digit of body. A letter is worth its ASCII
// code less 48, as a digit is (stack.md §8).
func checkDigit(body string, top int) byte {
	sum, weight := 0, 2
	for i := len(body) - 1; i >= 0; i-- {
		sum += int(body[i]-'0') * weight
		if weight++; weight > top {
			weight = 2
		}
	}
	if rest := sum % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0
}

// digits returns the ASCII digits of s.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, s)
}
