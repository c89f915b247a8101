//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/identity/identitytest"
	"ponte/internal/omie/omiesim"
	"ponte/internal/signin"
	"ponte/internal/store/pgtest"
)

// planted are secrets of the process, beside those of an account (canaries).
var planted = map[string]string{
	"PONTE_SMTP_URL": "smtp://mailer:canary-smtp-password@127.0.0.1:9", "PONTE_METRICS_TOKEN": "canary-metrics-token", "PONTE_API_TOKEN": "canary-api-token", "PONTE_MAIL_FROM": "ponte@example.test",
	"ALERTS_URL": "https://127.0.0.1:9/canary-webhook-path", "ALERTS_SECRET": "canary-webhook-secret",
}

var masterKey = base64.StdEncoding.EncodeToString([]byte("canary-master-key-of-32-bytes!!!"))

// TestAServedCompanyShowsNoSecretAnywhere plants every secret that Ponte is given or makes, has a process serve, people and
// programs come in rightly and wrongly, the master key be replaced meanwhile, and then searches logs, pages, files of the
// API and the metrics, traces, a backup, and all that the database holds, its log of writes included.
func TestAServedCompanyShowsNoSecretAnywhere(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { aServedCompanyShowsNoSecret(t, nil) })
	t.Run("PostgreSQL", func(t *testing.T) { aServedCompanyShowsNoSecret(t, pgtest.Own(t)) })
}

