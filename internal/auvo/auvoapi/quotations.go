package auvoapi

import (
	"context"
	"time"

	"github.com/govalues/decimal"
)

// Quotations is /quotations (docs/apis/auvo.md, Quotations). No webhook tells of them.
type Quotations struct{ c *Client }

// A Quotation stands in one stage of a funnel; which stages mean approved only
// the account knows.
type Quotation struct {
	Row
	PublicID           int64
	CustomerID         int64 // 0: it is for a lead
	CustomerName       string
	CustomerExternalID string
	LeadName           string
	ExternalCode       string
	TaskID             int64   // an old single link; 0 none
	TaskIDs            []int64 // the tasks it names
	RequesterUserID    int64
	RegisterDate       time.Time
	RequestDate        time.Time
	ExpireDate         time.Time
	LastUpdateDate     time.Time // a day, without an hour, in the current generation
	Observations       string
	PublicLink         string // a bearer link
	HasItems           bool   // false: the row leaves products out, read it by id
	Products           []QuotationItem
	Services           []QuotationItem
	AdditionalCosts    []QuotationCost
	CurrentStage       Stage
	Summary            QuotationSummary
}

// A Stage is where a quotation stands.
type Stage struct {
	ID          int64
	Description string
	Position    int64
	IsCancelled bool
}

// A QuotationItem is a product or a service on a quotation.
type QuotationItem struct {
	ProductID       int64  // the product's Code; 0 on a service
	ServiceID       string // a GUID; "" on a product
	ExternalCode    string
	Name            string // of services; products carry none in the documents
	Description     string
	Amount          decimal.Decimal
	UnitaryValue    decimal.Decimal
	UnitaryDiscount Discount // of each unit
}

// A QuotationCost is an additional cost on a quotation.
type QuotationCost struct {
	ID, CostID  int64
	Description string
	Value       decimal.Decimal
}

// A QuotationSummary is Auvo's own sum of a quotation.
type QuotationSummary struct {
	TotalProducts        decimal.NullDecimal
	TotalServices        decimal.NullDecimal
	TotalAdditionalCosts decimal.NullDecimal
	GrossTotalValue      decimal.NullDecimal
	NetTotalValue        decimal.NullDecimal // after the discount
	Discount             Discount            // of the whole quotation
}

// A QuotationFilter chooses quotations by the day of their last change, which is
// all the precision there is: overlap by a day. Zero members choose all.
type QuotationFilter struct {
	LastUpdateStart, LastUpdateEnd time.Time
}

// List returns one page of quotations. Read one by id before acting on it.
func (s Quotations) List(ctx context.Context, f QuotationFilter, page, pageSize int) (Page[Quotation], error) {
	filter := struct {
		Start string `json:"lastUpdateStartDate,omitempty"`
		End   string `json:"lastUpdateEndDate,omitempty"`
	}{day(f.LastUpdateStart), day(f.LastUpdateEnd)}
	return list(ctx, s.c, "/quotations", filter, page, pageSize, readQuotation)
}

// Get returns one quotation; Gone when there is none.
func (s Quotations) Get(ctx context.Context, id int64) (Quotation, error) {
	return get(ctx, s.c, byID("/quotations", id), readQuotation)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format(time.DateOnly)
}

func readQuotation(o *object) Quotation {
	q := Quotation{
		PublicID:           o.key("publicId", "id"),
		CustomerID:         o.id("customerId"),
		CustomerName:       o.text("customerName"),
		CustomerExternalID: o.text("customerExternalId"),
		LeadName:           o.text("leadName"),
		ExternalCode:       o.text("externalCode"),
		TaskID:             o.id("taskId"),
		TaskIDs:            o.ids("taskIds"),
		RequesterUserID:    o.id("requesterUserId"),
		RegisterDate:       o.date("registerDate"),
		RequestDate:        o.date("requestDate"),
		ExpireDate:         o.date("expireDate"),
		LastUpdateDate:     o.date("lastUpdateDate", "dateLastUpdate"),
		Observations:       o.text("observations"),
		PublicLink:         o.text("publicLink"),
		HasItems:           o.has("products"),
		Products:           each(o, readQuotationItem, "products"),
		Services:           each(o, readQuotationItem, "services"),
		AdditionalCosts:    each(o, readQuotationCost, "aditionalCosts", "additionalCosts"),
		CurrentStage:       readStage(o.inner("currentStage")),
		Summary:            readQuotationSummary(o.inner("summary")),
	}
	if !o.has("summary") {
		q.Summary.Discount.Value = o.number("descount").Decimal // the sum's discount under an old name
	}
	q.Row = o.row()
	return q
}

func readStage(o *object) Stage {
	return Stage{o.id("id"), o.text("description"), o.id("position"), o.flag(false, "isCancelled")}
}

func readQuotationItem(o *object) QuotationItem {
	return QuotationItem{
		ProductID:       o.id("productId"),
		ServiceID:       o.text("serviceId"),
		ExternalCode:    o.text("externalCode"),
		Name:            o.text("name"),
		Description:     o.text("description"),
		Amount:          o.need("amount", "amout", "quantity"),
		UnitaryValue:    o.need("unitaryValue"),
		UnitaryDiscount: o.discount("unitaryDiscount"),
	}
}

func readQuotationCost(o *object) QuotationCost {
	return QuotationCost{o.id("id"), o.id("costId"), o.text("description"), o.need("value")}
}

func readQuotationSummary(o *object) QuotationSummary {
	return QuotationSummary{
		TotalProducts:        o.number("totalProducts"),
		TotalServices:        o.number("totalServices"),
		TotalAdditionalCosts: o.number("totalAdditionalCosts"),
		GrossTotalValue:      o.number("grossTotalValue"),
		NetTotalValue:        o.number("netTotalValue"),
		Discount:             o.discount("discount"),
	}
}
