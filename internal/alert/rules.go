package alert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// rules are what is told, in the order in which it is.
var rules = []rule{
	{"refused-key", refusedKey},
	{"blocked-key", blockedKey},
	{"silent-source", silentSource},
	{"silent-hook", silentHook},
	{ruleMissingWork, missingWork},
	{"held", held},
	{"waiting", waiting},
	{"drift", drift},
}

const ruleMissingWork = "missing-work"

func sideOf(feed string) record.Side {
	side, _, _ := strings.Cut(feed, "/")
	return record.Side(side)
}

func refusedKey(f Facts) []Trouble {
	if f.Refused == "" {
		return nil
	}
	return []Trouble{{
		string(f.Refused), "Chave recusada pelo " + f.Refused.Title(),
		"O " + f.Refused.Title() + " não aceita a chave da conta: nada anda até que uma chave válida seja aplicada (ponte apply).",
	}}
}

func blockedKey(f Facts) (out []Trouble) {
	for _, side := range slices.Sorted(maps.Keys(f.Blocks)) {
		if until := f.Blocks[side]; until.After(f.Now) {
			out = append(out, Trouble{
				string(side), "Chave bloqueada pelo " + side.Title(),
				fmt.Sprintf("O %s bloqueou a chave até %s. O Ponte espera e volta sozinho; se outro programa usa a mesma chave, ele é a causa provável.", side.Title(), f.stamp(until)),
			})
		}
	}
	return out
}

// silentSource: a side that is not read to its end any more, whatever the reason,
// though there was time (AccountCensus.Unread). A key that is refused or blocked has
// its own alert.
func silentSource(f Facts) (out []Trouble) {
	feeds := f.sides()
	for _, side := range slices.Sorted(maps.Keys(feeds)) {
		if side == f.Refused || f.Blocks[side].After(f.Now) {
			continue
		}
		since, behind := f.Now, 0
		for _, feed := range feeds[side] {
			if f.Unread(feed, f.Now, f.Awake, f.late()) > f.late() {
				behind++
			}
			if read := f.ReadTo(feed); read.Before(since) {
				since = read
			}
		}
		if behind > 0 {
			out = append(out, Trouble{
				string(side), "O " + side.Title() + " não é lido até o fim",
				fmt.Sprintf("Desde %s o Ponte não consegue ler tudo o que mudou no %s (%s de %d). Nada se perde: o que faltou é lido depois. %s",
					f.stamp(since), side.Title(), plural(behind, "lista", "listas"), len(feeds[side]), f.whereToLook()),
			})
		}
	}
	return out
}

// whereToLook says what there is to see of a side that is not read.
func (f Facts) whereToLook() string {
	if f.Failed() {
		return "Veja o erro em “ponte status”."
	}
	return "Nenhuma leitura terminou desde então: veja em “ponte status” se alguém trabalha na conta."
}

func silentHook(f Facts) (out []Trouble) {
	for _, h := range f.Hooks {
		for _, k := range h.Silent(f.Now) {
			out = append(out, Trouble{
				string(h.Side) + "/" + string(k.Kind), "O webhook do " + h.Side.Title() + " não avisa: " + flow.KindTitle(k.Kind),
				fmt.Sprintf("%s (%s), e houve %s. O Ponte continua lendo de tempos em tempos; confira o cadastro do webhook e os tópicos marcados (ponte accounts hooks).",
					f.lastHeard(h, k), flow.KindTitle(k.Kind), plural(k.Missed, "mudança sem aviso", "mudanças sem aviso")),
			})
		}
	}
	return out
}

// lastHeard says when a hook last announced a kind.
func (f Facts) lastHeard(h store.Hook, k store.HookKind) string {
	if k.Heard.IsZero() {
		return "Nenhum aviso chegou desde que o endereço foi criado, em " + f.stamp(h.Made)
	}
	return "O último aviso chegou em " + f.stamp(k.Heard)
}

// Expected work: on the same weekday of each of the last four weeks there were at
// least usual documents by this hour, and today there is none. Speaks in the day
// only. A holiday looks the same, and the text says so.
const (
	usual       = 3
	weeks       = 4
	speaksFrom  = 10
	speaksUntil = 20
	restDay     = "Se hoje não é dia de trabalho, não há nada a fazer; senão, confira se as tarefas estão sendo concluídas no Auvo e se as regras da conta ainda servem."
)

// asksWork tells whether the history of documents is needed now. (pure)
func asksWork(f Facts) bool {
	hour := f.Now.In(f.Place).Hour()
	return hour >= speaksFrom && hour < speaksUntil && (f.Settings.Flows.Tasks.On() || f.Settings.Flows.Quotations.On())
}

// workSince is the beginning of that history. (pure)
func workSince(f Facts) time.Time { return midnight(f.Now.In(f.Place)).AddDate(0, 0, -7*weeks) }

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
}

func missingWork(f Facts) (out []Trouble) {
	for _, fl := range missingCandidates(f) {
		least := f.madeBy(fl.Name, 1)
		for week := 2; week <= weeks; week++ {
			least = min(least, f.madeBy(fl.Name, week))
		}
		if least >= usual {
			out = append(out, Trouble{
				fl.Name, fl.Title + ": nenhum documento hoje",
				fmt.Sprintf("A esta hora, neste dia da semana, sempre houve pelo menos %d documentos nas últimas %d semanas; hoje não houve nenhum. %s", least, weeks, restDay),
			})
		}
	}
	return out
}

