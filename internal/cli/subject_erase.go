package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/house"
	"ponte/internal/record"
	"ponte/internal/store"
)

type subjectEraseCmd struct {
	whom
	Yes bool `help:"Do it without asking."`
}

func (subjectEraseCmd) Help() string {
	return "Erases what Ponte keeps about a person, in every account that knows them (or in one: --account), and has nothing of them taken in\n" +
		"again. The two systems themselves stay as they are: erase there what they hold. It says beforehand what goes and what stays and why.\n" +
		"What was cut short goes on by itself, or with ponte housekeep.\n\n" +
		"Example:\n  ponte subject erase 111.444.777-35\n  ponte subject erase --account acme customer:auvo:55 --yes"
}

// Run shows what an erasure would do, and does it.
func (c *subjectEraseCmd) Run(s *session) error {
	found, err := c.one(s)
	if err != nil {
		return err
	}
	plans := make([]engine.Erasing, 0, len(found))
	for _, f := range found {
		p, err := engine.PlanErasure(s.ctx, s.db, f.account.ID, f.person.Customers)
		if err != nil {
			return err
		}
		s.printErasing(f, p)
		plans = append(plans, p)
	}
	if err := c.mayErase(found, plans); err != nil {
		return err
	}
	if err := s.confirm(c.Yes, "This cannot be taken back."); err != nil {
		return err
	}
	for n, p := range plans {
		if err := s.erase(found[n], p); err != nil {
			return err
		}
	}
	return s.cleanFiles()
}

func (c *subjectEraseCmd) mayErase(found []subjectFound, plans []engine.Erasing) error {
	for n, p := range plans {
		if p.Unclear > 0 {
			return fmt.Errorf("nothing was erased: %d write(s) of account %s about this person are unclear; let ponte sync look them up (ponte waiting --unclear), then run it again", p.Unclear, found[n].account.ID)
		}
	}
	return nil
}

// printErasing says what goes, what stays, and why.
func (s *session) printErasing(f subjectFound, p engine.Erasing) {
	s.printf("Conta %s: %s (%s)\n", f.account.ID, refNames(p.Subject.Customers), covered(f.person.Title))
	s.printf("\nSerá apagado:\n")
	s.printf("  o cadastro (nome, CPF/CNPJ, telefone, e-mail, endereço), a história, os conflitos, as pendências e as gravações dele: %s\n", tally(p.Rows))
	s.printf("  de %d tarefa(s) e orçamento(s) e %d documento(s): nomes, descrições, observações, links e o que veio dos sistemas\n", len(p.Subject.Sources), len(p.Subject.Orders))
	if len(p.Mentions) > 0 {
		s.printf("  as menções a ele em frases sobre outros registros, avisos e execuções: %s\n", tally(p.Mentions))
	}
	s.printf("\nFica, e por quê:\n")
	s.printf("  a ligação de %d documento(s) fiscal(is) com a tarefa ou o orçamento, pelos números, com código de integração, datas e valores: a lei manda guardá-los (LGPD, art. 16, I), e sem ela o Ponte faturaria duas vezes\n", p.Orders)
	s.printf("  os números deste cadastro no Auvo e no Omie, para o Ponte não o trazer de novo\n")
	if p.Acts > 0 {
		s.printf("  %d ato(s) da auditoria, que citam os registros pelo número, sem nomes\n", p.Acts)
	}
	if len(p.Shared) > 0 {
		s.printf("  %d texto(s) que outro cliente também tem (um e-mail ou endereço em comum): no cadastro do outro eles continuam\n", len(p.Shared))
	}
	s.printf("  o que o Auvo e o Omie guardam: apague lá; e as cópias de segurança feitas antes, até serem descartadas (restaurou uma? apague de novo)\n\n")
}

// tally writes how many rows of each table.
func tally(rows map[string]int) string {
	var parts []string
	for _, table := range slices.Sorted(maps.Keys(rows)) {
		parts = append(parts, fmt.Sprintf("%s %d", table, rows[table]))
	}
	if len(parts) == 0 {
		return "nada"
	}
	return strings.Join(parts, ", ")
}

// erase erases a person in one account, but for the files.
func (s *session) erase(f subjectFound, shown engine.Erasing) error {
	var number int64
	err := s.done(f.account.ID, audit.SubjectErased(), func(ctx context.Context, lease store.Lease) error {
		p, err := engine.PlanErasure(ctx, s.db, f.account.ID, f.person.Customers)
		if err != nil {
			return err
		}
		if !sameCustomers(p.Subject.Customers, shown.Subject.Customers) {
			return errors.New("nothing was erased: whom it is about changed meanwhile; run it again")
		}
		number, err = engine.Erase(ctx, s.db, lease, p)
		return err
	})
	if number > 0 && err != nil {
		return fmt.Errorf("erasure %d of account %s is begun and not done; ponte housekeep goes on with it: %w", number, f.account.ID, err)
	}
	if err == nil {
		s.printf("account %s: erased, as erasure %d (ponte subject lift --account %s %d takes them in again)\n", f.account.ID, number, f.account.ID, number)
	}
	return err
}

func sameCustomers(a, b []record.Ref) bool {
	if len(a) != len(b) {
		return false
	}
	for _, ref := range a {
		if !slices.Contains(b, ref) {
			return false
		}
	}
	return true
}

// cleanFiles writes the database's files without what was erased.
func (s *session) cleanFiles() error {
	done, err := house.EndErasures(s.ctx, s.db, s.holder())
	if err != nil {
		return fmt.Errorf("the rows are erased, and their bytes may still be in the files: ponte housekeep ends it, once the database is less busy: %w", err)
	}
	s.printf("the database's files were written anew without it\n")
	if done.Sampled > 0 {
		s.printf("%s\n", house.Samples)
	}
	return nil
}

func (s *session) lift(account string, number int64) error {
	return s.done(account, audit.SubjectLifted(number), func(ctx context.Context, lease store.Lease) error {
		return engine.Lift(ctx, s.db, lease, number)
	})
}
