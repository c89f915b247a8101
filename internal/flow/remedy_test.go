package flow

import (
	"slices"
	"strings"
	"testing"

	"ponte/internal/config"
	"ponte/internal/phrasebook"
)

const remediesAccount = `accounts:
  - id: acme
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows: {customers: {}, products: {}, tasks: {create: both}, quotations: {approved_stages: [Aprovado]}}
    orders:
      service_order: {category: "1.01.02", bank_account: 7}
      sales_order: {category: "1.01.03", bank_account: 8}
      rules:
        - when: {flow: tasks}
          payment_term: "030"
        - when: {flow: quotations}
          category: "1.02.01"
`

func remediesOf(t *testing.T, flow, cause string, detail map[string]string) (out []string) {
	t.Helper()
	for _, r := range Remedies(remediesAccountOf(t), flow, cause, detail) {
		out = append(out, r.Path+"="+r.Value)
	}
	return out
}

func TestTheSettingsThatEndAWaitAreNamedWithTheirValues(t *testing.T) {
	category := map[string]string{"side": "omie", "text": "Categoria não cadastrada", "document": "service-order"}
	for _, c := range []struct {
		flow, cause string
		detail      map[string]string
		want        []string
	}{
		{"tasks", "missing-service", nil, []string{"orders.service_order.fallback_service=0"}},
		{"tasks", "nothing-to-bill", nil, []string{`flows.tasks.create="both"`, "flows.tasks.additional_costs_service=0"}},
		{"quotations", "billed-by-task", nil, []string{`flows.tasks.quoted="wait"`}},
		{"tasks", "refused", category, []string{`orders.rules[1].category="1.02.01"`, `orders.service_order.category="1.01.02"`}},
		{"tasks", "refused", map[string]string{"side": "omie", "text": "ninguém conhece"}, nil},
		{"tasks", "held-by-brake", map[string]string{"brake": "documents"}, []string{"flows.tasks.max_documents=100"}},
		{"customers", "held-by-brake", map[string]string{"brake": "inactivations"}, nil},
		{"customers", "conflict", nil, []string{`flows.customers.conflict="omie"`}},
		{"tasks", "conflict", nil, nil},
		{"tasks", "vanished", nil, nil},
	} {
		if got := remediesOf(t, c.flow, c.cause, c.detail); !slices.Equal(got, c.want) {
			t.Errorf("%s of %s: %v, want %v", c.cause, c.flow, got, c.want)
		}
	}
}

// TestEverySettingThatARemedyNamesIsOne: those of the table and of the phrasebook.
func TestEverySettingThatARemedyNamesIsOne(t *testing.T) {
	has := func(path string) {
		if got := remediesAccountOf(t).Setting(path); got == "" {
			t.Errorf("the accounts file has no %s", path)
		}
	}
	for cause := range remedies {
		flow := "tasks"
		if cause == "conflict" {
			flow = "customers"
		}
		for _, path := range paths(flow, cause, map[string]string{"brake": "documents", "what": "frozen"}) {
			has(path)
		}
		if _, known := phrases[cause]; !known {
			t.Errorf("%s is no cause", cause)
		}
	}
	for _, b := range []*phrasebook.Book{phrasebook.Auvo, phrasebook.Omie} {
		for _, e := range b.Entries {
			if asks := strings.Contains(e.Do, "{settings}"); asks != (len(e.Settings) > 0) {
				t.Errorf("%s: the next step and the settings do not agree", e.ID)
			}
			for _, path := range settingsIn(e.Settings, "") {
				has(path)
			}
			if e.Cause != "" && !slices.Contains(Causes(), e.Cause) {
				t.Errorf("%s: %s is no cause", e.ID, e.Cause)
			}
		}
	}
}

func remediesAccountOf(t *testing.T) config.Account {
	t.Helper()
	file, err := config.Parse(strings.NewReader(remediesAccount), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}
