package auvosim

import "net/http"

// taskMembers are the members of a task in the order of a live answer (auvo-api.md §8.1, §8.5, §8.6).
func taskMembers() []member {
	return []member{
		{name: "taskID", shape: integer},
		{name: "externalId", ways: both, most: 255},
		{name: "idUserFrom", shape: integer, ways: both},
		{name: "userFromName"},
		{name: "idUserTo", shape: integer, ways: both},
		{name: "userToName"},
		{name: "customerId", shape: integer, ways: both},
		{name: "customerExternalId"},
		{name: "customerDescription"},
		{name: "taskType", shape: integer, ways: both},
		{name: "taskTypeDescription"},
		{name: "creationDate", shape: moment},
		{name: "taskDate", shape: moment, ways: both},
		{name: "latitude", shape: number, ways: both},
		{name: "longitude", shape: number, ways: both},
		{name: "address", ways: both},
		{name: "orientation", ways: both, most: 5000},
		{name: "priority", shape: integer, ways: both, zero: whole(2)},
		{name: "deliveredOnSmarthPhone", shape: boolean},
		{name: "deliveredDate", shape: moment},
		{name: "finished", shape: boolean},
		{name: "report"},
		{name: "visualized", shape: boolean},
		{name: "visualizedDate", shape: moment},
		{name: "checkIn", shape: boolean},
		{name: "checkInDate", shape: moment},
		{name: "checkOut", shape: boolean},
		{name: "checkOutDate", shape: moment},
		{name: "checkinType", shape: integer, ways: both, zero: whole(1)},
		{name: "keyWords", shape: texts, ways: both},
		{name: "keyWordsDescriptions", shape: texts},
		{name: "inputedKm", shape: number},
		{name: "adoptedKm", shape: number},
		{name: "attachments", shape: list, ways: post | dropped},
		{name: "questionnaires", shape: list},
		{name: "signatureUrl"},
		{name: "signatureName"},
		{name: "signatureDocument"},
		{name: "checkInDistance", shape: integer},
		{name: "checkOutDistance", shape: integer},
		{name: "sendSatisfactionSurvey", shape: boolean, ways: both},
		{name: "sendDigitalOs", shape: boolean, ways: both},
		{name: "survey"},
		{name: "taskUrl"},
		{name: "pendency"},
		{name: "equipmentsId", shape: integers, ways: post},
		{name: "dateLastUpdate", shape: moment},
		{name: "ticketId", shape: integer},
		{name: "ticketTitle"},
		{name: "expense", zero: "0,00"},
		{name: "duration"},
		{name: "durationDecimal"},
		{name: "displacementStart", shape: moment},
		{name: "products", shape: list},
		{name: "services", shape: list},
		{name: "additionalCosts", shape: list},
		{name: "summary", shape: object},
		{name: "estimatedDuration", zero: "00:00:00"},
		{name: "financialCategory", ways: both},
		{name: "openedOnLocation", shape: boolean},
		{name: "timeControl", shape: list},
		{name: "reschedulingHistory", shape: list},
		{name: "taskStatus", shape: integer, zero: whole(opened)},
		{name: "reasonForPause"},
		// What only requests say (§8.5).
		{name: "taskProducts", shape: list, ways: post | dropped},
		{name: "taskServices", shape: list, ways: post | dropped},
		{name: "taskAdditionalCosts", shape: list, ways: post | dropped},
		{name: "taskDiscount", shape: object, ways: post | dropped},
		{name: "teamId", shape: integer, ways: both | dropped},
		{name: "questionnaireId", shape: integer, ways: both | dropped},
		{name: "listIdUserTo", shape: integers, ways: post | dropped},
		{name: "financialCategoryId", ways: both | dropped},
	}
}

