package omie

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

func TestEveryChoiceIsOneThatDoctorFindsSound(t *testing.T) {
	e := setup(t, Options{}, noRepeats)
	e.seed(omiesim.Data{
		Projetos:   []omiesim.Record{{"codigo": 7000000801, "nome": "Obra", "inativo": "N"}, {"codigo": 7000000802, "nome": "Fim", "inativo": "S"}},
		Vendedores: []omiesim.Record{{"codigo": 7000000501, "nome": "Saiu", "inativo": "S"}}, Servicos: []omiesim.Record{
			{"intListar": omiesim.Record{"nCodServ": 7000000201}, "cabecalho": omiesim.Record{"cDescricao": "Visita"}},
			{"intListar": omiesim.Record{"nCodServ": 7000000202}, "cabecalho": omiesim.Record{"cDescricao": "Antigo"}, "info": omiesim.Record{"inativo": "S"}},
		},
	})
	codes := map[string][]string{}
	for _, c := range e.Choices(context.Background()) {
		if c.Wrong != "" {
			t.Errorf("%s: %s", c.Name, c.Wrong)
		}
		for _, v := range c.Choices {
			if v.Title == "" {
				t.Errorf("%s: %s has no title", c.Name, v.Code)
			}
			codes[c.Name] = append(codes[c.Name], v.Code)
		}
	}
	for name, has := range map[string]string{
		record.Categories: "1.01.02", record.BankAccounts: strconv.FormatInt(omiesim.DefaultAccount, 10), record.PaymentTerms: "000", record.ServiceStages: "10",
		record.SalesStages: "20", record.CatalogServices: "7000000201", record.StockLocations: strconv.FormatInt(omiesim.DefaultPlace, 10),
		record.Projects: "7000000801", record.Salespeople: strconv.FormatInt(omiesim.DefaultSeller, 10),
	} {
		if !slices.Contains(codes[name], has) {
			t.Errorf("%s lacks %s: %v", name, has, codes[name])
		}
	}
	for name, not := range map[string]string{record.CatalogServices: "7000000202", record.Projects: "7000000802", record.Salespeople: "7000000501", record.ServiceStages: "60", record.SalesStages: "60", record.Categories: "1.01"} {
		if slices.Contains(codes[name], not) {
			t.Errorf("%s offers %s", name, not)
		}
	}
}

func TestAKeyIsTriedByOneCall(t *testing.T) {
	e := setup(t, Options{}, noRepeats)
	name, err := e.Open(context.Background())
	if err != nil || name == "" || len(e.Calls()) != 1 {
		t.Errorf("%q, %v, after %d calls", name, err, len(e.Calls()))
	}
}
