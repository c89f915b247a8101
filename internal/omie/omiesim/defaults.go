package omiesim

import "fmt"

// Ids of the default catalogues, for tests and demos.
const (
	DefaultAccount  int64 = 7000000300 // the bank account
	DefaultPlace    int64 = 7000000400 // the stock location
	DefaultSeller   int64 = 7000000500
	DefaultCompany  int64 = 7000000600
	ConsumerID      int64 = 7000000990 // Cliente Consumidor
	defaultLastYear       = "01/01/2020"
)

// seedDefaults makes the catalogues of a believable new account. Records with
// the same id or code in a Seed replace them. The lock is held.
func (s *Sim) seedDefaults() {
	for name, rows := range map[string][]Record{
		"empresas": {{
			"codigo_empresa": fmt.Sprint(DefaultCompany), "cnpj": "11.222.333/0001-81", "razao_social": "ACME REFRIGERACAO LTDA",
			"nome_fantasia": "ACME REFRIGERACAO", "cidade": "SAO PAULO (SP)", "estado": "SP", "inativa": "N", "regime_tributario": "1",
		}},
		"contas": {{
			"nCodCC": number(DefaultAccount), "cCodCCInt": "", "descricao": "Conta Corrente", "tipo": "CC", "tipo_conta_corrente": "CC",
			"codigo_banco": "341", "codigo_agencia": "0001", "numero_conta_corrente": "00001-1", "inativo": "N", "bloqueado": "N",
		}},
		"vendedores": {{
			"codigo": number(DefaultSeller), "codInt": "", "nome": "Vendedor Padrão", "inativo": "N", "email": "",
			"fatura_pedido": "N", "visualiza_pedido": "N", "comissao": number(0),
		}},
		"locais": {{
			"codigo_local_estoque": number(DefaultPlace), "codigo": "PADRAO", "descricao": "Local de Estoque Padrão", "tipo": "1", "padrao": "S",
			"inativo": "N", "codigo_cliente": number(0), "dispVenda": "S", "dispRemessa": "S", "dispOrdemProducao": "S", "dispConsumoOP": "S",
			"dInc": defaultLastYear, "hInc": "08:00:00", "uInc": byPerson, "dAlt": defaultLastYear, "hAlt": "08:00:00", "uAlt": byPerson,
		}},
		"categorias": defaultCategories(), "parcelas": defaultTerms(), "etapas": defaultStages(), "cidades": defaultCityRows(),
	} {
		for _, r := range rows {
			s.db.table(name).put(r)
		}
	}
	if !s.NoConsumer {
		s.seedConsumer()
	}
}

func (s *Sim) seedConsumer() {
	r := Record{
		"codigo_cliente_omie": number(ConsumerID), "razao_social": consumerName, "nome_fantasia": consumerName, "pessoa_fisica": "S",
		"info": map[string]any{"dInc": defaultLastYear, "hInc": "08:00:00", "uInc": byPerson, "dAlt": defaultLastYear, "hAlt": "08:00:00", "uAlt": byPerson},
	}
	s.completeCustomer(r)
	s.customers().put(r)
}

func defaultCategories() []Record {
	var rows []Record
	for _, c := range []struct{ code, name, parent, income, total string }{
		{"1", "Receitas", "", "S", "S"},
		{"1.01", "Receitas Diretas", "1", "S", "S"},
		{"1.01.01", "Clientes - Venda de Mercadoria Fabricada", "1.01", "S", "N"},
		{"1.01.02", "Clientes - Serviços Prestados", "1.01", "S", "N"},
		{"1.01.03", "Clientes - Revenda de Mercadoria", "1.01", "S", "N"},
		{"2", "Despesas", "", "N", "S"},
		{"2.01", "Despesas Diretas", "2", "N", "S"},
		{"2.01.01", "Compras de Mercadorias para Revenda", "2.01", "N", "N"},
	} {
		spending := "S"
		if c.income == "S" {
			spending = "N"
		}
		rows = append(rows, Record{
			"codigo": c.code, "descricao": c.name, "descricao_padrao": c.name, "categoria_superior": c.parent,
			"conta_receita": c.income, "conta_despesa": spending, "totalizadora": c.total, "transferencia": "N", "conta_inativa": "N",
			"nao_exibir": "N", "natureza": "", "tipo": "", "dadosDRE": map[string]any{}, "id_conta_contabil": "",
		})
	}
	return rows
}

// defaultTerms are some of the fixed payment terms (omie-api.md §8.4).
func defaultTerms() []Record {
	rows := []Record{{"nCodigo": "000", "cDescricao": "A Vista", "nParcelas": number(1)}}
	for _, days := range []int{7, 15, 30, 45, 60, 90} {
		rows = append(rows, Record{"nCodigo": fmt.Sprintf("A%02d", days), "cDescricao": fmt.Sprintf("Para %d dias", days), "nParcelas": number(1)})
	}
	for n := 1; n <= 12; n++ {
		rows = append(rows, Record{"nCodigo": fmt.Sprintf("%03d", n), "cDescricao": fmt.Sprintf("%d Parcelas", n), "nParcelas": number(n)})
	}
	return append(rows, Record{"nCodigo": "S01", "cDescricao": "30/60", "nParcelas": number(2)},
		Record{"nCodigo": "999", "cDescricao": "Personalizado", "nParcelas": number(0)})
}

// defaultStages are the factory labels (omie-api.md §6.6, §7.6).
func defaultStages() []Record {
	stages := func(operation, name string, labels ...string) Record {
		var list []any
		for i := 0; i < len(labels); i += 2 {
			list = append(list, map[string]any{"cCodigo": labels[i], "cDescricao": labels[i+1], "cDescrPadrao": labels[i+1], "cInativo": "N"})
		}
		return Record{"cCodOperacao": operation, "cDescOperacao": name, "etapas": list}
	}
	return []Record{
		stages("01", "Ordem de Serviço", "00", "Proposta", "10", "Ordem de Serviço", "20", "Em Execução", "30", "Executada", "40", "<disponível>", "50", "Faturar", "60", "Faturado"),
		stages("11", "Venda de Produto", "00", "Proposta", "10", "Pedido de Venda", "20", "Separar Estoque", "50", "Faturar", "60", "Faturado", "70", "Entrega", "80", "<disponível>"),
	}
}

func defaultCityRows() []Record {
	var rows []Record
	for i, c := range defaultCities {
		rows = append(rows, Record{"cCod": c[0] + " (" + c[1] + ")", "cNome": c[0], "cUF": c[1], "nCodIBGE": c[2], "nCodSIAFI": number(7000 + i)})
	}
	return rows
}
