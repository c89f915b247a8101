package auvo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

const tubeGUID = "0b1c2d3e-0000-4000-8000-000000000001"

var (
	tube = auvosim.Record{"id": 4501, "productId": tubeGUID, "externalId": "SKU1", "name": `Tubo 1/2"`, "unitaryValue": 20.50, "totalStock": 8, "active": true}
	hose = auvosim.Record{"id": 4502, "externalId": "SKU1,B", "name": "Mangueira", "unitaryValue": 1234.5, "totalStock": -1.5, "active": false}
)

func TestAProductIsReadInCanonicalFieldsWhateverItsPriceLooksLike(t *testing.T) {
	for _, prices := range []string{"dollar", "comma", "number"} {
		t.Run(prices, func(t *testing.T) {
			e := setup(t, Options{}, func(s *auvosim.Sim) { s.ProductPrices = prices })
			e.seed(auvosim.Data{Products: []auvosim.Record{tube, hose}})
			items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Products, "products"), record.Window{Since: monday, Until: monday})
			same(t, ids(items), []string{"4501", "4502"})
			same(t, items[0], record.Item{
				Kind: record.Product, Side: record.Auvo, ID: "4501", Title: `Tubo 1/2"`, Code: "SKU1",
				Fields: record.Fields{"name": `Tubo 1/2"`, "active": "true", "price": "20.5", "stock": "8", "external_id": "SKU1"},
				Keys:   []record.Key{{Name: "code", Value: "SKU1"}, {Name: "sku", Value: "SKU1"}, {Name: "guid", Value: tubeGUID}},
			}, stampless)
			if f := items[1].Fields; f["price"] != "1234.5" || f["stock"] != "-1.5" || f["active"] != "false" {
				t.Errorf("got %v", f)
			}
		})
	}
}

func TestProductsAreFoundByCodeAndBySKUEvenWithAComma(t *testing.T) {
	for name, ignored := range map[string][]string{"filter works": nil, "filter ignored": {"products.externalId"}} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *auvosim.Sim) { s.IgnoreFilters = ignored })
			e.seed(auvosim.Data{Products: []auvosim.Record{tube, hose}})
			same(t, ids(e.find(record.Product, record.KeyID, "4502", "4599", "SKU1")), []string{"4502"})
			same(t, ids(e.find(record.Product, record.KeySKU, "SKU1", "SKU9")), []string{"4501"})
			same(t, ids(e.find(record.Product, record.KeyCode, "SKU1,B", "SKU9,B")), []string{"4502"})
		})
	}
	e := setup(t, Options{})
	if _, err := e.Products.Find.Find(context.Background(), []record.Key{{Name: record.KeyGUID, Value: tubeGUID}}, record.Near{}); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v for a GUID", err)
	}
}

func TestAProductIsMadeWithoutAPriceWhichFollows(t *testing.T) {
	e := setup(t, Options{})
	same(t, e.Products.Later, []string{"price", "stock"})
	made := e.create(record.Product, "SKU7", record.Fields{"name": "Luva", "active": "false"})
	same(t, made, e.again(record.Product, made.ID), stampless)
	same(t, made.Fields, record.Fields{"name": "Luva", "active": "false", "price": "0", "stock": "0", "external_id": "SKU7"})
	got := e.update(made, record.Fields{"price": "39.9", "stock": "-0.5"})
	same(t, got, e.again(record.Product, made.ID), stampless)
	kept := e.Snapshot().Find("products", made.ID)
	if kept.Text("unitaryValue") != "39.9" || kept.Text("totalStock") != "-0.5" || kept.Text("description") != "Luva" {
		t.Errorf("Auvo keeps %v", kept)
	}
	same(t, slices.Compact(e.calls()[:3]), []string{"POST products", "GET products/" + made.ID, "PATCH products/" + made.ID})
}

