package web

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// A caller is one column of the matrix: what somebody is to all accounts, or to one.
type caller struct {
	title   string
	role    signin.Role // for all accounts
	account string      // else: on this one
	on      signin.Role
	nobody  bool
}

// callers are the columns. Requests are about the account acme.
func callers() []caller {
	out := []caller{{title: "nobody", nobody: true}}
	for _, r := range signin.Roles() {
		out = append(out, caller{title: string(r), role: r})
	}
	for _, r := range signin.Roles() {
		out = append(out, caller{title: string(r) + " of it", account: "acme", on: r})
	}
	return append(out, caller{title: "administrator of another", account: "beta", on: signin.Administrator}, caller{title: "no role"})
}

// The classes of answers.
const (
	goesIn    = "✓"    // the page, or what it says of what was sent
	toDoor    = "door" // they sign in first
	tooLittle = "403"  // the role does not allow it
	noSuch    = "404"  // the account does not exist, for them
)

// expected is the class that the rules give, told apart from how guard.go gives it. (pure)
func expected(rt route, c caller) string {
	ofAccount := strings.Contains(rt.pattern, "{conta}")
	switch {
	case rt.least == anyone:
		return goesIn
	case c.nobody:
		return toDoor
	case rt.least == someone:
		return goesIn
	case ofAccount && c.role == "" && c.account != "acme":
		return noSuch
	}
	rank := map[signin.Role]int{"": 0, signin.Reader: 1, signin.Operator: 2, signin.Administrator: 3}
	has := c.role
	if ofAccount && c.role == "" {
		has = c.on
	}
	if rank[has] < rank[rt.least] {
		return tooLittle
	}
	return goesIn
}

// classOf is the class of an answer.
func classOf(got answer, rt route, c caller) string {
	switch want := letIn(rt, c); {
	case rt.pattern == "POST /sair" && got.header.Get("Set-Cookie") != "": // it leads to the door whom it let in
		return goesIn
	case got.code == http.StatusSeeOther && strings.HasPrefix(got.to, "/entrar") && rt.least != anyone:
		return toDoor
	case got.code == http.StatusForbidden && strings.Contains(got.body, "não permite isto"):
		return tooLittle
	case got.code == http.StatusNotFound && strings.Contains(got.body, "Não há uma conta"):
		return noSuch
	case got.code == want && !strings.Contains(got.to, "/eu/provar"):
		return goesIn
	}
	return fmt.Sprint(got.code)
}

// letIn is what a route answers whom it lets in, in the matrix's house: there is an account
// without a record, and what is sent is empty.
func letIn(rt route, c caller) int {
	if rt.pattern == "GET /entrar" && c.nobody {
		return http.StatusOK // who is in already is led on
	}
	if code, ok := answersOf[rt.pattern]; ok {
		return code
	}
	if strings.HasPrefix(rt.pattern, "POST ") {
		return http.StatusSeeOther
	}
	return http.StatusOK
}

