package flow

import "cmp"

// causeTitles are the causes' names for people, short enough for a heading.
var causeTitles = map[string]string{
	"ambiguous-match": "Cadastro que pode ser mais de um", "nothing-to-bill": "Nada a faturar", "missing-customer": "Cliente que falta",
	"missing-product": "Produto que falta no Omie", "missing-service": "Serviço sem ligação", "invalid-document": "CPF/CNPJ inválido",
	"missing-field": "Campo que falta", "too-long": "Texto longo demais", "unreadable-address": "Endereço que não se lê", "refused": "Recusado",
	"unknown-outcome": "Gravação sem resposta", "document-exists": "Documento que já existe no Omie", "conflict": "Mudou dos dois lados", "changed-after-billing": "Mudou depois de faturado",
	"deleted-after-export": "Excluída depois de enviada", "no-longer-ready": "Deixou de atender às regras", "billed-by-quotation": "Já no orçamento",
	"billed-by-task": "Já na tarefa", "held-by-brake": "Segurado pelo freio", "totals-differ": "Totais que não fecham", "credentials": "Chave recusada",
	"blocked": "Chave bloqueada", "paused": "Em pausa", "pending": "Tarefa com pendência", "vanished": "Sumiu de um lado",
	"unreadable-record": "Registro que não se lê", "deleted-in-omie": "Documento que sumiu do Omie", "custom-instalments": "Parcelas combinadas à mão", "document-taken": "CPF/CNPJ de outro cadastro",
}

// CauseTitle is a cause's name for people.
func CauseTitle(cause string) string { return cmp.Or(causeTitles[cause], cause) }
