package auvosim

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTheAdminAPIDoesWhatPeopleDo(t *testing.T) {
	c := setup(t, &Sim{})
	for _, step := range []struct{ method, action, body, part string }{
		{"POST", "seed", `{"customers":[{"id":1,"description":"Um"}],"tasks":[{"taskID":2}],"quotations":[{"publicId":3}]}`, `"ok"`},
		{"POST", "edit", `{"kind":"customers","id":1,"set":{"description":"Dois"}}`, `"ok"`},
		{"POST", "finish", `{"id":"2","services":[{"name":"Visita","unitaryValue":10}]}`, `"ok"`},
		{"POST", "move", `{"id":2,"status":5}`, `"ok"`},
		{"POST", "stage", `{"id":3,"stage":"Aprovado"}`, `"ok"`},
		{"GET", "state", ``, `"description":"Dois"`},
		{"POST", "clock", `{"at":"2030-01-01T12:00:00Z"}`, `"now":"2030-01-01T12:00:00Z"`},
		{"POST", "remove", `{"kind":"customers","id":1}`, `"ok"`},
		{"POST", "settings", `{"old_quotations":true}`, `"old_quotations":true`},
		{"GET", "settings", ``, `"per_minute":0`},
		{"POST", "break", `{"path":"/users","mode":"before"}`, `"fault":1`},
		{"DELETE", "break", ``, `"ok"`},
		{"GET", "calls", ``, `"path":"login"`},
		{"DELETE", "calls", ``, `"ok"`},
		{"GET", "calls", ``, `[]`},
		{"GET", "violations", ``, `[]`},
		{"POST", "expire-tokens", ``, `"ok"`},
	} {
		status, body := c.do(step.method, "/_sim/"+step.action, step.body)
		if status != 200 || !strings.Contains(body, step.part) {
			t.Errorf("%s %s: got %d %s", step.method, step.action, status, body)
		}
	}
	c.want(401, "GET", "/users", "")
}

func TestTheAdminAPISaysWhatIsWrong(t *testing.T) {
	c := setup(t, &Sim{})
	for action, body := range map[string]string{
		"seed": `{"clients":[]}`, "edit": `{"kind":"customers"}`, "break": `{"mode":"later"}`, "settings": `{"old_quotes":true}`,
		"clock": `{"at":"noon"}`, "finish": `{"id":9}`, "stage": `{"id":9}`, "remove": `{`,
	} {
		if status, text := c.do("POST", "/_sim/"+action, body); status != 400 || !strings.Contains(text, `"error"`) {
			t.Errorf("%s: got %d %s", action, status, text)
		}
	}
	c.want(404, "GET", "/_sim/nothing", "")
}

func TestTheClockRunsOnFromWhereItWasSet(t *testing.T) {
	at := time.Date(2026, 2, 4, 15, 0, 0, 0, time.UTC)
	c := setup(t, &Sim{Now: func() time.Time { return at }})
	c.do("POST", "/_sim/clock", `{"at":"2030-01-01T12:00:00-03:00"}`)
	at = at.Add(time.Minute)
	r := c.want(201, "POST", "/customers", `{"name":"x"}`)
	equal(t, "stamp", r.Text("creationDate"), "2030-01-01T12:01:00")
}

func TestManyCallersAtOnce(t *testing.T) {
	c := setup(t, &Sim{PerMinute: -1})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				c.do("POST", "/customers", `{"name":"x"}`)
				c.do("GET", "/customers?pageSize=100", "")
				c.sim.Snapshot()
				c.sim.Break(Fault{Path: "/nowhere", Mode: "before"})
			}
		})
	}
	all.Wait()
	equal(t, "customers", len(c.sim.Snapshot().Customers), 160)
}
