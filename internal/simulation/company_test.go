package simulation

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// The company of every walk is small, so that a cycle is quick: what matters is
// what happens to it. Records have names by which steps call them, and ids that
// neither vendor would give out itself.
var atFirst = map[string]int{"c": 8, "p": 4, "s": 3, "t": 3, "q": 2, "v": 1}

const (
	auvoCustomers = 600000
	omieCustomers = 6000300000
	auvoProducts  = 4500
	omieProducts  = 6000100000
	omieServices  = 6000200000
	firstTask     = 800
	firstQuote    = 400
)

// settle seeds both simulators: customers on both sides, differing here and
// there, and on one; a catalogue half known to Auvo; some work.
func (w *world) settle() {
	var a auvosim.Data
	var o omiesim.Data
	for n := range int64(7) {
		name := fmt.Sprintf("c%d", n)
		if n != 5 {
			a.Customers = append(a.Customers, newAuvoCustomer(name, name, name))
		}
		if n != 3 && n != 4 {
			o.Clientes = append(o.Clientes, newOmieCustomer(name, name, name))
		}
	}
	if w.h.setting("twins") == "true" {
		a.Customers = append(a.Customers, newAuvoCustomer("c7", "c7", "c6"))
	}
	a.Customers[1]["adressComplement"], o.Clientes[1]["complemento"] = "Sala 1", "Sala 2" // they differ when they are linked
	o.Clientes[2]["email"] = ""                                                           // filled from Auvo
	for n := range int64(4) {
		name := fmt.Sprintf("p%d", n)
		o.Produtos = append(o.Produtos, newProduct(name))
		o.Estoque = append(o.Estoque, omiesim.Record{"codigo_produto": omieProducts + n, "codigo_local_estoque": omiesim.DefaultPlace, "fisico": 10 + n})
		if n < 2 {
			a.Products = append(a.Products, auvosim.Record{"id": auvoProducts + n, "name": "Produto " + name, "externalId": sku(name, "0"), "unitaryValue": 35.5, "totalStock": 1, "active": true})
		}
	}
	for n := range int64(3) {
		name := fmt.Sprintf("s%d", n)
		o.Servicos = append(o.Servicos, newService(name))
		if n < 2 {
			a.Services = append(a.Services, auvosim.Record{"title": "Serviço " + name, "price": 150 + n, "active": true})
		}
	}
	w.must(w.omie.Seed(o))
	w.must(w.auvo.Seed(a))
	for n := range 3 {
		openTask(w, words{fmt.Sprintf("t%d", n), fmt.Sprintf("c%d", n), "7001"})
	}
	for n := range 2 {
		offer(w, words{fmt.Sprintf("q%d", n), fmt.Sprintf("c%d", n), "-", "p0:2:", "s1::"})
	}
	w.witness.person()
}

// newAuvoCustomer and newOmieCustomer write a customer with the name of one and
// the document of another.
func newAuvoCustomer(name, named, document string) auvosim.Record {
	r := auvosim.Record{"id": auvoCustomers + ordinal(name), "active": true, "groupsId": []int{301}}
	for field, v := range map[string]string{"name": named, "phone": name, "email": name, "address": name, "document": document} {
		for member, value := range auvoEdit(field, v, "0") {
			r[member] = value
		}
	}
	return r
}

func newOmieCustomer(name, named, document string) omiesim.Record {
	r := omiesim.Record{"codigo_cliente_omie": omieCustomers + ordinal(name), "tags": []any{map[string]any{"tag": "Cliente"}}}
	for field, v := range map[string]string{"name": named, "phone": name, "email": name, "address": name, "document": document} {
		for member, value := range omieEdit(field, v, "0", "razao_social") {
			r[member] = value
		}
	}
	r["nome_fantasia"] = r["razao_social"]
	return r
}

