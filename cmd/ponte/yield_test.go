package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A 429 that nothing of ours explains: the cycle goes on, and status says that the key
// leaves room for others, also in the next process.
func TestStatusSaysThatOtherSoftwareUsesTheKey(t *testing.T) {
	b := newBench(t, "flows: {customers: {}}", 40*time.Millisecond)
	b.seed(auvosim.Data{}, omiesim.Data{Clientes: []omiesim.Record{omieCustomer(1)}})
	b.ponte(0, "sync", "--full")
	var st []struct {
		Yields []struct {
			Side, Why    string
			Share        float64
			Since, Until time.Time
		}
	}
	read := func() string {
		if err := json.Unmarshal([]byte(b.ponte(0, "status", "--json")), &st); err != nil {
			t.Fatal(err)
		}
		return b.ponte(0, "status")
	}
	if text := read(); st[0].Yields == nil || len(st[0].Yields) > 0 || strings.Contains(text, "other software") {
		t.Errorf("before: %+v\n%s", st, text)
	}
	b.omie.Break(omiesim.Fault{Call: "ListarClientes", Mode: omiesim.ManyCalls})
	b.ponte(0, "sync")
	text := read()
	if len(st[0].Yields) != 1 || !strings.Contains(text, "omie: other software uses the key, too (ListarClientes: 429, ") || !strings.Contains(text, "Ponte uses 50 % of its rate") {
		t.Fatalf("after: %+v\n%s", st, text)
	}
	if y := st[0].Yields[0]; y.Side != "omie" || y.Share != 0.5 || time.Since(y.Since) > time.Minute || y.Until.Sub(y.Since) != 80*time.Minute {
		t.Errorf("%+v", y)
	}
	b.blameless()
}
