package config

import (
	"strings"
	"testing"
	"time"
)

const told = `
    alerts:
      email: [ana@acme.com.br, bia@acme.com.br]
      webhook: {url: "https://hooks.example.com/T0/canary", secret: 0123456789abcdef}
      digest: "07:30"
`

func TestAlertsComeBackAndTheirWebhookIsASecret(t *testing.T) {
	a := mustParse(t, account(told)).Accounts[0]
	if !a.Alerts.On() || a.Alerts.After.Std() != 10*time.Minute || a.Alerts.Webhook.URL.Reveal() != "https://hooks.example.com/T0/canary" {
		t.Errorf("%+v", a.Alerts)
	}
	settings := a.Settings()
	if strings.Contains(settings, "canary") || strings.Contains(settings, "0123456789abcdef") {
		t.Error("the webhook is in the settings")
	}
	if again, err := Restore(settings); err != nil || again.Settings() != settings || len(again.Alerts.Email) != 2 {
		t.Errorf("%v\n%s", err, again.Settings())
	}
	text, err := Export(File{Accounts: []Account{a}})
	if err != nil || !strings.Contains(string(text), "${ACME_ALERTS_URL}") || strings.Contains(string(text), "canary") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestAnAccountWithoutAlertsIsWrittenAsItWas(t *testing.T) {
	a := mustParse(t, account("")).Accounts[0]
	text, err := Export(File{Accounts: []Account{a}})
	if err != nil || strings.Contains(a.Settings(), "alerts") || strings.Contains(string(text), "alerts") || strings.Contains(string(text), "ALERTS") {
		t.Errorf("%v\n%s\n%s", err, a.Settings(), text)
	}
	if !strings.Contains(string(text), "app_secret: ${ACME_OMIE_SECRET}") {
		t.Errorf("%s", text)
	}
}

func TestAWebhookAloneComesBackWithItsSecrets(t *testing.T) {
	a := mustParse(t, account(`
    alerts:
      webhook: {url: "https://hooks.example.com/T0", secret: 0123456789abcdef}
`)).Accounts[0]
	again, err := Restore(a.Settings())
	if err != nil {
		t.Fatal(err)
	}
	theirs := again.Credentials()
	for n, c := range a.Credentials() {
		*theirs[n].Value = *c.Value
	}
	if !again.Alerts.On() {
		t.Error("nobody would be told")
	}
}

func TestAlertsThatCannotBeSentAreRefused(t *testing.T) {
	for text, key := range map[string]string{
		`{email: ["Ana <ana@acme.com.br>"]}`:                                "alerts.email[0]",
		`{email: ["ana"]}`:                                                  "alerts.email[0]",
		`{digest: "7h"}`:                                                    "alerts.digest",
		`{webhook: {url: "https://x.example"}}`:                             "alerts.webhook",
		`{webhook: {url: "ftp://x.example", secret: 0123456789abcdef}}`:     "alerts.webhook.url",
		`{webhook: {url: "https://u@x.example", secret: 0123456789abcdef}}`: "alerts.webhook.url",
		`{webhook: {url: "https://x.example", secret: short}}`:              "alerts.webhook.secret",
	} {
		_, err := Parse(strings.NewReader(account("    alerts: "+text+"\n")), environment)
		if err == nil || !strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "x.example") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
