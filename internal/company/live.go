package company

import (
	"fmt"
	"time"
)

// A happening is one thing that may happen. Its text is one Portuguese line,
// "" when there was nothing that it could happen to.
type happening struct {
	weight int
	happen func(c *Company, now time.Time) (string, error)
}

// life is what happens in such a company, the more often the heavier.
var life = []happening{
	{8, (*Company).technicianMoves},
	{3, (*Company).taskOpened},
	{1, (*Company).taskAmended},
	{2, (*Company).customerEditedInAuvo},
	{2, (*Company).customerEditedInOmie},
	{1, (*Company).customerWonInAuvo},
	{1, (*Company).customerWonInOmie},
	{3, (*Company).stockMoves},
	{2, (*Company).priceChanges},
	{1, (*Company).quotationMade},
	{1, (*Company).quotationApproved},
}

// failed begins the line of what a simulator refused, as when somebody removed
// a record through the admin API.
const failed = "Não deu: "

// Live lets one tick of life pass at now: one to three things happen, more in
// a larger company. It returns a Portuguese line for each.
func (c *Company) Live(now time.Time) []string {
	var told []string
	for range 1 + c.rand.IntN(3) + c.scale/5 {
		text, err := c.draw().happen(c, now)
		switch {
		case err != nil:
			told = append(told, failed+err.Error())
		case text != "":
			told = append(told, text)
		}
	}
	return told
}

func (c *Company) draw() happening {
	all := 0
	for _, h := range life {
		all += h.weight
	}
	n := c.rand.IntN(all)
	for _, h := range life {
		if n -= h.weight; n < 0 {
			return h
		}
	}
	return life[0]
}

// stockMoves: a delivery comes, or the counter sells.
func (c *Company) stockMoves(time.Time) (string, error) {
	p := pick(c, c.products)
	n, words := 1+c.rand.IntN(12), "Chegaram %d %s de “%s” (%s)"
	if p.stock > 5 && c.chance(50) {
		n, words = -1-c.rand.IntN(5), "Saíram %d %s de “%s” (%s) no balcão"
	}
	p.stock += n
	return fmt.Sprintf(words, max(n, -n), p.unit, p.name, p.sku), c.Omie.MoveStock(p.omie, 0, fmt.Sprint(n))
}

// priceChanges: the office moves a price of a part or of a service by up to six percent.
func (c *Company) priceChanges(time.Time) (string, error) {
	if c.chance(25) {
		s := pick(c, c.services)
		old := c.reprice(&s.price)
		return fmt.Sprintf("O serviço “%s” passou de %s a %s", s.title, reais(old), reais(s.price)),
			c.Omie.Edit("servicos", s.omie, map[string]any{"cabecalho": map[string]any{"nPrecoUnit": money(s.price)}})
	}
	p := pick(c, c.products)
	old := c.reprice(&p.price)
	return fmt.Sprintf("O preço de “%s” passou de %s a %s", p.name, reais(old), reais(p.price)),
		c.Omie.Edit("produtos", p.omie, map[string]any{"valor_unitario": money(p.price)})
}

// reprice changes a price and returns the old one.
func (c *Company) reprice(price *int64) (old int64) {
	old = *price
	*price = max(old*(94+c.rand.Int64N(13))/100, 50)
	if *price == old {
		*price += 10
	}
	return old
}
