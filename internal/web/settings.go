package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"ponte/internal/config"
	"ponte/internal/flow"
)

// A settingBlock is one block of the accounts file in people's words.
type settingBlock struct {
	Title string
	Path  string // in the accounts file; "" the account's own
	Off   bool
	Rows  []settingRow
}

// A settingRow is one setting. Key is how the accounts file calls it.
type settingRow struct{ Label, Value, Key string }

// settingsOf reads an account's settings from the file's own form, so that a key
// that is added there shows here.
func settingsOf(a config.Account) ([]settingBlock, error) {
	root, err := readOrdered([]byte(a.Settings()))
	if err != nil {
		return nil, err
	}
	blocks := []settingBlock{blockOf("Conta", root, "id", "name", "timezone", "every")}
	for _, f := range flow.All {
		b := blockOf(f.Title, root.child("flows").child(f.Name))
		b.Off, b.Path = !f.On(a), "flows."+f.Name
		blocks = append(blocks, b)
	}
	orders := root.child("orders")
	for _, path := range []string{"orders.service_order", "orders.sales_order"} {
		b := blockOf(blockTitle(path), orders.child(strings.TrimPrefix(path, "orders.")))
		b.Path, b.Off = path, len(b.Rows) == 0
		blocks = append(blocks, b)
	}
	alerts := blockOf(blockTitle("alerts"), root.child("alerts"), "email", "digest", "after")
	alerts.Path, alerts.Off = "alerts", !a.Alerts.On()
	return append(append(blocks, ruleBlocks(orders)...), alerts), nil
}

// ruleBlocks are the rules of a block that has them.
func ruleBlocks(orders ordered) []settingBlock {
	var blocks []settingBlock
	for i, rule := range orders.child("rules") {
		b := settingBlock{Title: fmt.Sprintf("Regra %d", i+1), Path: fmt.Sprintf("orders.rules[%d]", i)}
		when := rule.inner.child("when")
		b.Rows = append(b.Rows, blockOf("", when).Rows...)
		for n := range b.Rows {
			b.Rows[n].Label = "Quando " + strings.ToLower(b.Rows[n].Label[:1]) + b.Rows[n].Label[1:]
		}
		b.Rows = append(b.Rows, blockOf("", rule.inner).Rows...)
		blocks = append(blocks, b)
	}
	return blocks
}

// remedyRow is a setting whose change may end a wait.
func remedyRow(r flow.Remedy) settingRow {
	name := r.Path[strings.LastIndex(r.Path, ".")+1:]
	text := r.Value
	var bare string
	if json.Unmarshal([]byte(r.Value), &bare) == nil {
		text = bare
	}
	return settingRow{Label: labelOf(name), Value: valueOf(name, text), Key: r.Path}
}

// blockOf are the settings of one block, or those of its keys that are named.
func blockOf(title string, keys ordered, only ...string) settingBlock {
	b := settingBlock{Title: title}
	for _, k := range keys {
		if len(k.inner) > 0 && k.text == "" || len(only) > 0 && !strings.Contains(" "+strings.Join(only, " ")+" ", " "+k.name+" ") {
			continue
		}
		b.Rows = append(b.Rows, settingRow{Label: labelOf(k.name), Value: valueOf(k.name, k.text), Key: k.name})
	}
	return b
}

func labelOf(key string) string {
	if l := settingLabels[key]; l != "" {
		return l
	}
	return key
}

// settingLabels are the keys of the accounts file for people.
var settingLabels = map[string]string{
	"id": "Código da conta", "name": "Nome", "webhook": "Webhook", "timezone": "Fuso horário", "every": "Roda a cada", "enabled": "Ligado", "direction": "Sentido", "conflict": "Se mudou dos dois lados",
	"tags": "Etiquetas do Omie que cruzam", "inactive": "Inativo que o outro lado não tem", "lookback": "Olha para trás", "stock": "Leva o estoque", "stock_location": "Local de estoque",
	"create": "Cria", "statuses": "Status que contam", "task_types": "Tipos de tarefa", "customer_groups": "Grupos de clientes", "start_from": "A partir de", "max_documents": "Documentos por rodada, no máximo",
	"quoted": "Tarefa que um orçamento já inclui", "hold_pending": "Segura tarefa com pendência", "additional_costs_service": "Serviço dos custos adicionais", "on_delete": "Se foi excluída no Auvo",
	"frozen_stages": "Etapas em que o documento não muda mais", "approved_stages": "Etapas que são de aprovado", "stage": "Etapa", "category": "Categoria", "bank_account": "Conta corrente",
	"payment_term": "Condição de pagamento", "fallback_service": "Serviço padrão", "used_products": "Saída dos produtos utilizados", "used_products_category": "Categoria da remessa", "city": "Cidade do serviço",
	"project": "Projeto", "salespeople": "Vendedor por usuário do Auvo", "final_consumer": "Consumidor final", "flow": "Fluxo", "cities": "Cidades", "users": "Usuários do Auvo", "service": "Serviço", "salesperson": "Vendedor", "email": "E-mails avisados",
	"base_url": "Endereço da API", "rate_per_minute": "Chamadas por minuto, no máximo", "redundancy_window": "Espera antes de repetir um pedido", "url": "Endereço do webhook",
	"digest": "Resumo do dia às", "after": "Avisa do que espera há",
}

