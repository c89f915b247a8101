package company

import (
	"fmt"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// A customer is one that the company's people know by an id; 0 is not known on
// that side (Ponte may have made it there, they need not look).
type customer struct {
	auvo, omie int64
	name       string // razao_social
	trade      string // nome_fantasia
	document   string // bare
	ddd        string
	number     string
	email      string
	address    record.Address
	complement string
	odd        bool // one of the deliberate troubles: gets no work
}

const (
	firstCustomerAuvo = 700001
	firstCustomerOmie = 7000300001
	customersPerScale = 40
)

// A role says on which sides a customer of the seed stands, and what is
// particular about it.
type role struct {
	times      int
	auvo, omie bool
	odd        bool
	twist      func(c *Company, who *customer, a auvosim.Record, o omiesim.Record)
}

// cast is 40 customers: some on both sides, some on one.
var cast = []role{
	{times: 10, auvo: true, omie: true},
	{times: 1, auvo: true, omie: true, twist: func(c *Company, who *customer, _ auvosim.Record, o omiesim.Record) {
		o["telefone1_numero"] = c.number() // the office knows a newer telephone
	}},
	{times: 2, auvo: true, omie: true, twist: func(_ *Company, _ *customer, a auvosim.Record, _ omiesim.Record) {
		a["email"] = []string{} // filled from Omie
	}},
	{times: 1, auvo: true, omie: true, twist: func(_ *Company, _ *customer, _ auvosim.Record, o omiesim.Record) {
		for _, part := range []string{"endereco", "endereco_numero", "bairro", "cidade", "estado", "cep"} {
			o[part] = "" // filled from Auvo
		}
	}},
	{times: 2, auvo: true, omie: true, twist: lettered},
	{times: 8, omie: true},
	{times: 1, omie: true, twist: func(_ *Company, _ *customer, _ auvosim.Record, o omiesim.Record) {
		o["tags"] = []any{} // none: a customer all the same
	}},
	{times: 1, omie: true, twist: tagged("Cliente", "Fornecedor")},
	{times: 1, omie: true, odd: true, twist: tagged("Fornecedor")},
	{times: 1, omie: true, odd: true, twist: func(_ *Company, _ *customer, _ auvosim.Record, o omiesim.Record) { o["inativo"] = "S" }},
	{times: 10, auvo: true},
	{times: 1, auvo: true, odd: true, twist: func(_ *Company, _ *customer, a auvosim.Record, _ omiesim.Record) {
		a["address"] = "Estrada da Colônia, depois do posto, entrar à esquerda"
	}},
	{times: 1, auvo: true, odd: true, twist: namesake},
}

func lettered(c *Company, who *customer, a auvosim.Record, o omiesim.Record) {
	who.document = c.letteredCNPJ()
	a["cpfCnpj"], o["cnpj_cpf"] = strings.ToLower(who.document), who.document
}

func tagged(tags ...string) func(*Company, *customer, auvosim.Record, omiesim.Record) {
	return func(_ *Company, _ *customer, _ auvosim.Record, o omiesim.Record) { o["tags"] = tagList(tags...) }
}

// namesake has no document and the name of a customer that stands in Omie
// only, so that nobody can tell whether they are one.
func namesake(c *Company, who *customer, a auvosim.Record, _ omiesim.Record) {
	other, ok := pickIf(c, c.customers, func(k *customer) bool { return k.auvo == 0 && !k.odd })
	if !ok {
		return
	}
	other.odd = true
	who.name, who.document = other.name, ""
	a["description"], a["cpfCnpj"] = other.name, ""
}

func tagList(tags ...string) []any {
	list := []any{}
	for _, t := range tags {
		list = append(list, map[string]any{"tag": t})
	}
	return list
}

func (c *Company) winCustomers(a *auvosim.Data, o *omiesim.Data) {
	for range c.scale {
		for _, r := range cast {
			for range r.times {
				c.winCustomer(r, a, o)
			}
		}
	}
}

func (c *Company) winCustomer(r role, a *auvosim.Data, o *omiesim.Data) {
	n := int64(len(c.customers))
	who := c.newCustomer()
	who.odd = r.odd
	inAuvo, inOmie := c.inAuvo(who), c.inOmie(who)
	if r.twist != nil {
		r.twist(c, who, inAuvo, inOmie)
	}
	if r.auvo {
		who.auvo = firstCustomerAuvo + n
		inAuvo["id"], inAuvo["creationDate"], inAuvo["dateLastUpdate"] = who.auvo, "2024-03-01T09:00:00", auvoStamp(c.recent())
		a.Customers = append(a.Customers, inAuvo)
	}
	if r.omie {
		who.omie = firstCustomerOmie + n
		inOmie["codigo_cliente_omie"], inOmie["info"] = who.omie, omieInfo(c.recent())
		o.Clientes = append(o.Clientes, inOmie)
	}
	c.customers = append(c.customers, who)
}

// newCustomer draws one: a firm in three of four cases, else a person.
func (c *Company) newCustomer() *customer {
	at := pick(c, places)
	who := &customer{ddd: at.ddd, number: c.number(), address: c.address(at)}
	if c.chance(25) {
		who.name = c.personName()
		who.trade, who.document = who.name, c.cpf()
	} else {
		who.trade = c.tradeName()
		who.name, who.document = who.trade+" "+pick(c, legalForms), c.cnpj()
	}
	who.email = "contato@" + strings.ReplaceAll(record.Fold(who.trade), " ", "-") + ".test"
	if c.chance(30) {
		who.complement = pick(c, complements)
	}
	return who
}

// inAuvo writes a customer as the technicians' coordinator types it: documents
// and telephones now with punctuation, now without.
func (c *Company) inAuvo(who *customer) auvosim.Record {
	document, phone := who.document, who.ddd+strings.ReplaceAll(who.number, "-", "")
	if c.chance(50) {
		document, phone = record.FormatTaxID(document), fmt.Sprintf("(%s) %s", who.ddd, who.number)
	}
	return auvosim.Record{
		"description": who.name, "legalName": who.name, "cpfCnpj": document, "phoneNumber": []string{phone}, "email": []string{who.email},
		"address": who.address.Line(), "adressComplement": who.complement, "active": true,
		"groupsId": []int{pick(c, []int{contractGroup, singleGroup, singleGroup, publicGroup})},
	}
}

// inOmie writes a customer as the office types it.
func (*Company) inOmie(who *customer) omiesim.Record {
	return omiesim.Record{
		"razao_social": who.name, "nome_fantasia": who.trade, "cnpj_cpf": record.FormatTaxID(who.document),
		"telefone1_ddd": who.ddd, "telefone1_numero": who.number, "email": who.email,
		"endereco": who.address.Street, "endereco_numero": who.address.Number, "bairro": who.address.District,
		"cidade": who.address.CityForm(), "estado": who.address.State, "cep": strings.ReplaceAll(who.address.ZIP, "-", ""),
		"complemento": who.complement, "inativo": "N", "tags": tagList("Cliente"),
	}
}
