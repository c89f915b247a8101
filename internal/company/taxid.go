package company

import (
	"fmt"

	"ponte/internal/record"
)

// cpf draws a CPF with right check digits, without punctuation.
func (c *Company) cpf() string { return c.unusedID(func() string { return c.figures(9) }) }

// cnpj draws a CNPJ of a head office, without punctuation.
func (c *Company) cnpj() string { return c.unusedID(func() string { return c.figures(8) + "0001" }) }

// letteredCNPJ draws a CNPJ of the form that has letters, in use since July
// 2026 (omie-api.md §3.3).
func (c *Company) letteredCNPJ() string {
	const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
	return c.unusedID(func() string {
		root := []byte("A" + c.figures(7))
		for i := 1; i < 6; i++ {
			root[i] = signs[c.rand.IntN(len(signs))]
		}
		return string(root) + "0001"
	})
}

// unusedID completes bodies until a document comes out that nobody has.
func (c *Company) unusedID(body func() string) string {
	for {
		id, ok := checked(body())
		if ok && !c.documents[id] {
			c.documents[id] = true
			return id
		}
	}
}

// checked adds the two check digits that make body a valid document; it is
// false for a body of one repeated digit, which has none.
func checked(body string) (id string, ok bool) {
	for digits := range 100 {
		if id = fmt.Sprintf("%s%02d", body, digits); record.ValidTaxID(id) {
			return id, true
		}
	}
	return "", false
}

func (c *Company) figures(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte('0' + c.rand.IntN(10))
	}
	return string(out)
}
