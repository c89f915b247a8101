package omie

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

// stampless leaves out what only a read tells: stamps, and the row.
var stampless = cmp.Options{
	cmpopts.IgnoreFields(record.Item{}, "Raw", "Version", "Changed"),
	cmpopts.SortSlices(func(a, b record.Key) bool { return a.Name < b.Name }),
}

var acme = omiesim.Record{
	"codigo_cliente_omie": 7000000001, "codigo_cliente_integracao": "AUVOC55", "razao_social": "ACME & FILHOS LTDA", "nome_fantasia": "Acme",
	"cnpj_cpf": "11222333000181", "telefone1_ddd": "11", "telefone1_numero": "3333-4444", "email": "a@example.test, b@example.test",
	"endereco": "RUA A", "endereco_numero": "10", "bairro": "CENTRO", "cidade": "SAO PAULO (SP)", "cidade_ibge": "3550308", "estado": "SP", "cep": "01001000",
	"complemento": "FUNDOS", "contato": "Fulana", "inativo": "N", "tags": []any{omiesim.Record{"tag": "Cliente"}, omiesim.Record{"tag": "VIP"}},
	"recomendacoes": omiesim.Record{"numero_parcelas": "003"}, "info": omiesim.Record{"dInc": "01/01/2026", "hInc": "08:00:00"},
}

func acmeFields() record.Fields {
	return record.Fields{
		"name": "ACME & FILHOS LTDA", "document": "11222333000181", "phone": "1133334444", "email": "a@example.test,b@example.test",
		"address": "RUA A, 10, CENTRO, SAO PAULO - SP, 01001000", "complement": "FUNDOS", "active": "true", "external_id": "7000000001",
	}
}

func TestACustomerIsReadInCanonicalFields(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Clientes: []omiesim.Record{acme}})
	got := e.again(record.Item{Kind: record.Customer, ID: "7000000001"})
	same(t, got, record.Item{
		Kind: record.Customer, Side: record.Omie, ID: "7000000001", Title: "ACME & FILHOS LTDA", Code: "AUVOC55", Fields: acmeFields(),
		Keys:  []record.Key{{Name: "code", Value: "AUVOC55"}, {Name: "document", Value: "11222333000181"}, {Name: "name", Value: "acme filhos ltda"}},
		Facts: map[string]string{"tags": "Cliente,VIP", "city": "SAO PAULO (SP)"},
	}, stampless)
}

func TestATradeNameIsMirroredBesideTheLegalName(t *testing.T) {
	s := &side{opts: Options{Name: byTradeName}}
	got := s.customerItem(omieapi.Cliente{CodigoClienteOmie: 7, RazaoSocial: "ACME LTDA", NomeFantasia: "Acme"})
	if got.Title != "Acme" || got.Fields["name"] != "Acme" || got.Fields["legal_name"] != "ACME LTDA" {
		t.Errorf("got %q with %v", got.Title, got.Fields)
	}
}

func TestOnlyTheBuiltInConsumerNeverCrosses(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Clientes: []omiesim.Record{acme, {"codigo_cliente_omie": 7000000002, "razao_social": "Cliente Consumidor", "cnpj_cpf": "52998224725"}}})
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{})
	never := map[string]string{}
	for _, i := range items {
		never[i.ID] = i.Never
	}
	same(t, never, map[string]string{"7000000001": "", "7000000002": "", "7000000990": "É o Cliente Consumidor do próprio Omie."})
}

func TestCustomersAreFoundWithoutAFaultWhenTheyAreNotThere(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Clientes: []omiesim.Record{acme}})
	known := record.Near{KnownID: "7000000990"}
	same(t, ids(e.find(record.Customer, known, record.KeyCode, "AUVOC55", "AUVOC56")), []string{"7000000001"})
	same(t, ids(e.find(record.Customer, known, record.KeyID, "7000000001", "7000000990")), []string{"7000000001", "7000000990"})
	same(t, ids(e.find(record.Customer, known, record.KeyCode, "AUVOC99")), []string{})
	same(t, ids(e.find(record.Customer, known, record.KeyID, "none", "")), []string{})
	if _, err := e.Customers.Find.Find(context.Background(), []record.Key{{Name: record.KeyDocument, Value: "1"}}, known); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v for a document", err)
	}
	e.faults = 1 // with nothing known to be there, a look-up may fault once
	same(t, ids(e.find(record.Customer, record.Near{}, record.KeyCode, "AUVOC99")), []string{})
}

func TestManyCustomersAreFoundInBatchesThatOmieTakes(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Clientes: []omiesim.Record{acme}})
	codes := make([]string, 120)
	for n := range codes {
		codes[n] = "AUVOC9" + strings.Repeat("1", n)[:min(n, 10)]
	}
	codes[119] = "AUVOC55"
	same(t, ids(e.find(record.Customer, record.Near{KnownID: "7000000990"}, record.KeyCode, codes...)), []string{"7000000001"})
	if n := len(e.Calls()); n != 3 {
		t.Errorf("made %d calls for 120 codes", n)
	}
}

