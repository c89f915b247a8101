package store

import (
	"encoding/json"
	"errors"
	"time"

	"ponte/internal/record"
)

// An Account is one Auvo account joined to one Omie app.
type Account struct {
	ID       string
	Name     string
	Settings json.RawMessage // the account of the accounts file, without secrets
	Paused   bool
	Created  time.Time
	Updated  time.Time
}

// Secret names, per account.
const (
	SecretAuvoKey    = "auvo.api_key"
	SecretAuvoToken  = "auvo.api_token"
	SecretOmieKey    = "omie.app_key"
	SecretOmieSecret = "omie.app_secret"
)

// A Lease is the right to change an account's rows; every ledger write carries
// its epoch, so that who lost it can write nothing (P1).
type Lease struct {
	Account string
	Epoch   int64
	Holder  string
}

// ErrLeaseLost is returned by every write under a lease whose epoch is no longer the account's.
var ErrLeaseLost = errors.New("the account's lease was lost to another process")

// ErrNotFound is returned for an account, item, link or change that is not there.
var ErrNotFound = errors.New("not found")

// A Cursor is how far a feed has been read.
type Cursor struct {
	Feed    string
	Done    time.Time // everything changed before was processed; zero: never read
	Newest  time.Time // the newest change known of the feed
	Indexed time.Time // when the feed was last read whole; zero: never
	Since   time.Time // where the first window began; zero: a whole read came before all windows
}

// The outcomes of a record in a run, worst first (contract.md, Outcomes).
const (
	OutcomeFailed    = "failed"
	OutcomeWaiting   = "waiting"
	OutcomeCreated   = "created"
	OutcomeUpdated   = "updated"
	OutcomeUnchanged = "unchanged"
	OutcomeExcluded  = "excluded"
)

// The states of a change in the ledger.
//
//	planned ──► sending ──► done
//	   │           ├──► unknown ──► done | planned (looked up: not there)
//	   │           ├──► waiting   (a person must mend something)
//	   │           ├──► failed    (our own mistake; the text says so)
//	   │           └──► planned   (nothing was done; try again)
//	   └──► superseded (a newer decision about the same record replaced it)
const (
	Planned    = "planned"
	Sending    = "sending"
	Unknown    = "unknown"
	Done       = "done"
	Waiting    = "waiting"
	Failed     = "failed"
	Superseded = "superseded"
)

// States are all of them.
var States = []string{Planned, Sending, Unknown, Waiting, Failed, Done, Superseded}

// A Change is one outward write: it stands here, under its key, before it is made.
type Change struct {
	ID      int64
	Account string
	Run     string
	Flow    string
	Kind    record.Kind // the kind of the record that is written
	Key     string      // exists once per account; creates: "create:<side>:<kind>:<code>"
	Source  record.Ref  // the record whose decision this is
	Auvo    string      // the ids of the record on both sides, as far as known
	Omie    string
	Title   string
	Action  string // create, update, cancel
	To      record.Side
	Code    string // the integration code under which a create is made
	Fields  []FieldChange
	Order   *record.Order // orders: the whole order
	Reason  string        // the rule that decided, in Portuguese
	Undo    bool          // takes back what other changes wrote, because a person asked for it

	State    string
	Cause    string // with waiting, failed, planned-but-held
	Text     string // the vendor's words
	Answer   string // what came back, shortened
	Attempts int
	NotUntil time.Time // with unknown and paused: not before
	Epoch    int64
	Created  time.Time
	Sent     time.Time
	Settled  time.Time
}

// A FieldChange is one field of a change.
type FieldChange struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// A Link joins an Auvo record and an Omie record that are the same, with what
// both last agreed. An order's link joins its source ("task:812") to the order.
type Link struct {
	Kind record.Kind
	Auvo string
	Omie string
	Role string // main or site
	Code string // orders: the integration code
	Base record.Fields
	How  string // the rule that linked them, in Portuguese; saved again without one, a link keeps it
	// Undone are fields that a person undid, with what each side held then: they
	// differ on purpose until either side is edited, or a person retries.
	Undone map[string]record.Values
}

