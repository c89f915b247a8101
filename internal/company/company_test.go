package company

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/config"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// morning is a Monday, 10:00 in São Paulo.
var morning = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)

func TestASeedAndItsCallsMakeOneLife(t *testing.T) {
	type life struct {
		Auvo auvosim.Data
		Omie omiesim.Data
		Told []string
	}
	live := func(seed uint64) (l life) {
		synctest.Test(t, func(*testing.T) {
			c := New(seed, 2, morning)
			for range 50 {
				time.Sleep(20 * time.Second)
				l.Told = append(l.Told, c.Live(c.Auvo.Now())...)
			}
			l.Auvo, l.Omie = c.Auvo.Snapshot(), c.Omie.Snapshot()
		})
		return l
	}
	one := live(7)
	if diff := cmp.Diff(one, live(7)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(one.Auvo.Customers, live(8).Auvo.Customers) {
		t.Error("another seed makes the same customers")
	}
}

func TestScaleMultiplies(t *testing.T) {
	for _, scale := range []int{1, 3} {
		c := New(1, scale, morning)
		a, o := c.Auvo.Snapshot(), c.Omie.Snapshot()
		for name, got := range map[string][2]int{
			"customers in Auvo": {len(a.Customers), 28 * scale}, "customers in Omie": {len(o.Clientes) - 1, 28 * scale},
			"customers":        {len(c.customers), customersPerScale * scale},
			"products in Omie": {len(o.Produtos), len(parts) * scale}, "services in Omie": {len(o.Servicos), len(works) * scale},
			"tasks": {len(a.Tasks), len(day) * scale}, "quotations": {len(a.Quotations), 5 * scale},
			"technicians": {len(a.Users) - office, 5 * scale},
		} {
			if got[0] != got[1] {
				t.Errorf("scale %d: %d %s, want %d", scale, got[0], name, got[1])
			}
		}
	}
}

func TestEveryDocumentIsValidAndStandsOnceOnASide(t *testing.T) {
	c := New(3, 5, morning)
	seen := map[string]bool{}
	lettered := 0
	for _, r := range c.Omie.Snapshot().Clientes {
		document := r.Text("cnpj_cpf")
		if r.Int("codigo_cliente_omie") == omiesim.ConsumerID {
			continue
		}
		if !record.ValidTaxID(document) || seen[document] {
			t.Errorf("%s has the document %q, which is wrong or another's", r.Text("razao_social"), document)
		}
		seen[document] = true
		if strings.ContainsFunc(document, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
			lettered++
		}
	}
	if lettered == 0 {
		t.Error("no CNPJ has letters")
	}
	for _, r := range c.Auvo.Snapshot().Customers {
		if document := r.Text("cpfCnpj"); document != "" && !record.ValidTaxID(document) {
			t.Errorf("%s has the document %q", r.Text("description"), document)
		}
	}
}

func TestCustomersLiveWhereTheySayTheyDo(t *testing.T) {
	c := New(4, 3, morning)
	o := c.Omie.Snapshot()
	cities := map[string]bool{}
	for _, r := range o.Cidades {
		cities[r.Text("cCod")] = true
	}
	for _, r := range o.Clientes {
		if city := r.Text("cidade"); city != "" && !cities[city] {
			t.Errorf("Omie does not know the city %q", city)
		}
		if record.Runes(r.Text("razao_social")) > 60 {
			t.Errorf("%q is longer than Omie takes", r.Text("razao_social"))
		}
	}
	unread := 0
	for _, r := range c.Auvo.Snapshot().Customers {
		if _, ok := record.ParseAddress(r.Text("address")); !ok {
			unread++
		}
	}
	if unread != 3 {
		t.Errorf("%d addresses cannot be read, want one a scale", unread)
	}
	for _, who := range c.customers {
		if ddd, _, ok := record.SplitPhone(who.ddd + who.number); !ok || ddd != who.ddd {
			t.Errorf("%s-%s is no telephone", who.ddd, who.number)
		}
	}
}

func TestWhatChangedDidSoInTheLastHoursOfToday(t *testing.T) {
	for _, now := range []time.Time{morning, time.Date(2026, 11, 23, 3, 1, 0, 0, time.UTC)} { // 10:00, 00:01
		c := New(5, 1, now)
		for _, r := range c.Auvo.Snapshot().Tasks {
			at, err := time.ParseInLocation("2006-01-02T15:04:05", r.Text("dateLastUpdate"), saoPaulo)
			if err != nil || at.After(now) || at.Before(midnight(now)) || at.Before(now.Add(-4*time.Hour)) {
				t.Errorf("at %s: task changed at %v %v", now, at, err)
			}
		}
		for _, r := range c.Omie.Snapshot().Produtos {
			at, err := time.ParseInLocation("02/01/2006 15:04:05", r.Text("info", "dAlt")+" "+r.Text("info", "hAlt"), saoPaulo)
			if err != nil || at.After(now) || at.Before(midnight(now)) {
				t.Errorf("at %s: product changed at %v %v", now, at, err)
			}
		}
	}
}

func TestLifeGoesOnWithoutError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(6, 1, morning)
		told := map[string]bool{}
		for range 200 {
			time.Sleep(20 * time.Second)
			for _, line := range c.Live(c.Auvo.Now()) {
				if strings.HasPrefix(line, failed) {
					t.Error(line)
				}
				told[strings.Join(strings.Fields(line)[:2], " ")] = true
			}
		}
		done := 0
		for _, r := range c.Auvo.Snapshot().Tasks {
			if r.Bool("finished") {
				done++
			}
		}
		if done < 20 || len(c.tasks) > 12 {
			t.Errorf("%d tasks finished, %d open", done, len(c.tasks))
		}
		if len(told) < 15 {
			t.Errorf("little happens: %v", told)
		}
		for _, v := range c.Auvo.Violations() {
			t.Error(v)
		}
	})
}

func TestWhatTheAdminAPITookAwayIsTold(t *testing.T) {
	c := New(6, 1, morning)
	for _, r := range c.Auvo.Snapshot().Tasks {
		if err := c.Auvo.Remove("tasks", r.Text("taskID")); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	for range 20 {
		told = append(told, c.Live(morning)...)
	}
	if !strings.Contains(strings.Join(told, "\n"), failed) {
		t.Errorf("nothing is told of the removed tasks: %v", told)
	}
}

func TestTheAccountsFileIsComplete(t *testing.T) {
	file := New(1, 2, morning).AccountYAML("http://127.0.0.1:1/v2", "http://127.0.0.1:2/api/v1")
	f, err := config.Parse(strings.NewReader(file), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a := f.Accounts[0]
	if a.ID != AccountID || a.Flows.Tasks.Create != config.CreateBoth || a.Flows.Quotations.Create != config.CreateSalesOrder {
		t.Errorf("the account reads %+v", a)
	}
	for on, flow := range map[string]bool{"customers": a.Flows.Customers != nil, "products": a.Flows.Products != nil, "services": a.Flows.Services != nil} {
		if !flow {
			t.Errorf("%s are off", on)
		}
	}
	if a.Omie.RedundancyWindow.Std() != redundancy || a.Flows.Tasks.MaxDocuments != 200 {
		t.Errorf("window %v, documents %d", a.Omie.RedundancyWindow, a.Flows.Tasks.MaxDocuments)
	}
}
