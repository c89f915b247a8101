package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ponte/internal/signin"
	"ponte/internal/store"
)

var (
	secretShown = regexp.MustCompile(`<p class="address"><code>([A-Z2-7 ]+)</code>`)
	codesShown  = regexp.MustCompile(`<li><code>([a-z2-7-]+)</code></li>`)
)

// codeOf is the code that an application shows now.
func (h *house) codeOf(secret string) string {
	h.Helper()
	code, err := signin.CodeAt(secret, h.clock())
	h.ok(err)
	return code
}

// turnsOn turns the second step on and returns its secret and the recovery codes.
func (b *browserOf) turnsOn() (secret string, recovery []string) {
	b.Helper()
	got := b.post("/eu/duas-etapas")
	m := secretShown.FindStringSubmatch(got.body)
	if got.code != http.StatusOK || m == nil {
		b.Fatalf("no secret is shown: %d\n%s", got.code, readable(got.body))
	}
	if !strings.Contains(got.body, `<svg class="qr"`) || strings.Contains(got.body, "data:") {
		b.Error("the picture is not drawn in the page")
	}
	secret = strings.ReplaceAll(m[1], " ", "")
	got = b.post("/eu/duas-etapas/confirmar", "codigo", b.codeOf(secret))
	for _, m := range codesShown.FindAllStringSubmatch(got.body, -1) {
		recovery = append(recovery, m[1])
	}
	if got.code != http.StatusOK || len(recovery) != 10 {
		b.Fatalf("%d recovery codes: %d\n%s", len(recovery), got.code, readable(got.body))
	}
	return secret, recovery
}

// password takes the first step; the browser stands before the second.
func (b *browserOf) password(p store.Person) {
	b.Helper()
	if got := b.post("/entrar", "email", p.Email, "senha", goodPassword, "para", "/eu"); got.to != "/entrar/codigo" {
		b.Fatalf("the password leads to %d %q", got.code, got.to)
	}
}

