package web

import (
	"context"
	"net/http"
	"time"

	"ponte/internal/audit"
	"ponte/internal/store"
)

// A syncPage shows what asking for a run at once does, before it is asked for.
type syncPage struct {
	Action  string
	Back    string
	Resume  string // the page that resumes the account; "" not for this person
	Paused  bool
	Running bool
	Holder  string // who uses the account now, without a run; "" nobody
	Next    moment // when the run would come by itself
	Blocks  []blockRow
}

// A Hastener has an account's next run start now. It returns what was known of the
// account before: a paused one rests, and a run at work goes on as it is.
type Hastener func(ctx context.Context, account string) (store.Schedule, error)

func (s *Site) syncForm(w http.ResponseWriter, v *visit) error {
	if s.Hasten == nil {
		return missing("Aqui as rodadas não são pedidas pelas páginas.")
	}
	t := v.account
	h, err := s.healthOf(v.Context(), t)
	if err != nil {
		return err
	}
	page := syncPage{
		Action: t.Path("sincronizar"), Back: t.Path(), Paused: t.Paused, Running: h.Run != "", Blocks: h.Blocks, Next: t.moments.of(h.Schedule.NextCycle),
	}
	if h.Run == "" {
		page.Holder = h.Running
	}
	if v.manages() {
		page.Resume = t.Path("pausa")
	}
	return show(s, w, v, http.StatusOK, syncSheet, "Sincronizar agora", page)
}

func (s *Site) sync(w http.ResponseWriter, v *visit) error {
	if s.Hasten == nil {
		return missing("Aqui as rodadas não são pedidas pelas páginas.")
	}
	was, err := s.Hasten(s.acting(v.Context(), v, audit.RunAsked()), v.account.ID)
	if err != nil {
		return err
	}
	said := "A rodada começa agora. Esta página se atualiza sozinha."
	switch {
	case was.Paused:
		return refused(http.StatusConflict, "A conta está pausada: nenhuma rodada começa até alguém retomá-la.")
	case was.Run != "":
		said = "Já havia uma rodada em andamento: nada a pedir."
	}
	s.Log.Info("a run was asked for", "account", v.account.ID, "person", v.person.Email)
	return s.back(w, v, v.account.Path(), said)
}

// ahead writes how long until an instant: "agora", "em 4 min", "em 3 h".
func ahead(now, at time.Time) string {
	switch d := at.Sub(now); {
	case d <= 0:
		return "agora"
	case d < time.Minute:
		return "em menos de 1 min"
	case d < 2*time.Hour:
		return "em " + num(int((d+time.Minute/2)/time.Minute)) + " min"
	default:
		return "em " + num(int((d+time.Hour/2)/time.Hour)) + " h"
	}
}
