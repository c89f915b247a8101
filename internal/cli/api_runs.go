package cli

import (
	"context"
	"time"

	"ponte/internal/api"
	"ponte/internal/store"
)

// listedRun is a run in the shape of sync; one that has no end yet has no finished_at.
type listedRun struct {
	Account    string          `json:"account"`
	Run        string          `json:"run"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt *time.Time      `json:"finished_at" nullable:"true"`
	Complete   bool            `json:"complete"`
	Flows      []store.FlowRun `json:"flows"`
	Error      string          `json:"error,omitempty"`
}

func asListedRun(r store.Run) listedRun {
	j := asRunJSON(r)
	out := listedRun{Account: j.Account, Run: j.Run, StartedAt: j.StartedAt, Complete: j.Complete, Flows: j.Flows, Error: j.Error}
	if !r.Finished.IsZero() {
		out.FinishedAt = &j.FinishedAt
	}
	return out
}

// runsPage is one page of runs.
type runsPage struct {
	Runs []listedRun `json:"runs"`
	Next string      `json:"next" doc:"The value of before for the next page; empty at the end"`
}

func (s *surface) runs(ctx context.Context, _ *api.Visit, in *struct {
	OfAccount
	Before string `query:"before" maxLength:"64" doc:"Runs older than this one; from the newest when empty"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
},
) (page runsPage, err error) {
	page.Runs = []listedRun{}
	runs, err := s.db.RunsBefore(ctx, in.Account, in.Before, in.Limit+1)
	runs, more := atMost(runs, in.Limit)
	if more {
		page.Next = runs[in.Limit-1].ID
	}
	for _, r := range runs {
		page.Runs = append(page.Runs, asListedRun(r))
	}
	return page, err
}

// OfRun is a request about one run.
type OfRun struct {
	OfAccount
	Run string `path:"run" maxLength:"64" doc:"The run's id"`
}

func (s *surface) run(ctx context.Context, _ *api.Visit, in *OfRun) (listedRun, error) {
	r, err := s.db.Run(ctx, in.Account, in.Run)
	return asListedRun(r), err
}

// changesPage is one page of a run's changes.
type changesPage struct {
	Changes []ledgerJSON `json:"changes"`
	Next    int64        `json:"next" doc:"The value of after for the next page; 0 at the end"`
}

func (s *surface) runChanges(ctx context.Context, _ *api.Visit, in *struct {
	OfRun
	After int64 `query:"after" minimum:"0" doc:"Changes behind this one; from the first when 0"`
	Limit int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
},
) (page changesPage, err error) {
	page.Changes = []ledgerJSON{}
	if _, err := s.db.Run(ctx, in.Account, in.Run); err != nil {
		return page, err
	}
	changes, err := s.db.RunChangesAfter(ctx, in.Account, in.Run, in.After, in.Limit+1)
	changes, more := atMost(changes, in.Limit)
	if more {
		page.Next = changes[in.Limit-1].ID
	}
	for _, c := range changes {
		page.Changes = append(page.Changes, asLedgerJSON(c))
	}
	return page, err
}
