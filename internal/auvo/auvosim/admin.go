package auvosim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const adminPrefix = "/_sim/"

// adminActions is the admin API: what tests and people do to the account from
// outside, as JSON. An action returns what to answer.
var adminActions = map[string]func(s *Sim, body []byte) (any, error){
	"GET state":          func(s *Sim, _ []byte) (any, error) { return s.Snapshot(), nil },
	"POST seed":          adminSeed,
	"POST break":         adminBreak,
	"DELETE break":       func(s *Sim, _ []byte) (any, error) { s.Mend(); return done, nil },
	"GET calls":          func(s *Sim, _ []byte) (any, error) { return orNone(s.Calls()), nil },
	"DELETE calls":       func(s *Sim, _ []byte) (any, error) { s.ResetCalls(); return done, nil },
	"GET violations":     func(s *Sim, _ []byte) (any, error) { return orNone(s.Violations()), nil },
	"POST edit":          adminEdit,
	"POST remove":        adminRemove,
	"POST finish":        adminFinish,
	"POST move":          adminMove,
	"POST stage":         adminStage,
	"POST expire-tokens": func(s *Sim, _ []byte) (any, error) { s.ExpireTokens(); return done, nil },
	"POST clock":         adminClock,
	"GET settings":       func(s *Sim, _ []byte) (any, error) { return s.settings() },
	"POST settings":      adminSettings,
}

var done = map[string]bool{"ok": true}

func orNone[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}

// serveAdmin runs an action: 200 with its answer, 400 {"error"} when it cannot.
func (s *Sim) serveAdmin(w http.ResponseWriter, r *http.Request) {
	name := r.Method + " " + r.URL.Path[len(adminPrefix):]
	action, ok := adminActions[name]
	if !ok {
		adminAnswer(w, http.StatusNotFound, map[string]string{"error": "no action " + name})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4*mostBody))
	if err == nil {
		var answer any
		if answer, err = action(s, body); err == nil {
			adminAnswer(w, http.StatusOK, answer)
			return
		}
	}
	adminAnswer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

func adminAnswer(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(data); err != nil {
		return // the client has gone
	}
}

func adminSeed(s *Sim, body []byte) (any, error) {
	var d Data
	if err := decodeStrict(body, &d); err != nil {
		return nil, err
	}
	return done, s.Seed(d)
}

func adminBreak(s *Sim, body []byte) (any, error) {
	var f Fault
	if err := decodeStrict(body, &f); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return map[string]int{"fault": s.Break(f)}, nil
}

// adminTarget is the body of the actions on one record; ids may be numbers.
type adminTarget struct {
	Kind   string          `json:"kind"`
	ID     json.RawMessage `json:"id"`
	Set    map[string]any  `json:"set"`
	Status int             `json:"status"`
	Stage  json.RawMessage `json:"stage"`
	Items
}

func readTarget(body []byte) (t adminTarget, id string, err error) {
	if err := decodeStrict(body, &t); err != nil {
		return t, "", err
	}
	id, err = unquoted(t.ID)
	return t, id, err
}

// unquoted reads a JSON string or number as text.
func unquoted(raw json.RawMessage) (string, error) {
	var v any
	if err := decodeJSON(raw, &v); err != nil {
		return "", fmt.Errorf("an id or name is missing: %w", err)
	}
	return scalar(v), nil
}

func adminEdit(s *Sim, body []byte) (any, error) {
	t, id, err := readTarget(body)
	if err != nil {
		return nil, err
	}
	return done, s.Edit(t.Kind, id, t.Set)
}

func adminRemove(s *Sim, body []byte) (any, error) {
	t, id, err := readTarget(body)
	if err != nil {
		return nil, err
	}
	return done, s.Remove(t.Kind, id)
}

func adminFinish(s *Sim, body []byte) (any, error) {
	t, id, err := readTarget(body)
	if err != nil {
		return nil, err
	}
	return done, s.FinishTask(id, t.Items)
}

func adminMove(s *Sim, body []byte) (any, error) {
	t, id, err := readTarget(body)
	if err != nil {
		return nil, err
	}
	return done, s.MoveTask(id, t.Status)
}

func adminStage(s *Sim, body []byte) (any, error) {
	t, id, err := readTarget(body)
	if err != nil {
		return nil, err
	}
	stage, err := unquoted(t.Stage)
	if err != nil {
		return nil, err
	}
	return done, s.SetStage(id, stage)
}

// adminClock makes now read the given instant; it runs on from there.
func adminClock(s *Sim, body []byte) (any, error) {
	var clock struct {
		At time.Time `json:"at"`
	}
	if err := decodeStrict(body, &clock); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.offset += clock.At.Sub(s.now())
	return map[string]time.Time{"now": s.now()}, nil
}

// settings answers the switches as they stand.
func (s *Sim) settings() (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(s)
}

// adminSettings changes the switches that the body names.
func adminSettings(s *Sim, body []byte) (any, error) {
	s.mu.Lock()
	err := decodeStrict(body, s)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.settings()
}

// decodeStrict refuses members that nobody reads: a misspelt switch would
// otherwise test nothing.
func decodeStrict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(into)
}
