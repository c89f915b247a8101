package alert

import (
	"time"

	"ponte/internal/config"
	"ponte/internal/store"
)

// Try are the messages with which a person finds out whether an account's alerts
// arrive: to every receiver, under key. hooked: the account has a webhook, whose
// address nobody here needs to know. (pure)
func Try(a config.Account, hooked bool, key, by, link string, at time.Time) []store.Message {
	if hooked && a.Alerts.Webhook.IsZero() {
		a.Alerts.Webhook.URL = config.NewSecret("kept apart")
	}
	f := Facts{AccountCensus: store.AccountCensus{Account: store.Account{ID: a.ID, Name: a.Name}}, Settings: a, Now: at}
	title := "mensagem de teste"
	text := by + " mandou esta mensagem para ver se os avisos chegam. Não há nada a fazer."
	return toAll(f, "test/"+key, "[Ponte] "+a.Name+": "+title, map[string]string{
		"email":   text + "\n\n-- \nPonte, conta " + a.ID + "\n" + link + "\n",
		"webhook": payload(f, "test", "test", key, title, text, link),
	})
}

// Refuses says, for people, why a webhook's address would not be called, "" when it
// would be tried. Where a name leads is looked at when it is dialled.
func (h Hook) Refuses(address string) string {
	if h.Private {
		return ""
	}
	return refuses(address)
}