// missingCandidates are the flows that made no document today, in the hours of the rule.
func missingCandidates(f Facts) (out []flow.Flow) {
	for _, fl := range flow.All {
		if asksWork(f) && fl.Derive != nil && fl.On(f.Settings) && f.madeBy(fl.Name, 0) == 0 {
			out = append(out, fl)
		}
	}
	return out
}

// madeBy is how many documents a flow had made before this hour, so many weeks
// ago; today (0) in this hour as well.
func (f Facts) madeBy(flowName string, weeksAgo int) int {
	now := f.Now.In(f.Place)
	from := midnight(now).AddDate(0, 0, -7*weeksAgo)
	until := time.Date(from.Year(), from.Month(), from.Day(), now.Hour(), 0, 0, 0, f.Place)
	if weeksAgo == 0 {
		until = now
	}
	n := 0
	for _, d := range f.Made {
		if d.Flow == flowName && d.Action == "create" && !d.Hour.Before(from) && d.Hour.Before(until) {
			n += d.Count
		}
	}
	return n
}

func held(f Facts) (out []Trouble) {
	for _, h := range f.Held {
		fl, _ := flow.Named(h.Flow)
		out = append(out, Trouble{
			h.Flow + "/" + h.Brake, cmp.Or(fl.Title, h.Flow) + ": o freio segurou " + plural(h.Count, "mudança", "mudanças"),
			fmt.Sprintf("Desde %s o freio segura %s. Confira com “ponte plan” e libere com “ponte release”, ou na página de pendências.", f.stamp(h.Since), plural(h.Count, "mudança", "mudanças")),
		})
	}
	return out
}

// silently are causes that need nobody, or have an alert of their own.
var silently = map[string]bool{"paused": true, "blocked": true, "credentials": true, "held-by-brake": true}

// waiting: one trouble per cause, of all flows, once the oldest has waited a while.
func waiting(f Facts) (out []Trouble) {
	open, oldest := map[string]int{}, map[string]time.Time{}
	for _, w := range f.Waits {
		if w.Open == 0 || silently[w.Cause] {
			continue
		}
		open[w.Cause] += w.Open
		if at, ok := oldest[w.Cause]; !ok || w.Since.Before(at) {
			oldest[w.Cause] = w.Since
		}
	}
	for _, cause := range slices.Sorted(maps.Keys(open)) {
		if f.Now.Sub(oldest[cause]) < f.Settings.Alerts.After.Std() {
			continue
		}
		title := flow.Headline(cause, open[cause])
		out = append(out, Trouble{
			cause, strings.TrimSuffix(title, "."),
			fmt.Sprintf("%s O mais antigo espera desde %s. O que falta e o que fazer está em “ponte waiting” e na página de pendências.", title, f.stamp(oldest[cause])),
		})
	}
	return out
}

func drift(f Facts) (out []Trouble) {
	for _, source := range slices.Sorted(maps.Keys(f.Drift)) {
		n := f.Drift[source]
		if n == 0 {
			continue
		}
		out = append(out, Trouble{
			source, fmt.Sprintf("A varredura achou %s que o %s não avisou", plural(n, "mudança", "mudanças"), sideOf(source).Title()),
			flow.Drift{Source: source, Missed: n}.Message() + " O Ponte já leu e acertou tudo; veja quais são em “ponte status”.",
		})
	}
	return out
}

// alertMessages are what each receiver is told of an alert. (pure)
func alertMessages(a Facts, al store.Alert, link string) []store.Message {
	subject := fmt.Sprintf("[Ponte] %s: %s", a.Name, al.Title)
	return toAll(a, al.Key(), subject, map[string]string{
		"email":   al.Text + "\n\n" + footer(a, link) + "\nEste aviso vem uma vez, e mais uma quando o problema acabar.\n",
		"webhook": payload(a, "alert", al.Rule, al.About, al.Title, al.Text, link),
	})
}

// overMessages are what each receiver is told of an alert that ended. (pure)
func overMessages(a Facts, al store.Alert, link string) []store.Message {
	if !mended(a, al) {
		return nil
	}
	title := "resolvido: " + al.Title
	text := fmt.Sprintf("O problema começou em %s e não aparece desde %s. Não é preciso fazer nada.", a.stamp(al.Began), a.stamp(al.Gone))
	return toAll(a, al.Key()+"/over", fmt.Sprintf("[Ponte] %s: %s", a.Name, title), map[string]string{
		"email":   al.Title + ".\n\n" + text + "\n\n" + footer(a, link) + "\n",
		"webhook": payload(a, "resolved", al.Rule, al.About, title, text, link),
	})
}

// mended tells whether an alert ended because its trouble did. A person who paused
// the account looks away, and in the evening nobody misses work any more. (pure)
func mended(a Facts, al store.Alert) bool {
	return !a.Paused && (al.Rule != ruleMissingWork || asksWork(a))
}

// toAll is a message to each receiver of the account, under a key of its own.
func toAll(a Facts, key, subject string, body map[string]string) (out []store.Message) {
	for _, to := range a.Settings.Alerts.Email {
		out = append(out, store.Message{Key: key + "/email/" + to, Channel: "email", To: to, Subject: subject, Body: body["email"]})
	}
	if !a.Settings.Alerts.Webhook.IsZero() {
		out = append(out, store.Message{Key: key + "/webhook", Channel: "webhook", Subject: subject, Body: body["webhook"]})
	}
	return out
}

func footer(a Facts, link string) string {
	text := "-- \nPonte, conta " + a.ID
	if link != "" {
		text += "\n" + link
	}
	return text
}
