package auvo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/auvo/auvosim"
	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
)

var acme = auvosim.Record{
	"id": 55, "description": "ACME & Filhos ", "legalName": "ACME LTDA", "externalId": "7000000001", "cpfCnpj": "11.222.333/0001-81",
	"phoneNumber": []any{"+55 (11) 3333-4444", "1155556666"}, "email": []any{"a@example.test", "b@example.test"},
	"address": " Rua A, 10, Centro, São Paulo - SP, 01001-000", "adressComplement": "Fundos", "groupsId": []any{302, 0, 301}, "active": true,
	"note": "VIP", "dateLastUpdate": "2026-11-23T09:00:00",
}

func acmeFields() record.Fields {
	return record.Fields{
		"name": "ACME & Filhos", "document": "11222333000181", "phone": "1133334444", "email": "a@example.test,b@example.test",
		"address": "Rua A, 10, Centro, São Paulo - SP, 01001-000", "complement": "Fundos", "active": "true", "external_id": "7000000001",
	}
}

func TestACustomerIsReadInCanonicalFields(t *testing.T) {
	for name, set := range map[string]func(*auvosim.Sim){
		"old model": func(*auvosim.Sim) {}, "new model": func(s *auvosim.Sim) { s.NewCustomerModel = true },
	} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, set)
			e.seed(auvosim.Data{Customers: []auvosim.Record{acme}})
			got := e.again(record.Customer, "55")
			same(t, got, record.Item{
				Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "ACME & Filhos", Code: "7000000001", Fields: acmeFields(),
				Keys:  []record.Key{{Name: "code", Value: "7000000001"}, {Name: "document", Value: "11222333000181"}, {Name: "name", Value: "acme filhos"}},
				Facts: map[string]string{"groups": "301,302", "city": "SAO PAULO (SP)"},
			}, stampless)
			if !got.Changed.Equal(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)) || got.Version != "2026-11-23T12:00:00Z" || len(got.Raw) == 0 {
				t.Errorf("changed %v in version %q", got.Changed, got.Version)
			}
		})
	}
}

func TestACustomerWithNothingButANameHasEmptyFieldsAndNoOtherKeys(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: []auvosim.Record{{"id": 55, "description": "Ana", "active": false}}})
	same(t, e.again(record.Customer, "55"), record.Item{
		Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Ana", Keys: []record.Key{{Name: "name", Value: "ana"}}, Facts: map[string]string{"groups": ""},
		Fields: record.Fields{"name": "Ana", "document": "", "phone": "", "email": "", "address": "", "complement": "", "active": "false", "external_id": ""},
	}, stampless)
}

func TestATradeNameIsMirroredBesideTheLegalName(t *testing.T) {
	s := &side{opts: Options{Name: byTradeName}}
	if got := s.customerItem(auvoapi.Customer{ID: 55, Name: "Acme", LegalName: "ACME LTDA"}); got.Title != "Acme" || got.Fields["legal_name"] != "ACME LTDA" {
		t.Errorf("got %q with %v", got.Title, got.Fields)
	}
	if n := newCustomer(record.Draft{Fields: record.Fields{"name": "Acme", "legal_name": "ACME LTDA"}}); n.Name != "Acme" || n.LegalName != "ACME LTDA" {
		t.Errorf("made as %+v", n)
	}
}

func TestAWindowOfCustomersIsFilteredAgain(t *testing.T) {
	for name, ignored := range map[string][]string{"filter works": nil, "filter ignored": {"customers.dateLastUpdate"}} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *auvosim.Sim) { s.IgnoreFilters = ignored })
			e.seed(auvosim.Data{Customers: []auvosim.Record{
				{"id": 55, "description": "A", "dateLastUpdate": "2026-11-23T08:59:59"}, {"id": 56, "description": "B", "dateLastUpdate": "2026-11-23T09:00:00"},
			}})
			items, pages := recordtest.Read(e.t, recordtest.FeedOf(e.t, e.Customers, "customers"), record.Window{Since: monday.Add(-time.Hour), Until: monday})
			same(t, ids(items), []string{"56"})
			if last := pages[len(pages)-1]; last.Received != last.Declared || !last.Last {
				t.Errorf("got %+v", last)
			}
		})
	}
	w := record.Window{Since: monday.Add(-time.Hour), Until: monday}
	for at, want := range map[time.Time]bool{w.Since.Add(-time.Second): false, w.Since: true, w.Until.Add(time.Hour): true, w.Until.AddDate(0, 0, 2): false, {}: true} {
		if got := w.Holds(at); got != want {
			t.Errorf("within %v is %v", at, got)
		}
	}
}