// answersOf are the routes that answer something else than the page, or than leading on.
var answersOf = func() map[string]int {
	out := map[string]int{}
	for code, patterns := range map[int][]string{
		200: { // what is shown once, or sent
			"POST /eu/duas-etapas",
			"POST /ajustes/copia",
		},
		303: { // leads on
			"GET /entrar",
			"GET /entrar/codigo",
			"GET /{$}",
		},
		404: { // names what is not there, or needs what this house lacks (an assistant, a provider)
			"GET /entrar/provedor",
			"GET /entrar/provedor/volta",
			"GET /convite/{token}",
			"POST /convite/{token}",
			"GET /eu/provedor",
			"POST /eu/provedor",
			"GET /assistente",
			"POST /assistente",
			"GET /assistente/{rascunho}",
			"GET /assistente/{rascunho}/chaves/{lado}",
			"POST /assistente/{rascunho}/chaves/{lado}",
			"POST /assistente/{rascunho}/listas",
			"GET /assistente/{rascunho}/ajustes/{passo}",
			"POST /assistente/{rascunho}/ajustes/{passo}",
			"GET /assistente/{rascunho}/plano",
			"POST /assistente/{rascunho}/plano",
			"GET /assistente/{rascunho}/conferencia",
			"POST /assistente/{rascunho}/conferencia",
			"GET /assistente/{rascunho}/conferencia/escolher/{kind}/{side}/{id}",
			"GET /assistente/{rascunho}/ativar",
			"POST /assistente/{rascunho}/ativar",
			"GET /assistente/{rascunho}/descartar",
			"POST /assistente/{rascunho}/descartar",
			"GET /demonstracao",
			"POST /demonstracao",
			"GET /pessoas/{pessoa}",
			"GET /pessoas/{pessoa}/papel",
			"POST /pessoas/{pessoa}/papel",
			"GET /pessoas/{pessoa}/convite",
			"POST /pessoas/{pessoa}/convite",
			"GET /pessoas/{pessoa}/cancelar-convite",
			"POST /pessoas/{pessoa}/cancelar-convite",
			"GET /pessoas/{pessoa}/sessoes",
			"POST /pessoas/{pessoa}/sessoes",
			"GET /pessoas/{pessoa}/remover",
			"POST /pessoas/{pessoa}/remover",
			"GET /pessoas/{pessoa}/duas-etapas",
			"POST /pessoas/{pessoa}/duas-etapas",
			"GET /ajustes/tokens/{token}/revogar",
			"POST /ajustes/tokens/{token}/revogar",
			"GET /contas/{conta}/avisos/teste",
			"POST /contas/{conta}/avisos/teste",
			"GET /contas/{conta}/sincronizar",
			"POST /contas/{conta}/sincronizar",
			"GET /contas/{conta}/conexoes/{lado}/chaves",
			"POST /contas/{conta}/conexoes/{lado}/chaves",
			"GET /contas/{conta}/conexoes/{lado}/registrar",
			"POST /contas/{conta}/conexoes/{lado}/registrar",
			"GET /contas/{conta}/desfazer",
			"POST /contas/{conta}/desfazer",
			"GET /contas/{conta}/conflitos/{kind}/{side}/{id}",
			"GET /contas/{conta}/incertas/{id}",
			"POST /contas/{conta}/incertas/{id}",
			"GET /contas/{conta}/conferencia/escolher/{kind}/{side}/{id}",
			"GET /contas/{conta}/registros/{kind}/{side}/{id}",
			"POST /contas/{conta}/registros/{kind}/{side}/{id}",
			"GET /contas/{conta}/execucoes/{run}",
			"GET /contas/{conta}/execucoes/{run}/csv",
			"POST /contas/{conta}/regras/listas",
		},
		409: { // there is nothing to do it to
			"GET /eu/duas-etapas/codigos",
			"POST /eu/duas-etapas/codigos",
			"GET /eu/duas-etapas/desligar",
			"POST /eu/duas-etapas/desligar",
			"POST /contas/{conta}/freios/{flow}",
			"POST /contas/{conta}/regras/mudar",
		},
		422: { // what was sent lacks something
			"POST /entrar",
			"POST /eu/senha",
			"POST /eu/provar",
			"POST /eu/duas-etapas/confirmar",
			"POST /arquivo",
			"POST /arquivo/aplicar",
			"POST /pessoas/convidar",
			"POST /pessoas/duas-etapas",
			"POST /ajustes/tokens/novo",
			"POST /contas/{conta}/avisos/webhook",
			"POST /contas/{conta}/pausa",
			"POST /contas/{conta}/conexoes/{lado}/endereco",
			"POST /contas/{conta}/remover",
			"GET /contas/{conta}/tentar",
			"POST /contas/{conta}/tentar",
			"GET /contas/{conta}/ignorar",
			"POST /contas/{conta}/ignorar",
			"POST /contas/{conta}/conflitos/{kind}/{side}/{id}",
			"GET /contas/{conta}/conferencia/ligar",
			"POST /contas/{conta}/conferencia/ligar",
			"GET /contas/{conta}/conferencia/separar",
			"POST /contas/{conta}/conferencia/separar",
		},
	} {
		for _, p := range patterns {
			out[p] = code
		}
	}
	return out
}()

