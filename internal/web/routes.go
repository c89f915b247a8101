package web

import (
	"net/http"

	"ponte/internal/signin"
)

// anyone needs no sign-in.
const anyone signin.Role = ""

// A route is one line of the product's index.
type route struct {
	pattern string
	least   signin.Role // the least role that may use it; anyone: no sign-in
	do      action
}

// An action answers one request. What it returns becomes a sentence (problem.go).
type action func(s *Site, w http.ResponseWriter, v *visit) error

// routes is the index of the site. /static/ and what is not here are in mux.
func routes() []route {
	return []route{
		// The door.
		{"GET /entrar", anyone, (*Site).signInForm},
		{"POST /entrar", anyone, (*Site).signIn},
		{"GET /convite/{token}", anyone, (*Site).invitationForm},
		{"POST /convite/{token}", anyone, (*Site).acceptInvitation},
		{"POST /sair", signin.Reader, (*Site).signOut},

		// One's own account.
		{"GET /eu", signin.Reader, (*Site).me},
		{"POST /eu/senha", signin.Reader, (*Site).changePassword},
		{"POST /eu/sessoes", signin.Reader, (*Site).endSessions},

		// The assistant: a company is connected step by step, and activated at the end.
		{"GET /assistente", signin.Administrator, (*Site).assistente},
		{"POST /assistente", signin.Administrator, (*Site).beginDraft},
		{"GET /assistente/{rascunho}", signin.Administrator, (*Site).resume},
		{"GET /assistente/{rascunho}/chaves/{lado}", signin.Administrator, (*Site).keysForm},
		{"POST /assistente/{rascunho}/chaves/{lado}", signin.Administrator, (*Site).testKeys},
		{"POST /assistente/{rascunho}/listas", signin.Administrator, (*Site).readLists},
		{"GET /assistente/{rascunho}/ajustes/{passo}", signin.Administrator, (*Site).ajustes},
		{"POST /assistente/{rascunho}/ajustes/{passo}", signin.Administrator, (*Site).saveAjustes},
		{"GET /assistente/{rascunho}/plano", signin.Administrator, (*Site).plano},
		{"POST /assistente/{rascunho}/plano", signin.Administrator, (*Site).askPlan},
		{"GET /assistente/{rascunho}/conferencia", signin.Administrator, (*Site).review},
		{"POST /assistente/{rascunho}/conferencia", signin.Administrator, (*Site).decidePairs},
		{"GET /assistente/{rascunho}/conferencia/escolher/{kind}/{side}/{id}", signin.Administrator, (*Site).choosePartner},
		{"GET /assistente/{rascunho}/ativar", signin.Administrator, (*Site).activateForm},
		{"POST /assistente/{rascunho}/ativar", signin.Administrator, (*Site).activate},
		{"GET /assistente/{rascunho}/descartar", signin.Administrator, (*Site).discardForm},
		{"POST /assistente/{rascunho}/descartar", signin.Administrator, (*Site).discard},

		// A demo begins anew, with the assistant or without.
		{"GET /demonstracao", signin.Administrator, (*Site).rehearsalForm},
		{"POST /demonstracao", signin.Administrator, (*Site).rehearse},

		// The file of all accounts.
		{"GET /arquivo", signin.Administrator, (*Site).arquivo},
		{"GET /arquivo/contas.yaml", signin.Administrator, (*Site).exportFile},
		{"POST /arquivo", signin.Administrator, (*Site).checkFile},
		{"POST /arquivo/aplicar", signin.Administrator, (*Site).applyFile},

		// Who may come in, what they did, and the installation itself.
		{"GET /pessoas", signin.Administrator, (*Site).pessoas},
		{"GET /pessoas/convidar", signin.Administrator, (*Site).inviteForm},
		{"POST /pessoas/convidar", signin.Administrator, (*Site).invite},
		{"GET /pessoas/{pessoa}", signin.Administrator, (*Site).pessoa},
		{"GET /pessoas/{pessoa}/papel", signin.Administrator, (*Site).roleForm},
		{"POST /pessoas/{pessoa}/papel", signin.Administrator, (*Site).setRole},
		{"GET /pessoas/{pessoa}/convite", signin.Administrator, (*Site).inviteAgainForm},
		{"POST /pessoas/{pessoa}/convite", signin.Administrator, (*Site).inviteAgain},
		{"GET /pessoas/{pessoa}/cancelar-convite", signin.Administrator, (*Site).cancelInvitationForm},
		{"POST /pessoas/{pessoa}/cancelar-convite", signin.Administrator, (*Site).cancelInvitation},
		{"GET /pessoas/{pessoa}/sessoes", signin.Administrator, (*Site).endTheirSessionsForm},
		{"POST /pessoas/{pessoa}/sessoes", signin.Administrator, (*Site).endTheirSessions},
		{"GET /pessoas/{pessoa}/remover", signin.Administrator, (*Site).removePersonForm},
		{"POST /pessoas/{pessoa}/remover", signin.Administrator, (*Site).removePerson},
		{"GET /auditoria", signin.Administrator, (*Site).auditoria},
		{"GET /auditoria.csv", signin.Administrator, (*Site).auditCSV},
		{"GET /ajustes", signin.Administrator, (*Site).instalacao},
		{"GET /ajustes/copia", signin.Administrator, (*Site).backupForm},
		{"POST /ajustes/copia", signin.Administrator, (*Site).backup},
		{"GET /ajustes/tokens", signin.Administrator, (*Site).tokens},
		{"GET /ajustes/tokens/novo", signin.Administrator, (*Site).tokenForm},
		{"POST /ajustes/tokens/novo", signin.Administrator, (*Site).makeToken},
		{"GET /ajustes/tokens/{token}/revogar", signin.Administrator, (*Site).revokeForm},
		{"POST /ajustes/tokens/{token}/revogar", signin.Administrator, (*Site).revokeToken},
		{"GET /contas/{conta}/avisos/teste", signin.Administrator, (*Site).tryAlertsForm},
		{"POST /contas/{conta}/avisos/teste", signin.Administrator, (*Site).tryAlerts},
		{"GET /contas/{conta}/avisos/webhook", signin.Administrator, (*Site).webhookForm},
		{"POST /contas/{conta}/avisos/webhook", signin.Administrator, (*Site).setWebhook},

		// The accounts, and one account's pages.
		{"GET /{$}", signin.Reader, (*Site).home},
		{"GET /contas", signin.Reader, (*Site).contas},
		{"GET /contas/{conta}", signin.Reader, (*Site).painel},
		{"GET /contas/{conta}/sincronizar", signin.Operator, (*Site).syncForm},
		{"POST /contas/{conta}/sincronizar", signin.Operator, (*Site).sync},
		{"GET /contas/{conta}/pausa", signin.Administrator, (*Site).pausa},
		{"POST /contas/{conta}/pausa", signin.Administrator, (*Site).setPaused},

		// How an account reaches both systems, and is heard by them.
		{"GET /contas/{conta}/conexoes", signin.Reader, (*Site).conexoes},
		{"GET /contas/{conta}/conexoes/{lado}/chaves", signin.Administrator, (*Site).newKeysForm},
		{"POST /contas/{conta}/conexoes/{lado}/chaves", signin.Administrator, (*Site).replaceKeys},
		{"GET /contas/{conta}/conexoes/{lado}/endereco", signin.Administrator, (*Site).hookForm},
		{"POST /contas/{conta}/conexoes/{lado}/endereco", signin.Administrator, (*Site).makeHook},
		{"GET /contas/{conta}/conexoes/{lado}/registrar", signin.Administrator, (*Site).registerForm},
		{"POST /contas/{conta}/conexoes/{lado}/registrar", signin.Administrator, (*Site).register},
		{"GET /contas/{conta}/remover", signin.Administrator, (*Site).removeForm},
		{"POST /contas/{conta}/remover", signin.Administrator, (*Site).remove},

		// What waits for a person, and what a person does about it. Each change is
		// shown by a GET before a POST of the same address does it.
		{"GET /contas/{conta}/pendencias", signin.Reader, (*Site).pendencias},
		{"GET /contas/{conta}/pendencias/{causa}", signin.Reader, (*Site).causa},
		{"GET /contas/{conta}/tentar", signin.Operator, (*Site).retryForm},
		{"POST /contas/{conta}/tentar", signin.Operator, (*Site).retry},
		{"GET /contas/{conta}/desfazer", signin.Operator, (*Site).undoForm},
		{"POST /contas/{conta}/desfazer", signin.Operator, (*Site).undo},
		{"GET /contas/{conta}/ignorar", signin.Operator, (*Site).ignoreForm},
		{"POST /contas/{conta}/ignorar", signin.Operator, (*Site).ignore},
		{"GET /contas/{conta}/conflitos/{kind}/{side}/{id}", signin.Reader, (*Site).conflict},
		{"POST /contas/{conta}/conflitos/{kind}/{side}/{id}", signin.Operator, (*Site).resolve},
		{"GET /contas/{conta}/freios/{flow}", signin.Reader, (*Site).hold},
		{"POST /contas/{conta}/freios/{flow}", signin.Operator, (*Site).release},
		{"GET /contas/{conta}/incertas/{id}", signin.Operator, (*Site).unclear},
		{"POST /contas/{conta}/incertas/{id}", signin.Operator, (*Site).notMade},

		// Which records of the two sides are one.
		{"GET /contas/{conta}/conferencia", signin.Reader, (*Site).conferencia},
		{"GET /contas/{conta}/conferencia/ligar", signin.Operator, (*Site).linkForm},
		{"POST /contas/{conta}/conferencia/ligar", signin.Operator, (*Site).link},
		{"GET /contas/{conta}/conferencia/separar", signin.Operator, (*Site).partForm},
		{"POST /contas/{conta}/conferencia/separar", signin.Operator, (*Site).part},
		{"GET /contas/{conta}/conferencia/escolher/{kind}/{side}/{id}", signin.Operator, (*Site).chooseForm},

		// One record, the runs, and what was decided.
		{"GET /contas/{conta}/busca", signin.Reader, (*Site).busca},
		{"GET /contas/{conta}/registros/{kind}/{side}/{id}", signin.Reader, (*Site).historia},
		{"POST /contas/{conta}/registros/{kind}/{side}/{id}", signin.Operator, (*Site).reveal},
		{"GET /contas/{conta}/execucoes", signin.Reader, (*Site).execucoes},
		{"GET /contas/{conta}/execucoes.csv", signin.Reader, (*Site).runsCSV},
		{"GET /contas/{conta}/execucoes/{run}", signin.Reader, (*Site).execucao},
		{"GET /contas/{conta}/execucoes/{run}/csv", signin.Reader, (*Site).runCSV},
		{"GET /contas/{conta}/auditoria", signin.Reader, (*Site).contaAuditoria},
		{"GET /contas/{conta}/auditoria.csv", signin.Reader, (*Site).auditCSV},
		{"GET /contas/{conta}/regras", signin.Reader, (*Site).regras},
		{"POST /contas/{conta}/regras/listas", signin.Administrator, (*Site).readAccountLists},
		{"GET /contas/{conta}/regras/mudar", signin.Administrator, (*Site).changeForm},
		{"GET /contas/{conta}/regras/conferir", signin.Administrator, (*Site).checkChange},
		{"POST /contas/{conta}/regras/mudar", signin.Administrator, (*Site).change},
	}
}

func (s *Site) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.Handle(r.pattern, s.open(r))
	}
	mux.Handle("GET /static/", static())
	mux.Handle("GET /favicon.ico", http.RedirectHandler(asset("ponte.svg"), http.StatusFound))
	mux.Handle("/", s.open(route{least: anyone, do: (*Site).nowhere}))
	return mux
}

// nowhere answers an address that is no page.
func (s *Site) nowhere(http.ResponseWriter, *visit) error {
	return missing("Esta página não existe.")
}
