package simulation

import (
	"encoding/json"
	"fmt"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/config"
	"ponte/internal/omie/omiesim"
)

// A setting is one thing that accounts or vendors differ in. Its first value is the default.
type setting struct {
	name   string
	values []string
}

// accountSettings are those of the accounts file.
var accountSettings = []setting{
	{"direction", []string{"both", "both", "both", "omie-to-auvo", "auvo-to-omie"}},
	{"conflict", []string{"omie", "auvo", "ask"}},
	{"name", []string{"razao_social", "razao_social", "nome_fantasia"}},
	{"inactive", []string{"make", "skip"}},
	{"stock", []string{"true", "true", "false"}},
	{"create", []string{"both", "both", "service-order", "sales-order"}},
	{"quotation_create", []string{"sales-order", "both", "service-order"}},
	{"quoted", []string{"wait", "skip", "bill"}},
	{"on_delete", []string{"wait", "cancel"}},
	{"frozen", []string{"[]", "[]", `["50"]`}},
	{"statuses", []string{"[finished]", "[finished]", "[finished,checked-out]"}},
	{"max_documents", []string{"100", "100", "2"}},
	{"task_types", []string{"[]", "[]", "[7001]"}},
	{"costs_service", []string{"0", "0", "6000200000"}},
	{"twins", []string{"false", "false", "false", "true"}}, // two customers of Auvo have one CNPJ, and so has one of Omie
	{"sweep", []string{"true", "false"}},                   // whether the nightly sweep comes before the end
}

// simSettings are what the fact sheets are unsure of: members of a simulator's
// settings as its admin API names them.
var simSettings = []setting{
	{"auvo.new_customer_model", onOff},
	{"auvo.stale_description", onOff},
	{"auvo.refuse_duplicates", onOff},
	{"auvo.product_prices", []string{`""`, `"comma"`, `"number"`}},
	{"auvo.honest_post", onOff},
	{"auvo.service_price_text", onOff},
	{"auvo.no_external_code", onOff},
	{"auvo.gross_items", onOff},
	{"auvo.item_edits_keep_date", onOff},
	{"auvo.task_list_without_items", onOff},
	{"auvo.task_list_without_checks", onOff},
	{"auvo.deleted_by_deletion_date", onOff},
	{"auvo.old_quotations", onOff},
	{"auvo.page_information", onOff},
	{"auvo.select_defaults", onOff},
	{"auvo.old_groups", onOff},
	{"auvo.ignore_filters", []string{`[]`, `["customers.dateLastUpdate"]`}},
	{"omie.block_method_only", onOff},
	{"omie.block_fixed", onOff},
	{"omie.redundancy_fixed", onOff},
	{"omie.repeated_writes_8020", onOff},
	{"omie.faults_in_ok", onOff},
	{"omie.numeric_status", onOff},
	{"omie.plain_text", onOff},
	{"omie.trimmed_codes", onOff},
	{"omie.cpf_needs_pessoa_fisica", onOff},
	{"omie.no_consumer", onOff},
	{"omie.alter_replaces_items", onOff},
	{"omie.services_bring_products", onOff},
	{"omie.stock_leaves_at_once", onOff},
	{"omie.past_forecast_refused", onOff},
	{"omie.orders_window_is_forecast", onOff},
}

// onlySweeps are settings and verbs whose traces no window shows: a walk without a
// sweep at its end does without them, and proves that windows alone lose nothing else.
var onlySweeps = map[string]bool{
	"auvo.item_edits_keep_date": true, "clock": true, "auvo-loses": true, "omie-loses": true, "mistypes": true, "types": true,
}

var onOff = []string{"false", "true"}

// settings draws an account of its own, and vendors that differ from the
// defaults in a switch or two.
func (d *dice) settings() map[string]string {
	with := map[string]string{}
	for _, s := range accountSettings {
		if v := d.one(s.values...); v != s.values[0] && d.chance(60) {
			with[s.name] = v
		}
	}
	d.sweeps = with["sweep"] != "false"
	for _, s := range simSettings {
		if d.chance(7) && (d.sweeps || !onlySweeps[s.name]) {
			with[s.name] = s.values[1+d.IntN(len(s.values)-1)]
		}
	}
	return with
}

// setting is how a history sets something.
func (h history) setting(name string) string {
	if v, ok := h.with[name]; ok {
		return v
	}
	for _, s := range accountSettings {
		if s.name == name {
			return s.values[0]
		}
	}
	panic("simulation: no setting " + name)
}

const accountFile = `accounts:
  - id: acme
    auvo: {base_url: "http://auvo.test/v2", api_key: %q, api_token: %q, rate_per_minute: 1000000}
    omie: {base_url: "http://omie.test/api/v1", app_key: %q, app_secret: %q, rate_per_minute: 1000000, redundancy_window: %s}
    flows:
      customers: {direction: $direction, conflict: $conflict, name: $name, inactive: $inactive}
      products: {stock: $stock}
      services: {}
      tasks: {create: $create, statuses: $statuses, task_types: $task_types, quoted: $quoted, on_delete: $on_delete,
        frozen_stages: $frozen, max_documents: $max_documents, additional_costs_service: $costs_service, start_from: 2026-03-01}
      quotations: {create: $quotation_create, approved_stages: [Aprovado], on_delete: $on_delete, frozen_stages: $frozen, start_from: 2026-03-01}
    orders:
      service_order: {category: "1.01.02", bank_account: %d}
      sales_order: {category: "1.01.03", bank_account: %[6]d}
`

// account is the history's account.
func (h history) account(window string) (config.Account, error) {
	text := fmt.Sprintf(accountFile, auvosim.DefaultAPIKey, auvosim.DefaultAPIToken,
		omiesim.DefaultAppKey, omiesim.DefaultAppSecret, window, omiesim.DefaultAccount)
	for _, s := range accountSettings {
		text = strings.NewReplacer("$"+s.name+",", h.setting(s.name)+",", "$"+s.name+"}", h.setting(s.name)+"}").Replace(text)
	}
	file, err := config.Parse(strings.NewReader(text), func(string) (string, bool) { return "", false })
	if err != nil {
		return config.Account{}, err
	}
	return file.Accounts[0], nil
}

// setSims sets the switches of both simulators.
func (h history) setSims(auvo *auvosim.Sim, omie *omiesim.Sim) error {
	for name, value := range h.with {
		side, member, ofSim := strings.Cut(name, ".")
		if !ofSim {
			continue
		}
		body := []byte(fmt.Sprintf(`{%q: %s}`, member, value))
		var err error
		if side == "auvo" {
			err = json.Unmarshal(body, auvo)
		} else {
			err = json.Unmarshal(body, omie)
		}
		if err != nil {
			return fmt.Errorf("with %s: %w", name, err)
		}
	}
	return nil
}