func TestAChangedProductKeepsEverythingElse(t *testing.T) {
	all := record.Fields{"name": `Tubo 1/2"`, "active": "true", "price": "20.5", "stock": "8", "external_id": "SKU1"}
	for _, f := range []record.Fields{{"name": "Tubo"}, {"active": "false"}, {"price": "21"}, {"stock": "0"}, {"external_id": "SKU8"}} {
		for _, mute := range [][]string{nil, {"*"}, {"productId", "name", "externalId", "unitaryValue", "totalStock", "active"}} {
			t.Run(fmt.Sprint(f, mute), func(t *testing.T) {
				e := setup(t, Options{})
				e.seed(auvosim.Data{Products: []auvosim.Record{tube}})
				now := e.again(record.Product, "4501")
				e.mute = mute
				got := e.update(now, f)
				same(t, got.Fields, all.With(f))
				same(t, got, e.again(record.Product, "4501"), stampless)
			})
		}
	}
}

func TestAPriceThatAuvoKeepsOtherwiseWaitsForAPerson(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Products: []auvosim.Record{tube}})
	now := e.again(record.Product, "4501")
	e.ResetCalls()
	e.Break(auvosim.Fault{Path: "/products/4501", Mode: "stale", Times: -1}) // reads answer the old price
	e.mute = []string{"unitaryValue"}
	_, err := e.Products.Write.Update(context.Background(), record.Patch{Kind: record.Product, Now: now, Fields: record.Fields{"price": "35.5"}})
	refused, ok := errors.AsType[*call.Error](err)
	if !ok || refused.Reaction != call.WaitForPerson || refused.Cause != "refused" || refused.Text != "o preço enviado foi 35.5 e o Auvo guardou 20.5" {
		t.Fatalf("got %v", err)
	}
	same(t, e.calls(), []string{"PATCH products/4501", "GET products/4501"})
}

func TestAPriceThatIsShownInCentsIsNoOther(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Products: []auvosim.Record{tube}})
	now := e.again(record.Product, "4501")
	e.ResetCalls()
	got := e.update(now, record.Fields{"price": "10.1234"})
	if got.Fields["price"] != "10.1234" || len(e.calls()) != 1 {
		t.Errorf("got %q after %v", got.Fields["price"], e.calls())
	}
	for _, tt := range []struct {
		sent, shown string
		want        bool
	}{
		{"10.5", "10.50", true},
		{"10.5", "105", false},
		{"10.5", "10.51", false},
		{"10.125", "10.13", true},
		{"10.125", "10.12", true},
		{"10.125", "10.14", false},
		{"10.125", "101.25", false},
		{"0.001", "0", true},
		{"", "0", false},
		{"1", "", false},
	} {
		if got := samePrice(tt.sent, tt.shown); got != tt.want {
			t.Errorf("%s shown as %s: %v", tt.sent, tt.shown, got)
		}
	}
}

func TestAnAmountThatDoesNotReadIsNotSent(t *testing.T) {
	e := setup(t, Options{})
	for kind, now := range map[record.Kind]record.Item{record.Product: {ID: "4501"}, record.Service: {ID: tubeGUID}} {
		_, err := e.Of(kind).Write.Update(context.Background(), record.Patch{Kind: kind, Now: now, Fields: record.Fields{"price": "1,5"}})
		if call.ReactionOf(err) != call.WaitForPerson || len(e.calls()) > 0 {
			t.Errorf("got %v after %v", err, e.calls())
		}
	}
}

const visitGUID = "0b1c2d3e-0000-4000-8000-0000000000a1"

var visit = auvosim.Record{"id": visitGUID, "title": "Visita  Técnica ", "price": 150.25, "externalCode": "7000000201", "active": true}

func TestAServiceIsReadWithItsTitleAndPrice(t *testing.T) {
	for _, asText := range []bool{false, true} {
		e := setup(t, Options{}, func(s *auvosim.Sim) { s.ServicePriceText = asText })
		e.seed(auvosim.Data{Services: []auvosim.Record{visit}})
		items, _ := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Services, "services"), record.Window{})
		same(t, items, []record.Item{{
			Kind: record.Service, Side: record.Auvo, ID: visitGUID, Title: "Visita  Técnica", Code: "7000000201",
			Keys:   []record.Key{{Name: "code", Value: "7000000201"}, {Name: "title", Value: "visita tecnica"}},
			Fields: record.Fields{"name": "Visita  Técnica", "price": "150.25", "external_id": "7000000201", "active": "true"},
		}}, stampless)
	}
}

