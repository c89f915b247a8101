package flow

import (
	"regexp"
	"slices"
	"strings"

	"ponte/internal/record"
)

// A Likeness is how alike two records of different sides are, and why, for a
// person who decides whether they are one. It decides nothing by itself.
type Likeness struct {
	Score   int      // 0 to 100
	Reasons []string // Portuguese, strongest first
	Sure    bool     // a key says so: id, integration code, CPF/CNPJ, SKU
}

// LikenessOf compares two records of one kind, in either order (pure, symmetric).
func LikenessOf(f Flow, a, b record.Item) Likeness {
	pa, pb := profileOf(f, a), profileOf(f, b)
	return likeness(f, &pa, &pb)
}

// A profile is what is compared of a record, read once.
type profile struct {
	values   []string // by match of the mirror
	document string
	name     []nameWord
	emails   []string
	phone    string // its last digits
	cep      string
}

func profileOf(f Flow, i record.Item) profile {
	p := profile{
		document: i.Key(record.KeyDocument), name: wordsOf(i.Fields[record.FieldName]), emails: record.Emails(strings.ToLower(i.Fields[record.FieldEmail])),
		phone: lastDigits(i.Fields[record.FieldPhone]), cep: cepOf(i.Fields[record.FieldAddress]),
	}
	for _, m := range f.Mirror.Matches {
		p.values = append(p.values, m.Value(i))
	}
	return p
}

func likeness(f Flow, a, b *profile) Likeness {
	var l Likeness
	for n, m := range f.Mirror.Matches {
		if a.values[n] != "" && a.values[n] == b.values[n] {
			l.add(60, "mesmo "+m.Name)
			l.Sure = l.Sure || m.AuvoKey != record.KeyTitle // titles of services are names
		}
	}
	l.documents(a.document, b.document)
	switch n := namesAlike(a.name, b.name); {
	case n >= 100:
		l.add(40, "mesmo nome")
	case n >= 80:
		l.add(30, "nome muito parecido")
	case n >= 60:
		l.add(15, "nome parecido")
	}
	if slices.ContainsFunc(a.emails, func(e string) bool { return slices.Contains(b.emails, e) }) {
		l.add(25, "mesmo e-mail")
	}
	if a.phone != "" && a.phone == b.phone {
		l.add(20, "mesmo telefone")
	}
	if a.cep != "" && a.cep == b.cep {
		l.add(10, "mesmo CEP")
	}
	l.Score = min(max(l.Score, 0), 100)
	return l
}

func (l *Likeness) add(points int, reason string) {
	l.Score += points
	l.Reasons = append(l.Reasons, reason)
}

// documents that differ speak against, unless they are branches of one company.
func (l *Likeness) documents(a, b string) {
	switch {
	case a == "" || b == "" || a == b:
	case cnpjRoot(a) != "" && cnpjRoot(a) == cnpjRoot(b):
		l.add(10, "CNPJ da mesma empresa, de outra filial")
	default:
		l.add(-40, "CPF/CNPJ diferentes")
	}
}

// cnpjRoot is the part of a CNPJ that its branches share; "" for a CPF.
func cnpjRoot(doc string) string {
	if len(doc) != 14 {
		return ""
	}
	return doc[:8]
}

// lastDigits are what two ways of writing a telephone have in common; "" for less than a number.
func lastDigits(phone string) string {
	if len(phone) < 8 {
		return ""
	}
	return phone[len(phone)-8:]
}

var cepPattern = regexp.MustCompile(`\b(\d{5})-?(\d{3})\b`)

func cepOf(address string) string {
	all := cepPattern.FindAllStringSubmatch(address, -1)
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1] // the CEP ends the line; a number of the street may look like one
	return last[1] + last[2]
}

// legalForms say what a company is, not who.
var legalForms = strings.Fields("ltda me mei epp sa s a eireli cia ss de da do das dos e em a o")

// nameTokens are the words of a name that tell who it is.
func nameTokens(name string) []string {
	words := strings.Fields(record.Fold(name))
	told := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(legalForms, w) })
	if len(told) == 0 {
		told = words
	}
	slices.Sort(told)
	return slices.Compact(told)
}

// A nameWord is one word of a name, with its pairs of letters, sorted.
type nameWord struct {
	text  string
	pairs []uint16
}

func wordsOf(name string) []nameWord {
	tokens := nameTokens(name)
	words := make([]nameWord, 0, len(tokens))
	for _, t := range tokens {
		w := nameWord{text: t}
		for i := range len(t) - 1 {
			w.pairs = append(w.pairs, uint16(t[i])<<8|uint16(t[i+1]))
		}
		slices.Sort(w.pairs)
		words = append(words, w)
	}
	return words
}

// NameLikeness is how alike two names are, 0 to 100: each word's best likeness
// among the other's words, by length, averaged over both names.
func NameLikeness(a, b string) int { return namesAlike(wordsOf(a), wordsOf(b)) }

func namesAlike(a, b []nameWord) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	ab, wa := bestOf(a, b)
	ba, wb := bestOf(b, a)
	return (ab + ba) / (wa + wb)
}

// bestOf sums each word's best likeness among others, weighed by its length.
func bestOf(words, others []nameWord) (sum, weight int) {
	for _, w := range words {
		best := 0
		for _, o := range others {
			if best = max(best, w.like(o)); best == 100 {
				break
			}
		}
		sum, weight = sum+best*len(w.text), weight+len(w.text)
	}
	return sum, weight
}

// like is Sørensen–Dice over pairs of letters, 0 to 100.
func (w nameWord) like(o nameWord) int {
	if w.text == o.text {
		return 100
	}
	if len(w.pairs) == 0 || len(o.pairs) == 0 {
		return 0
	}
	same := 0
	for i, j := 0, 0; i < len(w.pairs) && j < len(o.pairs); {
		switch {
		case w.pairs[i] == o.pairs[j]:
			same, i, j = same+1, i+1, j+1
		case w.pairs[i] < o.pairs[j]:
			i++
		default:
			j++
		}
	}
	return 200 * same / (len(w.pairs) + len(o.pairs))
}
