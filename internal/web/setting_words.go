package web

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"ponte/internal/config"
)

// hintOf says how a setting is written, and what it means when it is empty.
func hintOf(name, form string) string {
	hints := []string{cmp.Or(nameHints[name], formHints[form])}
	if w := emptyWords[name]; w != "" && form != config.FormYesNo && form != config.FormChoice {
		hints = append(hints, "Vazio: "+w+".")
	}
	if w := zeroWords[name]; w != "" {
		hints = append(hints, "0: "+w+".")
	}
	return strings.TrimSpace(strings.Join(hints, " "))
}

// nameHints say how a setting is written that its form does not tell.
var nameHints = map[string]string{
	"every": "Por exemplo 10m ou 1h.", "lookback": "Por exemplo 5h ou 24h.", "start_from": "Um dia, como 2026-03-01.", "stock_location": "default, all, ou o número do local.",
	"category": "O código, como 1.01.02.", "bank_account": "O número (nCodCC) no Omie.", "payment_term": "O código; 000 é à vista.", "stage": "O código, como 10.", "city": "Como SÃO PAULO (SP).", "digest": "Como 07:30.", "after": "Por exemplo 10m.",
}

var formHints = map[string]string{
	config.FormLines: "Um por linha.", config.FormNumbers: "Os números (ids), um por linha.", config.FormPairs: "Um por linha: usuário do Auvo = vendedor do Omie.",
	config.FormNumber: "Só números.",
}

// settingWrong is a problem with a setting for people.
func settingWrong(p config.Problem) string {
	name := p.Key[strings.LastIndex(p.Key, ".")+1:]
	name, _, _ = strings.Cut(name, "[")
	label := cmp.Or(blockTitles[p.Key], labelOf(name))
	for _, w := range wrongWords {
		if strings.HasPrefix(p.Text, w[0]) {
			return "“" + label + "” " + w[1] + "."
		}
	}
	return "“" + label + "” não é aceito assim (" + p.Text + ")."
}

// wrongWords are the beginnings of config's problems, and what they are for people.
var wrongWords = [][2]string{
	{"is required", "é preciso: escreva um valor"},
	{"must be one of", "só aceita um dos valores da lista"},
	{"must be at least", "é pequeno demais"},
	{"must be a whole number", "só aceita números"},
	{"must have ids as keys", "só aceita números"},
	{"must be the name of a time zone", "precisa ser um fuso, como America/Sao_Paulo"},
	{"must have a line", "precisa de uma linha “número = número” para cada"},
	{"stands in the list twice", "tem um valor repetido"},
	{"changes nothing", "não muda nada: escolha ao menos um valor a mudar"},
	{"must be a duration", "precisa ser um tempo, como 10m ou 5h"},
	{"must be a date", "precisa ser um dia, como 2026-03-01"},
	{"must have no blanks around it", "tem um espaço sobrando no começo ou no fim"},
	{"must be an e-mail address", "tem um endereço que não serve"},
	{"must be an hour", "precisa ser uma hora, como 07:30"},
	{"must be written as NOME (UF)", "precisa ser como SÃO PAULO (SP)"},
	{"must be true or false", "só aceita sim ou não"},
	{"must be default, all", "só aceita default, all ou o número de um local de estoque"},
	{"must be one line", "precisa caber em uma linha"},
	{"is a secret, which is not taken", "é um segredo, que não entra por um arquivo: tire do arquivo e troque as chaves em Conexões, onde são testadas"},
	{"takes a value from the server's environment", "pede um valor do ambiente do servidor (${…}), o que um arquivo enviado pelo navegador não pode: escreva o valor"},
	{"must be the vendor's own address", "só pode ser o endereço do próprio fabricante, ou um que quem cuida do servidor liberou (PONTE_ALLOW_BASE_URLS)"},
	{"is not a key", "não é uma chave que exista aqui: confira como se escreve"},
	{"has no value", "está sem valor: escreva {} para os padrões, ou tire a chave"},
	{"must be a block of keys", "precisa ser um bloco de chaves e valores"},
	{"must have plain words as keys", "precisa ter palavras simples como chaves"},
	{"is given twice", "aparece duas vezes: deixe uma só"},
	{"must be a list", "precisa ser uma lista, como [a, b]"},
	{"must be one value", "precisa ser um valor só, não uma lista nem um bloco"},
	{"is the id of", "repete o código de outra conta do arquivo: cada conta tem o seu"},
	{"must list at least one account", "precisa ter pelo menos uma conta"},
	{"a second document begins", "começa um segundo documento: deixe todas as contas em um só"},
}

// salespersonOf stands between the block and the user in the path of a user's salesperson.
const salespersonOf = ".salespeople."

// changedRow is a changed setting for people.
func changedRow(c config.Changed) fieldRow {
	name := c.Path[strings.LastIndex(c.Path, ".")+1:]
	title := labelOf(name)
	if block := strings.TrimSuffix(strings.TrimSuffix(c.Path, name), "."); block != "" && settingLabels[name] != "" {
		title = blockTitle(block) + ": " + lowerFirst(title)
	}
	if block, user, ok := strings.Cut(c.Path, salespersonOf); ok {
		return fieldRow{blockTitle(block) + ": vendedor de " + user, cmp.Or(c.From, "–"), cmp.Or(c.To, "–")}
	}
	if name == "rules" {
		return fieldRow{"Regras", rulesTold(c.From), rulesTold(c.To)}
	}
	return fieldRow{title, settingShown(name, c.From), settingShown(name, c.To)}
}

func settingShown(name, value string) string {
	text := value
	var bare string
	if json.Unmarshal([]byte(value), &bare) == nil {
		text = bare
	}
	return cmp.Or(valueOf(name, text), "–")
}

// rulesTold writes the rules, a line each.
func rulesTold(value string) string {
	root, err := readOrdered([]byte(`{"rules":` + cmp.Or(value, "[]") + `}`))
	if err != nil {
		return value
	}
	var out []string
	for n, b := range ruleBlocks(root) {
		var parts []string
		for _, r := range b.Rows {
			parts = append(parts, lowerFirst(r.Label)+" "+r.Value)
		}
		out = append(out, strconv.Itoa(n+1)+". "+strings.Join(parts, ", "))
	}
	return cmp.Or(strings.Join(out, "\n"), "nenhuma")
}
