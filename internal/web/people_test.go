package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/signin"
	"ponte/internal/store"
)

// acts are all acts, newest first.
func (h *house) acts() []store.Act {
	h.Helper()
	acts, err := h.db.Acts(h.Context(), store.ActFilter{}, 0, 1000)
	h.ok(err)
	return acts
}

// did fails the test unless the newest act is of that kind, says that, and tells who.
func (h *house) did(p store.Person, what, said string) store.Act {
	h.Helper()
	acts := h.acts()
	if len(acts) == 0 {
		h.Fatalf("nobody did %s", what)
	}
	a := acts[0]
	if a.What != what || !strings.Contains(a.Said, said) || a.Person != p.ID || a.By != p.Name+" ("+p.Email+")" || !a.At.Equal(h.clock()) {
		h.Errorf("the newest act is %+v, not %s: %q by %s", a, what, said, p.Email)
	}
	return a
}

// onlyActs fails the test unless exactly these were done, in that order: what was
// refused left nothing.
func (h *house) onlyActs(want ...string) {
	h.Helper()
	var got []string
	for _, a := range slices.Backward(h.acts()) {
		got = append(got, a.What)
	}
	if !slices.Equal(got, want) {
		h.Errorf("done were %v, not %v", got, want)
	}
}

var linkShown = regexp.MustCompile(`value="([^"]*/convite/[^"]+)"`)

func TestAPersonIsInvitedComesInAndIsRemoved(t *testing.T) {
	h := newHouse(t, nil)
	ana := h.person(signin.Administrator)
	b := h.comes(ana)
	b.says("/pessoas", "Ana Administração", "você")
	for _, wrong := range [][]string{
		{"email", "bia", "nome", "Bia", "papel", "operator"},
		{"email", "bia@example.test", "nome", " ", "papel", "operator"},
		{"email", "bia@example.test", "nome", "Bia", "papel", "root"},
		{"email", ana.Email, "nome", "Bia", "papel", "reader"},
	} {
		if got := b.post("/pessoas/convidar", wrong...); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%q answers %d", wrong, got.code)
		}
	}
	if n := len(h.acts()); n > 0 {
		t.Errorf("refused forms left %d acts", n)
	}
	got := b.post("/pessoas/convidar", "email", "Bia@Example.test", "nome", "Bia Reis", "papel", "operator")
	link := linkShown.FindStringSubmatch(got.body)
	if got.code != http.StatusOK || link == nil {
		t.Fatalf("answers %d\n%s", got.code, readable(got.body))
	}
	act := h.did(ana, "person-invited", "convidou bia@example.test")
	if len(act.Fields) != 1 || act.Fields[0].After != "Operação" {
		t.Errorf("fields = %+v", act.Fields)
	}
	token := link[1][strings.LastIndex(link[1], "/")+1:]
	if body := b.says("/pessoas", "Bia Reis", "convite até"); strings.Contains(body, token) {
		t.Error("the link is shown again")
	}
	guest := h.browser()
	if got := guest.post(strings.TrimPrefix(link[1], h.site.PublicURL), "senha", goodPassword, "senha2", goodPassword); got.code != http.StatusSeeOther {
		t.Fatalf("the link answers %d", got.code)
	}
	bia, err := h.db.PersonByEmail(t.Context(), "bia@example.test")
	h.ok(err)
	h.did(bia, "invitation-used", "usou o convite")
	path := personPath(bia.ID)
	b.says("/pessoas", "1 sessão aberta")
	b.says(path, "Sessões abertas", "Operação", "já escolheu a senha")

	b.says(path+"/papel", "Vale na próxima página")
	if got := b.post(path+"/papel", "papel", "nonsense"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("a role that is none answers %d", got.code)
	}
	if got := b.post(path+"/papel", "papel", "reader"); got.to != path {
		t.Fatalf("a change of role answers %d", got.code)
	}
	act = h.did(ana, "role-changed", "mudou o papel de bia@example.test")
	if f := act.Fields[0]; f.Before != "Operação" || f.After != "Leitura" {
		t.Errorf("fields = %+v", act.Fields)
	}
	if got := guest.get("/contas"); got.code != http.StatusOK {
		t.Errorf("the session did not outlive the change of role: %d", got.code)
	}
	b.says(path+"/sessoes", "1 sessão é encerrada agora.")
	b.post(path + "/sessoes")
	h.did(ana, "sessions-ended", "bia@example.test")
	if got := guest.get("/contas"); got.code != http.StatusSeeOther {
		t.Errorf("an ended session answers %d", got.code)
	}

	again := linkShown.FindStringSubmatch(b.post(path + "/convite").body)
	if again == nil {
		t.Fatal("no new link")
	}
	h.did(ana, "invitation-renewed", "novo convite")
	b.post(path + "/cancelar-convite")
	h.did(ana, "invitation-cancelled", "cancelou o convite")
	if got := h.browser().get(strings.TrimPrefix(again[1], h.site.PublicURL)); got.code != http.StatusNotFound {
		t.Errorf("a cancelled link answers %d", got.code)
	}
	n := len(h.acts())
	if got := b.post(path + "/cancelar-convite"); got.code != http.StatusConflict || len(h.acts()) != n {
		t.Errorf("cancelling twice answers %d and leaves %d acts more", got.code, len(h.acts())-n)
	}
	b.says(path+"/remover", "A pessoa não entra mais")
	if got := b.post(path + "/remover"); got.to != "/pessoas" {
		t.Errorf("removing answers %d", got.code)
	}
	h.did(ana, "person-removed", "removeu bia@example.test")
	if got := b.get(path); got.code != http.StatusNotFound {
		t.Errorf("who is gone answers %d", got.code)
	}
	// What she did stays, with her name.
	b.says("/auditoria?pessoa="+bia.ID, "Bia Reis (bia@example.test) usou o convite e escolheu a senha.")
}