func TestAnAccountWithoutExternalCodesHoldsNone(t *testing.T) {
	e := setup(t, Options{}, func(s *auvosim.Sim) { s.NoExternalCode = true })
	e.seed(auvosim.Data{Services: []auvosim.Record{visit}})
	got := e.again(record.Service, visitGUID)
	same(t, got.Fields, record.Fields{"name": "Visita  Técnica", "price": "150.25", "active": "true"})
	made := e.create(record.Service, "7000000202", record.Fields{"name": "Limpeza", "price": "80"})
	same(t, made, e.again(record.Service, made.ID), stampless)
	if made.Code != "" || got.Code != "" {
		t.Errorf("codes %q and %q", made.Code, got.Code)
	}
	_, err := e.Services.Find.Find(context.Background(), []record.Key{{Name: record.KeyCode, Value: "7000000202"}}, record.Near{})
	if !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v: finding nothing proves nothing here", err)
	}
	same(t, ids(e.find(record.Service, record.KeyTitle, "limpeza")), []string{made.ID})
}

func TestServicesAreFoundByGUIDCodeAndTitle(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Services: []auvosim.Record{visit, {"title": "Limpeza", "externalCode": "70000002011"}}})
	same(t, ids(e.find(record.Service, record.KeyID, visitGUID, tubeGUID)), []string{visitGUID})
	same(t, ids(e.find(record.Service, record.KeyCode, "7000000201", "7000000209")), []string{visitGUID})
	same(t, ids(e.find(record.Service, record.KeyTitle, "visita tecnica", "visita")), []string{visitGUID})
	if _, err := e.Services.Find.Find(context.Background(), []record.Key{{Name: record.KeyName}}, record.Near{}); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v for a name", err)
	}
}

func TestAServiceThatIsMadeOrChangedIsReadBackAsItWasAnswered(t *testing.T) {
	for _, mute := range [][]string{nil, {"*"}, {"title", "price", "externalCode"}} {
		e := setup(t, Options{})
		made := e.create(record.Service, "7000000202", record.Fields{"name": "Limpeza", "price": "80.005"})
		if made.Code != "7000000202" || made.Fields["price"] != "80.005" {
			t.Errorf("made %q at %q", made.Code, made.Fields["price"])
		}
		e.mute = mute
		for _, f := range []record.Fields{{"price": "0.5"}, {"name": "Limpeza fina"}, {"external_id": "7000000203"}} {
			made = e.update(made, f)
			same(t, made, e.again(record.Service, made.ID), stampless)
		}
		if kept := e.Snapshot().Find("services", made.ID); kept.Text("price") != "0.5" || kept.Text("description") != "Limpeza" || !kept.Bool("active") {
			t.Errorf("Auvo keeps %v", kept)
		}
	}
}

func TestAServiceUnderACodeThatIsTakenIsNotMadeTwice(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Services: []auvosim.Record{visit}})
	_, err := e.Services.Write.Create(context.Background(), record.Draft{Kind: record.Service, Code: "7000000201", Fields: record.Fields{"name": "Outra"}})
	if call.ReactionOf(err) != call.Exists {
		t.Errorf("got %v", err)
	}
}

func TestRefusalsAndUnclearOutcomesOfChangesPassThrough(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Products: []auvosim.Record{tube}, Services: []auvosim.Record{visit}, Customers: []auvosim.Record{acme}})
	for kind, id := range map[record.Kind]string{record.Product: "4501", record.Service: visitGUID, record.Customer: "55"} {
		patch := record.Patch{Kind: kind, Now: e.again(kind, id), Fields: record.Fields{"name": "Novo"}}
		e.Break(auvosim.Fault{Method: "PATCH", Mode: "fault", Status: http.StatusBadRequest, Body: `{"message":"não pode"}`})
		if _, err := e.Of(kind).Write.Update(context.Background(), patch); call.ReactionOf(err) != call.WaitForPerson {
			t.Errorf("%s: got %v, want a refusal", kind, err)
		}
		e.Break(auvosim.Fault{Method: "PATCH", Mode: "drop", Times: -1})
		if _, err := e.Of(kind).Write.Update(context.Background(), patch); call.ReactionOf(err) != call.Unclear {
			t.Errorf("%s: got %v, want an unclear outcome", kind, err)
		}
		e.Mend()
	}
}
