package omiesim

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/inprocess"
)

func TestFaultsReadAsTheyWereSeen(t *testing.T) {
	made := func(e *env) {
		e.ok(ordens, "IncluirOS", newOS("A1"))
		e.ok(pedidos, "IncluirPedido", newSale("B1"))
	}
	for _, c := range []struct {
		about, service, call string
		param                Record
		want                 string
	}{
		{
			"an unknown tag, upper-cased, with its type", clientes, "ConsultarCliente",
			Record{"cnpj_cpf": "1"},
			"ERROR: Tag [CNPJ_CPF] não faz parte da estrutura do tipo complexo [clientes_cadastro_chave]!",
		},
		{
			"the wrong dialect of paging", ordens, "ListarOS",
			Record{"nPagina": 1},
			"ERROR: Tag [NPAGINA] não faz parte da estrutura do tipo complexo [osListarRequest]!",
		},
		{
			"an identifier at the root", ordens, "AlterarOS",
			Record{"nCodOS": 1},
			"ERROR: Tag [NCODOS] não faz parte da estrutura do tipo complexo [osCadastro]!",
		},
		{
			"a string over its size", clientes, "ConsultarCliente",
			Record{"codigo_cliente_integracao": strings.Repeat("ç", 61)},
			"O número máximo de caracteres permitido para o elemento [CODIGO_CLIENTE_INTEGRACAO] é de 60. O número de caracteres informado foi de 61!",
		},
		{"an empty param", clientes, "ConsultarCliente", Record{}, "Nenhum parâmetro foi recebido em WS_PARAMS!"},
		{"a call of another service", clientes, "ListarOS", Record{"pagina": 1}, `Method "ListarOS" not exists`},
		{
			"bare numbers in a batch", clientes, "ListarClientes",
			Record{"clientesPorCodigo": []any{1}},
			"O preenchimento da tag [codigo_cliente_omie] ou [codigo_cliente_integracao] é obrigatório!",
		},
		{"an unknown customer", clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 999999999}, "ERROR: Cliente não cadastrado para o Código [999999999] !"},
		{"an unknown integration code on reading", clientes, "ConsultarCliente", Record{"codigo_cliente_integracao": "NO"}, "ERROR: Cliente não cadastrado para o Código [0] !"},
		{"an unknown integration code on writing", clientes, "AlterarCliente", Record{"codigo_cliente_integracao": "NO"}, "ERROR: Cliente não cadastrado para o Código de Integração [NO] !"},
		{"a customer without name", clientes, "IncluirCliente", Record{"codigo_cliente_integracao": "X", "nome_fantasia": "x"}, "ERROR: O preenchimento da tag [razao_social] é obrigatório!"},
		{"a customer without trade name", clientes, "IncluirCliente", Record{"codigo_cliente_integracao": "X", "razao_social": "x"}, "ERROR: O preenchimento da tag [nome_fantasia] é obrigatório!"},
		{
			"a second customer with a document", clientes, "IncluirCliente",
			Record{"codigo_cliente_integracao": "X", "razao_social": "x", "nome_fantasia": "x", "cnpj_cpf": "11.222.333/0001-81"},
			"ERROR: Cliente já cadastrado para o CPF/CNPJ [11.222.333/0001-81] com o Id [7000000001] e código de integração [] ! (add)",
		},
		{
			"wrong check digits", clientes, "IncluirCliente",
			Record{"codigo_cliente_integracao": "X", "razao_social": "x", "nome_fantasia": "x", "cnpj_cpf": "11222333000182"},
			"ERROR: O CPF/CNPJ [11222333000182] informado é inválido! - tag: [cnpj_cpf]",
		},
		{"a city without its UF", clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "cidade": "SAO PAULO"}, "ERROR: Cidade não cadastrada para o Código [SAO PAULO]"},
		{"the built-in consumer", clientes, "AlterarCliente", Record{"codigo_cliente_omie": ConsumerID, "email": "x"}, "Não é possível alterar esse código de integração (Cliente Consumidor)!"},
		{"a year before 1900", clientes, "ListarClientes", Record{"filtrar_por_data_de": "01/01/1800"}, "O ano informado na tag [filtrar_por_data_de] deve ser maior que 1900!"},
		{"an empty list", clientes, "ListarClientes", Record{"clientesFiltro": Record{"razao_social": "nobody"}}, "ERROR: Não existem registros para a página [1]!"},
		{"a page past the end", clientes, "ListarClientes", Record{"pagina": 7}, "ERROR: Não existem registros para a página [7]!"},
		{"an unknown product", produtos, "ConsultarProduto", Record{"codigo_produto": 5}, "ERROR: Produto não encontrado para o Código [5]"},
		{
			"a repeated description", produtos, "IncluirProduto",
			Record{"codigo": "S2", "descricao": `tubo 1/2"`, "unidade": "UN", "ncm": "84159020"},
			"ERROR: A descrição informada já está sendo utilizada pelo produto com código SKU1.",
		},
		{"a short description filter", produtos, "ListarProdutos", Record{"filtrar_apenas_descricao": "%ab%"}, "ERROR: Informe ao menos 3 caracteres na tag [filtrar_apenas_descricao]!"},
		{"an unknown stock location", estoque, "ListarPosEstoque", Record{"codigo_local_estoque": 12345}, "Local do Estoque não cadastrado para o Código [12345] ! - tag: [codigo_local_estoque]"},
		{
			"two ways to name locations", estoque, "ListarPosEstoque",
			Record{"codigo_local_estoque": DefaultPlace, "lista_local_estoque": "TODOS"},
			"ERROR: As tags [codigo_local_estoque] e [lista_local_estoque] não podem ser informadas em conjunto!",
		},
		{"an unknown service", servicos, "ConsultarCadastroServico", Record{"cCodIntServ": "NO"}, "ERROR: Serviço não cadastrado para o Código de integração do Serviço [NO] ! Tag [cCodIntServ]!"},
		{"an OS without customer", ordens, "IncluirOS", newOS("X", Record{"Cabecalho": Record{"nCodCli": nil}}), "O preenchimento das tags [nCodCli] ou [cCodIntCli] é obrigatório!"},
		{"an OS without forecast", ordens, "IncluirOS", newOS("X", Record{"Cabecalho": Record{"dDtPrevisao": ""}}), "ERROR: O preenchimento da tag [dDtPrevisao] é obrigatório!"},
		{"an OS without category", ordens, "IncluirOS", newOS("X", Record{"InformacoesAdicionais": Record{"cCodCateg": ""}}), "ERROR: O preenchimento da tag [cCodCateg] é obrigatório!"},
		{"an OS without services", ordens, "IncluirOS", newOS("X", Record{"ServicosPrestados": []any{}}), "ERROR: O preenchimento da tag [ServicosPrestados] é obrigatório!"},
		{"a service line of quantity 0", ordens, "IncluirOS", newOS("X", Record{"ServicosPrestados": []any{Record{"nCodServico": 7000000201, "nQtde": 0}}}), "ERROR: O preenchimento da tag [nQtde] é obrigatório!"},
		{"an OS of an unknown customer", ordens, "IncluirOS", newOS("X", Record{"Cabecalho": Record{"nCodCli": 5}}), "ERROR: Cliente não cadastrado para o Código [5] ! - tag: [nCodCli]"},
		{"an OS in the billed stage", ordens, "IncluirOS", newOS("X", Record{"Cabecalho": Record{"cEtapa": "60"}}), "ERROR: O valor [60] não é válido! Valores aceitos: 00, 10, 20, 30, 40, 50 - tag: [cEtapa]"},
		{"a totalising category", ordens, "IncluirOS", newOS("X", Record{"InformacoesAdicionais": Record{"cCodCateg": "1.01"}}), "ERROR: A categoria [1.01] é totalizadora e não pode ser utilizada! - tag: [cCodCateg]"},
		{"an unknown account", ordens, "IncluirOS", newOS("X", Record{"InformacoesAdicionais": Record{"nCodCC": 1}}), "ERROR: Conta corrente não cadastrada para o Código [1] ! - tag: [nCodCC]"},
		{"an unknown term", ordens, "IncluirOS", newOS("X", Record{"Cabecalho": Record{"cCodParc": "Z99"}}), "ERROR: Parcela não cadastrada para o Código [Z99] ! - tag: [cCodParc]"},
		{"a service city without UF", ordens, "IncluirOS", newOS("X", Record{"InformacoesAdicionais": Record{"cCidPrestServ": "SAO PAULO"}}), "ERROR: Cidade não cadastrada para o Código [SAO PAULO]"},
		{"used products without action", ordens, "IncluirOS", newOS("X", Record{"produtosUtilizados": Record{"produtoUtilizado": []any{}}}), "ERROR: O preenchimento da tag [cAcaoProdUtilizados] é obrigatório!"},
		{"a second OS with a code", ordens, "IncluirOS", newOS("A1"), "ERROR: OS já cadastrada para o Código de Integração [A1] !"},
		{"an unknown OS", ordens, "ConsultarOS", Record{"cCodIntOS": "NO"}, "ERROR: OS não cadastrada para o Código de Integração [NO] !"},
		{"both identifiers", ordens, "AlterarOS", Record{"Cabecalho": Record{"nCodOS": 1, "cCodIntOS": "A1"}}, "Informe a Tag [nCodOS] ou [cCodIntOS] na alteração!"},
		{
			"instalments without 999", ordens, "AlterarOS",
			Record{"Cabecalho": Record{"cCodIntOS": "A1"}, "Parcelas": []any{Record{"nParcela": 1}}},
			"A estrutura de parcelas [Parcelas] está disponível apenas para o Código de Parcelamento [cCodParc=999]!",
		},
		{
			"an altered item without position", ordens, "AlterarOS",
			Record{"Cabecalho": Record{"cCodIntOS": "A1"}, "ServicosPrestados": []any{Record{"nCodServico": 7000000201, "nQtde": 1}}},
			"ERROR: O preenchimento da tag [nSeqItem] é obrigatório!",
		},
		{"an order without customer", pedidos, "IncluirPedido", newSale("X", Record{"cabecalho": Record{"codigo_cliente": nil}}), "O preenchimento das tags [codigo_cliente] ou [codigo_cliente_integracao] é obrigatório!"},
		{
			"an order of yesterday", pedidos, "IncluirPedido", newSale("X", Record{"cabecalho": Record{"data_previsao": "22/11/2026"}}),
			"ERROR: A data de previsão [22/11/2026] deve ser maior ou igual à data atual! - tag: [data_previsao]",
		},
		{"an order without final consumer", pedidos, "IncluirPedido", newSale("X", Record{"informacoes_adicionais": Record{"consumidor_final": ""}}), "ERROR: O preenchimento da tag [consumidor_final] é obrigatório!"},
		{
			"an order of a customer without UF", pedidos, "IncluirPedido", newSale("X", Record{"cabecalho": Record{"codigo_cliente": ConsumerID}}),
			"ERROR: O preenchimento da tag [estado] do cliente [7000000990] é obrigatório! - tag: [codigo_cliente]",
		},
		{"a CFOP of 0", pedidos, "IncluirPedido", newSale("X", Record{"det": []any{Record{
			"ide":     Record{"codigo_item_integracao": "1"},
			"produto": Record{"codigo_produto": 7000000101, "quantidade": 1, "valor_unitario": 1, "cfop": "0"},
		}}}), "ERROR: CFOP não cadastrada [0.]"},
		{"a second order with a code", pedidos, "IncluirPedido", newSale("B1"), "ERROR: Pedido já cadastrado para o Código de Integração [B1], Código [7000001003] e Número [1] !"},
		{"a number on alteration", pedidos, "AlterarPedidoVenda", newSale("B1", Record{"cabecalho": Record{"numero_pedido": "1"}}), "A tag [numero_pedido] não deve ser enviada na alteração!"},
		{"an unknown order", pedidos, "ConsultarPedido", Record{"codigo_pedido": 1}, "ERROR: Pedido não cadastrado para o Código [1] !"},
		{"an unknown sales order by code", pedidos, "ConsultarPedido", Record{"codigo_pedido_integracao": "NO"}, "ERROR: Pedido não cadastrado para o Código de Integração [NO] !"},
	} {
		t.Run(c.about, func(t *testing.T) {
			e := setup(t)
			made(e)
			e.wantFault(c.service, c.call, c.param, c.want)
		})
	}
}

