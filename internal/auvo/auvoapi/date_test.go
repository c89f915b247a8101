package auvoapi

import (
	"testing"
	"time"
)

// FuzzParseTime: no text panics, and what reads is a time that reads back the
// same in the form that filters take.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{
		"2026-05-04 09:10:11", "2026-05-04T09:10:11", "2026-05-04", "04/05/2026 09:10", "01/01/0001", "0001-01-01T00:00:00", "", "null",
		"2026-05-04T09:10:11Z", "2026-05-04T09:10:11-03:00", "2018-11-04T00:30:00", "9999-12-31", "2026-13-01",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseTime(s)
		if err != nil || at.IsZero() {
			return
		}
		if at.Year() < 1900 {
			t.Fatalf("%q reads as %v, which means unset", s, at)
		}
		text, err := moment(at).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		// An hour that a change to summer time left out, or gave twice, may move by that hour.
		again, err := ParseTime(string(text))
		if err != nil || again.Sub(at.Truncate(time.Second)).Abs() > time.Hour {
			t.Fatalf("%q is %v, written %s, read again %v (%v)", s, at, text, again, err)
		}
	})
}
