package omiesim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// adminRoutes is the admin API, in JSON: what tests, demos and people do behind
// the API's back.
var adminRoutes = map[string]func(*Sim, []byte) (any, error){
	"GET state":         func(s *Sim, _ []byte) (any, error) { return s.Snapshot(), nil },
	"POST seed":         adminSeed,
	"POST break":        adminBreak,
	"DELETE break":      func(s *Sim, _ []byte) (any, error) { s.Mend(); return nil, nil },
	"DELETE blocks":     func(s *Sim, _ []byte) (any, error) { s.LiftBlocks(); return nil, nil },
	"GET calls":         func(s *Sim, _ []byte) (any, error) { return orEmpty(s.Calls()), nil },
	"DELETE calls":      func(s *Sim, _ []byte) (any, error) { s.ResetCalls(); return nil, nil },
	"GET violations":    func(s *Sim, _ []byte) (any, error) { return orEmpty(s.Violations()), nil },
	"DELETE violations": func(s *Sim, _ []byte) (any, error) { s.ResetViolations(); return nil, nil },
	"POST edit":         act(func(s *Sim, o order) error { return s.Edit(o.Kind, o.ID, o.Set) }),
	"POST remove":       act(func(s *Sim, o order) error { return s.Remove(o.Kind, o.ID) }),
	"POST bill":         act(func(s *Sim, o order) error { return s.Bill(o.Kind, o.ID) }),
	"POST cancel":       act(func(s *Sim, o order) error { return s.Cancel(o.Kind, o.ID) }),
	"POST stage":        act(func(s *Sim, o order) error { return s.SetStage(o.Kind, o.ID, o.Stage) }),
	"POST stock":        act(func(s *Sim, o order) error { return s.MoveStock(o.Product, o.Place, o.Quantity.String()) }),
	"POST clock":        adminClock,
	"GET settings":      func(s *Sim, _ []byte) (any, error) { return s.settings() },
	"POST settings":     adminSettings,
}

// An order is the body of what a person does to one record.
type order struct {
	Kind     string         `json:"kind"`
	ID       int64          `json:"id"`
	Set      map[string]any `json:"set"`
	Stage    string         `json:"stage"`
	Product  int64          `json:"codigo_produto"`
	Place    int64          `json:"codigo_local_estoque"`
	Quantity json.Number    `json:"quantidade"`
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// serveAdmin answers 200 with JSON, 204 without, 400 with {"error"}.
func (s *Sim) serveAdmin(w http.ResponseWriter, r *http.Request) {
	route := r.Method + " " + strings.Trim(strings.TrimPrefix(r.URL.Path, "/_sim/"), "/")
	run, ok := adminRoutes[route]
	if !ok {
		adminAnswer(w, http.StatusNotFound, map[string]string{"error": "no such route: " + route})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 256<<20))
	var out any
	if err == nil {
		out, err = run(s, body)
	}
	switch {
	case err != nil:
		adminAnswer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
	case out == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		adminAnswer(w, http.StatusOK, out)
	}
}

func adminAnswer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(http.ErrAbortHandler) // the reader went away
	}
}

// strict refuses members that do not exist.
func strict(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("cannot read the body: %w", err)
	}
	return nil
}

func act(do func(*Sim, order) error) func(*Sim, []byte) (any, error) {
	return func(s *Sim, body []byte) (any, error) {
		var o order
		if err := strict(body, &o); err != nil {
			return nil, err
		}
		return nil, do(s, o)
	}
}

func adminSeed(s *Sim, body []byte) (any, error) {
	var d Data
	if err := strict(body, &d); err != nil {
		return nil, err
	}
	return nil, s.Seed(d)
}

func adminBreak(s *Sim, body []byte) (any, error) {
	var f Fault
	if err := strict(body, &f); err != nil {
		return nil, err
	}
	if !modes[f.Mode] {
		return nil, fmt.Errorf("no fault mode %q", f.Mode)
	}
	return map[string]int{"id": s.Break(f)}, nil
}

func adminClock(s *Sim, body []byte) (any, error) {
	var o struct {
		At time.Time `json:"at"`
	}
	if err := strict(body, &o); err != nil {
		return nil, err
	}
	if o.At.IsZero() {
		return nil, errors.New("at is missing")
	}
	s.SetClock(o.At)
	return nil, nil
}

func (s *Sim) settings() (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := json.Marshal(s)
	return json.RawMessage(data), err
}

// adminSettings changes the named settings. Durations are strings ("45s") or
// nanoseconds; app_secret can be set and never read.
func adminSettings(s *Sim, body []byte) (any, error) {
	var given map[string]any
	if err := strict(body, &given); err != nil {
		return nil, err
	}
	for _, name := range []string{"redundancy_window", "latency"} {
		text, ok := given[name].(string)
		if !ok {
			continue
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", name, err)
		}
		given[name] = int64(d)
	}
	secret, hasSecret := given["app_secret"].(string)
	delete(given, "app_secret")
	data, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	if err := strict(data, s); err != nil {
		return nil, err
	}
	if hasSecret {
		s.AppSecret = secret
	}
	return nil, nil
}
