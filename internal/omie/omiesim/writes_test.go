package omiesim

import (
	"strings"
	"testing"
)

func TestMoreRefusalsOfDocuments(t *testing.T) {
	used := func(action string, lines ...any) Record {
		return Record{"produtosUtilizados": Record{"cAcaoProdUtilizados": action, "cCodCategRem": "", "produtoUtilizado": lines}}
	}
	service := func(item Record) Record { return Record{"ServicosPrestados": []any{item}} }
	saleItem := func(product Record) Record {
		return Record{"det": []any{Record{"ide": Record{"codigo_item_integracao": "1"}, "produto": product}}}
	}
	for _, c := range []struct {
		about, call string
		change      Record
		want        string // part of the text
	}{
		{"a shipment without category", "IncluirOS", used("REM"), "[cCodCategRem]"},
		{"an unknown action of used products", "IncluirOS", used("XXX"), "Valores aceitos: EST, REM, PED"},
		{"a used product without id", "IncluirOS", used("EST", Record{"nQtdePU": 1}), "[nCodProdutoPU]"},
		{"an unknown used product", "IncluirOS", used("EST", Record{"nCodProdutoPU": 5, "nQtdePU": 1}), "Produto não encontrado"},
		{"a used product without quantity", "IncluirOS", used("EST", Record{"nCodProdutoPU": 7000000101}), "[nQtdePU]"},
		{"a used product of an unknown location", "IncluirOS", used("EST", Record{"nCodProdutoPU": 7000000101, "nQtdePU": 1, "codigo_local_estoque": 5}), "Local do Estoque não cadastrado"},
		{"a service line of nothing", "IncluirOS", service(Record{"nQtde": 1}), "[cTribServ]"},
		{"an unknown service", "IncluirOS", service(Record{"nCodServico": 5, "nQtde": 1}), "Tag [nCodServico]"},
		{"a position beyond 199", "IncluirOS", service(Record{"nCodServico": 7000000201, "nQtde": 1, "nSeqItem": 200}), "[nSeqItem]"},
		{"an unknown kind of discount", "IncluirOS", service(Record{"nCodServico": 7000000201, "nQtde": 1, "cTpDesconto": "X"}), "[cTpDesconto]"},
		{"a custom term without instalments", "IncluirOS", Record{"Cabecalho": Record{"cCodParc": "999", "nQtdeParc": 1}}, "[Parcelas]"},
		{"an unknown salesperson", "IncluirOS", Record{"Cabecalho": Record{"nCodVend": 5}}, "Vendedor não cadastrado"},
		{"an unknown project", "IncluirOS", Record{"InformacoesAdicionais": Record{"nCodProj": 5}}, "Projeto não cadastrado"},
		{"an impossible date", "IncluirOS", Record{"Cabecalho": Record{"dDtPrevisao": "31/02/2026"}}, "[dDtPrevisao]"},
		{"boleto and pix together", "IncluirOS", Record{"Email": Record{"cEnvBoleto": "S", "cEnvPix": "S"}}, "[cEnvBoleto] e [cEnvPix]"},
		{"words for a number", "IncluirOS", Record{"Cabecalho": Record{"nCodCli": "many"}}, "[NCODCLI]"},
		{"an unknown product", "IncluirPedido", saleItem(Record{"codigo_produto": 5, "quantidade": 1, "valor_unitario": 1}), "Produto não encontrado"},
		{"an item without quantity", "IncluirPedido", saleItem(Record{"codigo_produto": 7000000101, "valor_unitario": 1}), "[quantidade]"},
		{"an item without price", "IncluirPedido", saleItem(Record{"codigo_produto": 7000000101, "quantidade": 1}), "[valor_unitario]"},
		{"an item without product", "IncluirPedido", saleItem(Record{"quantidade": 1, "valor_unitario": 1}), "[codigo_produto] ou [codigo_produto_integracao]"},
		{"a custom term without number", "IncluirPedido", Record{"cabecalho": Record{"codigo_parcela": "999"}}, "[qtde_parcelas]"},
		{"an incomplete instalment", "IncluirPedido", Record{
			"cabecalho":      Record{"codigo_parcela": "999", "qtde_parcelas": 1},
			"lista_parcelas": Record{"parcela": []any{Record{"numero_parcela": 1, "valor": 1, "percentual": 100}}},
		}, "[data_vencimento]"},
		{"a stage of service orders", "IncluirPedido", Record{"cabecalho": Record{"etapa": "30"}}, "Valores aceitos: 00, 10, 20, 50, 70, 80"},
		{"an unknown freight", "IncluirPedido", Record{"frete": Record{"modalidade": "7"}}, "[modalidade]"},
		{"e-mail and pix together", "IncluirPedido", Record{"informacoes_adicionais": Record{"enviar_email": "S", "enviar_pix": "S"}}, "[enviar_email] e [enviar_pix]"},
	} {
		t.Run(c.about, func(t *testing.T) {
			e := setup(t)
			got := ""
			if c.call == "IncluirOS" {
				got = e.refused(ordens, c.call, newOS("X", c.change))
			} else {
				got = e.refused(pedidos, c.call, newSale("X", c.change))
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("the text is %q, want %q in it", got, c.want)
			}
		})
	}
}

