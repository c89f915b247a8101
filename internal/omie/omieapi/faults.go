package omieapi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"ponte/internal/call"
)

// blockLength is how long Omie blocks a key (§2.1).
const blockLength = 30 * time.Minute

// textRunning opens the refusal of a second request of a running method.
const textRunning = "ja existe uma requisicao desse metodo"

// A faultRule is one row of the order that §1.5 suggests. The pattern is held
// against the folded text without what stands in brackets, which is data.
type faultRule struct {
	pattern *regexp.Regexp
	react   func(f *fault)
}

// A fault is a faulted answer under classification.
type fault struct {
	*call.Error
	write bool
	text  string    // folded
	bare  string    // folded, brackets emptied
	now   time.Time // the vendor's clock
}

// faultRules are tried in order; the first that matches decides. What none
// knows is a refusal for a person, never a loop (P6).
var faultRules = []faultRule{
	{regexp.MustCompile(`proto_byebye|broken response`), (*fault).lost},
	{regexp.MustCompile(`consumo indevido|misuse_api_process|api bloquead`), (*fault).blocked},
	{regexp.MustCompile(`redundan`), (*fault).redundant},
	{regexp.MustCompile(textRunning), (*fault).running},
	{regexp.MustCompile(`ja foi processada ou esta sendo processada`), (*fault).processed},
	{regexp.MustCompile(`chave de acesso esta invalida|aplicativo esta suspenso`), (*fault).credentials},
	{regexp.MustCompile(`nao existem registros|nenhuma? .*encontrad`), (*fault).empty},
	{regexp.MustCompile(`nao faz parte da estrutura|method ".*" not exists|invalid json object|json request with syntaxerror|` +
		`nenhum parametro foi recebido|nao deve ser enviad|informe a tag`), (*fault).ownMistake},
	{regexp.MustCompile(`ja (foi )?cadastrad|ja existe|ja esta sendo utilizad`), (*fault).exists},
	{regexp.MustCompile(`nao (foi )?(cadastrad|encontrad|localizad)`), (*fault).missing},
}

// refusals name the causes that contract.md keeps apart from "refused".
var refusals = []struct {
	cause   string
	pattern *regexp.Regexp
}{
	{"too-long", regexp.MustCompile(`numero maximo de caracteres`)},
	{"missing-field", regexp.MustCompile(`preenchimento d[ao]s? |falta preencher|precisa ser preenchid|nao (foi )?(informad|preenchid)|\be obrigatori[oa]\b`)},
	{"invalid-document", regexp.MustCompile(`\b(cpf|cnpj)\b.*(invalid|incorret|inconsistent|digito verificador|nao e valid)|` +
		`(invalid|incorret|digito verificador).*\b(cpf|cnpj)\b`)},
}

var (
	inBrackets   = regexp.MustCompile(`\[[^\]]*\]`)
	tagInText    = regexp.MustCompile(`(?i)\b(?:tags?|elemento):? \[\s*([A-Za-z_]\w{0,59})\s*\]`)
	secondsInfo  = regexp.MustCompile(`\b(\d{1,6}) segundo`)
	clockInfo    = regexp.MustCompile(`\bas (\d{1,2}):(\d{2}):(\d{2})\b`)
	idInBrackets = []*regexp.Regexp{
		regexp.MustCompile(`\bncod\w* \[(\d{1,19})\]`),
		regexp.MustCompile(`\bid \[(\d{1,19})\]`),
		regexp.MustCompile(`\bcodigo \[(\d{1,19})\]`),
		regexp.MustCompile(`\(id: ?(\d{1,19})\b`),
	}
)

// fold makes texts comparable: lower case, no accents, single blanks.
func fold(s string) string {
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(strip, s)
	if err != nil {
		plain = s
	}
	return strings.Join(strings.Fields(strings.ToLower(plain)), " ")
}

// classifyFault fills e from a fault's text. The status decides alone where it
// is 403 or 425 (§1.3).
func classifyFault(e *call.Error, isWrite bool, text string, now time.Time) {
	folded := fold(text)
	f := &fault{Error: e, write: isWrite, text: folded, bare: inBrackets.ReplaceAllString(folded, "[]"), now: now}
	e.Field = fieldIn(text)
	i := slices.IndexFunc(faultRules, func(r faultRule) bool { return r.pattern.MatchString(f.bare) })
	switch {
	case e.Status == 425:
		f.blocked()
	case e.Status == 401 || e.Status == 403:
		f.credentials()
	case strings.Contains(strings.ToLower(e.Code), "misuse_api_process"):
		f.blocked()
	case i < 0:
		f.refused()
	default:
		faultRules[i].react(f)
	}
}

