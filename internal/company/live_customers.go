package company

import (
	"fmt"
	"strings"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// An edit is a change of one field of a customer, in the words of both sides.
type edit struct {
	words      string
	auvo, omie map[string]any
}

// mend changes a telephone, an e-mail or a complement.
func (c *Company) mend(who *customer) edit {
	switch c.rand.IntN(3) {
	case 0:
		who.number = c.number()
		return edit{
			"o telefone",
			map[string]any{"phoneNumber": []string{fmt.Sprintf("(%s) %s", who.ddd, who.number)}},
			map[string]any{"telefone1_ddd": who.ddd, "telefone1_numero": who.number},
		}
	case 1:
		_, domain, _ := strings.Cut(who.email, "@")
		who.email = fmt.Sprintf("financeiro%d@%s", 1+c.rand.IntN(99), domain)
		return edit{"o e-mail", map[string]any{"email": []string{who.email}}, map[string]any{"email": who.email}}
	}
	who.complement = fmt.Sprintf("Sala %d", 1+c.rand.IntN(200))
	return edit{"o complemento", map[string]any{"adressComplement": who.complement}, map[string]any{"complemento": who.complement}}
}

// customerEditedInAuvo: the coordination mends a customer.
func (c *Company) customerEditedInAuvo(time.Time) (string, error) {
	who, ok := pickIf(c, c.customers, func(k *customer) bool { return k.auvo != 0 && !k.odd })
	if !ok {
		return "", nil
	}
	e := c.mend(who)
	return fmt.Sprintf("No Auvo, %s mudou %s de %s", c.people[0].first(), e.words, who.trade),
		c.Auvo.Edit("customers", itoa(who.auvo), e.auvo)
}

// customerEditedInOmie: the office does the same.
func (c *Company) customerEditedInOmie(time.Time) (string, error) {
	who, ok := pickIf(c, c.customers, func(k *customer) bool { return k.omie != 0 && !k.odd })
	if !ok {
		return "", nil
	}
	e := c.mend(who)
	return fmt.Sprintf("No Omie, o escritório mudou %s de %s", e.words, who.trade), c.Omie.Edit("clientes", who.omie, e.omie)
}

// customerWonInAuvo: a technician's visit wins a customer, who gets tasks from then on.
func (c *Company) customerWonInAuvo(time.Time) (string, error) {
	who := c.newCustomer()
	if err := c.Auvo.Seed(auvosim.Data{Customers: []auvosim.Record{c.inAuvo(who)}}); err != nil {
		return "", err
	}
	for _, r := range c.Auvo.Snapshot().Customers { // the simulator gave the id
		if r.Text("description") == who.name {
			who.auvo = r.Int("id")
		}
	}
	c.customers = append(c.customers, who)
	return fmt.Sprintf("Cliente novo no Auvo: %s, de %s", who.name, who.address.City), nil
}

// customerWonInOmie: the office registers a customer; its id stays the office's.
func (c *Company) customerWonInOmie(time.Time) (string, error) {
	who := c.newCustomer()
	return fmt.Sprintf("Cliente novo no Omie: %s, de %s", who.name, who.address.City),
		c.Omie.Seed(omiesim.Data{Clientes: []omiesim.Record{c.inOmie(who)}})
}