// caller adds somebody of that kind; nobody has no session.
func (h *house) caller(c caller) store.Person {
	h.Helper()
	if c.nobody {
		return store.Person{}
	}
	hash, err := hashOnce()
	h.ok(err)
	p := store.Person{ID: newID(), Email: strings.ReplaceAll(c.title, " ", "-") + "@example.test", Name: c.title, Role: string(c.role), Password: hash}
	var some []store.AccountRole
	if c.account != "" {
		some = []store.AccountRole{{Account: c.account, Role: string(c.on)}}
	}
	h.ok(h.db.AddPerson(h.Context(), p, some...))
	return p
}

func (h *house) asks(p store.Person, rt route) answer {
	h.Helper()
	method, path := fill(rt.pattern)
	if strings.Contains(path, "{") {
		h.Errorf("%s: fill does not know all of it", rt.pattern)
	}
	b := h.browser()
	if p.ID != "" {
		b = h.comes(p)
	}
	if method == http.MethodPost {
		return b.post(path)
	}
	return b.get(path)
}

// TestEachRouteLetsInWhomItsRuleSays walks the matrix of callers and routes, and holds
// docs/people.md against what was answered.
func TestEachRouteLetsInWhomItsRuleSays(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		h.account("beta")
		var people []store.Person
		for _, c := range callers() {
			people = append(people, h.caller(c))
		}
		var table strings.Builder
		table.WriteString("| route |")
		for _, c := range callers() {
			table.WriteString(" " + c.title + " |")
		}
		table.WriteString(" proof |\n|---|" + strings.Repeat("---|", len(callers())+1) + "\n")
		for _, rt := range routes() {
			fmt.Fprintf(&table, "| `%s` |", rt.pattern)
			for n, c := range callers() {
				got := classOf(h.asks(people[n], rt), rt, c)
				if want := expected(rt, c); got != want {
					h.Errorf("%s answers %s to %q, not %s", rt.pattern, got, c.title, want)
				}
				table.WriteString(" " + got + " |")
			}
			table.WriteString(map[proof]string{fresh: " fresh |\n", known: " |\n"}[rt.proof])
		}
		h.documents(table.String())
	})
}

// documents holds the table of docs/people.md against this one, or writes it.
func (h *house) documents(table string) {
	h.Helper()
	const path, begin, end = "../../docs/people.md", "<!-- matrix: written by go test ./internal/web -run TestEachRoute -update -->\n", "<!-- end -->"
	text, err := os.ReadFile(path)
	h.ok(err)
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		h.Fatalf("%s has no place for the matrix", path)
	}
	switch {
	case *update:
		h.ok(os.WriteFile(path, []byte(before+begin+table+end+after), 0o644))
	case was != table:
		h.Errorf("docs/people.md tells another matrix; go test ./internal/web -run TestEachRouteLetsInWhomItsRuleSays -update writes it")
	}
}

