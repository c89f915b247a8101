package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"sync"
)

//go:embed template
var templates embed.FS

// A sheet is a page's template, and the type of what it shows.
type sheet[T any] struct{ name string }

// The sheets, each beside its file under template/.
var (
	errorSheet      = sheet[errorPage]{"error"}
	signInSheet     = sheet[signInPage]{"signin"}
	invitationSheet = sheet[invitationPage]{"invitation"}
	meSheet         = sheet[mePage]{"me"}
	codeSheet       = sheet[codePage]{"codigo"}
	provarSheet     = sheet[provarPage]{"provar"}
	twoStepsSheet   = sheet[twoStepsPage]{"duas_etapas"}
	codesSheet      = sheet[codesPage]{"codigos"}
	dropSheet       = sheet[dropPage]{"desligar"}
	conexoesSheet   = sheet[conexoesPage]{"conexoes"}
	newKeysSheet    = sheet[newKeysPage]{"trocar_chaves"}
	confirmSheet    = sheet[confirmPage]{"confirmar"}
	removeSheet     = sheet[removePage]{"remover"}
	arquivoSheet    = sheet[arquivoPage]{"arquivo"}
	importSheet     = sheet[importPage]{"importar"}
	contasSheet     = sheet[contasPage]{"contas"}
	assistenteSheet = sheet[assistentePage]{"assistente"}
	keysSheet       = sheet[keysPage]{"chaves"}
	ajustesSheet    = sheet[ajustesPage]{"ajustes"}
	planoSheet      = sheet[planoPage]{"plano"}
	reviewSheet     = sheet[reviewPage]{"rever"}
	partnerSheet    = sheet[partnerPage]{"rever_escolher"}
	activateSheet   = sheet[activatePage]{"ativar"}
	rehearsalSheet  = sheet[rehearsalPage]{"demonstracao"}
	discardSheet    = sheet[discardPage]{"descartar"}
	pausaSheet      = sheet[pausaPage]{"pausa"}
	syncSheet       = sheet[syncPage]{"sincronizar"}
	painelSheet     = sheet[painelPage]{"painel"}
	pendenciasSheet = sheet[pendenciasPage]{"pendencias"}
	causaSheet      = sheet[causaPage]{"causa"}
	deedSheet       = sheet[deedPage]{"deed"}
	undoSheet       = sheet[undoPage]{"undo"}
	conferirSheet   = sheet[conferirPage]{"conferencia"}
	pairsSheet      = sheet[pairsPage]{"pares"}
	chooseSheet     = sheet[choosePage]{"escolher"}
	conflictSheet   = sheet[conflictPage]{"conflict"}
	holdSheet       = sheet[holdPage]{"hold"}
	unclearSheet    = sheet[unclearPage]{"unclear"}
	buscaSheet      = sheet[buscaPage]{"busca"}
	historiaSheet   = sheet[historiaPage]{"historia"}
	regrasSheet     = sheet[regrasPage]{"regras"}
	mudarSheet      = sheet[mudarPage]{"mudar"}
	changeSheet     = sheet[changePage]{"mudanca"}
	execucoesSheet  = sheet[execucoesPage]{"execucoes"}
	execucaoSheet   = sheet[execucaoPage]{"execucao"}
	auditSheet      = sheet[auditPage]{"auditoria"}
	pessoasSheet    = sheet[pessoasPage]{"pessoas"}
	pessoaSheet     = sheet[pessoaPage]{"pessoa"}
	personDeedSheet = sheet[personDeedPage]{"pessoa_acao"}
	convidarSheet   = sheet[convidarPage]{"convidar"}
	conviteSheet    = sheet[convitePage]{"convite"}
	instalacaoSheet = sheet[instalacaoPage]{"instalacao"}
	testeSheet      = sheet[testePage]{"aviso_teste"}
	webhookSheet    = sheet[webhookPage]{"aviso_webhook"}
	copiaSheet      = sheet[copiaPage]{"copia"}
	tokensSheet     = sheet[tokensPage]{"tokens"}
	tokenNovoSheet  = sheet[tokenNovoPage]{"token_novo"}
	tokenFeitoSheet = sheet[tokenFeitoPage]{"token_feito"}
)

// A view is what a template is executed on.
type view[T any] struct {
	frame
	Page T
}

// A frame is what stands around every page.
type frame struct {
	Title   string
	Tab     string // the tab of the navigation that the page belongs to
	Person  string // who is signed in; "" nobody
	Role    string
	Demo    bool
	Walk    bool // the demo can begin with the assistant
	Notice  string
	Account *tenant
	Others  []otherAccount // other accounts, of which some are named
	Admin   bool           // the person may see to people and the installation
	Version string
}

// tabOf is the tab to which a sheet belongs.
func tabOf(name string) string {
	switch name {
	case "causa", "deed", "conflict", "hold", "unclear":
		return "pendencias"
	case "pares", "escolher":
		return "conferencia"
	case "mudar", "mudanca":
		return "regras"
	case "trocar_chaves", "confirmar", "remover":
		return "conexoes"
	case "assistente", "chaves", "ajustes", "plano", "rever", "rever_escolher", "ativar", "descartar", "demonstracao", "arquivo", "importar":
		return "contas"
	case "pausa", "sincronizar":
		return "painel"
	case "historia", "undo":
		return "busca"
	case "execucao":
		return "execucoes"
	case "provar", "duas_etapas", "codigos", "desligar":
		return "me"
	case "pessoa", "pessoa_acao", "convidar", "convite":
		return "pessoas"
	case "aviso_teste", "aviso_webhook", "copia", "tokens", "token_novo", "token_feito":
		return "instalacao"
	}
	return name
}

// parsed are all templates, by sheet: the layout with the page's body in it.
var parsed = sync.OnceValue(func() map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(words).ParseFS(templates, "template/layout.html", "template/part_*.html"))
	entries, err := templates.ReadDir("template")
	if err != nil {
		panic(err)
	}
	out := map[string]*template.Template{}
	for _, e := range entries {
		name := e.Name()
		if name == "layout.html" || len(name) > 5 && name[:5] == "part_" {
			continue
		}
		t := template.Must(layout.Clone())
		out[name[:len(name)-len(".html")]] = template.Must(t.ParseFS(templates, "template/"+name))
	}
	return out
})

// show writes a page. It is whole before the first byte leaves.
func show[T any](s *Site, w http.ResponseWriter, v *visit, status int, of sheet[T], title string, page T) error {
	f := frame{Title: title, Tab: tabOf(of.name), Demo: s.Demo, Walk: s.Rehearsal != nil, Account: v.account, Others: v.others(of.name), Version: s.Version}
	if v.person.ID != "" {
		f.Person, f.Role = v.person.Name, v.roleTitle()
		f.Notice, f.Admin = v.session.Notice, v.administers()
	}
	var out bytes.Buffer
	if err := parsed()[of.name].Execute(&out, view[T]{f, page}); err != nil {
		return err
	}
	if f.Notice != "" {
		if err := s.notice(v, ""); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // who has gone reads nothing
	return nil
}
