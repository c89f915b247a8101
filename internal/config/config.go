// Package config holds what an operator decides: which Auvo account is joined to which Omie app, which flows run
// between them, and how orders are filled in. It reads that from an accounts file (YAML, so JSON too), writes it back
// without secrets, and says what changed between two versions.
//
// The structs below are the reference of the accounts file: the json tag is the key, the comment its meaning, and the
// tags say the rest, once, for the file, the web forms and the tests alike:
//
//	default   the value of a key that is left out
//	oneof     the only values allowed
//	min       the smallest number or duration allowed
//	required  a value must be given, and a list must not be empty
//
// What depends on more than one key is in validate.go. The package calls no network, reads no environment of its own
// and never prints a Secret.
package config

import "math"

// File is an accounts file.
type File struct {
	// Accounts, in the file's order.
	Accounts []Account `json:"accounts"`
}

// Account joins one Auvo account to one Omie app. A company with several CNPJs has several accounts.
type Account struct {
	// ID names the account for ever: in commands, links, metrics and logs. Letters a-z, digits and hyphens.
	ID string `json:"id" required:"true"`
	// Name is what people see; the id when left out.
	Name string `json:"name"`
	// Timezone is where the account's day begins (an IANA name). Vendor stamps are São Paulo's, whatever it says.
	Timezone string `json:"timezone" default:"America/Sao_Paulo"`
	// Auvo is the field-service side.
	Auvo AuvoConn `json:"auvo"`
	// Omie is the ERP side.
	Omie OmieConn `json:"omie"`
	// Every is the pause between the starts of two cycles.
	Every Duration `json:"every" default:"10m" min:"1m"`
	// Flows says what is kept in step; a flow that is absent is off.
	Flows Flows `json:"flows"`
	// Orders says how the documents in Omie are filled in.
	Orders Orders `json:"orders"`
	// Alerts says who is told when something is wrong; left out: nobody.
	Alerts Alerts `json:"alerts,omitzero"`
}

// Seconds is how long so many calls to each side take at the account's rates.
func (a Account) Seconds(auvo, omie int) int {
	minutes := max(float64(auvo)/float64(a.Auvo.RatePerMinute), float64(omie)/float64(a.Omie.RatePerMinute))
	return int(math.Ceil(minutes * 60))
}

// AuvoConn is how an account reaches Auvo.
type AuvoConn struct {
	// BaseURL is the API's address, without a slash at its end.
	BaseURL string `json:"base_url" default:"https://api.auvo.com.br/v2"`
	// APIKey and APIToken are the pair that Auvo shows under Menu > Integração.
	APIKey   Secret `json:"api_key,omitzero" required:"true"`
	APIToken Secret `json:"api_token,omitzero" required:"true"`
	// RatePerMinute is how many calls the account may make in any 60 seconds.
	RatePerMinute int `json:"rate_per_minute" default:"360" min:"1"`
}

// OmieConn is how an account reaches Omie.
type OmieConn struct {
	// BaseURL is the API's address, without a slash at its end.
	BaseURL string `json:"base_url" default:"https://app.omie.com.br/api/v1"`
	// AppKey and AppSecret are the pair of the Omie app.
	AppKey    Secret `json:"app_key,omitzero" required:"true"`
	AppSecret Secret `json:"app_secret,omitzero" required:"true"`
	// RatePerMinute is how many calls the account may make to one method in any 60 seconds.
	RatePerMinute int `json:"rate_per_minute" default:"216" min:"1"`
	// RedundancyWindow is how long Omie refuses an identical request; shorter only against a simulator.
	RedundancyWindow Duration `json:"redundancy_window" default:"60s" min:"0s"`
}

// Flows are the flows of an account. A nil flow is off.
type Flows struct {
	Customers  *Customers  `json:"customers,omitempty"`
	Products   *Products   `json:"products,omitempty"`
	Services   *Services   `json:"services,omitempty"`
	Tasks      *Tasks      `json:"tasks,omitempty"`
	Quotations *Quotations `json:"quotations,omitempty"`
}

