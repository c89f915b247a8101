package subject

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
)

func TestATextNamesAPersonByWhatItLooksLike(t *testing.T) {
	her := record.Item{Kind: record.Customer, Title: "Zulmira Canário", Fields: record.Fields{
		record.FieldName: "Zulmira Canário", record.FieldDocument: "44555666000181", record.FieldPhone: "19987654321", record.FieldEmail: "a@x.test,Zulmira@canario.test",
	}}
	for who, what := range map[string]string{
		"44.555.666/0001-81": "document", "44555666000181": "document", "zulmira@CANARIO.test": "email", "+55 (19) 98765-4321": "phone", "98765-4321": "phone",
		"canario zulmira": "name", "111.444.777-35": "document", "19 3232-1010": "phone",
	} {
		q := Parse(who)
		if q.What != what {
			t.Errorf("%q is read as %+v", who, q)
		}
		if want := who != "111.444.777-35" && who != "19 3232-1010"; q.Matches(her) != want {
			t.Errorf("%q (%+v) names her: %v", who, q, !want)
		}
	}
	if Parse("  ").Matches(her) || Parse("zulmira").Matches(record.Item{Kind: record.Task, Title: "zulmira"}) {
		t.Error("nobody is named, or a task")
	}
}

func TestAHuskKeepsWhatMoneyHangsOnAndNoName(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, i := range []record.Item{
		{Kind: record.Customer, Side: record.Omie, ID: "7", Title: "Zulmira", Code: "AUVOC5", Fields: record.Fields{"name": "Zulmira"}, Keys: []record.Key{{Name: record.KeyDocument, Value: "Zulmira"}}, Facts: map[string]string{record.FactCity: "Zulmira"}, Raw: []byte(`"Zulmira"`), Changed: at},
		{Kind: record.Task, Side: record.Auvo, ID: "8", Title: "Tarefa 8", Keys: []record.Key{{Name: record.KeyCustomer, Value: "5"}}, Source: &record.Source{CustomerID: "5", CustomerName: "Zulmira", Description: "Zulmira", Link: "Zulmira", Pendency: "Zulmira", WorkerName: "Zulmira", Costs: []record.CostLine{{Name: "Zulmira"}}, Date: at, CheckIn: at}},
		{Kind: record.SalesOrder, Side: record.Omie, ID: "9", Title: "Pedido 9", Code: "AUVOT8V", Keys: []record.Key{{Name: record.KeyMention, Value: "task:8"}, {Name: record.KeyMention, Value: "link:Zulmira"}}, Facts: map[string]string{record.FactBilled: "true", record.FactProblem: "Zulmira"}, Order: &record.Order{Customer: "7", Notes: "Zulmira", City: "Zulmira", Products: []record.OrderLine{{ID: "1", Description: "Zulmira"}}}},
	} {
		h := Husk(i)
		if text := record.Digest(h); strings.Contains(asText(h), "Zulmira") || text == "" {
			t.Errorf("%s keeps a name: %s", i.Ref(), asText(h))
		}
		if h.Ref() != i.Ref() || !h.Changed.Equal(i.Changed) || h.Fact(record.FactErased) == "" || h.Raw != nil {
			t.Errorf("husk = %+v", h)
		}
		if Husk(h).Fingerprint() != h.Fingerprint() {
			t.Errorf("%s: the husk of a husk is another", i.Ref())
		}
		switch {
		case h.Source != nil && (h.Source.CustomerID != "5" || !h.Source.Date.Equal(at) || h.Key(record.KeyCustomer) != "5"):
			t.Errorf("source = %+v", h.Source)
		case h.Order != nil && (h.Order.Customer != "7" || h.Code != "AUVOT8V" || h.Key(record.KeyMention) != "task:8" || h.Fact(record.FactBilled) != "true" || h.Order.Products[0].ID != "1"):
			t.Errorf("order = %+v", h)
		case h.Kind == record.Customer && h.Never == "":
			t.Error("a customer's husk may cross")
		}
	}
	if i := (record.Item{Order: &record.Order{Notes: "a"}}); Husk(i).Order == i.Order || i.Order.Notes != "a" {
		t.Error("a husk changes the item that it is of")
	}
}

func asText(i record.Item) string {
	all := []string{i.Title, i.Code, i.Never, string(i.Raw)}
	for _, k := range i.Keys {
		all = append(all, k.Value)
	}
	for _, f := range i.Facts {
		all = append(all, f)
	}
	for _, f := range i.Fields {
		all = append(all, f)
	}
	if s := i.Source; s != nil {
		all = append(all, s.CustomerName, s.Description, s.Link, s.Pendency, s.WorkerName, s.CreatorName)
		for _, c := range s.Costs {
			all = append(all, c.Name)
		}
	}
	if o := i.Order; o != nil {
		all = append(all, o.Notes, o.City)
		for _, l := range slices.Concat(o.Services, o.Products) {
			all = append(all, l.Description)
		}
	}
	return strings.Join(all, "|")
}

