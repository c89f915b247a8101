package record

import (
	"context"
	"time"
)

// A System is one side: what it offers for each kind. A nil kind is one that
// the side lacks.
type System struct {
	Side Side

	Customers, Products, Services, Tasks, Quotations, ServiceOrders, SalesOrders *Access

	// Probe reads the side's credentials, permissions, clock, catalogues and
	// limits, for doctor; it writes nothing.
	Probe func(context.Context) []Finding

	// Open tries the key, by the gentlest call there is, and returns whose it is,
	// "" where the vendor does not say.
	Open func(context.Context) (name string, err error)

	// Choices reads the catalogues that settings are chosen from, each on its own:
	// one that cannot be read says why.
	Choices func(context.Context) []Catalogue

	// Register has the side's webhooks call an address, in place of an earlier
	// address of ours, and says of each what came of it; nil: it can be done on the
	// vendor's screen alone.
	Register func(ctx context.Context, address string) ([]Finding, error)
}

// Of returns what the side offers for kind, nil when it lacks it.
func (s System) Of(kind Kind) *Access {
	switch kind {
	case Customer:
		return s.Customers
	case Product:
		return s.Products
	case Service:
		return s.Services
	case Task:
		return s.Tasks
	case Quotation:
		return s.Quotations
	case ServiceOrder:
		return s.ServiceOrders
	case SalesOrder:
		return s.SalesOrders
	}
	return nil
}

// Access is what a side offers for one kind; a nil ability is one that the vendor lacks.
type Access struct {
	Feeds []Feed
	Find  Finder
	Write Writer
	Stop  Canceller
	// Later are the fields that a create cannot carry and an update writes
	// right after (an Auvo product's price: auvo-api.md §6.1).
	Later []string
	// Whole: an update sends members that the item's fields do not hold, from its Raw.
	// Where that is kept no more, the record is read again first.
	Whole bool
}

// A Feed is a list that tells what a side holds.
type Feed struct {
	// Name is unique per side, and forever: "customers", "stock", "deleted-tasks".
	Name string
	// Cycle: read in every cycle; otherwise only for the index and in the sweep.
	Cycle bool
	// Windowed: the vendor filters by time of change; otherwise every read is whole.
	Windowed bool
	// Partial: its items carry some fields only, to be laid over the stored item (stock).
	Partial bool
	// Daily: its time filter has day precision; Ponte widens the window to whole days.
	Daily bool
	List  Lister
	// Find reads some records of a partial feed, by id; every id must be known to
	// exist. nil: the feed is only read whole.
	Find Finder
	// Hooked: the vendor's webhook tells of its records, where it is registered.
	Hooked bool
}

// A Window bounds a read by time of change. The zero Since reads everything.
type Window struct {
	Since, Until time.Time
	// Sweep asks for the unbounded form of a feed that is bounded otherwise
	// (deleted tasks, products without stock movement).
	Sweep bool
	// After is where an earlier read of the same window was given up: it goes on
	// behind that page. Zero: from the beginning.
	After Place
}

// A Place is how far a list was read. Pages are only the same pages when they
// have the same size.
type Place struct {
	Page, Size int
	Declared   int // rows in the whole list, as that page stated it; -1 when it did not
}

// Holds tells whether a change lies in the window. The vendors' filters are not
// believed blindly, so that answers are filtered again. Records without a stamp
// are kept, and so is what changed within a day after the window, while it was read.
func (w Window) Holds(changed time.Time) bool {
	if changed.IsZero() || w.Since.IsZero() {
		return true
	}
	return !changed.Before(w.Since.Truncate(time.Second)) && !changed.After(w.Until.AddDate(0, 0, 1))
}

// A Page is one answer of a list.
type Page struct {
	Items    []Item
	Received int  // rows in this answer, before the side dropped any
	Declared int  // rows in the whole list, as this answer states it; -1 when it does not
	Number   int  // 1, 2, …
	Size     int  // rows that were asked for; 0: the read cannot go on behind this page
	Last     bool // no page follows
}

