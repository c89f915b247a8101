package web

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/secret"
	"ponte/internal/signin"
	"ponte/internal/store"
)

func TestAdjustmentsShowWhatIsWrongAndWhatDidNotArrive(t *testing.T) {
	var posted []int64
	h := newHouse(t, func(o *Options) {
		o.Post = func(_ context.Context, _ any, _ string, messages ...int64) error {
			posted = append(posted, messages...)
			return nil
		}
	})
	p := h.person(signin.Administrator)
	b := h.comes(p)
	b.says("/ajustes", "ainda não há conta", "Nenhuma cópia foi feita ainda.", "SQLite, um arquivo")
	h.account("acme")
	b.says("/ajustes", "ACME Refrigeração", "ninguém", "nenhum")
	if got := b.get("/contas/acme/avisos/teste"); got.code != http.StatusConflict {
		t.Errorf("a test to nobody answers %d", got.code)
	}
	settings := `{"id":"acme","name":"ACME","alerts":{"email":["ana@acme.com.br"],"digest":"07:30"}}`
	h.ok(h.db.SaveAccount(t.Context(), store.Account{ID: "acme", Name: "ACME", Settings: []byte(settings)}, nil))
	h.ok(h.db.Watch(t.Context(), "acme", store.Watched{
		At: h.clock(), Found: []store.Alert{{Rule: "waiting", About: "refused", Title: "<b>3 registros</b> esperam", Text: "x"}}, Post: h.site.Post,
		Tell: func(store.Alert) []store.Message {
			return []store.Message{{Key: "k", Channel: "email", To: "ana@acme.com.br", Subject: "s", Body: "b"}}
		},
	}))
	_, err := h.db.BeginMessage(t.Context(), "acme", posted[0])
	h.ok(err)
	h.ok(h.db.EndMessage(t.Context(), "acme", posted[0], store.MessageFailed, "550 no such user"))
	b.says("/ajustes", "às 07:30", "ana@acme.com.br", "<b>3 registros</b> esperam", "não foi entregue", "550 no such user")
	b.says("/contas/acme/avisos/teste", "Uma mensagem vai a cada um destes", "ana@acme.com.br")
	if got := b.post("/contas/acme/avisos/teste"); got.to != "/ajustes" {
		t.Fatalf("answers %d\n%s", got.code, got.body)
	}
	h.did(p, "alert-tested", "mensagem de teste")
	b.says("/ajustes", "1 mensagem está a caminho")
	messages, err := h.db.Messages(t.Context(), "acme", 9)
	h.ok(err)
	if len(posted) != 2 || len(messages) != 2 || messages[0].Seq != posted[1] || !strings.Contains(messages[0].Body, p.Name) {
		t.Errorf("posted %v of %+v", posted, messages)
	}
}

func TestAWebhookIsKeptSealedNeverShownAndRefusedInside(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	p := h.person(signin.Administrator)
	b := h.comes(p)
	const path, secretText = "/contas/acme/avisos/webhook", "canary-0123456789"
	for _, address := range []string{"http://hooks.example.com/x", "https://10.0.0.1/x", "https://localhost/x", "https://169.254.169.254/", "https://ana:senha@hooks.example.com", ""} {
		got := b.post(path, "fazer", "guardar", "endereco", address, "segredo", secretText)
		if got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "canary") || address != "" && strings.Contains(got.body, address) {
			t.Errorf("%s answers %d\n%s", address, got.code, readable(got.body))
		}
	}
	if got := b.post(path, "fazer", "guardar", "endereco", "https://hooks.example.com/canary", "segredo", "curto"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a short secret answers %d", got.code)
	}
	if n := len(h.acts()); n > 0 {
		t.Errorf("refused forms left %d acts", n)
	}
	for _, told := range []string{"(definido)", "(trocado)"} {
		if got := b.post(path, "fazer", "guardar", "endereco", "https://hooks.example.com/canary", "segredo", secretText); got.to != "/ajustes" {
			t.Fatalf("answers %d\n%s", got.code, readable(got.body))
		}
		if act := h.did(p, "alerts-changed", "avisos"); len(act.Fields) != 1 || act.Fields[0].After != told {
			t.Errorf("%+v", act)
		}
	}
	kept, err := h.db.Secrets(t.Context(), "acme")
	h.ok(err)
	if kept["alerts.webhook.url"] != "https://hooks.example.com/canary" || kept["alerts.webhook.secret"] != secretText {
		t.Errorf("kept %v", kept)
	}
	for _, page := range []string{path, "/ajustes", "/auditoria", "/auditoria.csv", "/contas/acme/regras"} {
		if body := b.get(page).body; strings.Contains(body, "canary") {
			t.Errorf("%s shows the webhook", page)
		}
	}
	b.says("/auditoria", "webhook: (trocado)")
	b.says(path, "Há um endereço guardado")
	b.post(path, "fazer", "remover")
	kept, err = h.db.Secrets(t.Context(), "acme")
	h.ok(err)
	if len(kept) > 0 {
		t.Errorf("after the removal there are %d secrets", len(kept))
	}
	if got := b.post(path, "fazer", "remover"); got.code != http.StatusConflict {
		t.Errorf("removing twice answers %d", got.code)
	}
}

// TestADownloadedBackupIsWholeAndLeavesNoFile: it opens as a store of its own, and
// the act of making it is in the store alone.
func TestADownloadedBackupIsWholeAndLeavesNoFile(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	h := newHouse(t, nil)
	h.account("acme")
	p := h.person(signin.Administrator)
	b := h.comes(p)
	b.says("/ajustes/copia", "A chave-mestra que as abre não vai")
	got := b.post("/ajustes/copia")
	if got.code != http.StatusOK || !strings.HasPrefix(got.body, "SQLite format 3\x00") || got.header.Get("Content-Disposition") != `attachment; filename="ponte-20260310-150000.db"` {
		t.Fatalf("answers %d, %v", got.code, got.header)
	}
	h.did(p, "backup-made", "cópia de segurança")
	b.says("/ajustes", "A última foi feita agora", "por Ana Administração")
	h.site.Nightly = func() (time.Time, error) { return h.clock().Add(time.Hour), nil }
	b.says("/ajustes", "Toda noite uma cópia", "pelo próprio Ponte")
	left, err := os.ReadDir(temp)
	h.ok(err)
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "ponte-copia") {
			t.Errorf("%s is left", f.Name())
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	h.ok(os.WriteFile(path, []byte(got.body), 0o600))
	ring, err := secret.Open(secret.Options{Database: path})
	h.ok(err)
	copied, err := store.Open(t.Context(), path, ring)
	h.ok(err)
	defer func() { h.ok(copied.Close()) }()
	if a, err := copied.Account(t.Context(), "acme"); err != nil || a.Name != "ACME Refrigeração" {
		t.Errorf("the copy has %+v, %v", a, err)
	}
	h.wait(time.Hour)
	if got := h.comes(h.person(signin.Operator)).post("/ajustes/copia"); got.code != http.StatusForbidden {
		t.Errorf("an operator gets a copy: %d", got.code)
	}
}
