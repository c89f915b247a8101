package auvoapi

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/inprocess"
)

// Another program behind the same IP takes 250 of its 400 calls a minute.
func TestTheKeyAndTheIPYieldToOtherSoftware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &auvosim.Sim{Latency: 50 * time.Millisecond}
		calls, punished, yields := 0, 0, 0
		budget := call.NewBudget("auvo", 360)
		c := New(Config{
			BaseURL: "http://auvo.test/v2", APIKey: auvosim.DefaultAPIKey, APIToken: auvosim.DefaultAPIToken, IP: budget.Share(),
			HTTP: &http.Client{Transport: inprocess.Transport(sim)},
			Watch: func(_ context.Context, m call.Made) {
				calls++
				if m.Status == http.StatusForbidden {
					punished++
				}
				if m.Yields > 0 {
					yields++
				}
			},
		})
		during := func(d time.Duration) float64 {
			t.Helper()
			calls, punished = 0, 0
			for end := time.Now().Add(d); time.Now().Before(end); {
				if _, err := c.Users.List(t.Context(), 1, 100); err != nil && call.ReactionOf(err) != call.Retry {
					t.Fatal(err)
				}
			}
			return float64(calls) / d.Minutes()
		}
		if rate := during(5 * time.Minute); rate < 330 || punished > 0 || yields > 0 {
			t.Errorf("alone: %.0f calls a minute, %d punished, %d yields", rate, punished, yields)
		}
		sim.Set(func(s *auvosim.Sim) { s.Others = 250 })
		during(5 * time.Minute)
		if rate := during(time.Hour); rate > 150 || rate < 60 || punished > 30 {
			t.Errorf("beside others: %.0f calls a minute, %d punished in an hour", rate, punished)
		}
		if !budget.Pace().Yields(time.Now()) || budget.Steady() > 200 || yields == 0 {
			t.Errorf("the budget of the IP is %.0f a minute, the key yielded %d times", budget.Steady(), yields)
		}
		sim.Set(func(s *auvosim.Sim) { s.Others = 0 })
		time.Sleep(3 * time.Hour)
		if rate := during(5 * time.Minute); rate < 330 || punished > 0 {
			t.Errorf("alone again: %.0f calls a minute, %d punished", rate, punished)
		}
		for _, v := range sim.Violations() {
			t.Errorf("%+v", v)
		}
	})
}
