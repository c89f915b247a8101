package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"ponte/internal/api"
	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// PlanAsked is what a plan is about.
type PlanAsked struct {
	Flows []string `json:"flows,omitempty" enum:"customers,products,services,tasks,quotations" maxItems:"5" doc:"Only these flows; all that are on when left out"`
	Full  bool     `json:"full,omitempty" doc:"Read everything, whatever the cursors say"`
}

// A PlanState is a plan that was asked for, and once it is done what it found.
type PlanState struct {
	Account string     `json:"account"`
	Plan    string     `json:"plan" doc:"Its number"`
	State   string     `json:"state" enum:"pending,done,failed"`
	Asked   time.Time  `json:"asked_at"`
	Ended   *time.Time `json:"ended_at" nullable:"true"`
	Error   string     `json:"error" doc:"Why it failed"`
	Result  *planJSON  `json:"result,omitempty" doc:"As ponte plan --json"`
}

// A plan that has no answer after planStale was lost with its job, and is asked for
// anew; planKept is how long an answer is kept; planAgain when it is looked for again.
const (
	planStale = time.Hour
	planKept  = 24 * time.Hour
	planAgain = 15 * time.Second
)

func (s *surface) askPlan(ctx context.Context, v *api.Visit, account string, in *PlanAsked) (PlanState, error) {
	of := store.Owner{ID: account}
	about, err := json.Marshal(in)
	if err != nil {
		return PlanState{}, err
	}
	works, err := s.db.Works(ctx, of)
	if err != nil {
		return PlanState{}, err
	}
	now := time.Now()
	if w := works[setup.Plan]; w.Pending() && w.About == string(about) && now.Sub(w.Asked) < planStale {
		return api.Commit(ctx, v, account, store.Act{}, func(context.Context) (PlanState, error) { return planState(w), nil })
	}
	return api.Commit(ctx, v, account, audit.PlanAsked(), func(ctx context.Context) (PlanState, error) {
		number, asked, err := s.db.AskWorkAlone(ctx, of, setup.Plan, string(about), now, now.Add(-planStale), s.queue.Ask)
		if err == nil && !asked {
			err = api.RetryAfter(api.Refuse(http.StatusConflict, "plan %d of the account, of other flows, is being made", number), planAgain)
		}
		return planState(store.Work{Owner: of, Number: number, Asked: now.Truncate(time.Millisecond)}), err
	})
}

// planState is how far a plan is. What it found is read by its caller.
func planState(w store.Work) PlanState {
	p := PlanState{Account: w.ID, Plan: strconv.FormatInt(w.Number, 10), State: "pending", Asked: w.Asked.UTC()}
	if w.Pending() {
		return p
	}
	at := w.Ended.UTC()
	p.State, p.Ended = "done", &at
	if w.Said != "" {
		p.State, p.Error = "failed", w.Said
	}
	return p
}

func (s *surface) plan(ctx context.Context, _ *api.Visit, in *struct {
	OfAccount
	Plan int64 `path:"plan" minimum:"1" doc:"Its number"`
},
) (p PlanState, err error) {
	works, err := s.db.Works(ctx, store.Owner{ID: in.Account})
	if err != nil {
		return p, err
	}
	w := works[setup.Plan]
	if p = planState(w); w.Number != in.Plan {
		if in.Plan < w.Number {
			return p, api.Refuse(http.StatusNotFound, "plan %d has taken its place", w.Number)
		}
		return p, api.Refuse(http.StatusNotFound, "there is no such plan")
	}
	if p.State != "done" {
		return p, nil
	}
	if len(w.Answer) == 0 || time.Since(w.Ended) > planKept {
		return p, api.Refuse(http.StatusNotFound, "the plan is older than a day and was forgotten")
	}
	p.Result = &planJSON{}
	return p, json.Unmarshal(w.Answer, p.Result)
}

// plan makes a plan that was asked for, with the connection that the account's cycles
// go on with and under the lease that the job holds. What goes wrong is its answer.
func (c *connections) plan(ctx context.Context, a config.Account, number int64) (w store.Work, err error) {
	of := store.Owner{ID: a.ID}
	works, err := c.session.db.Works(ctx, of)
	if err != nil {
		return w, err
	}
	w = store.Work{Owner: of, Work: setup.Plan, Number: number, Answered: works[setup.Plan].About}
	var asked PlanAsked
	if err := json.Unmarshal([]byte(w.Answered), &asked); err != nil {
		return w, err
	}
	p, err := c.dryRun(ctx, a, asked)
	switch {
	case err == nil:
		w.Answer, err = json.Marshal(p)
		return w, err
	case ctx.Err() != nil:
		return w, err // another process makes it
	}
	c.session.log.Warn("a plan failed", "account", a.ID, "error", err)
	w.Said = oneLine(err.Error())
	return w, nil
}

func (c *connections) dryRun(ctx context.Context, a config.Account, asked PlanAsked) (planJSON, error) {
	at, err := c.of(a)
	if err != nil {
		return planJSON{}, err
	}
	return c.session.planned(ctx, a, func(ctx context.Context, scratch *store.DB, lease store.Lease) (store.Run, error) {
		e := &engine.Engine{Store: scratch, Auvo: at.auvo, Omie: at.omie, Account: a, Now: time.Now}
		dry(e)
		return c.session.runOn(ctx, e, lease, runFlags{Flow: asked.Flows, Full: asked.Full})
	})
}

// forgetAnswers forgets what programs were answered, hour by hour, when it is a day old.
func (s *session) forgetAnswers(ctx context.Context) {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	for {
		if err := s.db.ForgetAnswers(ctx, time.Now().Add(-planKept), setup.Plan); err != nil && ctx.Err() == nil {
			s.log.Error("cannot forget what programs were answered", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
		}
	}
}
