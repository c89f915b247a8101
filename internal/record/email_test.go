package record

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEmailsReadsAnyList(t *testing.T) {
	for in, want := range map[string][]string{
		"":                              nil,
		" ;, ":                          nil,
		"a@x.test":                      {"a@x.test"},
		"B@x.test; a@x.test,b@X.test":   {"B@x.test", "a@x.test"},
		"a@x.test\r\nb@x.test c@x.test": {"a@x.test", "b@x.test", "c@x.test"},
	} {
		if diff := cmp.Diff(want, Emails(in)); diff != "" {
			t.Errorf("Emails(%q): %s", in, diff)
		}
	}
}

func TestEmailListIsAComma(t *testing.T) {
	if got, want := EmailList([]string{" a@x.test ", "", "b@x.test;A@x.test"}), "a@x.test,b@x.test"; got != want {
		t.Errorf("EmailList = %q, want %q", got, want)
	}
	if got := EmailList(nil); got != "" {
		t.Errorf("EmailList(nil) = %q", got)
	}
}

func TestSameEmailsComparesSets(t *testing.T) {
	if !SameEmails("a@x.test, B@x.test", "b@x.test;A@x.test;a@x.test") || !SameEmails("", " ,") {
		t.Error("one set written in two ways differs")
	}
	if SameEmails("a@x.test", "a@x.test,b@x.test") || SameEmails("a@x.test", "b@x.test") {
		t.Error("two sets are the same")
	}
}

func TestEmailListReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		addresses := rapid.SliceOfDistinct(rapid.StringMatching(`[a-cA-C]{1,3}@x\.test`), strings.ToLower).Draw(t, "addresses")
		if diff := cmp.Diff(strings.Join(addresses, ","), EmailList(Emails(EmailList(addresses)))); diff != "" {
			t.Fatal(diff)
		}
	})
}
