package omiesim

import "strings"

// A kind says how one list of Data is stored: what names a record, by what it
// is found, where its stamps are.
type kind struct {
	name    string
	id      []string // path of the numeric id; nil when text names the record
	code    []string // path of the text that names the record, when id is nil
	finders []finder
	stamps  stamps
}

// A finder indexes a member, so that "prefix:value" finds the record.
type finder struct {
	prefix string
	path   []string
	fold   func(string) string
}

// stamps are the names of a record's stamps inside their block.
type stamps struct {
	block                              string
	dInc, hInc, uInc, dAlt, hAlt, uAlt string
}

var (
	infoStamps = stamps{"info", "dInc", "hInc", "uInc", "dAlt", "hAlt", "uAlt"}
	osStamps   = stamps{"InfoCadastro", "dDtInc", "cHrInc", "uInc", "dDtAlt", "cHrAlt", "uAlt"}
	saleStamps = stamps{"infoCadastro", "dInc", "hInc", "uInc", "dAlt", "hAlt", "uAlt"}
)

// kinds are the lists of Data in the order in which they are stored: what is
// referred to stands before what refers.
var kinds = []*kind{
	{name: "empresas", id: []string{"codigo_empresa"}},
	{name: "cidades", code: []string{"cCod"}, finders: []finder{{"ibge", []string{"nCodIBGE"}, strings.TrimSpace}}},
	{name: "categorias", code: []string{"codigo"}},
	{name: "contas", id: []string{"nCodCC"}, finders: []finder{{"int", []string{"cCodCCInt"}, strings.TrimSpace}}},
	{name: "parcelas", code: []string{"nCodigo"}},
	{name: "etapas", code: []string{"cCodOperacao"}},
	{name: "vendedores", id: []string{"codigo"}},
	{name: "projetos", id: []string{"codigo"}},
	{name: "departamentos", code: []string{"codigo"}},
	{name: "locais", id: []string{"codigo_local_estoque"}},
	{name: "clientes", id: []string{"codigo_cliente_omie"}, stamps: infoStamps, finders: []finder{
		{"int", []string{"codigo_cliente_integracao"}, strings.TrimSpace}, {"doc", []string{"cnpj_cpf"}, bareDocument},
	}},
	{name: "produtos", id: []string{"codigo_produto"}, stamps: infoStamps, finders: []finder{
		{"int", []string{"codigo_produto_integracao"}, strings.TrimSpace},
		{"sku", []string{"codigo"}, strings.TrimSpace},
		{"desc", []string{"descricao"}, strings.ToUpper},
	}},
	{name: "estoque"},
	{name: "servicos", id: []string{"intListar", "nCodServ"}, stamps: infoStamps, finders: []finder{
		{"int", []string{"intListar", "cCodIntServ"}, strings.TrimSpace}, {"sku", []string{"cabecalho", "cCodigo"}, strings.TrimSpace},
	}},
	{name: "os", id: []string{"Cabecalho", "nCodOS"}, stamps: osStamps, finders: []finder{
		{"int", []string{"Cabecalho", "cCodIntOS"}, strings.TrimSpace}, {"num", []string{"Cabecalho", "cNumOS"}, unpadded},
	}},
	{name: "pedidos", id: []string{"cabecalho", "codigo_pedido"}, stamps: saleStamps, finders: []finder{
		{"int", []string{"cabecalho", "codigo_pedido_integracao"}, strings.TrimSpace}, {"num", []string{"cabecalho", "numero_pedido"}, unpadded},
	}},
}

func kindNamed(name string) *kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// key names the record among its kind, in an order that is the list's order.
func (k *kind) key(r Record) string {
	switch {
	case k.name == "estoque":
		return stockKey(r.Int("codigo_produto"), r.Int("codigo_local_estoque"))
	case k.id != nil:
		return idKey(r.Int(k.id...))
	}
	return r.Text(k.code...)
}

func stockKey(product, place int64) string { return idKey(product) + "/" + idKey(place) }

func (k *kind) setID(r Record, id int64) {
	for _, name := range k.id[:len(k.id)-1] {
		r = r.block(name)
	}
	r[k.id[len(k.id)-1]] = number(id)
}

func (k *kind) entries(r Record) []string {
	var out []string
	for _, f := range k.finders {
		if v := f.fold(r.Text(f.path...)); v != "" {
			out = append(out, f.prefix+":"+v)
		}
	}
	return out
}

// unpadded strips the zeros that some answers put before a document's number
// (omie-api.md §6.1, §7.2).
func unpadded(n string) string { return strings.TrimLeft(strings.TrimSpace(n), "0") }

// padded writes a document's number as 15 digits.
func padded(n string) string {
	n = unpadded(n)
	return strings.Repeat("0", max(0, 15-len(n))) + n
}