func taskFilters() []filter {
	return []filter{
		from("startDate", "taskDate"), until("endDate", "taskDate"), from("dateLastUpdate", "dateLastUpdate"),
		equals("customerId", "customerId"),
		{name: "customerGroupId", match: inGroup},
		equals("idUserTo", "idUserTo"), equals("type", "taskType"), oneOf("typeList", "taskType"),
		{name: "status", match: inStatus},
		oneOf("taskID", "taskID"), oneOf("externalId", "externalId"),
		contains("orientation", "orientation"), equals("priority", "priority"),
		{name: "tags", match: func(_ *Sim, r Record, v any) bool { return hasAny(r["keyWords"], choices(v)) }},
		{name: "teamId", match: always},
		{name: "questionnairesId", match: always},
		{name: "showCustomerDocument", match: always},
	}
}

func always(*Sim, Record, any) bool { return true }

// tasks is /tasks (auvo-api.md §8).
func tasks() *kind {
	return &kind{
		data: "tasks", path: "tasks", one: "Task", id: "taskID", first: 81200001,
		created: "creationDate", updated: "dateLastUpdate", capped: true, empty: http.StatusNotFound,
		required: []string{"idUserFrom", "orientation", "priority"}, keys: []string{"externalId"},
		members: taskMembers(), filters: taskFilters(),
		adopt: adoptTask, complete: completeTask, check: checkTask, render: renderTask,
	}
}

// deletedTasks is /tasks/GetDeletedTasks: the filters and shape of tasks, and
// 200 when empty (auvo-api.md §8.4, §13).
func deletedTasks() *kind {
	k := tasks()
	k.data, k.path, k.empty = "deletedtasks", "tasks/getdeletedtasks", http.StatusOK
	k.filters = taskFilters()
	k.filters[0].match = deletionWindow(isFrom, k.filters[0])
	k.filters[1].match = deletionWindow(isUntil, k.filters[1])
	return k
}

// deletionWindow compares taskDate, or when the task was deleted (auvo-api.md §14.19).
func deletionWindow(fits func(stored, bound string) bool, byTaskDate filter) func(*Sim, Record, any) bool {
	return func(s *Sim, r Record, v any) bool {
		if !s.DeletedByDeletionDate {
			return byTaskDate.match(s, r, v)
		}
		return fits(stamp(s.state.deletedAt[r.Text("taskID")], secondLayout), scalar(v))
	}
}

// inGroup selects by the groups of the task's customer.
func inGroup(s *Sim, r Record, v any) bool {
	return hasAny(s.find("customers", r.Text("customerId"))["groupsId"], []string{scalar(v)})
}

// inStatus is the filter's own enum, another than taskStatus (auvo-api.md §8.2).
func inStatus(_ *Sim, r Record, v any) bool {
	status, done := r.Int("taskStatus"), r.Bool("finished")
	automatic := r.Int("checkinType") == 2
	switch scalar(v) {
	case "0":
		return !done
	case "1":
		return done && automatic
	case "2":
		return done && !automatic
	case "3":
		return done
	case "5":
		return r.Text("pendency") != ""
	case "6":
		return r.Bool("checkIn") || done
	case "7":
		return status > opened && status != finished
	}
	return true
}

// datesMissing is the live answer to a task list without dates and customer
// (auvo-api.md §2.4, §2.6 c).
func (c *exchange) datesMissing() *reply {
	has := func(name string) bool {
		key, ok := nameIn(c.filter, name)
		return ok && scalar(c.filter[key]) != ""
	}
	if id := "customerId"; has(id) {
		return nil
	}
	var complaints []any
	for _, name := range []string{"startDate", "endDate"} {
		if !has(name) {
			complaints = append(complaints, map[string]any{
				"message": "Bad request", "target": name, "errorCode": 168,
				"errors": []string{"Start date and end date are required when customerId is not provided"},
			})
		}
	}
	if complaints == nil {
		return nil
	}
	c.note(MissingDates, c.path)
	return &reply{status: http.StatusBadRequest, body: complaints}
}
