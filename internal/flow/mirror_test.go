package flow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

func TestWhichCustomersAreMade(t *testing.T) {
	for _, c := range []struct {
		name, customers string
		side            record.Side
		active, tags    string
		ok              bool
		why             string
	}{
		{"from Omie, tagged", "", record.Omie, "true", "cliente,VIP", true, ""},
		{"from Omie, tagged with accents aside", "tags: [Cliente São]", record.Omie, "true", "CLIENTE SAO", true, ""},
		{"from Omie, untagged", "", record.Omie, "true", "", true, ""},
		{"from Omie, a supplier", "", record.Omie, "true", "Fornecedor", false, "não tem a tag"},
		{"from Auvo", "", record.Auvo, "true", "", true, ""},
		{"from Auvo, one way", "direction: omie-to-auvo", record.Auvo, "true", "", false, "só leva clientes do Omie"},
		{"from Omie, the other way", "direction: auvo-to-omie", record.Omie, "true", "", false, "só leva clientes do Auvo"},
		{"inactive, made", "", record.Omie, "false", "", true, ""},
		{"inactive, skipped", "inactive: skip", record.Omie, "false", "", false, "pula inativos"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := account(t, "flows: {customers: {"+c.customers+"}}")
			i := record.Item{Side: c.side, ID: "55", Fields: record.Fields{"active": c.active, "external_id": "7", "name": "X"}, Facts: map[string]string{record.FactTags: c.tags}}
			got := makeCustomer(a, i)
			if got.OK != c.ok || !strings.Contains(got.Why, c.why) {
				t.Errorf("%+v", got)
			}
			if _, sent := got.Fields["external_id"]; sent {
				t.Error("the external id is sent among the fields")
			}
		})
	}
}

func TestKeysUnderWhichRecordsAreMadeAndMatched(t *testing.T) {
	auvo, omie := record.Item{Side: record.Auvo, ID: "55", Code: "7001"}, record.Item{Side: record.Omie, ID: "7001", Code: "AUVOC55"}
	if a, o := customers.Code(auvo), customers.Code(omie); a != "AUVOC55" || o != "7001" {
		t.Errorf("codes %q, %q", a, o)
	}
	for _, m := range customers.Matches[:2] {
		if m.Value(auvo) != m.Value(omie) {
			t.Errorf("%s: %q and %q", m.Why, m.Value(auvo), m.Value(omie))
		}
	}
	if got := byIntegrationCode.Key(record.Omie, "55"); got.Value != "AUVOC55" {
		t.Errorf("key in Omie %v", got)
	}
	if got := byIntegrationCode.Value(record.Item{Side: record.Omie, Code: "ERP-1"}); got != "" {
		t.Errorf("a foreign integration code matches Auvo's %q", got)
	}
	withDocument := record.Item{Keys: []record.Key{{Name: record.KeyDocument, Value: "1"}}}
	if Doubtful(withDocument, withDocument) || !Doubtful(withDocument, record.Item{}) {
		t.Error("doubt is where one has no document")
	}
	if products.Code(record.Item{Keys: []record.Key{{Name: record.KeySKU, Value: "FIL"}}}) != "FIL" || services.Code(omie) != "7001" {
		t.Error("codes of products and services")
	}
	if got := makeInAuvo(config.Account{}, auvo); got.OK {
		t.Error("what exists only in Auvo was made somewhere")
	}
	inactive := record.Item{Side: record.Omie, Facts: map[string]string{record.FactInactive: "true"}}
	if services.Make(config.Account{}, inactive).OK || !products.Make(config.Account{}, inactive).OK {
		t.Error("inactive: a product carries its status, a service has none in Auvo")
	}
}

func TestStockIsAFieldOnlyWhenItIsMirrored(t *testing.T) {
	for body, want := range map[string]bool{"flows: {products: {}}": true, "flows: {products: {stock: false}}": false} {
		a := account(t, body)
		has := slices.ContainsFunc(productRules(a), func(r reconcile.Rule) bool { return r.Field == record.FieldStock })
		if has != want || (len(products.SkipFeeds(a)) == 0) != want {
			t.Errorf("%s: field %v, skipped feeds %v", body, has, products.SkipFeeds(a))
		}
	}
}

