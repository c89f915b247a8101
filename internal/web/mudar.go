package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/config"
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
	Lists  listsState
	Typed  string // where ids are typed instead of chosen; "" nothing is chosen from a list
	Rule   bool   // it is a rule, which may be taken out
	Up     bool   // and moved before the one before it
}

// A formField is one setting in a form.
type formField struct {
	ID, Name, Label, Hint string
	Form                  string
	Value                 string
	Options               []formOption
	Pairs                 []formPair // of pairs that are chosen: a choice each
}

// A formPair is what one id is paired with.
type formPair struct {
	ID, Label string
	Options   []formOption
}

// A formOption is one value of several.
type formOption struct {
	Value, Label string
	Chosen       bool
}

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
	lists, err := s.accountLists(v.Context(), t.ID)
	if err != nil {
		return err
	}
	typed := v.Form.Get("escrever") != ""
	for n, k := range e.was.Keys(e.block) {
		if text, given := e.values[k.Name]; given {
			k.Value = text
		}
		field := formFieldOf(n, k)
		if chosen := lists.choose(e.block, k, field); chosen.Form != field.Form || len(chosen.Options)+len(chosen.Pairs) > len(field.Options) {
			if !typed {
				field, page.Typed = chosen, "yes"
			}
		}
		page.Fields = append(page.Fields, field)
	}
	page.addLists(s, v, lists, e)
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

var blockTitles = map[string]string{"auvo": "Conexão com o Auvo", "omie": "Conexão com o Omie", "alerts": "Avisos", "orders.service_order": "Padrões da ordem de serviço", "orders.sales_order": "Padrões do pedido de venda"}

// addLists tells how old the lists are that the block is chosen from, and has them
// read again when they are.
func (page *mudarPage) addLists(s *Site, v *visit, lists accountLists, e edit) {
	t, here := v.account, v.account.Path("regras", "mudar")+"?"+e.query().Encode()
	if page.Typed != "" {
		page.Typed = here + "&escrever=1"
	}
	if !slices.ContainsFunc(e.was.Keys(e.block), func(k config.Key) bool {
		name := k.Name[strings.LastIndex(k.Name, ".")+1:]
		return settingLists[name] != "" || name == "stage" || name == "frozen_stages" || k.Form == config.FormPairs
	}) {
		return
	}
	s.refreshLists(v, &lists)
	page.Lists = lists.state(s, t, here)
	page.Lists.Block = e.block
}
