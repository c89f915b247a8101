package record

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Mention is a place in an order's text, or in its integration code, that
// names a task or a quotation: somebody may have made the order for it, by hand
// or through the vendors' own integration.
type Mention struct {
	Of    string `json:"of"`    // the value of the order's KeyMention: "task:812", "quotation:9", "link:<guid>"
	Text  string `json:"text"`  // what stands there, shortened; never a link, which is a bearer's (auvo-api.md §8.1)
	Where string `json:"where"` // Portuguese: "nas observações"
}

// mostMentions bounds what one hostile text may say.
const mostMentions = 200

// What the office and the vendors' integration write before a number. The
// integration's own lines are known by their titles only (“Código da tarefa”,
// “Cod.Orçamento”: /work/shared/reference/000_0bad55603237a845.txt). A bare “OS
// 812” is Omie's own number and no mention. What only says “Auvo” may be either.
var labels = []struct {
	word  string
	kinds []Kind
}{
	{`tarefas?|tasks?|os\s+digital|ordem\s+de\s+servi[cç]o\s+digital`, []Kind{Task}},
	{`or[cç]amentos?|quotations?`, []Kind{Quotation}},
	{`auvo`, []Kind{Task, Quotation}},
}

// mentioned is a label and what may stand between it and its number.
var mentioned = func() *regexp.Regexp {
	words := make([]string, len(labels))
	for n, l := range labels {
		words[n] = "(" + l.word + ")"
	}
	return regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}_/@])(?:` + strings.Join(words, "|") + `)` +
		`(?:[\s:.(\[–-]*\b(?:(?:d[oa]|n[oa])\s+auvo|auvo|n[uú]mero|num|n[º°o]|n|c[oó]digo|c[oó]d|id)\b[º°.)\]]*)*[\s:#=.º°(\["“'–-]*`)
}()

var (
	leadingNumber = regexp.MustCompile(`^\d+`)
	// What shows that a number is none of a task: the rest of a decimal, a date,
	// a time, a CPF/CNPJ; a telephone after its DDD; a unit; a count (“3 de 5”).
	goesOn    = regexp.MustCompile(`^(?:[\p{L}\p{N}_%]|[.,/:-]\d|\s*/\s*\d)`)
	telephone = regexp.MustCompile(`^\)?[\s.-]*9?\s?\d{4}[\s.-]?\d{4}(?:\D|$)`)
	unit      = regexp.MustCompile(`(?i)^\s*(?:%|reais|h|hs|hrs?|horas?|min|minutos?|dias?|semanas?|meses|m[eê]s|x|vezes|un|und|unid\w*|p[cç]s?|pe[cç]as?|kg|m|mts?|metros?|km|visitas?|itens|item)(?:[^\p{L}\p{N}]|$)`)
	ofMany    = regexp.MustCompile(`(?i)^\s+d[eo]\s+(?:\d{1,3}(?:[^\d/.-]|$)|janeiro|fevereiro|mar[cç]o|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro)`)
	andAlso   = regexp.MustCompile(`(?i)^(?:\s*[,;&+]\s*|\s+e\s+)`)
	thousand  = regexp.MustCompile(`^,\d{3,10}(?:\D|$)`) // in a list, “812,813” is two numbers
)

// mostDigits keeps telephones and documents written without punctuation out.
const mostDigits = 10

// Mentions returns the tasks and quotations that a text names, each once.
func Mentions(where, text string) []Mention {
	var out []Mention
	for _, line := range NoteLines(text) {
		for _, m := range append(linkMentions(line), numberMentions(line)...) {
			m.Where = where
			out = addMention(out, m)
		}
	}
	return out
}

// AddMentions joins lists of mentions: of the same thing the first counts.
func AddMentions(lists ...[]Mention) []Mention {
	var out []Mention
	for _, list := range lists {
		for _, m := range list {
			out = addMention(out, m)
		}
	}
	return out
}

func addMention(list []Mention, m Mention) []Mention {
	known := slices.ContainsFunc(list, func(o Mention) bool { return o.Of == m.Of })
	if known || len(list) == mostMentions {
		return list
	}
	return append(list, m)
}