func TestAnInactiveProductIsRefused(t *testing.T) {
	e := setup(t)
	if err := e.Edit("produtos", 7000000101, map[string]any{"inativo": "S"}); err != nil {
		t.Fatal(err)
	}
	want := "ERROR: O produto [SKU1] está inativo !(Id: [7000000101] / Integração: [])"
	e.wantFault(pedidos, "IncluirPedido", newSale("X"), want)
	e.wantFault(ordens, "IncluirOS", newOS("X", Record{"produtosUtilizados": Record{
		"cAcaoProdUtilizados": "EST", "cCodCategRem": "",
		"produtoUtilizado": []any{Record{"nCodProdutoPU": 7000000101, "nQtdePU": 1}},
	}}), want)
}

func TestTheAccountMayAskForMailAndDocument(t *testing.T) {
	e := setup(t)
	e.EmailRequired, e.DocumentRequired = true, true
	p := Record{"codigo_cliente_integracao": "X", "razao_social": "x", "nome_fantasia": "x"}
	e.wantFault(clientes, "IncluirCliente", p, "ERROR: O preenchimento da tag [email] é obrigatório!")
	p["email"] = "x@example.test"
	e.wantFault(clientes, "IncluirCliente", p, "ERROR: O preenchimento da tag [cnpj_cpf] é obrigatório!")
	p["cnpj_cpf"] = "12.ABC.345/01DE-35" // the published example of an alphanumeric CNPJ
	e.ok(clientes, "IncluirCliente", p)
}

