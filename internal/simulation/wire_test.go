package simulation

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing/iotest"
)

// A wire is a process's way to the vendors: a step before and after each call,
// and the witness looks at both sides around each write.
type wire struct {
	world   *world
	process *process
}

// RoundTrip makes one call. A process that dies before it never makes it; one
// that dies behind it never hears the answer.
func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	name, writes, err := nameOf(r)
	if err != nil {
		return nil, err
	}
	if name == "login" {
		return w.world.vendors(r)
	}
	w.process.step("before " + name)
	w.world.sum.calls++
	if id, isTask := strings.CutPrefix(strings.ToLower(r.URL.Path), "/v2/tasks/"); isTask {
		w.world.witness.read[id] = w.world.witness.clock
	}
	var resp *http.Response
	if writes {
		w.world.witness.write(name, func() { resp, err = w.world.vendors(r) })
	} else {
		resp, err = w.world.vendors(r)
	}
	if *trace {
		w.world.t.Logf("%s %s %s %v", w.world.now().In(saoPaulo).Format("02 15:04:05"), name, asked(r), answered(resp, err))
	}
	if err == nil && resp.StatusCode == http.StatusOK {
		w.process.step("after " + name)
	} else {
		w.process.step("refused " + name)
	}
	return resp, err
}

// asked and answered are a call for the eyes of who looks for a bug.
func asked(r *http.Request) string {
	if r.GetBody == nil {
		return r.URL.RawQuery
	}
	body, err := r.GetBody()
	if err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err.Error()
	}
	_, param, _ := strings.Cut(string(text), `"param":`)
	return r.URL.Path + " " + cmp.Or(param, string(text))
}

func answered(resp *http.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), iotest.ErrReader(err)))
		return err.Error()
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp.Status + " " + string(body[:min(len(body), 300)])
}

// nameOf says what a call is called, and whether it changes anything: Omie uses
// POST for everything, so its method's name tells.
func nameOf(r *http.Request) (name string, writes bool, err error) {
	if r.URL.Host == "auvo.test" {
		path := strings.TrimPrefix(strings.ToLower(r.URL.Path), "/v2/")
		if strings.HasPrefix(path, "login") {
			return "login", false, nil
		}
		kind, _, _ := strings.Cut(path, "/")
		return r.Method + " " + kind, r.Method != http.MethodGet, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", false, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var envelope struct{ Call string }
	if err := json.Unmarshal(body, &envelope); err != nil {
		return "", false, err
	}
	return envelope.Call, omieWrites.MatchString(envelope.Call), nil
}

var omieWrites = regexp.MustCompile(`^(Incluir|Alterar|Upsert|Excluir|Cancelar|Associar|Faturar|Trocar)`)
