package benchmark

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// Vendors serve the simulators of many accounts on one address, a path for each.
type vendors struct {
	url      string
	accounts []*vendored
	byPath   map[string]http.Handler

	mu    sync.Mutex
	calls map[string][]time.Time // when each side was called, all accounts together; nil: nobody asks
}

// A vendored is one account's two simulators.
type vendored struct {
	id   string
	auvo *auvosim.Sim
	omie *omiesim.Sim
}

// serveVendors serves them until the test ends. Each app key is its own.
func serveVendors(t testing.TB, accounts ...*vendored) *vendors {
	v := &vendors{accounts: accounts, byPath: map[string]http.Handler{}}
	for n, a := range accounts {
		a.omie.AppKey, a.omie.AppSecret = fmt.Sprint(2_000_000_000_000+n), omiesim.DefaultAppSecret
		v.byPath[a.id+"/auvo"] = http.StripPrefix("/"+a.id+"/auvo", a.auvo)
		v.byPath[a.id+"/omie"] = http.StripPrefix("/"+a.id+"/omie", a.omie)
	}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	v.url = server.URL
	return v
}

func (v *vendors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	if len(parts) == 3 && v.byPath[parts[0]+"/"+parts[1]] != nil {
		v.note(parts[1])
		v.byPath[parts[0]+"/"+parts[1]].ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

func (v *vendors) note(side string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.calls != nil {
		v.calls[side] = append(v.calls[side], time.Now())
	}
}

// mostInAMinute is the most calls that a side got within any 60 seconds.
func (v *vendors) mostInAMinute(side string) (most int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at, first := v.calls[side], 0
	for last := range at {
		for at[last].Sub(at[first]) >= time.Minute {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

const vendoredAccount = `  - id: %s
    name: Empresa %[1]s
    auvo: {base_url: "%[2]s/%[1]s/auvo/v2", api_key: %[3]s, api_token: %[4]s%[7]s}
    omie: {base_url: "%[2]s/%[1]s/omie/api/v1", app_key: %[5]q, app_secret: %[6]q%[7]s}
    every: %[8]s
    flows:
%[9]s
    orders:
      service_order: {category: "1.01.02", bank_account: 7000000300}
      sales_order: {category: "1.01.03", bank_account: 7000000300}
`

// files are accounts files, which may not be too large; more is added to both sides' settings.
func (v *vendors) files(every, more string) (all []string) {
	for some := range slices.Chunk(v.accounts, 500) {
		var file strings.Builder
		file.WriteString("accounts:\n")
		for _, a := range some {
			fmt.Fprintf(&file, vendoredAccount, a.id, v.url, auvosim.DefaultAPIKey, auvosim.DefaultAPIToken, a.omie.AppKey, a.omie.AppSecret, more, every, shopFlows)
		}
		all = append(all, file.String())
	}
	return all
}

// unlimited is one account without limits, latency or records.
func unlimited(n int) *vendored {
	return &vendored{unlimitedID(n), &auvosim.Sim{PerMinute: -1}, &omiesim.Sim{PerMinute: -1, PerIPMinute: -1, NoConsumer: true}}
}

const withoutLimits = ", rate_per_minute: 1000000"

// withoutIPLimits are settings of a process that may call as it likes.
var withoutIPLimits = []string{"PONTE_AUVO_RATE=100000000", "PONTE_OMIE_RATE=100000000"}

// settle gives an account that many linked customers and products.
func (a *vendored) settle(t testing.TB, customers, products int) {
	t.Helper()
	before := time.Now().AddDate(0, -2, 0)
	var auvo auvosim.Data
	var omie omiesim.Data
	for n := range customers {
		auvo.Customers = append(auvo.Customers, auvoCustomer(n, fmt.Sprint(firstOmie+n), before))
		omie.Clientes = append(omie.Clientes, omieCustomer(n, before))
	}
	for n := range products {
		omie.Produtos = append(omie.Produtos, omieProduct(n, before))
		omie.Estoque = append(omie.Estoque, omiesim.Record{"codigo_produto": firstProduct + n, "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 5})
		auvo.Products = append(auvo.Products, auvoProduct(n))
	}
	auvo.Services = []auvosim.Record{{"id": visit, "title": "Visita", "price": 150, "active": true, "externalCode": "7000000100"}}
	omie.Servicos = []omiesim.Record{{"intListar": map[string]any{"nCodServ": 7000000100}, "cabecalho": map[string]any{"cDescricao": "Visita", "nPrecoUnit": 150}, "info": omieInfo(before)}}
	for n := range min(3, customers) {
		auvo.Tasks = append(auvo.Tasks, openTask(n, time.Now()))
	}
	if err := a.auvo.Seed(auvo); err != nil {
		t.Fatal(err)
	}
	if err := a.omie.Seed(omie); err != nil {
		t.Fatal(err)
	}
}

// forgetCalls has the simulators forget what they were asked, until the test ends:
// thousands of accounts are asked much.
func (v *vendors) forgetCalls(t testing.TB) {
	done := make(chan struct{})
	var aside sync.WaitGroup
	aside.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Second):
			}
			for _, a := range v.accounts {
				a.auvo.ResetCalls()
				a.omie.ResetCalls()
			}
		}
	})
	t.Cleanup(func() { close(done); aside.Wait() })
}

// blameless fails the test when a simulator counted a violation.
func (v *vendors) blameless(t testing.TB) (violations int) {
	t.Helper()
	for _, a := range v.accounts {
		for _, w := range a.auvo.Violations() {
			t.Errorf("%s: auvo: %+v", a.id, w)
			violations++
		}
		for _, w := range a.omie.Violations() {
			t.Errorf("%s: omie: %+v", a.id, w)
			violations++
		}
	}
	return violations
}

func unlimitedID(n int) string { return fmt.Sprintf("a%04d", n) }
