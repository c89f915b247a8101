package main

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"ponte/internal/auvo"
	"ponte/internal/auvo/auvoapi"
	"ponte/internal/cli"
	"ponte/internal/config"
	"ponte/internal/omie"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// connect builds both sides of an account from its settings.
func connect(c cli.Connection) (auvoSide, omieSide record.System, err error) {
	return auvo.New(auvoClient(c), auvoOptions(c.Account)), omie.New(omieClient(c), omieOptions(c.Account)), nil
}

func auvoClient(c cli.Connection) *auvoapi.Client {
	a := c.Account.Auvo
	// Auvo's pauses shrink with Omie's window, which is shorter than a minute
	// only against simulators: 5 s at the real one.
	backoff := c.Account.Omie.RedundancyWindow.Std() / 12
	return auvoapi.New(auvoapi.Config{
		BaseURL: a.BaseURL, APIKey: a.APIKey.Reveal(), APIToken: a.APIToken.Reveal(),
		Memory: c.Memory, RatePerMinute: a.RatePerMinute, IP: c.AuvoIP, Now: c.Now, HTTP: over(c.Transport), Backoff: backoff,
		Watch: c.Watch,
	})
}

func omieClient(c cli.Connection) *omieapi.Client {
	o := c.Account.Omie
	return omieapi.New(omieapi.Config{
		BaseURL: o.BaseURL, AppKey: o.AppKey.Reveal(), AppSecret: o.AppSecret.Reveal(),
		Memory: c.Memory, RatePerMinute: o.RatePerMinute, RedundancyWindow: o.RedundancyWindow.Std(), IP: c.OmieIP, Now: c.Now, HTTP: over(c.Transport),
		Watch: c.Watch,
	})
}

// over is a client over a transport of one's own; nil: the API client's.
func over(t http.RoundTripper) *http.Client {
	if t == nil {
		return nil
	}
	return &http.Client{Transport: t, Timeout: 2 * time.Minute}
}

// memoryKeys names the account's keys in call.Memory, by side.
func memoryKeys(a config.Account) map[string]string {
	c := cli.Connection{Account: a}
	return map[string]string{"auvo": auvoClient(c).MemoryKey(), "omie": omieClient(c).MemoryKey()}
}

// notices reads what a side's webhook says to an account.
func notices(a config.Account, side record.Side, body []byte) []record.Notice {
	if side == record.Omie {
		return omie.Notices(body, a.Omie.AppKey.Reveal())
	}
	return auvo.Notices(body)
}

// nameOf is the Omie field that Auvo's customer name mirrors.
func nameOf(a config.Account) string {
	if a.Flows.Customers == nil {
		return string(config.NameRazaoSocial)
	}
	return string(a.Flows.Customers.Name)
}

func auvoOptions(a config.Account) auvo.Options {
	o := auvo.Options{Name: nameOf(a)}
	if a.Flows.Quotations.On() {
		o.ApprovedStages = a.Flows.Quotations.ApprovedStages
	}
	return o
}

func omieOptions(a config.Account) omie.Options {
	o := omie.Options{Name: nameOf(a), StockLocation: string(config.StockDefault), Defaults: defaultsOf(a)}
	if a.Flows.Products != nil {
		o.StockLocation = string(a.Flows.Products.StockLocation)
	}
	return o
}

// defaultsOf are the settings that name something in Omie's catalogues.
func defaultsOf(a config.Account) omie.Defaults {
	var d omie.Defaults
	if os := a.Orders.ServiceOrder; os != nil {
		d.Categories = add(d.Categories, os.Category, os.UsedProductsCategory)
		d.BankAccounts = add(d.BankAccounts, os.BankAccount)
		d.PaymentTerms = add(d.PaymentTerms, os.PaymentTerm)
		d.ServiceStages = add(d.ServiceStages, os.Stage)
		d.Cities = add(d.Cities, os.City)
		d.Projects = add(d.Projects, os.Project)
		d.FallbackServices = add(d.FallbackServices, os.FallbackService)
		d.Salespeople = add(d.Salespeople, values(os.Salespeople)...)
	}
	if so := a.Orders.SalesOrder; so != nil {
		d.Categories = add(d.Categories, so.Category)
		d.BankAccounts = add(d.BankAccounts, so.BankAccount)
		d.PaymentTerms = add(d.PaymentTerms, so.PaymentTerm)
		d.SalesStages = add(d.SalesStages, so.Stage)
		d.Projects = add(d.Projects, so.Project)
		d.Salespeople = add(d.Salespeople, values(so.Salespeople)...)
	}
	for _, r := range a.Orders.Rules {
		d.Categories = add(d.Categories, deref(r.Category))
		d.BankAccounts = add(d.BankAccounts, deref(r.BankAccount))
		d.PaymentTerms = add(d.PaymentTerms, deref(r.PaymentTerm))
		d.Projects = add(d.Projects, deref(r.Project))
		d.FallbackServices = add(d.FallbackServices, deref(r.Service))
		d.Salespeople = add(d.Salespeople, deref(r.Salesperson))
	}
	if a.Flows.Tasks.On() {
		d.FallbackServices = add(d.FallbackServices, a.Flows.Tasks.AdditionalCostsService)
	}
	if a.Flows.Products.On() {
		id, _ := a.Flows.Products.StockLocation.ID()
		d.StockLocations = add(d.StockLocations, id)
	}
	return d
}

// add appends what names something and does not stand there yet.
func add[T comparable](to []T, all ...T) []T {
	var zero T
	for _, v := range all {
		if v != zero && !slices.Contains(to, v) {
			to = append(to, v)
		}
	}
	return to
}

func values(m map[int64]int64) []int64 { return slices.Sorted(maps.Values(m)) }

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
