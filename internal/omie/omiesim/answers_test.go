package omiesim

import (
	"maps"
	"slices"
	"testing"

	"ponte/internal/omie/omieschema"
)

// undocumented are members that reads were seen to carry and the pages lack.
var undocumented = map[string]bool{
	"cDesStatus": true, // noise of ListarClientes (omie-api.md §3.4)
	"tipo":       true, // of categories and accounts, in fixtures (§8)
}

// strangers returns the members of an answer that its published type lacks.
func strangers(t omieschema.Type, path string, r Record) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r)) {
		f, ok := t.Field(name)
		if !ok || f.Name != name {
			if !undocumented[name] {
				out = append(out, path+name)
			}
			continue
		}
		below, ok := omieschema.TypeNamed(f.Type)
		if !ok {
			continue
		}
		rows := append(r.List(name), r.Object(name))
		for _, row := range rows {
			out = append(out, strangers(below, path+name+".", row)...)
		}
	}
	return slices.Compact(out)
}

func TestAnswersCarryOnlyPublishedTags(t *testing.T) {
	e := setup(t)
	osID := e.ok(ordens, "IncluirOS", newOS("A1", Record{"produtosUtilizados": Record{
		"cAcaoProdUtilizados": "EST", "cCodCategRem": "",
		"produtoUtilizado": []any{Record{"nCodProdutoPU": 7000000101, "nQtdePU": 1}},
	}})).Int("nCodOS")
	sale := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	for kind, id := range map[string]int64{"os": osID, "pedidos": sale} {
		if err := e.Bill(kind, id); err != nil {
			t.Fatal(err)
		}
		if err := e.Cancel(kind, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Seed(Data{Projetos: []Record{{"nome": "Obra", "inativo": "N"}}}); err != nil {
		t.Fatal(err)
	}
	all := Record{"nPagina": 1, "nRegPorPagina": 50}
	for _, c := range []struct {
		service, call string
		param         Record
	}{
		{clientes, "ListarClientes", page(1)},
		{clientes, "ListarClientesResumido", page(1)},
		{clientes, "ConsultarCliente", Record{"codigo_cliente_omie": 7000000001}},
		{clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "contato": "x"}},
		{produtos, "ListarProdutos", Record{"filtrar_apenas_omiepdv": "N"}},
		{produtos, "ListarProdutosResumido", Record{"filtrar_apenas_omiepdv": "N"}},
		{produtos, "ConsultarProduto", Record{"codigo": "SKU1"}},
		{produtos, "AlterarProduto", Record{"codigo_produto": 7000000101, "marca": "x"}},
		{estoque, "ListarPosEstoque", all},
		{estoque, "PosicaoEstoque", Record{"id_prod": 7000000101, "data": "23/11/2026"}},
		{"/estoque/resumo/", "ObterEstoqueProduto", Record{"nIdProduto": 7000000101}},
		{"/estoque/local/", "ListarLocaisEstoque", all},
		{servicos, "ListarCadastroServico", all},
		{servicos, "ConsultarCadastroServico", Record{"nCodServ": 7000000201}},
		{servicos, "UpsertCadastroServico", Record{"intEditar": Record{"nCodServ": 7000000201}, "cabecalho": Record{"cDescricao": "y"}}},
		{ordens, "IncluirOS", newOS("A2")},
		{ordens, "ListarOS", Record{"pagina": 1, "cExibirProdutos": "S"}},
		{ordens, "ConsultarOS", Record{"nCodOS": osID}},
		{ordens, "StatusOS", Record{"nCodOS": osID}},
		{ordens, "TrocarEtapaOS", Record{"cCodIntOS": "A2", "cEtapa": "20"}},
		{osp, "ValidarOS", Record{"nCodOS": osID}},
		{osp, "ObterOS", Record{"cEtapa": "20"}},
		{osp, "CancelarOS", Record{"cCodIntOS": "A2"}},
		{pedidos, "ListarPedidos", page(1)},
		{pedidos, "ConsultarPedido", Record{"codigo_pedido": sale}},
		{pedidos, "StatusPedido", Record{"codigo_pedido": sale}},
		{pedidos, "IncluirPedido", newSale("V2")},
		{pedidos, "TrocarEtapaPedido", Record{"codigo_pedido_integracao": "V2", "etapa": 20}},
		{pedfat, "ValidarPedidoVenda", Record{"nCodPed": sale}},
		{pedfat, "ObterPedidosVenda", Record{"cEtapa": "20"}},
		{pedfat, "CancelarPedidoVenda", Record{"cCodIntPed": "V2"}},
		{"/produtos/etapafat/", "ListarEtapasFaturamento", page(1)},
		{"/produtos/formaspagvendas/", "ListarFormasPagVendas", page(1)},
		{"/geral/parcelas/", "ListarParcelas", page(1)},
		{"/geral/cidades/", "PesquisarCidades", page(1)},
		{"/geral/categorias/", "ListarCategorias", page(1)},
		{"/geral/categorias/", "ConsultarCategoria", Record{"codigo": "1.01.02"}},
		{"/geral/contacorrente/", "ListarContasCorrentes", page(1)},
		{"/geral/contacorrente/", "ListarResumoContasCorrentes", page(1)},
		{"/geral/contacorrente/", "PesquisarContaCorrente", page(1)},
		{"/geral/contacorrente/", "ConsultarContaCorrente", Record{"nCodCC": DefaultAccount}},
		{"/geral/vendedores/", "ListarVendedores", page(1)},
		{"/geral/vendedores/", "ConsultarVendedor", Record{"codigo": DefaultSeller}},
		{"/geral/projetos/", "ListarProjetos", page(1)},
		{"/geral/empresas/", "ListarEmpresas", page(1)},
		{"/geral/empresas/", "ConsultarEmpresa", Record{"codigo_empresa": DefaultCompany}},
	} {
		answer := e.ok(c.service, c.call, c.param)
		published, ok := omieschema.Answer(c.service, c.call)
		if !ok {
			t.Logf("%s: its answer is not published", c.call)
			continue
		}
		for _, path := range strangers(published, "", answer) {
			t.Errorf("%s answers %s, which is not published", c.call, path)
		}
	}
	e.wantNoViolation()
}
