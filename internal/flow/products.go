package flow

import (
	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// products mirrors products and their stock from Omie to Auvo; the SKU is the
// key on Auvo's side, and a changed SKU moves it (design.md §7).
var products = Mirror{
	Rules:  productRules,
	Policy: omieLeads,
	Matches: []Match{{
		Why: "pelo código (SKU)", Name: "código (SKU)", AuvoKey: record.KeySKU, OmieKey: record.KeySKU,
		Value: sameValue(record.KeySKU),
	}},
	Make:     makeInAuvo,
	Code:     func(i record.Item) string { return i.Key(record.KeySKU) },
	Lookback: func(a config.Account) config.Duration { return a.Flows.Products.Lookback },
	SkipFeeds: func(a config.Account) []string {
		if a.Flows.Products.On() && a.Flows.Products.Stock {
			return nil
		}
		return []string{"stock"}
	},
}

func productRules(a config.Account) []reconcile.Rule {
	rules := leads(record.FieldName, record.FieldActive, record.FieldPrice)
	if a.Flows.Products.On() && a.Flows.Products.Stock {
		rules = append(rules, leads(record.FieldStock)...)
	}
	return append(rules, reconcile.Rule{Field: record.FieldExternalID, Way: reconcile.ToAuvo, Own: true})
}

// services mirrors services from Omie to Auvo, by nCodServ and last by title.
var services = Mirror{
	Rules: func(config.Account) []reconcile.Rule {
		return append(leads(record.FieldName, record.FieldPrice),
			reconcile.Rule{Field: record.FieldExternalID, Way: reconcile.ToAuvo, Own: true})
	},
	Policy: omieLeads,
	Matches: []Match{byExternalID, {
		Why: "pelo título", Name: "título", AuvoKey: record.KeyTitle, OmieKey: record.KeyTitle,
		Value: sameValue(record.KeyTitle),
	}},
	Make: func(a config.Account, i record.Item) Making {
		if i.Side == record.Omie && i.Fact(record.FactInactive) == "true" {
			return Making{Why: "Está inativo no Omie e não existe no Auvo."}
		}
		return makeInAuvo(a, i)
	},
	Code:      func(i record.Item) string { return i.ID },
	Lookback:  func(a config.Account) config.Duration { return a.Flows.Services.Lookback },
	FirstLoad: true,
}

func omieLeads(config.Account) reconcile.Policy { return reconcile.OmieWins }

// leads are fields in which Omie always knows best.
func leads(names ...string) []reconcile.Rule {
	rules := make([]reconcile.Rule, 0, len(names))
	for _, name := range names {
		rules = append(rules, reconcile.Rule{Field: name, Way: reconcile.ToAuvo, Leads: true})
	}
	return rules
}

// makeInAuvo makes what Omie has; what exists only in Auvo is left alone.
func makeInAuvo(_ config.Account, i record.Item) Making {
	if i.Side == record.Auvo {
		return Making{Why: "Só existe no Auvo; o Ponte o deixa como está."}
	}
	fields := record.Fields{}.With(i.Fields)
	delete(fields, record.FieldExternalID)
	return Making{OK: true, Why: "Não existe no Auvo: criar.", Fields: fields}
}
