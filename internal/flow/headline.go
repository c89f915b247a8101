package flow

import (
	"strconv"
	"strings"
)

// headlines say of a group what waits, of one record and of {n}.
var headlines = map[string][2]string{
	"ambiguous-match":       {"Um cadastro pode ser mais de um do outro lado.", "{n} cadastros podem ser mais de um do outro lado."},
	"nothing-to-bill":       {"Um registro não tem o que faturar no documento da conta.", "{n} registros não têm o que faturar no documento da conta."},
	"missing-customer":      {"Um registro espera pelo cliente no Omie.", "{n} registros esperam pelo cliente no Omie."},
	"missing-product":       {"Um registro usa um produto que o Omie não tem.", "{n} registros usam produtos que o Omie não tem."},
	"missing-service":       {"Um registro usa um serviço que não está ligado ao Omie.", "{n} registros usam serviços que não estão ligados ao Omie."},
	"invalid-document":      {"Um cadastro tem um CPF/CNPJ que não é válido.", "{n} cadastros têm um CPF/CNPJ que não é válido."},
	"missing-field":         {"Falta um campo num registro.", "Falta um campo em {n} registros."},
	"too-long":              {"Um texto é longo demais para o outro lado.", "{n} textos são longos demais para o outro lado."},
	"unreadable-address":    {"Um endereço não pôde ser separado em partes.", "{n} endereços não puderam ser separados em partes."},
	"refused":               {"Um registro foi recusado.", "{n} registros foram recusados."},
	"unknown-outcome":       {"De uma gravação não se sabe se foi feita.", "De {n} gravações não se sabe se foram feitas."},
	"conflict":              {"Um registro mudou dos dois lados.", "{n} registros mudaram dos dois lados."},
	"changed-after-billing": {"Um registro mudou depois que o documento não podia mais mudar.", "{n} registros mudaram depois que o documento não podia mais mudar."},
	"deleted-after-export":  {"Um registro com documento foi excluído no Auvo.", "{n} registros com documento foram excluídos no Auvo."},
	"no-longer-ready":       {"Um registro com documento deixou de atender às regras.", "{n} registros com documento deixaram de atender às regras."},
	"erased-customer":       {"Um registro é de um cliente que pediu para ser apagado.", "{n} registros são de clientes que pediram para ser apagados."},
	"custom-instalments":    {"Um documento tem parcelas que uma pessoa combinou.", "{n} documentos têm parcelas que uma pessoa combinou."},
	"billed-by-quotation":   {"Uma tarefa já está num orçamento com documento.", "{n} tarefas já estão em orçamentos com documento."},
	"billed-by-task":        {"Um orçamento tem uma tarefa que já tem documento.", "{n} orçamentos têm tarefas que já têm documento."},
	"held-by-brake":         {"O freio segurou uma mudança.", "O freio segurou {n} mudanças."},
	"totals-differ":         {"Os totais de um registro não fecham.", "Os totais de {n} registros não fecham."},
	"credentials":           {"Uma mudança espera por uma chave aceita.", "{n} mudanças esperam por uma chave aceita."},
	"blocked":               {"Uma mudança espera o fim de um bloqueio.", "{n} mudanças esperam o fim de um bloqueio."},
	"paused":                {"Uma mudança espera por uma pausa do Ponte.", "{n} mudanças esperam por uma pausa do Ponte."},
	"pending":               {"Uma tarefa tem pendência.", "{n} tarefas têm pendência."},
	"vanished":              {"Um cadastro sumiu de um dos lados.", "{n} cadastros sumiram de um dos lados."},
	"unreadable-record":     {"Um registro veio com valores que o Ponte não entende.", "{n} registros vieram com valores que o Ponte não entende."},
	"document-exists":       {"Um registro talvez já tenha documento no Omie.", "{n} registros talvez já tenham documento no Omie."},
	"document-taken":        {"Um cliente tem um CPF/CNPJ que já é de outro.", "{n} clientes têm um CPF/CNPJ que já é de outro."},
	"sites-stand":           {"Um cadastro inativado no Auvo tem unidades ativas no mesmo cliente do Omie.", "{n} cadastros inativados no Auvo têm unidades ativas no mesmo cliente do Omie."},
	"deleted-in-omie":       {"Um documento não está mais no Omie.", "{n} documentos não estão mais no Omie."},
}

// Headline is the sentence of a group: what waits, and how many.
func Headline(cause string, n int) string {
	h, known := headlines[cause]
	switch {
	case !known && n == 1:
		return "Um registro espera por uma pessoa."
	case !known:
		return strconv.Itoa(n) + " registros esperam por uma pessoa."
	case n == 1:
		return h[0]
	}
	return strings.ReplaceAll(h[1], "{n}", strconv.Itoa(n))
}
