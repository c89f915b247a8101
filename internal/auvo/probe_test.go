package auvo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/record"
)

// told are the findings as "ok check: detail" or "BAD check: detail".
func told(all []record.Finding) []string {
	out := []string{}
	for _, f := range all {
		out = append(out, map[bool]string{true: "ok", false: "BAD"}[f.OK]+" "+f.Check+": "+f.Detail)
	}
	return out
}

func (e *env) probe() (findings []record.Finding) {
	for _, f := range e.Probe(context.Background()) {
		if (f.Remedy == "") != f.OK || f.Side != record.Auvo {
			e.t.Errorf("got %+v", f)
		}
		if f.Check != "clock" {
			findings = append(findings, f)
		}
	}
	return findings
}

func TestDoctorFindsNothingWrongWithASoundAccount(t *testing.T) {
	e := setup(t, Options{ApprovedStages: []string{"Aprovado", "3"}})
	seedSources(e, auvosim.Data{Tasks: []auvosim.Record{job}, Quotations: []auvosim.Record{budget}})
	same(t, told(e.probe()), []string{
		"ok credentials: the key opens the account", "ok reading tasks: 1 in all; a page holds 1 of the 100 asked for",
		"ok customers' dateLastUpdate filter: it filters", "ok approved stage: Aprovado was seen", "ok approved stage: 3 was seen",
		"ok services: services keep an external code",
	})
	for _, c := range e.calls() {
		if !strings.HasPrefix(c, http.MethodGet) {
			t.Errorf("doctor called %s", c)
		}
	}
}

func TestDoctorTellsWhatIsWrongWithAnAccount(t *testing.T) {
	e := setup(t, Options{ApprovedStages: []string{"aprovado"}}, func(s *auvosim.Sim) {
		s.IgnoreFilters, s.NoExternalCode = []string{"customers.dateLastUpdate"}, true
	})
	seedSources(e, auvosim.Data{Quotations: []auvosim.Record{budget}})
	findings := e.probe()
	same(t, told(findings), []string{
		"ok credentials: the key opens the account", "ok reading tasks: the account has none yet",
		"BAD customers' dateLastUpdate filter: asked for changes since tomorrow, it answered 1 customers",
		"BAD approved stage: aprovado was not seen among the newest quotations",
		"ok services: services keep no external code: they are linked by Ponte's own table",
	})
	if remedy := findings[3].Remedy; !strings.Contains(remedy, "Aprovado") {
		t.Errorf("the remedy %q does not name the stages seen", remedy)
	}
}

func TestDoctorTellsAFilterThatAnswersNothing(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: []auvosim.Record{acme}})
	e.Break(auvosim.Fault{Path: "/customers", Nth: 2, Times: 2, Mode: "404"})
	if got := fmt.Sprint(told(e.probe())); !strings.Contains(got, "BAD customers' dateLastUpdate filter: asked for changes since 2000, it answered no customer, and there are some") {
		t.Errorf("got %s", got)
	}
	empty := setup(t, Options{})
	if got := fmt.Sprint(told(empty.probe())); strings.Contains(got, "BAD") {
		t.Errorf("an empty account: %s", got)
	}
}

func TestDoctorStopsAtARefusedKey(t *testing.T) {
	e := setup(t, Options{})
	e.APIToken = "another"
	findings := e.Probe(context.Background())
	if len(findings) != 1 || findings[0].OK || findings[0].Check != "credentials" || !strings.Contains(findings[0].Remedy, "auvo.api_key") {
		t.Errorf("got %+v", findings)
	}
}

func TestDoctorTellsModulesThatTheAccountLacks(t *testing.T) {
	e := setup(t, Options{ApprovedStages: []string{"Aprovado"}})
	for _, path := range []string{"/tasks", "/quotations"} {
		e.Break(auvosim.Fault{Path: path, Mode: "fault", Status: http.StatusBadRequest, Body: `{"message":"sem o módulo"}`})
	}
	got := fmt.Sprint(told(e.probe()))
	for _, want := range []string{"BAD reading tasks: auvo GET /tasks: HTTP 400: sem o módulo", "BAD approved stages: auvo GET /quotations: HTTP 400: sem o módulo"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
