package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// TestSettingsAreChangedOnlyFromWhatWasRead: whoever saves over others' change is told.
func TestSettingsAreChangedOnlyFromWhatWasRead(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		was := must[store.Account](t)(db.Account(ctx, "acme"))
		now := was
		now.Name, now.Settings = "Outra", json.RawMessage(`{"id":"acme","every":"15m"}`)
		said := store.Event{Ref: store.SettingsRef("acme"), What: "settings", Text: "Ana", Detail: json.RawMessage(`[]`)}
		if !must[bool](t)(db.ChangeSettings(ctx, l, was, now, said)) {
			t.Fatal("nothing changed")
		}
		got := must[store.Account](t)(db.Account(ctx, "acme"))
		if got.Name != "Outra" || string(got.Settings) != string(now.Settings) || got.Paused != was.Paused {
			t.Errorf("got %+v", got)
		}
		if must[bool](t)(db.ChangeSettings(ctx, l, was, now, said)) {
			t.Error("settings that are others by now were changed")
		}
		events := must[[]store.Event](t)(db.Events(ctx, "acme", store.SettingsRef("acme")))
		if len(events) != 1 || events[0].Text != "Ana" {
			t.Errorf("events = %+v", events)
		}
		ok(t, db.SaveAccount(ctx, got, nil, said))
		if events := must[[]store.Event](t)(db.Events(ctx, "acme", store.SettingsRef("acme"))); len(events) != 2 {
			t.Errorf("%d events", len(events))
		}
	})
}

func TestTheNewestItemsComeFirst(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		w := store.PageWrite{Run: "r1", Kind: record.Task, Side: record.Auvo}
		for n, hours := range []int{2, 9, 4} {
			w.Seen = append(w.Seen, store.Seen{Item: record.Item{Kind: record.Task, Side: record.Auvo, ID: fmt.Sprint(n), Changed: noon.Add(time.Duration(hours) * time.Hour)}})
		}
		must[[]store.Sight](t)(db.SavePage(t.Context(), l, w))
		items := must[[]record.Item](t)(db.NewestItems(t.Context(), "acme", record.Auvo, record.Task, 2))
		if len(items) != 2 || items[0].ID != "1" || items[1].ID != "2" {
			t.Errorf("items = %+v", items)
		}
	})
}

func TestSettingsAndTheirSecretsChangeTogetherOrNotAtAll(t *testing.T) {
	eachDatabase(t, func(t *testing.T, p place) {
		db, l := leased(t, p)
		ctx := t.Context()
		was := must[store.Account](t)(db.Account(ctx, "acme"))
		now := was
		now.Settings = json.RawMessage(`{"id":"acme","every":"15m"}`)
		if !must[bool](t)(db.ChangeWithSecrets(ctx, l, was, now, map[string]string{"alerts.webhook.url": "https://a.example"})) {
			t.Fatal("nothing changed")
		}
		if must[bool](t)(db.ChangeWithSecrets(ctx, l, was, now, map[string]string{"alerts.webhook.url": "https://b.example"})) {
			t.Error("settings that are others by now were changed")
		}
		if got := must[map[string]string](t)(db.Secrets(ctx, "acme")); got["alerts.webhook.url"] != "https://a.example" {
			t.Errorf("secrets = %v", got)
		}
		if names := must[[]string](t)(db.SecretNames(ctx, "acme")); !slices.Contains(names, "alerts.webhook.url") {
			t.Errorf("names = %v", names)
		}
	})
}