func TestNobodyTakesTheirOwnRoleOrPlace(t *testing.T) {
	h := newHouse(t, nil)
	ana := h.person(signin.Administrator)
	b := h.comes(ana)
	for _, deed := range []string{"papel", "convite", "sessoes", "remover", "cancelar-convite"} {
		if got := b.get(personPath(ana.ID, deed)); got.code != http.StatusConflict {
			t.Errorf("GET %s answers %d", deed, got.code)
		}
		if got := b.post(personPath(ana.ID, deed), "papel", "reader"); got.code != http.StatusConflict {
			t.Errorf("POST %s answers %d", deed, got.code)
		}
	}
	if p, err := h.db.PersonByEmail(t.Context(), ana.Email); err != nil || p.Role != "administrator" {
		t.Errorf("ana = %+v, %v", p, err)
	}
	if n := len(h.acts()); n > 0 {
		t.Errorf("%d acts of nothing", n)
	}
}

func TestOnesOwnPasswordAndSessionsAreActs(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Reader)
	b := h.comes(p)
	b.post("/eu/sessoes")
	if n := len(h.acts()); n > 0 {
		t.Errorf("ending no session left %d acts", n)
	}
	h.comes(p)
	b.post("/eu/sessoes")
	h.did(p, "sessions-ended", "próprias")
	b.post("/eu/senha", "atual", "errada errada", "nova", "outra ponte firme", "nova2", "outra ponte firme")
	h.did(p, "sessions-ended", "próprias")
	b.post("/eu/senha", "atual", goodPassword, "nova", "outra ponte firme", "nova2", "outra ponte firme")
	act := h.did(p, "password-changed", "trocou a própria senha")
	if strings.Contains(act.Said+act.About, "firme") || len(act.Fields) > 0 {
		t.Errorf("%+v", act)
	}
}

