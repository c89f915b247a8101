package hook

import (
	"context"
	"crypto/rand"
	"strings"

	"ponte/internal/record"
	"ponte/internal/store"
)

// Address is where a side's webhooks are heard: base is the address of the pages.
func Address(base string, side record.Side, token string) string {
	return strings.TrimRight(base, "/") + "/hooks/" + string(side) + "/" + token
}

// Token is an account's token of a side, made on first use and kept sealed; rotate
// makes a new one, from which on the old address is nobody's.
func Token(ctx context.Context, db *store.DB, account string, side record.Side, rotate bool) (string, error) {
	secrets, err := db.Secrets(ctx, account)
	if err != nil {
		return "", err
	}
	token := secrets[store.HookSecret(side)]
	if token == "" || rotate {
		token = rand.Text()
	} else if _, err := db.HookOf(ctx, side, token); err == nil {
		return token, nil
	}
	return token, db.SetHook(ctx, account, side, token)
}

// OnScreen says, for the office, how a side is told that takes no address by its
// API: step by step. None: it takes one.
func OnScreen(side record.Side) (lead string, steps []string) {
	if side != record.Omie {
		return "", nil
	}
	return "No Omie, o webhook é cadastrado na tela, uma vez por aplicativo:", []string{
		"Entre em https://developer.omie.com.br/my-apps/ com um usuário administrador e abra o aplicativo desta conta.",
		"Em Webhooks, crie um novo e cole o endereço acima.",
		"Marque os tópicos: ClienteFornecedor (Incluído, Alterado, Excluído), Produto (Incluído, Alterado, Excluído, MovimentaçãoEstoque, AjusteEstoque), Serviço (Incluído, Alterado, Excluído).",
		"Salve. O Omie testa o endereço ao salvar.",
	}
}