func TestCustomersAreFoundByIDCodeAndDocument(t *testing.T) {
	for name, ignored := range map[string][]string{"filters work": nil, "filters ignored": {"customers.externalId", "customers.cpfCnpj"}} {
		t.Run(name, func(t *testing.T) {
			e := setup(t, Options{}, func(s *auvosim.Sim) { s.IgnoreFilters = ignored })
			other := auvosim.Record{"id": 56, "description": "Outro", "externalId": "70000000011", "cpfCnpj": "52998224725"}
			e.seed(auvosim.Data{Customers: append(people(150)[2:], acme, other)})
			same(t, ids(e.find(record.Customer, record.KeyID, "55", "999", "none", "")), []string{"55"})
			same(t, ids(e.find(record.Customer, record.KeyCode, "7000000001", "7000000009")), []string{"55"})
			same(t, ids(e.find(record.Customer, record.KeyDocument, "52998224725", "11222333000180")), []string{"56"})
		})
	}
	e := setup(t, Options{})
	if _, err := e.Customers.Find.Find(context.Background(), []record.Key{{Name: record.KeyName, Value: "acme"}}, record.Near{}); !errors.Is(err, record.ErrNoLookup) {
		t.Errorf("got %v for a name", err)
	}
}

func TestACustomerThatIsMadeIsReadBackAsItWasAnswered(t *testing.T) {
	for name, f := range map[string]record.Fields{
		"whole":     acmeFields(),
		"name":      {"name": "Só o Nome"},
		"inactive":  {"name": "Ana", "active": "false", "phone": "33334444"},
		"many mail": {"name": "Ana", "email": "a@x.test,b@x.test"},
	} {
		for _, mute := range [][]string{nil, {"phoneNumber", "email", "cpfCnpj", "externalId", "groupsId", "active", "address"}} {
			t.Run(fmt.Sprint(name, mute), func(t *testing.T) {
				e := setup(t, Options{})
				e.mute = mute
				f := f.With(nil)
				delete(f, "external_id")
				made := e.create(record.Customer, "7000000001", f)
				same(t, made, e.again(record.Customer, made.ID), stampless)
				if made.Code != "7000000001" || made.Fields["external_id"] != "7000000001" {
					t.Errorf("made under %q", made.Code)
				}
				for field, sent := range f {
					if made.Fields[field] != sent {
						t.Errorf("%s is %q, sent %q", field, made.Fields[field], sent)
					}
				}
			})
		}
	}
}

func TestAChangedCustomerKeepsEverythingElse(t *testing.T) {
	for name, f := range map[string]record.Fields{
		"name": {"name": "ACME Nova"}, "document": {"document": "52998224725"}, "phone": {"phone": "2122223333"}, "email": {"email": "c@x.test"},
		"emptied": {"email": "", "complement": "", "address": ""}, "inactive": {"active": "false"}, "external id": {"external_id": "7000000009"},
		"address": {"address": "Av. Brasil, 500, Niterói - RJ"},
	} {
		for _, mute := range [][]string{nil, {"*"}, {"phoneNumber", "email", "externalId", "groupsId", "name", "description"}} {
			t.Run(fmt.Sprint(name, mute), func(t *testing.T) {
				e := setup(t, Options{})
				e.seed(auvosim.Data{Customers: []auvosim.Record{acme}})
				now := e.again(record.Customer, "55")
				e.mute = mute
				got := e.update(now, f)
				same(t, got, e.again(record.Customer, "55"), stampless)
				same(t, got.Fields, acmeFields().With(f))
				kept := e.Snapshot().Find("customers", "55")
				if kept.Text("note") != "VIP" || !strings.Contains(fmt.Sprint(kept["phoneNumber"]), "1155556666") {
					t.Errorf("lost what is not mirrored: %v", kept)
				}
			})
		}
	}
}

func TestARenamedCustomerHasItsNewNameWhateverTheAnswerShows(t *testing.T) {
	for name, set := range map[string]func(*auvosim.Sim){
		"stale": func(s *auvosim.Sim) { s.StaleDescription = true }, "new model": func(s *auvosim.Sim) { s.NewCustomerModel = true },
	} {
		e := setup(t, Options{}, set)
		e.seed(auvosim.Data{Customers: []auvosim.Record{acme}})
		e.mute = []string{"externalId"}
		got := e.update(e.again(record.Customer, "55"), record.Fields{"name": "Nova"})
		if got.Title != "Nova" || got.Key(record.KeyName) != "nova" || got.Fields["name"] != "Nova" {
			t.Errorf("%s: got %q with key %q", name, got.Title, got.Key(record.KeyName))
		}
	}
}

