package flow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
)

// tasks makes orders from tasks that meet the account's statuses, types and groups.
var tasks = Derive{
	Settings: func(a config.Account) config.Derive { return a.Flows.Tasks.Derive },
	Create:   func(a config.Account) config.Create { return a.Flows.Tasks.Create },
	Unready:  taskUnready,
	Hold:     taskHold,
	Notes:    taskNotes,
	Date:     func(in In) time.Time { return in.Item.Source.Date },
}

var statusNames = map[string]string{
	record.StatusOpened: "aberta", record.StatusInDisplacement: "em deslocamento", record.StatusCheckedIn: "com check-in",
	record.StatusCheckedOut: "com check-out", record.StatusFinished: "finalizada", record.StatusPaused: "pausada",
}

func taskUnready(a config.Account, in In) string {
	t, src := a.Flows.Tasks, in.Item.Source
	switch {
	case !slices.Contains(t.Statuses, config.TaskStatus(src.Status)):
		return "O status da tarefa é “" + cmp.Or(statusNames[src.Status], "desconhecido") + "”, e a conta só leva outros."
	case len(t.TaskTypes) > 0 && !containsID(t.TaskTypes, src.TaskType):
		return "O tipo da tarefa (" + src.TaskType + ") não está entre os escolhidos."
	case len(t.CustomerGroups) > 0 && !inGroups(in.Customer, t.CustomerGroups):
		return "O cliente da tarefa não está em nenhum dos grupos escolhidos."
	case t.Quoted == config.QuotedSkip && len(in.Billed) > 0 && len(in.Made) == 0:
		return "O orçamento " + in.Billed[0].ID + " já leva este trabalho, e a conta pula tarefas orçadas."
	}
	return ""
}

func taskHold(a config.Account, in In) *Wait {
	t, src := a.Flows.Tasks, in.Item.Source
	switch {
	case t.HoldPending && strings.TrimSpace(src.Pendency) != "":
		return &Wait{Cause: "pending", Detail: map[string]string{"pendency": src.Pendency}}
	case t.Quoted == config.QuotedWait && len(in.Billed) > 0:
		return &Wait{Cause: "billed-by-quotation", Detail: map[string]string{"other": in.Billed[0].ID}}
	}
	return nil
}

func containsID(ids []int64, id string) bool {
	n, err := strconv.ParseInt(id, 10, 64)
	return err == nil && slices.Contains(ids, n)
}

func inGroups(customer *record.Item, groups []int64) bool {
	if customer == nil {
		return false
	}
	return slices.ContainsFunc(splitList(customer.Fact(record.FactGroups)), func(g string) bool { return containsID(groups, g) })
}
