package auvoapi

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestEveryFormOfMoneyIsReadExactly(t *testing.T) {
	for text, want := range map[string]string{
		`25`:                 "25",
		`25.00`:              "25.00",
		`44.0000`:            "44.0000",
		`-3.5`:               "-3.5",
		`1.2e3`:              "1200",
		`"25.00"`:            "25.00",
		`"12,00"`:            "12.00",
		`"12,5"`:             "12.5",
		`"2.500.000,00"`:     "2500000.00",
		`"2,500,000.00"`:     "2500000.00",
		`"2.500.000"`:        "2500000",
		`"0,00"`:             "0.00",
		`"$0.00"`:            "0.00",
		`"R$ 1.234,56"`:      "1234.56",
		`"R$\u00a01.234,56"`: "1234.56",
		`"$1,234.56"`:        "1234.56",
		`"44.0000"`:          "44.0000",
		`"44,0000"`:          "44.0000",
		`"1.50833333333333"`: "1.50833333333333",
		`"$1.234"`:           "1.234",
		`"1.234"`:            "1.234",
		`"R$ 1.234"`:         "1234",
		`"$1,234"`:           "1234",
		`"0,125"`:            "0.125",
		`"R$ 0.125"`:         "0.125",
		`"1.234,567"`:        "1234.567",
		`".5"`:               "0.5",
		`"-12,00"`:           "-12.00",
		`"R$ -12,00"`:        "-12.00",
		`"-R$ 12,00"`:        "-12.00",
		`"($5.00)"`:          "-5.00",
		`" 30 "`:             "30",
	} {
		got, err := readNumber(json.RawMessage(text))
		if err != nil || got.String() != want {
			t.Errorf("%s: %v %v, want %s", text, got, err, want)
		}
	}
}

func TestWhatIsNoNumberOrCouldBeTwoIsNotGuessed(t *testing.T) {
	for text, want := range map[string]error{
		`"1,234"`:                         errAmbiguous,
		`"R$ 1,234"`:                      errAmbiguous,
		`"1.23.456"`:                      errNoNumber,
		`"1,23,456.00"`:                   errNoNumber,
		`"1.234.567,8,9"`:                 errNoNumber,
		`"12,"`:                           errNoNumber,
		`"abc"`:                           errNoNumber,
		`"1e5"`:                           errNoNumber,
		`"12 reais"`:                      errNoNumber,
		`"(5"`:                            errNoNumber,
		`"-"`:                             errNoNumber,
		`"$"`:                             errNoNumber,
		`true`:                            errNoNumber,
		`{}`:                              errNoNumber,
		`[1]`:                             errNoNumber,
		`99999999999999999999`:            errNoNumber,
		`"99.999.999.999.999.999.999,00"`: errNoNumber,
	} {
		if got, err := readNumber(json.RawMessage(text)); !errors.Is(err, want) {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
}

func TestEveryFormOfDateIsReadInBrasiliaTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02-04T08:10:00":       "2026-02-04T08:10:00-03:00",
		"2026-02-04T08:10:00.123":   "2026-02-04T08:10:00.123-03:00",
		"2026-02-04T08:10":          "2026-02-04T08:10:00-03:00",
		"2026-02-04 08:10:00":       "2026-02-04T08:10:00-03:00",
		"2026-02-04":                "2026-02-04T00:00:00-03:00",
		"04/02/2026 08:10":          "2026-02-04T08:10:00-03:00",
		"04/02/2026":                "2026-02-04T00:00:00-03:00",
		"2026-02-04T11:10:00Z":      "2026-02-04T08:10:00-03:00",
		"2026-02-04T08:10:00+02:00": "2026-02-04T03:10:00-03:00",
		"2018-12-01T08:00:00":       "2018-12-01T08:00:00-02:00", // summer time of old
		"":                          "",
		"null":                      "",
		"0001-01-01T00:00:00":       "",
		"01/01/0001":                "",
		"1899-12-31":                "",
	} {
		got, err := ParseTime(text)
		if shown := got.Format(time.RFC3339Nano); err != nil || (want == "" && !got.IsZero()) || (want != "" && shown != want) {
			t.Errorf("%q: %s %v, want %q", text, shown, err, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-13-01", "32/01/2026", "12"} {
		if got, err := ParseTime(text); err == nil {
			t.Errorf("%q reads as %v", text, got)
		}
	}
}

func TestDiscountTypesAreTextsOfEveryResource(t *testing.T) {
	for text, want := range map[string]string{
		`{"discount":{"value":10.5,"type":"Valor"}}`:         "10.5",
		`{"discount":{"value":"10,50","type":"Monetario"}}`:  "10.50",
		`{"discount":{"value":10,"type":"Monetary"}}`:        "10",
		`{"discount":{"value":10,"type":0}}`:                 "10",
		`{"discount":{"value":10,"type":"Percentual"}}`:      "10%",
		`{"discount":{"Value":10,"Type":" porcentagem "}}`:   "10%",
		`{"discount":{"value":10,"type":1}}`:                 "10%",
		`{"discount":{"value":0.0,"type":"never heard of"}}`: "0",
		`{"discount":null}`:                                  "0",
		`{}`:                                                 "0",
		`{"discount":{"value":10,"type":"never heard of"}}`:  "10 discount.type: is unknown: never heard of",
		`{"discount":{"value":10}}`:                          "10 discount.type: is unknown:",
		`{"discount":{"value":"1,234","type":"Valor"}}`:      "0 discount.value: may be read as two different numbers",
		`{"discount":7}`:                                     "0 discount: is not an object",
	} {
		o := open(json.RawMessage(text))
		d := o.discount("discount")
		got := d.Value.String()
		if d.Percent {
			got += "%"
		}
		if got = strings.TrimSpace(strings.Join(append([]string{got}, *o.problems...), " ")); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, text := range []string{"25.00", "12,00", "2.500.000,00", "$0.00", "R$ 1.234,56", "(1)", "-,5", "1,234"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseNumber(text)
		if err != nil {
			return
		}
		if again, err := ParseNumber(d.String() + "00"); d.Scale() > 0 && (err != nil || !again.Equal(d)) {
			if len(strings.Trim(d.String(), "-.0")) < 17 {
				t.Errorf("%q reads as %s, which reads as %s (%v)", text, d, again, err)
			}
		}
	})
}
