package flow

import (
	"regexp"
	"strings"
	"testing"

	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// TestEveryCauseHasASentenceAndANextStep (P6): those of contract.md and ours.
func TestEveryCauseHasASentenceAndANextStep(t *testing.T) {
	causes := strings.Fields(`ambiguous-match nothing-to-bill missing-customer missing-product missing-service invalid-document missing-field too-long
		unreadable-address refused unknown-outcome conflict changed-after-billing deleted-after-export no-longer-ready billed-by-quotation billed-by-task
		held-by-brake totals-differ credentials blocked paused`)
	for _, cause := range append(causes, Causes()...) {
		p := Say(cause, map[string]string{"name": "{hint} <b>", "field": "phone", "side": "omie", "what": "line", "create": "both"})
		if p.Message == "" || p.Hint == "" || strings.Contains(p.Message, "Espera por uma pessoa (") {
			t.Errorf("%s: %+v", cause, p)
		}
		if left := strings.ReplaceAll(p.Message+p.Hint, "{hint}", ""); strings.ContainsAny(left, "{}") {
			t.Errorf("%s leaves a placeholder: %+v", cause, p)
		}
	}
	for _, cause := range Causes() {
		one, many := Headline(cause, 1), Headline(cause, 12)
		if headlines[cause][0] == "" || one == many || !strings.Contains(many, "12") || strings.ContainsAny(one+many, "{}") {
			t.Errorf("%s: headlines %q, %q", cause, one, many)
		}
	}
	if p := Say("never-heard-of", nil); !strings.Contains(p.Message, "never-heard-of") || p.Hint == "" {
		t.Errorf("an unknown cause: %+v", p)
	}
	if got := Say("conflict", map[string]string{"field": "phone", "auvo": "{omie}", "omie": "2"}).Message; !strings.Contains(got, "no Auvo “{omie}”, no Omie “2”") {
		t.Errorf("a detail was read as a template: %s", got)
	}
}

// TestARefusalSaysWhatItMeansInTheVendorsWordsToo, and names the very setting.
func TestARefusalSaysWhatItMeansInTheVendorsWordsToo(t *testing.T) {
	text := "ERROR: Categoria não cadastrada para o Código [9.99] ! - tag: [cCodCateg]"
	p := Say("refused", map[string]string{"side": "omie", "text": text, "document": "service-order"})
	if !strings.Contains(p.Message, "A categoria que a conta usa") || !strings.HasSuffix(p.Message, "O Omie disse: “"+text+"”") {
		t.Errorf("message %q", p.Message)
	}
	if !strings.Contains(p.Hint, "orders.service_order.category no arquivo") || strings.Contains(p.Hint, "sales_order") {
		t.Errorf("hint %q", p.Hint)
	}
	if p := Say("refused", map[string]string{"side": "omie", "text": text}); !strings.Contains(p.Hint, "orders.service_order.category e orders.sales_order.category") {
		t.Errorf("hint %q", p.Hint)
	}
	if p := Say("refused", map[string]string{"side": "auvo", "text": "Nobody knows {name}"}); p.Message != "O Auvo recusou: Nobody knows {name}" {
		t.Errorf("message %q", p.Message)
	}
}

// TestAVendorsRefusalLeavesNoHole where our own checks would tell a value or a length.
func TestAVendorsRefusalLeavesNoHole(t *testing.T) {
	for _, c := range []struct{ cause, side, field, text, want string }{
		{"missing-field", "omie", "email", "preencha", "Falta preencher “E-mail”. preencha"},
		{"missing-field", "omie", "", "preencha", "Falta preencher “(o texto não diz qual)”. preencha"},
		{"too-long", "auvo", "name", "too long", "O campo “Nome” é longo demais. too long"},
		{"invalid-document", "omie", "cnpj_cpf", "CPF inválido", "O CPF/CNPJ não é válido. CPF inválido"},
		{
			"too-long", "omie", "RAZAO_SOCIAL", "O número máximo de caracteres permitido para o elemento [RAZAO_SOCIAL] é de 60. O número de caracteres informado foi de 61!",
			"O campo “Razão social” tem 61 caracteres, e no Omie cabem 60. O Omie disse:",
		},
	} {
		if got := Say(c.cause, map[string]string{"side": c.side, "field": c.field, "text": c.text}).Message; !strings.HasPrefix(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestEveryFieldInConflictIsNamed: with both values, whatever their number.
func TestEveryFieldInConflictIsNamed(t *testing.T) {
	open := []reconcile.Conflict{{Field: "phone", Auvo: "1", Omie: "2"}, {Field: "email", Auvo: "", Omie: "a@b"}}
	for n, want := range map[int]string{
		1: "O campo “Telefone” mudou dos dois lados: no Auvo “1”, no Omie “2”.",
		2: "2 campos mudaram dos dois lados – “Telefone”: no Auvo “1”, no Omie “2”; “E-mail”: no Auvo “”, no Omie “a@b”.",
	} {
		detail := ConflictDetail(open[:n])
		if got := Say("conflict", detail).Message; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := ConflictFields(detail); len(got) != n {
			t.Errorf("%v, want %d fields", got, n)
		}
	}
}

// TestAWaitIsAnotherWhenItIsAboutSomethingElse: what passes by itself does not count.
func TestAWaitIsAnotherWhenItIsAboutSomethingElse(t *testing.T) {
	about := func(cause, text, until string, more ...string) string {
		return About(cause, map[string]string{"text": text, "until": until}, more...)
	}
	was := about("refused", "não", "10:00", "a")
	if was != about("refused", "não", "11:00", "a") {
		t.Error("the time until which it waits made it another")
	}
	for name, other := range map[string]string{
		"cause": about("too-long", "não", "10:00", "a"), "text": about("refused", "nem", "10:00", "a"), "data": about("refused", "não", "10:00", "b"),
	} {
		if other == was {
			t.Errorf("another %s is the same wait", name)
		}
	}
}

// TestTotalsThatDifferSayWhereTheyDo: no sentence is left with a hole in it.
func TestTotalsThatDifferSayWhereTheyDo(t *testing.T) {
	for _, c := range []struct {
		change func(*record.Source)
		says   string
	}{
		{func(s *record.Source) { *s.Services[0].Total = dec("140") }, "no item “Visita” pelas contas do Ponte R$ 150,00, no Auvo R$ 140,00."},
		{func(s *record.Source) { *s.Services[0].Total, s.Services[0].Name = dec("140"), "" }, "no item “(sem nome)” pelas"},
		{func(s *record.Source) { s.Summary = record.Summary{Known: true, Total: dec("99")} }, "no total pelas contas do Ponte R$ 221,00, no Auvo R$ 99,00."},
		{func(s *record.Source) { s.Discount.Value = dec("300") }, "o desconto é de R$ 300,00, e os itens somam R$ 221,00."},
		{func(s *record.Source) { s.Discount = record.Discount{Percent: true, Value: dec("-5")} }, "o desconto é de -5 %, e os itens"},
		{func(s *record.Source) { s.Discount.Value = dec("-5") }, "o desconto é de -R$ 5,00, e os itens"},
		{func(s *record.Source) { s.Services[0].UnitPrice = dec("-1") }, "do item “Visita” não se fatura"},
		{func(s *record.Source) { s.Costs = []record.CostLine{{Name: "Km", Value: dec("-1")}} }, "do item “Km” não se fatura"},
	} {
		i := in(nil)
		c.change(i.Item.Source)
		_, w := billOf(*i.Item.Source)
		if w == nil || w.Cause != "totals-differ" {
			t.Errorf("%s: %+v", c.says, w)
			continue
		}
		if got := Say(w.Cause, w.Detail).Message; !strings.Contains(got, c.says) {
			t.Errorf("%q, want %q", got, c.says)
		}
	}
}

// TestDetailsAreNeverReadAsTemplates: a name that looks like a placeholder
// stands in the sentence as it is.
func TestDetailsAreNeverReadAsTemplates(t *testing.T) {
	for _, what := range []string{"", "line", "inactive", "amount"} {
		for _, cause := range Causes() {
			detail := map[string]string{"what": what, "kind": "product"}
			for _, key := range []string{"name", "code", "value", "text", "why", "auvo", "omie", "orders", "others", "ours", "theirs", "pendency"} {
				detail[key] = "{" + key + "_}…{name}"
			}
			p := Say(cause, detail)
			if left := regexp.MustCompile(`\{\w+_\}…\{name\}`).ReplaceAllString(p.Message+p.Hint, ""); strings.ContainsAny(left, "{}") {
				t.Errorf("%s/%s: %q", cause, what, left)
			}
		}
	}
}

// TestEveryReasonNotToUndoIsASentenceWithoutAHole (P6).
func TestEveryReasonNotToUndoIsASentenceWithoutAHole(t *testing.T) {
	for reason := range kept {
		detail := map[string]string{"order": "sales-order", "number": "1", "what": reason, "field": "phone", "wrote": "1", "held": "", "side": "auvo"}
		if got := Kept(reason, detail); !strings.HasSuffix(got, ".") || strings.ContainsAny(got, "{}") || strings.Contains(got, " ,") || strings.Contains(got, "  ") {
			t.Errorf("%s: %q", reason, got)
		}
	}
}