func TestACustomerThatIsMadeIsReadBackAsItWasAnswered(t *testing.T) {
	for name, f := range map[string]record.Fields{
		"whole": {
			"name": "Maria Ltda", "document": "52998224725", "phone": "11987654321", "email": "m@example.test", "active": "false", "complement": "Sala 2",
			"address": "Rua das Flores, 12, Centro, São Paulo - SP, 01001-000",
		},
		"name alone":        {"name": "Só o Nome"},
		"unread address":    {"name": "João", "address": "perto da praça"},
		"phone without DDD": {"name": "Ana", "phone": "33334444", "active": "true"},
	} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *omiesim.Sim) { s.CPFNeedsPessoaFisica = true })
			made, err := e.Customers.Write.Create(context.Background(), record.Draft{Kind: record.Customer, Code: "AUVOC812", Fields: f})
			if err != nil {
				t.Fatal(err)
			}
			same(t, made, e.again(made), stampless)
			if made.Code != "AUVOC812" || made.Fact(record.FactTags) != "Cliente" || made.Fields["external_id"] != made.ID {
				t.Errorf("made %+v", made)
			}
			for field, sent := range f {
				if field != "address" && !record.Same(field, made.Fields[field], sent) {
					t.Errorf("%s is %q, sent %q", field, made.Fields[field], sent)
				}
			}
			if name == "whole" && !record.SameAddress(made.Fields["address"], f["address"]) {
				t.Errorf("the address is %q", made.Fields["address"])
			}
		})
	}
}

func TestANewCustomerHasBothNames(t *testing.T) {
	s := &side{opts: Options{Name: byTradeName}}
	novo := s.newCustomer(record.Draft{Code: "AUVOC1", Fields: record.Fields{"name": "Acme", "legal_name": "ACME LTDA"}})
	if novo.NomeFantasia != "Acme" || novo.RazaoSocial != "ACME LTDA" {
		t.Errorf("got %q and %q", novo.NomeFantasia, novo.RazaoSocial)
	}
	novo = (&side{}).newCustomer(record.Draft{Code: "AUVOC1", Fields: record.Fields{"name": "Acme"}})
	if novo.NomeFantasia != "Acme" || novo.RazaoSocial != "Acme" {
		t.Errorf("got %q and %q", novo.NomeFantasia, novo.RazaoSocial)
	}
}

func TestAnAlterationChangesItsFieldsAndNothingElse(t *testing.T) {
	for name, f := range map[string]record.Fields{
		"name":            {"name": "ACME NOVA LTDA"},
		"document to CPF": {"document": "52998224725"},
		"phone":           {"phone": "2122223333"},
		"emptied":         {"phone": "", "email": "", "complement": ""},
		"inactive":        {"active": "false"},
		"address":         {"address": "Av. Brasil, 500, Rio de Janeiro - RJ"},
		"emptied address": {"address": ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *omiesim.Sim) { s.CPFNeedsPessoaFisica = true })
			e.seed(omiesim.Data{Clientes: []omiesim.Record{acme}})
			now := e.again(record.Item{Kind: record.Customer, ID: "7000000001"})
			got, err := e.Customers.Write.Update(context.Background(), record.Patch{Kind: record.Customer, Now: now, Fields: f})
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, e.again(now), stampless)
			for field, want := range acmeFields().With(f) {
				if !record.Same(field, got.Fields[field], want) {
					t.Errorf("%s is %q, want %q", field, got.Fields[field], want)
				}
			}
			if got.Code != "AUVOC55" || got.Fact(record.FactTags) != "Cliente,VIP" {
				t.Errorf("code %q, tags %q", got.Code, got.Fact(record.FactTags))
			}
			kept := e.Snapshot().Clientes
			for _, c := range kept {
				if c.Text("codigo_cliente_omie") == "7000000001" && (c.Text("contato") != "Fulana" || c.Text("recomendacoes", "numero_parcelas") != "003") {
					t.Errorf("lost what is not mirrored: %v", c)
				}
			}
		})
	}
}

func TestAnotherAddressReplacesEveryPartOfTheOld(t *testing.T) {
	members := map[string]any{"cidade": "SAO PAULO", "cidade_ibge": "3550308", "bairro": "CENTRO", "cep": "01001000", "complemento": "FUNDOS"}
	setAddress(members, "Av. Brasil, 500, Niterói/RJ")
	same(t, members, map[string]any{"endereco": "Av. Brasil", "endereco_numero": "500", "bairro": "", "cidade": "NITEROI (RJ)", "estado": "RJ", "cep": "", "complemento": "FUNDOS"})
}

