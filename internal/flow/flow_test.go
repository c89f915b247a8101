package flow

import (
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"ponte/internal/config"
)

// account parses flows and orders as the accounts file has them.
func account(t testing.TB, body string) config.Account {
	t.Helper()
	text := "accounts:\n  - id: acme\n    auvo: {api_key: k, api_token: t}\n    omie: {app_key: k, app_secret: s}\n"
	for line := range strings.SplitSeq(body, "\n") {
		text += "    " + line + "\n"
	}
	file, err := config.Parse(strings.NewReader(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}

const orders = `
orders:
  service_order: {category: "1.01.02", bank_account: 1, salespeople: {501: 77}, city: SAO PAULO (SP), project: 5}
  sales_order: {category: "1.01.03", bank_account: 2, salespeople: {501: 88}}
`

func dec(s string) decimal.Decimal { return decimal.MustParse(s) }

func TestTheTableIsInOrderAndNamed(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"customers", "products", "services", "quotations", "tasks"}) {
		t.Errorf("order %v: a quotation comes before the task that it names", got)
	}
	for _, f := range All {
		if (f.Mirror == nil) == (f.Derive == nil) {
			t.Errorf("%s is not exactly one of mirror and derive", f.Name)
		}
		if got, ok := Named(f.Name); !ok || got.Kind != f.Kind {
			t.Errorf("Named(%s) = %v, %v", f.Name, got.Kind, ok)
		}
		if got, ok := Of(f.Kind); !ok || got.Name != f.Name {
			t.Errorf("Of(%s) = %v, %v", f.Kind, got.Name, ok)
		}
	}
	if _, ok := Named("cars"); ok {
		t.Error("a flow that is not there was found")
	}
}
