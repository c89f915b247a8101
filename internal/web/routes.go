package web

import (
	"net/http"

	"ponte/internal/signin"
)

// What a route may ask for instead of a role: no sign-in, or no more than that.
const (
	anyone  signin.Role = ""
	someone signin.Role = "someone"
)

// A route is one line of the product's index. An address that names an account
// ({conta}) asks for the role on that account, any other for the one on all.
type route struct {
	pattern string
	least   signin.Role // the least role that may use it
	proof   proof       // how lately they must have shown who they are
	do      action
}

// A proof is what a route wants besides a session.
type proof bool

// The proofs. What shows or changes secrets, shows personal data that was covered,
// undoes, removes, copies all there is, changes all accounts at once or says what
// people may do wants a fresh one (provar.go).
const (
	known proof = false
	fresh proof = true
)

// An action answers one request. What it returns becomes a sentence (problem.go).
type action func(s *Site, w http.ResponseWriter, v *visit) error

// routes is the index of the site. /static/ and what is not here are in mux.
func routes() []route {
	return []route{
		// The door.
		{"GET /entrar", anyone, known, (*Site).signInForm},
		{"POST /entrar", anyone, known, (*Site).signIn},
		{"GET /entrar/codigo", anyone, known, (*Site).codeForm},
		{"POST /entrar/codigo", anyone, known, (*Site).giveCode},
		{"GET /entrar/provedor", anyone, known, (*Site).toProvider},
		{"GET /entrar/provedor/volta", anyone, known, (*Site).fromProvider},
		{"GET /convite/{token}", anyone, known, (*Site).invitationForm},
		{"POST /convite/{token}", anyone, known, (*Site).acceptInvitation},
		{"POST /sair", someone, known, (*Site).signOut},

		// One's own account.
		{"GET /eu", someone, known, (*Site).me},
		{"POST /eu/senha", someone, known, (*Site).changePassword},
		{"POST /eu/sessoes", someone, known, (*Site).endSessions},
		{"GET /eu/provar", someone, known, (*Site).proveForm},
		{"POST /eu/provar", someone, known, (*Site).prove},
		{"GET /eu/provedor", someone, fresh, (*Site).bindForm},
		{"POST /eu/provedor", someone, fresh, (*Site).bind},
		{"GET /eu/duas-etapas", someone, fresh, (*Site).twoStepsForm},
		{"POST /eu/duas-etapas", someone, fresh, (*Site).beginTwoSteps},
		{"POST /eu/duas-etapas/confirmar", someone, fresh, (*Site).confirmTwoSteps},
		{"GET /eu/duas-etapas/codigos", someone, fresh, (*Site).newCodesForm},
		{"POST /eu/duas-etapas/codigos", someone, fresh, (*Site).newCodes},
		{"GET /eu/duas-etapas/desligar", someone, fresh, (*Site).dropTwoStepsForm},
		{"POST /eu/duas-etapas/desligar", someone, fresh, (*Site).dropTwoSteps},

		// The assistant: a company is connected step by step, and activated at the end.
		{"GET /assistente", signin.Administrator, known, (*Site).assistente},
		{"POST /assistente", signin.Administrator, known, (*Site).beginDraft},
		{"GET /assistente/{rascunho}", signin.Administrator, known, (*Site).resume},
		{"GET /assistente/{rascunho}/chaves/{lado}", signin.Administrator, fresh, (*Site).keysForm},
		{"POST /assistente/{rascunho}/chaves/{lado}", signin.Administrator, fresh, (*Site).testKeys},
		{"POST /assistente/{rascunho}/listas", signin.Administrator, known, (*Site).readLists},
		{"GET /assistente/{rascunho}/ajustes/{passo}", signin.Administrator, known, (*Site).ajustes},
		{"POST /assistente/{rascunho}/ajustes/{passo}", signin.Administrator, known, (*Site).saveAjustes},
		{"GET /assistente/{rascunho}/plano", signin.Administrator, known, (*Site).plano},
		{"POST /assistente/{rascunho}/plano", signin.Administrator, known, (*Site).askPlan},
		{"GET /assistente/{rascunho}/conferencia", signin.Administrator, known, (*Site).review},
		{"POST /assistente/{rascunho}/conferencia", signin.Administrator, known, (*Site).decidePairs},
		{"GET /assistente/{rascunho}/conferencia/escolher/{kind}/{side}/{id}", signin.Administrator, known, (*Site).choosePartner},
		{"GET /assistente/{rascunho}/ativar", signin.Administrator, known, (*Site).activateForm},
		{"POST /assistente/{rascunho}/ativar", signin.Administrator, known, (*Site).activate},
		{"GET /assistente/{rascunho}/descartar", signin.Administrator, fresh, (*Site).discardForm},
		{"POST /assistente/{rascunho}/descartar", signin.Administrator, fresh, (*Site).discard},

		// A demo begins anew, with the assistant or without.
		{"GET /demonstracao", signin.Administrator, known, (*Site).rehearsalForm},
		{"POST /demonstracao", signin.Administrator, known, (*Site).rehearse},

		// The file of all accounts.
		{"GET /arquivo", signin.Administrator, known, (*Site).arquivo},
		{"GET /arquivo/contas.yaml", signin.Administrator, known, (*Site).exportFile},
		{"POST /arquivo", signin.Administrator, known, (*Site).checkFile},
		{"POST /arquivo/aplicar", signin.Administrator, fresh, (*Site).applyFile},

		// Who may come in, what they did, and the installation itself.
		{"GET /pessoas", signin.Administrator, known, (*Site).pessoas},
		{"GET /pessoas/convidar", signin.Administrator, fresh, (*Site).inviteForm},
		{"POST /pessoas/convidar", signin.Administrator, fresh, (*Site).invite},
		{"GET /pessoas/duas-etapas", signin.Administrator, fresh, (*Site).requireTwoStepsForm},
		{"POST /pessoas/duas-etapas", signin.Administrator, fresh, (*Site).requireTwoSteps},
		{"GET /pessoas/{pessoa}", signin.Administrator, known, (*Site).pessoa},
		{"GET /pessoas/{pessoa}/papel", signin.Administrator, fresh, (*Site).roleForm},
		{"POST /pessoas/{pessoa}/papel", signin.Administrator, fresh, (*Site).setRole},
		{"GET /pessoas/{pessoa}/convite", signin.Administrator, fresh, (*Site).inviteAgainForm},
		{"POST /pessoas/{pessoa}/convite", signin.Administrator, fresh, (*Site).inviteAgain},
		{"GET /pessoas/{pessoa}/cancelar-convite", signin.Administrator, known, (*Site).cancelInvitationForm},
		{"POST /pessoas/{pessoa}/cancelar-convite", signin.Administrator, known, (*Site).cancelInvitation},
		{"GET /pessoas/{pessoa}/sessoes", signin.Administrator, known, (*Site).endTheirSessionsForm},
		{"POST /pessoas/{pessoa}/sessoes", signin.Administrator, known, (*Site).endTheirSessions},
		{"GET /pessoas/{pessoa}/remover", signin.Administrator, fresh, (*Site).removePersonForm},
		{"POST /pessoas/{pessoa}/remover", signin.Administrator, fresh, (*Site).removePerson},
		{"GET /pessoas/{pessoa}/duas-etapas", signin.Administrator, fresh, (*Site).resetTwoStepsForm},
		{"POST /pessoas/{pessoa}/duas-etapas", signin.Administrator, fresh, (*Site).resetTwoSteps},
		{"GET /auditoria", signin.Administrator, known, (*Site).auditoria},
		{"GET /auditoria.csv", signin.Administrator, known, (*Site).auditCSV},
		{"GET /ajustes", signin.Administrator, known, (*Site).instalacao},
		{"GET /ajustes/tokens", signin.Administrator, known, (*Site).tokens},
		{"GET /ajustes/tokens/novo", signin.Administrator, fresh, (*Site).tokenForm},
		{"POST /ajustes/tokens/novo", signin.Administrator, fresh, (*Site).makeToken},
		{"GET /ajustes/tokens/{token}/revogar", signin.Administrator, fresh, (*Site).revokeForm},
		{"POST /ajustes/tokens/{token}/revogar", signin.Administrator, fresh, (*Site).revokeToken},
		{"GET /ajustes/copia", signin.Administrator, fresh, (*Site).backupForm},
		{"POST /ajustes/copia", signin.Administrator, fresh, (*Site).backup},
		{"GET /contas/{conta}/avisos/teste", signin.Administrator, known, (*Site).tryAlertsForm},
		{"POST /contas/{conta}/avisos/teste", signin.Administrator, known, (*Site).tryAlerts},
		{"GET /contas/{conta}/avisos/webhook", signin.Administrator, fresh, (*Site).webhookForm},
		{"POST /contas/{conta}/avisos/webhook", signin.Administrator, fresh, (*Site).setWebhook},

		// The accounts, and one account's pages.
		{"GET /{$}", someone, known, (*Site).home},
		{"GET /contas", someone, known, (*Site).contas},
		{"GET /contas/{conta}", signin.Reader, known, (*Site).painel},
		{"GET /contas/{conta}/sincronizar", signin.Operator, known, (*Site).syncForm},
		{"POST /contas/{conta}/sincronizar", signin.Operator, known, (*Site).sync},
		{"GET /contas/{conta}/pausa", signin.Administrator, known, (*Site).pausa},
		{"POST /contas/{conta}/pausa", signin.Administrator, known, (*Site).setPaused},

		// How an account reaches both systems, and is heard by them.
		{"GET /contas/{conta}/conexoes", signin.Reader, known, (*Site).conexoes},
		{"GET /contas/{conta}/conexoes/{lado}/chaves", signin.Administrator, fresh, (*Site).newKeysForm},
		{"POST /contas/{conta}/conexoes/{lado}/chaves", signin.Administrator, fresh, (*Site).replaceKeys},
		{"GET /contas/{conta}/conexoes/{lado}/endereco", signin.Administrator, fresh, (*Site).hookForm},
		{"POST /contas/{conta}/conexoes/{lado}/endereco", signin.Administrator, fresh, (*Site).makeHook},
		{"GET /contas/{conta}/conexoes/{lado}/registrar", signin.Administrator, known, (*Site).registerForm},
		{"POST /contas/{conta}/conexoes/{lado}/registrar", signin.Administrator, known, (*Site).register},
		{"GET /contas/{conta}/remover", signin.Administrator, fresh, (*Site).removeForm},
		{"POST /contas/{conta}/remover", signin.Administrator, fresh, (*Site).remove},

		// What waits for a person, and what a person does about it. Each change is
		// shown by a GET before a POST of the same address does it.
		{"GET /contas/{conta}/pendencias", signin.Reader, known, (*Site).pendencias},
		{"GET /contas/{conta}/pendencias/{causa}", signin.Reader, known, (*Site).causa},
		{"GET /contas/{conta}/tentar", signin.Operator, known, (*Site).retryForm},
		{"POST /contas/{conta}/tentar", signin.Operator, known, (*Site).retry},
		{"GET /contas/{conta}/desfazer", signin.Operator, fresh, (*Site).undoForm},
		{"POST /contas/{conta}/desfazer", signin.Operator, fresh, (*Site).undo},
		{"GET /contas/{conta}/ignorar", signin.Operator, known, (*Site).ignoreForm},
		{"POST /contas/{conta}/ignorar", signin.Operator, known, (*Site).ignore},
		{"GET /contas/{conta}/conflitos/{kind}/{side}/{id}", signin.Reader, known, (*Site).conflict},
		{"POST /contas/{conta}/conflitos/{kind}/{side}/{id}", signin.Operator, known, (*Site).resolve},
		{"GET /contas/{conta}/freios/{flow}", signin.Reader, known, (*Site).hold},
		{"POST /contas/{conta}/freios/{flow}", signin.Operator, known, (*Site).release},
		{"GET /contas/{conta}/incertas/{id}", signin.Operator, known, (*Site).unclear},
		{"POST /contas/{conta}/incertas/{id}", signin.Operator, known, (*Site).notMade},

		// Which records of the two sides are one.
		{"GET /contas/{conta}/conferencia", signin.Reader, known, (*Site).conferencia},
		{"GET /contas/{conta}/conferencia/ligar", signin.Operator, known, (*Site).linkForm},
		{"POST /contas/{conta}/conferencia/ligar", signin.Operator, known, (*Site).link},
		{"GET /contas/{conta}/conferencia/separar", signin.Operator, known, (*Site).partForm},
		{"POST /contas/{conta}/conferencia/separar", signin.Operator, known, (*Site).part},
		{"GET /contas/{conta}/conferencia/escolher/{kind}/{side}/{id}", signin.Operator, known, (*Site).chooseForm},

		// One record, the runs, and what was decided.
		{"GET /contas/{conta}/busca", signin.Reader, known, (*Site).busca},
		{"GET /contas/{conta}/registros/{kind}/{side}/{id}", signin.Reader, known, (*Site).historia},
		{"POST /contas/{conta}/registros/{kind}/{side}/{id}", signin.Operator, fresh, (*Site).reveal},
		{"GET /contas/{conta}/execucoes", signin.Reader, known, (*Site).execucoes},
		{"GET /contas/{conta}/execucoes.csv", signin.Reader, known, (*Site).runsCSV},
		{"GET /contas/{conta}/execucoes/{run}", signin.Reader, known, (*Site).execucao},
		{"GET /contas/{conta}/execucoes/{run}/csv", signin.Reader, known, (*Site).runCSV},
		{"GET /contas/{conta}/auditoria", signin.Reader, known, (*Site).contaAuditoria},
		{"GET /contas/{conta}/auditoria.csv", signin.Reader, known, (*Site).auditCSV},
		{"GET /contas/{conta}/regras", signin.Reader, known, (*Site).regras},
		{"POST /contas/{conta}/regras/listas", signin.Administrator, known, (*Site).readAccountLists},
		{"GET /contas/{conta}/regras/mudar", signin.Administrator, known, (*Site).changeForm},
		{"GET /contas/{conta}/regras/conferir", signin.Administrator, known, (*Site).checkChange},
		{"POST /contas/{conta}/regras/mudar", signin.Administrator, known, (*Site).change},
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