func (f *fault) lost()        { f.Reaction = lost(f.write) }
func (f *fault) credentials() { f.Reaction = call.Credentials }
func (f *fault) ownMistake()  { f.Reaction = call.GiveUp }
func (f *fault) running()     { f.Reaction = call.Retry }
func (f *fault) refused()     { refuse(f.Error, f.text) }

func (f *fault) blocked() {
	f.Reaction, f.Wait = call.Blocked, orElse(f.seconds(), blockLength)
}

// redundant and processed: an identical write before this one may have been
// made, so the outcome is unknown, not the same as refused. One second more,
// since the exact edge is refused (§2.2).
func (f *fault) redundant() {
	f.Reaction = lost(f.write)
	if n := f.seconds(); n > 0 {
		f.Wait = n + time.Second
	}
}

func (f *fault) processed() {
	f.Reaction = lost(f.write)
	if wait := f.untilClock(); wait > 0 {
		f.Wait = wait + time.Second
	}
}

// empty: a write that finds "nenhuma conta corrente" is refused.
func (f *fault) empty() {
	if f.write {
		f.refused()
		return
	}
	f.Reaction = call.Empty
}

// exists: a read has nothing that could exist already, and a cancelled record
// was meant to.
func (f *fault) exists() {
	if !f.write || strings.HasPrefix(f.Op, "Cancelar") {
		f.refused()
		return
	}
	f.Reaction, f.Ours = call.Exists, aboutIntegrationCode(f.bare)
	for _, p := range idInBrackets {
		if m := p.FindStringSubmatch(f.text); m != nil {
			f.ID = m[1]
			return
		}
	}
}

// missing: the record asked for is gone; a record that it refers to is a
// setting or a link that a person must mend.
func (f *fault) missing() {
	if strings.Contains(f.bare, "- tag:") || f.write && !f.aboutItself() {
		f.refused()
		return
	}
	f.Reaction = call.Gone
}

// itself opens the not-found texts of the record that an operation is about.
var itself = map[string]string{
	"AlterarCliente":        "cliente nao cadastrad",
	"AssociarCodIntCliente": "cliente nao cadastrad",
	"AlterarOS":             "os nao cadastrad",
	"CancelarOS":            "os nao cadastrad",
	"AlterarPedidoVenda":    "pedido nao cadastrad",
	"CancelarPedidoVenda":   "pedido nao cadastrad",
}

func (f *fault) aboutItself() bool {
	opening, ok := itself[f.Op]
	return ok && strings.HasPrefix(strings.TrimPrefix(f.bare, "error: "), opening)
}

// aboutIntegrationCode reports that the text says "already registered for the
// integration code". The duplicate document's text names that code too, behind.
func aboutIntegrationCode(bare string) bool {
	code := strings.Index(bare, "codigo de integracao")
	if code < 0 {
		return false
	}
	return !strings.Contains(bare[:code], "cpf") && !strings.Contains(bare[:code], "cnpj") && !strings.Contains(bare[:code], "descricao")
}

// refuse leaves e to a person, under the cause that the text names.
func refuse(e *call.Error, text string) {
	e.Reaction, e.Cause = call.WaitForPerson, "refused"
	bare := inBrackets.ReplaceAllString(fold(text), "[]")
	for _, r := range refusals {
		if r.pattern.MatchString(bare) {
			e.Cause = r.cause
			return
		}
	}
}

// fieldIn returns the first tag that a text names, as the text spells it
// (mostly upper case, §1.2).
func fieldIn(text string) string {
	if m := tagInText.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func (f *fault) seconds() time.Duration {
	m := secondsInfo.FindStringSubmatch(f.text)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return seconds(n)
}

// untilClock returns how far away the clock time of the text is, in São Paulo,
// 0 when it is past or too far to be meant for us.
func (f *fault) untilClock() time.Duration {
	m := clockInfo.FindStringSubmatch(f.text)
	if m == nil {
		return 0
	}
	at, err := time.ParseInLocation("15:4:5", m[1]+":"+m[2]+":"+m[3], SaoPaulo)
	if err != nil {
		return 0
	}
	here := f.now.In(SaoPaulo)
	at = time.Date(here.Year(), here.Month(), here.Day(), at.Hour(), at.Minute(), at.Second(), 0, SaoPaulo)
	if at.Before(here.Add(-12 * time.Hour)) {
		at = at.AddDate(0, 0, 1) // said just before midnight
	}
	if wait := at.Sub(here); wait > 0 && wait < 10*time.Minute {
		return wait
	}
	return 0
}
