package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"ponte/internal/signin"
	"ponte/internal/store"
)

func TestOnlyADemoBeginsAnewAndShowsItsKeys(t *testing.T) {
	h, _ := newAssistedHouse(t)
	b := h.comes(h.person(signin.Administrator))
	for _, got := range []answer{b.get("/demonstracao"), b.post("/demonstracao", "fazer", "assistente")} {
		if got.code != http.StatusNotFound {
			t.Errorf("outside of a demo it answers %d", got.code)
		}
	}
	b.sends(http.StatusSeeOther, "/assistente", "nome", "Polo Sul")
	if page := b.says(polo + "/chaves/auvo"); strings.Contains(page, "desta demonstração") {
		t.Error("keys are shown outside of a demo")
	}
	var begun []bool
	h.site.Rehearsal = &Rehearsal{Keys: map[string]string{store.SecretAuvoKey: "good", store.SecretAuvoToken: "sample-token"}, Begin: func(_ context.Context, walk bool) error {
		begun = append(begun, walk)
		return nil
	}}
	if page := b.says(polo+"/chaves/auvo", "As chaves desta demonstração", "API Token sample-token"); strings.Contains(page, "omie.app") {
		t.Error("the other side's keys are shown, too")
	}
	b.says("/demonstracao", "O que esta demonstração fez até agora é apagado", "Voltar à demonstração pronta")
	b.sends(http.StatusUnprocessableEntity, "/demonstracao", "fazer", "nada")
	if len(begun) != 0 {
		t.Fatal("showing it did it")
	}
	if got := b.sends(http.StatusSeeOther, "/demonstracao", "fazer", "assistente"); got.to != "/assistente" {
		t.Errorf("leads to %s", got.to)
	}
	b.sends(http.StatusSeeOther, "/demonstracao", "fazer", "pronta")
	if len(begun) != 2 || !begun[0] || begun[1] {
		t.Errorf("begun %v", begun)
	}
	h.account("acme")
	for _, got := range []answer{b.get("/assistente"), b.post("/assistente", "nome", "Outra")} {
		if got.code != http.StatusSeeOther || got.to != "/demonstracao" {
			t.Errorf("a second company: %d to %s", got.code, got.to)
		}
	}
}
