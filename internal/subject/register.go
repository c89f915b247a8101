package subject

import (
	"fmt"
	"strings"

	"ponte/internal/config"
)

// Terms are how long what is kept, counted back from now.
type Terms struct {
	RawDays     int // the vendors' rows, since they last changed
	RecordYears int // the history of customers, products and services
	FiscalYears int // that of tasks, quotations and documents
}

func (t Terms) raw() string {
	return fmt.Sprintf("%d dias desde a última mudança do registro", t.RawDays)
}
func (t Terms) record() string { return years(t.RecordYears) }
func (t Terms) fiscal() string { return years(t.FiscalYears) }

func years(n int) string {
	if n == 1 {
		return "1 ano"
	}
	return fmt.Sprintf("%d anos", n)
}

// A Category is a sort of personal data that is kept, with what a data subject may ask
// about it (LGPD, art. 9 and 18).
type Category struct {
	Name      string   `json:"categoria"`
	Purpose   string   `json:"finalidade"`
	Basis     string   `json:"base_legal"`
	Retention string   `json:"prazo"`
	Tables    []string `json:"-"` // of the store
}

const (
	forContract = "execução de contrato (art. 7º, V)"
	forLaw      = "obrigação legal ou regulatória (art. 7º, II; art. 16, I)"
	forInterest = "legítimo interesse (art. 7º, IX): segurança e prestação de contas"
)

// Categories are all that is kept about a customer.
func Categories(t Terms) []Category {
	return []Category{
		{
			"Cadastro, tarefas e documentos como os dois sistemas os têm", "manter igual o cadastro e transformar o serviço feito em documento a faturar", forContract,
			"enquanto a conta existir ou até o pedido de apagamento; a resposta original dos sistemas, " + t.raw(),
			[]string{"items", "item_keys"},
		},
		{
			"Ligações entre o Auvo e o Omie", "saber que dois registros são o mesmo, e não fazer um documento duas vezes", forContract + "; dos documentos, " + forLaw,
			"enquanto a conta existir",
			[]string{"links", "lives", "marks"},
		},
		{
			"Gravações feitas nos sistemas", "provar o que foi escrito, não repetir, e poder desfazer", forContract + "; dos documentos, " + forLaw,
			"alterações de cadastro, " + t.record() + "; o que foi criado e os documentos, enquanto a conta existir",
			[]string{"changes", "unclear"},
		},
		{
			"Pendências e decisões sobre elas", "mostrar a uma pessoa o que não se pode decidir sozinho", forContract,
			"até a pendência acabar",
			[]string{"waits", "ignores"},
		},
		{
			"História e conflitos", "explicar o que veio, o que se decidiu e o que se respondeu", forInterest,
			"de cadastros, " + t.record() + "; de tarefas, orçamentos e documentos, " + t.fiscal(),
			[]string{"events", "conflicts"},
		},
		{
			"Avisos recebidos dos sistemas (webhooks)", "ler de novo o registro que mudou; só o número do registro é guardado", forContract,
			"7 dias depois de lidos",
			[]string{"hints"},
		},
	}
}

// An operation is one line of the record of processing.
type operation struct{ what, whose, data, way, purpose, basis, kept string }

// Register is the record of processing of an account (LGPD, art. 37), as Markdown in
// Portuguese, drawn from what is switched on.
func Register(a config.Account, t Terms) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Registro das operações de tratamento – conta %s (%s)\n\n", clean(a.Name), clean(a.ID))
	b.WriteString("LGPD, art. 37. Gerado da configuração do Ponte; o encarregado completa o que só ele sabe (contato, contratos com os operadores) e confirma as bases legais.\n\n" +
		"- **Controlador:** a empresa dona da conta, " + clean(a.Name) + "\n- **Operadores:** quem hospeda o Ponte; Auvo e Omie, pelos sistemas\n" +
		"- **Encarregado:** _preencher_\n- **Transferência internacional:** nenhuma pelo Ponte, que fala só com o Auvo e o Omie; veja onde o servidor dele está\n\n")
	b.WriteString("| Operação | Titulares | Dados | De → para | Finalidade | Base legal | Prazo |\n|---|---|---|---|---|---|---|\n")
	for _, o := range operations(a, t) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", o.what, o.whose, o.data, o.way, o.purpose, o.basis, o.kept)
	}
	b.WriteString("\n**Segurança (art. 46):** chaves seladas com chave-mestra, papéis por pessoa, auditoria encadeada, dados mascarados em listas, registros (logs) sem dados de cadastro.\n\n" +
		"**Direitos do titular (art. 18):** `ponte subject find`, `ponte subject export` e `ponte subject erase`; veja docs/lgpd.md.\n")
	return b.String()
}

