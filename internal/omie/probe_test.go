package omie

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// wrong are the findings that are not well, as "check: detail".
func wrong(all []record.Finding) []string {
	out := []string{}
	for _, f := range all {
		if !f.OK {
			out = append(out, f.Check+": "+f.Detail)
		}
	}
	return out
}

// noRepeats has the simulator count every repeated call, which would make
// doctor wait for a minute, as a violation.
func noRepeats(s *omiesim.Sim) { s.RedundancyWindow = time.Minute }

func TestDoctorFindsNothingWrongWithSoundDefaults(t *testing.T) {
	e := setup(t, Options{Defaults: Defaults{
		Categories: []string{"1.01.02"}, BankAccounts: []int64{omiesim.DefaultAccount}, PaymentTerms: []string{"000", "A30"},
		ServiceStages: []string{"10", "30"}, SalesStages: []string{"20"}, Cities: []string{"SAO PAULO (SP)"},
		Projects: []int64{7000000800}, Salespeople: []int64{omiesim.DefaultSeller}, FallbackServices: []int64{7000000201}, StockLocations: []int64{omiesim.DefaultPlace},
	}}, noRepeats)
	e.seed(omiesim.Data{
		Produtos: []omiesim.Record{tube},
		Projetos: []omiesim.Record{{"codigo": 7000000800, "nome": "Obra", "inativo": "N"}},
		Servicos: []omiesim.Record{{"intListar": omiesim.Record{"nCodServ": 7000000201}, "cabecalho": omiesim.Record{"cDescricao": "Visita"}}},
	})
	findings := e.Probe(context.Background())
	same(t, wrong(findings), []string{})
	checks := []string{}
	for _, f := range findings {
		if f.Side != record.Omie || f.Remedy != "" {
			t.Errorf("got %+v", f)
		}
		if !slices.Contains(checks, f.Check) {
			checks = append(checks, f.Check)
		}
	}
	same(t, checks, []string{
		"credentials", "clock", "reading customers", "reading products", "reading services", "category", "bank account", "payment term", "service order stage",
		"sales order stage", "city", "salesperson", "project", "catalogue service", "stock location",
	})
	for _, c := range e.Calls() {
		if !strings.HasPrefix(c.Call, "Listar") && !strings.HasPrefix(c.Call, "Pesquisar") {
			t.Errorf("doctor called %s", c.Call)
		}
	}
}

func TestDoctorTellsWhatIsWrongWithEachDefaultWithoutAFault(t *testing.T) {
	e := setup(t, Options{Defaults: Defaults{
		Categories: []string{"1.01", "1.01.02", "9.99.99"}, BankAccounts: []int64{7000000301, 1}, PaymentTerms: []string{"ZZZ"},
		ServiceStages: []string{"60", "80"}, SalesStages: []string{"99"}, Cities: []string{"SAO PAULO", "SAO PAULO (XX)", "São Paulo (SP)", "SAO PAULO (SP)"},
		Projects: []int64{7000000800}, Salespeople: []int64{7000000501, 2}, FallbackServices: []int64{7000000201}, StockLocations: []int64{3},
	}}, noRepeats)
	e.seed(omiesim.Data{
		Produtos:   []omiesim.Record{tube},
		Contas:     []omiesim.Record{{"nCodCC": 7000000301, "descricao": "Velha", "inativo": "S"}},
		Vendedores: []omiesim.Record{{"codigo": 7000000501, "nome": "Saiu", "inativo": "S"}},
		Servicos:   []omiesim.Record{{"intListar": omiesim.Record{"nCodServ": 7000000201}, "cabecalho": omiesim.Record{"cDescricao": "Visita"}, "info": omiesim.Record{"inativo": "S"}}},
	})
	findings := e.Probe(context.Background())
	same(t, wrong(findings), []string{
		"category: 1.01 is a total, not usable in documents", "category: 9.99.99 Omie has none such",
		"bank account: 7000000301 is inactive or blocked", "bank account: 1 Omie has none such", "payment term: ZZZ Omie has none such",
		"service order stage: 60 is set by billing alone", "service order stage: 80 Omie has none such", "sales order stage: 99 Omie has none such",
		"city: SAO PAULO is not in the form NOME (UF)", "city: SAO PAULO (XX) is not in the form NOME (UF)", "city: São Paulo (SP) Omie has none such",
		"salesperson: 7000000501 is inactive", "salesperson: 2 Omie has none such", "project: 7000000800 Omie has none such",
		"catalogue service: 7000000201 is inactive", "stock location: 3 Omie has none such",
	})
	for _, f := range findings {
		if !f.OK && f.Remedy == "" {
			t.Errorf("no remedy for %s", f.Check)
		}
	}
}

func TestDoctorStopsAtARefusedKey(t *testing.T) {
	e := setup(t, Options{})
	e.faults = 1
	e.Break(omiesim.Fault{Mode: omiesim.Credentials})
	findings := e.Probe(context.Background())
	if len(findings) != 1 || findings[0].OK || findings[0].Check != "credentials" || !strings.Contains(findings[0].Remedy, "app_secret") {
		t.Errorf("got %+v", findings)
	}
}

func TestDoctorReadsEveryPageOfACatalogue(t *testing.T) {
	e := setup(t, Options{Defaults: Defaults{Categories: []string{"1.01.02"}, PaymentTerms: []string{"999"}}}, func(s *omiesim.Sim) { s.PageCap = 3 })
	e.faults = 2 // neither a product nor a service yet
	same(t, wrong(e.Probe(context.Background())), []string{})
}

func TestAnInactiveStageIsToldFromOneThatIsNotThere(t *testing.T) {
	if found, trouble := matchStage(omieapi.Etapa{CCodigo: "20", CInativo: true}, "20"); !found || trouble != "is inactive" {
		t.Errorf("got %v, %q", found, trouble)
	}
}
