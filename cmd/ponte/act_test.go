package main

import (
	"strings"
	"testing"

	"ponte/internal/store"
)

// TestCommandsTellTheAuditWhoRanThem: what a command changes has an act, what it
// refuses has none, and no act holds a link or a key.
func TestCommandsTellTheAuditWhoRanThem(t *testing.T) {
	path := t.TempDir() + "/ponte.db"
	env := map[string]string{"PONTE_DB": path, "PONTE_PUBLIC_URL": "https://ponte.example.test", "KEY": "canary-key-0123456789"}
	file := func(every string) string {
		return "accounts:\n  - id: acme\n    name: ACME\n    every: " + every + "\n    auvo:\n      api_key: $" + "{KEY}\n      api_token: t\n    omie: {app_key: k, app_secret: s}\n    flows: {products: {}}\n"
	}
	secrets := ""
	for _, c := range []struct {
		args, stdin string
		code        int
	}{
		{"user add ana@example.test --role administrator", "", 0},
		{"user add bia@example.test", "", 0},
		{"user add bia@example.test", "", 1},
		{"user link bia@example.test", "", 0},
		{"user remove ana@example.test --yes", "", 1},
		{"user remove bia@example.test --yes", "", 0},
		{"apply -f -", file("10m"), 0},
		{"apply -f -", file("10m"), 0},
		{"apply -f -", file("15m"), 0},
		{"accounts pause acme", "", 0},
		{"accounts resume acme", "", 0},
		{"accounts pause nobody", "", 1},
		{"accounts hooks acme --rotate", "", 0},
		{"backup " + t.TempDir() + "/copy.db", "", 0},
		{"accounts remove acme", "", 1},
		{"accounts remove acme --yes", "", 0},
	} {
		code, out, errs := told(env, c.stdin, strings.Fields(c.args)...)
		if code != c.code {
			t.Fatalf("ponte %s: exit %d\n%s%s", c.args, code, out, errs)
		}
		for word := range strings.FieldsSeq(out) {
			if i := strings.LastIndex(word, "/"); strings.HasPrefix(word, "https://") && i > 0 {
				secrets += word[i+1:] + " "
			}
		}
	}
	db, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	acts, err := db.Acts(t.Context(), store.ActFilter{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range acts {
		got = append([]string{a.What}, got...)
		if a.Person != store.CommandLine || !strings.HasSuffix(a.By, " (linha de comando)") {
			t.Errorf("%s was done by %s, %q", a.What, a.Person, a.By)
		}
		text := a.Said + a.About
		for _, f := range a.Fields {
			text += f.Name + f.Before + f.After
		}
		for hidden := range strings.FieldsSeq(secrets + "canary-key-0123456789") {
			if strings.Contains(text, hidden) {
				t.Errorf("%s holds %s", a.What, hidden)
			}
		}
	}
	want := "person-invited person-invited invitation-renewed person-removed account-made settings-changed account-paused account-resumed hook-rotated hook-rotated backup-made account-removed"
	if strings.Join(got, " ") != want {
		t.Errorf("acts: %v\nwant: %s", got, want)
	}
	if len(secrets) < 4 {
		t.Error("no link was printed")
	}
	if newest, err := db.VerifyActs(t.Context(), nil); err != nil || int(newest.Seq) != len(acts) {
		t.Errorf("the chain has %d acts: %v", newest.Seq, err)
	}
}
