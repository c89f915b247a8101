package alert

import (
	"strings"
	"testing"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

var (
	brazil = time.FixedZone("BRT", -3*3600)
	now    = time.Date(2026, 11, 24, 14, 20, 0, 0, brazil) // a Tuesday
)

// quiet are an account's facts of a day on which nothing is wrong.
func quiet() Facts {
	a := config.New[config.Account]()
	a.ID, a.Name = "acme", "ACME"
	a.Flows.Customers, a.Flows.Tasks = config.New[config.Customers](), config.New[config.Tasks]()
	a.Alerts.Email = []string{"ana@acme.com.br"}
	read := map[string]time.Time{}
	for _, feed := range []string{"omie/customers", "auvo/customers", "auvo/tasks"} {
		read[feed] = now.Add(-5 * time.Minute)
	}
	return Facts{
		AccountCensus: store.AccountCensus{Account: store.Account{ID: "acme", Name: "ACME", Created: now.AddDate(0, -2, 0)}, Done: read},
		Settings:      *a, Now: now, Place: brazil, Blocks: map[record.Side]time.Time{},
	}
}

// old has everything read so long ago.
func (f *Facts) old(age time.Duration) {
	for feed := range f.Done {
		f.Done[feed] = f.Now.Add(-age)
	}
}

// heardOf is Omie's hook, last heard of one kind so, and of anything then.
func heardOf(kind record.Kind, heard time.Time, missed int, last time.Time) []store.Hook {
	return []store.Hook{{Side: "omie", Made: now.AddDate(0, -1, 0), Heard: last, Kinds: []store.HookKind{{Kind: kind, Heard: heard, Missed: missed}}}}
}

// made are n documents an hour of the morning, on the same weekday of the last four weeks.
func made(n int, today int) (out []store.DoneCount) {
	for week := range weeks + 1 {
		count := n
		if week == 0 {
			count = today
		}
		at := time.Date(2026, 11, 24-7*week, 9, 0, 0, 0, brazil)
		if count > 0 {
			out = append(out, store.DoneCount{Flow: "tasks", Action: "create", Hour: at.UTC(), Count: count})
		}
	}
	return out
}

func TestEachTroubleIsFoundByItsRuleAndOnlyThen(t *testing.T) {
	for what, c := range map[string]struct {
		is   func(*Facts)
		want string // rule and about of all that is found
	}{
		"nothing": {func(*Facts) {}, ""},
		"many records wait for one cause, in two flows": {func(f *Facts) {
			f.Waits = []store.WaitCount{
				{Flow: "tasks", Cause: "missing-customer", Open: 40, Since: now.Add(-time.Hour)},
				{Flow: "customers", Cause: "missing-customer", Open: 2, Since: now.Add(-time.Minute)},
			}
		}, "waiting/missing-customer"},
		"two causes": {func(f *Facts) {
			f.Waits = []store.WaitCount{{Cause: "refused", Open: 1, Since: now.Add(-time.Hour)}, {Cause: "conflict", Open: 1, Since: now.Add(-time.Hour)}}
		}, "waiting/conflict waiting/refused"},
		"what waits only since a moment": {func(f *Facts) {
			f.Waits = []store.WaitCount{{Cause: "refused", Open: 1, Since: now.Add(-9 * time.Minute)}}
		}, ""},
		"what a person ignores": {func(f *Facts) { f.Waits = []store.WaitCount{{Cause: "refused", Hidden: 3}} }, ""},
		"a pause of our own":    {func(f *Facts) { f.Waits = []store.WaitCount{{Cause: "paused", Open: 3, Since: now.Add(-time.Hour)}} }, ""},
		"a side that is not read any more": {func(f *Facts) {
			f.Done["auvo/tasks"], f.Done["auvo/customers"] = now.Add(-2*time.Hour), now.Add(-2*time.Hour)
		}, "silent-source/auvo"},
		"one late cycle":                 {func(f *Facts) { f.Done["auvo/tasks"] = now.Add(-25 * time.Minute) }, ""},
		"a feed of a flow that is off":   {func(f *Facts) { f.Done["omie/products"] = now.Add(-48 * time.Hour) }, ""},
		"an account that was never read": {func(f *Facts) { f.Done, f.Created = nil, now.Add(-2*time.Hour) }, "silent-source/auvo silent-source/omie"},
		"an account that is just there":  {func(f *Facts) { f.Done, f.Created = nil, now.Add(-10*time.Minute) }, ""},
		"a first load that takes long, at work": {func(f *Facts) {
			f.Done, f.Created = map[string]time.Time{"omie/customers": now.Add(-50 * time.Minute)}, now.Add(-50*time.Minute)
			f.Schedule, f.Worked = store.Schedule{Run: "r", NextCycle: f.Created}, now.Add(-20*time.Second)
		}, ""},
		"a first load whose worker died": {func(f *Facts) {
			f.Done, f.Created = nil, now.Add(-2*time.Hour)
			f.Schedule, f.Worked = store.Schedule{Run: "r", NextCycle: f.Created}, now.Add(-40*time.Minute)
		}, "silent-source/auvo silent-source/omie"},
		"a first load whose first run was cut off early": {func(f *Facts) {
			f.Done, f.Created, f.Last = nil, now.Add(-50*time.Minute), store.Run{Finished: now.Add(-45 * time.Minute)}
			f.Schedule, f.Worked = store.Schedule{Run: "r", NextCycle: now.Add(-40 * time.Minute)}, now
		}, ""},
		"the first minute after a stop": {func(f *Facts) {
			f.old(3 * time.Hour)
			f.Schedule, f.Worked, f.Awake = store.Schedule{NextCycle: now.Add(-170 * time.Minute)}, now.Add(-3*time.Hour), now.Add(-time.Minute)
		}, ""},
		"nobody came for an hour after a stop": {func(f *Facts) {
			f.old(3 * time.Hour)
			f.Schedule, f.Worked, f.Awake = store.Schedule{NextCycle: now.Add(-170 * time.Minute)}, now.Add(-3*time.Hour), now.Add(-time.Hour)
		}, "silent-source/auvo silent-source/omie"},
		"a moment after a resume": {func(f *Facts) {
			f.old(3 * time.Hour)
			f.Schedule, f.Worked, f.Awake = store.Schedule{NextCycle: now.Add(-2 * time.Minute)}, now.Add(-3*time.Hour), now.AddDate(0, 0, -9)
		}, ""},
		"rest after a cycle that took long": {func(f *Facts) {
			f.old(50 * time.Minute)
			f.Schedule, f.Last = store.Schedule{NextCycle: now.Add(5 * time.Minute)}, store.Run{Finished: now.Add(-5 * time.Minute), Complete: true}
		}, ""},
		"a flow that was just turned on": {func(f *Facts) {
			delete(f.Done, "auvo/tasks")
			f.Schedule, f.Last = store.Schedule{NextCycle: now.Add(5 * time.Minute)}, store.Run{Finished: now.Add(-5 * time.Minute), Complete: true}
		}, ""},
		"a side that fails in cycle after cycle, one of them at work": {func(f *Facts) {
			f.Done["auvo/tasks"], f.Last = now.Add(-2*time.Hour), store.Run{Finished: now.Add(-time.Minute), Error: "502"}
			f.Schedule, f.Worked = store.Schedule{Run: "r", NextCycle: now.Add(-time.Minute)}, now
		}, "silent-source/auvo"},
		"a blocked key, and its side is not read": {func(f *Facts) {
			f.Blocks["omie"] = now.Add(time.Minute)
			f.Done["omie/customers"] = now.Add(-2 * time.Hour)
		}, "blocked-key/omie"},
		"a block that is over":                        {func(f *Facts) { f.Blocks["omie"] = now.Add(-time.Minute) }, ""},
		"a refused key, and its side is not read":     {func(f *Facts) { f.Refused = "auvo"; f.Done["auvo/tasks"] = now.Add(-2 * time.Hour) }, "refused-key/auvo"},
		"a hook that is silent":                       {func(f *Facts) { f.Hooks = heardOf("product", now.Add(-3*time.Hour), 9, now) }, "silent-hook/omie/product"},
		"a hook that says one kind and never another": {func(f *Facts) { f.Hooks = heardOf("customer", time.Time{}, 9, now) }, "silent-hook/omie/customer"},
		"a hook that was registered and never heard": {func(f *Facts) {
			f.Hooks = heardOf("task", time.Time{}, 9, time.Time{})
			f.Hooks[0].Registered = now.Add(-3 * time.Hour)
		}, "silent-hook/omie/task"},
		"an address that nobody was told":           {func(f *Facts) { f.Hooks = heardOf("task", time.Time{}, 9, time.Time{}) }, ""},
		"a hook that nobody had anything to say to": {func(f *Facts) { f.Hooks = heardOf("product", now.Add(-72*time.Hour), 0, now) }, ""},
		"a plan that a brake holds":                 {func(f *Facts) { f.Held = []store.Held{{Flow: "tasks", Brake: "documents", Count: 120, Since: now}} }, "held/tasks/documents"},
		"drift":                                     {func(f *Facts) { f.Drift = map[string]int{"auvo/tasks": 2, "omie/customers": 0} }, "drift/auvo/tasks"},
		"no document today, and always some":        {func(f *Facts) { f.Made = made(3, 0) }, "missing-work/tasks"},
		"a document today":                          {func(f *Facts) { f.Made = made(3, 1) }, ""},
		"fewer than usual":                          {func(f *Facts) { f.Made = made(2, 0) }, ""},
		"one of the weeks was empty":                {func(f *Facts) { f.Made = made(3, 0)[1:] }, ""},
		"no document, but it is night": {func(f *Facts) {
			f.Made, f.Now = made(3, 0), now.Add(7*time.Hour)
			for feed := range f.Done {
				f.Done[feed] = f.Now
			}
		}, ""},
		"past weeks made theirs later in the day": {func(f *Facts) {
			f.Made = made(3, 0)
			for n := range f.Made {
				f.Made[n].Hour = f.Made[n].Hour.Add(5 * time.Hour)
			}
		}, ""},
		"everything, but a person paused the account": {func(f *Facts) {
			f.Paused, f.Refused, f.Drift, f.Done = true, "omie", map[string]int{"auvo/tasks": 2}, nil
		}, ""},
	} {
		f := quiet()
		c.is(&f)
		var got []string
		for _, a := range Find(f) {
			got = append(got, a.Rule+"/"+a.About)
			if a.Title == "" || strings.HasSuffix(a.Title, ".") || !strings.HasSuffix(strings.TrimSpace(a.Text), ".") && !strings.HasSuffix(a.Text, ").") || len(a.Title) > 120 {
				t.Errorf("%s: %q: %q", what, a.Title, a.Text)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: found %q, want %q", what, got, c.want)
		}
	}
}

func TestWhereThereIsNoErrorNobodyIsSentToSeeIt(t *testing.T) {
	f := quiet()
	f.old(2 * time.Hour)
	if text := silentSource(f)[0].Text; strings.Contains(text, "erro") || !strings.Contains(text, "Nenhuma leitura terminou") {
		t.Errorf("%s", text)
	}
	f.Last = store.Run{Finished: now.Add(-time.Minute), Error: "502"}
	if text := silentSource(f)[0].Text; !strings.Contains(text, "Veja o erro") {
		t.Errorf("%s", text)
	}
}

func TestOneMessageGoesToEachReceiverOfAnAlert(t *testing.T) {
	f := quiet()
	f.Settings.Alerts.Email = []string{"ana@acme.com.br", "bia@acme.com.br"}
	f.Settings.Alerts.Webhook = config.Webhook{URL: config.NewSecret("https://x.example"), Secret: config.NewSecret("0123456789abcdef")}
	all := alertMessages(f, store.Alert{Seq: 7, Rule: "drift", About: "auvo/tasks", Title: "T", Text: "Texto."}, "https://p/contas/acme")
	if len(all) != 3 || all[0].Key != "alert/7/email/ana@acme.com.br" || all[2].Key != "alert/7/webhook" || all[0].Subject != "[Ponte] ACME: T" {
		t.Errorf("%+v", all)
	}
	if !strings.Contains(all[0].Body, "Texto.") || !strings.Contains(all[0].Body, "https://p/contas/acme") || !strings.Contains(all[2].Body, `"rule":"drift"`) {
		t.Errorf("%+v", all)
	}
}

func TestAnAlertThatEndedIsToldWhereItsTroubleDid(t *testing.T) {
	ended := store.Alert{Seq: 7, Rule: "waiting", About: "refused", Title: "2 registros foram recusados", Began: now.Add(-3 * time.Hour), Gone: now.Add(-20 * time.Minute)}
	missed := ended
	missed.Rule = "missing-work"
	for what, c := range map[string]struct {
		is    func(*Facts)
		alert store.Alert
		told  bool
	}{
		"it ended":                          {func(*Facts) {}, ended, true},
		"a person paused the account":       {func(f *Facts) { f.Paused = true }, ended, false},
		"work came":                         {func(*Facts) {}, missed, true},
		"work is missed no more: evening":   {func(f *Facts) { f.Now = now.Add(6 * time.Hour) }, missed, false},
		"the evening ends other troubles":   {func(f *Facts) { f.Now = now.Add(6 * time.Hour) }, ended, true},
		"a flow that makes work is no more": {func(f *Facts) { f.Settings.Flows.Tasks = nil }, missed, false},
	} {
		f := quiet()
		f.Settings.Alerts.Webhook = config.Webhook{URL: config.NewSecret("https://x.example"), Secret: config.NewSecret("0123456789abcdef")}
		c.is(&f)
		all := overMessages(f, c.alert, "https://p/contas/acme")
		if (len(all) == 2) != c.told || (!c.told && len(all) != 0) {
			t.Fatalf("%s: %+v", what, all)
		}
		if !c.told {
			continue
		}
		if all[0].Key != "alert/7/over/email/ana@acme.com.br" || all[1].Key != "alert/7/over/webhook" || all[0].Subject != "[Ponte] ACME: resolvido: 2 registros foram recusados" {
			t.Errorf("%s: %+v", what, all)
		}
		if !strings.Contains(all[0].Body, "começou em 24/11 11:20 e não aparece desde 24/11 14:00") || !strings.Contains(all[1].Body, `"kind":"resolved"`) || !strings.Contains(all[1].Body, `"rule":"`+c.alert.Rule+`"`) {
			t.Errorf("%s: %+v", what, all)
		}
	}
}

func TestADigestIsDueOnceItsHourHasComeAndNotAllDay(t *testing.T) {
	for at, want := range map[string]bool{"07:29": false, "07:30": true, "11:30": true, "11:31": false, "23:00": false} {
		f := quiet()
		f.Settings.Alerts.Digest = "07:30"
		clock, err := time.Parse("15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		f.Now = time.Date(2026, 11, 24, clock.Hour(), clock.Minute(), 0, 0, brazil).UTC()
		day, due := digestDue(f)
		if due != want || (due && day.Format(time.DateOnly) != "2026-11-23") {
			t.Errorf("at %s: %v %s", at, due, day)
		}
		f.Settings.Alerts.Digest = ""
		if _, due := digestDue(f); due {
			t.Errorf("at %s a digest is due that nobody wants", at)
		}
	}
}

func TestADigestTellsTheDayBefore(t *testing.T) {
	f := quiet()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, brazil)
	f.Did = []store.DoneCount{
		{Flow: "tasks", Action: "create", Hour: day.Add(9 * time.Hour), Count: 12},
		{Flow: "tasks", Action: "update", Hour: day.Add(23 * time.Hour), Count: 1},
		{Flow: "tasks", Action: "create", Hour: day.Add(24 * time.Hour), Count: 99}, // today's
	}
	f.Waits = []store.WaitCount{{Flow: "tasks", Cause: "refused", Open: 2, Since: now.Add(-time.Hour)}}
	f.Drift = map[string]int{"auvo/tasks": 2}
	text := digestText(f, day, Find(f))
	want := `O que o Ponte fez em 23/11/2026

  Clientes: nada mudou
  Tarefas: 12 criações, 1 alteração

O que espera por uma pessoa

  Tarefas: 2 registros foram recusados. O mais antigo desde 24/11 13:20.

O que está errado agora

  A varredura achou 2 mudanças que o Auvo não avisou.
`
	if text != want {
		t.Errorf("%s", text)
	}
	if text := digestText(quiet(), day, nil); !strings.HasSuffix(text, "uma pessoa\n\n  Nada.\n\nO que está errado agora\n\n  Nada.\n") {
		t.Errorf("%s", text)
	}
}
