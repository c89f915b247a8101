package auvosim

import (
	"crypto/rand"
	"net/http"
	"time"
)

// login answers POST, and GET as live clients use it, which puts the secret
// into URLs (auvo-api.md §1).
func (c *exchange) login() *reply {
	key, token := c.query.Get("apikey"), c.query.Get("apitoken")
	if c.method == http.MethodGet {
		c.note(GetLogin, "use POST")
	} else {
		var body Record
		if bad := c.readBody(&body); bad != nil {
			return bad
		}
		key, token = foldText(body, "apiKey"), foldText(body, "apiToken")
	}
	missing := map[string]any{}
	for name, v := range map[string]string{"apiKey": key, "apiToken": token} {
		if v == "" {
			missing[name] = []string{`The value '""' is not valid.`}
		}
	}
	if len(missing) > 0 {
		return &reply{status: http.StatusBadRequest, body: missing}
	}
	return c.sim.admit(key, token)
}

func foldText(r Record, name string) string {
	key, _ := nameIn(r, name)
	return r.Text(key)
}

func (s *Sim) admit(key, token string) *reply {
	switch {
	case key == s.key() && token == s.secret():
		return s.newToken()
	case s.LoginStatus != 0:
		return empty(s.LoginStatus)
	case key != s.key():
		return empty(http.StatusNotFound)
	}
	return result(http.StatusOK, map[string]any{"authenticated": false, "created": "", "expiration": "", "accessToken": "", "message": "Invalid credentials"})
}

// newToken makes a token that lives TokenLife of real time. Earlier tokens live
// on (auvo-api.md §14.18). The zone of the naive dates is undocumented: UTC here.
func (s *Sim) newToken() *reply {
	life := s.TokenLife
	if life == 0 {
		life = 30 * time.Minute
	}
	if s.OneToken {
		clear(s.state.tokens)
	}
	now, token := time.Now(), "sim."+rand.Text()
	s.state.tokens[token] = now.Add(life)
	clear(s.state.refused)
	layout := spacedLayout
	if s.LoginISO {
		layout = time.RFC3339
	}
	body := map[string]any{
		"created": now.UTC().Format(layout), "expiration": now.Add(life).UTC().Format(layout),
		"accessToken": token, "message": "OK", "authenticated": true,
	}
	if s.LoginISO {
		delete(body, "authenticated")
	}
	return result(http.StatusOK, body)
}

// unauthorized refuses a call without a living token: 401, body empty or the
// switch's (auvo-api.md §1).
func (c *exchange) unauthorized() *reply {
	s := c.sim
	if until, ok := s.state.tokens[c.token]; ok {
		if time.Now().Before(until) {
			return nil
		}
		delete(s.state.tokens, c.token)
	}
	if c.token == "" {
		c.note(NoToken, "")
	} else if s.state.refused[c.token]++; s.state.refused[c.token] > 1 {
		c.note(DeadToken, "this token was already answered 401")
	}
	return &reply{status: http.StatusUnauthorized, raw: s.ExpiredBody}
}

// A window counts the calls of one client in 60 s.
type window struct {
	from  time.Time
	count int
}

// overRate refuses a call over the limit until the fixed window ends
// (auvo-api.md §2.1, §13).
func (c *exchange) overRate() *reply {
	s, now := c.sim, time.Now()
	most := s.PerMinute
	if most == 0 {
		most = 400
	}
	if most < 0 {
		return nil
	}
	w := s.state.windows[c.client]
	if w == nil || now.Sub(w.from) >= time.Minute {
		w = &window{from: now}
		s.state.windows[c.client] = w
	}
	if w.count++; w.count <= most-s.Others {
		return nil
	}
	if w.count > most { // else it is the others' doing, too
		c.note(OverRate, "")
	}
	return s.limited(w.from.Add(time.Minute).Sub(now))
}

func (s *Sim) limited(rest time.Duration) *reply {
	a := &reply{status: http.StatusForbidden, body: map[string]any{"error": "Rate limit temporarily exceeded"}}
	if s.RateStatus != 0 {
		a.status = s.RateStatus
	}
	if s.RetryAfter {
		a.header = http.Header{"Retry-After": {whole(int64(rest.Seconds()) + 1).String()}}
	}
	return a
}
