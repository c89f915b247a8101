package record

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSplitPhoneReadsTheUsualWays(t *testing.T) {
	for _, c := range []struct {
		in, ddd, number string
		ok              bool
	}{
		{"1133334444", "11", "33334444", true},
		{"(11) 93333-4444", "11", "933334444", true},
		{"+55 11 3333-4444", "11", "33334444", true},
		{"5511933334444", "11", "933334444", true},
		{"0055 11 3333 4444", "11", "33334444", true},
		{"+55 (011) 3333-4444", "11", "33334444", true},
		{"(011) 3333-4444", "11", "33334444", true},
		{"(0xx11) 93333-4444", "11", "933334444", true},
		{"0 15 11 3333-4444", "11", "33334444", true},
		{"0 21 11 93333-4444", "11", "933334444", true},
		{"55 3333-4444", "55", "33334444", true},
		{"55 93333-4444", "55", "933334444", true},
		{"0800 123 4567", "", "08001234567", true},
		{"0800 123456", "", "0800123456", true},
		{"+55 0300 1234567", "", "03001234567", true},
		{"", "", "", false},
		{"ramal", "", "", false},
		{"3333-4444", "", "33334444", false},
		{"10 3333-4444", "", "1033334444", false},
		{"11 3333-4444 / 11 93333-4444", "", "113333444411933334444", false},
		{"+1 212 555 1234", "12", "125551234", true}, // a foreign number of eleven digits cannot be told apart
	} {
		ddd, number, ok := SplitPhone(c.in)
		if ddd != c.ddd || number != c.number || ok != c.ok {
			t.Errorf("SplitPhone(%q) = %q, %q, %v, want %q, %q, %v", c.in, ddd, number, ok, c.ddd, c.number, c.ok)
		}
	}
}

func TestPhoneJoinsOmiesParts(t *testing.T) {
	for _, c := range []struct{ ddd, number, want string }{
		{"11", "3333-4444", "1133334444"},
		{"011", "3333-4444", "1133334444"},
		{" (11) ", "93333-4444", "11933334444"},
		{"", "(11) 3333-4444", "1133334444"},
		{"11", "(11) 3333-4444", "1133334444"},
		{"0800", "123-4567", "08001234567"},
		{"", "0800 123 4567", "08001234567"},
		{"", "3333-4444", "33334444"},
		{"", "", ""},
		{"11", "", "11"},
	} {
		if got := Phone(c.ddd, c.number); got != c.want {
			t.Errorf("Phone(%q, %q) = %q, want %q", c.ddd, c.number, got, c.want)
		}
	}
}

func TestSamePhoneComparesDigits(t *testing.T) {
	if !SamePhone("+55 (11) 3333-4444", "1133334444") || !SamePhone("", "-") {
		t.Error("one telephone written in two ways differs")
	}
	if SamePhone("1133334444", "1133334445") || SamePhone("1133334444", "") {
		t.Error("two telephones are the same")
	}
}

func TestATelephoneSurvivesBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ddd := rapid.StringMatching(`[1-9][1-9]`).Draw(t, "ddd")
		number := rapid.StringMatching(`[2-9][0-9]{7,8}`).Draw(t, "number") // none begins with 0: 0300 is another service
		prefix := rapid.SampledFrom([]string{"", "+55 ", "0", "0 15 ", "+55 0"}).Draw(t, "prefix")
		gotDDD, gotNumber, ok := SplitPhone(prefix + Phone(ddd, number))
		if !ok || gotDDD != ddd || gotNumber != number {
			t.Fatalf("got %q, %q, %v", gotDDD, gotNumber, ok)
		}
	})
}

func FuzzPhoneSettlesInOnePass(f *testing.F) {
	f.Add("0055", "5555 5555")
	f.Add("0", "0800 1234567")
	f.Add("11", "3333-4444")
	f.Fuzz(func(t *testing.T, ddd, number string) {
		once := Phone(ddd, number)
		if digits(once) != once || Phone("", once) != once {
			t.Errorf("Phone(%q, %q) = %q, again %q", ddd, number, once, Phone("", once))
		}
	})
}
