package omieapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/govalues/decimal"
)

// Omie's JSON drifts: numbers come as strings and the reverse, unset members as
// "", null, {} or not at all, texts padded to their column (§10.4 to §10.6).
// The types here read all of that; what they write is as documented.

// Int is a whole number, above all an id, which exceeds 32 bits.
type Int int64

// UnmarshalJSON accepts a number or its text; "", null, {} and [] are 0.
func (n *Int) UnmarshalJSON(b []byte) error {
	text := plainText(b)
	if text == "" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		d, derr := decimal.Parse(text)
		whole, _, ok := d.Int64(0)
		if derr != nil || !ok || !d.IsInt() {
			return fmt.Errorf("%.40q is no whole number", text)
		}
		v = whole
	}
	*n = Int(v)
	return nil
}

// Dec is an exact decimal (P12).
type Dec struct{ decimal.Decimal }

// decPlaces is how many places survive reading; Omie's unit values carry up to
// ten, what is behind them is the noise of a float (§10.4).
const decPlaces = 10

// UnmarshalJSON accepts a number or its text; "", null, {} and [] are 0.
func (d *Dec) UnmarshalJSON(b []byte) error {
	text := plainText(b)
	if text == "" {
		*d = Dec{}
		return nil
	}
	v, err := decimal.Parse(text)
	if err != nil {
		return fmt.Errorf("%.40q is no decimal", text)
	}
	*d = Dec{v.Round(decPlaces).Trim(0)}
	return nil
}

// MarshalJSON writes a JSON number.
func (d Dec) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// Text is a text as people mean it: trimmed, HTML entities read once.
type Text string

// UnmarshalJSON accepts a string, a number or a boolean; null, {} and [] are "".
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = Text(unescape(plainText(b)))
	return nil
}

// SN is a flag, "S" or "N" on the wire.
type SN bool

// UnmarshalJSON reads "S" and true as true, and everything else as false.
func (f *SN) UnmarshalJSON(b []byte) error {
	text := plainText(b)
	*f = SN(strings.EqualFold(text, "S") || text == "true")
	return nil
}

// MarshalJSON writes "S" or "N".
func (f SN) MarshalJSON() ([]byte, error) {
	if f {
		return []byte(`"S"`), nil
	}
	return []byte(`"N"`), nil
}

// plainText returns the text of a JSON scalar, "" of null, objects and arrays.
func plainText(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] == '{' || b[0] == '[' || string(b) == "null" {
		return ""
	}
	var s string
	if b[0] == '"' && json.Unmarshal(b, &s) == nil {
		return strings.TrimSpace(s)
	}
	return string(b)
}

// entity is a whole HTML entity. html.UnescapeString alone would also read the
// "&LT" of "SILVA&LTDA", which has no semicolon.
var entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)

// unescape reads the entities that Omie puts into texts, once (§10.5).
func unescape(s string) string {
	return strings.TrimSpace(entity.ReplaceAllStringFunc(s, html.UnescapeString))
}

// block decodes an object that may come as "", null or [].
func block(b []byte, into any) error {
	if !isObject(b) {
		return nil
	}
	return json.Unmarshal(b, into)
}

// Rows is an array that may come as null, "", {} or as its one element.
type Rows[T any] []T

// UnmarshalJSON reads an array, leniently.
func (r *Rows[T]) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) > 0 && b[0] == '[':
		return json.Unmarshal(b, (*[]T)(r))
	case isObject(b) && string(bytes.Join(bytes.Fields(b), nil)) != "{}":
		var one T
		err := json.Unmarshal(b, &one)
		*r = Rows[T]{one}
		return err
	}
	*r = nil
	return nil
}