func TestTwoStepsAreTurnedOnUsedAndTurnedOff(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Reader)
		b, other := h.comes(p), h.comes(p)
		b.says("/eu", "Verificação em duas etapas", "desligada")
		b.says("/eu/duas-etapas", "Serve qualquer aplicativo")
		if got := b.post("/eu/duas-etapas/confirmar", "codigo", "123456"); got.code != http.StatusConflict {
			h.Errorf("confirming nothing answers %d", got.code)
		}
		got := b.post("/eu/duas-etapas")
		first := strings.ReplaceAll(secretShown.FindStringSubmatch(got.body)[1], " ", "")
		if got := b.post("/eu/duas-etapas/confirmar", "codigo", "000000"); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Confira a hora") || !strings.Contains(got.body, inFours(first)) {
			h.Errorf("a wrong code answers %d", got.code)
		}
		if got := h.browser().post("/entrar", "email", p.Email, "senha", goodPassword); got.to != "/" {
			h.Errorf("before it is confirmed the sign-in leads to %q", got.to)
		}
		secret, recovery := b.turnsOn()
		if secret == first {
			h.Error("a second secret is the first")
		}
		h.did(p, "two-steps-on", "ligou")
		if got := other.get("/eu"); got.code != http.StatusSeeOther {
			h.Errorf("a session that came in without answers %d", got.code)
		}
		if body := b.says("/eu/duas-etapas", "10 códigos de recuperação restam"); strings.Contains(body, inFours(secret)) || strings.Contains(body, recovery[0]) {
			h.Error("the secret or a code is shown again")
		}
		if got := b.post("/eu/duas-etapas"); got.code != http.StatusConflict {
			h.Errorf("beginning again answers %d", got.code)
		}

		// The code that turned it on counts no second time.
		c := h.browser()
		c.password(p)
		if got := c.get("/eu"); got.code != http.StatusSeeOther {
			h.Errorf("between the steps a page answers %d", got.code)
		}
		c.says("/entrar/codigo", p.Name, "seis algarismos")
		if got := c.post("/entrar/codigo", "codigo", h.codeOf(secret)); got.code != http.StatusUnprocessableEntity {
			h.Errorf("a used code answers %d", got.code)
		}
		h.wait(30 * time.Second)
		code := h.codeOf(secret)
		if got := c.post("/entrar/codigo", "codigo", code[:3]+" "+code[3:]); got.to != "/eu" {
			h.Fatalf("the code leads to %d %q\n%s", got.code, got.to, readable(got.body))
		}
		c.says("/eu", "ligada")
		d := h.browser()
		d.password(p)
		if got := d.post("/entrar/codigo", "codigo", code); got.code != http.StatusUnprocessableEntity {
			h.Errorf("a code from a shoulder answers %d", got.code)
		}

		// A recovery code counts once, and tells so.
		if got := d.post("/entrar/codigo", "codigo", strings.ToUpper(recovery[3])); got.to != "/eu" {
			h.Fatalf("a recovery code leads to %d %q", got.code, got.to)
		}
		h.did(p, "recovery-code-used", "código de recuperação")
		e := h.browser()
		e.password(p)
		if got := e.post("/entrar/codigo", "codigo", recovery[3]); got.code != http.StatusUnprocessableEntity {
			h.Errorf("a used recovery code answers %d", got.code)
		}
		h.wait(30 * time.Second)
		d.says("/eu/duas-etapas/codigos", "deixam de valer")
		made := codesShown.FindAllStringSubmatch(d.post("/eu/duas-etapas/codigos").body, -1)
		h.did(p, "recovery-codes-made", "novos códigos")
		if len(made) != 10 {
			h.Fatalf("%d new codes", len(made))
		}
		if got := e.post("/entrar/codigo", "codigo", recovery[4]); got.code != http.StatusUnprocessableEntity {
			h.Errorf("an old recovery code answers %d", got.code)
		}

		// Off only by both steps.
		d.says("/eu/duas-etapas/desligar", "Senha")
		for _, wrong := range [][]string{{"senha", goodPassword, "codigo", "000000"}, {"senha", "errada", "codigo", h.codeOf(secret)}, {"codigo", h.codeOf(secret)}} {
			if got := d.post("/eu/duas-etapas/desligar", wrong...); got.code != http.StatusUnprocessableEntity {
				h.Errorf("%q answers %d", wrong, got.code)
			}
		}
		h.wait(signin.AttemptsLast)
		if got := d.post("/eu/provar", "senha", goodPassword, "para", "/eu"); got.to != "/eu" {
			h.Fatalf("the proof leads to %d %q", got.code, got.to)
		}
		if got := d.post("/eu/duas-etapas/desligar", "senha", goodPassword, "codigo", h.codeOf(secret)); got.to != "/eu" {
			h.Fatalf("turning off answers %d\n%s", got.code, readable(got.body))
		}
		h.did(p, "two-steps-off", "desligou")
		if got := h.browser().post("/entrar", "email", p.Email, "senha", goodPassword); got.to != "/" {
			h.Errorf("afterwards the sign-in leads to %q", got.to)
		}
		for _, a := range h.acts() {
			for _, hidden := range append(recovery, secret, code) {
				if text := a.Said + a.About; strings.Contains(text, hidden) {
					h.Errorf("an act holds %q", hidden)
				}
			}
		}
	})
}

