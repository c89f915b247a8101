package web

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"ponte/internal/secret"
	"ponte/internal/signin"
	"ponte/internal/store"
	"ponte/internal/store/pgtest"
	"ponte/internal/store/sqlitetest"
)

// A house is a site that is served, over a store of its own, with a clock that is set by hand.
type house struct {
	testing.TB
	db   *store.DB
	site *Site
	url  string

	mu  sync.Mutex
	now time.Time
}

func newHouse(t testing.TB, change func(*Options)) *house {
	t.Helper()
	return houseOn(t, sqlitetest.Migrated(t), change)
}

// eachHouse runs a test in a house on SQLite and in one on PostgreSQL.
func eachHouse(t *testing.T, change func(*Options), test func(h *house)) {
	t.Run("sqlite", func(t *testing.T) { test(newHouse(t, change)) })
	t.Run("postgres", func(t *testing.T) { test(houseOn(t, pgtest.Migrated(t), change)) })
}

func houseOn(t testing.TB, dsn string, change func(*Options)) *house {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "keys")})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn, ring)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{TB: t, db: db, now: time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)}
	o := Options{Store: db, Holder: "test", Version: "test", Now: h.clock, LeaseWait: time.Millisecond}
	if change != nil {
		change(&o)
	}
	h.site = New(o)
	server := httptest.NewServer(h.site)
	h.url = server.URL
	t.Cleanup(func() {
		server.Close()
		h.ok(db.Close())
	})
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

const goodPassword = "uma ponte firme"

// hashOnce is goodPassword as it is stored, at a price that tests can pay hundreds of times.
var hashOnce = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// person adds somebody; their e-mail begins with their role.
func (h *house) person(role signin.Role) store.Person {
	h.Helper()
	hash, err := hashOnce()
	h.ok(err)
	p := store.Person{ID: newID(), Email: string(role) + "@example.test", Name: "Ana " + role.Title(), Role: string(role), Password: hash}
	h.ok(h.db.AddPerson(h.Context(), p))
	return p
}

// A browser keeps cookies and follows no redirect by itself.
type browserOf struct {
	*house
	client *http.Client
}

func (h *house) browser() *browserOf {
	jar, err := cookiejar.New(nil)
	h.ok(err)
	return &browserOf{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// in is a browser of somebody with a role, signed in.
func (h *house) in(p store.Person) *browserOf {
	h.Helper()
	b := h.browser()
	if got := b.post("/entrar", "email", p.Email, "senha", goodPassword); got.code != http.StatusSeeOther {
		h.Fatalf("%s did not come in: %d\n%s", p.Email, got.code, got.body)
	}
	return b
}

// An answer is what a browser got.
type answer struct {
	code   int
	to     string
	body   string
	header http.Header
}

func (b *browserOf) do(r *http.Request) answer {
	b.Helper()
	res, err := b.client.Do(r)
	b.ok(err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	b.ok(err)
	return answer{res.StatusCode, res.Header.Get("Location"), string(body), res.Header}
}

func (b *browserOf) get(path string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.url+path, http.NoBody)
	b.ok(err)
	return b.do(r)
}

func (b *browserOf) post(path string, pairs ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	b.ok(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// says fails the test unless the page is what was asked for and has the texts.
func (b *browserOf) says(path string, texts ...string) string {
	b.Helper()
	got := b.get(path)
	if got.code != http.StatusOK {
		b.Fatalf("%s answers %d to %s\n%s", path, got.code, got.to, readable(got.body))
	}
	for _, text := range texts {
		if !strings.Contains(readable(got.body), text) {
			b.Errorf("%s lacks %q:\n%s", path, text, readable(got.body))
		}
	}
	return got.body
}

var (
	tags   = regexp.MustCompile(`(?s)<(head|script|style).*?</(head|script|style)>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// readable is what a person reads of a page.
func readable(body string) string {
	text := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#43;", "+", "\u00a0", " ").Replace(tags.ReplaceAllString(body, " "))
	return strings.TrimSpace(blanks.ReplaceAllString(text, " "))
}