func TestAnAnsweredChangeCanBeChangedAgainWithoutLosingTelephones(t *testing.T) {
	e := setup(t, Options{})
	e.seed(auvosim.Data{Customers: []auvosim.Record{acme}})
	e.mute = []string{"phoneNumber"}
	now := e.update(e.again(record.Customer, "55"), record.Fields{"name": "Nova"})
	now = e.update(now, record.Fields{"phone": "2122223333"})
	e.update(now, record.Fields{"phone": "3133334444"})
	same(t, fmt.Sprint(e.Snapshot().Find("customers", "55")["phoneNumber"]), "[3133334444 1155556666]")
}

func TestTelephonesOfARowAreReadInAnyDress(t *testing.T) {
	for raw, want := range map[string]string{
		`{"phoneNumber":["1","","2"]}`: "[1 2]", `{"phoneNumber":"1"}`: "[1]", `{"phoneNumber":[11933334444]}`: "[11933334444]",
		`{"PhoneNumber":["1"]}`: "[1]", `{"phoneNumber":null}`: "[]", `{}`: "[]", `no`: "[]",
	} {
		if got := fmt.Sprint(phonesOf([]byte(raw))); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
	same(t, withFirst([]string{"1", "2"}, ""), []string{"2"})
	same(t, withFirst(nil, "1"), []string{"1"})
}

func TestAnUnclearWriteIsToldAsSuch(t *testing.T) {
	e := setup(t, Options{})
	e.Break(auvosim.Fault{Method: "POST", Path: "/customers", Mode: "after"})
	_, err := e.Customers.Write.Create(context.Background(), record.Draft{Kind: record.Customer, Code: "7000000007", Fields: record.Fields{"name": "Ana"}})
	if call.ReactionOf(err) != call.Unclear {
		t.Fatalf("got %v, want an unclear outcome", err)
	}
	if found := e.find(record.Customer, record.KeyCode, "7000000007"); len(found) != 1 || found[0].Title != "Ana" {
		t.Errorf("found %v under its code", found)
	}
}

func troubles(all []record.Trouble) []string {
	var out []string
	for _, tr := range all {
		out = append(out, fmt.Sprintf("%s %s %d", tr.Field, tr.Cause, tr.Limit))
	}
	return out
}

func TestWhatAuvoWouldRefuseIsKnownBefore(t *testing.T) {
	long := func(n int) string { return strings.Repeat("á", n) }
	e := setup(t, Options{})
	for name, tt := range map[string]struct {
		kind  record.Kind
		draft record.Draft
		want  []string
	}{
		"fits":               {record.Customer, record.Draft{Code: "7", Fields: record.Fields{"name": long(500), "document": "11.222.333/0001-81", "address": "perto da praça"}}, nil},
		"long name":          {record.Customer, record.Draft{Fields: record.Fields{"name": long(501)}}, []string{"name too-long 500"}},
		"long legal name":    {record.Customer, record.Draft{Fields: record.Fields{"legal_name": long(101)}}, []string{"legal_name too-long 100"}},
		"long complement":    {record.Customer, record.Draft{Fields: record.Fields{"complement": long(1001)}}, []string{"complement too-long 1000"}},
		"new without a name": {record.Customer, record.Draft{Code: "7"}, []string{"name missing-field 0"}},
		"emptied name":       {record.Customer, record.Draft{Fields: record.Fields{"name": ""}}, []string{"name missing-field 0"}},
		"other fields":       {record.Customer, record.Draft{Fields: record.Fields{"phone": "", "document": ""}}, nil},
		"wrong check digits": {record.Customer, record.Draft{Fields: record.Fields{"document": "11222333000180"}}, []string{"document invalid-document 0"}},
		"long product":       {record.Product, record.Draft{Fields: record.Fields{"name": long(256)}}, []string{"name too-long 255"}},
		"product's price":    {record.Product, record.Draft{Fields: record.Fields{"price": "1"}}, nil},
		"untitled service":   {record.Service, record.Draft{Code: "7"}, []string{"name missing-field 0"}},
	} {
		t.Run(name, func(t *testing.T) { same(t, troubles(e.Of(tt.kind).Write.Check(tt.draft)), tt.want) })
	}
}
