package omiesim

import (
	"sync"
	"time"
	_ "time/tzdata" // stamps are São Paulo's, wherever the simulator runs
)

// The credentials that a Sim without its own accepts. They open nothing else.
const (
	DefaultAppKey    = "1000000000001"
	DefaultAppSecret = "00000000000000000000000000000051"
)

// A Sim is one Omie app in memory. Its zero value works: default credentials,
// default catalogues, the published limits. Every other zero value is the
// default too; a negative limit switches that limit off. Set fields before
// first use, or through the admin API. § are sections of omie-api.md.
type Sim struct {
	AppKey    string `json:"app_key"` // "" with an empty AppSecret: the default pair
	AppSecret string `json:"-"`

	// Now tells the time of stamps, windows, fault counts and blocks; nil is
	// time.Now. SetClock and the admin API shift it.
	Now func() time.Time `json:"-"`

	// RedundancyWindow is how long an identical request is refused, in real
	// time; 0 is 60 s (§2.1).
	RedundancyWindow time.Duration `json:"redundancy_window"`
	PerMinute        int           `json:"per_minute"`    // per IP, key and method; 0 is 240 (§2.1)
	PerIPMinute      int           `json:"per_ip_minute"` // per IP; 0 is 960 (§2.1)
	// Others is how many requests a minute other software makes with the same key from
	// the same IP, of each method and together: what the published limits (§2.1) leave is
	// all that a caller has. Over it the answer is a 429, which is a violation only for who
	// alone asks more than the limit. 0: nobody else.
	Others int `json:"others"`
	// OthersWrite is of how many writes one meets another software's write of the same
	// method at work, and is refused with 1880 (§1.5, §2.1: one at a time); every nth. 0: none.
	OthersWrite int `json:"others_write"`

	Parallel   int `json:"parallel"`    // per IP, key and reading method; 0 is 4 (§2.1)
	PageCap    int `json:"page_cap"`    // rows of a page; 0 is 100 (§2.2, §12.4: others saw 500)
	FaultLimit int `json:"fault_limit"` // faults in 30 min that block; 0 is 10 (§2.1)

	// BlockMethodOnly blocks the method alone, as the official text says; one
	// client saw the whole key refused, which is the default (§2.2, §12.5).
	BlockMethodOnly bool `json:"block_method_only"`
	// BlockFixed lets a block run out while calls go on; §2.1 says each extends it.
	BlockFixed bool `json:"block_fixed"`
	// RedundancyFixed keeps the first request's window; §2.2: each retry renews it.
	RedundancyFixed bool `json:"redundancy_fixed"`
	// RepeatedWrites8020 answers an identical write with the text that names a
	// clock time instead of REDUNDANT (§1.5).
	RepeatedWrites8020 bool `json:"repeated_writes_8020"`
	// RetryAfter is the seconds in a Retry-After header of 429 and 425; 0: no
	// header, since none is established (§12.8).
	RetryAfter int `json:"retry_after"`
	// FaultsInOK answers faults with HTTP 200, as two documents claim (§12.3).
	FaultsInOK bool `json:"faults_in_ok"`
	// NumericStatus writes status codes as numbers (§1.4, §10.8.18).
	NumericStatus bool `json:"numeric_status"`
	// RefuseCharset answers a Content-Type with parameters as one client saw (§1.1).
	RefuseCharset bool `json:"refuse_charset"`
	// RefuseSpecialCodes refuses integration codes with anything but letters and digits (§10.7).
	RefuseSpecialCodes bool `json:"refuse_special_codes"`
	// PlainText leaves HTML entities out of names; reads escape them (§4.2, §10.5).
	PlainText bool `json:"plain_text"`
	// TrimmedCodes leaves the padding out of cCodIntOS (§6.2, §10.5).
	TrimmedCodes bool `json:"trimmed_codes"`

	EmailRequired    bool `json:"email_required"`    // the account asks for a customer's e-mail (§3.3)
	DocumentRequired bool `json:"document_required"` // the account asks for a CPF/CNPJ (§3.3)
	// CPFNeedsPessoaFisica validates a CPF as a CNPJ unless pessoa_fisica is S (§3.3, one client).
	CPFNeedsPessoaFisica bool `json:"cpf_needs_pessoa_fisica"`
	// AnyCity takes cities that the catalogue does not know (§1.5 refuses them).
	AnyCity bool `json:"any_city"`
	// NoConsumer leaves out the built-in Cliente Consumidor (§3.3).
	NoConsumer bool `json:"no_consumer"`
	// RepeatedDescriptions lets products share a description (§4.2: unique in some accounts).
	RepeatedDescriptions bool `json:"repeated_descriptions"`

	// AlterReplacesItems drops the items that an alteration does not send; the
	// descriptors describe actions item by item, the default (§6.7, §12.11).
	AlterReplacesItems bool `json:"alter_replaces_items"`
	// ServicesBringProducts puts a service's own used products on a new OS (§6.5, not established).
	ServicesBringProducts bool `json:"services_bring_products"`
	// StockLeavesAtOnce takes an OS's used products out of stock when it is made; default: at billing (§12.23).
	StockLeavesAtOnce bool `json:"stock_leaves_at_once"`
	// PastForecastRefused refuses an unchanged past data_previsao on AlterarPedidoVenda too (§7.2: today or later).
	PastForecastRefused bool `json:"past_forecast_refused"`
	// OrdersWindowIsForecast applies ListarPedidos' filtrar_por_data_* to data_previsao (§7.5, one measurement).
	OrdersWindowIsForecast bool `json:"orders_window_is_forecast"`
	// CancelRefusal, when set, is the text with which cancellations are refused inside HTTP 200 (§10.8.17).
	CancelRefusal string `json:"cancel_refusal"`

	// Latency is added to every call, so that calls overlap.
	Latency time.Duration `json:"latency"`
	// RandSeed makes the choices of Faults with a Rate repeatable.
	RandSeed uint64 `json:"rand_seed"`

	mu         sync.Mutex
	ready      bool
	shift      time.Duration // of the clock, by SetClock
	db         *db
	gate       gate
	req        *request // the one that a handler is answering, under the lock
	rules      rules
	calls      []Call
	violations []Violation
}

// init makes the state on first use. The lock is held.
func (s *Sim) init() {
	if s.ready {
		return
	}
	s.ready = true
	s.db = newDB()
	s.seedDefaults()
}

func (s *Sim) credentials() (key, secret string) {
	if s.AppKey == "" && s.AppSecret == "" {
		return DefaultAppKey, DefaultAppSecret
	}
	return s.AppKey, s.AppSecret
}

// limit returns the setting, its default when it is 0, and no limit (-1) when it is negative.
func limit(set, byDefault int) int {
	switch {
	case set == 0:
		return byDefault
	case set < 0:
		return -1
	}
	return set
}

func (s *Sim) redundancyWindow() time.Duration {
	if s.RedundancyWindow == 0 {
		return time.Minute
	}
	return s.RedundancyWindow
}
