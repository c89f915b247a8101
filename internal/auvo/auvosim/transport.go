package auvosim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Transport returns a RoundTripper that calls h in this process, without a
// socket, so that it works inside testing/synctest. It honours the request's
// context: a handler that hangs does not hang the caller, as long as the
// handler itself watches the context.
func Transport(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	served := req.Clone(ctx)
	served.RequestURI = req.URL.RequestURI()
	served.Host = hostOf(req)
	served.RemoteAddr = "127.0.0.1:1"
	if served.Body == nil {
		served.Body = http.NoBody
	} else if body, err := io.ReadAll(req.Body); err != nil {
		return nil, err
	} else {
		served.Body = io.NopCloser(bytes.NewReader(body))
	}
	w := &recorder{header: http.Header{}}
	done := make(chan error, 1)
	go func() { done <- w.serve(p.handler, served) }()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case err := <-done:
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		return w.response(req), nil
	}
}

func hostOf(req *http.Request) string {
	if req.Host != "" {
		return req.Host
	}
	return req.URL.Host
}

// A recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// serve runs the handler; its panic is a connection that ended.
func (w *recorder) serve(h http.Handler, req *http.Request) (err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // the value of a panic
			err = errors.New("connection closed without an answer")
		default:
			err = fmt.Errorf("handler panicked: %v", p)
		}
	}()
	h.ServeHTTP(w, req)
	return nil
}

func (w *recorder) response(req *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	res := &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Request: req, ContentLength: int64(w.body.Len()),
		Body: io.NopCloser(&w.body),
	}
	var declared int64
	if _, err := fmt.Sscan(w.header.Get("Content-Length"), &declared); err == nil && declared > res.ContentLength {
		res.ContentLength = declared
		res.Body = io.NopCloser(io.MultiReader(&w.body, brokenOff{}))
	}
	return res
}

// brokenOff ends a body that promised more.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
