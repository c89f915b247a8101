package audit

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// every is one act of each kind, on values that must not stand in one.
func every() []store.Act {
	task := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	auvo, omie := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}, record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7"}
	p := store.Person{ID: "x", Email: "bia@example.test", Name: "Bia", Role: "reader", Password: "$argon2id$secret"}
	wait := store.Wait{Ref: task, Title: "João da Silva", Detail: map[string]string{"text": "João da Silva"}}
	change := store.Change{Source: task, Kind: record.ServiceOrder, To: record.Omie, Title: "João da Silva"}
	return []store.Act{
		Retried([]record.Ref{task}), Ignored([]store.Wait{wait}, "31/12/2026"), UndoAsked("", []record.Ref{task}), Resolved(auvo, record.Omie, "phone"), Released("tasks"), NotMade(change),
		Linked(auvo, omie, store.RoleMain), Parted(auvo, omie), PayloadRevealed(auvo), RunAsked(), SettingsChanged("", []config.Changed{{Path: "every", From: `"10m0s"`, To: `"5m0s"`}}),
		AlertsChanged(nil, "trocado"), AlertTested(), KeysReplaced(record.Auvo), HookRotated(record.Omie), HookRegistered(record.Auvo), AccountMade("no assistente", made()), AccountPaused(true), AccountPaused(false), AccountRemoved(made()), DraftBegun(), DraftKeysKept(record.Auvo), DraftDiscarded(),
		PersonInvited(p), InvitationRenewed(p), InvitationCancelled(p), InvitationUsed(p), RoleChanged(p, nil, "operator", nil), PersonRemoved(p, nil), PasswordChanged(p), SessionsEnded(p, true),
		IdentityBound(p), TwoStepsOn(p), TwoStepsOff(p), TwoStepsReset(p), TwoStepsRequired(true), TwoStepsRequired(false), RecoveryCodesMade(p), RecoveryCodeUsed(p),
		TokenMade(store.APIToken{ID: "01j", Name: "n8n", Digest: "$argon2id$secret"}, "Ler", "nunca acaba"), TokenRevoked(store.APIToken{ID: "01j", Name: "n8n"}, "Ler"), ByToken(store.APIToken{ID: "01j", Name: "n8n"}, PlanAsked()),
		Housekept(30, 2, 6), SubjectExported(), SubjectErased(), SubjectLifted(1), BackupMade("pelas páginas"), BackupRestored(), MasterKeyRotated(),
	}
}

func TestEachKindHasATitleAndAnActThatSaysItWithoutItsSubject(t *testing.T) {
	var made []string
	for _, a := range every() {
		made = append(made, a.What)
		if Title(a.What) == a.What {
			t.Errorf("%s has no title", a.What)
		}
		if r := []rune(a.Said); len(r) == 0 || !unicode.IsLower(r[0]) || strings.HasSuffix(a.Said, ".") {
			t.Errorf("%s says %q", a.What, a.Said)
		}
		for _, private := range []string{"João", "argon2id"} {
			if text := a.Said + a.About + strings.Join(fieldTexts(a), " "); strings.Contains(text, private) {
				t.Errorf("%s holds %q: %s", a.What, private, text)
			}
		}
	}
	for _, k := range Kinds() {
		if !slices.Contains(made, k.What) {
			t.Errorf("nothing makes an act %s", k.What)
		}
	}
}

func fieldTexts(a store.Act) (out []string) {
	for _, f := range a.Fields {
		out = append(out, f.Name, f.Before, f.After)
	}
	return out
}

func TestActsCallRecordsByTheirNumber(t *testing.T) {
	task := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	auvo, omie := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}, record.Ref{Kind: record.Customer, Side: record.Omie, ID: "7"}
	for _, c := range []struct{ got, want string }{
		{Retried([]record.Ref{task}).Said, "mandou tentar de novo: tarefa 812"},
		{Retried([]record.Ref{task, auvo}).Said, "mandou tentar de novo: 2 registros"},
		{Retried([]record.Ref{task, auvo}).Fields[0].After, task.String() + ", " + auvo.String()},
		{UndoAsked("01J", nil).Said, "mandou desfazer a execução 01J"},
		{Linked(auvo, omie, store.RoleSite).Said, "ligou cliente 55 do Auvo, como local, a cliente 7 do Omie"},
		{Resolved(auvo, record.Omie, "phone").Said, "escolheu o valor do Omie em “Telefone”: cliente 55 do Auvo"},
		{Released("tasks").Said, "liberou o que o freio segurava em Tarefas"},
		{RoleChanged(store.Person{Email: "bia@example.test", Role: "reader"}, nil, "operator", nil).Fields[0].After, "Operação"},
		{RoleChanged(store.Person{Role: "reader"}, nil, "", []store.AccountRole{{Account: "acme", Role: "operator"}}).Fields[0].After, "por conta"},
		{RoleChanged(store.Person{}, []store.AccountRole{{Account: "acme", Role: "reader"}, {Account: "beta", Role: "reader"}}, "", []store.AccountRole{{Account: "acme", Role: "operator"}, {Account: "beta", Role: "reader"}}).Fields[0].Name, "papel em acme"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// made is an account whose key must not stand in an act.
func made() config.Account {
	a := *config.New[config.Account]()
	a.ID, a.Name = "acme", "ACME"
	a.Auvo.APIKey = config.NewSecret("$argon2id$ a key of the company's")
	return a
}

func TestWhatIsMadeHasAnAfterAndWhatIsRemovedABefore(t *testing.T) {
	find := func(a store.Act, name string) store.ActField {
		i := slices.IndexFunc(a.Fields, func(f store.ActField) bool { return f.Name == name })
		if i < 0 {
			t.Fatalf("%s lacks %s: %+v", a.What, name, a.Fields)
		}
		return a.Fields[i]
	}
	if f := find(AccountMade("no assistente", made()), "name"); f.Before != "" || f.After != `"ACME"` {
		t.Errorf("made: %+v", f)
	}
	if f := find(AccountRemoved(made()), "name"); f.Before != `"ACME"` || f.After != "" {
		t.Errorf("removed: %+v", f)
	}
	p := store.Person{Email: "bia@example.test"}
	if f := find(PersonRemoved(p, []store.AccountRole{{Account: "acme", Role: "operator"}}), "papel em acme"); f.Before != "Operação" || f.After != "" {
		t.Errorf("person removed: %+v", f)
	}
	if f := find(PersonRemoved(store.Person{Role: "reader"}, nil), "papel"); f.Before != "Leitura" || f.After != "" {
		t.Errorf("person removed: %+v", f)
	}
}
