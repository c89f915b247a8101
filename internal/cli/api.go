package cli

import (
	"context"
	"net/http"

	"ponte/internal/api"
	"ponte/internal/queue"
	"ponte/internal/token"
)

// A surface is what programs may ask under /api/v1: internal/api stands around it.
// Its answers have the shapes of --json.
type surface struct {
	*session
	queue *queue.Queue
}

// OfAccount is a request about one account.
type OfAccount struct {
	Account string `path:"account" doc:"The account's id" maxLength:"63"`
}

// addAPI adds the operations, and the document that describes them.
func (s *session) addAPI(mux *http.ServeMux, q *queue.Queue) {
	readAll, _ := s.world.Getenv("PONTE_API_TOKEN")
	s.addOperations(api.New(mux, api.Options{Store: s.db, Log: s.log, Version: s.world.Version, ReadAll: readAll}), q)
}

func (s *session) addOperations(a *api.API, q *queue.Queue) {
	on := &surface{s, q}
	a.MayBeNull(flowStatus{}, "counts")
	read := func(id, path, summary string) api.Op {
		return api.Op{ID: id, Path: path, Summary: summary, Scope: token.Read}
	}
	const one = "/accounts/{account}"
	api.Get(a, read("accounts", "/accounts", "The accounts that the token sees"), on.accounts)
	api.Get(a, read("status", one, "One account's flows, waits, blocks, hooks, drift and alerts, as ponte status --json"), on.status)
	api.Get(a, read("runs", one+"/runs", "Its runs, newest first, in pages"), on.runs)
	api.Get(a, read("run", one+"/runs/{run}", "One run"), on.run)
	api.Get(a, read("run-changes", one+"/runs/{run}/changes", "What a run planned and did, oldest first, in pages"), on.runChanges)
	api.Get(a, read("records", one+"/records", "Records that answer to a name, a document or a number"), on.records)
	api.Get(a, read("record", one+"/records/{kind}/{side}/{id}", "The life of one record, as ponte explain --json, without what came as it came"), on.record)
	api.Get(a, read("explain", one+"/explain", "The life of the one record that answers to a name, as record"), on.explain)
	api.Get(a, read("waiting", one+"/waiting", "What waits for a person, as ponte waiting --json"), on.waiting)
	api.Post(a, api.Op{
		ID: "retry", Path: one + "/retry", Summary: "Have waiting records decided again by the next cycle", Scope: token.Operate,
		About: "As ponte retry. Names one record, a cause, or a run. An order that was undone, or is cancelled or gone in Omie, is made again under the next code; a record with a write of unknown outcome is left out, since that is looked up first.",
	}, on.retry)
	api.Post(a, api.Op{ID: "ignore", Path: one + "/ignore", Summary: "Stop showing what waits, with a reason and an end", Scope: token.Operate, About: "As ponte ignore. It shows again by itself when that day is over or when it becomes another wait, and with retry."}, on.ignore)
	api.Post(a, api.Op{
		ID: "ask-plan", Path: one + "/plans", Summary: "Have a dry run of the account's next cycle made", Scope: token.Plan, Status: http.StatusAccepted,
		About: "As ponte plan: reads both sides and writes to neither. A worker makes it under the account's lease, which takes minutes with large accounts: ask for it by its number. An account has one plan at a time; asked for again while it is made, the same one is answered.",
	}, on.askPlan)
	api.Get(a, api.Op{ID: "plan", Path: one + "/plans/{plan}", Summary: "A plan, once it is made: its result is as ponte plan --json", Scope: token.Plan, About: "It is kept for a day, or until a newer one is asked for."}, on.plan)
	a.Describe()
}

// atMost are the first n of a list, and whether there are more.
func atMost[T any](all []T, n int) (first []T, more bool) {
	return all[:min(n, len(all))], len(all) > n
}

// listedAccount is one line of the accounts.
type listedAccount struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Paused  bool   `json:"paused"`
}

func (s *surface) accounts(ctx context.Context, v *api.Visit, _ *struct{}) ([]listedAccount, error) {
	rows, err := s.db.Accounts(ctx)
	out := []listedAccount{}
	for _, a := range rows {
		if v.Sees(a.ID) {
			out = append(out, listedAccount{a.ID, a.Name, a.Paused})
		}
	}
	return out, err
}

func (s *surface) status(_ context.Context, _ *api.Visit, in *OfAccount) (st accountStatus, err error) {
	a, err := s.account(in.Account)
	if err != nil {
		return st, err
	}
	return s.session.status(a)
}

func (s *surface) waiting(_ context.Context, _ *api.Visit, in *OfAccount) ([]WaitJSON, error) {
	waits, err := s.openWaits(in.Account)
	out := []WaitJSON{}
	for _, w := range waits {
		out = append(out, asWaitJSON(in.Account, w))
	}
	return out, err
}
