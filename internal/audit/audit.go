// Package audit words what people do: the acts that store keeps for good, one
// function for each kind, for the pages and the command line alike. What an act
// says is Portuguese and begins with its verb; who did it stands before it.
//
// An act names records by their number and holds no secret, no payload and no
// value of a record: those stand in the record's history, from which they can be
// erased, as does why somebody ignored it, in their own words. Of people it names those who act and those whom the act is about.
//
// It decides nothing and writes nothing.
package audit

import (
	"cmp"
	"strconv"
	"strings"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A Kind is what an act may be.
type Kind struct{ What, Title string }

// Kinds are all of them, in the order in which people are shown them. Their names are for ever.
func Kinds() []Kind {
	return []Kind{
		{"retried", "Mandou tentar de novo"},
		{"ignored", "Ignorou pendências"},
		{"undo-asked", "Mandou desfazer"},
		{"resolved", "Resolveu um conflito"},
		{"released", "Liberou um freio"},
		{"not-made", "Disse que não foi feita"},
		{"linked", "Ligou registros"},
		{"parted", "Separou registros"},
		{"payload-revealed", "Viu dados protegidos"},
		{"run-asked", "Pediu uma rodada"},
		{"plan-asked", "Pediu uma simulação"},
		{"settings-changed", "Mudou regras"},
		{"alerts-changed", "Mudou os avisos"},
		{"alert-tested", "Testou os avisos"},
		{"keys-replaced", "Trocou chaves"},
		{"hook-rotated", "Trocou endereço de webhook"},
		{"hook-registered", "Mandou registrar webhooks"},
		{"account-made", "Criou uma conta"},
		{"account-paused", "Pausou uma conta"},
		{"account-resumed", "Retomou uma conta"},
		{"account-removed", "Removeu uma conta"},
		{"draft-begun", "Começou uma conta em preparo"},
		{"draft-keys-kept", "Guardou chaves de uma conta em preparo"},
		{"draft-discarded", "Descartou uma conta em preparo"},
		{"person-invited", "Convidou uma pessoa"},
		{"invitation-renewed", "Fez novo convite"},
		{"invitation-cancelled", "Cancelou um convite"},
		{"invitation-used", "Usou um convite"},
		{"role-changed", "Mudou um papel"},
		{"person-removed", "Removeu uma pessoa"},
		{"password-changed", "Trocou a senha"},
		{"sessions-ended", "Encerrou sessões"},
		{"token-made", "Criou um token"},
		{"token-revoked", "Revogou um token"},
		{"housekept", "Mandou apagar o que já é velho"},
		{"subject-exported", "Exportou os dados de um titular"},
		{"subject-erased", "Apagou os dados de um titular"},
		{"subject-lifted", "Levantou um apagamento"},
		{"identity-bound", "Entrou pelo provedor pela primeira vez"},
		{"two-steps-on", "Ligou as duas etapas"},
		{"two-steps-off", "Desligou as duas etapas"},
		{"two-steps-reset", "Tirou as duas etapas de alguém"},
		{"two-steps-required", "Passou a exigir duas etapas"},
		{"two-steps-waived", "Deixou de exigir duas etapas"},
		{"recovery-codes-made", "Fez códigos de recuperação"},
		{"recovery-code-used", "Entrou com um código de recuperação"},
		{"backup-made", "Fez uma cópia de segurança"},
		{"backup-restored", "Restaurou uma cópia de segurança"},
		{"master-key-rotated", "Trocou a chave-mestra"},
	}
}

// Title is a kind for people.
func Title(what string) string {
	for _, k := range Kinds() {
		if k.What == what {
			return k.Title
		}
	}
	return what
}

// name calls a record by its kind and number.
func name(r record.Ref) string {
	text := flow.KindTitle(r.Kind) + " " + r.ID
	switch r.Kind {
	case record.Task, record.Quotation: // the Auvo's alone
		return text
	}
	return text + " do " + r.Side.Title()
}

// records says what was done with several of them; the act names each.
func records(what, did string, refs []record.Ref) store.Act {
	if len(refs) == 1 {
		return store.Act{What: what, About: refs[0].String(), Said: did + ": " + name(refs[0])}
	}
	all := make([]string, 0, len(refs))
	for _, r := range refs {
		all = append(all, r.String())
	}
	return store.Act{
		What: what, Said: did + ": " + strconv.Itoa(len(refs)) + " registros",
		Fields: []store.ActField{{Name: "registros", After: strings.Join(all, ", ")}},
	}
}

// Retried has records decided again.
func Retried(refs []record.Ref) store.Act { return records("retried", "mandou tentar de novo", refs) }

// Ignored keeps waits out of sight until the end of a day (dd/mm/aaaa).
func Ignored(waits []store.Wait, lastDay string) store.Act {
	refs := make([]record.Ref, 0, len(waits))
	for _, w := range waits {
		refs = append(refs, w.Ref)
	}
	return records("ignored", "ignorou até "+lastDay, refs)
}

// UndoAsked has what a run did taken back, or what was done for records.
func UndoAsked(run string, refs []record.Ref) store.Act {
	if run != "" {
		return store.Act{What: "undo-asked", About: "run:" + run, Said: "mandou desfazer a execução " + run}
	}
	return records("undo-asked", "mandou desfazer", refs)
}

// Resolved takes a side's value of a record's fields; none: of all that are in conflict.
func Resolved(ref record.Ref, take record.Side, fields ...string) store.Act {
	of := "todos os conflitos"
	if len(fields) > 0 {
		of = flow.FieldTitles(fields)
	}
	return store.Act{What: "resolved", About: ref.String(), Said: "escolheu o valor do " + take.Title() + " em " + of + ": " + name(ref)}
}

// Released lets go what a brake holds of a flow.
func Released(flowName string) store.Act {
	title := flowName
	if f, ok := flow.Named(flowName); ok {
		title = f.Title
	}
	return store.Act{What: "released", About: flowName, Said: "liberou o que o freio segurava em " + title}
}

// NotMade says that a write of which nobody knew was not made.
func NotMade(c store.Change) store.Act {
	return store.Act{
		What: "not-made", About: c.Source.String(),
		Said: "disse que não foi feita a gravação de " + flow.KindTitle(c.Kind) + " no " + c.To.Title() + ": " + name(c.Source),
	}
}

// Linked says that two records are one; site: the Auvo's is a site of the other.
func Linked(auvo, omie record.Ref, role string) store.Act {
	said := "ligou " + name(auvo) + " a " + name(omie)
	if role == store.RoleSite {
		said = "ligou " + name(auvo) + ", como local, a " + name(omie)
	}
	return store.Act{What: "linked", About: auvo.String(), Said: said, Fields: pair(auvo, omie)}
}

// Parted says that two records are not one.
func Parted(auvo, omie record.Ref) store.Act {
	return store.Act{What: "parted", About: auvo.String(), Said: "separou " + name(auvo) + " de " + name(omie), Fields: pair(auvo, omie)}
}

func pair(auvo, omie record.Ref) []store.ActField {
	return []store.ActField{{Name: "registros", After: auvo.String() + ", " + omie.String()}}
}

// PayloadRevealed shows what a side sent of a record as it came.
func PayloadRevealed(ref record.Ref) store.Act {
	return store.Act{What: "payload-revealed", About: ref.String(), Said: "viu os dados protegidos: " + name(ref)}
}

// RunAsked has a cycle start now.
func RunAsked() store.Act { return store.Act{What: "run-asked", Said: "pediu uma rodada agora"} }

// SettingsChanged tells which settings of an account changed, by path and as they are stored.
func SettingsChanged(said string, changes []config.Changed) store.Act {
	return settings("settings-changed", cmp.Or(said, "mudou as regras da conta"), changes)
}

// AlertsChanged tells what changed of whom an account's alerts reach; address says
// that the webhook's, which is a secret, was set, replaced or dropped.
func AlertsChanged(changes []config.Changed, address string) store.Act {
	a := settings("alerts-changed", "mudou quem recebe os avisos", changes)
	if address != "" {
		a.Fields = append(a.Fields, store.ActField{Name: "alerts.webhook", After: address})
	}
	return a
}

func settings(what, said string, changes []config.Changed) store.Act {
	a := store.Act{What: what, Said: said}
	for _, c := range changes {
		a.Fields = append(a.Fields, store.ActField{Name: c.Path, Before: c.From, After: c.To})
	}
	return a
}

// AlertTested sends everybody whom an account's alerts reach a message.
func AlertTested() store.Act {
	return store.Act{What: "alert-tested", Said: "mandou uma mensagem de teste dos avisos"}
}

// Replaced stands for the value of a secret that is another now.
const Replaced = "(trocado)"

// KeysReplaced puts other keys of a side in the place of an account's.
func KeysReplaced(side record.Side) store.Act {
	return store.Act{What: "keys-replaced", About: string(side), Said: "trocou as chaves do " + side.Title()}
}

// HookRotated makes a side's webhook address anew.
func HookRotated(side record.Side) store.Act {
	return store.Act{What: "hook-rotated", About: string(side), Said: "trocou o endereço do webhook do " + side.Title()}
}

// HookRegistered has a side call the account's address.
func HookRegistered(side record.Side) store.Act {
	return store.Act{What: "hook-registered", About: string(side), Said: "mandou registrar os webhooks no " + side.Title()}
}

// AccountMade makes an account, with all its settings; how is "no assistente", say.
func AccountMade(how string, a config.Account) store.Act {
	made := settings("account-made", "criou a conta "+how, a.Changes(config.Account{}))
	for n := range made.Fields {
		made.Fields[n].Before = ""
	}
	return made
}

// AccountPaused stops an account's cycles, or resumes them.
func AccountPaused(paused bool) store.Act {
	if paused {
		return store.Act{What: "account-paused", Said: "pausou a conta"}
	}
	return store.Act{What: "account-resumed", Said: "retomou a conta"}
}

// AccountRemoved forgets an account, with all its settings.
func AccountRemoved(a config.Account) store.Act {
	gone := settings("account-removed", "removeu a conta", a.Changes(config.Account{}))
	for n, f := range gone.Fields {
		gone.Fields[n].Before, gone.Fields[n].After = f.After, ""
	}
	return gone
}

// DraftBegun begins to put an account together.
func DraftBegun() store.Act {
	return store.Act{What: "draft-begun", Said: "começou a preparar a conta"}
}

// DraftKeysKept keeps keys of a side, which it accepted, for an account that is being put together.
func DraftKeysKept(side record.Side) store.Act {
	return store.Act{What: "draft-keys-kept", About: string(side), Said: "guardou chaves do " + side.Title() + " na conta em preparo"}
}

// DraftDiscarded forgets an account that was being put together.
func DraftDiscarded() store.Act {
	return store.Act{What: "draft-discarded", Said: "descartou a conta em preparo"}
}

// Housekept drops at once what is kept for a while only: for so many days as it came,
// for so many years in the history.
func Housekept(rawDays, recordYears, fiscalYears int) store.Act {
	return store.Act{What: "housekept", Said: "mandou apagar o que já é velho", Fields: []store.ActField{
		{Name: "dias como veio", After: strconv.Itoa(rawDays)}, {Name: "anos de cadastros", After: strconv.Itoa(recordYears)}, {Name: "anos de documentos", After: strconv.Itoa(fiscalYears)},
	}}
}
