package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A mudarPage is the form of one block of settings.
type mudarPage struct {
	Title  string
	Block  string
	Fields []formField
	Check  string // where what it would do is shown
	Back   string
	Wrong  []string
	Rule   bool // it is a rule, which may be taken out
	Up     bool // and moved before the one before it
}

// A formField is one setting in a form.
type formField struct {
	ID, Name, Label, Hint string
	Form                  string
	Value                 string
	Options               []formOption
}

// A formOption is one value of several.
type formOption struct {
	Value, Label string
	Chosen       bool
}

// A changePage shows what a change of settings does, before it is saved.
type changePage struct {
	Title, Action, Back, Again string
	Hidden                     []field
	Changes                    []fieldRow
	Orders                     bool // it is about documents
	Seen                       int
	More                       bool
	Touched                    int
	Made                       int
	Examples                   []touchRow
}

// A touchRow is a source that the change treats otherwise.
type touchRow struct{ Title, Path, Was, Will string }

// formPrefix stands before the names of settings in a form.
const formPrefix = "v."

// What a form does with its block.
const (
	doChange = "mudar"
	doRemove = "excluir"
	doUp     = "subir"
)

// An edit is a change of settings that a form asks for.
type edit struct {
	block, do string
	values    map[string]string
	row       store.Account // as it is stored now
	was, will config.Account
	wrong     []string
}

func (s *Site) editOf(v *visit) (e edit, err error) {
	if err = v.ParseForm(); err != nil {
		return e, err
	}
	e = edit{block: v.Form.Get("bloco"), do: cmp.Or(v.Form.Get("fazer"), doChange), values: map[string]string{}}
	if e.row, err = s.Store.Account(v.Context(), v.account.ID); err != nil {
		return e, err
	}
	if e.was, err = config.Restore(string(e.row.Settings)); err != nil {
		return e, err
	}
	if e.was.Keys(e.block) == nil {
		return e, missing("Não há um bloco de regras assim.")
	}
	for name, texts := range v.Form {
		if key, ok := strings.CutPrefix(name, formPrefix); ok {
			e.values[key] = strings.Join(texts, "\n")
		}
	}
	e.fillChoices(v.Form)
	rule := ruleOf(e.block)
	switch {
	case e.do == doRemove && rule >= 0:
		e.will, err = e.was.WithoutRule(rule)
	case e.do == doUp && rule >= 0:
		e.will, err = e.was.WithRuleFirst(rule)
	default:
		e.will, err = e.was.Edited(e.block, e.values)
	}
	if wrong, ok := errors.AsType[*config.Error](err); ok {
		for _, p := range wrong.Problems {
			e.wrong = append(e.wrong, settingWrong(p))
		}
		err = nil
	}
	return e, err
}

// fillChoices: a browser sends nothing of choices of which none is ticked.
func (e *edit) fillChoices(form url.Values) {
	for _, k := range e.was.Keys(e.block) {
		_, sent := e.values[k.Name]
		if k.Form == config.FormChoices && !sent && form.Has("escolhas") {
			e.values[k.Name] = ""
		}
	}
}

// ruleOf is the number of a rule's block, -1 of any other.
func ruleOf(block string) int {
	text, ok := strings.CutPrefix(block, "orders.rules[")
	n, err := strconv.Atoi(strings.TrimSuffix(text, "]"))
	if !ok || err != nil {
		return -1
	}
	return n
}

func (s *Site) changeForm(w http.ResponseWriter, v *visit) error {
	e, err := s.editOf(v)
	if err != nil {
		return err
	}
	if len(e.values) == 0 {
		e.wrong = nil // nobody has written anything yet
	}
	return s.showForm(w, v, http.StatusOK, e)
}

func (s *Site) showForm(w http.ResponseWriter, v *visit, status int, e edit) error {
	t, rule := v.account, ruleOf(e.block)
	page := mudarPage{
		Title: blockTitle(e.block), Block: e.block, Check: t.Path("regras", "conferir"), Back: t.Path("regras"), Wrong: e.wrong,
		Rule: rule >= 0 && rule < len(e.was.Orders.Rules), Up: rule > 0 && rule < len(e.was.Orders.Rules),
	}
	for n, k := range e.was.Keys(e.block) {
		if text, given := e.values[k.Name]; given {
			k.Value = text
		}
		page.Fields = append(page.Fields, formFieldOf(n, k))
	}
	return show(s, w, v, status, mudarSheet, "Mudar "+page.Title, page)
}

func formFieldOf(n int, k config.Key) formField {
	name := k.Name[strings.LastIndex(k.Name, ".")+1:]
	f := formField{ID: "v" + strconv.Itoa(n), Name: formPrefix + k.Name, Label: labelOf(name), Form: k.Form, Value: k.Value, Hint: hintOf(name, k.Form)}
	if name != k.Name {
		f.Label = "Quando: " + lowerFirst(f.Label)
	}
	if k.Form == config.FormYesNo {
		k.Options = []string{"true", "false"}
		if k.Value == "" {
			k.Options = append([]string{""}, k.Options...)
		}
	}
	for _, o := range k.Options {
		label := valueOf(name, o)
		if o == "" {
			label = "não muda"
			if name == "flow" {
				label = "todos"
			}
		}
		f.Options = append(f.Options, formOption{o, label, slices.Contains(strings.Split(k.Value, "\n"), o)})
	}
	return f
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

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
	"category": "O código, como 1.01.02.", "bank_account": "O número (nCodCC) no Omie.", "payment_term": "O código; 000 é à vista.", "stage": "O código, como 10.", "city": "Como SÃO PAULO (SP).",
}