func TestAFaultIsHTTP500WithEscapedTextAndItsNumber(t *testing.T) {
	e := bare(t)
	res, err := e.post(clientes, []byte(`{"call":"ConsultarCliente","app_key":`+DefaultAppKey+`,"app_secret":"`+DefaultAppSecret+`","param":[{"codigo_cliente_omie":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", res.StatusCode)
	}
	if got, want := body.String(), `{"faultstring":"ERROR: Cliente n\u00e3o cadastrado para o C\u00f3digo [1] !","faultcode":"SOAP-ENV:Client-105"}`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if got, want := res.Header.Get("OmieAPI-Error"), "105 - ERROR: Cliente não cadastrado para o Código [1] !"; got != want {
		t.Errorf("header %q, want %q", got, want)
	}
	if got := res.Header.Get("X-Omie-ParallelRateLimit"); got != "1/4" {
		t.Errorf("load %q", got)
	}
}

func TestTheEnvelopeIsChecked(t *testing.T) {
	key := `"app_key":"` + DefaultAppKey + `","app_secret":"` + DefaultAppSecret + `"`
	for _, c := range []struct {
		about, body string
		status      int
		want        string
	}{
		{"a body that is no JSON", `{"call":`, 500, "Invalid JSON Object"},
		{"a body with a syntax error", `{"call" "x"}`, 500, "JSON request with SyntaxError"},
		{"no param", `{"call":"ListarClientes",` + key + `}`, 500, "Nenhum parâmetro foi recebido em WS_PARAMS!"},
		{"a bare object as param", `{"call":"ListarClientes",` + key + `,"param":{}}`, 500, "Nenhum parâmetro foi recebido em WS_PARAMS!"},
		{"two objects as param", `{"call":"ListarClientes",` + key + `,"param":[{},{}]}`, 500, "Nenhum parâmetro foi recebido em WS_PARAMS!"},
		{"a wrong secret", `{"call":"ListarClientes","app_key":"` + DefaultAppKey + `","app_secret":"no","param":[{}]}`, 403, "A chave de acesso está inválida ou o aplicativo está suspenso."},
		{"a key with a newline", `{"call":"ListarClientes","app_key":"` + DefaultAppKey + `\n","app_secret":"` + DefaultAppSecret + `","param":[{}]}`, 403, "A chave de acesso está inválida ou o aplicativo está suspenso."},
	} {
		t.Run(c.about, func(t *testing.T) {
			e := bare(t)
			res, err := e.post(clientes, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := out.ReadFrom(res.Body); err != nil {
				t.Fatal(err)
			}
			var body Record
			if err := decode(out.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != c.status || body.Text("faultstring") != c.want {
				t.Errorf("%d %s, want %d %s", res.StatusCode, body.Text("faultstring"), c.status, c.want)
			}
			if len(e.Violations()) == 0 {
				t.Error("no violation")
			}
		})
	}
}

func TestTransportBreachesAreRecorded(t *testing.T) {
	e := bare(t)
	for _, c := range []struct {
		method, path, media string
		want                Breach
	}{
		{http.MethodGet, "/geral/clientes/", "application/json", WrongVerb},
		{http.MethodPost, "/geral/clientes/?app_secret=x", "application/json", SecretInURL},
		{http.MethodPost, "/geral/clientes", "application/json", NoTrailingSlash},
		{http.MethodPost, "/geral/clientes/", "text/xml", WrongContentType},
	} {
		req, err := http.NewRequest(c.method, "http://omie.test/api/v1"+c.path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", c.media)
		if _, err := inprocess.Transport(e.Sim).RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		e.wantViolation(c.want)
	}
	for _, v := range e.Violations() {
		if strings.Contains(v.Text, "app_secret") {
			t.Errorf("the violation tells the address: %v", v)
		}
	}
}
