package omieapi

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/call"
	"ponte/internal/inprocess"
	"ponte/internal/omie/omiesim"
)

func TestOnlyWhatIsNotOurDoingIsOthers(t *testing.T) {
	running := "Já existe uma requisição desse método sendo executada e você pode tentar novamente em alguns instantes."
	redundant := "ERROR: Consumo redundante detectado. Aguarde 58 segundos para tentar novamente (REDUNDANT)."
	for _, c := range []struct {
		name        string
		e           call.Error
		again, lost bool
		want        string
	}{
		{"too many", call.Error{Status: 429}, false, false, "429"},
		{"too many, sent again", call.Error{Status: 429}, true, false, "429"},
		{"too many, one of ours may still run", call.Error{Status: 429}, false, true, ""},
		{"already running", call.Error{Status: 500, Text: running}, false, false, "1880"},
		{"already running, ours", call.Error{Status: 500, Text: running}, false, true, ""},
		{"redundant", call.Error{Status: 500, Text: redundant}, false, false, "redundant"},
		{"redundant, sent again", call.Error{Status: 500, Text: redundant}, true, false, ""},
		{"a refusal", call.Error{Status: 500, Text: "ERROR: Algo novo!"}, false, false, ""},
		{"a gateway", call.Error{Status: 502}, false, false, ""},
	} {
		if got := causedByOthers(&c.e, c.again, c.lost); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// asking is a client that reads for as long as it may, and what came of it.
type asking struct {
	*Client
	t               *testing.T
	sim             *omiesim.Sim
	page            int
	calls, punished int
}

// during reads customers for a time and returns how many calls a minute were made,
// and how many of all were punished.
func (a *asking) during(d time.Duration) (perMinute float64, punished int) {
	a.t.Helper()
	a.calls, a.punished = 0, 0
	for end := time.Now().Add(d); time.Now().Before(end); {
		a.page++
		_, err := a.ListarClientes(a.t.Context(), ListarClientesParam{Paginacao: Paginacao{Pagina: 1, PorPagina: 1 + a.page%100}})
		if e, ok := errors.AsType[*call.Error](err); err != nil && (!ok || e.Reaction != call.Retry) {
			a.t.Fatal(err)
		}
	}
	return float64(a.calls) / d.Minutes(), a.punished
}

// Another program takes 150 of the 240 calls a minute that the key has for a method.
func TestAKeyYieldsToOtherSoftwareAndComesBackSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &omiesim.Sim{Latency: 50 * time.Millisecond, RedundancyWindow: -1}
		memory := &call.MemoryOnly{}
		a := &asking{t: t, sim: sim}
		connect := func() {
			a.Client = New(Config{
				BaseURL: "http://omie.test/api/v1", AppKey: omiesim.DefaultAppKey, AppSecret: omiesim.DefaultAppSecret, Memory: memory, RedundancyWindow: time.Nanosecond,
				HTTP: &http.Client{Transport: inprocess.Transport(sim)},
				Watch: func(_ context.Context, m call.Made) {
					if a.calls++; m.Status == http.StatusTooManyRequests {
						a.punished++
					}
				},
			})
		}
		connect()
		if rate, punished := a.during(5 * time.Minute); rate < 200 || punished > 0 {
			t.Errorf("alone: %.0f calls a minute, %d punished", rate, punished)
		}
		sim.Others = 150
		a.during(5 * time.Minute)
		rate, punished := a.during(time.Hour)
		t.Logf("beside others: %.0f calls a minute, %d punished in an hour", rate, punished)
		if rate > 90 || rate < 30 || punished > 12 {
			t.Errorf("beside others: %.0f calls a minute, %d punished in an hour", rate, punished)
		}
		connect() // another process begins as slowly
		if rate, _ := a.during(time.Minute); rate > 100 {
			t.Errorf("another process makes %.0f calls a minute", rate)
		}
		sim.Others = 0
		if rate, _ := a.during(time.Minute); rate > 120 {
			t.Errorf("the others are gone, and at once %.0f calls a minute are made", rate)
		}
		time.Sleep(3 * time.Hour)
		if rate, punished := a.during(5 * time.Minute); rate < 200 || punished > 0 {
			t.Errorf("alone again: %.0f calls a minute, %d punished", rate, punished)
		}
		for _, v := range sim.Violations() {
			t.Errorf("%+v", v)
		}
	})
}