var formHints = map[string]string{
	config.FormLines: "Um por linha.", config.FormNumbers: "Os números (ids), um por linha.", config.FormPairs: "Um por linha: usuário do Auvo = vendedor do Omie.",
	config.FormNumber: "Só números.",
}

// blockTitle names a block of settings.
func blockTitle(block string) string {
	if n := ruleOf(block); n >= 0 {
		return "Regra " + strconv.Itoa(n+1)
	}
	if name, ok := strings.CutPrefix(block, "flows."); ok {
		return flowTitle(name)
	}
	return cmp.Or(blockTitles[block], "Conta")
}

var blockTitles = map[string]string{"orders.service_order": "Padrões da ordem de serviço", "orders.sales_order": "Padrões do pedido de venda"}

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
	{"must be written as NOME (UF)", "precisa ser como SÃO PAULO (SP)"},
	{"must be true or false", "só aceita sim ou não"},
	{"must be default, all", "só aceita default, all ou o número de um local de estoque"},
	{"must be one line", "precisa caber em uma linha"},
}

// documentBlocks tells whether a block decides what becomes of tasks and quotations.
func documentBlock(block string) bool {
	return strings.HasPrefix(block, "orders.") || block == "flows.tasks" || block == "flows.quotations"
}

// mostTouched is how many sources of each flow a change is tried on: more take
// longer than a person waits.
const mostTouched = 200

// checkChange shows what a change does and whom it would have touched.
func (s *Site) checkChange(w http.ResponseWriter, v *visit) error {
	e, err := s.editOf(v)
	if err != nil {
		return err
	}
	if len(e.wrong) > 0 {
		return s.showForm(w, v, http.StatusUnprocessableEntity, e)
	}
	t := v.account
	page := changePage{Title: blockTitle(e.block), Action: t.Path("regras", "mudar"), Back: t.Path("regras"), Again: t.Path("regras", "mudar") + "?" + e.query().Encode(), Hidden: e.hidden()}
	for _, c := range e.will.Changes(e.was) {
		page.Changes = append(page.Changes, changedRow(c))
	}
	if page.Orders = documentBlock(e.block) && len(page.Changes) > 0; page.Orders {
		touched, err := engine.TouchedBy(v.Context(), s.Store, e.was, e.will, s.Now, mostTouched)
		if err != nil {
			return err
		}
		page.add(t, touched)
	}
	return show(s, w, v, http.StatusOK, changeSheet, "Conferir a mudança", page)
}

func (page *changePage) add(t *tenant, touched engine.Touched) {
	const examples = 8
	page.Seen, page.More, page.Touched = touched.Seen, touched.More, len(touched.All)
	for n, x := range touched.All {
		if x.Made {
			page.Made++
		}
		if n < examples {
			page.Examples = append(page.Examples, touchRow{cmp.Or(x.Title, x.Source.String()), storyPath(t, x.Source), x.Was.Says(), x.Will.Says()})
		}
	}
}

func (e edit) query() url.Values {
	q := url.Values{"bloco": {e.block}}
	for name, text := range e.values {
		q.Set(formPrefix+name, text)
	}
	return q
}

// hidden name the change again, and the settings that it was shown on.
func (e edit) hidden() []field {
	out := []field{{"bloco", e.block}, {"fazer", e.do}, {"escolhas", "1"}, {"visto", record.Digest(string(e.row.Settings))}}
	for name, text := range e.values {
		out = append(out, field{formPrefix + name, text})
	}
	return out
}

// changedRow is a changed setting for people.
func changedRow(c config.Changed) fieldRow {
	name := c.Path[strings.LastIndex(c.Path, ".")+1:]
	title := labelOf(name)
	if block := strings.TrimSuffix(strings.TrimSuffix(c.Path, name), "."); block != "" && settingLabels[name] != "" {
		title = blockTitle(block) + ": " + lowerFirst(title)
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

// change saves exactly what was shown, if the settings still are those it was shown on.
func (s *Site) change(w http.ResponseWriter, v *visit) error {
	e, err := s.editOf(v)
	if err != nil {
		return err
	}
	if len(e.wrong) > 0 {
		return s.showForm(w, v, http.StatusUnprocessableEntity, e)
	}
	changes := e.will.Changes(e.was)
	if record.Digest(string(e.row.Settings)) != v.PostForm.Get("visto") {
		return refused(http.StatusConflict, "As regras mudaram enquanto você olhava, e nada foi salvo. Olhe de novo.")
	}
	if len(changes) == 0 {
		return refused(http.StatusConflict, "Isso não muda nada.")
	}
	detail, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	said := store.Event{At: s.Now(), Ref: store.SettingsRef(v.account.ID), What: "settings", Text: v.by(), Detail: detail}
	return s.settle(w, v, v.account.Path("regras"), func(ctx context.Context, lease store.Lease) (string, error) {
		now := e.row
		now.Name, now.Settings = e.will.Name, json.RawMessage(e.will.Settings())
		saved, err := s.Store.ChangeSettings(ctx, lease, e.row, now, said)
		if err == nil && !saved {
			return "", refused(http.StatusConflict, "As regras mudaram enquanto você olhava, e nada foi salvo. Olhe de novo.")
		}
		return "Salvo. Vale a partir da próxima rodada.", err
	})
}
