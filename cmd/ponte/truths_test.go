package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// TestStatusShowsTheTruthsOfTheMetrics: by hand what /metrics tells of one account.
func TestStatusShowsTheTruthsOfTheMetrics(t *testing.T) {
	b := newBench(t, "flows: {customers: {}}", 40*time.Millisecond)
	b.inRealTime()
	b.seed(auvosim.Data{}, omiesim.Data{Clientes: []omiesim.Record{omieCustomer(1)}})
	type truths struct {
		LastCycle *struct {
			Run      string
			Finished time.Time
			Seconds  float64
			Complete bool
			Error    string
		} `json:"last_cycle"`
		Changes map[string]int
		Faults  []struct {
			Side, Method string
			Count        int
		}
	}
	read := func() (truths, string) {
		var st []truths
		if err := json.Unmarshal([]byte(b.ponte(0, "status", "--json")), &st); err != nil {
			t.Fatal(err)
		}
		return st[0], b.ponte(0, "status")
	}
	before, text := read()
	if before.LastCycle != nil || before.Faults == nil || len(before.Faults) > 0 || len(before.Changes) != 2 || strings.Contains(text, "last cycle") {
		t.Errorf("before the first: %+v\n%s", before, text)
	}
	b.ponte(0, "sync")
	st, text := read()
	if c := st.LastCycle; c == nil || c.Run == "" || !c.Complete || c.Finished.IsZero() || !strings.Contains(text, "last cycle: ended ") || !strings.Contains(text, ", complete\n") {
		t.Errorf("after the first: %+v\n%s", st.LastCycle, text)
	}
	if st.Changes["failed"] != 0 || st.Changes["unknown"] != 0 || strings.Contains(text, "nobody knows") {
		t.Errorf("%v\n%s", st.Changes, text)
	}
	b.omie.Break(omiesim.Fault{Call: "ListarClientes", Mode: omiesim.Refusal, Text: "ERROR: algo deu errado", Code: "SOAP-ENV:Server"})
	b.ponte(3, "sync")
	st, text = read()
	if len(st.Faults) != 1 || st.Faults[0].Side != "omie" || st.Faults[0].Method != "ListarClientes" || st.Faults[0].Count != 1 || !strings.Contains(text, "ListarClientes failed 1 times") {
		t.Errorf("%+v\n%s", st.Faults, text)
	}
	if c := st.LastCycle; c.Complete || strings.Contains(text, ", complete\n") {
		t.Errorf("%+v\n%s", c, text)
	}
}
