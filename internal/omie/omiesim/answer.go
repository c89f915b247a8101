package omiesim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
)

// An answer is what goes back over HTTP.
type answer struct {
	status      int
	contentType string
	body        []byte
	fault       string // the fault's text, for the log
	number      string // of the OmieAPI-Error header, with fault
	retryAfter  int
	cut         bool // the connection ends in the middle of the body
	gone        bool // the client gave up; nothing is written
	injected    string
}

func jsonAnswer(status int, v Record) *answer {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return &answer{status: http.StatusInternalServerError, contentType: "text/plain", body: []byte(err.Error())}
	}
	return &answer{status: status, contentType: "application/json", body: bytes.TrimRight(b.Bytes(), "\n")}
}

// faultAnswer writes a fault: HTTP 500 unless it says otherwise, its strings
// escaped as \u00e7 (omie-api.md §1.3).
func (s *Sim) faultAnswer(f *fault) *answer {
	status := f.status
	if status == 0 {
		status = http.StatusInternalServerError
		if s.FaultsInOK {
			status = http.StatusOK
		}
	}
	body := fmt.Sprintf(`{"faultstring":%s,"faultcode":"SOAP-ENV:%s"}`, escaped(f.text), f.code)
	a := &answer{status: status, contentType: "application/json", body: []byte(body), fault: f.text, number: f.number()}
	if status == http.StatusTooEarly {
		a.retryAfter = s.RetryAfter
	}
	return a
}

// faulted answers a fault of the caller's making: it is counted and, when it
// breaks a published rule, recorded. The lock is held. A refused key has no
// count of its own, and a blocked one is not counted on.
func (s *Sim) faulted(req *request, f *fault) *answer {
	if f.breach != "" {
		s.breached(f.breach, req, f.text)
	}
	if req.method.run != nil && f.status == 0 {
		s.gate.init()
		s.countFault(req)
	}
	return s.faultAnswer(f)
}

// escaped writes a JSON string in ASCII.
func escaped(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	var b strings.Builder
	for _, r := range string(quoted) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// write sends the answer. A cut one declares its whole length and stops half
// way, so that the client's read ends unexpectedly.
func (a *answer) write(w http.ResponseWriter, load string) {
	if a.gone {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("X-Omie-ParallelRateLimit", load)
	if a.number != "" {
		h.Set("OmieAPI-Error", a.number+" - "+a.fault) // raw UTF-8 (omie-api.md §1.3)
	}
	if a.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	w.WriteHeader(a.status)
	body := a.body
	if a.cut {
		body = body[:len(body)/2]
	}
	_, err := w.Write(body)
	if a.cut {
		err = errors.Join(http.NewResponseController(w).Flush(), http.ErrAbortHandler)
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}