func TestWhichCustomerFieldsCross(t *testing.T) {
	for body, want := range map[string]struct {
		way   reconcile.Way
		legal bool
	}{
		"{}":                        {reconcile.Both, false},
		"{direction: omie-to-auvo}": {reconcile.ToAuvo, false},
		"{direction: auvo-to-omie}": {reconcile.ToOmie, false},
		"{name: nome_fantasia}":     {reconcile.Both, true},
	} {
		a := account(t, "flows: {customers: "+body+"}")
		rules := map[string]reconcile.Rule{}
		for _, r := range customerRules(a) {
			rules[r.Field] = r
		}
		_, legal := rules[record.FieldLegalName]
		if rules[record.FieldPhone].Way != want.way || legal != want.legal {
			t.Errorf("%s: %+v", body, rules)
		}
		if own := rules[record.FieldExternalID]; !own.Own || own.Way != reconcile.ToAuvo {
			t.Errorf("%s: external id %+v", body, own)
		}
		if customers.Policy(a) != reconcile.OmieWins || customers.Lookback(a).Std() != 5*time.Hour {
			t.Errorf("%s: defaults %s %v", body, customers.Policy(a), customers.Lookback(a))
		}
	}
	if omieLeads(config.Account{}) != reconcile.OmieWins {
		t.Error("Omie leads products and services")
	}
}

func TestEachSideHoldsAMatchUnderAKeyOfItsOwn(t *testing.T) {
	for _, c := range []struct {
		match Match
		side  record.Side
		want  record.Key
	}{
		{byExternalID, record.Auvo, record.Key{Name: record.KeyCode, Value: "7"}},
		{byExternalID, record.Omie, record.Key{Name: record.KeyID, Value: "7"}},
		{byIntegrationCode, record.Auvo, record.Key{Name: record.KeyID, Value: "7"}},
		{byIntegrationCode, record.Omie, record.Key{Name: record.KeyCode, Value: "AUVOC7"}},
		{byDocument, record.Omie, record.Key{Name: record.KeyDocument, Value: "7"}},
		{products.Matches[0], record.Auvo, record.Key{Name: record.KeySKU, Value: "7"}},
		{services.Matches[1], record.Omie, record.Key{Name: record.KeyTitle, Value: "7"}},
	} {
		if got := c.match.Key(c.side, "7"); got != c.want {
			t.Errorf("%s at %s: %v, want %v", c.match.Why, c.side, got, c.want)
		}
	}
	if got := products.Matches[0].Value(record.Item{Keys: []record.Key{{Name: record.KeySKU, Value: "FIL"}}}); got != "FIL" {
		t.Errorf("an item's SKU is %q", got)
	}
}

func TestProductsAndServicesTakeOmiesValuesAndAnExternalIDThatIsFree(t *testing.T) {
	a := account(t, "flows: {products: {}, services: {}}")
	for name, m := range map[string]Mirror{"products": products, "services": services} {
		for _, r := range m.Rules(a) {
			own := r.Field == record.FieldExternalID
			if r.Way != reconcile.ToAuvo || r.Own != own || r.Leads == own {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if m.Policy(a) != reconcile.OmieWins || m.Lookback(a).Std() != 5*time.Hour {
			t.Errorf("%s: %s, %v", name, m.Policy(a), m.Lookback(a))
		}
		if made := m.Make(a, record.Item{Side: record.Omie, Fields: record.Fields{"name": "x", "external_id": "7"}}); !made.OK || len(made.Fields) != 1 {
			t.Errorf("%s: made with %+v", name, made)
		}
	}
	if !services.FirstLoad || products.FirstLoad || customers.FirstLoad {
		t.Error("only services are carried over whole at first")
	}
}