func operations(a config.Account, t Terms) []operation {
	all := customerOperations(a, t)
	for _, f := range []struct {
		on   bool
		what string
		data string
	}{
		{a.Flows.Tasks != nil, "Tarefas → documentos", "cliente; descrição, datas e check-in da visita; link da OS digital; nomes de quem criou e de quem fez; itens e valores"},
		{a.Flows.Quotations != nil, "Orçamentos → documentos", "cliente; data da solicitação; quem criou; itens e valores"},
	} {
		if f.on {
			all = append(all, operation{
				f.what, "clientes; colaboradores", f.data, "Auvo → Ponte → Omie", "emitir a ordem de serviço ou o pedido de venda do que foi feito",
				forContract + "; " + forLaw, "história, " + t.fiscal() + "; ligação com o documento, código, datas e valores, enquanto a conta existir; resposta original, " + t.raw(),
			})
		}
	}
	if a.Flows.Products != nil || a.Flows.Services != nil {
		all = append(all, operation{"Produtos e serviços", "ninguém", "nenhum dado pessoal", "Omie → Ponte → Auvo", "manter igual o catálogo", "não se aplica", t.record()})
	}
	all = append(all,
		operation{"Webhooks", "clientes", "o número do registro que mudou; o corpo da chamada não é guardado", "Auvo, Omie → Ponte", "ler de novo o que mudou", forContract, "7 dias"},
		operation{"Acesso e auditoria", "quem usa o Ponte", "nome, e-mail, papel, sessões; o que fez e quando", "pessoa → Ponte", "saber quem mudou o quê", forInterest, "enquanto a pessoa usar o Ponte; os atos ficam"},
		operation{"Cópias de segurança", "todos acima", "o mesmo que o banco de dados tem", "Ponte → pasta de cópias", "recuperar depois de uma falha", forInterest, "até a cópia ser descartada (PONTE_BACKUP_KEEP)"},
	)
	if len(a.Alerts.Email) > 0 || !a.Alerts.Webhook.URL.IsZero() {
		all = append(all, operation{"Avisos", "quem recebe avisos", "e-mail ou endereço do webhook", "Ponte → e-mail, webhook", "avisar do que precisa de uma pessoa", forInterest, "enquanto configurado"})
	}
	return all
}

func customerOperations(a config.Account, t Terms) []operation {
	const data = "nome, CPF/CNPJ, telefone, e-mail, endereço, complemento, situação"
	kept := "enquanto a conta existir ou até o pedido de apagamento; história, " + t.record() + "; resposta original, " + t.raw()
	if a.Flows.Customers == nil {
		if a.Flows.Tasks == nil && a.Flows.Quotations == nil {
			return nil
		}
		return []operation{{"Clientes (só leitura)", "clientes", data, "Auvo, Omie → Ponte", "saber de quem é cada documento", forContract, kept}}
	}
	way := map[config.Direction]string{config.OmieToAuvo: "Omie → Ponte → Auvo", config.AuvoToOmie: "Auvo → Ponte → Omie"}[a.Flows.Customers.Direction]
	if way == "" {
		way = "Auvo ⇄ Ponte ⇄ Omie"
	}
	return []operation{{"Clientes", "clientes", data, way, "manter igual o cadastro nos dois sistemas", forContract, kept}}
}

// clean is a name as a cell or a heading takes it.
func clean(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ", "<", "&lt;", "`", "'").Replace(s)
}