func numberMentions(line string) []Mention {
	var out []Mention
	for _, at := range mentioned.FindAllStringSubmatchIndex(line, -1) {
		n := 0
		for at[2+2*n] < 0 { // exactly one label matched
			n++
		}
		word := line[at[2+2*n]:at[3+2*n]]
		start := line[at[0]:]
		if utf8.RuneCountInString(line[:at[0]]) <= shortLead { // “Código da ”, “O.S. ”
			start = line
		}
		for _, number := range numbersAt(line[at[1]:], strings.HasSuffix(strings.ToLower(word), "s")) {
			for _, kind := range labels[n].kinds {
				out = append(out, Mention{Of: Ref{Kind: kind, ID: number}.String(), Text: excerpt(start)})
			}
		}
	}
	return out
}

// numbersAt reads the number that a text begins with; of a label in the plural,
// the whole list.
func numbersAt(rest string, plural bool) []string {
	var out []string
	for {
		digits := leadingNumber.FindString(rest)
		rest = rest[len(digits):]
		number := strings.TrimLeft(digits, "0")
		listed := plural && thousand.MatchString(rest)
		if number == "" || len(number) > mostDigits || (!listed && goesOn.MatchString(rest)) ||
			unit.MatchString(rest) || ofMany.MatchString(rest) || (len(digits) <= 3 && telephone.MatchString(rest)) {
			return out
		}
		out = append(out, number)
		sep := andAlso.FindString(rest)
		if !plural || sep == "" {
			return out
		}
		rest = rest[len(sep):]
	}
}

// shortLead is how much of what stands before a mention is shown with it, if it is no more.
const shortLead = 15

// excerpt is the beginning of a mention, enough to find it again, without links.
func excerpt(text string) string {
	const most = 40
	text, _, _ = strings.Cut(text, "http")
	text = strings.TrimFunc(Clean(auvoLink.ReplaceAllString(text, "…")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most])) + "…"
}

// Links to a task: the digital work order and its PDF carry a GUID, the office's
// own page the id (auvo-api.md §8.1, taskUrl).
var (
	auvoLink = regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)*auvo\.com\.br/([\w/.-]{1,200})`)
	guid     = regexp.MustCompile(`(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}`)
	taskPage = regexp.MustCompile(`(?i)tarefa/(\d{1,10})/?$`)
)

const linkText = "o link da tarefa"

func linkMentions(line string) []Mention {
	var out []Mention
	for _, m := range auvoLink.FindAllStringSubmatch(line, -1) {
		path := strings.TrimRight(m[1], ".")
		if g := guid.FindString(path); g != "" {
			out = append(out, Mention{Of: LinkMention + strings.ToLower(g), Text: linkText})
		}
		if page := taskPage.FindStringSubmatch(path); page != nil {
			out = append(out, Mention{Of: Ref{Kind: Task, ID: strings.TrimLeft(page[1], "0")}.String(), Text: linkText})
		}
	}
	return out
}

// LinkMention begins a KeyMention that is a link's GUID; the others are numbers.
const LinkMention = "link:"

// codeOfTask is an integration code of somebody else's that is or ends in an id
// of Auvo's. What the vendors' integration puts there is not known.
var codeOfTask = regexp.MustCompile(`(?i)^(?:(auvo|tarefa|task)|(or[cç]amento|quotation))?[\s_:#-]*0*([1-9]\d{0,9})$`)

// CodeMentions are what an integration code that is not Ponte's names. A bare
// number may be a task's or a quotation's.
func CodeMentions(code string) []Mention {
	m := codeOfTask.FindStringSubmatch(strings.TrimSpace(code))
	if m == nil {
		return nil
	}
	kinds := []Kind{Task, Quotation}
	switch {
	case m[2] != "":
		kinds = []Kind{Quotation}
	case m[1] != "" && !strings.EqualFold(m[1], "auvo"):
		kinds = []Kind{Task}
	}
	var out []Mention
	for _, kind := range kinds {
		out = append(out, Mention{Of: Ref{Kind: kind, ID: m[3]}.String(), Text: m[0], Where: "no código de integração"})
	}
	return out
}

// MentionKeys are the keys by which the orders are found that mention a source.
func MentionKeys(source Item) []Key {
	keys := []Key{{Name: KeyMention, Value: source.Ref().String()}}
	if source.Source != nil {
		if g := guid.FindString(source.Source.Link); g != "" {
			keys = append(keys, Key{Name: KeyMention, Value: LinkMention + strings.ToLower(g)})
		}
	}
	return keys
}
