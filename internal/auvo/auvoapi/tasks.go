package auvoapi

import (
	"context"
	"time"
)

// Tasks is /tasks (docs/apis/auvo.md, Tasks).
type Tasks struct{ c *Client }

// The states of a task. The filter "status" has other numbers and is never sent.
const (
	TaskOpened         = 1
	TaskInDisplacement = 2
	TaskCheckedIn      = 3
	TaskCheckedOut     = 4
	TaskFinished       = 5
	TaskPaused         = 6
)

// A Task is one visit by one user to at most one customer. It has no title and
// no cancelled state: a cancelled task is deleted.
type Task struct {
	Row
	TaskID              int64
	ExternalID          string
	IDUserFrom          int64 // who opened it
	UserFromName        string
	IDUserTo            int64 // the technician; 0 none
	UserToName          string
	CustomerID          int64 // 0 none
	CustomerExternalID  string
	CustomerDescription string
	TaskType            int64 // 0 none
	TaskTypeDescription string
	CreationDate        time.Time
	TaskDate            time.Time // when it is planned
	Address             string
	Orientation         string
	CheckInDate         time.Time
	CheckOutDate        time.Time
	Finished            bool
	TaskStatus          int    // TaskOpened …, 0 unknown
	Pendency            string // not empty: closed with something pending
	TaskURL             string // a bearer link: whoever has it sees the order
	DateLastUpdate      time.Time
	HasItems            bool // false: the row leaves products and services out, read the task by id
	Products            []TaskItem
	Services            []TaskItem
	AdditionalCosts     []TaskCost
	Summary             TaskSummary
}

// A TaskFilter chooses tasks. Start and End bound TaskDate, both inclusive; a
// zero bound is far away. DateLastUpdate, when set, asks for what changed at or
// after it.
type TaskFilter struct {
	Start, End     time.Time
	DateLastUpdate time.Time
}

// Auvo demands both bounds; these are as wide as live clients use.
var (
	longAgo  = time.Date(2000, 1, 1, 0, 0, 0, 0, Zone)
	farAhead = time.Date(2099, 12, 31, 23, 59, 59, 0, Zone)
)

// wire is the filter as it is sent, with both bounds.
func (f TaskFilter) wire() any {
	if f.Start.IsZero() {
		f.Start = longAgo
	}
	if f.End.IsZero() {
		f.End = farAhead
	}
	return struct {
		StartDate      moment `json:"startDate"`
		EndDate        moment `json:"endDate"`
		DateLastUpdate moment `json:"dateLastUpdate,omitzero"`
	}{moment(f.Start), moment(f.End), moment(f.DateLastUpdate)}
}

// List returns one page of tasks; pageSize is at most 100. Its rows may lack
// items and check-in times: read a task by id before acting on it.
func (s Tasks) List(ctx context.Context, f TaskFilter, page, pageSize int) (Page[Task], error) {
	return list(ctx, s.c, "/tasks", f.wire(), page, pageSize, readTask)
}

// Get returns one task; Gone when it is unknown or deleted.
func (s Tasks) Get(ctx context.Context, id int64) (Task, error) {
	return get(ctx, s.c, byID("/tasks", id), readTask)
}

// Deleted returns one page of deleted tasks by TaskDate, by default from 60 days
// before the run's clock to a year ahead. A row is a hint: confirm it by Get.
func (s Tasks) Deleted(ctx context.Context, f TaskFilter, page, pageSize int) (Page[Task], error) {
	if f.Start.IsZero() && f.End.IsZero() {
		now := s.c.now().In(Zone)
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, Zone)
		f.Start, f.End = day.AddDate(0, 0, -60), day.AddDate(1, 0, 1).Add(-time.Second)
	}
	return list(ctx, s.c, "/tasks/GetDeletedTasks", f.wire(), page, pageSize, readTask)
}

func readTask(o *object) Task {
	t := Task{
		TaskID:              o.key("taskID", "id"),
		ExternalID:          o.text("externalId"),
		IDUserFrom:          o.id("idUserFrom"),
		UserFromName:        o.text("userFromName"),
		IDUserTo:            o.id("idUserTo"),
		UserToName:          o.text("userToName"),
		CustomerID:          o.id("customerId"),
		CustomerExternalID:  o.text("customerExternalId"),
		CustomerDescription: o.text("customerDescription"),
		TaskType:            o.id("taskType"),
		TaskTypeDescription: o.text("taskTypeDescription"),
		CreationDate:        o.date("creationDate"),
		TaskDate:            o.date("taskDate"),
		Address:             o.text("address"),
		Orientation:         o.text("orientation"),
		CheckInDate:         o.date("checkInDate"),
		CheckOutDate:        o.date("checkOutDate"),
		Finished:            o.flag(false, "finished"),
		TaskStatus:          int(o.id("taskStatus")),
		Pendency:            o.text("pendency"),
		TaskURL:             o.text("taskUrl"),
		DateLastUpdate:      o.date("dateLastUpdate"),
		HasItems:            o.has("products") && o.has("services"),
		Products:            each(o, readTaskItem, "products"),
		Services:            each(o, readTaskItem, "services"),
		AdditionalCosts:     each(o, readTaskCost, "additionalCosts", "aditionalCosts"),
		Summary:             readTaskSummary(o.inner("summary")),
	}
	t.Row = o.row()
	return t
}
