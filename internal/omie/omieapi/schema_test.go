package omieapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"ponte/internal/omie/omieschema"
)

// every is a call of each method, with its parameters filled to the brim where
// they are ours to choose.
var every = []struct {
	op   operation
	make func(ctx context.Context, c *Client) error
}{
	{listarClientes, func(ctx context.Context, c *Client) error {
		return second(c.ListarClientes(ctx, brim[ListarClientesParam]()))
	}},
	{consultarCliente, func(ctx context.Context, c *Client) error {
		return second(c.ConsultarCliente(ctx, brim[ClienteChave]()))
	}},
	{incluirCliente, func(ctx context.Context, c *Client) error {
		return second(c.IncluirCliente(ctx, brim[ClienteNovo]()))
	}},
	{alterarCliente, func(ctx context.Context, c *Client) error {
		record, err := RegistroParaAlterar(fullCliente())
		if err != nil {
			return err
		}
		return second(c.AlterarCliente(ctx, record))
	}},
	{associarCodIntCliente, func(ctx context.Context, c *Client) error {
		return second(c.AssociarCodIntCliente(ctx, 7000000001, "AUVOC55"))
	}},
	{listarProdutos, func(ctx context.Context, c *Client) error {
		return second(c.ListarProdutos(ctx, brim[ListarProdutosParam]()))
	}},
	{listarPosEstoque, func(ctx context.Context, c *Client) error {
		return second(c.ListarPosEstoque(ctx, brim[ListarPosEstoqueParam]()))
	}},
	{listarLocaisEstoque, func(ctx context.Context, c *Client) error {
		return second(c.ListarLocaisEstoque(ctx, Paginacao{}))
	}},
	{listarCadastroServico, func(ctx context.Context, c *Client) error {
		return second(c.ListarCadastroServico(ctx, brim[ListarCadastroServicoParam]()))
	}},
	{listarOS, func(ctx context.Context, c *Client) error { return second(c.ListarOS(ctx, brim[ListarOSParam]())) }},
	{consultarOS, func(ctx context.Context, c *Client) error { return second(c.ConsultarOS(ctx, brim[OSChave]())) }},
	{incluirOS, func(ctx context.Context, c *Client) error {
		return second(c.IncluirOS(ctx, brim[OSCadastro]()))
	}},
	{alterarOS, func(ctx context.Context, c *Client) error {
		os := brim[OSCadastro]()
		os.Cabecalho.CCodIntOS = ""
		return second(c.AlterarOS(ctx, os))
	}},
	{cancelarOS, func(ctx context.Context, c *Client) error { return second(c.CancelarOS(ctx, 7000000200)) }},
	{listarPedidos, func(ctx context.Context, c *Client) error {
		return second(c.ListarPedidos(ctx, brim[ListarPedidosParam]()))
	}},
	{consultarPedido, func(ctx context.Context, c *Client) error {
		return second(c.ConsultarPedido(ctx, brim[PedidoChave]()))
	}},
	{incluirPedido, func(ctx context.Context, c *Client) error {
		return second(c.IncluirPedido(ctx, brim[PedidoCadastro]()))
	}},
	{alterarPedidoVenda, func(ctx context.Context, c *Client) error {
		p := brim[PedidoCadastro]()
		p.Cabecalho.CodigoPedidoIntegracao = ""
		p.Det = append(p.Det, brim[PedidoItemLido]().ItemParaAlterar())
		return second(c.AlterarPedidoVenda(ctx, p))
	}},
	{cancelarPedidoVenda, func(ctx context.Context, c *Client) error {
		return second(c.CancelarPedidoVenda(ctx, 7000000600))
	}},
	{listarCategorias, func(ctx context.Context, c *Client) error { return second(c.ListarCategorias(ctx, Paginacao{})) }},
	{listarContasCorrentes, func(ctx context.Context, c *Client) error {
		return second(c.ListarContasCorrentes(ctx, Paginacao{}))
	}},
	{listarParcelas, func(ctx context.Context, c *Client) error { return second(c.ListarParcelas(ctx, Paginacao{})) }},
	{listarEtapasFaturamento, func(ctx context.Context, c *Client) error {
		return second(c.ListarEtapasFaturamento(ctx, Paginacao{}))
	}},
	{listarVendedores, func(ctx context.Context, c *Client) error { return second(c.ListarVendedores(ctx, Paginacao{})) }},
	{listarProjetos, func(ctx context.Context, c *Client) error { return second(c.ListarProjetos(ctx, Paginacao{})) }},
	{pesquisarCidades, func(ctx context.Context, c *Client) error {
		return second(c.PesquisarCidades(ctx, brim[PesquisarCidadesParam]()))
	}},
	{listarEmpresas, func(ctx context.Context, c *Client) error { return second(c.ListarEmpresas(ctx, Paginacao{})) }},
}

