package flow

import (
	"cmp"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"ponte/internal/phrasebook"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// A Phrase is what the office reads about a record that waits: one sentence
// that says what is wrong, and what to do (P6).
type Phrase struct {
	Message string
	Hint    string
}

// phrases are the sentences by cause (contract.md, Causes); {name} takes the
// wait's detail of that name.
var phrases = map[string]Phrase{
	"ambiguous-match": {
		"Há mais de um cadastro que pode ser este ({match}): {others}.",
		"Diga qual é com “ponte link”, ou corrija o cadastro repetido.",
	},
	"nothing-to-bill": {
		"Não há o que faturar: a conta cria {create_pt}, e o registro tem {services} serviço(s) e {products} produto(s).",
		"Acrescente o item no Auvo, ou mude o documento a criar (“create” do fluxo ou de uma regra) no arquivo de contas e use “ponte apply”; o Ponte tenta de novo sozinho.",
	},
	"missing-customer": {
		"O cliente {name} ainda não existe no Omie.",
		"Veja por que o cliente espera; assim que ele chegar ao Omie, o documento sai sozinho.",
	},
	"missing-product": {
		"O produto “{name}” (código {code}) não existe no Omie.",
		"Cadastre no Omie um produto com esse código; o documento sai sozinho em seguida.",
	},
	"missing-service": {
		"O serviço “{name}” não está ligado a nenhum serviço do Omie.",
		"Cadastre o serviço no Omie, ou defina o serviço padrão (orders.service_order.fallback_service) no arquivo de contas e use “ponte apply”; o Ponte tenta de novo sozinho.",
	},
	"invalid-document": {
		"O CPF/CNPJ “{value}” não é válido.",
		"Corrija o CPF/CNPJ no cadastro.",
	},
	"sites-stand": {
		"Foi inativado no Auvo, mas o cliente {other} do Omie não: ainda o usam as unidades {sites}.",
		"Separe este cadastro com “ponte unlink” e promova uma unidade com “ponte link”; ou separe ou inative as unidades, e ele é inativado.",
	},
	"document-taken": {
		"O CPF/CNPJ “{value}” já é de outro cliente do Omie: {holder} ({other}).",
		"Corrija o CPF/CNPJ num dos dois; se são a mesma empresa, ligue este ao outro com “ponte link … --as site”.",
	},
	"missing-field": {
		"Falta preencher “{field}”. {text}",
		"Preencha o campo no cadastro; o Ponte tenta de novo assim que ele mudar.",
	},
	"too-long": {
		"O campo “{field}” tem {length} caracteres, e cabem {limit}.",
		"Encurte o texto no cadastro; o Ponte não corta nada sozinho.",
	},
	"unreadable-address": {
		"O endereço “{value}” não pôde ser separado em rua, número, bairro, cidade e UF.",
		"Escreva no Auvo como “Rua, número, bairro, Cidade - UF, CEP”, ou preencha o endereço no Omie.",
	},
	"refused": {
		"{side} recusou: {text}",
		"Corrija o que o texto pede e use “ponte retry”.",
	},
	"unknown-outcome": {
		"Não se sabe se a gravação foi feita: {side} não respondeu direito. {text}",
		"O Ponte procura pelo código de integração e decide sozinho; nada a fazer.",
	},
	"conflict": {
		"{differences}",
		"Escolha com “ponte resolve --take auvo” ou “--take omie”.",
	},
	"changed-after-billing": {
		"Mudou no Auvo depois que {order} foi {state}: {changes}.",
		"Um documento faturado não é alterado: confira e acerte no Omie, depois use “ponte ignore”.",
	},
	"deleted-after-export": {
		"Não existe mais no Auvo, e {order} continua no Omie.",
		"Se o documento não vale mais, cancele-o no Omie e use “ponte retry”; se vale, use “ponte ignore”.",
	},
	"no-longer-ready": {
		"Deixou de atender às regras depois que {order} foi {made}: {why}",
		"O documento fica como está. Se não vale mais, cancele-o no Omie e use “ponte retry”; se vale, use “ponte ignore”.",
	},
	"custom-instalments": {
		"Os itens mudaram no Auvo, e o documento tem no Omie parcelas escritas por uma pessoa, que deixariam de somar o total.",
		"Acerte os itens e as parcelas no Omie e use “ponte ignore”; ou ponha no documento uma condição de pagamento da lista e use “ponte retry”.",
	},
	"billed-by-quotation": {
		"O orçamento {other}, que já tem documento no Omie, inclui esta tarefa.",
		"Se ela deve ser faturada à parte, mude flows.tasks.quoted para bill no arquivo de contas e use “ponte apply”; senão use “ponte ignore”.",
	},
	"billed-by-task": {
		"A tarefa {other} deste orçamento já tem documento no Omie.",
		"Se o orçamento deve ser faturado à parte, mude flows.tasks.quoted para bill no arquivo de contas e use “ponte apply”; senão use “ponte ignore”.",
	},
	"held-by-brake": {
		"O freio segurou esta mudança: {why}",
		"Confira com “ponte plan” e libere com “ponte release”.",
	},
	"totals-differ": {
		"Os totais não fecham: {what_pt} pelas contas do Ponte {ours}, no Auvo {theirs}.",
		"Confira quantidades, preços e descontos no Auvo.",
	},
	"credentials": {
		"A chave foi recusada: {side} não a aceita.",
		"Confira as credenciais da conta e aplique de novo com “ponte apply”.",
	},
	"blocked": {
		"{side} bloqueou a chave até {until}.",
		"Nada a fazer: o Ponte volta sozinho quando o bloqueio acabar.",
	},
	"paused": {
		"O Ponte pausou {method} até {until}, depois de recusas demais, para a chave não ser bloqueada.",
		"Nada a fazer: o Ponte tenta de novo sozinho.",
	},
	"pending": {
		"A tarefa tem uma pendência: “{pendency}”.",
		"Resolva a pendência no Auvo; a conta segura tarefas pendentes (flows.tasks.hold_pending).",
	},
	"vanished": {
		"{side} não tem mais este cadastro, e ele continua do outro lado.",
		"Inative do outro lado, desfaça a ligação com “ponte unlink”, ou cadastre de novo.",
	},
	"unreadable-record": {
		"{side} mandou este registro com valores que o Ponte não entende: {text}",
		"Corrija o registro; se ele parecer certo, avise quem cuida do Ponte com este texto.",
	},
	"erased-customer": {
		"Os dados do cliente foram apagados a pedido dele (LGPD), e o Ponte não faz documento em seu nome.",
		"Se este serviço deve ser faturado, faça o documento à mão no Omie e use “ponte ignore”; se o cliente voltou a contratar, use “ponte subject lift”.",
	},
	"document-exists": {
		"Já existe no Omie um documento deste cliente que cita este registro: {document}, de {date}, de {total} (“{text}” {where}). {more}",
		"Se é o documento deste trabalho, ligue os dois com “ponte link {source} {id}”; se é de outro, separe-os com “ponte unlink {source} {id}”, e o documento sai.",
	},
	"deleted-in-omie": {
		"Mudou no Auvo, e {order} não está mais no Omie: {changes}.",
		"O Ponte não o cria de novo sozinho: mande fazer outro com “ponte retry”, ou, se não deve haver, use “ponte ignore”.",
	},
}

// variants are the sentences of a cause where the wait's detail "what" tells
// more than the cause does.
var variants = map[string]Phrase{
	"missing-customer/none": {
		"Não tem cliente no Auvo.",
		"Escolha o cliente no Auvo; o documento sai sozinho em seguida.",
	},
	"refused/undo": {
		"{side} recusou desfazer: {text}",
		"Corrija o que o texto pede e use “ponte undo” de novo, ou “ponte retry” para deixar como está.",
	},
	"refused/inactive": {
		"{kind_pt} “{name}” está inativo no Omie, que o recusaria no documento.",
		"Ative o cadastro no Omie; o documento sai sozinho em seguida.",
	},
	"changed-after-billing/adopted": {
		"Mudou no Auvo depois que uma pessoa ligou {orders}, e o Ponte não tem como comparar os dois.",
		"Confira e acerte o documento no Omie, depois use “ponte ignore”.",
	},
	"unknown-outcome/person": {
		"Não se sabe se a gravação foi feita, e {side_the} não tem como ser consultado sobre ela. {text}",
		"Procure n{side_the}. Se foi feita, ligue com “ponte link”; se não, use “ponte retry {ref} --not-made”.",
	},
	"vanished/main": {
		"{side} não tem mais o cadastro principal deste cliente, e continuam ligadas a ele unidades do Auvo.",
		"Separe-o com “ponte unlink” e promova uma unidade com “ponte link”, ou inative o cliente no Omie.",
	},
	"vanished/apart": {
		"Uma pessoa separou este cadastro do {other}, que o Ponte criou do outro lado; o Ponte não cria outro sozinho.",
		"Ligue-o ao cadastro certo com “ponte link”, ou use “ponte ignore”.",
	},
	"too-long/code": {
		"O código de integração {code} teria {length} caracteres, e cabem {limit} no Omie.",
		"O Ponte não corta códigos: faça o documento à mão no Omie e use “ponte ignore”.",
	},
	"changed-after-billing/cancelled": {
		"Mudou no Auvo depois que {order} foi {state}: {changes}.",
		"Um documento cancelado fica como está, e o Ponte não faz outro sozinho: mande fazer outro com “ponte retry”, ou, se não deve haver, use “ponte ignore”.",
	},
	"changed-after-billing/frozen": {
		"Mudou no Auvo depois que {order} foi {state}: {changes}.",
		"Volte o documento a um estágio aberto e use “ponte retry”; ou acerte-o no Omie e use “ponte ignore”.",
	},
	"changed-after-billing/shared": {
		"Mudou no Auvo depois que {order} foi {state}: {changes}.",
		"Um documento de vários registros não é alterado pelo que um deles pede: confira e acerte no Omie, depois use “ponte ignore”.",
	},
	"deleted-after-export/billed": {
		"Não existe mais no Auvo, e {order} já foi {state}.",
		"Um documento faturado fica como está: confira e acerte no Omie, depois use “ponte ignore”.",
	},
	"deleted-after-export/frozen": {
		"Não existe mais no Auvo, e {order} foi {state}.",
		"Se o documento não vale mais, cancele-o no Omie e use “ponte retry”; se vale, use “ponte ignore”.",
	},
	"no-longer-ready/billed": {
		"Deixou de atender às regras depois que {order} foi {state}: {why}",
		"Um documento faturado fica como está: confira e acerte no Omie, depois use “ponte ignore”.",
	},
	"deleted-in-omie/unlinked": {
		"O documento com o código {code} já foi criado uma vez, e não está mais ligado a este registro.",
		"O Ponte não o cria de novo sozinho: mande fazer outro com “ponte retry”, ou, se não deve haver, use “ponte ignore”.",
	},
	"totals-differ/amount": {
		"Os totais não fecham: a quantidade, o preço ou o desconto do item “{name}” não se fatura (é negativo, maior que o item ou grande demais).",
		"Confira quantidades, preços e descontos no Auvo.",
	},
	"totals-differ/discount": {
		"Os totais não fecham: o desconto é de {theirs}, e os itens somam {ours}.",
		"Confira quantidades, preços e descontos no Auvo.",
	},
}

// Causes returns every cause that a record may wait for.
func Causes() []string {
	var names []string
	for name := range phrases {
		names = append(names, name)
	}
	return names
}

// Say returns the sentences for a cause with its detail filled in.
func Say(cause string, detail map[string]string) Phrase {
	if p, known := explain(cause, detail); known {
		return p
	}
	p, known := variants[cause+"/"+detail["what"]]
	if !known {
		p, known = phrases[cause]
	}
	if !known {
		return Phrase{Message: "Espera por uma pessoa (" + cause + ").", Hint: "Veja “ponte explain”."}
	}
	return p.fill(detail)
}

// fill puts a detail into the sentences.
func (p Phrase) fill(detail map[string]string) Phrase {
	return Phrase{fill(p.Message, detail), fill(p.Hint, detail)}
}

func fill(template string, detail map[string]string) string {
	return strings.TrimSpace(placeholder.ReplaceAllStringFunc(template, func(name string) string {
		return word(name[1:len(name)-1], detail)
	}))
}

// About names what exactly waits: while it stays the same, a wait that a person
// ignores stays ignored. more is what the sentence does not say, such as the
// fingerprint of what was refused.
func About(cause string, detail map[string]string, more ...string) string {
	said := maps.Clone(detail)
	delete(said, "until") // passes by itself
	return record.Digest([]any{cause, said, more})
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// word is what stands in a sentence for a placeholder. What the detail holds
// is somebody's text: it is put in as it is and never read as a template.
func word(name string, detail map[string]string) string {
	value := detail[name]
	switch name {
	case "create_pt":
		return createNames[detail["create"]]
	case "what_pt":
		return strings.ReplaceAll(whatNames[detail["what"]], "…", cmp.Or(detail["name"], "(sem nome)"))
	case "kind_pt":
		return kindNames[detail["kind"]]
	case "name":
		return cmp.Or(value, "(sem nome)")
	case "code":
		return cmp.Or(value, "sem código")
	case "order", "made", "state":
		return orderWord(name, detail)
	case "field":
		return cmp.Or(FieldTitle(value), "(o texto não diz qual)")
	case "settings":
		return cmp.Or(strings.Join(settingsOf(detail), " e "), "a configuração")
	case "differences":
		return differences(detail)
	case "side":
		return cmp.Or(sideNames[value], "O Omie")
	case "side_the":
		return "o " + strings.TrimPrefix(cmp.Or(sideNames[detail["side"]], "O Omie"), "O ")
	}
	return value
}

var createNames = map[string]string{"service-order": "ordem de serviço", "sales-order": "pedido de venda", "both": "OS e pedido de venda"}

var whatNames = map[string]string{"line": "no item “…”", "whole": "no total"}

var kindNames = map[string]string{"customer": "O cliente", "product": "O produto", "service": "O serviço"}

var sideNames = map[string]string{"auvo": "O Auvo", "omie": "O Omie"}

// fieldNames are the fields' names for people (design.md §1, the vendors' glossary).
var fieldNames = map[string]string{
	"name": "Nome", "legal_name": "Razão social", "document": "CPF/CNPJ", "phone": "Telefone", "email": "E-mail",
	"address": "Endereço", "complement": "Complemento", "active": "Ativo", "external_id": "Código externo",
	"price": "Preço", "stock": "Estoque", "customer": "Cliente", "forecast": "Previsão de faturamento",
	"notes": "Observações", "services": "Serviços", "products": "Produtos",
}

// ConflictDetail is what the wait of open conflicts tells of each field.
func ConflictDetail(open []reconcile.Conflict) map[string]string {
	detail := map[string]string{}
	names := make([]string, 0, len(open))
	for _, c := range open {
		names = append(names, c.Field)
		detail["auvo."+c.Field], detail["omie."+c.Field] = c.Auvo, c.Omie
	}
	detail["fields"] = strings.Join(names, ",")
	return detail
}

// differences says of each field in conflict what both sides hold. A wait of an
// older version tells of one field only.
func differences(detail map[string]string) string {
	said := func(name string) string {
		auvo, told := detail["auvo."+name]
		omie := detail["omie."+name]
		if !told {
			auvo, omie = detail["auvo"], detail["omie"]
		}
		return "no Auvo “" + auvo + "”, no Omie “" + omie + "”"
	}
	names := ConflictFields(detail)
	if len(names) <= 1 {
		name := cmp.Or(detail["fields"], detail["field"])
		return "O campo “" + FieldTitle(name) + "” mudou dos dois lados: " + said(name) + "."
	}
	all := make([]string, 0, len(names))
	for _, name := range names {
		all = append(all, "“"+FieldTitle(name)+"”: "+said(name))
	}
	return strconv.Itoa(len(names)) + " campos mudaram dos dois lados – " + strings.Join(all, "; ") + "."
}

// ConflictFields are the fields of which a wait asks for a person's choice.
func ConflictFields(detail map[string]string) []string {
	if detail["fields"] == "" {
		return nil
	}
	return strings.Split(detail["fields"], ",")
}

var kindTitles = map[record.Kind]string{
	record.Customer: "cliente", record.Product: "produto", record.Service: "serviço", record.Task: "tarefa", record.Quotation: "orçamento",
	record.ServiceOrder: "ordem de serviço", record.SalesOrder: "pedido de venda",
}

// KindTitle is a record kind's name for people.
func KindTitle(kind record.Kind) string { return cmp.Or(kindTitles[kind], string(kind)) }

var actionTitles = map[string]string{"create": "Criar", "update": "Alterar", "cancel": "Cancelar"}

// ActionTitle is what a change does, for people.
func ActionTitle(action string) string { return cmp.Or(actionTitles[action], action) }

// FieldTitles names fields for people.
func FieldTitles(fields []string) string {
	titles := make([]string, 0, len(fields))
	for _, f := range fields {
		titles = append(titles, "“"+FieldTitle(f)+"”")
	}
	return strings.Join(titles, ", ")
}

// FieldTitle is a field's name for people: ours, or a vendor's tag.
func FieldTitle(field string) string { return cmp.Or(fieldNames[field], phrasebook.FieldTitle(field)) }
