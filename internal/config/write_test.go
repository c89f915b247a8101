package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestExportWritesPlaceholdersInsteadOfSecrets(t *testing.T) {
	file := mustParse(t, readFull(t))
	file.Accounts[0].Name = "ACME ${HOME}"
	exported, err := Export(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"api_key: ${ACME_AUVO_KEY}", "app_secret: ${ACME_OMIE_SECRET}", `stage: "10"`, "statuses: [finished]", "every: 10m"} {
		if !strings.Contains(string(exported), want) {
			t.Errorf("export lacks %q:\n%s", want, exported)
		}
	}
	again := mustParse(t, string(exported))
	if diff := again.Accounts[0].Diff(file.Accounts[0]); diff != nil {
		t.Errorf("reading the export back changed %v", diff)
	}
}

func TestAnExportedVariableIsAValidName(t *testing.T) {
	for id, want := range map[string]string{"a-b": "A_B_AUVO_KEY", "7zip": "_7ZIP_AUVO_KEY"} {
		a := Account{ID: id}
		if got := a.Credentials()[0].Env; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestDiffNamesWhatChangedAndNoSecret(t *testing.T) {
	old := mustParse(t, account("    flows: {services: {}, customers: {}}")).Accounts[0]
	changed := mustParse(t, account("    every: 15m\n    flows: {products: {}, customers: {tags: [A, B]}}")).Accounts[0]
	changed.Auvo.APIToken = NewSecret("another")
	want := []string{
		"every changed from 10m to 15m",
		`flows.customers.tags changed from ["Cliente"] to ["A","B"]`,
		"flows.products added",
		"flows.services removed",
		"auvo.api_token changed",
	}
	if diff := cmp.Diff(want, changed.Diff(old)); diff != "" {
		t.Error(diff)
	}
	if diff := old.Diff(old); diff != nil {
		t.Errorf("nothing changed, but %v", diff)
	}
}

func TestSettingsHoldNoSecretAndComeBack(t *testing.T) {
	a := mustParse(t, readFull(t)).Accounts[0]
	a.Flows.Customers.Tags = nil // as a form leaves it
	a.Name = "a ${b} <c>"
	settings := a.Settings()
	for _, credential := range a.Credentials() {
		if text := credential.Value.Reveal(); text != "" && strings.Contains(settings, text) {
			t.Errorf("settings hold %s", credential.Key)
		}
	}
	again, err := Restore(settings)
	if err != nil {
		t.Fatal(err)
	}
	if again.Settings() != settings {
		t.Errorf("settings came back as\n%s\nwant\n%s", again.Settings(), settings)
	}
	if len(again.Flows.Customers.Tags) != 0 {
		t.Errorf("no tags came back as %v", again.Flows.Customers.Tags)
	}
}

func TestNewGivesTheDefaults(t *testing.T) {
	tasks := New[Tasks]()
	if !tasks.On() || tasks.Create != CreateServiceOrder || tasks.MaxDocuments != 100 || tasks.Lookback.Days() != 1 {
		t.Errorf("defaults = %+v", tasks)
	}
}

func TestASecretPrintsAsHiddenEverywhere(t *testing.T) {
	const text = "hunter2"
	holder := struct {
		Open   Secret
		closed Secret
	}{NewSecret(text), NewSecret(text)}
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(map[string]any{"s": holder.Open})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "secret", holder.Open, "holder", holder)
	prints := []string{string(asJSON), string(asYAML), logged.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		prints = append(prints, fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder), fmt.Sprintf(verb, holder.closed))
	}
	for _, printed := range prints {
		if strings.Contains(printed, text) || strings.Contains(printed, "68756e74657232") {
			t.Errorf("printed as %s", printed)
		}
	}
	if got := fmt.Sprint(holder.Open); got != "[hidden]" {
		t.Errorf("printed as %s", got)
	}
	if holder.Open != NewSecret(text) || holder.Open.Reveal() != text || !(Secret{}).IsZero() {
		t.Error("a secret does not compare or reveal")
	}
}

func TestASettingIsFoundByItsPath(t *testing.T) {
	file, err := Parse(strings.NewReader(`accounts:
  - id: acme
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows: {tasks: {}}
    orders:
      service_order: {category: "1.01.02", bank_account: 7}
      rules: [{when: {flow: tasks}, category: "9"}]
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"flows.tasks.quoted": `"wait"`, "orders.service_order.bank_account": "7", "orders.rules[0].category": `"9"`, "orders.rules[0].stage": "",
		"orders.rules[1].category": "", "orders.rules[x].category": "", "flows.quotations.create": "", "nothing": "", "": "", "omie.app_key": "",
	} {
		if got := file.Accounts[0].Setting(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