// mustBeFresh are the routes that want a fresh proof, written out: what shows or changes
// secrets or who may come in, shows covered personal data, undoes, removes, copies all or changes all accounts.
var mustBeFresh = []string{
	"GET /eu/provedor", "POST /eu/provedor",
	"GET /eu/duas-etapas", "POST /eu/duas-etapas", "POST /eu/duas-etapas/confirmar", "GET /eu/duas-etapas/codigos", "POST /eu/duas-etapas/codigos", "GET /eu/duas-etapas/desligar", "POST /eu/duas-etapas/desligar",
	"GET /assistente/{rascunho}/chaves/{lado}", "POST /assistente/{rascunho}/chaves/{lado}", "GET /assistente/{rascunho}/descartar", "POST /assistente/{rascunho}/descartar",
	"POST /arquivo/aplicar",
	"GET /pessoas/convidar", "POST /pessoas/convidar", "GET /pessoas/duas-etapas", "POST /pessoas/duas-etapas", "GET /pessoas/{pessoa}/papel", "POST /pessoas/{pessoa}/papel",
	"GET /pessoas/{pessoa}/convite", "POST /pessoas/{pessoa}/convite", "GET /pessoas/{pessoa}/remover", "POST /pessoas/{pessoa}/remover", "GET /pessoas/{pessoa}/duas-etapas", "POST /pessoas/{pessoa}/duas-etapas",
	"GET /ajustes/tokens/novo", "POST /ajustes/tokens/novo", "GET /ajustes/tokens/{token}/revogar", "POST /ajustes/tokens/{token}/revogar", "GET /ajustes/copia", "POST /ajustes/copia",
	"GET /contas/{conta}/avisos/webhook", "POST /contas/{conta}/avisos/webhook",
	"GET /contas/{conta}/conexoes/{lado}/chaves", "POST /contas/{conta}/conexoes/{lado}/chaves", "GET /contas/{conta}/conexoes/{lado}/endereco", "POST /contas/{conta}/conexoes/{lado}/endereco",
	"GET /contas/{conta}/remover", "POST /contas/{conta}/remover", "GET /contas/{conta}/desfazer", "POST /contas/{conta}/desfazer",
	"POST /contas/{conta}/registros/{kind}/{side}/{id}",
}

// TestWhatNeedsAFreshProofAsksForIt: of each such route the page leads to the proof, and
// what is sent without one is refused with a sentence; other routes ask for none.
func TestWhatNeedsAFreshProofAsksForIt(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		p := h.person(signin.Administrator)
		asked := map[string]bool{}
		for _, rt := range routes() {
			b := h.comes(p)
			h.wait(proofLasts)
			method, path := fill(rt.pattern)
			got, stopped := answer{}, false
			if method == http.MethodPost {
				got = b.post(path)
				stopped = got.code == http.StatusForbidden && strings.Contains(got.body, "confirme quem você é") && strings.Contains(got.body, "/eu/provar?para=")
			} else {
				got = b.get(path)
				stopped = got.code == http.StatusSeeOther && got.to == provePath(path)
			}
			if stopped != slices.Contains(mustBeFresh, rt.pattern) {
				h.Errorf("%s answers %d to %q with an old proof", rt.pattern, got.code, got.to)
			}
			asked[rt.pattern] = stopped
		}
		for _, pattern := range mustBeFresh {
			if !asked[pattern] {
				h.Errorf("%s is no route that asks for a proof", pattern)
			}
		}
		if acts := h.acts(); len(acts) > 0 && acts[0].What == "backup-made" {
			h.Error("without a proof a copy was made")
		}
	})
}

// TestEveryChangeOfAnotherSiteIsRefused sends to each POST what a page elsewhere would.
func TestEveryChangeOfAnotherSiteIsRefused(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		b := h.comes(h.person(signin.Administrator))
		for _, rt := range routes() {
			method, path := fill(rt.pattern)
			if method != http.MethodPost {
				continue
			}
			for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"} {
				r, err := http.NewRequestWithContext(h.Context(), http.MethodPost, h.url+path, strings.NewReader("fazer=pausar"))
				h.ok(err)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(name, value)
				if got := b.do(r); got.code != http.StatusForbidden || !strings.Contains(got.body, "outro site") {
					h.Errorf("%s with %s %s answers %d", rt.pattern, name, value, got.code)
				}
			}
		}
		if n := len(h.acts()); n > 0 {
			h.Errorf("another site did %d acts", n)
		}
	})
}

