package web

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ponte/internal/config"
	"ponte/internal/signin"
	"ponte/internal/store"
)

// fieldNames are the names that forms give to their fields, by the templates.
func fieldNames(f *testing.F) []string {
	f.Helper()
	var names []string
	entries, err := templates.ReadDir("template")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		text, err := templates.ReadFile("template/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`name="([a-z_0-9]+)"`).FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// FuzzForms: whatever is posted to whichever page is answered with a page and no
// failure, and nothing that was sent comes alive in it.
func FuzzForms(f *testing.F) {
	h := newHouse(f, nil)
	h.account("acme")
	ana := h.person(signin.Administrator)
	now, token := h.clock(), signin.NewToken()
	h.ok(h.db.StartSession(f.Context(), store.Session{ID: newID(), Person: ana.ID, Digest: signin.Digest(token), Created: now, Rotated: now, Seen: now, Expires: expiry(now, now), Proven: now}))
	draft := *config.New[config.Account]()
	draft.ID, draft.Name = "polo", "Polo"
	h.ok(h.db.AddDraft(f.Context(), store.Draft{ID: draft.ID, Settings: []byte(draft.Settings())}))
	var posts []route
	for _, rt := range routes() {
		// These end the session that the others need, or cost a password's hash each.
		ends := []string{"POST /sair", "POST /eu/sessoes", "POST /eu/senha", "POST /entrar", "POST /ajustes/copia"}
		if strings.HasPrefix(rt.pattern, "POST ") && !slices.Contains(ends, rt.pattern) {
			posts = append(posts, rt)
		}
	}
	names := fieldNames(f)
	for n := range posts {
		f.Add(uint8(n), "55", uint16(n), "<script>alert(1)</script>", uint16(n+7), "\x00\xff=1+1", uint16(n+13), "2026-12-31")
	}
	f.Fuzz(func(t *testing.T, route uint8, id string, n1 uint16, v1 string, n2 uint16, v2 string, n3 uint16, v3 string) {
		rt := posts[int(route)%len(posts)]
		_, path := fill(strings.ReplaceAll(rt.pattern, "{id}", url.PathEscape(id)+"x"))
		form := url.Values{}
		for n, v := range map[uint16]string{n1: v1, n2: v2, n3: v3} {
			form.Add(names[int(n)%len(names)], v)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
		at, err := url.Parse(path)
		if err != nil {
			return
		}
		r.URL, r.RequestURI = at, path
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "ponte", Value: token})
		rec := httptest.NewRecorder()
		h.site.ServeHTTP(rec, r)
		if rec.Code >= http.StatusInternalServerError {
			t.Fatalf("%s with %v: %d", path, form, rec.Code)
		}
		if to := rec.Header().Get("Location"); rt.least != anyone && strings.HasPrefix(to, "/entrar") || strings.Contains(rec.Body.String(), "/eu/provar?") {
			t.Fatalf("%s with %v is asked who it is (%d, %s): nothing behind the door is tried", path, form, rec.Code, to)
		}
		if body := rec.Body.String(); strings.Contains(rec.Header().Get("Content-Type"), "text/html") && live.MatchString(body) {
			t.Fatalf("%s with %v: %q came alive", path, form, live.FindString(body))
		}
	})
}

// FuzzCSV: what is written is read back as it was, but for the apostrophe before what
// a spreadsheet would reckon; no cell begins as a formula does.
func FuzzCSV(f *testing.F) {
	f.Add("=1+1", "a;b\"c")
	f.Add("\t=cmd|' /C calc'!A0", "-2")
	f.Add("＝1", "\r\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		rec := httptest.NewRecorder()
		out := startCSV(rec, "x", "um", "dois")
		out.row(a, b)
		if err := out.end(); err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(strings.NewReader(strings.TrimPrefix(rec.Body.String(), "\ufeff")))
		in.Comma = ';'
		rows, err := in.ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 2 {
			t.Fatalf("%q: %v", rows, err)
		}
		breaks := strings.NewReplacer("\r\n", "\n", "\r", "") // a reader of CSV takes them for one another
		for i, text := range []string{a, b} {
			cell := rows[1][i]
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
				t.Fatalf("%q is written as %q", text, cell)
			}
			if breaks.Replace(strings.TrimPrefix(cell, "'")) != breaks.Replace(strings.TrimPrefix(text, "'")) {
				t.Fatalf("%q is read back as %q", text, cell)
			}
		}
	})
}
