package store

import "context"

const runColumns = `account, id, started, finished, complete, flows, error`

func scanRun(r row) (Run, error) {
	var run Run
	var started, finished int64
	var flows string
	if err := r.Scan(&run.Account, &run.ID, &started, &finished, &run.Complete, &flows, &run.Error); err != nil {
		return Run{}, err
	}
	run.Started, run.Finished = instant(started), instant(finished)
	return run, decode(flows, &run.Flows)
}

// StartRun records that a run began. The same run may be started again, by its next slice.
func (db *DB) StartRun(ctx context.Context, l Lease, r Run) error {
	return db.under(ctx, l, "StartRun", func(q query) error { return saveRun(q, l, r) })
}

// FinishRun records how a run ended.
func (db *DB) FinishRun(ctx context.Context, l Lease, r Run) error {
	r.Finished = orNow(r.Finished)
	return db.under(ctx, l, "FinishRun", func(q query) error { return saveRun(q, l, r) })
}

func saveRun(q query, l Lease, r Run) error {
	seq, err := numbers(q, l.Account, 1)
	if err != nil {
		return err
	}
	_, err = q.exec(`insert into runs (`+runColumns+`, seq) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (account, id) do update set finished = excluded.finished, complete = excluded.complete,
			flows = excluded.flows, error = excluded.error`,
		l.Account, r.ID, r.Started, r.Finished, r.Complete, encode(r.Flows), r.Error, seq)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(r.Flows))
	for _, f := range r.Flows {
		rows = append(rows, []any{l.Account, f.Flow, r.ID})
	}
	return q.insert("flow_runs", "account, flow, run", `on conflict (account, flow) do update set run = excluded.run`, rows)
}

// LastRun returns the account's newest finished run, or ErrNotFound.
func (db *DB) LastRun(ctx context.Context, account string) (Run, error) {
	return first(db.ask(ctx), scanRun, `select `+runColumns+` from runs where account = $1 and finished <> 0 order by seq desc limit 1`, account)
}

// RunOf returns a run, or ErrNotFound.
func (db *DB) RunOf(ctx context.Context, account, id string) (Run, error) {
	return first(db.ask(ctx), scanRun, `select `+runColumns+` from runs where account = $1 and id = $2`, account, id)
}

// LastFlowRuns returns for each flow the newest run that has it, finished or not.
func (db *DB) LastFlowRuns(ctx context.Context, account string) (map[string]Run, error) {
	runs, err := list(db.ask(ctx), scanRun, `select `+runColumns+` from runs
		where account = $1 and id in (select run from flow_runs where account = $1) order by seq`, account)
	if err != nil {
		return nil, err
	}
	out := map[string]Run{}
	for _, r := range runs {
		for _, f := range r.Flows {
			out[f.Flow] = r
		}
	}
	return out, nil
}

// EveryLastFlowRuns returns what LastFlowRuns does of all accounts, by account.
func (db *DB) EveryLastFlowRuns(ctx context.Context) (map[string]map[string]Run, error) {
	runs, err := list(db.ask(ctx), scanRun, `select r.account, r.id, r.started, r.finished, r.complete, r.flows, r.error
		from (select distinct account, run from flow_runs) f cross join runs r where r.account = f.account and r.id = f.run order by r.account, r.seq`)
	out := map[string]map[string]Run{}
	for _, r := range runs {
		if out[r.Account] == nil {
			out[r.Account] = map[string]Run{}
		}
		for _, f := range r.Flows {
			out[r.Account][f.Flow] = r
		}
	}
	return out, err
}

// Runs returns the account's n newest runs, newest first.
func (db *DB) Runs(ctx context.Context, account string, n int) ([]Run, error) {
	return list(db.ask(ctx), scanRun, `select `+runColumns+` from runs where account = $1 order by seq desc limit $2`, account, n)
}
