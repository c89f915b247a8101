package web

// A wordTable sets the vendors' words beside each other, as Auvo's description of
// its Omie integration gives them (De x Para), with what Ponte does about each.
type wordTable struct {
	Title string
	Way   string
	Auvo  string // the heading of each column
	Omie  string
	Rows  []wordRow
}

// A wordRow is one field in both systems' words. Note is Ponte's own.
type wordRow struct{ Auvo, Omie, Note string }

// glossary are the vendors' tables, in their order.
var glossary = []wordTable{
	{"Clientes", "Auvo ⇄ Omie", "Auvo", "Omie", []wordRow{
		{"Nome do cliente", "Nome completo", "A razão social; ou o nome fantasia, se a regra “nome” disser"},
		{"Número do telefone", "DDD + Telefone", "O primeiro número; comparado pelos dígitos"},
		{"E-mail", "E-mail", "Todos, como um conjunto"},
		{"Endereço", "Endereço", "No Auvo é uma linha; no Omie, rua, número, bairro, cidade, UF e CEP"},
		{"Complemento do endereço", "Complemento", ""},
		{"CPF/CNPJ", "CPF/CNPJ", "Comparado sem pontuação; também o CNPJ com letras"},
		{"Status de Ativação (Ativo/Inativo)", "Ativo/Inativo", ""},
		{"Código Externo", "ID", "O número do cadastro no Omie"},
	}},
	{"Produtos", "Omie → Auvo", "Auvo", "Omie", []wordRow{
		{"Nome", "Descrição", ""},
		{"Status (Ativo/Inativo)", "Ativo/Inativo", ""},
		{"Valor Unitário", "Preço Unitário de Venda", ""},
		{"Estoque Total", "Estoque Disponível", "O saldo do local de estoque da regra"},
		{"ID Externo", "Código", "O código (SKU) que as pessoas veem"},
	}},
	{"Serviços", "Omie → Auvo", "Auvo", "Omie", []wordRow{
		{"Título do Serviço", "Descrição Resumida", ""},
		{"Preços", "Preço Unitário do Serviço", ""},
	}},
	{"Tarefas, 1ª opção", "Auvo → Omie", "Tarefa no Auvo", "Ordem de serviço no Omie", []wordRow{
		{"Data da tarefa", "Previsão de Faturamento", ""},
		{"Endereço", "Não possui", ""},
		{"Código da tarefa; Descrição; Colaborador Responsável; Data de agendamento; Data de Check-in; Link da OS digital", "Observações", "Uma linha para cada"},
		{"Cliente", "Cliente", ""},
		{"Produtos: descrição, quantidade, valor unitário", "Produtos Utilizados: descrição, quantidade (valor unitário: não possui)", "O Omie não guarda preço ali: não cobra por eles"},
		{"Serviços: serviço, quantidade, valor", "Serviços: descrição, quantidade, valor unitário", "Somam o mesmo que no Auvo, com o desconto, ao centavo"},
		{"ID do usuário que criou a tarefa", "Incluído por", "Vai nas Observações; vira vendedor, se a regra disser qual"},
	}},
	{"Tarefas, 2ª opção", "Auvo → Omie", "Tarefa no Auvo", "Pedido de venda no Omie", []wordRow{
		{"Data da tarefa", "Previsão de Faturamento", "Nunca antes de hoje, que o Omie não aceita"},
		{"Endereço", "Não possui", ""},
		{"Código da tarefa; Descrição; Colaborador Responsável; Data de agendamento; Data de Check-in; Link da OS digital", "Observações", "Uma linha para cada"},
		{"Cliente", "Cliente", ""},
		{"Produtos: produto, quantidade, valor total", "Itens de Venda: descrição, quantidade, valor total do item", "O total de cada item é o do Auvo, ao centavo"},
		{"Serviços: descrição, quantidade, valor unitário", "Não possui", "Ficam de fora, e a história do registro diz quais"},
		{"ID do usuário que criou a tarefa", "Incluído por", "Vai nas Observações; vira vendedor, se a regra disser qual"},
	}},
	{"Orçamentos, 1ª opção", "Auvo → Omie", "Orçamento no Auvo", "Ordem de serviço no Omie", []wordRow{
		{"Data da tarefa", "Previsão de Faturamento", "A da tarefa ligada; sem ela, hoje"},
		{"Endereço", "Não possui", ""},
		{"Código do orçamento; Data da Solicitação", "Observações", "Uma linha para cada"},
		{"Cliente", "Cliente", ""},
		{"Produtos: descrição, quantidade, valor unitário", "Produtos Utilizados: descrição, quantidade (valor unitário: não possui)", "O Omie não guarda preço ali: não cobra por eles"},
		{"Serviços: serviço, quantidade, valor", "Serviços: descrição, quantidade, valor unitário", "Somam o mesmo que no Auvo, com o desconto, ao centavo"},
		{"ID do usuário que criou a tarefa", "Incluído por", "Vai nas Observações; vira vendedor, se a regra disser qual"},
	}},
	{"Orçamentos, 2ª opção", "Auvo → Omie", "Orçamento no Auvo", "Pedido de venda no Omie", []wordRow{
		{"Data da tarefa", "Previsão de Faturamento", "A da tarefa ligada, nunca antes de hoje; sem ela, hoje"},
		{"Endereço", "Não possui", ""},
		{"Código do orçamento; Data da Solicitação", "Observações", "Uma linha para cada"},
		{"Cliente", "Cliente", ""},
		{"Produtos: produto, quantidade, valor total", "Itens de Venda: descrição, quantidade, valor total do item", "O total de cada item é o do Auvo, ao centavo"},
		{"Serviços: descrição, quantidade, valor unitário", "Não possui", "Ficam de fora, e a história do registro diz quais"},
		{"ID do usuário que criou a tarefa", "Incluído por", "Vai nas Observações; vira vendedor, se a regra disser qual"},
	}},
}
