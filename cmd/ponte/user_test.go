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

	"ponte/internal/cli"
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
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	if body, _ := io.ReadAll(rec.Body); rec.Code != http.StatusSeeOther {
		t.Errorf("the link answers %d\n%s", rec.Code, body)
	}
}
