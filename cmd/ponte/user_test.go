package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ponte/internal/cli"
	"ponte/internal/store"
)

// told runs a command with a standard input.
func told(env map[string]string, stdin string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(stdin), &stdout, &stderr
	w.Getenv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	code = cli.Main(context.Background(), args, w)
	return code, stdout.String(), stderr.String()
}

func TestPeopleAreAddedListedAndRemoved(t *testing.T) {
	env := map[string]string{"PONTE_DB": t.TempDir() + "/ponte.db", "PONTE_PUBLIC_URL": "https://ponte.example.test/"}
	for _, c := range []struct {
		args, stdin string
		code        int
		says        string
	}{
		{"user add bia@example.test", "", 1, "must be an administrator"},
		{"user add nonsense --role administrator", "", 2, "is no e-mail"},
		{"user add ana@example.test --role administrator --password-stdin", "curta\n", 1, "will not do"},
		{"user add Ana@Example.test --role administrator --password-stdin", "uma ponte firme\n", 0, "added ana@example.test as administrator"},
		{"user add ana@example.test", "", 1, "is there already"},
		{"user add bia@example.test --name Bia", "", 0, "https://ponte.example.test/convite/"},
		{"user link bia@example.test", "", 0, "https://ponte.example.test/convite/"},
		{"user link cris@example.test", "", 1, "there is no"},
		{"user list", "", 0, "not chosen yet"},
		{"user role bia@example.test --role operator", "", 0, "bia@example.test is operator"},
		{"user role bia@example.test --role operator --account gone", "", 1, "is no account"},
		{"user role ana@example.test --role reader", "", 1, "last administrator"},
		{"user add cris@example.test --account gone", "", 1, "is no account"},
		{"user totp-reset bia@example.test --yes", "", 1, "without a second step already"},
		{"user totp-reset nobody@example.test --yes", "", 1, "there is no"},
		{"user remove ana@example.test --yes", "", 1, "last administrator"},
		{"user remove bia@example.test", "", 1, "run again with --yes"},
		{"user remove bia@example.test --yes", "", 0, "removed bia@example.test"},
	} {
		code, out, errs := told(env, c.stdin, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("ponte %s: exit %d\n%s%s", c.args, code, out, errs)
		}
		if strings.Contains(out+errs, "uma ponte firme") {
			t.Errorf("ponte %s prints the password", c.args)
		}
	}
}

func TestThePrintedLinkOpensTheDoor(t *testing.T) {
	env := map[string]string{"PONTE_DB": t.TempDir() + "/ponte.db"}
	code, out, errs := told(env, "", "user", "add", "ana@example.test", "--role", "administrator")
	link := regexp.MustCompile(`http://127\.0\.0\.1:8080(/convite/\S+)`).FindStringSubmatch(out)
	if code != 0 || link == nil {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	site, _, _ := serveSite(t, env["PONTE_DB"], nil)
	form := url.Values{"senha": {"uma ponte firme"}, "senha2": {"uma ponte firme"}}.Encode()
	r := httptest.NewRequest(http.MethodPost, link[1], strings.NewReader(form))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	if body, _ := io.ReadAll(rec.Body); rec.Code != http.StatusSeeOther {
		t.Errorf("the link answers %d\n%s", rec.Code, body)
	}
}

func TestWhoLostTheDeviceIsLetInByTheCommandLine(t *testing.T) {
	env := map[string]string{"PONTE_DB": t.TempDir() + "/ponte.db"}
	for _, args := range []string{"user add ana@example.test --role administrator --password-stdin"} {
		if code, out, errs := told(env, "uma ponte firme\n", strings.Fields(args)...); code != 0 {
			t.Fatalf("ponte %s: exit %d\n%s%s", args, code, out, errs)
		}
	}
	db, err := openStore(env["PONTE_DB"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	ana, err := db.PersonByEmail(t.Context(), "ana@example.test")
	if err == nil {
		err = db.BeginTOTP(t.Context(), ana.ID, "CANARYSECRET")
	}
	if err == nil {
		err = db.ConfirmTOTP(t.Context(), ana.ID, "none", 1, []string{"digest"}, time.Now())
	}
	if err == nil {
		err = db.SaveAccount(t.Context(), store.Account{ID: "acme", Name: "ACME", Settings: []byte(`{"id":"acme"}`)}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"user list", 0, " on"},
		{"user totp-reset ana@example.test", 1, "run again with --yes"},
		{"user totp-reset ana@example.test --yes", 0, "signs in without a second step"},
		{"user add bia@example.test --role operator --account acme", 0, "operator of acme"},
		{"user list", 0, "acme:operator"},
		{"audit export", 0, "two-steps-reset"},
	} {
		code, out, errs := told(env, "", strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errs, c.says) || strings.Contains(out+errs, "CANARYSECRET") {
			t.Errorf("ponte %s: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
	if has, err := db.HasTOTP(t.Context(), ana.ID); err != nil || has {
		t.Errorf("the second step is there: %v (%v)", has, err)
	}
}