// TestCodesAreGuessedNoMoreThanPasswords: at the door, at the proof and when it is turned
// off, with codes and recovery codes, and whoever knows the password gains nothing by it.
func TestCodesAreGuessedNoMoreThanPasswords(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		p := h.person(signin.Administrator)
		in := h.comes(p)
		secret, recovery := in.turnsOn()
		h.wait(time.Minute)
		locked := func(got answer) bool { return strings.Contains(got.body, "tentativas demais") }
		b := h.browser()
		b.password(p)
		for n := range 5 {
			typed := []string{"000000", "aaaa-aaaa-aaaa-aaaa"}[n%2]
			if got := b.post("/entrar/codigo", "codigo", typed); got.code != http.StatusUnprocessableEntity {
				h.Fatalf("a wrong code answers %d", got.code)
			}
		}
		for _, right := range []string{h.codeOf(secret), recovery[0]} {
			if got := b.post("/entrar/codigo", "codigo", right); !locked(got) {
				h.Errorf("after five guesses a right code answers %d %q", got.code, got.to)
			}
		}
		if got := in.post("/eu/provar", "codigo", h.codeOf(secret)); !locked(got) {
			h.Errorf("the proof does not share the lock: %d", got.code)
		}
		// The right password forgets the guesses of passwords, not those of codes.
		h.wait(signin.AttemptsLast)
		guesses := 0
		for range 6 {
			c := h.browser()
			c.password(p)
			for range 4 {
				if got := c.post("/entrar/codigo", "codigo", "000000"); !locked(got) {
					guesses++
				}
			}
		}
		if guesses != 10 {
			h.Errorf("whoever knows the password has %d guesses of the code", guesses)
		}
		h.wait(signin.AttemptsLast)
		for range 5 {
			if got := in.post("/eu/provar", "senha", "errada errada", "para", "/eu"); got.code != http.StatusUnprocessableEntity {
				h.Errorf("a wrong proof answers %d", got.code)
			}
		}
		for _, right := range [][]string{{"senha", goodPassword}, {"codigo", h.codeOf(secret)}} {
			if got := in.post("/eu/provar", right...); !locked(got) {
				h.Errorf("after five wrong proofs %q answers %d", right, got.code)
			}
		}
		h.wait(signin.AttemptsLast)
		if got := in.post("/eu/provar", "codigo", h.codeOf(secret), "para", "/eu"); got.to != "/eu" {
			h.Errorf("after the lock the proof answers %d", got.code)
		}
		if got := in.post("/eu/provar", "codigo", recovery[1]); got.code != http.StatusUnprocessableEntity {
			h.Errorf("a recovery code is spent on a proof: %d", got.code)
		}
	})
}

func TestAPassageIsOneBrowsersAndOver(t *testing.T) {
	h := newHouse(t, nil)
	p := h.person(signin.Reader)
	secret, _ := h.comes(p).turnsOn()
	h.wait(time.Minute)
	if got := h.browser().post("/entrar/codigo", "codigo", h.codeOf(secret)); got.to != "/entrar" {
		t.Errorf("without the first step the code leads to %d %q", got.code, got.to)
	}
	b := h.browser()
	b.password(p)
	h.wait(passageLasts)
	if got := b.post("/entrar/codigo", "codigo", h.codeOf(secret)); got.to != "/entrar" {
		t.Errorf("too late the code leads to %d %q", got.code, got.to)
	}
	// An invitation is one step as well: its link takes no code's place.
	link, err := Invite(t.Context(), h.db, "", p.ID, h.clock())
	h.ok(err)
	c := h.browser()
	if got := c.post(link, "senha", "outra ponte firme", "senha2", "outra ponte firme"); got.to != "/entrar/codigo" {
		t.Errorf("the link leads to %d %q", got.code, got.to)
	}
	if got := c.post("/entrar/codigo", "codigo", h.codeOf(secret)); got.to != "/" {
		t.Errorf("the code then leads to %d %q", got.code, got.to)
	}
}

