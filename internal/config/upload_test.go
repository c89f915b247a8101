package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const uploaded = `accounts:
  - id: acme
    name: ACME
    auvo: {api_key: "${ACME_AUVO_KEY}"}
    omie: {app_secret: "${ACME_OMIE_SECRET}"}
    every: 15m
    flows: {customers: {}}
`

func TestAnUploadedFileKeepsSecretsAndReadsNoEnvironment(t *testing.T) {
	t.Setenv("ACME_AUVO_KEY", "canary")
	file, err := Upload{}.Parse(strings.NewReader(uploaded))
	if err != nil || len(file.Accounts) != 1 || file.Accounts[0].Name != "ACME" {
		t.Fatalf("%+v, %v", file, err)
	}
	for _, c := range file.Accounts[0].Credentials() {
		if !c.Value.IsZero() {
			t.Errorf("%s was taken", c.Key)
		}
	}
}

func TestWhatAnUploadMayNotBringIsNamedWithItsLine(t *testing.T) {
	for _, test := range []struct{ change, to, key, text string }{
		{`"${ACME_AUVO_KEY}"`, `"canary"`, "accounts[0].auvo.api_key", uploadedSecret},
		{`"${ACME_AUVO_KEY}"`, `"${HOME}"`, "accounts[0].auvo.api_key", uploadedSecret},
		{`"${ACME_AUVO_KEY}"`, `"${ACME_AUVO_KEY}", base_url: "http://169.254.169.254/v2"`, "accounts[0].auvo.base_url", uploadedBase},
		{"name: ACME", `name: "${PONTE_MASTER_KEY}"`, "accounts[0].name", uploadedEnv},
		{"every: 15m", "evry: 15m", "accounts[0].evry", "is not a key"},
	} {
		file, err := Upload{Base: func(_, _, url string) bool { return !strings.Contains(url, "169.254") }}.Parse(strings.NewReader(strings.Replace(uploaded, test.change, test.to, 1)))
		wrong, ok := errors.AsType[*Error](err)
		if !ok || len(file.Accounts) != 0 {
			t.Errorf("%s: %+v, %v", test.to, file, err)
			continue
		}
		p := wrong.Problems[0]
		if len(wrong.Problems) != 1 || p.Key != test.key || p.Line == 0 || !strings.HasPrefix(p.Text, test.text) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", test.to, err)
		}
	}
}

func TestAnExportedFileIsUploadedAsItIs(t *testing.T) {
	a := *New[Account]()
	a.ID, a.Name, a.Flows.Customers = "7-acme", "ACME ${x}", New[Customers]()
	a.Alerts.Webhook.URL = NewSecret("https://example.test/x")
	text, err := Export(File{Accounts: []Account{a}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := Upload{}.Parse(strings.NewReader(string(text)))
	if err != nil || file.Accounts[0].Settings() != a.Settings() {
		t.Errorf("%v\n%s\n%s", err, text, a.Settings())
	}
}

const officialAuvo, officialOmie = "https://api.auvo.com.br/v2", "https://app.omie.com.br/api/v1"

// FuzzUpload: a file that came from a browser is read or refused, and what is read
// has no address but those that are allowed, and no secret.
func FuzzUpload(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(full))
	f.Add("accounts: [{id: acme, auvo: {base_url: 'http://169.254.169.254/'}}]")
	f.Add("accounts: [{id: acme, omie: {app_key: ${HOME}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Upload{Base: func(_, _, url string) bool { return url == officialAuvo || url == officialOmie }}.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, a := range file.Accounts {
			if a.Auvo.BaseURL != officialAuvo && a.Auvo.BaseURL != officialOmie || a.Omie.BaseURL != officialAuvo && a.Omie.BaseURL != officialOmie {
				t.Fatalf("%s and %s are spoken to", a.Auvo.BaseURL, a.Omie.BaseURL)
			}
			for _, c := range a.Credentials() {
				if c.Value.Reveal() != "" {
					t.Fatalf("%s came with a file", c.Key)
				}
			}
		}
	})
}
