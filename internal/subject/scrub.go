package subject

import (
	"encoding/json"
	"slices"
	"strings"
)

// Scrub puts Gone in the place of some texts. What is JSON stays JSON with the same members:
// only values change, a number that is one of the texts into 0.
func Scrub(in string, texts []string) string {
	if isJSON(in) {
		return scrubJSON(in, texts)
	}
	for _, t := range texts {
		in = strings.ReplaceAll(in, t, Gone)
	}
	return in
}

func isJSON(text string) bool {
	return text != "" && strings.ContainsRune(`{["`, rune(text[0])) && json.Valid([]byte(text))
}

// scrubJSON walks over the tokens of valid JSON; all but the values that change is copied as it is.
func scrubJSON(in string, texts []string) string {
	var out strings.Builder
	for in != "" {
		n := tokenOf(in)
		token := in[:n]
		in = in[n:]
		switch {
		case token[0] == '"' && !strings.HasPrefix(strings.TrimLeft(in, " \t\r\n"), ":"):
			token = scrubString(token, texts)
		case strings.ContainsRune("-0123456789", rune(token[0])) && slices.Contains(texts, token):
			token = "0"
		}
		out.WriteString(token)
	}
	return out.String()
}

// scrubString scrubs a string of JSON, which may hold JSON itself, such as a vendor's answer.
func scrubString(token string, texts []string) string {
	var was string
	if json.Unmarshal([]byte(token), &was) != nil {
		return token // valid JSON always decodes
	}
	is := Scrub(was, texts)
	if is == was {
		return token
	}
	encoded, err := json.Marshal(is)
	if err != nil {
		return `"` + Gone + `"` // a string always encodes
	}
	return string(encoded)
}

// tokenOf is the length of what valid JSON begins with: a string, a number or word, or one other character.
func tokenOf(in string) int {
	if in[0] == '"' {
		for i := 1; i < len(in); i++ {
			switch in[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(in)
	}
	if n := strings.IndexAny(in, "{}[],: \t\r\n\""); n > 0 {
		return n
	}
	if strings.ContainsRune("{}[],: \t\r\n", rune(in[0])) {
		return 1
	}
	return len(in)
}
