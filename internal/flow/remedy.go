package flow

import (
	"fmt"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/phrasebook"
)

// A Remedy is a setting of the account whose change may end a wait; what waits is
// decided again by the next cycle after ponte apply.
type Remedy struct {
	Path  string `json:"path"`  // in the accounts file: "orders.service_order.category"
	Value string `json:"value"` // now, as JSON; "" when absent
}

// remedies are the settings that may end a wait, by cause; {flow} is the wait's flow.
// Those of a refusal come from the phrasebook's entry.
var remedies = map[string][]string{
	"nothing-to-bill":       {"flows.{flow}.create", "flows.{flow}.additional_costs_service"},
	"missing-service":       {"orders.service_order.fallback_service"},
	"billed-by-quotation":   {"flows.tasks.quoted"},
	"billed-by-task":        {"flows.tasks.quoted"},
	"pending":               {"flows.tasks.hold_pending"},
	"held-by-brake":         {"flows.{flow}.max_documents"},
	"changed-after-billing": {"flows.{flow}.frozen_stages"},
	"deleted-after-export":  {"flows.{flow}.on_delete"},
	"conflict":              {"flows.customers.conflict"},
}

// settingPaths are where a setting that a refusal is about stands; {block} is the
// document's block.
var settingPaths = map[string]string{
	"category": "orders.{block}.category", "bank_account": "orders.{block}.bank_account", "stage": "orders.{block}.stage",
	"payment_term": "orders.{block}.payment_term", "project": "orders.{block}.project", "salesperson": "orders.{block}.salespeople",
	"city": "orders.service_order.city", "stock_location": "flows.products.stock_location",
}

// ruleKeys are the settings that a rule may override, by the last part of their path.
var ruleKeys = map[string]string{
	"create": "create", "category": "category", "bank_account": "bank_account", "payment_term": "payment_term", "stage": "stage",
	"project": "project", "salespeople": "salesperson", "fallback_service": "service",
}

// Remedies are the settings that may end a wait of a flow, with their present values.
// A rule that overrides one stands before it.
func Remedies(a config.Account, flow, cause string, detail map[string]string) []Remedy {
	var out []Remedy
	for _, path := range paths(flow, cause, detail) {
		key := path[strings.LastIndex(path, ".")+1:]
		if over, may := ruleKeys[key]; may {
			for n := range a.Orders.Rules {
				ruled := fmt.Sprintf("orders.rules[%d].%s", n, over)
				if value := a.Setting(ruled); value != "" {
					out = append(out, Remedy{ruled, value})
				}
			}
		}
		if flow == "quotations" && strings.HasPrefix(path, "flows.tasks.") && !a.Flows.Tasks.On() {
			continue
		}
		out = append(out, Remedy{path, a.Setting(path)})
	}
	return out
}

// paths are the settings that may end a wait, whatever their values.
func paths(flow, cause string, detail map[string]string) []string {
	switch {
	case cause == "held-by-brake" && detail["brake"] != "documents",
		cause == "conflict" && flow != "customers",
		cause == "changed-after-billing" && detail["what"] != "frozen":
		return nil
	}
	if known, ok := remedies[cause]; ok {
		out := slices.Clone(known)
		for n := range out {
			out[n] = strings.ReplaceAll(out[n], "{flow}", flow)
		}
		return out
	}
	if _, vendors := vendorSays[cause]; !vendors {
		return nil
	}
	book := phrasebook.Of(detail["side"])
	if book == nil || detail["text"] == "" {
		return nil
	}
	e, _, _ := book.Explain(detail["text"])
	return settingsIn(e.Settings, detail["document"])
}

// settingsOf are the settings that the hint of an explained refusal names.
func settingsOf(detail map[string]string) []string {
	if detail["setting_keys"] == "" {
		return nil
	}
	return settingsIn(strings.Split(detail["setting_keys"], ","), detail["document"])
}

// settingsIn are the paths of settings in the block of a document; of both blocks
// when it is not known which.
func settingsIn(keys []string, document string) []string {
	blocks := []string{"service_order", "sales_order"}
	if document != "" {
		blocks = []string{strings.ReplaceAll(document, "-", "_")}
	}
	var out []string
	for _, key := range keys {
		for _, block := range blocks {
			if path := strings.ReplaceAll(settingPaths[key], "{block}", block); !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	return out
}
