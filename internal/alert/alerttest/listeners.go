// Package alerttest has real listeners for what package alert sends: a mail server
// on all of this machine's addresses, and a webhook, on loopback.
package alerttest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// A Mailbox is a mail server and what it was given.
type Mailbox struct {
	Address string
	// Refuse names a receiver that the server does not take, and with what.
	Refuse map[string]*smtp.SMTPError

	mu  sync.Mutex
	all []Letter
}

// A Letter is one message as it came.
type Letter struct {
	From, To string
	Text     string // headers and body
}

// NewMailbox starts one, configured by with before it listens.
func NewMailbox(t *testing.T, with ...func(*smtp.Server)) *Mailbox {
	t.Helper()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{Address: fmt.Sprintf("127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port), Refuse: map[string]*smtp.SMTPError{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: m}, nil }))
	server.Domain = "mail.test"
	for _, w := range with {
		w(server)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return m
}

// Letters are what came so far.
func (m *Mailbox) Letters() []Letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Letter(nil), m.all...)
}

type session struct {
	box    *Mailbox
	letter Letter
}

func (s *session) Reset()                                      { s.letter = Letter{} }
func (s *session) Logout() error                               { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.letter.From = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if refused := s.box.Refuse[to]; refused != nil {
		return refused
	}
	s.letter.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.letter.Text = string(text)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.all = append(s.box.all, s.letter)
	return nil
}

// A Webhook is an HTTP listener and the calls that it got.
type Webhook struct {
	URL string

	mu      sync.Mutex
	answers []int
	all     []Call
}

// A Call is one request.
type Call struct {
	Header http.Header
	Body   string
}

// NewWebhook starts one that gives the answers in turn, and 200 from then on.
func NewWebhook(t *testing.T, answers ...int) *Webhook {
	t.Helper()
	w := &Webhook{answers: answers}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		var body strings.Builder
		_, _ = io.Copy(&body, r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, Call{r.Header.Clone(), body.String()})
		if len(w.answers) > 0 {
			status := w.answers[0]
			w.answers = w.answers[1:]
			if status/100 == 3 {
				out.Header().Set("Location", "/elsewhere")
			}
			out.WriteHeader(status)
		}
	}))
	t.Cleanup(server.Close)
	w.URL = server.URL
	return w
}

// Calls are what came so far.
func (w *Webhook) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Call(nil), w.all...)
}
