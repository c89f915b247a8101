package config

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the time zones, where the machine has none
)

// Validate says what is wrong with an account, as an *Error, or nil. Parse has done it already for a file's accounts.
func (a *Account) Validate() error { return asError(a.problems()) }

func (a *Account) problems() []Problem {
	found := tagProblems(reflect.ValueOf(a).Elem(), "")
	add := func(key, text string, args ...any) {
		found = append(found, Problem{Key: key, Text: fmt.Sprintf(text, args...)})
	}
	a.checkIdentity(add)
	a.Auvo.check(add)
	a.Omie.check(add)
	a.Flows.check(add)
	a.checkOrders(add)
	a.Alerts.check(add)
	return found
}

// reporter takes a problem: its key, and the text that goes on after it.
type reporter func(key, text string, args ...any)

// accountID leaves out a hyphen in front, which a command line would take for a flag.
var accountID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func (a *Account) checkIdentity(add reporter) {
	if a.ID != "" && !accountID.MatchString(a.ID) {
		add("id", "must be 1 to 63 of the letters a-z, digits and hyphens, and begin with a letter or digit")
	}
	if _, err := time.LoadLocation(a.Timezone); err != nil || a.Timezone == "" || a.Timezone == "Local" {
		add("timezone", "must be the name of a time zone, such as America/Sao_Paulo")
	}
}

// Ninety hundredths of the limits that the vendors publish per account or method and minute, which no account may pass
// (P7): Auvo 400, Omie 240.
const (
	auvoHost, auvoMostPerMinute = "api.auvo.com.br", 360
	omieHost, omieMostPerMinute = "app.omie.com.br", 216
	omieRedundancyWindow        = Duration(time.Minute)
)

func (c AuvoConn) check(add reporter) {
	host := checkAddress(c.BaseURL, "auvo.base_url", add)
	if host == auvoHost && c.RatePerMinute > auvoMostPerMinute {
		add("auvo.rate_per_minute", "must be at most %d, 90 %% of Auvo's limit", auvoMostPerMinute)
	}
}

func (c OmieConn) check(add reporter) {
	host := checkAddress(c.BaseURL, "omie.base_url", add)
	if host != omieHost {
		return
	}
	if c.RatePerMinute > omieMostPerMinute {
		add("omie.rate_per_minute", "must be at most %d, 90 %% of Omie's limit", omieMostPerMinute)
	}
	if c.RedundancyWindow < omieRedundancyWindow {
		add("omie.redundancy_window", "must be at least 60s; only a simulator may have a shorter one")
	}
}

// checkAddress is the host of an API's address.
func checkAddress(address, key string, add reporter) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		add(key, "must be an address that begins with https:// or http://")
		return ""
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		add(key, "must hold no user, no ? and no #; credentials have keys of their own")
	}
	return strings.ToLower(u.Hostname())
}

func (f Flows) check(add reporter) {
	if p := f.Products; p.On() && p.StockLocation != StockDefault && p.StockLocation != StockAll {
		if _, isID := p.StockLocation.ID(); !isID {
			add("flows.products.stock_location", "must be default, all or the id of a stock location (codigo_local_estoque)")
		}
	}
	if q := f.Quotations; q.On() && len(q.ApprovedStages) == 0 {
		add("flows.quotations.approved_stages", "is required while the flow is on; list the names or ids of Auvo's stages that mean approved, such as [Aprovado]")
	}
	if f.Tasks != nil {
		checkStages(f.Tasks.FrozenStages, "flows.tasks.frozen_stages", add)
	}
	if f.Quotations != nil {
		checkStages(f.Quotations.FrozenStages, "flows.quotations.frozen_stages", add)
		checkStages(f.Quotations.ApprovedStages, "flows.quotations.approved_stages", add)
	}
}

// checkStages refuses a name with blanks around it, which could never equal a stage's.
func checkStages(stages []string, key string, add reporter) {
	for i, stage := range stages {
		if strings.TrimSpace(stage) != stage {
			add(fmt.Sprintf("%s[%d]", key, i), "must have no blanks around it")
		}
	}
}
