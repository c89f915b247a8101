package config

import (
	"fmt"
	"strconv"
	"time"
)

// Direction is which way customers cross.
type Direction string

// Directions of the customers flow.
const (
	BothWays   Direction = "both"
	OmieToAuvo Direction = "omie-to-auvo"
	AuvoToOmie Direction = "auvo-to-omie"
)

// Conflict is the policy for a field that changed on both sides.
type Conflict string

// Policies for conflicts.
const (
	ConflictOmie Conflict = "omie" // Omie's value is kept
	ConflictAuvo Conflict = "auvo" // Auvo's value is kept
	ConflictAsk  Conflict = "ask"  // a person decides
)

// CustomerName is the Omie field that Auvo's customer name mirrors.
type CustomerName string

// Fields of Omie that can carry the customer's name.
const (
	NameRazaoSocial  CustomerName = "razao_social"
	NameNomeFantasia CustomerName = "nome_fantasia"
)

// Inactive is what happens to an inactive record that the other side does not know.
type Inactive string

// What can happen to an inactive record.
const (
	InactiveMake Inactive = "make"
	InactiveSkip Inactive = "skip"
)

// Create is what a source becomes in Omie.
type Create string

// What a source can become.
const (
	CreateServiceOrder Create = "service-order"
	CreateSalesOrder   Create = "sales-order"
	CreateBoth         Create = "both" // services on a service order, products on a sales order
)

// Service says whether a service order may be made.
func (c Create) Service() bool { return c == CreateServiceOrder || c == CreateBoth }

// Sales says whether a sales order may be made.
func (c Create) Sales() bool { return c == CreateSalesOrder || c == CreateBoth }

// TaskStatus is a task's status, named after Auvo's taskStatus 1 to 6.
type TaskStatus string

// Statuses of a task, in Auvo's order.
const (
	TaskOpened         TaskStatus = "opened"
	TaskInDisplacement TaskStatus = "in-displacement"
	TaskCheckedIn      TaskStatus = "checked-in"
	TaskCheckedOut     TaskStatus = "checked-out"
	TaskFinished       TaskStatus = "finished"
	TaskPaused         TaskStatus = "paused"
)

// Quoted is what happens when a task and a quotation bill the same work.
type Quoted string

// What can happen to work that is both a task's and a quotation's.
const (
	QuotedWait Quoted = "wait"
	QuotedSkip Quoted = "skip"
	QuotedBill Quoted = "bill"
)

// OnDelete is what happens to the open document of a deleted source.
type OnDelete string

// What can happen to that document.
const (
	OnDeleteWait   OnDelete = "wait"
	OnDeleteCancel OnDelete = "cancel"
)

// UsedProducts is how the products of a service order leave Omie's stock.
type UsedProducts string

// Omie's two ways.
const (
	UsedProductsEST UsedProducts = "EST" // out of stock
	UsedProductsREM UsedProducts = "REM" // by a remittance
)

// StockLocation is default, all, or the id of a stock location (codigo_local_estoque).
type StockLocation string

// Stock locations that are not an id.
const (
	StockDefault StockLocation = "default" // the place that Omie marks as default
	StockAll     StockLocation = "all"     // the sum of all places
)

// ID is the id of the place; false for default and all.
func (l StockLocation) ID() (int64, bool) {
	id, err := strconv.ParseInt(string(l), 10, 64)
	return id, err == nil && id > 0
}

// Duration is a length of time, written as 10m, 5h or 1h30m.
type Duration time.Duration

// Std is the duration as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes whole hours and minutes without zero parts: 5h, 10m, 60s as 1m.
func (d Duration) String() string {
	std := time.Duration(d)
	switch {
	case std != 0 && std%time.Hour == 0:
		return fmt.Sprintf("%dh", std/time.Hour)
	case std != 0 && std%time.Minute == 0:
		return fmt.Sprintf("%dm", std/time.Minute)
	}
	return std.String()
}

// Days is the duration in whole days, a started one counted as one.
func (d Duration) Days() int {
	const day = 24 * time.Hour
	return int((d.Std() + day - 1) / day)
}

// MarshalText writes the duration as String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a duration such as 10m.
func (d *Duration) UnmarshalText(text []byte) error {
	std, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("must be a duration such as 10m or 5h")
	}
	*d = Duration(std)
	return nil
}

// Date is a day written as YYYY-MM-DD; empty when none was given.
type Date string

// In is the start of the day in a place; false when no day was given.
func (d Date) In(place *time.Location) (time.Time, bool) {
	start, err := time.ParseInLocation(time.DateOnly, string(d), place)
	return start, err == nil
}

// UnmarshalText reads a day; an empty text is no day.
func (d *Date) UnmarshalText(text []byte) error {
	if _, err := time.Parse(time.DateOnly, string(text)); err != nil && len(text) > 0 {
		return fmt.Errorf("must be a date such as 2026-11-23")
	}
	*d = Date(text)
	return nil
}