func TestCustomersAreUpsertedAndExcluded(t *testing.T) {
	e := setup(t)
	p := Record{"codigo_cliente_integracao": "U1", "razao_social": "x", "nome_fantasia": "x", "cnpj_cpf": "52998224725"}
	id := e.ok(clientes, "UpsertCliente", p).Int("codigo_cliente_omie")
	p["razao_social"] = "y"
	if again := e.ok(clientes, "UpsertCliente", p).Int("codigo_cliente_omie"); again != id {
		t.Errorf("the second upsert made %d", again)
	}
	if byDoc := e.ok(clientes, "UpsertClienteCpfCnpj", Record{"cnpj_cpf": "529.982.247-25", "razao_social": "z"}).Int("codigo_cliente_omie"); byDoc != id {
		t.Errorf("the upsert by document made %d", byDoc)
	}
	e.wantFault(clientes, "IncluirCliente", p, "ERROR: Cliente já cadastrado para o Código de Integração [U1] com o nCod ["+number(id).String()+"] !")
	e.ok(clientes, "ExcluirCliente", Record{"codigo_cliente_omie": id})
	e.ok(ordens, "IncluirOS", newOS("A1"))
	e.refused(clientes, "ExcluirCliente", Record{"codigo_cliente_omie": 7000000001})
}

func TestBillingRefusesSoftly(t *testing.T) {
	e := setup(t)
	osID := e.ok(ordens, "IncluirOS", newOS("A1")).Int("nCodOS")
	sale := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "email": ""})
	if a := e.ok(pedfat, "ValidarPedidoVenda", Record{"nCodPed": sale}); a.Text("cCodStatus") != "1" || !strings.HasSuffix(a.Text("cDescStatus"), "Para emitir a NF-e falta preencher o E-mail.") {
		t.Errorf("validation answers %v", a)
	}
	if a := e.ok(osp, "FaturarOS", Record{"nCodOS": osID}); a.Text("cCodStatus") != "1" {
		t.Errorf("billing without e-mail answers %v", a)
	}
	e.ok(clientes, "AlterarCliente", Record{"codigo_cliente_omie": 7000000001, "email": "a@example.test"})
	for _, want := range []string{"0", "1"} {
		if a := e.ok(osp, "FaturarOS", Record{"nCodOS": osID}); a.Text("cCodStatus") != want {
			t.Errorf("billing answers %v, want %s", a, want)
		}
		if a := e.ok(pedfat, "FaturarPedidoVenda", Record{"nCodPed": sale}); a.Text("cCodStatus") != want {
			t.Errorf("billing the sale answers %v, want %s", a, want)
		}
	}
	e.ok(pedidos, "AlterarPedFaturado", Record{"codigo_pedido": sale, "obs_venda": "late"})
	e.refused(pedidos, "ExcluirPedido", Record{"codigo_pedido": sale})
	e.ok(pedidos, "ListarPedidos", Record{"status_pedido": "FATURADO", "numero_pedido_de": 1, "numero_pedido_ate": 1})
	e.refused(pedidos, "ListarPedidos", Record{"status_pedido": "CANCELADO"})
}

