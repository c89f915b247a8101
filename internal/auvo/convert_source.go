package auvo

import (
	"time"

	"github.com/govalues/decimal"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

var statuses = map[int]string{
	auvoapi.TaskOpened: record.StatusOpened, auvoapi.TaskInDisplacement: record.StatusInDisplacement, auvoapi.TaskCheckedIn: record.StatusCheckedIn,
	auvoapi.TaskCheckedOut: record.StatusCheckedOut, auvoapi.TaskFinished: record.StatusFinished, auvoapi.TaskPaused: record.StatusPaused,
}

// taskItem is a task as a record. finished goes with status 5 (docs/apis/auvo.md, Tasks).
func taskItem(t auvoapi.Task) record.Item {
	src := &record.Source{
		CustomerID: text(t.CustomerID), CustomerName: t.CustomerDescription, Date: t.TaskDate, CheckIn: t.CheckInDate, Changed: t.DateLastUpdate,
		Status: statuses[t.TaskStatus], TaskType: text(t.TaskType), Pendency: t.Pendency, Description: t.Orientation, Link: t.TaskURL,
		CreatorID: text(t.IDUserFrom), CreatorName: t.UserFromName, WorkerID: text(t.IDUserTo), WorkerName: t.UserToName,
		Discount: discount(t.Summary.Discount), Summary: taskSummary(t.Summary),
	}
	if t.Finished {
		src.Status = record.StatusFinished
	}
	for _, p := range t.Products {
		src.Products = append(src.Products, taskLine(p))
	}
	for _, v := range t.Services {
		src.Services = append(src.Services, taskLine(v))
	}
	for _, c := range t.AdditionalCosts {
		src.Costs = append(src.Costs, record.CostLine{Name: c.Name, Value: c.UnitaryValue})
	}
	i := record.Item{
		Kind: record.Task, Side: record.Auvo, ID: text(t.TaskID), Title: "Tarefa " + text(t.TaskID), Source: src,
		Keys: record.Keys(record.Key{Name: record.KeyCustomer, Value: src.CustomerID}),
	}
	return rowed(partial(stamped(i, t.DateLastUpdate), t.HasItems), t.Row)
}

// partial marks a row that a list gave without its items (docs/apis/auvo.md, Tasks).
func partial(i record.Item, whole bool) record.Item {
	if !whole {
		i.Facts = map[string]string{record.FactPartial: "true"}
	}
	return i
}

func taskLine(l auvoapi.TaskItem) record.Line {
	return record.Line{
		ID: l.ID, Code: text(l.Code), ExternalCode: l.ExternalCode, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitaryValue,
		Total: known(l.TotalValue), Discount: discount(l.Discount),
	}
}

func taskSummary(s auvoapi.TaskSummary) record.Summary {
	return record.Summary{Known: s.TotalValue.Valid, Products: s.TotalProducts.Decimal, Services: s.TotalServices.Decimal, Costs: s.TotalAdditionalCosts.Decimal, Total: s.TotalValue.Decimal}
}

func known(n decimal.NullDecimal) *decimal.Decimal {
	if !n.Valid {
		return nil
	}
	return &n.Decimal
}

func discount(d auvoapi.Discount) record.Discount {
	return record.Discount{Percent: d.Percent, Value: d.Value}
}

// quotationItem is a quotation as a record. Its last change is a day: it counts
// as the day's last second, so that a change made later that day is never taken
// for an old one; what was read is compared by content.
func quotationItem(q auvoapi.Quotation) record.Item {
	src := &record.Source{
		CustomerID: text(q.CustomerID), CustomerName: q.CustomerName, Requested: q.RequestDate, Changed: endOfDay(q.LastUpdateDate),
		StageID: text(q.CurrentStage.ID), StageName: q.CurrentStage.Description, StageCancelled: q.CurrentStage.IsCancelled,
		TaskIDs: tasksOf(q), CreatorID: text(q.RequesterUserID),
		Discount: discount(q.Summary.Discount),
		Summary: record.Summary{
			Known: q.Summary.NetTotalValue.Valid, Products: q.Summary.TotalProducts.Decimal, Services: q.Summary.TotalServices.Decimal,
			Costs: q.Summary.TotalAdditionalCosts.Decimal, Total: q.Summary.NetTotalValue.Decimal,
		},
	}
	for _, p := range q.Products {
		line := quotationLine(p)
		line.ID = text(p.ProductID)
		line.Code = line.ID
		src.Products = append(src.Products, line)
	}
	for _, v := range q.Services {
		line := quotationLine(v)
		line.ID = v.ServiceID
		src.Services = append(src.Services, line)
	}
	for _, c := range q.AdditionalCosts {
		src.Costs = append(src.Costs, record.CostLine{Name: c.Description, Value: c.Value})
	}
	i := record.Item{
		Kind: record.Quotation, Side: record.Auvo, ID: text(q.PublicID), Title: "Orçamento " + text(q.PublicID), Source: src,
		Keys: record.Keys(record.Key{Name: record.KeyCustomer, Value: src.CustomerID}),
	}
	for _, t := range src.TaskIDs {
		i.Keys = append(i.Keys, record.Key{Name: record.KeyTask, Value: t})
	}
	i.Changed = src.Changed // a day is no version: it moves once a day
	return rowed(partial(i, q.HasItems), q.Row)
}

func quotationLine(l auvoapi.QuotationItem) record.Line {
	return record.Line{ExternalCode: l.ExternalCode, Name: l.Name, Quantity: l.Amount, UnitPrice: l.UnitaryValue, Discount: discount(l.UnitaryDiscount), DiscountPerUnit: true}
}

// endOfDay is the last second of a day given without an hour.
func endOfDay(t time.Time) time.Time {
	if t.IsZero() || t.Hour()+t.Minute()+t.Second() > 0 {
		return t
	}
	return t.AddDate(0, 0, 1).Add(-time.Second)
}

// tasksOf are the tasks that a quotation names, in either generation's member.
func tasksOf(q auvoapi.Quotation) []string {
	var out []string
	seen := map[int64]bool{0: true}
	for _, id := range append([]int64{q.TaskID}, q.TaskIDs...) {
		if !seen[id] {
			seen[id] = true
			out = append(out, text(id))
		}
	}
	return out
}
