package cli

import (
	"context"
	"errors"
	"fmt"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/store"
)

type linkCmd struct {
	Account string `required:"" help:"The account."`
	First   string `arg:"" name:"record" help:"customer:auvo:55, or a task or a quotation: task:812"`
	Second  string `arg:"" name:"other" help:"customer:omie:7000000001, or a document: service-order:7000001001, sales-order:101 (its id or its number)"`
	As      string `help:"site: the Auvo customer is a site of the Omie customer; its documents use it, its fields are not mirrored." enum:",site" default:""`
}

func (linkCmd) Help() string {
	return "A document that somebody made for a task becomes the task's: what it holds stays, and no other is made.\n\n" +
		"Example:\n  ponte link --account acme customer:auvo:55 customer:omie:7000000001\n  ponte link --account acme task:812 service-order:7000001001"
}

func (c *linkCmd) Run(s *session) error {
	auvo, omie, err := s.pair(c.Account, c.First, c.Second)
	if err != nil {
		return err
	}
	if omie.Order != nil {
		return c.adopt(s, auvo, omie)
	}
	role := store.RoleMain
	if c.As == store.RoleSite {
		role = store.RoleSite
	}
	err = s.done(c.Account, audit.Linked(auvo.Ref(), omie.Ref(), role), func(ctx context.Context, lease store.Lease) error {
		return engine.LinkByHand(ctx, s.db, lease, auvo, omie, role)
	})
	if err == nil {
		s.printf("linked %s and %s; the next cycle compares their fields\n", auvo.Ref(), omie.Ref())
	}
	return err
}

// adopt joins a task or a quotation and a document that Ponte did not make.
func (c *linkCmd) adopt(s *session, source, order record.Item) error {
	if c.As != "" {
		return usage("--as %s is for customers", c.As)
	}
	err := s.done(c.Account, audit.Linked(source.Ref(), order.Ref(), ""), func(ctx context.Context, lease store.Lease) error {
		return engine.AdoptByHand(ctx, s.db, lease, source, order)
	})
	if err == nil {
		s.printf("%s has %s (%s); what the document holds stays, and no other is made\n", source.Ref(), order.Ref(), oneLine(order.Title))
	}
	return err
}

type unlinkCmd struct {
	Account string `required:"" help:"The account."`
	First   string `arg:"" name:"record" help:"customer:auvo:55, or a task or a quotation: task:812"`
	Second  string `arg:"" name:"other" help:"customer:omie:7000000001, or a document: service-order:7000001001"`
}

func (unlinkCmd) Help() string {
	return "They are kept apart from then on.\n\nExample:\n  ponte unlink --account acme customer:auvo:55 customer:omie:7000000001"
}

func (c *unlinkCmd) Run(s *session) error {
	auvo, omie, err := s.pair(c.Account, c.First, c.Second)
	if err != nil {
		return err
	}
	part := engine.UnlinkByHand
	if omie.Order != nil {
		part = engine.RefuseByHand
	}
	err = s.done(c.Account, audit.Parted(auvo.Ref(), omie.Ref()), func(ctx context.Context, lease store.Lease) error {
		return part(ctx, s.db, lease, auvo, omie)
	})
	if err == nil {
		s.printf("%s and %s are not linked, and will not be matched again\n", auvo.Ref(), omie.Ref())
	}
	return err
}

// pair resolves one record of each side and of one kind, or a source and a document.
func (s *session) pair(account, first, second string) (auvo, omie record.Item, err error) {
	if _, err := s.account(account); err != nil {
		return auvo, omie, err
	}
	a, err := s.resolveRecord(account, first)
	if err != nil {
		return auvo, omie, err
	}
	b, err := s.resolveRecord(account, second)
	if err != nil {
		return auvo, omie, err
	}
	if a.Side == record.Omie {
		a, b = b, a
	}
	if a.Side == b.Side || (a.Kind != b.Kind && (a.Source == nil || b.Order == nil)) {
		return auvo, omie, usage("name one record of each side, of one kind (customer:auvo:55 customer:omie:7000000001), or a task or a quotation and its document (task:812 service-order:7000001001)")
	}
	return a, b, nil
}

type resolveCmd struct {
	Account string `required:"" help:"The account."`
	What    string `arg:"" name:"record" help:"The record in conflict."`
	Take    string `required:"" enum:"auvo,omie" help:"Whose value counts."`
	Field   string `help:"Only this field; all of the record's conflicts when empty."`
}

func (resolveCmd) Help() string {
	return "Example:\n  ponte resolve --account acme customer:auvo:55 --take auvo --field phone"
}

func (c *resolveCmd) Run(s *session) error {
	if _, err := s.account(c.Account); err != nil {
		return err
	}
	item, err := s.resolveRecord(c.Account, c.What)
	if err != nil {
		return err
	}
	conflicts, err := engine.OpenConflicts(s.ctx, s.db, c.Account, item.Ref())
	if err != nil {
		return err
	}
	var fields []string
	if c.Field != "" {
		fields = append(fields, c.Field)
	}
	var settled []string
	act := audit.Resolved(item.Ref(), record.Side(c.Take), fields...)
	err = s.done(c.Account, act, func(ctx context.Context, lease store.Lease) error {
		settled, err = engine.Resolve(ctx, s.db, lease, item.Ref(), conflicts, record.Side(c.Take), s.person(), fields...)
		return err
	})
	if err == nil && len(settled) == 0 {
		return fmt.Errorf("%s has no open conflict there: see ponte explain", item.Ref())
	}
	for _, f := range settled {
		s.printf("%s: %s's value will be taken by the next cycle\n", f, c.Take)
	}
	return err
}

type releaseCmd struct {
	Account string `required:"" help:"The account."`
	Flow    string `arg:"" enum:"customers,products,services,tasks,quotations" help:"The flow whose held plan is let go."`
}

func (releaseCmd) Help() string {
	return "Lets exactly the plan that is held now go, once.\n\nExample:\n  ponte release --account acme tasks"
}

func (c *releaseCmd) Run(s *session) error {
	if _, err := s.account(c.Account); err != nil {
		return err
	}
	n := 0
	err := s.done(c.Account, audit.Released(c.Flow), func(ctx context.Context, lease store.Lease) error {
		var err error
		n, err = s.db.ReleaseHold(ctx, lease, c.Flow, "ponte release")
		return err
	})
	if err == nil && n == 0 {
		err = errors.New("no brake holds anything of that flow")
	}
	if err == nil {
		s.printf("%d held change(s) of %s go with the next cycle\n", n, c.Flow)
	}
	return err
}
