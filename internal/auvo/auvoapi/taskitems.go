package auvoapi

import "github.com/govalues/decimal"

// A TaskItem is a product or a service on a task. Whether TotalValue includes
// the discount is not documented: compute, and compare.
type TaskItem struct {
	ID           string // the GUID of the product or the service
	Code         int64  // the product's Code; 0 on a service
	ExternalCode string
	Name         string
	Description  string // of products
	Quantity     decimal.Decimal
	UnitaryValue decimal.Decimal     // may have 4 decimals
	TotalValue   decimal.NullDecimal // of the line
	Discount     Discount            // of the line
}

// A TaskCost is an additional cost on a task. It has neither quantity nor discount.
type TaskCost struct {
	AdditionalCostID string // a GUID
	Code             int64
	Name             string
	UnitaryValue     decimal.Decimal
}

// A TaskSummary is Auvo's own sum of a task.
type TaskSummary struct {
	TotalProducts        decimal.NullDecimal
	TotalServices        decimal.NullDecimal
	TotalAdditionalCosts decimal.NullDecimal
	TotalValue           decimal.NullDecimal
	Discount             Discount // of the whole task
}

func readTaskItem(o *object) TaskItem {
	return TaskItem{
		ID:           o.text("productId", "serviceId", "id"),
		Code:         o.id("code"),
		ExternalCode: o.text("externalCode"),
		Name:         o.text("name"),
		Description:  o.text("description"),
		Quantity:     o.need("quantity", "amount"),
		UnitaryValue: o.need("unitaryValue"),
		TotalValue:   o.number("totalValue"),
		Discount:     o.discount("discount"),
	}
}

func readTaskCost(o *object) TaskCost {
	return TaskCost{
		AdditionalCostID: o.text("additionalCostId", "id"),
		Code:             o.id("code"),
		Name:             o.text("name"),
		UnitaryValue:     o.need("unitaryValue", "value"),
	}
}

func readTaskSummary(o *object) TaskSummary {
	return TaskSummary{
		TotalProducts:        o.number("totalProducts"),
		TotalServices:        o.number("totalServices"),
		TotalAdditionalCosts: o.number("totalAdditionalCosts"),
		TotalValue:           o.number("totalValue"),
		Discount:             o.discount("discount"),
	}
}
