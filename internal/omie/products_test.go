package omie

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"ponte/internal/omie/omieapi"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

func troubles(all []record.Trouble) []string {
	var out []string
	for _, tr := range all {
		out = append(out, fmt.Sprintf("%s %s %d", tr.Field, tr.Cause, tr.Limit))
	}
	return out
}

var (
	tube = omiesim.Record{"codigo_produto": 7000000101, "codigo": "SKU1", "descricao": `Tubo 1/2"`, "valor_unitario": 20.50}
	hose = omiesim.Record{"codigo_produto": 7000000102, "codigo": "SKU2", "codigo_produto_integracao": "X2", "descricao": "Mangueira", "valor_unitario": 3, "inativo": "S"}
)

func TestAProductIsReadWithoutItsStock(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Produtos: []omiesim.Record{tube, hose}})
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Products, "products"), record.Window{})
	same(t, items, []record.Item{
		{
			Kind: record.Product, Side: record.Omie, ID: "7000000101", Title: `Tubo 1/2"`, Keys: []record.Key{{Name: "sku", Value: "SKU1"}},
			Fields: record.Fields{"name": `Tubo 1/2"`, "active": "true", "price": "20.5", "external_id": "SKU1"}, Facts: map[string]string{"inactive": "false"},
		}, {
			Kind: record.Product, Side: record.Omie, ID: "7000000102", Title: "Mangueira", Code: "X2",
			Keys:   []record.Key{{Name: "code", Value: "X2"}, {Name: "sku", Value: "SKU2"}},
			Fields: record.Fields{"name": "Mangueira", "active": "false", "price": "3", "external_id": "SKU2"}, Facts: map[string]string{"inactive": "true"},
		},
	}, stampless)
}

func TestProductsAreFoundByIDAndBySKU(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Produtos: []omiesim.Record{tube, hose}})
	known := record.Near{KnownID: "7000000102"}
	same(t, ids(e.find(record.Product, known, record.KeySKU, "SKU1", "SKU9")), []string{"7000000101"})
	same(t, ids(e.find(record.Product, known, record.KeyID, "7000000101")), []string{"7000000101"})
	if _, err := e.Products.Find.Find(context.Background(), []record.Key{{Name: record.KeyName}}, known); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v for a name", err)
	}
}

func TestStockIsTheAvailableBalanceOfTheChosenPlace(t *testing.T) {
	const depot = 7000000401
	for place, want := range map[string]map[string]string{
		"default":         {"7000000101": "8", "7000000102": "-1.5"},
		fmt.Sprint(depot): {"7000000101": "4"},
		"all":             {"7000000101": "12", "7000000102": "-1.5"},
	} {
		t.Run(place, func(t *testing.T) {
			e := setup(t, Options{StockLocation: place}, func(s *omiesim.Sim) { s.PageCap = 1 })
			e.seed(omiesim.Data{
				Produtos: []omiesim.Record{tube, hose, {"codigo_produto": 7000000103, "codigo": "SKU3", "descricao": "Parado"}},
				Locais:   []omiesim.Record{{"codigo_local_estoque": depot, "codigo": "D", "padrao": "N"}},
				Estoque: []omiesim.Record{
					{"codigo_produto": 7000000101, "fisico": 10, "reservado": 2},
					{"codigo_produto": 7000000101, "codigo_local_estoque": depot, "fisico": 4},
					{"codigo_produto": 7000000102, "fisico": -1.5},
				},
			})
			items, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Products, "stock"), record.Window{})
			same(t, stocks(items), want)
			if len(items) != len(want) {
				t.Errorf("%d items for %d products", len(items), len(want))
			}
			rows := 0
			for _, p := range pages {
				rows += p.Received
			}
			if last := pages[len(pages)-1]; rows != last.Declared || !last.Last {
				t.Errorf("%d rows of %d declared", rows, last.Declared)
			}
			items, _ = recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Products, "stock"), record.Window{Sweep: true})
			if _, listed := stocks(items)["7000000103"]; !listed && place != fmt.Sprint(depot) {
				t.Error("the sweep does not list what never moved")
			}
		})
	}
}

func stocks(items []record.Item) map[string]string {
	out := map[string]string{}
	for _, i := range items {
		out[i.ID] = i.Fields[record.FieldStock]
	}
	return out
}

func TestAStockRowThatDoesNotReadIsNotZero(t *testing.T) {
	bad := omieapi.PosEstoque{Linha: omieapi.Linha{Raw: []byte(`{"nCodProd":7,"nSaldo":"muito"}`), Erro: errors.New("no decimal")}}
	sums := stockSums{}
	sums.add(omieapi.PosEstoque{NCodProd: 7, NSaldo: *dec(num("5"))})
	sums.add(bad)
	sums.add(omieapi.PosEstoque{NCodProd: 7, NSaldo: *dec(num("2"))})
	sums.add(omieapi.PosEstoque{NCodProd: 8, NSaldo: *dec(num("1"))})
	same(t, stocks(sums.items()), map[string]string{"8": "1"})
}

func TestNoTwoStockScansOfAMinuteAreAlike(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Produtos: []omiesim.Record{tube}, Estoque: []omiesim.Record{{"codigo_produto": 7000000101, "fisico": 1}}})
	s, sizes := &side{}, map[int]bool{}
	for range 5 {
		sizes[s.turningSize()] = true
	}
	for size := 96; size <= 100; size++ {
		if !sizes[size] {
			t.Errorf("five reads did not ask for %d rows", size)
		}
	}
}

func TestAServiceIsReadWithItsTitleAndPrice(t *testing.T) {
	e := setup(t, Options{})
	e.seed(omiesim.Data{Servicos: []omiesim.Record{{
		"intListar": omiesim.Record{"nCodServ": 7000000201, "cCodIntServ": "S1"}, "info": omiesim.Record{"inativo": "S"},
		"cabecalho": omiesim.Record{"cDescricao": "Visita  Técnica", "nPrecoUnit": 150.25},
	}}})
	items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Services, "services"), record.Window{Since: monday.AddDate(0, 0, -1), Until: monday})
	same(t, items, []record.Item{{
		Kind: record.Service, Side: record.Omie, ID: "7000000201", Title: "Visita  Técnica", Code: "S1",
		Keys:   []record.Key{{Name: "code", Value: "S1"}, {Name: "title", Value: "visita tecnica"}},
		Fields: record.Fields{"name": "Visita  Técnica", "price": "150.25", "external_id": "7000000201"}, Facts: map[string]string{"inactive": "true"},
	}}, stampless)
	if _, err := e.Services.Find.Find(context.Background(), nil, record.Near{}); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v", err)
	}
	if e.Products.Write != nil || e.Services.Write != nil {
		t.Error("Omie's products and services are nothing that Ponte writes")
	}
}
