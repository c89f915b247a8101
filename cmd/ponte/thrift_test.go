package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// cnpj returns a valid CNPJ for a number.
func cnpj(n int) string {
	base := fmt.Sprintf("%08d0001", n+10_000_000)
	digit := func(s string) byte {
		sum, weight := 0, 2
		for i := len(s) - 1; i >= 0; i-- {
			sum += int(s[i]-'0') * weight
			if weight++; weight > 9 {
				weight = 2
			}
		}
		if rest := sum % 11; rest >= 2 {
			return byte('0' + 11 - rest)
		}
		return '0'
	}
	first := string(digit(base))
	return base + first + string(digit(base+first))
}

func auvoCustomer(n int, external string) auvosim.Record {
	return auvosim.Record{
		"id": 1000 + n, "description": fmt.Sprintf("CLIENTE %05d LTDA", n), "cpfCnpj": cnpj(n), "active": true,
		"externalId": external, "dateLastUpdate": "2025-06-01T10:00:00",
	}
}

func omieCustomer(n int) omiesim.Record {
	return omiesim.Record{
		"codigo_cliente_omie": int64(7_000_100_000 + n), "razao_social": fmt.Sprintf("CLIENTE %05d LTDA", n),
		"nome_fantasia": fmt.Sprintf("Cliente %05d", n), "cnpj_cpf": cnpj(n), "inativo": "N", "tags": []any{map[string]any{"tag": "Cliente"}},
		"info": map[string]any{"dAlt": "01/06/2025", "hAlt": "10:00:00", "dInc": "01/06/2025", "hInc": "10:00:00"},
	}
}

// withoutRaceDetector leaves a test to the step of make test that has no race
// detector, and that runs what is called large, beside each other.
func withoutRaceDetector(t *testing.T) {
	t.Helper()
	if !strings.Contains(t.Name(), "Large") {
		t.Fatal("no step of tools/test.sh runs a test without the race detector that is not called Large")
	}
	if raceDetector {
		t.Skip("large: make test runs it in a step without the race detector")
	}
	t.Parallel()
}

// TestALargeSweepCostsLittleMoreThanItMust: 5,000 customers on each side, nine
// tenths equal; sync --full makes at most 1.05 times the calls of the lower
// bound (design.md §7), and no violation.
func TestALargeSweepCostsLittleMoreThanItMust(t *testing.T) {
	withoutRaceDetector(t)
	const each, equal = 5000, 4500
	b := newBench(t, "flows: {customers: {}}", 40*time.Millisecond)
	var auvo auvosim.Data
	var omie omiesim.Data
	for n := range each {
		external := ""
		if n < equal {
			external = fmt.Sprint(7_000_100_000 + n)
		}
		auvo.Customers = append(auvo.Customers, auvoCustomer(n, external))
		other := n
		if n >= equal {
			other = n + each
		}
		omie.Clientes = append(omie.Clientes, omieCustomer(other))
	}
	b.seed(auvo, omie)
	run := b.sync(0, "--full")
	f := run.Flows[0]
	if f.Created != 2*(each-equal) || f.Unchanged != equal {
		t.Errorf("flow = %+v", f)
	}
	pages, created := each/100, each-equal
	bound := 2*pages + created + 2*created // lists; made in Auvo; made in Omie and written back
	a, o, faults := b.calls()
	t.Logf("%d calls (auvo %d, omie %d), lower bound %d, ratio %.3f", a+o, a, o, bound, float64(a+o)/float64(bound))
	if float64(a+o) > 1.05*float64(bound) || faults > 0 {
		t.Errorf("%d calls for a bound of %d, %d faults", a+o, bound, faults)
	}
	if f.Calls["auvo"]+f.Calls["omie"] != a+o {
		t.Errorf("the run counted %v, the simulators %d and %d", f.Calls, a, o)
	}
	b.blameless()
}

// TestAnIdleCycleOfALargeCatalogueMakesSevenCallsAndTheStockScan (P3).
func TestAnIdleCycleOfALargeCatalogueMakesSevenCallsAndTheStockScan(t *testing.T) {
	withoutRaceDetector(t)
	const products = 2000
	b := newBench(t, fullAccount+"\n", 40*time.Millisecond)
	var auvo auvosim.Data
	var omie omiesim.Data
	for n := range products {
		omie.Produtos = append(omie.Produtos, omiesim.Record{
			"codigo_produto": int64(7_000_200_000 + n), "codigo": fmt.Sprintf("SKU%05d", n), "descricao": fmt.Sprintf("Peça %05d", n),
			"unidade": "UN", "ncm": "8421.39.90", "valor_unitario": 10, "inativo": "N", "info": map[string]any{"dAlt": "01/06/2025", "hAlt": "10:00:00", "dInc": "01/06/2025", "hInc": "10:00:00"},
		})
		omie.Estoque = append(omie.Estoque, omiesim.Record{"codigo_produto": int64(7_000_200_000 + n), "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 5})
		auvo.Products = append(auvo.Products, auvosim.Record{"code": 4000 + n, "externalId": fmt.Sprintf("SKU%05d", n), "name": fmt.Sprintf("Peça %05d", n), "unitaryValue": 10, "totalStock": 5, "active": true})
	}
	for n := range 20 {
		auvo.Customers = append(auvo.Customers, auvoCustomer(n, fmt.Sprint(7_000_100_000+n)))
		omie.Clientes = append(omie.Clientes, omieCustomer(n))
	}
	omie.Servicos = append(omie.Servicos, omiesim.Record{
		"intListar": map[string]any{"nCodServ": 7000000100}, "cabecalho": map[string]any{"cDescricao": "Visita", "nPrecoUnit": 150},
		"info": map[string]any{"dAlt": "01/06/2025", "hAlt": "10:00:00", "dInc": "01/06/2025", "hInc": "10:00:00", "inativo": "N"},
	})
	auvo.Tasks = append(auvo.Tasks, auvosim.Record{"taskID": 1, "customerId": 1001, "taskType": 7001, "taskStatus": 1, "taskDate": "2026-03-10T08:00:00", "dateLastUpdate": "2026-03-10T08:00:00"})
	b.seed(auvo, omie)
	b.sync(0, "--full")
	b.calls()
	scan := (products + 95) / 96 // the page size turns between 96 and 100, so that no two scans are alike
	for range 3 {
		run := b.sync(0)
		a, o, faults := b.calls()
		if a+o > 7+scan || faults > 0 {
			t.Errorf("an idle cycle made %d calls to Auvo and %d to Omie, %d faults; at most 7 and %d of the scan", a, o, faults, scan)
		}
		for _, f := range run.Flows {
			if f.Created+f.Updated > 0 {
				t.Errorf("an idle cycle wrote: %+v", f)
			}
		}
	}
	b.blameless()
}