func TestAnAdministratorResetsAnothersTwoSteps(t *testing.T) {
	h := newHouse(t, nil)
	ana, leo := h.person(signin.Administrator), h.person(signin.Reader)
	b := h.comes(ana)
	path := personPath(leo.ID, "duas-etapas")
	if got := b.post(path); got.code != http.StatusConflict {
		t.Errorf("resetting none answers %d", got.code)
	}
	his := h.comes(leo)
	his.turnsOn()
	b.says("/pessoas", "duas etapas")
	b.says(personPath(leo.ID), "entra também com um código", "Tirar as duas etapas…")
	b.says(path, "de viva voz")
	if got := b.post(path); got.to != personPath(leo.ID) {
		t.Fatalf("resetting answers %d", got.code)
	}
	h.did(ana, "two-steps-reset", leo.Email)
	if got := his.get("/eu"); got.code != http.StatusSeeOther {
		t.Errorf("his session answers %d", got.code)
	}
	if got := h.browser().post("/entrar", "email", leo.Email, "senha", goodPassword); got.to != "/" {
		t.Errorf("his sign-in leads to %q", got.to)
	}
	if got := b.post(personPath(ana.ID, "duas-etapas")); got.code != http.StatusConflict {
		t.Errorf("resetting one's own answers %d", got.code)
	}
}

func TestTwoStepsRequiredOfAllAreSetUpAtTheNextSignIn(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		ana, leo := h.person(signin.Administrator), h.person(signin.Operator)
		b, old := h.comes(ana), h.comes(leo)
		b.says("/pessoas/duas-etapas", "na próxima entrada")
		if got := b.post("/pessoas/duas-etapas", "fazer", "x"); got.code != http.StatusUnprocessableEntity {
			h.Errorf("nonsense answers %d", got.code)
		}
		if got := b.post("/pessoas/duas-etapas", "fazer", "dispensar"); got.code != http.StatusConflict {
			h.Errorf("waiving what is not required answers %d", got.code)
		}
		b.post("/pessoas/duas-etapas", "fazer", "exigir")
		h.did(ana, "two-steps-required", "passou a exigir")
		old.says("/contas/acme") // who is in stays in
		his := h.browser()
		if got := his.post("/entrar", "email", leo.Email, "senha", goodPassword); got.to != "/" {
			h.Fatalf("the sign-in leads to %q", got.to)
		}
		for _, rt := range routes() {
			method, path := fill(rt.pattern)
			if rt.least == anyone || settlesWhatIsOwed(rt.pattern) {
				continue
			}
			if method == http.MethodPost {
				if got := his.post(path, "fazer", "pausar"); got.code != http.StatusForbidden || !strings.Contains(got.body, "duas etapas") {
					h.Errorf("%s answers %d to who owes it", rt.pattern, got.code)
				}
				continue
			}
			if got := his.get(path); got.to != "/eu/duas-etapas" {
				h.Errorf("%s answers %d %q to who owes it", rt.pattern, got.code, got.to)
			}
		}
		his.says("/eu/duas-etapas", "exigida de todas as pessoas")
		his.turnsOn()
		his.says("/contas/acme")
		if got := his.get("/eu/duas-etapas/desligar"); got.code != http.StatusConflict {
			h.Errorf("turning off what is required answers %d", got.code)
		}
		b.post("/pessoas/duas-etapas", "fazer", "dispensar")
		h.did(ana, "two-steps-waived", "deixou de exigir")
		his.says("/eu/duas-etapas/desligar")
	})
}

func TestADemoAsksForNoStepAndNoProof(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Demo = true })
	b := h.browser()
	b.says("/eu")
	h.wait(time.Hour)
	b.says("/pessoas/convidar", "Cadastrar")
	if got := b.get("/eu/duas-etapas"); got.code != http.StatusConflict {
		t.Errorf("two steps in a demo answer %d", got.code)
	}
	if got := b.post("/eu/duas-etapas"); got.code != http.StatusConflict {
		t.Errorf("beginning them answers %d", got.code)
	}
	if body := b.says("/eu"); strings.Contains(body, "duas-etapas") {
		t.Error("a demo offers two steps")
	}
}

