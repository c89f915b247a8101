package web

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// attempts is one hand for each sheet: it executes the sheet's template on a page that fill makes.
func attempts() map[string]func(fill func(reflect.Value)) (string, error) {
	return map[string]func(func(reflect.Value)) (string, error){
		"error": attempt(errorSheet), "signin": attempt(signInSheet), "invitation": attempt(invitationSheet), "me": attempt(meSheet),
		"codigo": attempt(codeSheet), "provar": attempt(provarSheet), "duas_etapas": attempt(twoStepsSheet), "codigos": attempt(codesSheet), "desligar": attempt(dropSheet),
		"assistente": attempt(assistenteSheet), "chaves": attempt(keysSheet), "ajustes": attempt(ajustesSheet), "plano": attempt(planoSheet), "rever": attempt(reviewSheet), "rever_escolher": attempt(partnerSheet), "ativar": attempt(activateSheet), "descartar": attempt(discardSheet), "demonstracao": attempt(rehearsalSheet),
		"conexoes": attempt(conexoesSheet), "trocar_chaves": attempt(newKeysSheet), "confirmar": attempt(confirmSheet), "remover": attempt(removeSheet), "arquivo": attempt(arquivoSheet), "importar": attempt(importSheet),
		"contas": attempt(contasSheet), "painel": attempt(painelSheet), "pausa": attempt(pausaSheet), "sincronizar": attempt(syncSheet), "pendencias": attempt(pendenciasSheet), "causa": attempt(causaSheet),
		"deed": attempt(deedSheet), "conferencia": attempt(conferirSheet), "pares": attempt(pairsSheet), "escolher": attempt(chooseSheet),
		"undo": attempt(undoSheet), "conflict": attempt(conflictSheet), "hold": attempt(holdSheet), "unclear": attempt(unclearSheet), "busca": attempt(buscaSheet),
		"historia": attempt(historiaSheet), "regras": attempt(regrasSheet), "mudar": attempt(mudarSheet), "mudanca": attempt(changeSheet), "execucoes": attempt(execucoesSheet), "execucao": attempt(execucaoSheet),
		"auditoria": attempt(auditSheet), "pessoas": attempt(pessoasSheet), "pessoa": attempt(pessoaSheet), "pessoa_acao": attempt(personDeedSheet), "convidar": attempt(convidarSheet), "convite": attempt(conviteSheet),
		"instalacao": attempt(instalacaoSheet), "aviso_teste": attempt(testeSheet), "aviso_webhook": attempt(webhookSheet), "copia": attempt(copiaSheet),
		"tokens": attempt(tokensSheet), "token_novo": attempt(tokenNovoSheet), "token_feito": attempt(tokenFeitoSheet),
	}
}

func attempt[T any](of sheet[T]) func(func(reflect.Value)) (string, error) {
	return func(fill func(reflect.Value)) (string, error) {
		var page T
		fill(reflect.ValueOf(&page).Elem())
		f := frame{Title: "T", Tab: tabOf(of.name), Account: &tenant{}} // the pages of an account always have one
		fill(reflect.ValueOf(&f).Elem())
		var out bytes.Buffer
		err := parsed()[of.name].Execute(&out, view[T]{f, page})
		return out.String(), err
	}
}

// stuff fills a value to the brim: each string is text, each list has two entries.
func stuff(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(1204)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		stuff(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		stuff(v.Index(0), text)
		stuff(v.Index(1), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				stuff(v.Field(i), text)
			}
		}
	}
}

func TestEveryTemplateHasASheetAndRendersEmptyAndFull(t *testing.T) {
	all := attempts()
	for name := range parsed() {
		if all[name] == nil {
			t.Errorf("template %s is tried by no test", name)
		}
	}
	for name, try := range all {
		for how, fill := range map[string]func(reflect.Value){"empty": func(reflect.Value) {}, "full": func(v reflect.Value) { stuff(v, "texto") }} {
			out, err := try(fill)
			if err != nil || !strings.HasSuffix(strings.TrimSpace(out), "</html>") || strings.Contains(out, "%!") || strings.Contains(out, "ZgotmplZ") {
				t.Errorf("%s, %s: %v\n%s", name, how, err, out)
			}
			balanced(t, name+", "+how, out)
		}
	}
}

// hostile is what somebody may write into a vendor's field.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus='alert(1)' autofocus='`, `javascript:alert(1)`, `</title></style></textarea><script>alert(1)</script>`,
	`{{.}}{{template "layout"}}`, "\u202e<b>", "\x00<i>", `//evil.test/x`,
}

var (
	live     = regexp.MustCompile(`(?i)<script>|<img[^>]*\sonerror|<(b|i)>|\son(focus|error)=["']alert|(href|action|src|hx-get)="\s*javascript:|style="|<style`)
	elements = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^>"']|"[^"]*"|'[^']*')*?(/?)>`)
	isVoid   = map[string]bool{"meta": true, "link": true, "input": true, "img": true, "br": true, "hr": true}
)

func TestNoTextOfAnybodyBecomesMarkup(t *testing.T) {
	for name, try := range attempts() {
		for _, text := range hostile {
			out, err := try(func(v reflect.Value) { stuff(v, text) })
			if err != nil {
				t.Errorf("%s with %q: %v", name, text, err)
			}
			if found := live.FindString(out); found != "" {
				t.Errorf("%s: %q came alive as %q", name, text, found)
			}
			balanced(t, name+" with "+text, out)
		}
	}
}

// balanced fails the test when elements are not closed in the order in which they were opened.
func balanced(t *testing.T, name, out string) {
	t.Helper()
	var open []string
	for _, m := range elements.FindAllStringSubmatch(out, -1) {
		closes, tag, self := m[1] == "/", strings.ToLower(m[2]), m[3] == "/"
		switch {
		case isVoid[tag] || self:
		case !closes:
			open = append(open, tag)
		case len(open) == 0 || open[len(open)-1] != tag:
			t.Errorf("%s: </%s> closes %v", name, tag, open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v is not closed", name, open)
	}
}