// auvoEdit and omieEdit are one field of a customer as a person types it: its
// version v, which no other customer and no other edit has; "-" erases.
func auvoEdit(field, name, v string) map[string]any {
	val := value(field, name, v)
	switch field {
	case "name":
		return map[string]any{"description": val}
	case "document":
		return map[string]any{"cpfCnpj": val}
	case "phone":
		if val == "" {
			return map[string]any{"phoneNumber": []string{}}
		}
		return map[string]any{"phoneNumber": []string{val}}
	case "email":
		if val == "" {
			return map[string]any{"email": []string{}}
		}
		return map[string]any{"email": []string{val}}
	case "complement":
		return map[string]any{"adressComplement": val}
	case "active":
		return map[string]any{"active": v == "on"}
	}
	return map[string]any{"address": val}
}

func omieEdit(field, name, v, nameTag string) map[string]any {
	val := value(field, name, v)
	switch field {
	case "name":
		return map[string]any{nameTag: val}
	case "document":
		return map[string]any{"cnpj_cpf": val}
	case "phone":
		ddd, number, _ := strings.Cut(val, " ")
		return map[string]any{"telefone1_ddd": ddd, "telefone1_numero": number}
	case "complement":
		return map[string]any{"complemento": val}
	case "active":
		return map[string]any{"inativo": map[bool]string{true: "N", false: "S"}[v == "on"]}
	case "address":
		return map[string]any{
			"endereco": street(name, v), "endereco_numero": "100", "bairro": "Centro", "cidade": "SAO PAULO (SP)", "estado": "SP", "cep": "01310100",
		}
	}
	return map[string]any{field: val}
}

func value(field, name, v string) string {
	if v == "-" {
		return ""
	}
	switch field {
	case "name":
		return strings.TrimSuffix("Cliente "+name+" v"+v, " v0") + " Ltda"
	case "document":
		return cnpj(ordinal(name)*1000 + number(v))
	case "phone":
		return fmt.Sprintf("11 9%04d%04d", ordinal(name), number(v))
	case "email":
		return fmt.Sprintf("%s.v%s@cliente.test", name, v)
	case "complement":
		return fmt.Sprintf("Sala %s andar %s", v, name)
	case "address":
		return street(name, v) + ", 100, Centro, São Paulo - SP, 01310-100"
	}
	return ""
}

func street(name, v string) string { return "Rua " + strings.ToUpper(name) + " V" + v }

func number(v string) int64 {
	return int64(words{v}.int(0))
}

// cnpj is the nth CNPJ of an invented firm, with its check digits.
func cnpj(n int64) string {
	d := fmt.Sprintf("%08d0001", n%100000000)
	for range 2 {
		sum, weight := 0, 2
		for i := len(d) - 1; i >= 0; i-- {
			sum += int(d[i]-'0') * weight
			if weight++; weight > 9 {
				weight = 2
			}
		}
		check := 0
		if rest := sum % 11; rest >= 2 {
			check = 11 - rest
		}
		d += fmt.Sprint(check)
	}
	return d
}

func sku(name, v string) string { return strings.ToUpper(name) + "-" + v }

func newProduct(name string) omiesim.Record {
	return omiesim.Record{
		"codigo_produto": omieProducts + ordinal(name), "codigo": sku(name, "0"), "descricao": "Produto " + name, "unidade": "UN",
		"ncm": "8421.39.90", "valor_unitario": 35.5, "inativo": "N",
	}
}

func newService(name string) omiesim.Record {
	return omiesim.Record{
		"intListar": map[string]any{"nCodServ": omieServices + ordinal(name)},
		"cabecalho": map[string]any{"cDescricao": "Serviço " + name, "nPrecoUnit": 150, "cCodCateg": "1.01.02", "cIdTrib": "01", "cCodLC116": "14.01", "cCodServMun": "140100"},
	}
}

// auvoIDOf and omieIDOf are a customer's ids: its own where a person made it, else
// that of the record which Ponte made; "" while there is none.
func (w *world) auvoIDOf(name string) string {
	own, omie := fmt.Sprint(auvoCustomers+ordinal(name)), fmt.Sprint(omieCustomers+ordinal(name))
	for _, c := range w.auvo.Snapshot().Customers {
		if c.Text("id") == own || c.Text("externalId") == omie {
			return c.Text("id")
		}
	}
	return ""
}

