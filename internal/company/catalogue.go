package company

import (
	"encoding/json"
	"fmt"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// A product is a part in the catalogue. Omie has them all.
type product struct {
	auvo, omie int64
	sku, name  string
	unit       string // UN, KG, M, …: KG and M are used in fractions
	price      int64  // in cents
	stock      int    // physically there
}

// A service is work in the catalogue; technicians name it by its title.
type service struct {
	omie   int64
	title  string
	price  int64 // in cents
	inAuvo bool  // known there from the start
}

const (
	firstProductAuvo = 4501
	firstProductOmie = 7000100001
	firstServiceOmie = 7000200001
)

// parts are what the company keeps: SKU, name, unit, NCM, price in cents.
var parts = []struct {
	sku, name, unit, ncm string
	price                int64
}{
	{"GAS-R410A", "Gás refrigerante R-410A", "KG", "38276300", 18900},
	{"GAS-R22", "Gás refrigerante R-22", "KG", "38273100", 14250},
	{"GAS-R134A", "Gás refrigerante R-134a", "KG", "29034500", 12900},
	{"TUB-14", `Tubo de cobre 1/4"`, "M", "74111010", 2390},
	{"TUB-38", `Tubo de cobre 3/8"`, "M", "74111010", 3290},
	{"TUB-58", `Tubo de cobre 5/8"`, "M", "74111010", 5870},
	{"ISO-14", `Isolamento elastomérico 1/4"`, "M", "40081100", 690},
	{"CAP-35", "Capacitor 35 µF 440 V", "UN", "85322590", 4590},
	{"CAP-45", "Capacitor 45+5 µF 440 V", "UN", "85322590", 6890},
	{"COMP-12K", "Compressor rotativo 12.000 BTU", "UN", "84143019", 118000},
	{"COMP-18K", "Compressor rotativo 18.000 BTU", "UN", "84143019", 149900},
	{"PLC-UNI", "Placa eletrônica universal", "UN", "85371090", 28900},
	{"CTL-UNI", "Controle remoto universal", "UN", "85437099", 4990},
	{"SEN-10K", "Sensor de temperatura 10 kΩ", "UN", "90259090", 2450},
	{"FIL-G4", "Filtro de ar G4 600 × 600 mm", "UN", "84213990", 7990},
	{"FIL-SEC", `Filtro secador 1/4"`, "UN", "84213990", 3590},
	{"MOT-EV", "Motor do evaporador 20 W", "UN", "85014019", 23900},
	{"MOT-CD", "Motor do condensador 1/6 CV", "UN", "85014019", 31500},
	{"TURB-22", "Turbina do evaporador 22.000 BTU", "UN", "84149020", 16990},
	{"BOM-DRN", "Bomba de dreno 12 L/h", "UN", "84137080", 27900},
	{"SUP-500", "Suporte para condensadora 500 mm", "UN", "73269090", 8990},
	{"CON-25A", "Contator 25 A 220 V", "UN", "85364900", 12890},
	{"DIS-20A", "Disjuntor bipolar 20 A", "UN", "85362000", 5490},
	{"CAB-PP4", "Cabo PP 4 × 1,5 mm²", "M", "85444900", 890},
	{"FIT-PVC", "Fita PVC & alumínio 10 m", "UN", "39191020", 1990},
	{"OLE-POE", "Óleo POE 32 para compressor", "L", "27101932", 9690},
	{"VAL-EXP", "Válvula de expansão R-410A", "UN", "84818099", 33900},
	{"TER-DIG", "Termostato digital", "UN", "90321090", 15900},
	{"BAT-CTL", "Pilha para controle AAA (par)", "UN", "85061010", 990},
	{"GRD-VEN", "Grade de ventilação 300 × 300 mm", "UN", "84159090", 6790},
}

// works are what the company does: title and price in cents.
var works = []struct {
	title string
	price int64
}{
	{"Visita técnica", 15000},
	{"Higienização de split hi-wall", 18000},
	{"Carga de gás refrigerante", 22000},
	{"Instalação de split até 12.000 BTU", 65000},
	{"Instalação de split acima de 12.000 BTU", 85000},
	{"Desinstalação de equipamento", 25000},
	{"Troca de compressor", 48000},
	{"Manutenção preventiva mensal", 32000},
	{"Análise de vazamento", 19990},
	{"Limpeza de dutos (por metro)", 4500},
	{"Laudo técnico PMOC", 39000},
	{"Atendimento emergencial 24 h", 35000},
}

// stockShelves puts the catalogue into Omie and three of five parts into Auvo,
// where some prices are older.
func (c *Company) stockShelves(a *auvosim.Data, o *omiesim.Data) {
	for line := range c.scale {
		for i, part := range parts {
			n := int64(line*len(parts) + i)
			p := &product{omie: firstProductOmie + n, sku: part.sku, name: part.name, unit: part.unit, price: part.price}
			if line > 0 {
				p.sku, p.name = fmt.Sprintf("%s-%d", p.sku, line+1), fmt.Sprintf("%s, linha %d", p.name, line+1)
			}
			p.stock = c.rand.IntN(60)
			c.products = append(c.products, p)
			o.Produtos = append(o.Produtos, c.productInOmie(p, part.ncm, i))
			if i%10 != 9 { // the tenth never moved: it has no balance
				o.Estoque = append(o.Estoque, omiesim.Record{
					"codigo_produto": p.omie, "fisico": p.stock, "reservado": min(p.stock, c.rand.IntN(3)),
					"nCMC": money(p.price * 6 / 10), "estoque_minimo": 2,
				})
			}
			if i%5 < 3 {
				p.auvo = firstProductAuvo + n
				a.Products = append(a.Products, c.productInAuvo(p))
			}
		}
	}
	a.Products = append(a.Products, auvosim.Record{"id": looseProduct, "name": "Peça avulsa comprada no balcão", "externalId": "AVULSO", "unitaryValue": 45})
	a.AdditionalCosts = []auvosim.Record{{"id": travelCost, "name": "Deslocamento", "value": 60}}
}

// looseProduct exists in Auvo only, and one finished task used it.
const (
	looseProduct = 4500
	travelCost   = 901
)

func (c *Company) productInOmie(p *product, ncm string, n int) omiesim.Record {
	inactive := "N"
	if n == len(parts)-1 {
		inactive = "S"
	}
	return omiesim.Record{
		"codigo_produto": p.omie, "codigo": p.sku, "descricao": p.name, "unidade": p.unit, "ncm": ncm,
		"valor_unitario": money(p.price), "inativo": inactive, "info": omieInfo(c.recent()),
	}
}

func (c *Company) productInAuvo(p *product) auvosim.Record {
	price := p.price
	if c.chance(20) {
		price = price * 95 / 100
	}
	return auvosim.Record{"id": p.auvo, "name": p.name, "externalId": p.sku, "unitaryValue": money(price), "totalStock": 0, "active": true}
}

// offerServices puts all services into Omie and two of three into Auvo, by title.
func (c *Company) offerServices(a *auvosim.Data, o *omiesim.Data) {
	for line := range c.scale {
		for i, w := range works {
			n := int64(line*len(works) + i)
			s := &service{omie: firstServiceOmie + n, title: w.title, price: w.price, inAuvo: i%3 < 2}
			if line > 0 {
				s.title = fmt.Sprintf("%s, faixa %d", s.title, line+1)
			}
			c.services = append(c.services, s)
			o.Servicos = append(o.Servicos, omiesim.Record{
				"intListar": map[string]any{"nCodServ": s.omie},
				"cabecalho": map[string]any{
					"cCodigo": fmt.Sprintf("SRV%05d", n+1), "cDescricao": s.title, "nPrecoUnit": money(s.price),
					"cCodCateg": "1.01.02", "cIdTrib": "01", "cCodLC116": "14.01", "cCodServMun": "140100",
				},
				"info": omieInfo(c.recent()),
			})
			if s.inAuvo {
				a.Services = append(a.Services, auvosim.Record{"title": s.title, "price": money(s.price), "active": true})
			}
		}
	}
}

// money writes cents as a JSON number.
func money(cents int64) json.Number { return json.Number(fmt.Sprintf("%d.%02d", cents/100, cents%100)) }

// reais writes cents for people.
func reais(cents int64) string {
	d, err := record.ParseAmount(string(money(cents)))
	if err != nil {
		panic("company: " + err.Error())
	}
	return record.Reais(d)
}
