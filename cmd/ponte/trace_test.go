package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/span/spantest"
)

// traced has the bench's commands tell a collector. OpenTelemetry reads the
// process's own environment, the commands that of the bench.
func (b *bench) traced(t *testing.T) *spantest.Collector {
	t.Helper()
	c := spantest.New(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
	b.env["OTEL_EXPORTER_OTLP_ENDPOINT"] = c.URL
	return c
}

// untraced fails the test when a request to a vendor says of which trace it is.
func untraced(t testing.TB, vendor http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Traceparent", "Tracestate", "Baggage"} {
			if value := r.Header.Get(name); value != "" {
				t.Errorf("a vendor is told %s: %s", name, value)
			}
		}
		vendor.ServeHTTP(w, r)
	})
}

// untold searches what a collector was told for credentials and for what is in the
// records of both sides that a person wrote or is known by.
func (b *bench) untold(c *spantest.Collector, more ...string) {
	b.t.Helper()
	secrets := slices.Concat(more, []string{b.env["AUVO_KEY"], b.env["AUVO_TOKEN"], b.env["OMIE_KEY"], b.env["OMIE_SECRET"]})
	auvo, omie := b.auvo.Snapshot(), b.omie.Snapshot()
	for _, r := range append(slices.Clone(auvo.Customers), auvo.Tasks...) {
		secrets = append(secrets, texts(r["description"], r["cpfCnpj"], r["email"], r["phoneNumber"], r["address"], r["orientation"])...)
	}
	for _, r := range omie.Clientes {
		secrets = append(secrets, texts(r["razao_social"], r["nome_fantasia"], r["cnpj_cpf"], r["email"], r["telefone1_numero"], r["endereco"], r["bairro"])...)
	}
	if len(secrets) < 10 {
		b.t.Errorf("only %d things are searched for", len(secrets))
	}
	raw := c.Raw()
	for _, s := range secrets {
		if bytes.Contains(raw, []byte(s)) {
			b.t.Errorf("a collector was told %q", s)
		}
	}
	if regexp.MustCompile(simulatedLogin).Match(raw) {
		b.t.Error("a collector was told a login")
	}
	if !bytes.Contains(raw, []byte("acme")) {
		b.t.Error("a collector was told nothing")
	}
}

// texts are values' texts that are long enough to be searched for.
func texts(values ...any) (out []string) {
	for _, v := range values {
		if list, ok := v.([]any); ok {
			out = append(out, texts(list...)...)
		} else if list, ok := v.([]string); ok {
			out = append(out, list...)
		} else if text := fmt.Sprint(v); v != nil && len(text) > 5 {
			out = append(out, text)
		}
	}
	return out
}

