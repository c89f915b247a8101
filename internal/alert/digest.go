package alert

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ponte/internal/flow"
	"ponte/internal/store"
)

// digestLate is how long after its hour a digest is still told: a service that was
// down in the morning does not write at night.
const digestLate = 4 * time.Hour

// digestDue is the day that a digest would be told of now; false when none is due. (pure)
func digestDue(f Facts) (day time.Time, due bool) {
	today := midnight(f.Now.In(f.Place))
	at, wanted := f.Settings.Alerts.DigestAt(today)
	if !wanted || f.Now.Before(at) || f.Now.Sub(at) > digestLate {
		return time.Time{}, false
	}
	return today.AddDate(0, 0, -1), true
}

// digestMessages are the digest of a day, for each receiver. (pure)
func digestMessages(f Facts, day time.Time, wrong []store.Alert, link string) []store.Message {
	title := "resumo de " + day.Format("02/01/2006")
	text := digestText(f, day, wrong)
	return toAll(f, "digest/"+day.Format(time.DateOnly), fmt.Sprintf("[Ponte] %s: %s", f.Name, title), map[string]string{
		"email":   text + "\n-- \nPonte, conta " + f.ID + "\n" + link + "\n",
		"webhook": payload(f, "digest", "digest", day.Format(time.DateOnly), title, text, link),
	})
}

func digestText(f Facts, day time.Time, wrong []store.Alert) string {
	var b strings.Builder
	fmt.Fprintf(&b, "O que o Ponte fez em %s\n\n", day.Format("02/01/2006"))
	for _, fl := range flow.All {
		if fl.On(f.Settings) {
			fmt.Fprintf(&b, "  %s: %s\n", fl.Title, doneText(f.Did, fl.Name, day))
		}
	}
	b.WriteString("\nO que espera por uma pessoa\n\n")
	b.WriteString(waitingText(f))
	b.WriteString("\nO que está errado agora\n\n")
	b.WriteString(wrongText(f, wrong))
	return b.String()
}

// wrongText leaves out what waits, which stands above.
func wrongText(f Facts, wrong []store.Alert) string {
	var b strings.Builder
	for _, a := range wrong {
		if a.Rule != "waiting" {
			fmt.Fprintf(&b, "  %s.\n", a.Title)
		}
	}
	switch {
	case f.Paused:
		return "  A conta está pausada.\n"
	case b.Len() == 0:
		return "  Nada.\n"
	}
	return b.String()
}

func doneText(did []store.DoneCount, flowName string, day time.Time) string {
	count, end := map[string]int{}, day.AddDate(0, 0, 1)
	for _, d := range did {
		if d.Flow == flowName && !d.Hour.Before(day) && d.Hour.Before(end) {
			count[d.Action] += d.Count
		}
	}
	var said []string
	for _, a := range []struct{ action, one, many string }{{"create", "criação", "criações"}, {"update", "alteração", "alterações"}, {"cancel", "cancelamento", "cancelamentos"}} {
		if n := count[a.action]; n > 0 {
			said = append(said, plural(n, a.one, a.many))
		}
	}
	if len(said) == 0 {
		return "nada mudou"
	}
	return strings.Join(said, ", ")
}

func waitingText(f Facts) string {
	var b strings.Builder
	for _, w := range f.Waits {
		if w.Open > 0 {
			fl, _ := flow.Named(w.Flow)
			fmt.Fprintf(&b, "  %s: %s O mais antigo desde %s.\n", fl.Title, flow.Headline(w.Cause, w.Open), f.stamp(w.Since))
		}
	}
	if b.Len() == 0 {
		return "  Nada.\n"
	}
	return b.String()
}

// payload is what a webhook gets. text stands alone, as chat services show it.
func payload(f Facts, kind, rule, about, title, text, link string) string {
	body, err := json.Marshal(map[string]any{
		"kind": kind, "account": f.ID, "name": f.Name, "rule": rule, "about": about, "title": title, "message": text,
		"at": f.Now.UTC().Format(time.RFC3339), "url": link,
		"text": fmt.Sprintf("%s: %s\n%s", f.Name, title, text),
	})
	if err != nil {
		panic("alert: texts do not marshal: " + err.Error())
	}
	return string(body)
}
