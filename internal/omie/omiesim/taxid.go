package omiesim

import "strings"

// bareDocument leaves the letters and digits of a CPF or CNPJ, upper-case.
func bareDocument(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, s)
}

// shownDocument formats a document as reads return it (omie-api.md §3.3).
func shownDocument(s string) string {
	d := bareDocument(s)
	switch len(d) {
	case 11:
		return d[:3] + "." + d[3:6] + "." + d[6:9] + "-" + d[9:]
	case 14:
		return d[:2] + "." + d[2:5] + "." + d[5:8] + "/" + d[8:12] + "-" + d[12:]
	}
	return s
}

// validCPF tells whether eleven digits carry their two check digits.
func validCPF(d string) bool {
	if len(d) != 11 || strings.Count(d, d[:1]) == 11 || strings.Trim(d, "0123456789") != "" {
		return false
	}
	return checkDigit(d[:9], 11) == d[9] && checkDigit(d[:10], 11) == d[10]
}

// validCNPJ tells whether fourteen characters carry their two check digits;
// since July 2026 the first twelve may be letters.
func validCNPJ(d string) bool {
	if len(d) != 14 || strings.Count(d, d[:1]) == 14 || strings.Trim(d[12:], "0123456789") != "" {
		return false
	}
	return checkDigit(d[:12], 9) == d[12] && checkDigit(d[:13], 9) == d[13]
}

// checkDigit is the digit of weights 2, 3, … most from the right, modulo 11; a
// letter counts as its ASCII code less that of '0'.
func checkDigit(s string, most int) byte {
	total, weight := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		total += int(s[i]-'0') * weight
		if weight++; weight > most {
			weight = 2
		}
	}
	if rest := total % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}
