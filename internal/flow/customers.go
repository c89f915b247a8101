package flow

import (
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// customerCode begins the integration code of a customer made in Omie (contract.md, Keys).
const customerCode = "AUVOC"

// customers mirrors customers both ways (design.md §1 and §7, Customers).
var customers = Mirror{
	Rules:    customerRules,
	Policy:   func(a config.Account) reconcile.Policy { return reconcile.Policy(a.Flows.Customers.Conflict) },
	Matches:  []Match{byExternalID, byIntegrationCode, byDocument},
	Doubt:    &byCustomerName,
	Sole:     &Sole{Side: record.Omie, Field: record.FieldDocument, Key: record.KeyDocument, Cause: "document-taken"},
	Make:     makeCustomer,
	Lookback: func(a config.Account) config.Duration { return a.Flows.Customers.Lookback },
	Code: func(i record.Item) string {
		if i.Side == record.Auvo {
			return customerCode + i.ID
		}
		return i.ID
	},
}

var byExternalID = Match{
	Why: "pelo ID externo", Name: "ID externo", AuvoKey: record.KeyCode, OmieKey: record.KeyID,
	Value: func(i record.Item) string {
		if i.Side == record.Auvo {
			return i.Code
		}
		return i.ID
	},
}

var byIntegrationCode = Match{
	Why: "pelo código de integração", Name: "código de integração", AuvoKey: record.KeyID, OmieKey: record.KeyCode,
	Value: func(i record.Item) string {
		if i.Side == record.Auvo {
			return i.ID
		}
		id, ours := strings.CutPrefix(i.Code, customerCode)
		if !ours {
			return ""
		}
		return id
	},
	OmieForm: func(id string) string { return customerCode + id },
}

var byDocument = Match{
	Why: "pelo CPF/CNPJ", Name: "CPF/CNPJ", AuvoKey: record.KeyDocument, OmieKey: record.KeyDocument,
	Value: sameValue(record.KeyDocument),
}

// byCustomerName only raises doubt: the same name with different documents is
// two customers, but where one has no document nobody can tell (contract.md, First contact).
var byCustomerName = Match{
	Why: "pelo nome", Name: "nome", AuvoKey: record.KeyName, OmieKey: record.KeyName,
	Value: sameValue(record.KeyName),
}

// Doubtful tells whether two records of one normalised name may be the same:
// at least one of them has no document.
func Doubtful(a, b record.Item) bool {
	return a.Key(record.KeyDocument) == "" || b.Key(record.KeyDocument) == ""
}

func customerRules(a config.Account) []reconcile.Rule {
	way := map[config.Direction]reconcile.Way{
		config.BothWays:   reconcile.Both,
		config.OmieToAuvo: reconcile.ToAuvo,
		config.AuvoToOmie: reconcile.ToOmie,
	}[a.Flows.Customers.Direction]
	names := []string{
		record.FieldName, record.FieldDocument, record.FieldPhone, record.FieldEmail,
		record.FieldAddress, record.FieldComplement, record.FieldActive,
	}
	if a.Flows.Customers.Name == config.NameNomeFantasia {
		names = append(names, record.FieldLegalName)
	}
	rules := make([]reconcile.Rule, 0, len(names)+1)
	for _, name := range names {
		rules = append(rules, reconcile.Rule{Field: name, Way: way})
	}
	return append(rules, reconcile.Rule{Field: record.FieldExternalID, Way: reconcile.ToAuvo, Own: true})
}

// makeCustomer applies direction, inactive and tags (contract.md, the accounts file).
func makeCustomer(a config.Account, i record.Item) Making {
	c := a.Flows.Customers
	switch {
	case i.Side == record.Auvo && c.Direction == config.OmieToAuvo:
		return Making{Why: "Só existe no Auvo, e esta conta só leva clientes do Omie para o Auvo."}
	case i.Side == record.Omie && c.Direction == config.AuvoToOmie:
		return Making{Why: "Só existe no Omie, e esta conta só leva clientes do Auvo para o Omie."}
	case i.Fields[record.FieldActive] == "false" && c.Inactive == config.InactiveSkip:
		return Making{Why: "Está inativo e não existe do outro lado; a conta pula inativos."}
	case consumer(i):
		return Making{Why: "O Omie já tem o seu próprio Cliente Consumidor, que não se altera."}
	case i.Side == record.Omie && !tagged(i, c.Tags):
		return Making{Why: "No Omie não tem a tag de cliente (tem: " + i.Fact(record.FactTags) + ")."}
	}
	fields := record.Fields{}.With(i.Fields)
	delete(fields, record.FieldExternalID)
	return Making{OK: true, Why: "Não existe do outro lado: criar.", Fields: fields}
}

// consumer tells whether a customer is named as Omie's built-in one and, like it,
// has no document: Omie would refuse every later change of a second one
// (docs/apis/omie.md §3.3).
func consumer(i record.Item) bool {
	return i.Key(record.KeyName) == "cliente consumidor" && i.Key(record.KeyDocument) == ""
}

// tagged: Omie records with one of these tags, or with none, cross to Auvo.
func tagged(i record.Item, tags []string) bool {
	held := splitList(i.Fact(record.FactTags))
	if len(held) == 0 {
		return true
	}
	return slices.ContainsFunc(held, func(t string) bool {
		return slices.ContainsFunc(tags, func(want string) bool { return record.Fold(want) == record.Fold(t) })
	})
}

func splitList(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(t string) bool { return strings.TrimSpace(t) == "" })
}