func TestACollectorIsToldTheTreeOfASyncAndNobodysData(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	for name, value := range canaries {
		b.env[name] = value
	}
	b.auvo.APIKey, b.auvo.APIToken = canaries["AUVO_KEY"], canaries["AUVO_TOKEN"]
	b.omie.AppKey, b.omie.AppSecret = canaries["OMIE_KEY"], canaries["OMIE_SECRET"]
	b.ponte(0, "apply", "-f", b.dir+"/accounts.yaml")
	b.seedTasks(2)
	newcomer := auvoCustomer(2, "")
	newcomer["dateLastUpdate"] = b.day.Format("2006-01-02T15:04:05")
	b.seed(auvosim.Data{Customers: []auvosim.Record{newcomer}}, omiesim.Data{})
	c := b.traced(t)
	run := b.sync(0)

	c.Told(
		"ponte sync",
		"ponte sync > cycle",
		"ponte sync > cycle > flow customers > pull > ListarClientes",
		"ponte sync > cycle > flow customers > pull > GET /customers",
		"ponte sync > cycle > flow customers > decide",
		"ponte sync > cycle > flow customers > apply > create customer > IncluirCliente",
		"ponte sync > cycle > flow customers > apply > update customer > PATCH /customers/{id}",
		"ponte sync > cycle > flow tasks > apply > create service-order > GET /tasks/{id}",
		"ponte sync > cycle > flow tasks > apply > create service-order > IncluirOS",
	)
	roots, calls := 0, map[string]int{}
	for _, s := range c.Spans() {
		if s.Parent == "" {
			roots++
		}
		if side := s.Says["ponte.side"]; side != "" {
			calls[side]++
		}
		if s.Name == "IncluirOS" && (s.Says["ponte.account"] != "acme" || s.Says["ponte.run"] != run.ID || s.Says["ponte.flow"] != "tasks" ||
			!strings.HasPrefix(s.Says["ponte.record"], "task:80") || s.Says["ponte.outcome"] != "ok" || s.Says["ponte.attempt"] != "1") {
			t.Errorf("%s says %v", s.Name, s.Says)
		}
		if s.Name == "create service-order" && s.Says["ponte.attempts"] != "1" {
			t.Errorf("%s says %v", s.Name, s.Says)
		}
	}
	counted := map[string]int{"auvo": 1} // a login counts in no flow
	for _, f := range run.Flows {
		counted["auvo"] += f.Calls["auvo"]
		counted["omie"] += f.Calls["omie"]
	}
	if roots != 1 || calls["auvo"] != counted["auvo"] || calls["omie"] != counted["omie"] {
		t.Errorf("%d roots; calls told %v, counted %v", roots, calls, counted)
	}
	b.untold(c)
}

func TestServeTellsOfJobsAndRequestsAndOfNoAddress(t *testing.T) {
	b := newBench(t, fullAccount, time.Second)
	b.inRealTime()
	b.seedTasks(2)
	c := b.traced(t)
	b.env["PONTE_LOG"] = "debug"
	var log lines
	address, stop := b.serveLogging(&log)
	hook := b.hookOf(address, "auvo")
	b.post(hook, `{"EntityType":"Tarefas","Action":"Alteracao","EntityId":800}`)
	b.page(address+"/convite/invitation-canary-0123456789", http.StatusNotFound)
	b.page(address+"/contas/acme/busca?q=search-canary", http.StatusOK) // it asks for a sign-in
	b.eventually("the orders", func() bool { return b.orders() == 2 && b.running() == "" })
	b.eventually("a tick, which waits for a leader", func() bool { return slices.Contains(c.Paths(), "job dispatch") })
	stop() // what is left is told now

	c.Told(
		"job dispatch",
		"job account > cycle > flow customers > pull > ListarClientes",
		"job account > cycle > flow tasks > apply > create service-order > IncluirOS",
		"POST /hooks/{side}/{token}",
		"GET /convite/{token}",
		"GET /contas/{conta}/busca",
	)
	logged := ""
	for _, l := range log.all(t) {
		if l["method"] == "IncluirOS" {
			logged, _ = l["trace"].(string)
		}
	}
	if !slices.ContainsFunc(c.Spans(), func(s spantest.Span) bool { return s.Name == "IncluirOS" && s.Trace == logged }) {
		t.Errorf("the log says that IncluirOS is a part of %q", logged)
	}
	b.untold(c, hook[strings.LastIndexByte(hook, '/')+1:], "invitation-canary", "search-canary", address[len("http://"):])
}

func TestNothingIsToldUnlessTheEnvironmentAsks(t *testing.T) {
	b := newBench(t, fullAccount, 40*time.Millisecond)
	b.seedTasks(1)
	c := b.traced(t)
	b.env["OTEL_SDK_DISABLED"] = "true"
	b.sync(0)
	if n := len(c.Spans()); n != 0 {
		t.Errorf("%d spans", n)
	}
	var status []json.RawMessage
	if err := json.Unmarshal([]byte(b.ponte(0, "status", "--json")), &status); err != nil {
		t.Errorf("what is printed is no JSON any more: %v", err)
	}
}
