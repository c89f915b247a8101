package inbox

import (
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

func task(id string) record.Ref {
	return record.Ref{Kind: record.Task, Side: record.Auvo, ID: id}
}

func account(t *testing.T) config.Account {
	t.Helper()
	file, err := config.Parse(strings.NewReader(`accounts:
  - id: acme
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
    flows: {tasks: {}}
    orders: {service_order: {category: "1.01.02", bank_account: 7}}
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return file.Accounts[0]
}

// TestWhatWaitsIsPutTogetherByCauseAndNextStep: the same step once, with its settings.
func TestWhatWaitsIsPutTogetherByCauseAndNextStep(t *testing.T) {
	refused := func(id, text string) store.Wait {
		return store.Wait{Flow: "tasks", Ref: task(id), Cause: "refused", Detail: map[string]string{"side": "omie", "text": text, "document": "service-order"}}
	}
	groups := Groups(account(t), []store.Wait{
		refused("1", "Categoria não cadastrada [1]"),
		{Flow: "tasks", Ref: task("2"), Cause: "missing-service", Detail: map[string]string{"name": "Limpeza"}},
		refused("3", "Ninguém conhece"),
		refused("4", "Categoria não cadastrada [2]"),
	})
	if len(groups) != 2 || groups[0].Cause != "refused" || groups[0].Count != 3 || groups[0].Headline != "3 registros foram recusados." || groups[1].Headline != "Um registro usa um serviço que não está ligado ao Omie." {
		t.Fatalf("%+v", groups)
	}
	steps := groups[0].Steps
	if len(steps) != 2 || len(steps[0].Waits) != 2 || steps[0].Settings[0].Path != "orders.service_order.category" || steps[0].Settings[0].Value != `"1.01.02"` || len(steps[1].Settings) != 0 {
		t.Errorf("%+v", steps)
	}
	if w := steps[0].Waits[1]; w.Ref != task("4") || w.Auvo != "4" || w.Account != "acme" || !strings.Contains(w.Message, "O Omie disse: “Categoria não cadastrada [2]”") {
		t.Errorf("%+v", w)
	}
	if groups := Groups(account(t), nil); groups == nil || len(groups) != 0 {
		t.Errorf("nothing waits as %+v", groups)
	}
}

// TestAnUnclearWriteTellsWhatHappensNext by how it can be found out.
func TestAnUnclearWriteTellsWhatHappensNext(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	c := store.Change{
		Flow: "tasks", Source: task("812"), Kind: record.ServiceOrder, Action: "create", To: record.Omie, Code: "AUVOT812S", NotUntil: now.Add(time.Minute),
		Fields: []store.FieldChange{{Name: "forecast", To: "2026-03-10"}, {Name: "~made_as", To: "both"}},
	}
	open := UnclearOf(store.Unclear{Change: c, How: store.LookByCode}, now)
	if open.Asked != "Criar ordem de serviço com o código AUVOT812S no Omie." || len(open.Fields) != 1 || open.NotYet == nil || open.Ended != nil || !strings.Contains(open.Next, "nada a fazer") {
		t.Errorf("%+v", open)
	}
	looked := UnclearOf(store.Unclear{Change: c, How: store.LookByCode, Looked: 2, Last: now}, now.Add(time.Hour))
	if looked.NotYet != nil || !strings.Contains(looked.Next, "2 vezes") || !strings.Contains(looked.Next, "ponte retry task:812 --not-made") {
		t.Errorf("%+v", looked)
	}
	person := UnclearOf(store.Unclear{Change: c, How: store.LookByPerson}, now)
	if person.NotYet != nil || !strings.Contains(person.Next, "Procure no Omie.") || !strings.Contains(person.Next, "ponte retry task:812 --not-made") {
		t.Errorf("%+v", person)
	}
	past := UnclearOf(store.Unclear{Change: c, How: store.LookByCode, Ended: now, As: store.Done}, now)
	if past.Made == nil || !*past.Made || past.Next != "" || past.NotYet != nil {
		t.Errorf("%+v", past)
	}
}

func TestAnUnclearWriteStandsInPlaceOfItsWait(t *testing.T) {
	waits := []store.Wait{{Ref: task("1"), Cause: "unknown-outcome"}, {Ref: task("1"), Cause: "refused"}, {Ref: task("2"), Cause: "unknown-outcome"}}
	if left := Without(waits, []Unclear{{Source: "task:1"}}); len(left) != 2 || left[0].Cause != "refused" || left[1].Ref != task("2") {
		t.Errorf("%+v", left)
	}
}