// TestWhatIsAnotherAccountsIsNowhereInOnesOwn: somebody of beta sees nothing of acme in
// lists, the switcher and the audit, nor by acme's ids under beta's address.
func TestWhatIsAnotherAccountsIsNowhereInOnesOwn(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		for _, id := range []string{"acme", "beta", "gama"} {
			h.account(id)
		}
		h.customers("auvo", [4]string{"55", "Segredo da ACME", "11222333000181", "1"})
		h.customers("omie", [4]string{"7", "Segredo da ACME", "11222333000181", "2"})
		var run store.Run
		h.under("acme", func(l store.Lease) {
			run = store.Run{ID: "01J0000000000000000000ACME", Started: h.clock()}
			h.ok(h.db.StartRun(h.Context(), l, run))
			h.task(l, "812", "missing-product", nil)
			h.done(l, "tasks", "create", "813", h.clock())
		})
		before := h.stateOf("acme")
		ana := h.person(signin.Administrator)
		h.comes(ana).post("/contas/acme/pausa", "fazer", "pausar")
		one := h.browserOf(caller{title: "administrator of another", account: "beta", on: signin.Administrator})
		if got := one.get("/"); got.to != "/contas/beta" {
			h.Errorf("the first page leads to %s", got.to)
		}
		two := h.caller(caller{title: "two accounts"})
		h.ok(h.db.SetRoles(h.Context(), two.ID, "", store.AccountRole{Account: "beta", Role: "reader"}, store.AccountRole{Account: "gama", Role: "operator"}))
		b := h.comes(two)
		if body := b.says("/contas"); strings.Contains(body, "acme") || !strings.Contains(body, "/contas/gama") || !strings.Contains(body, "/contas/beta") {
			h.Errorf("the list shows %s", readable(body))
		}
		if body := b.says("/contas/beta", "trocar de conta"); strings.Contains(body, "acme") || !strings.Contains(body, "/contas/gama") {
			h.Errorf("the switcher shows %s", readable(body))
		}
		for _, path := range []string{"/contas/beta/auditoria", "/contas/beta/auditoria?conta=acme", "/contas/beta/auditoria.csv?conta=acme", "/contas/beta/busca?q=Segredo", "/contas/beta/execucoes", "/contas/beta/execucoes.csv", "/contas/beta/conferencia", "/contas/beta/pendencias"} {
			got := one.get(path)
			for _, secret := range []string{"Segredo da ACME", "11222333000181", "pausou", "acme"} {
				if strings.Contains(strings.ReplaceAll(got.body, "conta=acme", ""), secret) {
					h.Errorf("%s (%d) tells of another account: %s", path, got.code, readable(got.body))
				}
			}
		}
		for _, path := range []string{"/execucoes/" + run.ID, "/execucoes/" + run.ID + "/csv", "/registros/customer/auvo/55", "/conflitos/customer/auvo/55", "/incertas/1", "/conferencia/escolher/customer/auvo/55"} {
			if got := one.get("/contas/beta" + path); got.code != http.StatusNotFound {
				h.Errorf("acme's %s under beta answers %d", path, got.code)
			}
			if got, gone := one.get("/contas/acme"+path), one.get("/contas/nenhuma"+path); got.code != http.StatusNotFound || strings.ReplaceAll(got.body, "acme", "nenhuma") != gone.body {
				h.Errorf("acme%s tells itself from an account that does not exist: %d", path, got.code)
			}
		}
		token := "tasks~missing-product~~task~auvo~812"
		for _, c := range []struct {
			path string
			form []string
		}{
			{"/registros/customer/auvo/55", nil},
			{"/registros/task/auvo/812", nil},
			{"/incertas/1", nil},
			{"/conflitos/customer/auvo/55", []string{"lado", "omie", "visto", "x"}},
			{"/tentar", []string{"r", token}},
			{"/tentar", []string{"registro", "task/auvo/813"}},
			{"/ignorar", []string{"r", token, "motivo", "meu", "ate_o_dia", "2026-12-31"}},
			{"/desfazer", []string{"execucao", run.ID, "motivo", "meu"}},
			{"/desfazer", []string{"registro", "task/auvo/813", "motivo", "meu"}},
			{"/conferencia/ligar", []string{"par", "customer~55~7~000000000000"}},
			{"/conferencia/separar", []string{"par", "customer~55~7~000000000000"}},
			{"/freios/tasks", []string{"plano", "x"}},
		} {
			got := one.post("/contas/beta"+c.path, c.form...)
			if named := strings.Contains(c.path, "/1") || strings.Contains(c.path, "/55") || strings.Contains(c.path, "/812"); got.code != http.StatusNotFound && (named || got.code != http.StatusConflict && got.code != http.StatusUnprocessableEntity) {
				h.Errorf("acme's %s %v under beta answers %d %q\n%s", c.path, c.form, got.code, got.to, readable(got.body))
			}
			if strings.Contains(got.body, "Segredo da ACME") {
				h.Errorf("acme's %s under beta tells of it", c.path)
			}
		}
		if after := h.stateOf("acme"); after != before {
			h.Errorf("acme changed under beta's address:\n%s\n%s", before, after)
		}
		if acts := h.acts(); len(acts) != 1 || acts[0].What != "account-paused" {
			h.Errorf("acts = %+v", acts)
		}
		if got := one.post("/contas/acme/pausa", "fazer", "retomar"); got.code != http.StatusNotFound {
			h.Errorf("a change of another account answers %d", got.code)
		}
		// On her own account she is what she is there, and no more anywhere else.
		one.says("/contas/beta", "Administração")
		if got := one.post("/contas/beta/pausa", "fazer", "pausar"); got.code != http.StatusSeeOther {
			h.Errorf("a change of her own answers %d", got.code)
		}
		if got := one.get("/pessoas"); got.code != http.StatusForbidden || !strings.Contains(got.body, rolesApart) {
			h.Errorf("/pessoas answers %d", got.code)
		}
		none := h.browserOf(caller{title: "no role"})
		none.says("/contas", "Nenhuma conta para você ainda")
	})
}

