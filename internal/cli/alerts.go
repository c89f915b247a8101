package cli

import (
	"time"

	"ponte/internal/store"
)

// alertJSON is what is wrong with an account, as its people were told.
type alertJSON struct {
	Rule  string    `json:"rule"`
	About string    `json:"about"`
	Began time.Time `json:"began"`
	Title string    `json:"title"`
}

// undeliveredJSON is a message that was given up, or is not delivered yet.
type undeliveredJSON struct {
	Channel string    `json:"channel"`
	Subject string    `json:"subject"`
	State   string    `json:"state"` // due, sending, failed
	Made    time.Time `json:"made"`
	Said    string    `json:"error"`
}

// lately is how far back undelivered messages are shown.
const lately = 7 * 24 * time.Hour

func (s *session) alerts(st *accountStatus) error {
	open, err := s.db.OpenAlerts(s.ctx, st.Account)
	if err != nil {
		return err
	}
	for _, a := range open {
		st.Alerts = append(st.Alerts, alertJSON{a.Rule, a.About, a.Began.UTC(), a.Title})
	}
	messages, err := s.db.Messages(s.ctx, st.Account, 50)
	for _, m := range messages {
		if m.State != store.MessageSent && time.Since(m.Made) < lately {
			st.Undelivered = append(st.Undelivered, undeliveredJSON{m.Channel, m.Subject, m.State, m.Made.UTC(), m.Said})
		}
	}
	return err
}

func printAlerts(s *session, st accountStatus) {
	for _, a := range st.Alerts {
		s.printf("Avisado desde %s: %s\n", a.Began.Local().Format("02/01 15:04"), a.Title)
	}
	for _, m := range st.Undelivered {
		s.printf("%s not delivered (%s), made %s: %s\n", m.Channel, m.State, m.Made.Local().Format("02/01 15:04"), m.Said)
	}
}
