package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

// ignoreDays is how long something is ignored unless one says otherwise.
const ignoreDays = 30

func (s *Site) ignoreForm(w http.ResponseWriter, v *visit) error {
	sel, err := s.selected(v)
	if err != nil {
		return err
	}
	return s.showIgnore(w, v, http.StatusOK, sel, "")
}

func (s *Site) showIgnore(w http.ResponseWriter, v *visit, status int, sel selection, wrong string) error {
	page, err := s.deedOf(v, sel)
	if err != nil {
		return err
	}
	today := s.Now().In(v.account.moments.zone)
	page.Title, page.Button, page.Action, page.Ignore, page.Wrong = "Ignorar", "Ignorar", v.account.Path("ignorar"), true, wrong
	page.Does = "O que está marcado deixa de aparecer e de ser contado até o fim do dia que você escolher. Volta antes se mudar, ou se alguém mandar tentar de novo."
	page.Why, page.Today = v.PostFormValue("motivo"), today.Format(time.DateOnly)
	if page.Until = v.PostFormValue("ate_o_dia"); page.Until == "" {
		page.Until = today.AddDate(0, 0, ignoreDays).Format(time.DateOnly)
	}
	return show(s, w, v, status, deedSheet, page.Title, page)
}

func (s *Site) ignore(w http.ResponseWriter, v *visit) error {
	sel, err := s.selected(v)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(v.PostFormValue("motivo"))
	until, wrong := untilOf(v.PostFormValue("ate_o_dia"), s.Now().In(v.account.moments.zone))
	if why == "" || record.Runes(why) > 200 {
		wrong = "Escreva o motivo, em até 200 letras."
	}
	if wrong != "" {
		return s.showIgnore(w, v, http.StatusUnprocessableEntity, sel, wrong)
	}
	lastDay := engine.LastDay(until, v.account.moments.zone).Format("02/01/2006")
	return s.settle(w, v, audit.Ignored(sel.Waits, lastDay), v.account.Path("pendencias"), func(ctx context.Context, lease store.Lease) (string, error) {
		n, err := engine.Ignore(ctx, s.Store, lease, sel.Waits, until, v.account.moments.zone, why, v.by())
		said := count(n, "Nada foi ignorado", "1 pendência foi ignorada", "pendências foram ignoradas") + " até " + lastDay + "."
		if left := len(sel.Waits) - n; left > 0 {
			said += " " + count(left, "", "1 mudou enquanto isso e continua à vista.", "mudaram enquanto isso e continuam à vista.")
		}
		return said, err
	})
}

// untilOf is the instant at which the day is over.
func untilOf(day string, now time.Time) (until time.Time, wrong string) {
	at, err := time.ParseInLocation(time.DateOnly, day, now.Location())
	if err != nil {
		return until, "Escolha até que dia ignorar."
	}
	if until = at.AddDate(0, 0, 1); !until.After(now) {
		return until, "Esse dia já passou: escolha hoje ou um dia depois."
	}
	return until, ""
}
