package setup_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ponte/internal/call"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
	"ponte/internal/store/sqlitetest"
)

// asked is a store with the account of a simulation, and a work asked for it once more.
func asked(t *testing.T, s setup.Simulation) (ask func(work, about string) store.Work) {
	t.Helper()
	ask, _ = askedOf(t, s)
	return ask
}

// askedOf is asked, with the database.
func askedOf(t *testing.T, s setup.Simulation) (ask func(work, about string) store.Work, db *store.DB) {
	t.Helper()
	db = sqlitetest.Open(t)
	if err := db.SaveAccount(t.Context(), store.Account{ID: "acme", Settings: []byte(s.Account.Settings())}, nil); err != nil {
		t.Fatal(err)
	}
	return func(work, about string) store.Work {
		t.Helper()
		of := store.Owner{ID: "acme"}
		var number int64
		err := db.AskWork(t.Context(), of, work, about, func(_ context.Context, _ any, _ store.Owner, _ string, n int64) error {
			number = n
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w, err := setup.FindOut(t.Context(), setup.Asking{Store: db, Of: of, Work: work, Number: number}, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.EndWork(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		return w
	}, db
}

func TestAListThatCannotBeReadKeepsWhatWasReadOfIt(t *testing.T) {
	s, _, _ := simulation(t)
	wrong := ""
	s.Auvo.Choices = func(context.Context) []record.Catalogue {
		c := record.Catalogue{Name: record.TaskTypes, Wrong: wrong}
		if wrong == "" {
			c.Choices = []record.Choice{{Code: "7", Title: "Visita"}}
		}
		return []record.Catalogue{c}
	}
	s.Omie.Choices = func(context.Context) []record.Catalogue { return nil }
	find := asked(t, s)
	find(setup.Lists, setup.About(setup.Lists, s.Account))
	wrong = "no permission"
	all, err := setup.ReadCatalogues(find(setup.Lists, setup.About(setup.Lists, s.Account)).Answer)
	if c := all[record.TaskTypes]; err != nil || c.Wrong != wrong || len(c.Choices) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestTheAddressIsToldToTheSidesThatTakeItByTheirAPI(t *testing.T) {
	s, _, _ := simulation(t)
	var told []string
	var fails error
	s.Auvo.Register = func(_ context.Context, address string) ([]record.Finding, error) {
		told = append(told, address)
		return []record.Finding{{Side: record.Auvo, Check: "webhook", OK: true}}, fails
	}
	find, db := askedOf(t, s)
	w := find(setup.Hooks, "https://ponte.example")
	if hooks, err := db.Hooks(t.Context(), "acme"); err != nil || len(hooks) != 1 || hooks[0].Registered.IsZero() {
		t.Errorf("the side was told, and the hook does not know: %+v, %v", hooks, err)
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "https://ponte.example/hooks/auvo/") || w.Answered != "https://ponte.example" || !strings.Contains(string(w.Answer), "webhook") {
		t.Errorf("%v: %+v", told, w)
	}
	if strings.Contains(string(w.Answer)+w.Answered, strings.TrimPrefix(told[0], "https://ponte.example/hooks/auvo/")) {
		t.Error("the token stands in the answer")
	}
	fails = &call.Error{Reaction: call.Credentials}
	if w := find(setup.Hooks, "https://ponte.example"); w.Said == "" || !slices.Equal(told[:1], told[1:]) {
		t.Errorf("%v: %+v", told, w)
	}
}
