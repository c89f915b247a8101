package auvosim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFaultsThatDoNothing(t *testing.T) {
	for mode, want := range map[string]struct {
		status int
		part   string
	}{
		"before": {500, "<html>"}, "html": {200, "<html>"}, "429": {429, ""}, "403": {403, "Rate limit"}, "401": {401, ""},
		"404": {404, ""},
	} {
		c := setup(t, &Sim{})
		if c.sim.Break(Fault{Method: "POST", Path: "/customers", Mode: mode}) == 0 {
			t.Fatal("no such mode")
		}
		status, body := c.do("POST", "/v2/customers", `{"name":"x"}`)
		if status != want.status || !strings.Contains(body, want.part) {
			t.Errorf("%s: got %d %s", mode, status, body)
		}
		equal(t, mode+": customers", len(c.sim.Snapshot().Customers), 0)
		c.want(201, "POST", "/customers", `{"name":"x"}`)
		c.wantNoted()
	}
}

func TestFaultsAfterTheWriteWasDone(t *testing.T) {
	for _, mode := range []string{"after", "cut", "drop"} {
		c := setup(t, &Sim{})
		c.sim.Break(Fault{Mode: mode})
		res, err := c.try(t.Context(), "POST", "/customers", `{"name":"x"}`)
		if mode == "drop" {
			if err == nil {
				t.Error("an answer came")
			}
		} else {
			_, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if mode == "cut" && !errors.Is(err, io.ErrUnexpectedEOF) || mode == "after" && res.StatusCode != 502 {
				t.Errorf("%s: got %d, %v", mode, res.StatusCode, err)
			}
		}
		equal(t, mode+": customers", len(c.sim.Snapshot().Customers), 1)
	}
}

func TestAHangLastsUntilTheClientGivesUp(t *testing.T) {
	for mode, made := range map[string]int{"hang": 0, "hang-after": 1} {
		synctest.Test(t, func(t *testing.T) {
			c := setup(t, &Sim{})
			c.sim.Break(Fault{Mode: mode})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := c.try(ctx, "POST", "/customers", `{"name":"x"}`)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			synctest.Wait()
			equal(t, mode, len(c.sim.Snapshot().Customers), made)
			equal(t, mode+": status in the log", c.sim.Calls()[1].Status, 0)
		})
	}
}

func TestSlowAnswersComeInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := setup(t, &Sim{Latency: time.Second})
		c.sim.Break(Fault{Mode: "slow", Seconds: 24})
		began := time.Now()
		c.want(200, "GET", "/users", "")
		equal(t, "took", time.Since(began), 25*time.Second)
	})
}

func TestStaleReadsAndLyingLists(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 3)
	c.sim.Break(Fault{Method: "GET", Mode: "stale", Times: 2})
	c.want(200, "PATCH", "/customers/1", `[{"op":"replace","path":"name","value":"Novo"}]`)
	c.want(201, "POST", "/customers", `{"name":"Quatro"}`)
	equal(t, "stale", c.want(200, "GET", "/customers/1", "").Text("description"), "Cliente 1")
	equal(t, "stale list", len(c.rows("/customers", "{}")), 3)
	equal(t, "fresh", c.want(200, "GET", "/customers/1", "").Text("description"), "Novo")
	c.sim.Break(Fault{Mode: "lying-totals"})
	equal(t, "lie", c.want(200, "GET", "/customers", "").Object("pagedSearchReturnData").Text("totalItems"), "5")
	c.sim.Break(Fault{Mode: "short-page"})
	equal(t, "short", len(c.rows("/customers", "{}")), 3)
}

func TestFaultsStrikeWhenTheySay(t *testing.T) {
	c := setup(t, &Sim{})
	c.sim.Break(Fault{Path: "/v2/Users", Nth: 2, Times: 2, Mode: "fault", Status: 503, Body: "busy"})
	got := []int{}
	for range 5 {
		status, _ := c.do("GET", "/users", "")
		got = append(got, status)
		c.want(200, "GET", "/tasktypes", "")
	}
	equal(t, "statuses", fmt.Sprint(got), "[200 503 503 200 200]")
	c.sim.Break(Fault{Mode: "before", Times: -1})
	c.login()
	c.want(500, "GET", "/users", "")
	c.want(500, "GET", "/users", "")
	c.sim.Mend()
	c.want(200, "GET", "/users", "")
	equal(t, "unknown mode", c.sim.Break(Fault{Mode: "later"}), 0)
}

func TestARateOfFaultsIsTheSameForTheSameSeed(t *testing.T) {
	run := func() string {
		c := setup(t, &Sim{})
		c.sim.Break(Fault{Mode: "before", Rate: 0.3, Seed: 7})
		var b strings.Builder
		for range 40 {
			status, _ := c.do("GET", "/users", "")
			fmt.Fprint(&b, status, " ")
		}
		return b.String()
	}
	first := run()
	if n := strings.Count(first, "500"); n < 3 || n > 25 {
		t.Errorf("%d of 40 struck", n)
	}
	equal(t, "again", run(), first)
}

func TestFaultsOverARealSocket(t *testing.T) {
	c := setup(t, &Sim{})
	server := httptest.NewServer(c.sim)
	defer server.Close()
	for _, mode := range []string{"cut", "drop"} {
		c.sim.Break(Fault{Method: "POST", Mode: mode})
		req, err := http.NewRequest("POST", server.URL+"/v2/customers", strings.NewReader(`{"name":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+c.token)
		res, err := server.Client().Do(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			_ = res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: no error", mode)
		}
	}
	equal(t, "customers", len(c.sim.Snapshot().Customers), 2)
}