func TestItemsOfAnOrderAreAddedAndRemoved(t *testing.T) {
	for _, replaces := range []bool{false, true} {
		e := setup(t)
		e.AlterReplacesItems = replaces
		id := e.ok(pedidos, "IncluirPedido", newSale("V1")).Int("codigo_pedido")
		item := func(ide Record) Record {
			return Record{"ide": ide, "produto": Record{"codigo_produto": 7000000101, "quantidade": 1, "valor_unitario": 2}}
		}
		alter := func(items ...any) Record {
			p := newSale("", Record{"cabecalho": Record{"codigo_pedido": id}, "det": items})
			delete(p.block("cabecalho"), "codigo_pedido_integracao")
			return p
		}
		count := func() int {
			return len(e.ok(pedidos, "ConsultarPedido", Record{"codigo_pedido": id}).List("pedido_venda_produto", "det"))
		}
		e.ok(pedidos, "AlterarPedidoVenda", alter(item(Record{"codigo_item_integracao": "2"})))
		if want := map[bool]int{false: 2, true: 1}[replaces]; count() != want {
			t.Errorf("replaces %v: %d items, want %d", replaces, count(), want)
		}
		e.refused(pedidos, "AlterarPedidoVenda", alter(item(Record{"codigo_item": 5})))
		e.refused(pedidos, "AlterarPedidoVenda", alter(item(Record{"codigo_item_integracao": "9", "acao_item": "E"})))
		if !replaces {
			e.ok(pedidos, "AlterarPedidoVenda", alter(item(Record{"codigo_item_integracao": "2", "acao_item": "E"})))
			if count() != 1 {
				t.Errorf("after removing one: %d items", count())
			}
		}
	}
}

func TestUsedProductsAreChangedAndRemovedByTheirId(t *testing.T) {
	e := setup(t)
	line := Record{"nCodProdutoPU": 7000000101, "nQtdePU": 2}
	id := e.ok(ordens, "IncluirOS", newOS("A1", Record{"produtosUtilizados": Record{"cAcaoProdUtilizados": "EST", "produtoUtilizado": []any{line}}})).Int("nCodOS")
	alter := func(line Record) Record {
		return Record{"Cabecalho": Record{"nCodOS": id}, "produtosUtilizados": Record{"produtoUtilizado": []any{line}}}
	}
	lines := func() []Record {
		return e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).List("produtosUtilizados", "produtoUtilizado")
	}
	pu := lines()[0]["nIdItemPU"]
	e.ok(ordens, "AlterarOS", alter(Record{"nIdItemPU": pu, "cAcaoItemPU": "A", "nQtdePU": 5}))
	if got := lines(); len(got) != 1 || got[0].Text("nQtdePU") != "5" {
		t.Errorf("after changing: %v", got)
	}
	e.refused(ordens, "AlterarOS", alter(Record{"nIdItemPU": 5, "cAcaoItemPU": "A", "nQtdePU": 5}))
	e.ok(ordens, "AlterarOS", alter(Record{"nIdItemPU": pu, "cAcaoItemPU": "E"}))
	if got := lines(); len(got) != 0 {
		t.Errorf("after removing: %v", got)
	}
	e.ok(ordens, "AlterarOS", Record{"Cabecalho": Record{"nCodOS": id}, "Observacoes": Record{"cObsOS": "new"}})
	if got := e.ok(ordens, "ConsultarOS", Record{"nCodOS": id}).Text("Observacoes", "cObsOS"); got != "new" {
		t.Errorf("the note is %q", got)
	}
}
