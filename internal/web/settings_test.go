package web

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/signin"
)

// configAccount shortens a test's closure.
type configAccount = config.Account

func TestEverySettingHasALabelInPortuguese(t *testing.T) {
	hidden := map[string]bool{"auvo": true, "omie": true, "flows": true, "orders": true, "when": true, "rules": true, "alerts": true, "webhook": true, "url": true, "secret": true}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || !strings.HasSuffix(typ.PkgPath(), "internal/config") {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Type == reflect.TypeFor[config.AuvoConn]() || f.Type == reflect.TypeFor[config.OmieConn]() || !f.IsExported() {
				continue
			}
			isBlock := f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct
			if key != "" && !hidden[key] && !isBlock && settingLabels[key] == "" {
				t.Errorf("the setting %s has no label", key)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[config.Account]())
}

func TestRegrasShowTheAccountAndTheGlossary(t *testing.T) {
	h := newHouse(t, nil)
	h.account("acme")
	b := h.comes(h.person(signin.Reader))
	b.says("/contas/acme/regras", "Sentido nos dois sentidos", "Se mudou dos dois lados uma pessoa escolhe", "Olha para trás 5 h", "Roda a cada 10 min", "Status que contam finalizada", "Tipos de tarefa todos", "Categoria 1.01.02",
		"Etapas que são de aprovado Aprovado", "Serviço padrão nenhum: a tarefa espera",
		"DDD + Telefone", "Preço Unitário de Venda", "Previsão de Faturamento", "Incluído por", "Itens de Venda")
}

func TestARuleIsToldWithItsCondition(t *testing.T) {
	a := config.New[config.Account]()
	create := config.Create("sales-order")
	a.Orders.Rules = []config.Rule{{When: config.When{Flow: "tasks", TaskTypes: []int64{102}}, Create: &create}}
	blocks, err := settingsOf(*a)
	if err != nil {
		t.Fatal(err)
	}
	last := blocks[len(blocks)-2] // the alerts stand behind
	want := settingBlock{Title: "Regra 1", Path: "orders.rules[0]", Rows: []settingRow{{"Quando fluxo", "tarefas", "flow"}, {"Quando tipos de tarefa", "102", "task_types"}, {"Cria", "pedido de venda", "create"}}}
	if !reflect.DeepEqual(last, want) {
		t.Errorf("got  %+v\nwant %+v", last, want)
	}
}

func TestWhatIsPrivateIsCovered(t *testing.T) {
	raw := `{"cnpj_cpf":"11.222.333/0001-81","telefone1_numero":"99999-1234","razao_social":"Loja Sul","email":"a@b.test","fax_numero":"3222-1234","documento_exterior":"XJ-778812","nif":"PT5099","rg":"4.455.667","lista":[{"endereco":"Rua das Flores, 12","obs":"fale com maria@loja.test ou 48 99999-1234, CPF 111.444.777-35"}],"valor":1204.5,"nCodCC":7000000300,"cep":88000000}`
	got := masked([]byte(raw))
	for _, private := range []string{"222.333", "99999", "a@b.test", "Flores", "maria", "444.777", "88000000", "3222", "7788", "5099", "4.455"} {
		if strings.Contains(got, private) {
			t.Errorf("it shows %s:\n%s", private, got)
		}
	}
	for _, plain := range []string{"Loja Sul", "1204.5", "7000000300"} {
		if !strings.Contains(got, plain) {
			t.Errorf("it covers %s:\n%s", plain, got)
		}
	}
	if got := masked([]byte(`no json a@b.test`)); strings.Contains(got, "a@b.test") {
		t.Errorf("what is no JSON shows %s", got)
	}
}

func TestValuesAreWrittenForPeople(t *testing.T) {
	for _, c := range [][3]string{
		{record.FieldActive, "false", "Inativo"},
		{record.FieldDocument, "11222333000181", "11.222.333/0001-81"},
		{record.FieldDocument, "11144477735", "111.444.777-35"},
		{record.FieldPhone, "48999991234", "(48) 99999-1234"},
		{record.FieldPhone, "0800", "0800"},
		{record.FieldPrice, "1204.5", "R$ 1.204,50"},
		{record.FieldStock, "2.5", "2,5"},
		{record.FieldForecast, "2026-03-10", "10/03/2026"},
		{record.FieldServices, `[{"id":"7","quantity":"2","price":"150","discount":"0"}]`, "2 × item 7 a R$ 150,00"},
		{record.FieldName, "", "(vazio)"},
	} {
		if got := strings.ReplaceAll(shown(c[0], c[1]), "\u00a0", " "); got != c[2] {
			t.Errorf("%s %q is %q", c[0], c[1], got)
		}
	}
}

func TestCommandsBecomeButtons(t *testing.T) {
	for in, want := range map[string]string{
		"Corrija e use “ponte retry”.":                                 "Corrija e use “Tentar de novo”.",
		"Confira com “ponte plan” e libere com “ponte release”.":       "Confira em “Ver e liberar” e libere.",
		"Escolha com “ponte resolve --take auvo” ou “--take omie”.":    "Escolha um dos dois valores em “Resolver”.",
		"Diga qual é com “ponte link”, ou corrija.":                    "Diga qual é com “Escolher o par…”, na história do registro, ou corrija.",
		"Quem souber pode usar “ponte retry task:1 --not-made”.":       "Quem souber pode usar “Não foi feita”.",
		"Nada a fazer: o Ponte tenta de novo sozinho.":                 "Nada a fazer: o Ponte tenta de novo sozinho.",
		"Acerte no Omie, depois use “ponte ignore”, se não vale mais.": "Acerte no Omie, depois use “Ignorar”, se não vale mais.",
	} {
		if got := here(in); got != want {
			t.Errorf("%q becomes %q", in, got)
		}
	}
}

// TestNoSentenceSendsTheOfficeToATerminalForWhatHasAButton: what is left to the
// command line is named here.
func TestNoSentenceSendsTheOfficeToATerminalForWhatHasAButton(t *testing.T) {
	left := regexp.MustCompile(`“ponte (link|unlink) task:1 7|“ponte (apply|doctor|sync|subject lift)\b[^”]*”`)
	for _, cause := range flow.Causes() {
		for _, what := range []string{"", "person", "none", "apart", "inactive"} {
			said := flow.Say(cause, map[string]string{"what": what, "source": "task:1", "id": "7", "ref": "task:1"})
			if text := left.ReplaceAllString(here(said.Message+" "+said.Hint), ""); strings.Contains(text, "“ponte ") {
				t.Errorf("%s: %s", cause, text)
			}
		}
	}
}