func second[T any](_ T, err error) error { return err }

func TestEveryRequestKeepsToThePublishedSchema(t *testing.T) {
	c, mux := setup(t)
	var sent struct {
		Call  string
		Param []map[string]any
	}
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent.Param = nil
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"pagina":1,"npagina":1,"codigo_status":"0","codigo_cliente_omie":1,"nCodOS":1,"codigo_pedido":1}`)
	})
	for _, e := range every {
		if err := e.make(t.Context(), c); err != nil {
			t.Errorf("%s: %v", e.op.method, err)
			continue
		}
		if sent.Call != e.op.method || len(sent.Param) != 1 {
			t.Errorf("%s sent %s with %d params", e.op.method, sent.Call, len(sent.Param))
			continue
		}
		for _, p := range omieschema.Check(e.op.service, e.op.method, sent.Param[0]) {
			t.Errorf("%s: %s", e.op.method, p)
		}
		for _, tag := range omieschema.Misspelt(e.op.service, e.op.method, sent.Param[0]) {
			t.Errorf("%s: %s is not spelled as documented", e.op.method, tag)
		}
	}
}

// What we read must exist as well, or a misspelt tag would read nothing for ever.
func TestEveryFieldThatIsReadIsDocumented(t *testing.T) {
	for _, r := range []struct {
		op   operation
		path string
		row  any
	}{
		{listarClientes, "clientes_cadastro", Cliente{}},
		{listarProdutos, "produto_servico_cadastro", Produto{}},
		{listarPosEstoque, "produtos", PosEstoque{}},
		{listarLocaisEstoque, "locaisEncontrados", LocalEstoque{}},
		{listarCadastroServico, "cadastros", Servico{}},
		{listarOS, "osCadastro", OS{}},
		{consultarPedido, "pedido_venda_produto", Pedido{}},
		{listarCategorias, "categoria_cadastro", Categoria{}},
		{listarContasCorrentes, "ListarContasCorrentes", ContaCorrente{}},
		{listarParcelas, "cadastros", Parcela{}},
		{listarEtapasFaturamento, "cadastros", OperacaoEtapas{}},
		{listarVendedores, "cadastro", Vendedor{}},
		{listarProjetos, "cadastro", Projeto{}},
		{pesquisarCidades, "lista_cidades", Cidade{}},
		{listarEmpresas, "empresas_cadastro", Empresa{}},
	} {
		answer, ok := omieschema.Answer(r.op.service, r.op.method)
		if !ok {
			t.Errorf("%s has no documented answer", r.op.method)
			continue
		}
		rows, ok := answer.Field(r.path)
		if !ok {
			t.Errorf("%s answers no %s", r.op.method, r.path)
			continue
		}
		row, _ := omieschema.TypeNamed(rows.Type)
		checkRead(t, r.op.method, row, reflect.TypeOf(r.row))
	}
}

func checkRead(t *testing.T, at string, doc omieschema.Type, typ reflect.Type) {
	for f := range typ.Fields() {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" || tag == "-" {
			continue
		}
		field, ok := doc.Field(tag)
		if !ok || field.Name != tag {
			t.Errorf("%s: %s is not in %s", at, tag, doc.Name)
			continue
		}
		inner := f.Type
		if inner.Kind() == reflect.Slice && inner != reflect.TypeFor[json.RawMessage]() {
			inner = inner.Elem()
		}
		if sub, ok := omieschema.TypeNamed(field.Type); ok && inner.Kind() == reflect.Struct {
			checkRead(t, at+"."+tag, sub, inner)
		}
	}
}

func TestTheShapeOfACustomerIsTheDocumentedRecord(t *testing.T) {
	doc, _ := omieschema.Lookup("geral/clientes", "AlterarCliente")
	left := map[string]bool{
		"info": true, "importado_api": true, "bloqueado": true, "logradouro": true,
		"pesquisar_cep": true, "separar_endereco": true, "codigo_cliente_integracao": true,
	}
	for _, f := range doc.Fields {
		if _, kept := shapeCliente[f.Name]; kept == left[f.Name] {
			t.Errorf("%s: kept %t", f.Name, kept)
		}
	}
}

// brim fills every member of T: texts with one character, which every size
// allows, dates aside.
func brim[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem())
	return v
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("1")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Dec]() {
			v.Set(reflect.ValueOf(Dec{decimal.MustParse("1234.5678")}))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// fullCliente is a row with every documented tag, unknown ones, and nothings.
func fullCliente() json.RawMessage {
	doc, _ := omieschema.Lookup("geral/clientes", "AlterarCliente")
	record := documented(doc)
	record["tag_nova"] = "x"
	record["cadastro_novo"] = map[string]any{"a": 1}
	record["homepage"] = nil
	record["fax_ddd"] = ""
	record["dadosBancarios"] = map[string]any{}
	record["caracteristicas"] = []any{map[string]any{"campo": "", "nova": 1}}
	record["RAZAO_SOCIAL"] = "A &amp; B"
	delete(record, "razao_social")
	b, _ := json.Marshal(record)
	return b
}

func documented(t omieschema.Type) map[string]any {
	out := map[string]any{}
	for _, f := range t.Fields {
		sub, _ := omieschema.TypeNamed(f.Type)
		switch f.Kind {
		case omieschema.Object:
			out[f.Name] = documented(sub)
		case omieschema.Array:
			out[f.Name] = []any{documented(sub)}
		case omieschema.Number:
			out[f.Name] = 7000000001
		default:
			out[f.Name] = "S"
		}
	}
	return out
}

func TestARecordToAlterHoldsNothingThatOmieWouldRefuse(t *testing.T) {
	record, err := RegistroParaAlterar(fullCliente())
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"tag_nova", "cadastro_novo", "homepage", "fax_ddd", "dadosBancarios", "caracteristicas", "info", "RAZAO_SOCIAL"} {
		if _, there := record[gone]; there {
			t.Errorf("%s is kept", gone)
		}
	}
	if record["razao_social"] != "A & B" || record["cidade_ibge"] != "S" {
		t.Errorf("got %v, %v", record["razao_social"], record["cidade_ibge"])
	}
	record, err = RegistroParaAlterar([]byte(`{"codigo_cliente_omie":7000000001,"cidade":"SAO PAULO (SP)","cidade_ibge":"3550308"}`))
	if err != nil || record["cidade_ibge"] != nil {
		t.Errorf("a city with its UF keeps a second opinion: %v, %v", record, err)
	}
	for _, bad := range []string{`{}`, `[]`, `x`, `{"codigo_cliente_omie":0}`} {
		if _, err := RegistroParaAlterar([]byte(bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestAlterationsAreNamedByOneKey(t *testing.T) {
	c, _ := setup(t)
	for what, err := range map[string]error{
		"customer without id":  second(c.AlterarCliente(t.Context(), map[string]any{"razao_social": "x"})),
		"customer, both":       second(c.AlterarCliente(t.Context(), map[string]any{"codigo_cliente_omie": 1, "codigo_cliente_integracao": "x"})),
		"service order, both":  second(c.AlterarOS(t.Context(), OSCadastro{Cabecalho: OSCabecalho{NCodOS: 1, CCodIntOS: "x"}})),
		"sales order, neither": second(c.AlterarPedidoVenda(t.Context(), PedidoCadastro{})),
	} {
		if e := as(t, err); e.Reaction != "give-up" || e.Status != 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
}