func TestAProofIsAskedBeforeSecretsAndLeadsBack(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		p := h.person(signin.Administrator)
		b := h.in(p)
		b.says("/contas/acme/remover") // just signed in
		b.says("/ajustes/copia")
		h.wait(proofLasts)
		got := b.get("/ajustes/copia?x=1")
		if got.code != http.StatusSeeOther || got.to != "/eu/provar?para=%2Fajustes%2Fcopia%3Fx%3D1" {
			h.Fatalf("an old proof answers %d %q", got.code, got.to)
		}
		if got := b.post("/contas/acme/remover", "nome", "ACME Refrigeração"); got.code != http.StatusForbidden || !strings.Contains(got.body, "/eu/provar?para=%2Fcontas%2Facme%2Fremover") {
			h.Errorf("removing with an old proof answers %d", got.code)
		}
		for path, form := range map[string]string{"/eu/duas-etapas/confirmar": "%2Feu%2Fduas-etapas", "/arquivo/aplicar": "%2Farquivo"} {
			if got := b.post(path, "codigo", "1"); !strings.Contains(got.body, `/eu/provar?para=`+form+`"`) {
				h.Errorf("%s has no page of its own and leads to\n%s", path, got.body)
			}
		}
		b.says("/contas/acme")
		b.says(got.to, "Confirme quem você é", "Senha")
		before := b.cookie()
		if got := b.post("/eu/provar", "senha", "errada", "para", "/ajustes/copia?x=1"); got.code != http.StatusUnprocessableEntity || !strings.Contains(got.body, "A senha não confere.") {
			h.Errorf("a wrong password answers %d", got.code)
		}
		if got := b.post("/eu/provar", "para", "/"); got.code != http.StatusUnprocessableEntity {
			h.Errorf("nothing answers %d", got.code)
		}
		if got := b.post("/eu/provar", "senha", goodPassword, "para", "//evil.test"); got.to != "/" {
			h.Errorf("another site's address leads to %q", got.to)
		}
		if got := b.post("/eu/provar", "senha", goodPassword, "para", "/ajustes/copia?x=1"); got.to != "/ajustes/copia?x=1" {
			h.Fatalf("the proof leads to %d %q", got.code, got.to)
		}
		if b.cookie() == before {
			h.Error("the token from before the proof is the one after")
		}
		b.says("/ajustes/copia?x=1")
		h.wait(proofLasts - time.Second)
		b.says("/ajustes/copia")
		// Another's password proves nothing.
		eve := h.person(signin.Reader)
		h.wait(time.Second)
		if got := b.post("/eu/provar", "email", eve.Email, "senha", "outra ponte"); got.code != http.StatusUnprocessableEntity {
			h.Errorf("a strange password answers %d", got.code)
		}
	})
}

// TestASecretAddressIsShownToAFreshProofAlone: of a webhook, on a page that readers see.
func TestASecretAddressIsShownToAFreshProofAlone(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.PublicURL = "http://127.0.0.1:1" })
	h.account("acme")
	b := h.comes(h.person(signin.Administrator))
	b.post("/contas/acme/conexoes/omie/endereco", "fazer", "criar")
	address := regexp.MustCompile(`/hooks/omie/[A-Za-z0-9_-]+`)
	if !address.MatchString(b.says("/contas/acme/conexoes")) {
		t.Fatal("the address is not shown")
	}
	h.wait(proofLasts)
	body := b.says("/contas/acme/conexoes", "confirme quem você é")
	if address.MatchString(body) || !strings.Contains(body, "/eu/provar?para=%2Fcontas%2Facme%2Fconexoes") {
		t.Error("an old proof shows the address")
	}
}

// cookie is the session's token.
func (b *browserOf) cookie() string {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url, http.NoBody)
	b.ok(err)
	for _, c := range b.client.Jar.Cookies(r.URL) {
		if c.Name == "ponte" {
			return c.Value
		}
	}
	return ""
}
