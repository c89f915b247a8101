package auvosim

import (
	"net/http"
	"sync"
	"time"
)

// The credentials that a Sim without its own accepts.
const (
	DefaultAPIKey   = "sim-auvo-key"
	DefaultAPIToken = "sim-auvo-token"
)

// A Sim is one Auvo account. Its zero value is an account with a few users,
// customer groups and task types. Fields are read under a lock: set them before
// the first request, or later through [Sim.Set].
type Sim struct {
	APIKey   string `json:"-"` // accepted at login; "": DefaultAPIKey
	APIToken string `json:"-"` // accepted at login; "": DefaultAPIToken
	// Now gives the instant that stamps records; nil: time.Now. Tokens, the rate
	// limit and delays always use real time.
	Now func() time.Time `json:"-"`

	PerMinute  int           `json:"per_minute"`  // calls per client in a window of 60 s; 0: 400; negative: no limit (§2.1)
	Others     int           `json:"others"`      // calls a minute that other software makes behind the same IP: they leave that much less of PerMinute (§2.1); 0: nobody
	RateStatus int           `json:"rate_status"` // status over the limit; 0: 403 (§2.1 keeps 429 for later)
	RetryAfter bool          `json:"retry_after"` // over the limit, say when the window ends; false: no header (§2.1)
	TokenLife  time.Duration `json:"token_life"`  // of a token, in nanoseconds in JSON; 0: 30 minutes (§1)
	Latency    time.Duration `json:"latency"`     // before every answer; 0: none (§2.2 reports 25 s for task lists)

	LoginISO    bool   `json:"login_iso"`    // ISO dates with Z and no authenticated member; false: the documented form (§1)
	LoginStatus int    `json:"login_status"` // status of a wrong token or key; 0: 200 authenticated:false, and 404 (§1)
	OneToken    bool   `json:"one_token"`    // a login revokes earlier tokens; false: they live on (§14.18)
	ExpiredBody string `json:"expired_body"` // body of a 401; "": empty (§1)

	RefuseBigPages  bool           `json:"refuse_big_pages"` // pageSize over 100 on capped lists is a 400; false: cut to 100 (§2.3)
	EmptyStatus     map[string]int `json:"empty_status"`     // status of an empty list by kind; absent: §13's (404 or 200)
	PageInformation bool           `json:"page_information"` // the portal's envelope; false: pagedSearchReturnData (§3.3)
	SelectDefaults  bool           `json:"select_defaults"`  // members not selected come as defaults; false: they are absent (§3.2)
	OldGroups       bool           `json:"old_groups"`       // customer groups inside entityList; false: result is an array (§5.1)
	IgnoreFilters   []string       `json:"ignore_filters"`   // filters without effect, as "customers.dateLastUpdate"; none: all work (§13)

	NewCustomerModel   bool `json:"new_customer_model"`   // customerId and name; false: id and description (§4.2)
	StaleDescription   bool `json:"stale_description"`    // after a rename description keeps the old text, name has the new; false: alike (§4.2)
	RefuseDuplicates   bool `json:"refuse_duplicates"`    // 409 for a second customer with an externalId or cpfCnpj; false: accepted (§4.6)
	CreationDateFilter bool `json:"creation_date_filter"` // customers' creationDate filter selects; false: it has no effect (§4.4)

	ProductPrices     string `json:"product_prices"`       // "dollar" ("$0.00"), "comma" ("0,00") or "number"; "": dollar (§6.1)
	HonestPost        bool   `json:"honest_post"`          // POST and PUT of products keep the price; false: times ten (§6.1)
	ServicePriceText  bool   `json:"service_price_text"`   // "12.34"; false: a number (§7.1)
	NoExternalCode    bool   `json:"no_external_code"`     // services know no externalCode; false: they do, and it is unique (§7.1)
	GrossItems        bool   `json:"gross_items"`          // an item's totalValue leaves its discount out; false: net (§8.3)
	PercentText       string `json:"percent_text"`         // a task's discount type for a percentage; "": "Porcentagem" (§8.3, a guess)
	ItemEditsKeepDate bool   `json:"item_edits_keep_date"` // editing items leaves dateLastUpdate; false: every change moves it (§8.4)

	TaskListWithoutItems  bool `json:"task_list_without_items"`  // task lists lack items and summary; false: as by id (§8.4)
	TaskListWithoutChecks bool `json:"task_list_without_checks"` // task lists lack check-in and check-out times; false: as by id (§8.4)
	DeletedByDeletionDate bool `json:"deleted_by_deletion_date"` // GetDeletedTasks selects by when it was deleted; false: by taskDate (§8.4)
	OldQuotations         bool `json:"old_quotations"`           // taskID, amout, UnitaryValue, CurrentStage, times; false: the new names (§9.1)

	mu    sync.Mutex
	state state
}

// state is what a Sim keeps beside its switches, guarded by its mutex.
type state struct {
	tables     map[string]*table
	deletedAt  map[string]time.Time
	offset     time.Duration // of the admin clock, added to Now
	tokens     map[string]time.Time
	refused    map[string]int // uses of a dead token since the last login
	windows    map[string]*window
	faults     []*plannedFault
	nextFault  int
	calls      []Call
	violations []Violation
	totals     map[string]int // totalItems last stated, by list and filter
	guids      int64
}

// ready makes the tables and the default catalogues on first use.
func (s *Sim) ready() {
	if s.state.tables != nil {
		return
	}
	s.state.tables = map[string]*table{}
	for _, k := range kinds() {
		s.state.tables[k.data] = newTable(k)
	}
	s.state.deletedAt = map[string]time.Time{}
	s.state.tokens = map[string]time.Time{}
	s.state.refused = map[string]int{}
	s.state.windows = map[string]*window{}
	s.state.totals = map[string]int{}
	s.seedDefaults()
}

// Set changes switches while requests are being served.
func (s *Sim) Set(change func(*Sim)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// ExpireTokens ends all tokens now: the next call with one is a 401.
func (s *Sim) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready()
	clear(s.state.tokens)
}

// now is the instant that stamps records.
func (s *Sim) now() time.Time {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	return now().Add(s.state.offset)
}

var _ http.Handler = (*Sim)(nil)