// TestAReaderSeesNothingOfAnEarlierAccountOfTheId: it may have been another company's.
func TestAReaderSeesNothingOfAnEarlierAccountOfTheId(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	ana, leo := h.person(signin.Administrator), h.person(signin.Reader)
	for _, what := range []string{"account-paused", "account-removed", "account-resumed"} {
		h.ok(h.db.AddAct(t.Context(), store.Act{Account: "acme", Person: what, By: "Quem fez " + what, What: what, Said: "fez " + what}))
	}
	for _, path := range []string{"/contas/acme/auditoria", "/contas/acme/auditoria.csv"} {
		if body := h.comes(leo).get(path).body; strings.Contains(body, "fez account-paused") || strings.Contains(body, "fez account-removed") || !strings.Contains(body, "fez account-resumed") {
			t.Errorf("%s shows a reader %s", path, body)
		}
		if body := h.comes(ana).get(path).body; !strings.Contains(body, "fez account-paused") {
			t.Errorf("%s shows an administrator %s", path, body)
		}
	}
}

func TestTheAuditIsFilteredPagedAndExportedWithoutFormulas(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		h.account("beta")
		ana, leo := h.person(signin.Administrator), h.person(signin.Reader)
		b := h.comes(ana)
		b.says("/auditoria", "Ninguém fez nada ainda.")
		b.post("/contas/acme/pausa", "fazer", "pausar")
		h.did(ana, "account-paused", "pausou a conta")
		h.wait(time.Minute)
		b.post("/contas/beta/pausa", "fazer", "pausar")
		b.says("/contas/acme/auditoria", "Ana Administração (administrator@example.test) pausou a conta.", "10/03/2026 12:00", "Ver todas as contas")
		body := readable(b.says("/auditoria", "ACME Refrigeração"))
		if first, last := strings.Index(body, "12:01"), strings.Index(body, "12:00"); first < 0 || first > last {
			h.Errorf("the newest does not come first: %s", body)
		}
		if body := readable(b.says("/contas/acme/auditoria")); strings.Count(body, "pausou a conta.") != 1 {
			h.Errorf("another account's acts show: %s", body)
		}
		b.says("/auditoria?o_que=account-removed", "Nada foi feito assim.")
		b.says("/auditoria?o_que=account-paused&pessoa="+ana.ID, "pausou a conta.")
		// One account's acts are everybody's to read who reads the account; those of all are not.
		r := h.comes(leo)
		if body := readable(r.says("/contas/acme/auditoria", "pausou a conta.")); strings.Contains(body, "todas as contas") {
			h.Error("a reader is led to all accounts")
		}
		if got := r.get("/contas/acme/auditoria.csv?conta=beta"); strings.Contains(got.body, "beta") {
			h.Errorf("a reader asks for another account: %s", got.body)
		}
		evil := store.Act{Account: "gone", Person: "eve", By: `=HYPERLINK("http://evil.test")`, What: "settings-changed", Said: "mudou <script>", Fields: []store.ActField{{Name: "orders.service_order.category", Before: `"1.01"`, After: `"=1+1"`}}}
		h.ok(h.db.AddAct(h.Context(), evil))
		b.says("/auditoria", "categoria: 1.01", "gone")
		csv := b.get("/auditoria.csv").body
		for _, want := range []string{`'=HYPERLINK`, "'=1+1", "'=1+1", "pausou a conta"} {
			if !strings.Contains(csv, want) {
				h.Errorf("the file lacks %q:\n%s", want, csv)
			}
		}
		for range 120 {
			h.ok(h.db.AddAct(h.Context(), store.Act{Account: "beta", Person: "x", By: "X", What: "run-asked", Said: "pediu uma rodada agora"}))
		}
		seen, path := 0, "/auditoria?pessoa=x"
		next := regexp.MustCompile(`href="(/auditoria\?[^"]*antes=[^"]*)"`)
		for pages := 0; path != "" && pages < 9; pages++ {
			body := b.says(path)
			seen += strings.Count(body, "X pediu uma rodada agora.")
			path = ""
			if m := next.FindStringSubmatch(body); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if seen != 120 {
			h.Errorf("paging shows %d of 120 acts", seen)
		}
		if got := strings.Count(b.get("/auditoria.csv?pessoa=x").body, "pediu uma rodada agora"); got != 120 {
			h.Errorf("the file has %d of 120 acts", got)
		}
	})
}