// valueOf writes a setting's value.
func valueOf(key, text string) string {
	if text == "" || text == "[]" || text == "{}" {
		return emptyWords[key]
	}
	if w := cmp.Or(settingWords[key+" "+text], settingWords[text]); w != "" {
		return w
	}
	if span.MatchString(text) && (key == "every" || key == "lookback" || key == "after") {
		return strings.TrimSpace(strings.NewReplacer("h", " h ", "m", " min ", "s", " s ").Replace(text))
	}
	if text == "0" {
		if w := zeroWords[key]; w != "" {
			return w
		}
	}
	if strings.HasPrefix(text, "[") {
		var all []any
		if json.Unmarshal([]byte(text), &all) == nil {
			var out []string
			for _, one := range all {
				word := fmt.Sprint(one)
				if f, ok := one.(float64); ok {
					word = fmt.Sprintf("%.0f", f)
				}
				if w := settingWords[word]; w != "" {
					word = w
				}
				out = append(out, word)
			}
			return strings.Join(out, ", ")
		}
	}
	return text
}

// span is a duration as the accounts file writes it.
var span = regexp.MustCompile(`^(\d+h)?(\d+m)?(\d+s)?$`)

// emptyWords say what a list or a text that is empty means.
var emptyWords = map[string]string{
	"task_types": "todos", "customer_groups": "todos", "frozen_stages": "nenhuma", "start_from": "o dia em que o fluxo foi ligado", "city": "a da empresa", "salespeople": "ninguém", "tags": "todas", "cities": "todas", "users": "todos", "email": "ninguém", "digest": "nunca",
}

var zeroWords = map[string]string{"additional_costs_service": "nenhum: ficam de fora", "fallback_service": "nenhum: a tarefa espera", "project": "nenhum"}

// settingWords are the values that the accounts file allows, for people.
var settingWords = map[string]string{
	"true": "sim", "false": "não", "direction both": "nos dois sentidos", "both": "ordem de serviço e pedido de venda", "omie-to-auvo": "do Omie para o Auvo", "auvo-to-omie": "do Auvo para o Omie", "omie": "vale o Omie", "auvo": "vale o Auvo", "ask": "uma pessoa escolhe",
	"razao_social": "razão social (Nome completo)", "nome_fantasia": "nome fantasia", "make": "cria assim mesmo", "skip": "fica de fora", "default": "o padrão do Omie", "all": "todos somados",
	"service-order": "ordem de serviço", "sales-order": "pedido de venda", "wait": "espera por uma pessoa", "bill": "fatura à parte", "cancel": "cancela o documento", "opened": "aberta", "in-displacement": "em deslocamento",
	"checked-in": "em atendimento", "checked-out": "atendimento encerrado", "finished": "finalizada", "paused": "pausada", "EST": "baixa no estoque", "REM": "nota de remessa", "tasks": "tarefas", "quotations": "orçamentos",
}

// ordered is a JSON object with its keys in their order.
type ordered []pair

// A pair is one key; inner is set when its value is an object or a list of objects.
type pair struct {
	name  string
	text  string // the value as it is shown: strings bare, lists as JSON
	inner ordered
}

func (o ordered) child(name string) ordered {
	for _, p := range o {
		if p.name == name {
			return p.inner
		}
	}
	return nil
}

func readOrdered(raw []byte) (ordered, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var out ordered
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		p, err := readPair(fmt.Sprint(name), value)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func readPair(name string, value json.RawMessage) (p pair, err error) {
	p = pair{name: name, text: string(value)}
	switch value[0] {
	case '"':
		return p, json.Unmarshal(value, &p.text)
	case '{':
		p.inner, err = readOrdered(value)
		if name != "salespeople" {
			p.text = ""
		}
	case '[':
		var all []json.RawMessage
		if err := json.Unmarshal(value, &all); err != nil {
			return p, err
		}
		for _, one := range all {
			if one[0] != '{' {
				return p, nil
			}
			inner, err := readOrdered(one)
			if err != nil {
				return p, err
			}
			p.inner, p.text = append(p.inner, pair{inner: inner}), ""
		}
	}
	return p, err
}
