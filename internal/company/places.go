package company

import (
	"fmt"

	"ponte/internal/record"
)

// A place is a city in which the company works: the DDD of its telephones, the
// first digits of its CEPs, some of its districts. All are cities that omiesim
// knows.
type place struct {
	city, state, ddd, zip string
	districts             []string
}

var places = []place{
	{"Curitiba", "PR", "41", "80", []string{"Centro", "Batel", "Água Verde", "Mercês", "Boqueirão"}},
	{"São José dos Pinhais", "PR", "41", "83", []string{"Centro", "Afonso Pena", "Cidade Jardim"}},
	{"Ponta Grossa", "PR", "42", "84", []string{"Centro", "Uvaranas", "Oficinas"}},
	{"Londrina", "PR", "43", "86", []string{"Centro", "Gleba Palhano", "Aeroporto"}},
	{"Maringá", "PR", "44", "87", []string{"Zona 01", "Zona 07", "Jardim Alvorada"}},
	{"Cascavel", "PR", "45", "85", []string{"Centro", "Parque Verde", "Neva"}},
	{"Joinville", "SC", "47", "89", []string{"Centro", "América", "Costa e Silva"}},
	{"Blumenau", "SC", "47", "89", []string{"Centro", "Itoupava Norte", "Garcia"}},
	{"Itajaí", "SC", "47", "88", []string{"Centro", "Fazenda", "São Vicente"}},
	{"Florianópolis", "SC", "48", "88", []string{"Centro", "Trindade", "Estreito"}},
	{"Chapecó", "SC", "49", "89", []string{"Centro", "Efapi", "São Cristóvão"}},
	{"Porto Alegre", "RS", "51", "90", []string{"Centro Histórico", "Moinhos de Vento", "Sarandi"}},
	{"Caxias do Sul", "RS", "54", "95", []string{"Centro", "São Pelegrino", "Desvio Rizzo"}},
	{"Campinas", "SP", "19", "13", []string{"Centro", "Cambuí", "Barão Geraldo"}},
	{"Santos", "SP", "13", "11", []string{"Centro", "Gonzaga", "Boqueirão"}},
}

var streets = []string{
	"Rua XV de Novembro", "Avenida Sete de Setembro", "Rua Marechal Deodoro", "Rua Dom Pedro II", "Avenida Brasil",
	"Rua das Acácias", "Rua Santos Dumont", "Avenida das Torres", "Rua Barão do Rio Branco", "Rua Tiradentes",
	"Rua Voluntários da Pátria", "Travessa do Comércio", "Avenida Getúlio Vargas", "Rua João Pessoa", "Rua dos Pinheiros",
}

var complements = []string{"Sala 3", "Loja 2", "Fundos", "Bloco B", "Apto 41", "2º andar", "Galpão 5", "Casa 2"}

// address draws an address in p.
func (c *Company) address(p place) record.Address {
	return record.Address{
		Street: pick(c, streets), Number: fmt.Sprint(1 + c.rand.IntN(1999)), District: pick(c, p.districts),
		City: p.city, State: p.state, ZIP: fmt.Sprintf("%s%03d-%03d", p.zip, c.rand.IntN(800), c.rand.IntN(1000)),
	}
}

// number draws a telephone number without its DDD: mostly mobile, nine digits.
func (c *Company) number() string {
	if c.chance(40) {
		return fmt.Sprintf("3%03d-%04d", c.rand.IntN(1000), c.rand.IntN(10000))
	}
	return fmt.Sprintf("9%04d-%04d", c.rand.IntN(10000), c.rand.IntN(10000))
}