func TestAnAnsweredAlterationCanBeAlteredAgain(t *testing.T) {
	e := setup(t, Options{})
	ctx := context.Background()
	made, err := e.Customers.Write.Create(ctx, record.Draft{Kind: record.Customer, Code: "AUVOC9", Fields: record.Fields{"name": "Ana", "phone": "1133334444"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []record.Fields{{"name": "Ana Maria"}, {"email": "ana@example.test"}, {"phone": ""}} {
		if made, err = e.Customers.Write.Update(ctx, record.Patch{Kind: record.Customer, Now: made, Fields: f}); err != nil {
			t.Fatal(err)
		}
	}
	same(t, made, e.again(made), stampless)
	if made.Fields["name"] != "Ana Maria" || made.Fields["email"] != "ana@example.test" || made.Fields["phone"] != "" {
		t.Errorf("got %v", made.Fields)
	}
}

func TestAnUnclearWriteIsToldAsSuch(t *testing.T) {
	e := setup(t, Options{})
	e.faults = 1
	e.Break(omiesim.Fault{Call: "IncluirCliente", Mode: omiesim.After})
	d := record.Draft{Kind: record.Customer, Code: "AUVOC7", Fields: record.Fields{"name": "Ana"}}
	_, err := e.Customers.Write.Create(context.Background(), d)
	if call.ReactionOf(err) != call.Unclear {
		t.Fatalf("got %v, want an unclear outcome", err)
	}
	found := e.find(record.Customer, record.Near{KnownID: "7000000990"}, record.KeyCode, "AUVOC7")
	if len(found) != 1 || found[0].Title != "Ana" {
		t.Errorf("found %v under its code", found)
	}
}

func TestAnUnreadableRowIsNotAltered(t *testing.T) {
	e := setup(t, Options{})
	_, err := e.Customers.Write.Update(context.Background(), record.Patch{Now: record.Item{Raw: json.RawMessage(`{}`)}, Fields: record.Fields{"name": "A"}})
	if call.ReactionOf(err) != call.GiveUp {
		t.Errorf("got %v", err)
	}
}

func TestWhatOmieWouldRefuseOfACustomerIsKnownBefore(t *testing.T) {
	long := func(n int) string { return strings.Repeat("á", n) }
	legal, trade := customerWriter{&side{}}, customerWriter{&side{opts: Options{Name: byTradeName}}}
	for name, tt := range map[string]struct {
		writer customerWriter
		draft  record.Draft
		want   []string
	}{
		"fits":                      {legal, record.Draft{Code: "C", Fields: record.Fields{"name": long(60), "document": "11.222.333/0001-81", "address": "Rua A, 1, Osasco - SP"}}, nil},
		"long name":                 {legal, record.Draft{Fields: record.Fields{"name": long(61)}}, []string{"name too-long 60"}},
		"trade name":                {trade, record.Draft{Fields: record.Fields{"name": long(100)}}, nil},
		"long trade name":           {trade, record.Draft{Fields: record.Fields{"name": long(101)}}, []string{"name too-long 100"}},
		"trade name as both":        {trade, record.Draft{Code: "C", Fields: record.Fields{"name": long(61)}}, []string{"name too-long 60"}},
		"trade name beside legal":   {trade, record.Draft{Code: "C", Fields: record.Fields{"name": long(61), "legal_name": long(61)}}, []string{"legal_name too-long 60"}},
		"emptied legal name":        {trade, record.Draft{Fields: record.Fields{"legal_name": ""}}, []string{"legal_name missing-field 0"}},
		"new without a name":        {legal, record.Draft{Code: "C"}, []string{"name missing-field 0"}},
		"emptied name":              {legal, record.Draft{Fields: record.Fields{"name": ""}}, []string{"name missing-field 0"}},
		"other fields of a record":  {legal, record.Draft{Fields: record.Fields{"phone": "", "document": "", "address": ""}}, nil},
		"wrong check digits":        {legal, record.Draft{Fields: record.Fields{"document": "11222333000180"}}, []string{"document invalid-document 0"}},
		"address without a city":    {legal, record.Draft{Fields: record.Fields{"address": "perto da praça"}}, []string{"address unreadable-address 0"}},
		"long street":               {legal, record.Draft{Fields: record.Fields{"address": "Rua " + long(60) + ", 1, Osasco - SP"}}, []string{"address too-long 60"}},
		"long complement and mails": {legal, record.Draft{Fields: record.Fields{"complement": long(61), "email": long(501)}}, []string{"email too-long 500", "complement too-long 60"}},
		"long phone":                {legal, record.Draft{Fields: record.Fields{"phone": "1234567890123456"}}, []string{"phone too-long 15"}},
	} {
		t.Run(name, func(t *testing.T) { same(t, troubles(tt.writer.Check(tt.draft)), tt.want) })
	}
}
