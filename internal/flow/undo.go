package flow

import "ponte/internal/record"

// kept are the sentences that say why something is not undone, beforehand or when
// its turn comes.
var kept = map[string]string{
	string(Billed):    "Fica: {order} já foi {state}, e um documento faturado não se altera.",
	string(Cancelled): "Fica: {order} já foi {state}; “ponte retry” faz outro documento.",
	string(Frozen):    "Fica: {order} foi {state}; cancele no Omie.",
	string(Shared):    "Fica: {order} está {state}; cancele no Omie.",
	string(Gone):      "Fica: {order} não está mais no Omie.",
	"not-ours":        "Fica: não foi o Ponte que criou {order}.",
	"not-made":        "O documento não foi criado: não há o que cancelar.",
	"made-again":      "No lugar de {order} já há outro documento; desfaça o registro para cancelá-lo.",
	"only-edited":     "A rodada só alterou {order}; para cancelar o documento, desfaça o registro.",
	"unclear":         "Não se sabe ainda se a última gravação foi feita; desfaça depois que o Ponte a procurar.",
	"already":         "Já foi desfeito.",
	"nothing":         "O Ponte não escreveu nada aqui que se possa desfazer (o código externo, que liga os cadastros, fica).",
	"edited":          "{field} foi mudado depois: o Ponte escreveu “{wrote}”, e agora é “{held}”.",
	"vanished":        "{side} não tem mais este cadastro.",
	"asked":           "Já foi pedido: a próxima rodada desfaz.",
	"flow-off":        "O fluxo está desligado nas regras da conta, e as rodadas não passam por ele: ligue-o, ou desfaça pelo terminal do servidor.",
	"unlinked":        "O cadastro não está mais ligado ao que o Ponte escreveu.",
}

// Kept says why something is not undone.
func Kept(reason string, detail map[string]string) string { return fill(kept[reason], detail) }

// NotCancelled says why an order that does not stand open is not cancelled.
func NotCancelled(kind record.Kind, number, code string, s Standing) string {
	return Kept(string(s), OrderDetail(kind, number, code, s))
}

// OrderStands says what has become of an order: "a OS 12 foi cancelada no Omie".
func OrderStands(kind record.Kind, number, code string, s Standing) string {
	return fill("{order} foi {state}", OrderDetail(kind, number, code, s))
}

// UndoneFields says why the sides of a pair differ in fields that a person undid.
func UndoneFields(names []string) string {
	return "Uma pessoa desfez a gravação de " + FieldTitles(names) + "; fica assim até alguém mudar um dos lados."
}
