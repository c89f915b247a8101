package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/alert/alerttest"
)

// TestServeTellsOfARefusedKeyByMailAndWebhook goes the whole way: the accounts
// file, a key that Omie refuses, the look, the queue, both listeners, ponte status.
func TestServeTellsOfARefusedKeyByMailAndWebhook(t *testing.T) {
	box, hook := alerttest.NewMailbox(t), alerttest.NewWebhook(t)
	b := newBenchOn(t, fullAccount+`
alerts:
  email: [ana@acme.test]
  webhook: {url: "${ALERTS_URL}", secret: "${ALERTS_SECRET}"}`, time.Second, map[string]string{
		"ALERTS_URL": hook.URL + "/T0/canary-of-the-address", "ALERTS_SECRET": "canary-of-the-signature",
		"PONTE_SMTP_URL": "smtp://" + box.Address, "PONTE_MAIL_FROM": "ponte@acme.test", "PONTE_WEBHOOK_PRIVATE": "true", "PONTE_PUBLIC_URL": "https://ponte.acme.test",
		"OMIE_SECRET": "not-the-secret-of-this-app",
	})
	b.inRealTime()
	b.ponte(1, "sync")
	_, stop := b.serve()
	defer stop()
	b.eventually("one letter and one call", func() bool { return len(box.Letters()) == 1 && len(hook.Calls()) == 1 })

	text := box.Letters()[0].Text
	if !strings.Contains(text, "Chave_recusada_pelo_Omie") || !strings.Contains(text, "https://ponte.acme.test/contas/acme") {
		t.Errorf("%s", text)
	}
	var told struct{ Kind, Account, Rule, About, Text string }
	if err := json.Unmarshal([]byte(hook.Calls()[0].Body), &told); err != nil || told.Kind != "alert" || told.Account != "acme" || told.Rule != "refused-key" || told.About != "omie" || told.Text == "" {
		t.Errorf("%v %+v", err, told)
	}
	var status []struct {
		Alerts []struct{ Rule, About string }
	}
	if err := json.Unmarshal([]byte(b.ponte(0, "status", "--json")), &status); err != nil || len(status[0].Alerts) != 1 || status[0].Alerts[0].Rule != "refused-key" {
		t.Errorf("%v %+v", err, status)
	}
	b.unseen("canary-of-the-address", "canary-of-the-signature")
}

// unseen looks for credentials in what is shown, exported and stored (P10).
func (b *bench) unseen(secrets ...string) {
	b.t.Helper()
	haystacks := map[string]string{"export": b.ponte(0, "accounts", "export"), "status": b.ponte(0, "status")}
	files, err := filepath.Glob(filepath.Join(b.dir, "ponte.db*"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			b.t.Fatal(err)
		}
		haystacks[filepath.Base(f)] = string(text)
	}
	for where, text := range haystacks {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				b.t.Errorf("%s is in %s", secret, where)
			}
		}
	}
}

func TestServeRefusesAMailServerThatItCannotUse(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.env["PONTE_SMTP_URL"] = "http://ponte:canary@mail.test"
	var out bytes.Buffer
	b.say(&out, "serve", "--addr", "127.0.0.1:0") // it ends by itself
	if !strings.Contains(out.String(), "PONTE_SMTP_URL") || strings.Contains(out.String(), "canary") || strings.Contains(out.String(), "listening") {
		t.Error(out.String())
	}
}
