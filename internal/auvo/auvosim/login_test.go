package auvosim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/inprocess"
)

func TestLoginAnswersAsDocumented(t *testing.T) {
	for name, test := range map[string]struct {
		sim          *Sim
		method, path string
		body         string
		status       int
		part         string
	}{
		"good":            {&Sim{}, "POST", "/v2/login/", `{"apiKey":"sim-auvo-key","apiToken":"sim-auvo-token"}`, 200, `"authenticated":true`},
		"by GET":          {&Sim{}, "GET", "/login/?apiKey=sim-auvo-key&apiToken=sim-auvo-token", "", 200, `"accessToken":"sim.`},
		"wrong token":     {&Sim{}, "POST", "/login", `{"apiKey":"sim-auvo-key","apiToken":"no"}`, 200, `"authenticated":false`},
		"unknown key":     {&Sim{}, "POST", "/login", `{"apiKey":"no","apiToken":"no"}`, 404, ""},
		"missing":         {&Sim{}, "POST", "/login", `{"apiToken":"x"}`, 400, `{"apiKey":["The value '\"\"' is not valid."]}`},
		"refused by 401":  {&Sim{LoginStatus: 401}, "POST", "/login", `{"apiKey":"sim-auvo-key","apiToken":"no"}`, 401, ""},
		"own credentials": {&Sim{APIKey: "k1", APIToken: "t1"}, "POST", "/login", `{"apiKey":"k1","apiToken":"t1"}`, 200, `"message":"OK"`},
	} {
		t.Run(name, func(t *testing.T) {
			c := &caller{t: t, sim: test.sim, http: &http.Client{Transport: inprocess.Transport(test.sim)}}
			status, body := c.do(test.method, test.path, test.body)
			if status != test.status || !strings.Contains(body, test.part) {
				t.Errorf("got %d %s, want %d with %s", status, body, test.status, test.part)
			}
		})
	}
}

func TestLoginDatesAreNaiveUnlessTheSwitchSaysISO(t *testing.T) {
	c := setup(t, &Sim{})
	login := `{"apiKey":"sim-auvo-key","apiToken":"sim-auvo-token"}`
	if _, err := time.Parse(spacedLayout, c.want(200, "POST", "/login", login).Text("expiration")); err != nil {
		t.Error(err)
	}
	c.sim.Set(func(s *Sim) { s.LoginISO = true })
	r := c.want(200, "POST", "/login", login)
	if _, err := time.Parse(time.RFC3339, r.Text("created")); err != nil || r["authenticated"] != nil {
		t.Errorf("got %v", r)
	}
}

func TestSecretsInURLsAreNotedAndNeverLogged(t *testing.T) {
	c := setup(t, &Sim{})
	c.do("GET", "/login?apiKey=sim-auvo-key&apiToken=sim-auvo-token", "")
	for _, kind := range []string{SecretInURL, GetLogin} {
		if !strings.Contains(strings.Join(c.noted(), " "), kind) {
			t.Errorf("%s is not noted: %v", kind, c.noted())
		}
	}
	log := encoded(t, c.sim.Calls()) + encoded(t, c.sim.Violations())
	if strings.Contains(log, "sim-auvo-") {
		t.Errorf("a credential is in the log: %s", log)
	}
}

func TestATokenExpiresWithAnEmpty401(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := setup(t, &Sim{})
		time.Sleep(29*time.Minute + 59*time.Second)
		c.want(200, "GET", "/users", "")
		time.Sleep(2 * time.Second)
		status, body := c.do("GET", "/users", "")
		if status != 401 || body != "" {
			t.Errorf("got %d %q", status, body)
		}
		c.wantNoted()
		c.do("GET", "/users", "")
		c.wantNoted(DeadToken)
		c.login()
		c.want(200, "GET", "/users", "")
	})
}

func TestTokensEndOnRequestAndWithOneTokenAtTheNextLogin(t *testing.T) {
	c := setup(t, &Sim{OneToken: true, ExpiredBody: "expired"})
	old := c.token
	c.login()
	newer := c.token
	c.token = old
	if status, body := c.do("GET", "/users", ""); status != 401 || body != "expired" {
		t.Errorf("got %d %q", status, body)
	}
	c.token = newer
	c.want(200, "GET", "/users", "")
	c.sim.ExpireTokens()
	c.want(401, "GET", "/users", "")
	c.token = ""
	c.want(401, "GET", "/users", "")
	c.wantNoted(NoToken)
}

func TestTheRateLimitIsA403UntilTheWindowEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := setup(t, &Sim{PerMinute: 3})
		c.want(200, "GET", "/users", "")
		c.want(200, "GET", "/users", "")
		status, body := c.do("GET", "/users", "")
		if status != 403 || body != `{"error":"Rate limit temporarily exceeded"}` {
			t.Errorf("got %d %s", status, body)
		}
		c.wantNoted(OverRate)
		time.Sleep(59 * time.Second)
		c.want(403, "GET", "/users", "")
		time.Sleep(time.Second)
		c.want(200, "GET", "/users", "")
	})
}

func TestOthersBehindTheIPLeaveLessOfTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := setup(t, &Sim{PerMinute: 5, Others: 2})
		c.want(200, "GET", "/users", "") // the login was the first
		c.want(200, "GET", "/users", "")
		c.want(403, "GET", "/users", "")
		c.wantNoted()
		c.want(403, "GET", "/users", "")
		c.want(403, "GET", "/users", "")
		c.wantNoted(OverRate)
	})
}

func TestTheRateLimitByDefaultIs400AMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := setup(t, &Sim{})
		for range 399 { // the login was the first
			c.want(200, "GET", "/users?pageSize=1", "")
		}
		c.want(403, "GET", "/users?pageSize=1", "")
	})
}

func TestTheRateLimitMayBeA429ThatSaysWhen(t *testing.T) {
	c := setup(t, &Sim{PerMinute: 1, RateStatus: 429, RetryAfter: true})
	res, err := c.try(t.Context(), "GET", "/users", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 429 || res.Header.Get("Retry-After") == "" {
		t.Errorf("got %d %v", res.StatusCode, res.Header)
	}
}

func TestANegativeLimitIsNone(t *testing.T) {
	c := setup(t, &Sim{PerMinute: -1})
	for i := range 500 {
		if status, _ := c.do("GET", "/tasktypes/7001", ""); status != 200 {
			t.Fatal(fmt.Sprint("call ", i, ": ", status))
		}
	}
}
