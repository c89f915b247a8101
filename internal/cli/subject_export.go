package cli

import (
	"encoding/json"
	"io"
	"os"
	"time"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/store"
	"ponte/internal/subject"
)

type subjectExportCmd struct {
	whom
	keeping `embed:""`
	File    string `short:"o" help:"Where the document goes (it must not be there yet); standard output when empty." placeholder:"FILE"`
}

func (subjectExportCmd) Help() string {
	return "What a data subject may ask for (LGPD, art. 18): all that is kept about their records, by category, with purpose, legal basis and for how long, and how often they are named elsewhere.\n\n" +
		"Example:\n  ponte subject export 111.444.777-35 -o titular.json"
}

// exportJSON is the document.
type exportJSON struct {
	At       time.Time       `json:"gerado_em"`
	Accounts []accountExport `json:"contas"`
}

type accountExport struct {
	Account    string           `json:"conta"`
	Company    string           `json:"controlador"`
	Records    []string         `json:"registros"`
	Categories []categoryExport `json:"categorias"`
	Mentions   mentionsExport   `json:"mencoes"`
}

// mentionsExport says where the person is named, be it in rows about others. The sentences are others' as well, and
// are not handed out; an erasure takes the person out of them.
type mentionsExport struct {
	Said string         `json:"o_que_sao"`
	Rows map[string]int `json:"linhas_por_tabela"`
}

const mentionsSaid = "Linhas com frases em que o titular é citado: as dos registros dele, que estão acima, e as de outros registros, avisos, rodadas e respostas, que são contadas e não copiadas, porque falam também de outras pessoas; o apagamento tira o titular de todas."

type categoryExport struct {
	subject.Category
	Rows []rowExport `json:"dados"`
}

type rowExport struct {
	Table  string         `json:"tabela"`
	Record string         `json:"registro"`
	Row    map[string]any `json:"valores"`
}

// Run writes the document, and an act that says so.
func (c *subjectExportCmd) Run(s *session) error {
	found, err := c.one(s)
	if err != nil {
		return err
	}
	terms, err := c.terms()
	if err != nil {
		return err
	}
	doc := exportJSON{At: time.Now().UTC(), Accounts: []accountExport{}}
	for _, f := range found {
		a, err := s.exportOf(f, terms)
		if err != nil {
			return err
		}
		doc.Accounts = append(doc.Accounts, a)
	}
	for _, f := range found {
		if err := s.db.AddAct(s.ctx, s.act(f.account.ID, audit.SubjectExported())); err != nil {
			return err
		}
	}
	return c.write(s, doc)
}

func (s *session) exportOf(f subjectFound, terms subject.Terms) (accountExport, error) {
	of, err := s.db.SubjectOf(s.ctx, f.account.ID, f.person.Customers...)
	out := accountExport{Account: f.account.ID, Company: f.account.Name, Records: []string{}}
	if err != nil {
		return out, err
	}
	at := map[string]int{}
	for _, c := range subject.Categories(terms) {
		for _, table := range c.Tables {
			at[table] = len(out.Categories)
		}
		out.Categories = append(out.Categories, categoryExport{c, []rowExport{}})
	}
	for _, ref := range of.Refs() {
		out.Records = append(out.Records, ref.String())
	}
	err = s.db.EachHolding(s.ctx, f.account.ID, of.Refs(), func(h store.Holding) error {
		c := &out.Categories[at[h.Table]]
		c.Rows = append(c.Rows, rowExport{h.Table, h.Ref.String(), h.Row})
		return nil
	})
	if err != nil {
		return out, err
	}
	out.Mentions.Said = mentionsSaid
	out.Mentions.Rows, err = engine.MentionsOf(s.ctx, s.db, of)
	return out, err
}

// write puts the document into a file for its owner alone, or on standard output.
func (c *subjectExportCmd) write(s *session, doc exportJSON) error {
	if c.File == "" {
		return encodeExport(s.out(), doc)
	}
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := encodeExport(f, doc); err != nil {
		_ = f.Close() // the first error tells more
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	s.printf("wrote %s\n", c.File)
	return nil
}

func encodeExport(w io.Writer, doc exportJSON) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

type subjectRecordCmd struct {
	Account string `help:"Only this account."`
	keeping `embed:""`
}

func (subjectRecordCmd) Help() string {
	return "In Portuguese, as Markdown: which personal data goes from where to where, why, on which legal basis, and for how long it is kept, as\n" +
		"the accounts are set up now. Who answers for data protection (the encarregado) completes and confirms it.\n\nExample:\n  ponte subject record --account acme"
}

// Run writes the record of processing.
func (c *subjectRecordCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	terms, err := c.terms()
	if err != nil {
		return err
	}
	for _, a := range accounts {
		s.printf("%s\n", subject.Register(a, terms))
	}
	return nil
}
