package flow

import (
	"slices"
	"time"

	"ponte/internal/config"
)

// quotations makes orders from quotations that stand in an approved stage.
var quotations = Derive{
	Settings: func(a config.Account) config.Derive { return a.Flows.Quotations.Derive },
	Create:   func(a config.Account) config.Create { return a.Flows.Quotations.Create },
	Unready:  quotationUnready,
	Hold:     quotationHold,
	Notes:    quotationNotes,
	Date:     func(in In) time.Time { return in.TaskDate },
}

// quotationUnready: Auvo has no approved state, only stages, whose names or
// ids the account gives (auvo-api.md §9.2).
func quotationUnready(a config.Account, in In) string {
	src := in.Item.Source
	approved := a.Flows.Quotations.ApprovedStages
	switch {
	case src.StageCancelled:
		return "O orçamento está cancelado no Auvo."
	case !slices.Contains(approved, src.StageName) && !slices.Contains(approved, src.StageID):
		return "O estágio do orçamento é “" + src.StageName + "”, que não está entre os aprovados desta conta."
	case quoted(a) == config.QuotedSkip && len(in.Billed) > 0 && len(in.Made) == 0:
		return "A tarefa " + in.Billed[0].ID + " deste orçamento já tem documento, e a conta pula repetidos."
	}
	return ""
}

func quotationHold(a config.Account, in In) *Wait {
	if quoted(a) == config.QuotedWait && len(in.Billed) > 0 {
		return &Wait{Cause: "billed-by-task", Detail: map[string]string{"other": in.Billed[0].ID}}
	}
	return nil
}

// quoted is the setting for work that both a task and a quotation bill; it
// stands with the tasks, and waits when that flow is absent.
func quoted(a config.Account) config.Quoted {
	if a.Flows.Tasks == nil {
		return config.QuotedWait
	}
	return a.Flows.Tasks.Quoted
}
