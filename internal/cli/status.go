package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ponte/internal/config"
	"ponte/internal/flow"
	"ponte/internal/hook"
	"ponte/internal/store"
)

type statusCmd struct {
	Account string `help:"Only this account."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (statusCmd) Help() string { return "Example:\n  ponte status" }

type accountStatus struct {
	Account string        `json:"account"`
	Name    string        `json:"name"`
	Paused  bool          `json:"paused"`
	Running string        `json:"running,omitempty"`
	Flows   []flowStatus  `json:"flows"`
	Waiting int           `json:"waiting"`
	Ignored int           `json:"ignored"`
	Unclear int           `json:"unclear"`
	Blocks  []blockJSON   `json:"blocks"`
	Held    []heldJSON    `json:"held"`
	Drift   []driftJSON   `json:"drift"`
	Hooks   []hook.Status `json:"hooks"`
	Alerts  []alertJSON   `json:"alerts"`
	Yields  []yieldJSON   `json:"yields"`
	Rhythm  *rhythmJSON   `json:"rhythm,omitempty"`

	Undelivered []undeliveredJSON `json:"undelivered"`

	LastCycle *cycleJSON  `json:"last_cycle"` // null before the first ended
	Changes   changesJSON `json:"changes"`
	Faults    []faultJSON `json:"faults"`

	Recovery *recoveryJSON `json:"recovery,omitempty"`
}

// recoveryJSON is the account's last recovery: its database was put back.
type recoveryJSON struct {
	Why   string     `json:"why"`      // backup, older-file
	State time.Time  `json:"state_of"` // to when it was put back
	Since time.Time  `json:"since"`
	Ended *time.Time `json:"ended"` // null while it recovers
}

type flowStatus struct {
	Flow      string         `json:"flow"`
	On        bool           `json:"on"`
	LastRun   *time.Time     `json:"last_run"`
	Complete  bool           `json:"complete"`
	Freshness *int           `json:"freshness_seconds"` // how old the newest fully processed instant is
	Counts    *store.FlowRun `json:"counts"`
	Waiting   int            `json:"waiting"`
	Error     string         `json:"error"`
}

type blockJSON struct {
	Side  string    `json:"side"`
	Until time.Time `json:"until"`
}

type heldJSON struct {
	Flow    string    `json:"flow"`
	Brake   string    `json:"brake"`
	Changes int       `json:"changes"`
	Since   time.Time `json:"since"`
}

func (c *statusCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	all := []accountStatus{}
	for _, a := range accounts {
		st, err := s.status(a)
		if err != nil {
			return err
		}
		all = append(all, st)
	}
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(all)
	}
	for _, st := range all {
		if err := printStatus(s, st); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) status(a config.Account) (accountStatus, error) {
	row, err := s.db.Account(s.ctx, a.ID)
	if err != nil {
		return accountStatus{}, err
	}
	st := accountStatus{Account: a.ID, Name: a.Name, Paused: row.Paused, Flows: []flowStatus{}, Blocks: []blockJSON{}, Held: []heldJSON{}, Drift: []driftJSON{}, Hooks: []hook.Status{}, Alerts: []alertJSON{}, Undelivered: []undeliveredJSON{}, Yields: []yieldJSON{}, Faults: []faultJSON{}}
	all, err := s.db.Waits(s.ctx, a.ID)
	if err != nil {
		return st, err
	}
	waits := shown(slices.Clone(all))
	st.Waiting, st.Ignored = len(waits), len(all)-len(waits)
	if st.Running, err = s.db.Holder(s.ctx, a.ID); err != nil {
		return st, err
	}
	unclear, err := s.db.UnclearWrites(s.ctx, a.ID)
	if err != nil {
		return st, err
	}
	st.Unclear = len(unclear)
	runs, err := s.db.LastFlowRuns(s.ctx, a.ID)
	if err != nil {
		return st, err
	}
	done, err := s.db.Processed(s.ctx, a.ID)
	if err != nil {
		return st, err
	}
	for _, f := range flow.All {
		fs := flowStatusOf(a, f, runs[f.Name], done)
		for _, w := range waits {
			if w.Flow == f.Name {
				fs.Waiting++
			}
		}
		st.Flows = append(st.Flows, fs)
	}
	if st.Blocks, err = s.blocks(a); err != nil {
		return st, err
	}
	if st.Drift, err = s.drift(a.ID); err != nil {
		return st, err
	}
	if st.Recovery, err = s.recovery(a.ID); err != nil {
		return st, err
	}
	if st.Hooks, err = hook.Statuses(s.ctx, s.db, a.ID, time.Now()); err != nil {
		return st, err
	}
	if st.Yields, err = s.yields(a); err != nil {
		return st, err
	}
	if st.Rhythm, err = s.rhythm(a.ID); err != nil {
		return st, err
	}
	if err := s.alerts(&st); err != nil {
		return st, err
	}
	if err := s.truths(a, &st); err != nil {
		return st, err
	}
	holds, err := s.db.Holds(s.ctx, a.ID)
	for _, h := range holds {
		if h.Release == "" {
			st.Held = append(st.Held, heldJSON{h.Flow, h.Brake, h.Count, h.Since.UTC()})
		}
	}
	return st, err
}

func flowStatusOf(a config.Account, f flow.Flow, run store.Run, done map[string]time.Time) flowStatus {
	fs := flowStatus{Flow: f.Name, On: f.On(a)}
	if run.Started.IsZero() {
		return fs
	}
	at := run.Started.UTC()
	fs.LastRun = &at
	for _, fr := range run.Flows {
		if fr.Flow == f.Name {
			fs.Counts, fs.Error, fs.Complete = &fr, fr.Error, fr.Error == ""
		}
	}
	oldest := f.Fresh(done)
	if oldest.IsZero() {
		return fs
	}
	seconds := int(time.Since(oldest).Seconds())
	fs.Freshness = &seconds
	return fs
}

// blocks are the sides that refuse the account's key now, and until when.
func (s *session) blocks(a config.Account) ([]blockJSON, error) {
	out := []blockJSON{}
	for side, key := range s.world.MemoryKeys(a) {
		until, err := s.db.Memory().Block(s.ctx, key)
		if err != nil {
			return out, err
		}
		if until.After(time.Now()) {
			out = append(out, blockJSON{side, until.UTC()})
		}
	}
	return out, nil
}

// recovery is the account's last recovery, nil when it had none.
func (s *session) recovery(account string) (*recoveryJSON, error) {
	r, err := s.db.Recovery(s.ctx, account)
	if err != nil || r.Since.IsZero() {
		return nil, err
	}
	j := &recoveryJSON{Why: r.Why, State: r.State.UTC(), Since: r.Since.UTC()}
	if !r.On() {
		at := r.Ended.UTC()
		j.Ended = &at
	}
	return j, nil
}

func printRecovery(s *session, r *recoveryJSON) {
	if r == nil {
		return
	}
	const stamp = "02/01/2006 15:04"
	state := "a um estado anterior"
	if !r.State.IsZero() {
		state = "ao estado de " + r.State.Local().Format(stamp)
	}
	if r.Ended != nil {
		s.printf("Recuperação terminada em %s: o banco de dados tinha voltado %s\n", r.Ended.Local().Format(stamp), state)
		return
	}
	s.printf("Em recuperação desde %s: o banco de dados voltou %s; o Ponte procura primeiro o que já foi feito, e não cria nada duas vezes\n", r.Since.Local().Format(stamp), state)
}

func printStatus(s *session, st accountStatus) error {
	state := ""
	if st.Paused {
		state = " (paused)"
	}
	t := newTable(s.out(), "FLOW", "LAST RUN", "FRESHNESS", "READ", "CREATED", "UPDATED", "WAITS", "STATE")
	for _, f := range st.Flows {
		switch {
		case !f.On:
			t.row(f.Flow, "–", "–", "", "", "", "", "off")
		case f.LastRun == nil:
			t.row(f.Flow, "never", "–", "", "", "", f.Waiting, "on")
		default:
			t.row(f.Flow, f.LastRun.Local().Format("02/01 15:04:05"), ago(f.Freshness), count(f.Counts, "read"), count(f.Counts, "created"), count(f.Counts, "updated"), f.Waiting, stateOf(f))
		}
	}
	if err := t.flush(fmt.Sprintf("%s – %s%s: %d waiting, %d ignored, %d unclear", st.Account, oneLine(st.Name), state, st.Waiting, st.Ignored, st.Unclear)); err != nil {
		return err
	}
	printRecovery(s, st.Recovery)
	printTruths(s, st)
	printRhythm(s, st)
	printDrift(s, st.Drift)
	printAlerts(s, st)
	for _, h := range st.Hooks {
		printHook(s, h)
	}
	for _, b := range st.Blocks {
		s.printf("%s refuses the key until %s\n", b.Side, b.Until.Local().Format("15:04:05"))
	}
	for _, h := range st.Held {
		s.printf("%s: %d changes held by the brake %q: ponte plan, then ponte release --account %s %s\n", h.Flow, h.Changes, h.Brake, st.Account, h.Flow)
	}
	return nil
}

func ago(seconds *int) string {
	if seconds == nil {
		return "–"
	}
	return (time.Duration(*seconds) * time.Second).String()
}

func count(fr *store.FlowRun, what string) int {
	if fr == nil {
		return 0
	}
	return map[string]int{"read": fr.Read, "created": fr.Created, "updated": fr.Updated}[what]
}

func stateOf(f flowStatus) string {
	if f.Error != "" {
		return f.Error
	}
	return "ok"
}
