package flow

import (
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
)

// A Derive says when a source is ready, and what orders it becomes.
type Derive struct {
	// Settings are the account's settings of this flow.
	Settings func(config.Account) config.Derive
	// Create says which orders a source becomes, rules aside.
	Create func(config.Account) config.Create
	// Unready says why a source does not meet the account's rules, "" when it does.
	Unready func(config.Account, In) string
	// Hold says why a source that is ready waits all the same; nil when it does not.
	Hold func(config.Account, In) *Wait
	// Notes are the lines of the order's Observações (contract.md).
	Notes func(record.Item, *time.Location) []NoteLine
	// Date is the day for which the source is planned; zero: none.
	Date func(In) time.Time
}

// In is all that a decision about a source looks at.
type In struct {
	Item      record.Item                 // the source
	Now       time.Time                   // in the account's time zone: "today"
	StartFrom time.Time                   // what last changed before is excluded
	Customer  *record.Item                // the source's customer in Auvo; nil: not known
	Omie      string                      // the customer's Omie id; "" while it is not linked
	Inactive  bool                        // the Omie customer is inactive
	City      string                      // of the customer, as far as known
	Found     map[string]Ref              // by Line.ID: what each product and service line is in Omie
	Made      []Made                      // the orders that the source already has
	Lives     map[record.Kind]record.Life // by kind of order: its epoch, and whether a person undid it
	Billed    []record.Ref                // quotations (tasks) that already bill the same work
	Mentioned []Document                  // documents of its customer that mention the source, and that nobody said are another's
	TaskDate  time.Time                   // quotations: the linked task's date; zero: none
}

// found is what a line is in Omie. Found goes by id: where several lines have
// none, nobody can tell which of them an answer is about.
func (in In) found(l record.Line) Ref {
	if l.ID == "" && in.withoutID() > 1 {
		return Ref{}
	}
	return in.Found[l.ID]
}

func (in In) withoutID() int {
	n := 0
	for _, l := range slices.Concat(in.Item.Source.Products, in.Item.Source.Services) {
		if l.ID == "" {
			n++
		}
	}
	return n
}

// A Ref is what a line's product or service is in Omie.
type Ref struct {
	ID       string // "" when nothing in Omie is linked to it
	Title    string
	Inactive bool
}

// Made is an order that a source already has.
type Made struct {
	Kind record.Kind
	ID   string // Omie id; "" while its outcome is unknown
	Code string
	Base record.Fields // what Ponte last wrote; nil when taken back after a restore
	Held *record.Order // as it was taken back or adopted; nil otherwise

	Title string // of one that a person adopted
}

// Extra base fields of an order, which take no part in comparing.
const (
	BaseSourceDate = "source_date" // the source's date when the forecast was settled
	BaseMadeAs     = "made_as"     // the create setting under which the source was exported
)

// An Out is what shall happen to a source.
type Out struct {
	Excluded string  // Portuguese: why it does not cross; "" when it does
	Wait     *Wait   // why it waits; nil when it does not
	Orders   []Draft // the orders as they shall be
	Reason   string  // Portuguese: the rule that decided, and what was left out
}

// A Draft is an order as it shall be.
type Draft struct {
	Kind  record.Kind
	Code  string
	Order record.Order
	Base  record.Fields // extra base fields to keep with the link
}

// A Wait is why a record waits for a person.
type Wait struct {
	Cause  string
	Detail map[string]string
	Lacks  []Lack // the records whose change has the decision made again
	Parts  bool   // the source parts from the orders that it has: each is looked at
}

// A Lack is a record that a decision missed: by reference or by key.
type Lack struct {
	Kind record.Kind
	Side record.Side
	Key  record.Key
}

// Undone says that a person undid the orders of a source that has none now, and
// when; "" when nobody did. Only a person has them made again, whatever changes.
func (in In) Undone() string {
	if len(in.Made) > 0 {
		return ""
	}
	var last record.Life
	for _, l := range in.Lives {
		if l.Undone.After(last.Undone) {
			last = l
		}
	}
	if last.Undone.IsZero() {
		return ""
	}
	return "Desfeito por uma pessoa em " + last.Undone.In(in.Now.Location()).Format("02/01/2006 15:04") + reasonGiven(last.Why) + "."
}

func reasonGiven(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// Decide applies the flow's rules to a source (pure).
func (d *Derive) Decide(a config.Account, in In) Out {
	if why := in.Undone(); why != "" {
		return Out{Excluded: why}
	}
	if in.Customer != nil && in.Customer.Fact(record.FactErased) != "" {
		return d.ofErased(a, in)
	}
	return in.weigh(d.decide(a, in))
}

// ofErased is a source of a customer who was erased (LGPD): what it has stays as it is
// and is followed no more; what would become an order waits, since nobody may be billed
// by mistake, nor work be forgotten.
func (d *Derive) ofErased(a config.Account, in In) Out {
	switch why := d.excluded(a, in); {
	case len(in.Made) > 0:
		return Out{Excluded: "Os dados do cliente foram apagados a pedido dele (LGPD); o documento que já existe fica como está."}
	case why != "":
		return Out{Excluded: why}
	}
	return Out{Wait: &Wait{Cause: "erased-customer", Lacks: customerLacks(in)}}
}

func (d *Derive) decide(a config.Account, in In) Out {
	if why := d.excluded(a, in); why != "" {
		return d.unready(in, why)
	}
	if w := d.Hold(a, in); w != nil && len(in.Made) == 0 {
		return Out{Wait: w}
	}
	rule, plan := choose(a, d, in)
	if wait := missingParts(in, plan); wait != nil {
		return Out{Wait: wait}
	}
	bill, wait := billOf(*in.Item.Source)
	if wait != nil {
		return Out{Wait: wait}
	}
	return d.orders(in, plan, bill, rule)
}

// excluded says why a source does not cross.
func (d *Derive) excluded(a config.Account, in In) string {
	src := in.Item.Source
	switch {
	case src.Deleted:
		return "Não existe mais no Auvo."
	case !src.Changed.IsZero() && src.Changed.Before(in.StartFrom) && len(in.Made) == 0:
		return "Mudou pela última vez antes de " + in.StartFrom.Format("02/01/2006") + ", o início combinado desta conta."
	}
	return d.Unready(a, in)
}

// unready is the outcome of a source that does not meet the rules: excluded,
// or waiting when it already has an order (design.md §7, After export).
func (d *Derive) unready(in In, why string) Out {
	if len(in.Made) == 0 {
		return Out{Excluded: why}
	}
	cause := "no-longer-ready"
	if in.Item.Source.Deleted {
		cause = "deleted-after-export"
	}
	return Out{Wait: &Wait{Cause: cause, Detail: map[string]string{"why": why}, Parts: true}}
}
