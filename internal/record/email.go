package record

import (
	"maps"
	"strings"
	"unicode"
)

// Emails returns the addresses of a list held together by commas, semicolons
// or blanks, in their order and spelling; of two that differ by case only, the first.
func Emails(s string) []string {
	var list []string
	seen := map[string]bool{}
	for address := range strings.FieldsFuncSeq(s, isListSeparator) {
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			list = append(list, address)
		}
	}
	return list
}

// EmailList returns addresses as the comma list that Omie holds
// (omie-api.md, customers: email). Each element may itself be a list.
func EmailList(addresses []string) string {
	return strings.Join(Emails(strings.Join(addresses, ",")), ",")
}

// SameEmails tells whether two lists name the same addresses, order and case aside.
func SameEmails(a, b string) bool { return maps.Equal(emailSet(a), emailSet(b)) }

func emailSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, address := range Emails(s) {
		set[strings.ToLower(address)] = true
	}
	return set
}

func isListSeparator(r rune) bool {
	return r == ',' || r == ';' || unicode.IsSpace(r) || unicode.IsControl(r)
}