func (w *world) omieIDOf(name string) int64 {
	own, code := omieCustomers+ordinal(name), fmt.Sprint("AUVOC", auvoCustomers+ordinal(name))
	for _, c := range w.omie.Snapshot().Clientes {
		if c.Int("codigo_cliente_omie") == own || c.Text("codigo_cliente_integracao") == code {
			return c.Int("codigo_cliente_omie")
		}
	}
	return 0
}

// line is an item in the words of a step, name:quantity:discount, as a task or a
// quotation has it; nil where Auvo does not know it (yet).
func (w *world) line(word string, quoted bool) (list string, line map[string]any) {
	parts := strings.Split(word+"::", ":")
	name, quantity, discount := parts[0], parts[1], parts[2]
	line = map[string]any{}
	if strings.HasPrefix(name, "s") {
		list = "services"
		line["name"] = "Serviço " + name
		if known := find(w.auvo.Snapshot().Services, "externalCode", fmt.Sprint(omieServices+ordinal(name))); known != nil {
			line["name"] = known.Text("title")
		}
	} else {
		list = "products"
		known := find(w.auvo.Snapshot().Products, "externalId", w.skuOf(name))
		if known == nil {
			return list, nil
		}
		line[map[bool]string{false: "code", true: "productId"}[quoted]] = known["id"]
	}
	if quantity == "" {
		quantity = "1"
	}
	line[map[bool]string{false: "quantity", true: "amount"}[quoted]] = json.Number(quantity)
	percent, isPercent := strings.CutSuffix(discount, "%")
	switch {
	case discount == "":
	case quoted:
		line["unitaryDiscount"] = map[string]any{"type": map[bool]string{true: "Percentual", false: "Monetario"}[isPercent], "value": json.Number(percent)}
	default:
		line["discount"] = map[string]any{"type": map[bool]string{true: "Porcentagem", false: "Valor"}[isPercent], "value": json.Number(percent)}
	}
	return list, line
}

func (w *world) skuOf(product string) string {
	for _, p := range w.omie.Snapshot().Produtos {
		if p.Int("codigo_produto") == omieProducts+ordinal(product) {
			return p.Text("codigo")
		}
	}
	return sku(product, "0")
}

func find(rows []auvosim.Record, member, value string) auvosim.Record {
	for _, r := range rows {
		if value != "" && r.Text(member) == value {
			return r
		}
	}
	return nil
}

func (w *world) lines(items words, quoted bool) (services, products []auvosim.Record) {
	for _, word := range items {
		switch list, line := w.line(word, quoted); {
		case line == nil:
		case list == "services":
			services = append(services, line)
		default:
			products = append(products, line)
		}
	}
	return services, products
}

func openTask(w *world, at words) {
	customer := w.auvoIDOf(at.at(1))
	if customer == "" {
		return
	}
	w.tried(w.auvo.Seed(auvosim.Data{Tasks: []auvosim.Record{{
		"taskID": firstTask + ordinal(at.at(0)), "customerId": customer, "taskType": at.int(2), "idUserFrom": 501, "idUserTo": 502,
		"orientation": "Visita " + at.at(0), "taskStatus": 1, "taskDate": stamp(w.now()),
	}}}))
}

func offer(w *world, at words) {
	customer := w.auvoIDOf(at.at(1))
	services, products := w.lines(at[min(3, len(at)):], true)
	if customer == "" || len(services)+len(products) == 0 {
		return
	}
	r := auvosim.Record{
		"publicId": firstQuote + ordinal(at.at(0)), "customerId": customer, "requesterUserId": 501, "currentStage": map[string]any{"description": "Em aberto"},
		"products": products, "services": services,
	}
	if task := at.at(2); task != "-" {
		r["taskId"] = firstTask + ordinal(task)
	}
	w.tried(w.auvo.Seed(auvosim.Data{Quotations: []auvosim.Record{r}}))
}

var saoPaulo = func() *time.Location {
	place, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic(err)
	}
	return place
}()

func stamp(t time.Time) string { return t.In(saoPaulo).Format("2006-01-02T15:04:05") }

// tried notes an act that a simulator refused: what is not there cannot be edited.
func (w *world) tried(err error) {
	if err != nil {
		w.sum.idle++
	}
}