// Place is how far a list was read with this page.
func (p Page) Place() Place { return Place{p.Number, p.Size, p.Declared} }

// A Lister reads a feed, page by page, calling page for each answer. It stops
// at the first error that page returns. An empty list is no error: page is
// called once, with no items and Last.
type Lister func(ctx context.Context, w Window, page func(Page) error) error

// Near helps a Finder to look without a call that faults when nothing is there.
type Near struct {
	// KnownID is the id of a record of the kind that exists; "" when none is known.
	KnownID string
	// Others are a few more, should that one have been deleted since.
	Others []string
	// Numbers are, by id, the numbers by which people know the records that are
	// looked up by id, as they were last read; "" where there is none or none is known.
	Numbers map[string]string
	// Since is when the record that is looked for may first have been made.
	Since time.Time
	// Certain asks that an answer which may be a passing fault is not taken for
	// "not there": a create hangs on it (P1).
	Certain bool
}

// A Finder reads the records that have one of the keys (all of one name: id,
// code, sku or document). What it does not return is not there. Where the
// vendor offers no such look-up for a key name it returns ErrNoLookup.
type Finder interface {
	Find(ctx context.Context, keys []Key, near Near) ([]Item, error)
}

// ErrNoLookup is returned by a Finder for a key that the vendor cannot look up.
var ErrNoLookup = noLookup{}

type noLookup struct{}

func (noLookup) Error() string { return "the vendor has no look-up by this key" }

// A Writer makes and changes records. Its errors are *call.Error.
type Writer interface {
	// Create makes a record under d.Code and returns it as the vendor now holds it.
	Create(ctx context.Context, d Draft) (Item, error)
	// Update writes the given fields of a record and returns it as the vendor now holds it.
	Update(ctx context.Context, p Patch) (Item, error)
	// Check says what is known to be refused, before anything is sent: nil, or
	// one Trouble per field. It is pure.
	Check(d Draft) []Trouble
}

// A Canceller cancels an open order; it never excludes it.
type Canceller interface {
	Cancel(ctx context.Context, id string) error
}

// A Draft is a record to be made.
type Draft struct {
	Kind   Kind
	Code   string // the key under which it is made; exists once
	Fields Fields
	Order  *Order // orders
}

// A Patch is a change to a record.
type Patch struct {
	Kind   Kind
	Now    Item   // the record as it was last read, whole
	Fields Fields // the fields to write, with their new values
	Order  *Order // orders: the whole order as it shall be
}

// A Trouble is a field that the vendor would refuse.
type Trouble struct {
	Field string
	Cause string // a waiting cause: missing-field, too-long, invalid-document, unreadable-address
	Value string
	Limit int // with too-long
}

// A Finding is one line of doctor: what was looked at, whether it is well, and what to do.
type Finding struct {
	Side   Side   `json:"side"`
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`           // what was found
	Remedy string `json:"remedy,omitempty"` // what to do, when not OK
}

// Findings are what a side's probe found, in order.
type Findings struct {
	Side Side
	List []Finding
}

// Note adds a finding; the remedy counts only where it is not well.
func (f *Findings) Note(check string, ok bool, detail, remedy string) {
	if ok {
		remedy = ""
	}
	f.List = append(f.List, Finding{Side: f.Side, Check: check, OK: ok, Detail: detail, Remedy: remedy})
}

// ClockFinding judges how far a side's clock is from ours. Windows overlap by a
// whole cycle, so that seconds do no harm; minutes lose changes.
func ClockFinding(side Side, skew time.Duration, known bool) Finding {
	const most = time.Minute
	f := Finding{Side: side, Check: "clock", OK: true, Detail: "the server's answers carry no date"}
	if !known {
		return f
	}
	f.Detail = "the server's clock is " + skew.String() + " from this machine's"
	if skew.Abs() > most {
		f.OK, f.Remedy = false, "set this machine's clock (timedatectl set-ntp true)"
	}
	return f
}