func TestOnlyWhatIsErasedIsHusked(t *testing.T) {
	e := Erased{record.Auvo: {"5": true}, record.Omie: {"7": true}}
	items := []record.Item{
		{Kind: record.Customer, Side: record.Auvo, ID: "5", Title: "a"},
		{Kind: record.Customer, Side: record.Omie, ID: "5", Title: "b"},
		{Kind: record.Task, Side: record.Auvo, ID: "1", Source: &record.Source{CustomerID: "5"}},
		{Kind: record.Task, Side: record.Auvo, ID: "5", Source: &record.Source{CustomerID: "6"}},
		{Kind: record.ServiceOrder, Side: record.Omie, ID: "2", Order: &record.Order{Customer: "7"}},
		{Kind: record.Product, Side: record.Omie, ID: "7"},
	}
	out := e.Over(items)
	for n, want := range []bool{true, false, true, false, true, false} {
		if got := out[n].Fact(record.FactErased) != ""; got != want {
			t.Errorf("%s: %v", items[n].Ref(), got)
		}
		if items[n].Fact(record.FactErased) != "" {
			t.Errorf("%s was changed where it stood", items[n].Ref())
		}
	}
}

func TestTracesAreLongEnoughAndTheirsAlone(t *testing.T) {
	got := Traces(record.Item{Kind: record.Customer, Title: "Ana", Fields: record.Fields{
		"name": "Ana", "document": "44555666000181", "email": "ana@x.test,conta@y.test", "address": `Rua "A" & B, 7`,
	}, Raw: []byte(`{"razao_social":"ANA MARIA LTDA","observacao":"secreto","phoneNumber":["(19) 3232-1010",1932321011]}`)})
	for _, want := range []string{"44.555.666/0001-81", "44555666000181", "ana@x.test", "ANA MARIA LTDA", "ana maria ltda", "(19) 3232-1010", "1932321011", `Rua \"A\" \u0026 B, 7`} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is no trace: %q", want, got)
		}
	}
	if slices.Contains(got, "Ana") || slices.Contains(got, "secreto") {
		t.Errorf("traces = %q", got)
	}
	own, shared := Unshared(got, [][]string{{"conta@y.test"}})
	if slices.Contains(own, "conta@y.test") || !slices.Equal(shared, []string{"conta@y.test"}) || len(own)+1 != len(got) {
		t.Errorf("own %q, shared %q", own, shared)
	}
}

// TestAnOrdinaryWordIsNobodys: in a sentence about another it stays.
func TestAnOrdinaryWordIsNobodys(t *testing.T) {
	got := Traces(record.Item{Kind: record.Customer, Title: "Cliente", Fields: record.Fields{
		"name": "Tarefas", "complement": "Fundos", "address": "Rua Sete, 7", "phone": "123456", "document": "00000000000", "email": "eu@x.test",
	}, Raw: []byte(`{"fax_numero":"32321010","contato":"Zulmira Canário","telefone1_numero":"99999999"}`)})
	want := []string{"Zulmira Canário", "zulmira canario", "Rua Sete, 7", "rua sete 7", "eu@x.test", "eu x test", "32321010"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("traces = %q", got)
	}
}

func TestTheRecordOfProcessingFollowsTheSettings(t *testing.T) {
	terms := Terms{30, 2, 6}
	a := config.Account{ID: "acme", Name: "ACME | <b>"}
	if text := Register(a, terms); strings.Contains(text, "Tarefas →") || strings.Contains(text, "| Clientes") || strings.Contains(text, "<b>") || !strings.Contains(text, "art. 37") {
		t.Errorf("nothing is on:\n%s", text)
	}
	a.Flows.Customers, a.Flows.Tasks = &config.Customers{Direction: config.OmieToAuvo}, &config.Tasks{}
	a.Alerts.Email = []string{"x@y.test"}
	text := Register(a, terms)
	for _, want := range []string{"| Clientes |", "Omie → Ponte → Auvo", "Tarefas → documentos", "6 anos", "2 anos", "30 dias", "| Avisos |", "art. 7º, V"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "| ") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 8 {
			t.Errorf("a row without seven cells: %s", line)
		}
	}
	tables := map[string]bool{}
	for _, c := range Categories(terms) {
		if c.Purpose == "" || c.Basis == "" || c.Retention == "" {
			t.Errorf("category %+v", c)
		}
		for _, table := range c.Tables {
			tables[table] = true
		}
	}
	for _, held := range []string{"items", "item_keys", "links", "changes", "unclear", "waits", "ignores", "conflicts", "lives", "events", "hints", "marks"} {
		if !tables[held] {
			t.Errorf("table %s has no category", held)
		}
	}
}