// stateOf is what waits, was done and is linked in an account, to be compared.
func (h *house) stateOf(account string) string {
	h.Helper()
	waits, err := h.db.Waits(h.Context(), account)
	h.ok(err)
	links, err := h.db.Links(h.Context(), account, record.Customer, record.Auvo, "55")
	h.ok(err)
	planned, err := h.db.Planned(h.Context(), account, "tasks")
	h.ok(err)
	states := ""
	for _, ref := range []record.Ref{{Kind: record.Task, Side: record.Auvo, ID: "812"}, {Kind: record.Task, Side: record.Auvo, ID: "813"}, {Kind: record.Customer, Side: record.Auvo, ID: "55"}} {
		state, err := h.db.ItemState(h.Context(), account, ref)
		states += fmt.Sprintf("%+v %v\n", state, err)
	}
	return fmt.Sprintf("%+v\n%+v\n%+v\n%s", waits, links, planned, states)
}

// browserOf is a browser in which somebody of that kind is signed in.
func (h *house) browserOf(c caller) *browserOf { h.Helper(); return h.comes(h.caller(c)) }

// TestTheMatrixWouldTell: the expectation is not what guard.go happens to do.
func TestTheMatrixWouldTell(t *testing.T) {
	page := route{pattern: "GET /contas/{conta}", least: signin.Operator}
	for title, want := range map[string]string{"nobody": toDoor, "reader": tooLittle, "operator": goesIn, "reader of it": tooLittle, "administrator of it": goesIn, "administrator of another": noSuch, "no role": noSuch} {
		for _, c := range callers() {
			if c.title == title && expected(page, c) != want {
				t.Errorf("%s: %s", title, expected(page, c))
			}
		}
	}
	house := route{pattern: "GET /pessoas", least: signin.Administrator}
	for _, c := range callers() {
		if want := map[bool]string{true: goesIn, false: tooLittle}[c.role == signin.Administrator]; !c.nobody && expected(house, c) != want {
			t.Errorf("%s: %s", c.title, expected(house, c))
		}
	}
}
