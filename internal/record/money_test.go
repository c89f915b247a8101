package record

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

func TestRoundingGoesAwayFromZero(t *testing.T) {
	for _, c := range []struct{ in, cents, up4 string }{
		{"0", "0.00", "0"},
		{"10", "10.00", "10"},
		{"10.004", "10.00", "10.004"},
		{"10.005", "10.01", "10.005"},
		{"10.015", "10.02", "10.015"},
		{"-10.005", "-10.01", "-10.005"},
		{"-0.004", "0.00", "-0.004"},
		{"1.00449999", "1.00", "1.0045"},
		{"-1.00001", "-1.00", "-1.0001"},
		{"0.99999", "1.00", "1"},
		{"0.0000000000000000001", "0.00", "0.0001"},
		{"9999999999999999.995", "10000000000000000.00", "9999999999999999.995"},
	} {
		d := decimal.MustParse(c.in)
		if got := Cents(d).String(); got != c.cents {
			t.Errorf("Cents(%s) = %s, want %s", c.in, got, c.cents)
		}
		if got := RoundUp4(d).String(); got != c.up4 {
			t.Errorf("RoundUp4(%s) = %s, want %s", c.in, got, c.up4)
		}
	}
}

func TestAmountSaysNoMoreThanNeeded(t *testing.T) {
	for in, want := range map[string]string{
		"10.10": "10.1", "0.00": "0", "-3.25": "-3.25", "1e3": "1000", " 7 ": "7", "-0": "0", ".5": "0.5", "1.5E-3": "0.0015",
	} {
		d, err := ParseAmount(in)
		if err != nil {
			t.Errorf("ParseAmount(%q): %v", in, err)
		}
		if got := Amount(d); got != want {
			t.Errorf("Amount(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseAmountRefusesWhatIsNoNumber(t *testing.T) {
	for _, in := range []string{"", " ", "10,50", "1.234,56", "R$ 1", "1 000", "NaN", "--1", "100000000000000000000", strings.Repeat("9", 400)} {
		_, err := ParseAmount(in)
		if err == nil {
			t.Errorf("ParseAmount(%q) is read", in)
		} else if len(err.Error()) > 200 {
			t.Errorf("ParseAmount: the error repeats %d bytes", len(err.Error()))
		}
	}
}

func TestReaisIsWrittenForPeople(t *testing.T) {
	for in, want := range map[string]string{
		"1234.56": "R$ 1.234,56", "0": "R$ 0,00", "-0.5": "-R$ 0,50", "999.995": "R$ 1.000,00",
		"1234567.8": "R$ 1.234.567,80", "-0.001": "R$ 0,00", "100": "R$ 100,00", "123456789012345678": "R$ 123.456.789.012.345.678,00",
	} {
		if got := Reais(decimal.MustParse(in)); got != want {
			t.Errorf("Reais(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestSpreadGivesTheLeftCentsByRemainder(t *testing.T) {
	for name, c := range map[string]struct {
		total   string
		weights string
		want    string
		ok      bool
	}{
		"equal remainders go to the first":        {"0.05", "1 1 1", "0.02 0.02 0.01", true},
		"the larger remainder goes first":         {"0.10", "1 1 4", "0.02 0.02 0.06", true},
		"a zero weight gets nothing":              {"10", "0 5 0 5", "0.00 5.00 0.00 5.00", true},
		"a negative weight gets nothing":          {"10", "-5 5", "0.00 10.00", true},
		"a negative total is spread alike":        {"-0.05", "1 1 1", "-0.02 -0.02 -0.01", true},
		"a part of a cent is rounded":             {"0.015", "1", "0.02", true},
		"nothing to spread":                       {"0", "1 2", "0.00 0.00", true},
		"weights of any scale":                    {"1", "0.0001 0.0003", "0.25 0.75", true},
		"no weight above zero":                    {"10", "0 0", "0 0", false},
		"no weights":                              {"10", "", "", false},
		"a total too large for cents":             {"100000000000000000", "1 1", "0 0", false},
		"weights at the edge of the decimal type": {"1", "9999999999999999999 9999999999999999999", "0.50 0.50", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Spread(decimal.MustParse(c.total), amounts(c.weights))
			if ok != c.ok {
				t.Errorf("ok = %v, want %v", ok, c.ok)
			}
			if diff := cmp.Diff(c.want, texts(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSharesAddUpAndNeverExceedTheirWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 30).Draw(t, "weights")
		weights, most := make([]decimal.Decimal, len(cents)), int64(0)
		for i, c := range cents {
			weights[i], most = decimal.MustNew(c, 2), most+c
		}
		total := decimal.MustNew(rapid.Int64Range(0, most).Draw(t, "total"), 2)
		shares, ok := Spread(total, weights)
		if ok != (most > 0) {
			t.Fatalf("ok = %v", ok)
		}
		for i, share := range shares {
			if share.IsNeg() || weights[i].Less(share) {
				t.Fatalf("share %v of weight %v", share, weights[i])
			}
		}
		if sum, err := decimal.Sum(shares...); err != nil || !sum.Equal(total) {
			t.Fatalf("shares add up to %v, %v", sum, err)
		}
	})
}

func FuzzAmountReadsBack(f *testing.F) {
	f.Add("10.10")
	f.Add("-1e-19")
	f.Add("99999999999999999.995")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseAmount(s)
		if err != nil {
			return
		}
		text := Amount(d)
		again, err := ParseAmount(text)
		if err != nil || !again.Equal(d) || Amount(again) != text || strings.ContainsAny(text, "eE+") {
			t.Errorf("%q: %q reads back as %v, %v", s, text, again, err)
		}
		if diff, err := Cents(d).SubAbs(d); err != nil || diff.Cmp(decimal.MustParse("0.005")) > 0 {
			t.Errorf("Cents(%v) = %v", d, Cents(d))
		}
		if RoundUp4(d).CmpAbs(d) < 0 || RoundUp4(d).Scale() > 4 {
			t.Errorf("RoundUp4(%v) = %v", d, RoundUp4(d))
		}
		if !strings.HasPrefix(strings.TrimPrefix(Reais(d), "-"), "R$ ") {
			t.Errorf("Reais(%v) = %q", d, Reais(d))
		}
	})
}

func FuzzSpreadAddsUp(f *testing.F) {
	f.Add(int64(1000), uint64(3), uint64(3), uint64(0), 2)
	f.Add(int64(-7), uint64(1), uint64(1e19-1), uint64(5), 19)
	f.Fuzz(func(t *testing.T, cents int64, a, b, c uint64, scale int) {
		var weights []decimal.Decimal
		for _, w := range []uint64{a, b, c} {
			d, err := decimal.New(int64(w>>1), max(scale%20, 0))
			if err != nil {
				return
			}
			weights = append(weights, d)
		}
		total, err := decimal.New(cents, 2)
		if err != nil {
			return
		}
		shares, ok := Spread(total, weights)
		if sum, err := decimal.Sum(shares...); ok && (err != nil || !sum.Equal(total)) {
			t.Errorf("%v over %v = %v adds up to %v, %v", total, weights, shares, sum, err)
		}
	})
}

func amounts(list string) []decimal.Decimal {
	var ds []decimal.Decimal
	for _, s := range strings.Fields(list) {
		ds = append(ds, decimal.MustParse(s))
	}
	return ds
}

func texts(ds []decimal.Decimal) string {
	list := make([]string, len(ds))
	for i, d := range ds {
		list[i] = d.String()
	}
	return strings.Join(list, " ")
}
