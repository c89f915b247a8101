package web

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

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
func classOf(got answer, rt route) string {
	switch {
	case rt.pattern == "POST /sair" && got.header.Get("Set-Cookie") != "": // it leads to the door whom it let in
		return goesIn
	case got.code == http.StatusSeeOther && strings.HasPrefix(got.to, "/entrar") && rt.least != anyone:
		return toDoor
	case got.code == http.StatusForbidden && strings.Contains(got.body, "não permite isto"):
		return tooLittle
	case got.code == http.StatusNotFound && strings.Contains(got.body, "Não há uma conta"):
		return noSuch
	case got.code >= http.StatusInternalServerError && got.code != http.StatusNotImplemented:
		return fmt.Sprint(got.code)
	}
	return goesIn
}

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
				got := classOf(h.asks(people[n], rt), rt)
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

// TestWhatNeedsAFreshProofAsksForIt: of each such route the page leads to the proof, and
// what is sent without one is refused with a sentence; other routes ask for none.
func TestWhatNeedsAFreshProofAsksForIt(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		p := h.person(signin.Administrator)
		n := 0
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
			if stopped != (rt.proof == fresh) {
				h.Errorf("%s answers %d to %q with an old proof", rt.pattern, got.code, got.to)
			}
			if rt.proof == fresh {
				n++
			}
		}
		if n < 20 {
			h.Errorf("only %d routes ask for a proof", n)
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
		var run store.Run
		h.under("acme", func(l store.Lease) {
			run = store.Run{ID: "01J0000000000000000000ACME", Started: h.clock()}
			h.ok(h.db.StartRun(h.Context(), l, run))
		})
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
		for _, path := range []string{"/execucoes/" + run.ID, "/execucoes/" + run.ID + "/csv", "/registros/customer/auvo/55", "/conflitos/customer/auvo/55", "/incertas/1"} {
			if got := one.get("/contas/beta" + path); got.code != http.StatusNotFound && got.code != http.StatusConflict { // as of a number that nobody has
				h.Errorf("acme's %s under beta answers %d", path, got.code)
			}
			if got, gone := one.get("/contas/acme"+path), one.get("/contas/nenhuma"+path); got.code != http.StatusNotFound || strings.ReplaceAll(got.body, "acme", "nenhuma") != gone.body {
				h.Errorf("acme%s tells itself from an account that does not exist: %d", path, got.code)
			}
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
