package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/story"
)

type subjectCmd struct {
	Find   subjectFindCmd   `cmd:"" help:"List what is kept about a person."`
	Export subjectExportCmd `cmd:"" help:"Write what is kept about a person as one JSON document."`
	Erase  subjectEraseCmd  `cmd:"" help:"Erase a person's data; say beforehand what goes and what stays."`
	Lift   subjectLiftCmd   `cmd:"" help:"Take a person in again who was erased."`
	Record subjectRecordCmd `cmd:"" help:"Write the record of processing (LGPD, art. 37), drawn from the settings."`
}

// whom is the person that a command is about.
type whom struct {
	Account string `help:"Only this account; all of them when empty."`
	Who     string `arg:"" help:"A CPF/CNPJ (with or without punctuation), an e-mail, a telephone, words of a name, or a record: customer:auvo:55, customer:omie:7000000001, task:812."`
}

// A subjectFound is a person in one account.
type subjectFound struct {
	account config.Account
	person  story.Person
}

// persons are whom the command names, account by account.
func (w whom) persons(s *session) ([]subjectFound, error) {
	accounts, err := s.accounts(w.Account)
	if err != nil {
		return nil, err
	}
	var out []subjectFound
	for _, a := range accounts {
		persons, err := story.Persons(s.ctx, s.db, a.ID, w.Who)
		if err != nil {
			return nil, err
		}
		for _, p := range persons {
			out = append(out, subjectFound{a, p})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nobody among the customers answers to that: see ponte subject find --help (who was erased answers only by number: customer:auvo:55)")
	}
	return out, nil
}

// one is persons where at most one of each account is named.
func (w whom) one(s *session) ([]subjectFound, error) {
	found, err := w.persons(s)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range found {
		if seen[f.account.ID] {
			return nil, fmt.Errorf("that names more than one person, say which by a CPF/CNPJ or a record:%s", named(found))
		}
		seen[f.account.ID] = true
	}
	return found, nil
}

// named lists persons by their records, with what is personal covered.
func named(found []subjectFound) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "\n  %s  %s  %s", f.account.ID, refNames(f.person.Customers), covered(f.person.Title))
	}
	return b.String()
}

func refNames(refs []record.Ref) string {
	names := make([]string, 0, len(refs))
	for _, r := range refs {
		names = append(names, r.String())
	}
	return strings.Join(names, ", ")
}

// covered is a name as lists show it that many may see: its first letters.
func covered(s string) string {
	r := []rune(oneLine(s))
	if len(r) < 4 {
		return "•••"
	}
	return string(r[:3]) + "•••"
}

type subjectFindCmd struct{ whom }

func (subjectFindCmd) Help() string {
	return "Per table and record: what is held. The values are in ponte subject export.\n\n" +
		"Example:\n  ponte subject find 111.444.777-35\n  ponte subject find --account acme customer:auvo:55"
}

// Run lists what is kept about everybody whom the text names.
func (c *subjectFindCmd) Run(s *session) error {
	found, err := c.persons(s)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := s.listHoldings(f); err != nil {
			return err
		}
	}
	return s.staffNamed(c.Who)
}

func (s *session) listHoldings(f subjectFound) error {
	of, err := s.db.SubjectOf(s.ctx, f.account.ID, f.person.Customers...)
	if err != nil {
		return err
	}
	s.printf("%s: %s (%s): %d customer record(s), %d task(s) and quotation(s), %d document(s)\n", f.account.ID, refNames(f.person.Customers), covered(f.person.Title),
		len(of.Customers), len(of.Sources), len(of.Orders))
	t := newTable(s.out(), "TABLE", "RECORD", "ROWS", "HELD")
	type line struct {
		rows int
		held []string
	}
	lines, order := map[[2]string]*line{}, [][2]string{}
	err = s.db.EachHolding(s.ctx, f.account.ID, of.Refs(), func(h store.Holding) error {
		at := [2]string{h.Table, h.Ref.String()}
		if lines[at] == nil {
			lines[at] = &line{}
			order = append(order, at)
		}
		lines[at].rows++
		lines[at].held = addNames(lines[at].held, h.Row)
		return nil
	})
	if err != nil {
		return err
	}
	for _, at := range order {
		t.row(at[0], at[1], lines[at].rows, strings.Join(lines[at].held, " "))
	}
	acts, err := s.db.ActsAbout(s.ctx, f.account.ID, of.Refs())
	if err != nil {
		return err
	}
	mentions, err := engine.MentionsOf(s.ctx, s.db, of)
	if err != nil {
		return err
	}
	for _, table := range slices.Sorted(maps.Keys(mentions)) {
		t.row(table, "", mentions[table], "sentences in which they are named; those about them stand above, too")
	}
	if acts > 0 {
		t.row("acts", "", acts, "the numbers of the records, no names")
	}
	return t.flush("")
}

// staffNamed says that an e-mail is that of somebody who works with Ponte.
func (s *session) staffNamed(who string) error {
	p, err := s.who(who)
	if err != nil || p.ID == "" {
		return nil //nolint:nilerr // it is nobody's
	}
	s.printf("people: %s signs in to Ponte as %s: see ponte user list, ponte user remove\n", covered(p.Name), p.Role)
	return nil
}

type subjectLiftCmd struct {
	Account string `required:"" help:"The account."`
	Number  int64  `arg:"" help:"The number of the erasure."`
	Yes     bool   `help:"Do it without asking."`
}

func (subjectLiftCmd) Help() string {
	return "For somebody who became a customer again, or was erased by mistake. What both systems hold is read anew, with the next nightly sweep or\n" +
		"ponte sync --full; what Ponte kept before does not come back. Documents that were made are not made again.\n\nExample:\n  ponte subject lift --account acme 1 --yes"
}

// Run lifts an erasure.
func (c *subjectLiftCmd) Run(s *session) error {
	if _, err := s.account(c.Account); err != nil {
		return err
	}
	customers, err := s.db.ErasedBy(s.ctx, c.Account, c.Number)
	if err != nil {
		return err
	}
	if len(customers) == 0 {
		return fmt.Errorf("account %s has no erasure %d that stands", c.Account, c.Number)
	}
	if err := s.confirm(c.Yes, fmt.Sprintf("%s will be taken in again from both systems", refNames(customers))); err != nil {
		return err
	}
	err = s.lift(c.Account, c.Number)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("erasure %d is not done yet: run ponte housekeep, then lift it", c.Number)
	}
	if err == nil {
		s.printf("lifted; the next nightly sweep reads them again, or ponte sync --full now\n")
	}
	return err
}

// addNames adds the names of a row's columns that were not listed yet.
func addNames(to []string, row map[string]any) []string {
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	return to
}
