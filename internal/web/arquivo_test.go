package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// sendsFile posts a file and fields as a browser's form does.
func (b *browserOf) sendsFile(code int, path, file string, fields ...string) answer {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if file != "" {
		part, err := form.CreateFormFile("arquivo", "contas.yaml")
		b.ok(err)
		_, err = part.Write([]byte(file))
		b.ok(err)
	}
	for i := 0; i < len(fields); i += 2 {
		b.ok(form.WriteField(fields[i], fields[i+1]))
	}
	b.ok(form.Close())
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, &body)
	b.ok(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	got := b.do(r)
	if got.code != code {
		b.Fatalf("POST %s answers %d, not %d\n%s", path, got.code, code, readable(got.body))
	}
	return got
}

func TestTheAccountsFileGoesOutWithoutSecretsAndComesBack(t *testing.T) {
	h, _, b := connected(t)
	h.ok(h.db.SaveCredentials(t.Context(), "acme", map[string]string{store.SecretOmieSecret: "canary"}))
	file := b.get("/arquivo/contas.yaml")
	if file.code != http.StatusOK || !strings.Contains(file.header.Get("Content-Disposition"), "contas.yaml") || strings.Contains(file.body, "canary") || !strings.Contains(file.body, "${ACME_OMIE_SECRET}") {
		t.Fatalf("%d %s", file.code, file.body)
	}
	b.says("/arquivo", "Baixar contas.yaml", "Importar")
	if got := b.sendsFile(http.StatusOK, "/arquivo", file.body); !strings.Contains(readable(got.body), "O arquivo não muda nada") {
		t.Errorf("its own file changes something: %s", readable(got.body))
	}
	text := strings.Replace(file.body, "every: 10m", "every: 20m", 1) + "  - id: nova\n    name: Nova <b>Ltda</b>\n    flows: {customers: {}}\n"
	page := b.sendsFile(http.StatusOK, "/arquivo", strings.ReplaceAll(text, "\n", "\r\n"))
	for _, want := range []string{"Roda a cada 10 min 20 min", "Nova <b>Ltda</b> conta nova", "Vai para o assistente"} {
		if !strings.Contains(readable(page.body), want) {
			t.Errorf("lacks %q: %s", want, readable(page.body))
		}
	}
	if h.settings().Every.String() != "10m" {
		t.Fatal("looking changed it")
	}
	seen := between(page.body, `name="visto" value="`, `"`)
	b.sendsFile(http.StatusConflict, "/arquivo/aplicar", "", "texto", text+"# more\n", "visto", seen)
	got := b.sendsFile(http.StatusSeeOther, "/arquivo/aplicar", "", "texto", strings.ReplaceAll(text, "\n", "\r\n"), "visto", seen)
	b.says(got.to, "1 conta mudou", "1 conta nova está em preparo", "Nova <b>Ltda</b>")
	if h.settings().Every.String() != "20m" || h.secret(store.SecretOmieSecret) != "canary" {
		t.Errorf("every %s", h.settings().Every)
	}
	b.says("/contas/acme/regras", "com um arquivo de contas", "Roda a cada 10 min 20 min")
	if _, err := h.db.Draft(t.Context(), "nova"); err != nil {
		t.Error(err)
	}
	b.sendsFile(http.StatusConflict, "/arquivo/aplicar", "", "texto", text, "visto", seen)
	h.wrote("account-made", "settings-changed")
}

func TestWhatAFileMayNotDoIsSaidWithItsLine(t *testing.T) {
	f := &vendors{}
	t.Setenv("PONTE_CANARY", "canary")
	eachHouse(t, f.assist, func(h *house) {
		b := h.connects()
		h.site.BaseURLs = []string{"http://sim.example/v2/"}
		whole := "accounts:\n  - id: acme\n    name: ACME\n    every: 10m\n    flows: {customers: {}}\n"
		for _, test := range []struct{ add, says string }{
			{"    auvo: {api_key: canary}\n", "Linha 6: “api_key” é um segredo"},
			{"    auvo: {base_url: 'http://169.254.169.254/'}\n", "Linha 6: “Endereço da API” só pode ser o endereço do próprio fabricante"},
			{"    timezone: ${PONTE_CANARY}\n", "Linha 6: “Fuso horário” pede um valor do ambiente do servidor"},
			{"    nada: 1\n", "Linha 6: “nada” não é uma chave que exista aqui"},
			{"    every: 1s\n", "aparece duas vezes"},
			{"  - id: acme\n    flows: {}\n", "repete o código de outra conta"},
			{"  : [\n", "não é um YAML correto"},
		} {
			got := b.sendsFile(http.StatusUnprocessableEntity, "/arquivo", whole+test.add)
			if text := readable(got.body); !strings.Contains(text, test.says) || strings.Contains(text, "canary") {
				h.Errorf("%q: %s", test.add, text)
			}
		}
		b.sendsFile(http.StatusUnprocessableEntity, "/arquivo", "", "texto", " ")
		b.sendsFile(http.StatusUnprocessableEntity, "/arquivo", strings.Repeat("# x\n", 300_000))
		b.sendsFile(http.StatusOK, "/arquivo", "", "texto", whole+"    auvo: {base_url: 'http://sim.example/v2'}\n")
		if got := b.sendsFile(http.StatusRequestEntityTooLarge, "/arquivo", strings.Repeat("# x\n", 1_200_000)); !strings.Contains(readable(got.body), "grande demais") {
			h.Errorf("%s", readable(got.body))
		}
	})
}

func TestManyAccountsAreFilteredSortedByStateAndPaged(t *testing.T) {
	h := newHouse(t, nil)
	for n := range 70 {
		id := fmt.Sprintf("conta-%02d", n)
		h.ok(h.db.SaveAccount(t.Context(), store.Account{ID: id, Name: fmt.Sprintf("Empresa %02d", n), Settings: []byte(`{"id":"` + id + `","flows":{"customers":{}}}`)}, nil))
	}
	h.ok(h.db.SetPaused(t.Context(), "conta-69", true))
	h.under("conta-05", func(l store.Lease) {
		run := store.Run{Account: "conta-05", ID: "r1", Started: h.clock()}
		h.ok(h.db.StartRun(t.Context(), l, run))
		run.Finished, run.Flows = h.clock(), []store.FlowRun{{Flow: "customers", Error: "boom"}}
		h.ok(h.db.FinishRun(t.Context(), l, run))
	})
	b := h.comes(h.person(signin.Reader))
	page := b.says("/contas", "Todas 70", "Com problema 1", "Sem rodar 69", "Empresa 00", "Empresa 29", "Ver mais")
	if strings.Contains(page, "Empresa 30") {
		t.Error("the page has no end")
	}
	page = b.says("/contas?depois=conta-59", "Empresa 60", "Empresa 69")
	if strings.Contains(page, "Ver mais") || strings.Contains(page, "Empresa 59") {
		t.Error("the last page goes on")
	}
	if page = b.says("/contas?estado=erro", "Empresa 05", "Com erro"); strings.Contains(page, "Empresa 06") {
		t.Error("other states are listed")
	}
	b.says("/contas?q=empresa+1", "Empresa 19", "Empresa 61", "Todas 16")
	b.says("/contas?q=zzz&estado=erro", "Nenhuma conta com “zzz” no nome neste estado")
	page = b.says("/contas/conta-30/regras", "trocar de conta", "Todas as contas")
	if !strings.Contains(page, `href="/contas/conta-29/regras"`) || strings.Count(page, `/regras">Empresa`) != mostOthers {
		t.Error("no way to the neighbours")
	}
}
