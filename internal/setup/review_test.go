package setup_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/record/recordtest"
	"ponte/internal/secret"
	"ponte/internal/setup"
	"ponte/internal/store"
)

func customer(id, name, document, phone string) record.Item {
	i := record.Item{
		Kind: record.Customer, ID: id, Title: name, Keys: record.Keys(record.Key{Name: record.KeyDocument, Value: document}),
		Fields: record.Fields{record.FieldName: name, record.FieldDocument: document, record.FieldPhone: phone, record.FieldActive: "true"},
	}
	return i
}

// a company of which some customers stand on both sides.
func simulation(t *testing.T) (setup.Simulation, *recordtest.Memory, *recordtest.Memory) {
	t.Helper()
	ring, err := secret.Open(secret.Options{Database: filepath.Join(t.TempDir(), "ponte.db")})
	if err != nil {
		t.Fatal(err)
	}
	file, err := config.Parse(strings.NewReader(`accounts: [{id: acme, auvo: {api_key: k, api_token: t}, omie: {app_key: k, app_secret: s}, flows: {customers: {}}}]`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	auvo, omie := &recordtest.Memory{Side: record.Auvo, Now: time.Now}, &recordtest.Memory{Side: record.Omie, Now: time.Now}
	auvo.Put(customer("1", "Hotel Mar", "11222333000181", "4830001111"))
	omie.Put(customer("71", "Hotel do Mar", "11222333000181", ""))
	auvo.Put(customer("2", "Padaria Sol Nascente", "", "4830002222"))
	omie.Put(customer("72", "Padaria Sol Nascente Ltda", "", "4830002222"))
	auvo.Put(customer("3", "Oficina Trovão", "", ""))
	omie.Put(customer("73", "Clínica Aurora", "", ""))
	return setup.Simulation{Sealer: ring, Account: file.Accounts[0], Auvo: auvo.System(), Omie: omie.System(), Holder: "test", Run: "r1"}, auvo, omie
}

func told(v setup.Review) string {
	var out []string
	for _, p := range v.Pairs {
		out = append(out, fmt.Sprintf("%s %s-%s", p.Level, p.Auvo, p.Omie))
	}
	return strings.Join(out, ", ")
}

func TestAReviewShowsTheRecordsAsTheyAreAndWhatTheFirstCycleWouldLink(t *testing.T) {
	s, auvo, omie := simulation(t)
	f, v, err := s.Go(t.Context())
	if err != nil || !f.Complete {
		t.Fatalf("%+v, %v", f, err)
	}
	if got := told(v); got != "certain 1-71, likely 2-72, only-auvo 3-, only-omie -73" {
		t.Errorf("found %s", got)
	}
	if len(auvo.Writes)+len(omie.Writes) > 0 || len(v.Items) != 6 {
		t.Errorf("wrote %v %v, %d records", auvo.Writes, omie.Writes, len(v.Items))
	}
	for _, i := range v.Items {
		if i.ID == "71" && i.Fields[record.FieldPhone] != "" {
			t.Error("the record reads as the simulation would have left it")
		}
	}
}

func TestASimulationGoesByWhatWasSaidOfPairs(t *testing.T) {
	s, _, _ := simulation(t)
	s.Choices = []store.DraftChoice{
		{Kind: record.Customer, Auvo: "1", Omie: "71", Choice: store.ChoiceApart, By: "Ana"}, {Kind: record.Customer, Auvo: "2", Omie: "72", Choice: store.RoleMain, By: "Ana"},
	}
	f, v, err := s.Go(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := told(v); got != "only-auvo 1-, only-auvo 3-, only-omie -73, only-omie -71" && got != "only-auvo 1-, only-auvo 3-, only-omie -71, only-omie -73" {
		t.Errorf("found %s", got)
	}
	if f.Flows[0].Linked == 0 {
		t.Errorf("%+v", f.Flows)
	}
}