// On returns the linked record of a side.
func (l Link) On(side record.Side) record.Ref {
	if side == record.Auvo {
		return record.Ref{Kind: l.Kind, Side: side, ID: l.Auvo}
	}
	return record.Ref{Kind: l.Kind, Side: side, ID: l.Omie}
}

// Link roles. Only the main Auvo record of an Omie record mirrors fields.
const (
	RoleMain = "main"
	RoleSite = "site"
)

// A Wait is a record that a person must look at. Its message and hint are
// composed by flow.Phrase from cause and detail, not stored.
type Wait struct {
	Flow     string
	Ref      record.Ref
	Auvo     string
	Omie     string
	Title    string
	Cause    string
	Detail   map[string]string // what the sentence needs: field, values, the vendor's text, names
	Needs    []string          // tokens of records whose change has this one decided again (see Token…)
	Since    time.Time
	Attempts int
	About    string    // what exactly waits (flow.About): an ignore holds while it stays; "" with a wait of an older schema
	Run      string    // the run that found it first
	Ignored  time.Time // ignored until; zero: not ignored
	Why      string    // the reason given with ignore
	By       string    // who gave it
}

// Open tells whether a wait is to be shown at an instant.
func (w Wait) Open(at time.Time) bool { return !w.Ignored.After(at) }

// A Conflict is one field changed on both sides, with both values, and how it was settled.
type Conflict struct {
	At      time.Time
	Run     string
	Kind    record.Kind
	Auvo    string
	Omie    string
	Field   string
	Base    string
	InAuvo  string
	InOmie  string
	Settled string // "omie", "auvo" or "" while it waits
	By      string // "policy" or "person"
}

// A Held plan is what a brake holds until a person releases exactly it.
type Held struct {
	Flow    string
	Brake   string // which brake: documents, inactivations, stock, empty-side
	Plan    string // digest of the held changes' keys
	Count   int
	Changes []int64
	Since   time.Time
	Release string // who released it; "" while held
}

// A Run is one pass over an account's flows.
type Run struct {
	ID       string // ULID
	Account  string
	Started  time.Time
	Finished time.Time // zero while it runs
	Complete bool
	Flows    []FlowRun
	Error    string
}

// A FlowRun is the outcome of one flow in a run; its counts close:
// Read = Created + Updated + Unchanged + Excluded + Waiting + Failed.
type FlowRun struct {
	Flow      string         `json:"flow"`
	Read      int            `json:"read"`
	Created   int            `json:"created"`
	Updated   int            `json:"updated"`
	Unchanged int            `json:"unchanged"`
	Excluded  int            `json:"excluded"`
	Waiting   int            `json:"waiting"`
	Failed    int            `json:"failed"`
	Conflicts int            `json:"conflicts"`
	Calls     map[string]int `json:"calls"`
	Error     string         `json:"error"`
}

// An Event is one line of a record's history.
type Event struct {
	At     time.Time
	Run    string
	Ref    record.Ref
	What   string          // read, decided, linked, unlinked, sent, unclear, answered, conflict, ignored, returned, retried, released, resolved
	Text   string          // one Portuguese sentence
	Detail json.RawMessage // fields, payload or answer
}

// A Seen is an item as a feed gave it.
type Seen struct {
	Item record.Item
	// Carry: a new or changed item is to be decided. An index read leaves it
	// false for what lies outside the window: known, not carried over.
	Carry bool
	// News: where it is not carried, it is decided all the same when it is new or
	// changed; what an index knew and no window carried over stays as it is.
	News bool
	// Edits: likewise, when it is known and changed. What is kept as read and not
	// decided would cross no more (P2).
	Edits bool
}

// A Sight is what SavePage made of a seen item.
type Sight struct {
	Ref     record.Ref
	New     bool
	Changed bool
	Back    bool        // it was missing before
	Dirty   bool        // waits to be decided
	Outcome string      // the outcome of its last decision, "" when never decided
	Was     record.Item // of a changed one: what was stored before; zero otherwise
	SameRow bool        // the vendor's row is the one that was read before
	HadRow  bool        // a row of the vendor's was read before; what Ponte wrote itself has none
}