func aServedCompanyShowsNoSecret(t *testing.T, server *pgtest.Owned) {
	env := maps.Clone(planted)
	maps.Copy(env, canaries)
	if server != nil {
		env["PONTE_DB"] = server.DSN()
	}
	master := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(master, []byte("1:"+masterKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env["PONTE_MASTER_KEY_FILE"] = master
	b := newBenchOn(t, fullAccount+"alerts: {email: [\"office@example.test\"], webhook: {url: \"${ALERTS_URL}\", secret: \"${ALERTS_SECRET}\"}, after: 0s}\n", time.Second, env)
	b.inRealTime()
	b.auvo.APIKey, b.auvo.APIToken = canaries["AUVO_KEY"], canaries["AUVO_TOKEN"]
	b.omie.AppKey, b.omie.AppSecret = canaries["OMIE_KEY"], canaries["OMIE_SECRET"]
	b.seedTasks(3)
	b.env["PONTE_LOG"] = "debug"
	b.env["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=canary-otlp-header"
	collector := b.traced(t)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", b.env["OTEL_EXPORTER_OTLP_HEADERS"])
	idp := identitytest.New(t, identitytest.Lies{Email: "bia@example.test", Subject: "b-1", Now: time.Now})
	b.env["PONTE_OIDC_ISSUER"], b.env["PONTE_OIDC_CLIENT_ID"], b.env["PONTE_OIDC_CLIENT_SECRET"] = idp.URL, identitytest.ClientID, identitytest.Secret

	var said bytes.Buffer
	var log lines
	b.say(&said, "user", "add", "ana@example.test", "--name", "Ana", "--role", "administrator")
	invitation := regexp.MustCompile(`/convite/(\S+)`).FindStringSubmatch(said.String())
	if invitation == nil {
		t.Fatalf("no invitation: %s", &said)
	}
	b.say(&said, "user", "add", "bia@example.test", "--name", "Bia", "--role", "reader")
	said.Reset() // it is told once, to who asked
	b.say(&said, "token", "add", "robot", "--scope", "read")
	token := regexp.MustCompile(`ponte_\S+`).FindString(said.String())
	said.Reset() // as is a token
	address, stop := b.serveLogging(&log)
	hook := b.hookOf(address, "auvo")
	v := &visitor{t: t, base: address, seen: map[string][]byte{}}
	bia := &visitor{t: t, base: address, seen: v.seen}
	bia.comesInByTheProvider(idp)
	cookie := v.comesIn(invitation[1])
	v.findsBack(func() {}) // Minha conta has a link there
	second, recovery := v.turnsTwoStepsOn()
	b.post(hook, `{"EntityType":"Tarefas","Action":"Alteracao","EntityId":800}`)
	b.eventually("the orders", func() bool { return b.orders() == 3 && b.running() == "" })
	b.ponte(0, "keys", "rotate")
	b.day = time.Now().In(b.day.Location())
	b.seed(auvosim.Data{Tasks: []auvosim.Record{b.task(50)}}, omiesim.Data{})
	b.post(hook, `{"EntityType":"Tarefas","Action":"Alteracao","EntityId":850}`)
	b.eventually("an order, after the rotation", func() bool { return b.orders() == 4 && b.running() == "" })
	keys, err := os.ReadFile(master)
	if err != nil {
		t.Fatal(err)
	}
	newest, _, _ := strings.Cut(strings.TrimPrefix(string(keys), "2:"), "\n")
	v.looksAtEverything()
	v.seen["metrics"] = []byte(b.page(address+"/metrics", http.StatusOK, "Authorization", "Bearer "+planted["PONTE_METRICS_TOKEN"]))
	for _, path := range []string{"/api/openapi.json", "/api/v1/accounts", "/api/v1/accounts/acme", "/api/v1/accounts/acme/waiting"} {
		v.seen[path] = []byte(b.page(address+path, http.StatusOK, "Authorization", "Bearer "+planted["PONTE_API_TOKEN"]))
	}
	v.seen["a wrong token"] = []byte(b.page(address+"/api/v1/accounts", http.StatusUnauthorized, "Authorization", "Bearer canary-wrong-token"))
	v.seen["the token's accounts"] = []byte(b.page(address+"/api/v1/accounts", http.StatusOK, "Authorization", "Bearer "+token))
	b.page(address+"/hooks/auvo/canary-wrong-hook", http.StatusNotFound)
	for _, args := range [][]string{{"sync"}, {"plan"}, {"status"}, {"status", "--json"}, {"waiting"}, {"doctor"}, {"accounts", "export"}, {"audit", "export"}, {"explain", "--account", "acme", "task:800"}, {"user", "list"}} {
		b.say(&said, args...)
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	b.ponte(0, "backup", backup)
	b.auvo.APIToken, b.omie.AppSecret = "another", "another" // the keys are refused from here on
	b.say(&said, "sync")
	b.say(&said, "doctor")
	stored := b.database(t)
	if server != nil {
		files := server.Files()
		if !slices.ContainsFunc(slices.Collect(maps.Values(files)), func(text []byte) bool { return bytes.Contains(text, []byte(cnpj(1))) }) {
			t.Errorf("no customer is in the %d files of the server: this looks in the wrong place", len(files))
		}
		maps.Copy(stored, files)
	}
	stop()

	haystacks := v.seen
	haystacks["output"], haystacks["log"], haystacks["traces"] = said.Bytes(), []byte(log.String()), collector.Raw()
	maps.Copy(haystacks, stored)
	if haystacks["backup"], err = os.ReadFile(backup); err != nil {
		t.Fatal(err)
	}
	if len(haystacks["log"]) < 1000 || len(haystacks["traces"]) < 1000 || len(v.seen) < 40 {
		t.Errorf("%d pages, %d bytes of log, %d of traces: not enough was looked at", len(v.seen), len(haystacks["log"]), len(haystacks["traces"]))
	}
	opens := hook[strings.LastIndex(hook, "/")+1:]
	login := regexp.MustCompile(simulatedLogin)
	for where, text := range haystacks {
		page := strings.HasPrefix(where, "/")
		for name, secret := range map[string]string{
			"the SMTP password": "canary-smtp-password", "the metrics token": planted["PONTE_METRICS_TOKEN"], "the API token": planted["PONTE_API_TOKEN"], "a program's token": token,
			"the master key": masterKey, "the newest master key": newest, "the alert webhook": "canary-webhook-path", "its secret": planted["ALERTS_SECRET"], "the collector's header": "canary-otlp-header",
			"the password": visitorPassword, "a wrong password": "canary-wrong-password", "a wrong token": "canary-wrong-token", "a wrong hook": "canary-wrong-hook",
			"the session": cookie, "the invitation": invitation[1], "the provider's secret": identitytest.Secret, "the provider's token": "canary-access-token",
			"the second step": second, "the second step as it is typed": inFours(second), "a recovery code": recovery, "a recovery code in one": strings.ReplaceAll(recovery, "-", ""),
			"AUVO_KEY": canaries["AUVO_KEY"], "AUVO_TOKEN": canaries["AUVO_TOKEN"], "OMIE_KEY": canaries["OMIE_KEY"], "OMIE_SECRET": canaries["OMIE_SECRET"],
		} {
			found(t, where, name, secret, text)
		}
		if login.Match(text) {
			t.Errorf("%s: a login of Auvo's stands there", where)
		}
		if !page { // pages show it to who may register it in Omie's screen
			found(t, where, "the hook's token", opens, text)
		}
	}
}

// found fails the test when a secret stands somewhere, in any of the forms that things are written in.
func found(t *testing.T, where, name, secret string, text []byte) {
	t.Helper()
	if len(secret) < 8 {
		t.Fatalf("%s is %q: too short to be searched for", name, secret)
	}
	for form, needle := range map[string]string{
		"clear": secret, "base64": base64.StdEncoding.EncodeToString([]byte(secret)), "hexadecimal": hex.EncodeToString([]byte(secret)), "URL": url.QueryEscape(secret),
	} {
		if bytes.Contains(text, []byte(needle)) {
			t.Errorf("%s: %s stands there in its %s form", where, name, form)
		}
	}
}

const visitorPassword = "canary-password-of-ana"

// A visitor is a browser without scripts that keeps what it saw.
type visitor struct {
	t    *testing.T
	base string
	http http.Client
	seen map[string][]byte
}

// comesIn tries a wrong password, takes the invitation, and returns the session's cookie.
func (v *visitor) comesIn(invitation string) (cookie string) {
	v.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	v.http.Jar = jar
	v.sends("/entrar", url.Values{"email": {"ana@example.test"}, "senha": {"canary-wrong-password"}})
	v.sends("/convite/"+invitation, url.Values{"senha": {visitorPassword}, "senha2": {visitorPassword}})
	at, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range jar.Cookies(at) {
		cookie = c.Value
	}
	return cookie
}

// comesInByTheProvider is how somebody comes in who has no password: at the second attempt, since at the first the provider
// is down and says back all that it was sent.
func (v *visitor) comesInByTheProvider(idp *identitytest.Provider) {
	v.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		v.t.Fatal(err)
	}
	v.http.Jar = jar
	down := true
	v.findsBack(func() { idp.Change(func(l *identitytest.Lies) { l.Down = down }) })
	for _, down = range []bool{true, false} {
		idp.Change(func(l *identitytest.Lies) { l.Down = false })
		res, err := v.http.Get(v.base + "/entrar/provedor")
		if err != nil {
			v.t.Fatal(err)
		}
		if in := res.StatusCode == http.StatusOK && !strings.HasPrefix(res.Request.URL.Path, "/entrar"); in == down {
			v.t.Errorf("the provider is down: %v; %s answers %d", down, res.Request.URL.Path, res.StatusCode)
		}
		v.reads(fmt.Sprintf("/entrar/provedor while it is down: %v", down), res)
	}
}

// findsBack leads from the provider to where Ponte listens: it sends browsers to the address of before it listened.
func (v *visitor) findsBack(before func()) {
	v.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/entrar/provedor/volta") {
			r.URL.Host = strings.TrimPrefix(v.base, "http://")
			before()
		}
		return nil
	}
}

// turnsTwoStepsOn returns the secret and a recovery code, each of which one answer shows, this once.
func (v *visitor) turnsTwoStepsOn() (secret, recovery string) {
	v.t.Helper()
	shown := func(path string, form url.Values, what string) string {
		v.sends(path, form)
		text := regexp.MustCompile(what).Find(v.seen["answer to POST "+path])
		if text == nil {
			v.t.Fatalf("%s shows no %s: %s", path, what, v.seen["answer to POST "+path])
		}
		delete(v.seen, "answer to POST "+path)
		return string(text)
	}
	secret = strings.ReplaceAll(shown("/eu/duas-etapas", nil, `\b([A-Z2-7]{4} ){7}[A-Z2-7]{4}\b`), " ", "")
	code, err := signin.CodeAt(secret, time.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	return secret, shown("/eu/duas-etapas/confirmar", url.Values{"codigo": {code}}, `\b([a-z2-7]{4}-){3}[a-z2-7]{4}\b`)
}

// inFours is a secret as a page shows it to be typed.
func inFours(secret string) string {
	return strings.TrimSpace(regexp.MustCompile(`.{4}`).ReplaceAllString(secret, "$0 "))
}

func (v *visitor) sends(path string, form url.Values) {
	v.t.Helper()
	res, err := v.http.PostForm(v.base+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	v.keeps("POST "+path, res)
}

// looksAtEverything follows each link that pages show, but out of the house.
func (v *visitor) looksAtEverything() {
	v.t.Helper()
	link := regexp.MustCompile(`href="(/[^"#]*)"`)
	queue, known := []string{"/"}, map[string]bool{"/": true}
	for len(queue) > 0 && len(known) < 600 {
		path := queue[0]
		queue = queue[1:]
		res, err := v.http.Get(v.base + path)
		if err != nil {
			v.t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(v.keeps(path, res), -1) {
			next := strings.ReplaceAll(string(m[1]), "&amp;", "&")
			if !known[next] && !strings.HasPrefix(next, "/static/") {
				known[next] = true
				queue = append(queue, next)
			}
		}
	}
}

// keeps what was answered, which is no failure of Ponte's.
func (v *visitor) keeps(where string, res *http.Response) []byte {
	v.t.Helper()
	if res.StatusCode >= http.StatusInternalServerError {
		v.t.Errorf("%s answers %d", where, res.StatusCode)
	}
	return v.reads(where, res)
}

// reads what was answered, with its headers but the cookie that a browser keeps.
func (v *visitor) reads(where string, res *http.Response) []byte {
	v.t.Helper()
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	res.Header.Del("Set-Cookie")
	if strings.HasPrefix(where, "POST ") {
		where = "answer to " + where
	}
	v.seen[where] = append(fmt.Append(nil, res.Header, "\n"), body...)
	return body
}

// database is all that it holds: SQLite's files byte for byte, PostgreSQL's rows as text.
func (b *bench) database(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if !strings.HasPrefix(b.env["PONTE_DB"], "postgres") {
		files, err := filepath.Glob(b.env["PONTE_DB"] + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if out[filepath.Base(f)], err = os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	db, err := sql.Open("pgx", b.env["PONTE_DB"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	names, err := column(t.Context(), db, `select table_name from information_schema.tables where table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		rows, err := column(t.Context(), db, `select row_to_json(x)::text from "`+name+`" x`)
		if err != nil {
			t.Fatal(err)
		}
		out["table "+name] = []byte(strings.Join(rows, "\n"))
	}
	return out
}

func column(ctx context.Context, db *sql.DB, question string) (out []string, err error) {
	rows, err := db.QueryContext(ctx, question)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}