// Orders says how service orders and sales orders are filled in. A block is required only when an enabled flow or a
// rule can make that document.
type Orders struct {
	ServiceOrder *ServiceOrder `json:"service_order,omitempty"`
	SalesOrder   *SalesOrder   `json:"sales_order,omitempty"`
	// Rules override the blocks above for some sources; the first that matches counts.
	Rules []Rule `json:"rules,omitempty"`
}

// ServiceOrder is how a service order (OS) is filled in.
type ServiceOrder struct {
	// Stage (etapa) is the code of the stage in which the order is made.
	Stage string `json:"stage" default:"10"`
	// Category is the code of its category (categoria), such as 1.01.02.
	Category string `json:"category"`
	// BankAccount is the id of its bank account (conta corrente).
	BankAccount int64 `json:"bank_account" min:"0"`
	// PaymentTerm (parcela) is the code of its payment term; 000 is at sight.
	PaymentTerm string `json:"payment_term" default:"000"`
	// FallbackService is the catalogue service for a line that has no linked service; with 0 such a task waits.
	FallbackService int64 `json:"fallback_service" min:"0"`
	// UsedProducts says how used products leave the stock: EST or REM, in Omie's words.
	UsedProducts UsedProducts `json:"used_products" default:"EST" oneof:"EST REM"`
	// UsedProductsCategory is the category of their remittance; required with REM.
	UsedProductsCategory string `json:"used_products_category"`
	// City is where the service is rendered, as NOME (UF); empty: the company's own.
	City string `json:"city"`
	// Project is the id of the Omie project; 0: none.
	Project int64 `json:"project" min:"0"`
	// Salespeople maps an Auvo user's id to an Omie salesperson's.
	Salespeople map[int64]int64 `json:"salespeople"`
}

// SalesOrder is how a sales order (pedido de venda) is filled in.
type SalesOrder struct {
	// Stage (etapa) is the code of the stage in which the order is made.
	Stage string `json:"stage" default:"10"`
	// Category is the code of its category (categoria), such as 1.01.03.
	Category string `json:"category"`
	// BankAccount is the id of its bank account (conta corrente).
	BankAccount int64 `json:"bank_account" min:"0"`
	// PaymentTerm (parcela) is the code of its payment term; 000 is at sight.
	PaymentTerm string `json:"payment_term" default:"000"`
	// FinalConsumer says that the buyer is the final consumer (consumidor final).
	FinalConsumer bool `json:"final_consumer" default:"true"`
	// Project is the id of the Omie project; 0: none.
	Project int64 `json:"project" min:"0"`
	// Salespeople maps an Auvo user's id to an Omie salesperson's.
	Salespeople map[int64]int64 `json:"salespeople"`
}

// Rule changes how the documents of some sources are filled in. A nil field is not overridden.
type Rule struct {
	// When says which sources the rule is for.
	When When `json:"when"`

	Create      *Create `json:"create,omitempty" oneof:"service-order sales-order both"`
	Category    *string `json:"category,omitempty"`
	BankAccount *int64  `json:"bank_account,omitempty" min:"1"`
	PaymentTerm *string `json:"payment_term,omitempty"`
	Stage       *string `json:"stage,omitempty"`
	// Service stands in for every service of the source.
	Service     *int64 `json:"service,omitempty" min:"1"`
	Project     *int64 `json:"project,omitempty" min:"0"`
	Salesperson *int64 `json:"salesperson,omitempty" min:"0"`
}

// When is the condition of a rule: every part that is given must hold; a part that is empty always holds.
type When struct {
	// Flow is tasks or quotations; empty: both.
	Flow string `json:"flow,omitempty" oneof:"tasks quotations"`
	// TaskTypes are ids; the rule is then for tasks only.
	TaskTypes []int64 `json:"task_types,omitempty" min:"1"`
	// CustomerGroups are ids of Auvo's groups, of which the customer is in at least one.
	CustomerGroups []int64 `json:"customer_groups,omitempty" min:"1"`
	// Cities are names of the customer's city, case and accents apart.
	Cities []string `json:"cities,omitempty"`
	// Users are ids of the Auvo users who made the source.
	Users []int64 `json:"users,omitempty" min:"1"`
}
