package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ponte/internal/alert"
	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A webhookPage takes the address that an account's alerts call, which it never shows.
type webhookPage struct {
	Kept         bool
	Action, Back string
	Seen         string
	Wrong        string
}

func (s *Site) webhookForm(w http.ResponseWriter, v *visit) error {
	return s.showWebhook(w, v, http.StatusOK, "")
}

func (s *Site) showWebhook(w http.ResponseWriter, v *visit, status int, wrong string) error {
	t := v.account
	kept, err := s.hooked(v.Context(), t.ID)
	if err != nil {
		return err
	}
	page := webhookPage{Kept: kept, Action: t.Path("avisos", "webhook"), Back: "/ajustes", Wrong: wrong}
	return show(s, w, v, status, webhookSheet, "Webhook dos avisos", page)
}

// setWebhook keeps an address and the secret that signs, or drops both.
func (s *Site) setWebhook(w http.ResponseWriter, v *visit) error {
	kept, err := s.hooked(v.Context(), v.account.ID)
	if err != nil {
		return err
	}
	secrets, said, told := map[string]string{alertSecret: "", "alerts.webhook.secret": ""}, "O webhook foi removido.", "(removido)"
	switch v.PostFormValue("fazer") {
	case "guardar":
		address, secret := strings.TrimSpace(v.PostFormValue("endereco")), strings.TrimSpace(v.PostFormValue("segredo"))
		if wrong := s.webhookWrong(address, secret); wrong != "" {
			return s.showWebhook(w, v, http.StatusUnprocessableEntity, wrong)
		}
		secrets = map[string]string{alertSecret: address, "alerts.webhook.secret": secret}
		if said, told = "O webhook foi guardado: mande uma mensagem de teste.", "(definido)"; kept {
			told = audit.Replaced
		}
	case "remover":
		if !kept {
			return refused(http.StatusConflict, "Não há webhook (mais).")
		}
	default:
		return refused(http.StatusUnprocessableEntity, "Diga se o webhook é guardado ou removido.")
	}
	return s.settle(w, v, audit.AlertsChanged(nil, told), "/ajustes", func(ctx context.Context, lease store.Lease) (string, error) {
		row, err := s.Store.Account(ctx, v.account.ID)
		if err != nil {
			return "", err
		}
		saved, err := s.Store.ChangeWithSecrets(ctx, lease, row, row, secrets)
		if err == nil && !saved {
			return "", refused(http.StatusConflict, "As regras mudaram enquanto você olhava, e nada foi salvo. Tente de novo.")
		}
		return said, err
	})
}

// webhookWrong says what an address or a secret lacks; it repeats neither.
func (s *Site) webhookWrong(address, secret string) string {
	if why := alert.NewHook(s.WebhookPrivate).Refuses(address); why != "" {
		return "Esse endereço não serve: " + why + "."
	}
	a := config.New[config.Account]()
	a.Alerts.Webhook = config.Webhook{URL: config.NewSecret(address), Secret: config.NewSecret(secret)}
	wrong, _ := errors.AsType[*config.Error](a.Validate())
	if wrong == nil {
		return ""
	}
	for _, p := range wrong.Problems {
		switch p.Key {
		case "alerts.webhook.url":
			return "Esse endereço não serve: escreva um que comece com https://, sem usuário e senha nele."
		case "alerts.webhook.secret", "alerts.webhook":
			return "O segredo precisa de 16 letras ou mais; quem recebe confere a assinatura com ele."
		}
	}
	if record.Runes(address) > 2000 {
		return "Esse endereço é longo demais."
	}
	return ""
}
