package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns s as names are compared: lower case, without accents, each run
// of blanks and punctuation as one space, trimmed. A text of punctuation alone
// folds to "", which says nothing about sameness.
func Fold(s string) string {
	return strings.Join(strings.FieldsFunc(plain(s), isSeparator), " ")
}

// FoldTitle returns s as titles of services are compared (contract.md, First
// contact): case, accents and blanks apart. Unlike in Fold, punctuation counts,
// so that "-10 °C" is not "10 °C".
func FoldTitle(s string) string { return squeeze(plain(s)) }

// Clean returns s fit for one line of a vendor's field: line breaks and the
// blanks around them become one space, other control characters are dropped
// (tabs and the marks that turn the direction of writing included), outer
// blanks are trimmed. Bytes that are no UTF-8 become U+FFFD.
func Clean(s string) string {
	var lines []string
	for line := range strings.FieldsFuncSeq(s, isLineBreak) {
		if line = strings.TrimSpace(strings.Map(dropControl, line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}

// Runes returns the length of s in characters, as the vendors' field sizes count.
func Runes(s string) int { return utf8.RuneCountInString(s) }

// squeeze trims s and makes each inner run of blanks and line breaks one space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

func isLineBreak(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }

func dropControl(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}

// plain returns s in lower case and without accents, composed or combining.
func plain(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		r = unicode.ToLower(r)
		if base, ok := unaccented[r]; ok {
			b.WriteString(base)
		} else if !isCombiningAccent(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isCombiningAccent(r rune) bool { return r >= '\u0300' && r <= '\u036f' }

// unaccented maps the accented Latin letters of European languages, in lower
// case, to the letters that stand for them.
var unaccented = func() map[rune]string {
	letters := map[rune]string{}
	for base, accented := range map[string]string{
		"a": "àáâãäåāăąǎª", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęěẽ", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįıǐ", "ij": "ĳ", "j": "ĵ", "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŉŋ", "o": "òóôõöøōŏőǒº", "oe": "œ",
		"r": "ŕŗř", "s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűųǔ", "w": "ŵ", "y": "ýÿŷỹ", "z": "źżž",
	} {
		for _, r := range accented {
			letters[r] = base
		}
	}
	return letters
}()
