package config

import (
	"errors"
	"strings"
	"testing"
)

func editable(t *testing.T) Account {
	t.Helper()
	file, err := Parse(strings.NewReader(`accounts:
  - id: acme
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows: {customers: {}, tasks: {start_from: 2026-03-01}}
    orders:
      service_order: {category: "1.01.02", bank_account: 7, salespeople: {501: 9, 7: 8}}
      sales_order: {category: "1.01.03", bank_account: 7}
      rules: [{when: {task_types: [102]}, category: "1.01.09", stage: "20"}, {when: {cities: [Curitiba]}, create: sales-order}]
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}

func allBlocks() []string {
	return []string{"", "flows.customers", "flows.products", "flows.services", "flows.tasks", "flows.quotations", "orders.service_order", "orders.sales_order", "alerts", "orders.rules[0]", "orders.rules[1]"}
}

// TestABlockThatIsSentBackAsItWasShownChangesNothing: what a form shows is what it means.
func TestABlockThatIsSentBackAsItWasShownChangesNothing(t *testing.T) {
	a := editable(t)
	for _, block := range allBlocks() {
		keys := a.Keys(block)
		if len(keys) == 0 {
			t.Fatalf("%q has no keys", block)
		}
		if setting := a.Setting(block); block != "" && setting == "" {
			continue // a block that is absent becomes one that is off
		}
		values := map[string]string{}
		for _, k := range keys {
			values[k.Name] = k.Value
		}
		got, err := a.Edited(block, values)
		if err != nil {
			t.Errorf("%q: %v", block, err)
		}
		for _, line := range got.Diff(a) {
			if !strings.Contains(line, "enabled added: true") && !strings.HasPrefix(line, "auvo.api") && !strings.HasPrefix(line, "omie.app") {
				t.Errorf("%q: %s", block, line)
			}
		}
	}
	for _, none := range []string{"nothing", "flows", "flows.cars", "orders.rules[9]", "auvo.api_key", "flows.tasks.create", "id", "orders.rules[0", "orders.rules"} {
		if none == "flows" || none == "auvo" {
			continue
		}
		if keys := a.Keys(none); keys != nil {
			t.Errorf("%q has keys %v", none, keys)
		}
	}
}

func TestEachFormOfAKeyIsRead(t *testing.T) {
	a := editable(t)
	for _, c := range []struct{ block, key, text, path, want string }{
		{"", "name", " ACME Sul ", "name", `"ACME Sul"`},
		{"", "every", "15m", "every", `"15m"`},
		{"flows.tasks", "task_types", "102, 103\n104", "flows.tasks.task_types", "[102,103,104]"},
		{"flows.tasks", "statuses", "finished\npaused", "flows.tasks.statuses", `["finished","paused"]`},
		{"flows.tasks", "frozen_stages", "Faturar, já\r\nEntregue", "flows.tasks.frozen_stages", `["Faturar, já","Entregue"]`},
		{"flows.tasks", "hold_pending", "true", "flows.tasks.hold_pending", "true"},
		{"flows.tasks", "start_from", "", "flows.tasks.start_from", ""},
		{"flows.tasks", "enabled", "false", "flows.tasks.enabled", "false"},
		{"flows.products", "enabled", "true", "flows.products.stock", "true"},
		{"orders.service_order", "salespeople", "501 = 10\n 9=3", "orders.service_order.salespeople", `{"501":10,"9":3}`},
		{"orders.service_order", "project", "", "orders.service_order.project", "0"},
		{"orders.rules[0]", "category", "", "orders.rules[0].category", ""},
		{"orders.rules[0]", "when.users", "501", "orders.rules[0].when.users", "[501]"},
		{"orders.rules[2]", "create", "both", "orders.rules[2].create", `"both"`},
	} {
		got, err := a.Edited(c.block, map[string]string{c.key: c.text})
		if err != nil {
			t.Errorf("%s %s: %v", c.block, c.key, err)
			continue
		}
		if value := got.Setting(c.path); value != c.want {
			t.Errorf("%s %s = %q becomes %s", c.block, c.key, c.text, value)
		}
	}
}

func TestWhatIsWrongWithAnEditIsSaidByItsKey(t *testing.T) {
	a := editable(t)
	for _, c := range []struct{ block, key, text, problem string }{
		{"", "every", "soon", "every"},
		{"", "timezone", "Mars/Olympus", "timezone"},
		{"flows.tasks", "statuses", "", "flows.tasks.statuses"},
		{"flows.tasks", "create", "invoice", "flows.tasks.create"},
		{"flows.tasks", "max_documents", "0", "flows.tasks.max_documents"},
		{"flows.tasks", "task_types", "x", "flows.tasks.task_types[0]"},
		{"flows.quotations", "enabled", "true", "flows.quotations.approved_stages"},
		{"orders.service_order", "category", "", "orders.service_order.category"},
		{"orders.service_order", "bank_account", "1.5", "orders.service_order.bank_account"},
		{"orders.service_order", "salespeople", "501", "orders.service_order.salespeople"},
	} {
		_, err := a.Edited(c.block, map[string]string{c.key: c.text})
		e, ok := errors.AsType[*Error](err)
		if !ok || len(e.Problems) == 0 || e.Problems[0].Key != c.problem {
			t.Errorf("%s %s = %q: %v", c.block, c.key, c.text, err)
		}
	}
}

func TestRulesAreTakenOutAndMoved(t *testing.T) {
	a := editable(t)
	out, err := a.WithoutRule(0)
	if err != nil || len(out.Orders.Rules) != 1 || *out.Orders.Rules[0].Create != "sales-order" {
		t.Errorf("%+v, %v", out.Orders.Rules, err)
	}
	moved, err := a.WithRuleFirst(1)
	if err != nil || *moved.Orders.Rules[0].Create != "sales-order" || *moved.Orders.Rules[1].Category != "1.01.09" {
		t.Errorf("%+v, %v", moved.Orders.Rules, err)
	}
	for _, n := range []int{-1, 2} {
		if _, err := a.WithoutRule(n); err == nil {
			t.Errorf("rule %d was taken out", n)
		}
	}
}
