package record

import (
	"time"

	"github.com/govalues/decimal"
)

// A Source is a task or a quotation as Auvo holds it: what an order is made
// from. Times are instants; the zero time is unset.
type Source struct {
	CustomerID   string `json:"customer_id,omitempty"` // Auvo id; "" none (a quotation for a lead has none)
	CustomerName string `json:"customer_name,omitempty"`

	Date        time.Time `json:"date,omitzero"`      // task: scheduled start
	Requested   time.Time `json:"requested,omitzero"` // quotation: requestDate
	CheckIn     time.Time `json:"check_in,omitzero"`  // task
	Changed     time.Time `json:"changed,omitzero"`   // when Auvo says it last changed
	Status      string    `json:"status,omitempty"`   // task: one of the Status… names
	TaskType    string    `json:"task_type,omitempty"`
	Pendency    string    `json:"pendency,omitempty"`
	Description string    `json:"description,omitempty"` // task: orientation
	Link        string    `json:"link,omitempty"`        // task: the digital work order
	CreatorID   string    `json:"creator_id,omitempty"`  // task: idUserFrom; quotation: requesterUserId
	CreatorName string    `json:"creator_name,omitempty"`
	WorkerID    string    `json:"worker_id,omitempty"` // task: idUserTo
	WorkerName  string    `json:"worker_name,omitempty"`

	StageID        string   `json:"stage_id,omitempty"` // quotation
	StageName      string   `json:"stage_name,omitempty"`
	StageCancelled bool     `json:"stage_cancelled,omitempty"`
	TaskIDs        []string `json:"task_ids,omitempty"` // quotation: the tasks that it names (taskId, taskIds)

	Products []Line     `json:"products,omitempty"`
	Services []Line     `json:"services,omitempty"`
	Costs    []CostLine `json:"costs,omitempty"` // additional costs
	Discount Discount   `json:"discount,omitzero"`
	Summary  Summary    `json:"summary,omitzero"`

	Deleted bool `json:"deleted,omitempty"` // listed among the deleted ones
}

// The states of a task, by the names of the accounts file.
const (
	StatusOpened         = "opened"
	StatusInDisplacement = "in-displacement"
	StatusCheckedIn      = "checked-in"
	StatusCheckedOut     = "checked-out"
	StatusFinished       = "finished"
	StatusPaused         = "paused"
)

// A Line is a product or a service on a source.
type Line struct {
	ID           string           `json:"id"`                      // Auvo: product GUID on tasks, numeric id on quotations; service GUID
	Code         string           `json:"code,omitempty"`          // product: the numeric id, where given
	ExternalCode string           `json:"external_code,omitempty"` // the SKU or nCodServ, where Auvo gives it
	Name         string           `json:"name,omitempty"`
	Quantity     decimal.Decimal  `json:"quantity"`
	UnitPrice    decimal.Decimal  `json:"unit_price"`
	Total        *decimal.Decimal `json:"total,omitempty"` // as Auvo states it; nil when it does not
	Discount     Discount         `json:"discount,omitzero"`
	// DiscountPerUnit: the discount is for each unit (quotations), not for the line (tasks).
	DiscountPerUnit bool `json:"discount_per_unit,omitempty"`
}

// A CostLine is an additional cost on a source.
type CostLine struct {
	Name  string          `json:"name"`
	Value decimal.Decimal `json:"value"`
}

// A Discount is an amount in reais or, with Percent, a percentage.
type Discount struct {
	Percent bool            `json:"percent,omitempty"`
	Value   decimal.Decimal `json:"value"`
}

// A Summary is the totals as Auvo states them; Known is false when it states none.
type Summary struct {
	Known    bool            `json:"known,omitempty"`
	Products decimal.Decimal `json:"products"`
	Services decimal.Decimal `json:"services"`
	Costs    decimal.Decimal `json:"costs"`
	Total    decimal.Decimal `json:"total"` // after the discount of the whole
}
