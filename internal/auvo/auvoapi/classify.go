package auvoapi

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"ponte/internal/call"
	"ponte/internal/phrasebook"
)

// How long to wait when the answer names no time.
const (
	rateWait  = time.Minute      // the limit counts in minutes
	faultWait = 30 * time.Second // 5xx pass in seconds; a write that timed out may still land
)

// Classify says what an answer asks for; nil is success. It is the one place
// that knows Auvo's statuses, codes and texts (docs/apis/auvo.md, Errors).
// op begins with the HTTP method. isList tells a list from a read by id: the
// same 404 is Empty there and Gone here. transportErr may come with a status,
// when the body was cut. A caller that can log in again does so once before it
// believes Credentials of a 401.
func Classify(op string, isWrite, isList bool, status int, header http.Header, body []byte, transportErr error) *call.Error {
	e := &call.Error{Side: side, Op: op, Status: status, Err: transportErr}
	if transportErr != nil && (status == 0 || status/100 == 2) {
		return broken(e, isWrite)
	}
	if status/100 == 2 {
		return unreadable(e, isWrite, isList, body)
	}
	p := readProblem(header, body, status)
	e.Text, e.Code, e.Field = p.text, p.code, p.field
	if isRateLimit(status, body) {
		e.Reaction, e.Wait = call.Retry, rateWait
		if asked, named := retryAfter(header, time.Now()); named {
			e.Wait = asked
		}
		return e
	}
	return byStatus(e, p, isWrite, isList)
}

// isRateLimit: Auvo limits with a 403 that says so; 429 is reserved for later.
func isRateLimit(status int, body []byte) bool {
	return status == http.StatusTooManyRequests ||
		(status == http.StatusForbidden && bytes.Contains(bytes.ToLower(body), []byte("rate limit")))
}

func byStatus(e *call.Error, p problem, isWrite, isList bool) *call.Error {
	switch e.Status {
	case http.StatusUnauthorized:
		e.Reaction = call.Credentials
		return e
	case http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		e.Reaction = call.GiveUp
		return e
	}
	if p.html || e.Status < 400 || e.Status >= 500 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooEarly {
		return passing(e, isWrite)
	}
	switch e.Status {
	case http.StatusForbidden:
		if e.Err != nil { // cut before it could say that it is the rate
			e.Reaction, e.Wait = call.Retry, rateWait
			return e
		}
		e.Reaction = call.Credentials
	case http.StatusNotFound, http.StatusGone:
		notFound(e, isList)
	default:
		refused(e, isWrite)
	}
	return e
}

// notFound: an empty list is often a 404, and so is a page past the last. A
// POST names no record of its own, so its 404 is a refusal.
func notFound(e *call.Error, isList bool) {
	switch {
	case isList:
		e.Reaction = call.Empty
	case strings.HasPrefix(e.Op, http.MethodPost+" "):
		e.Reaction, e.Cause = call.WaitForPerson, "refused"
	default:
		e.Reaction = call.Gone
	}
}

// refused decides a 4xx that is about the content, by the phrasebook.
func refused(e *call.Error, isWrite bool) {
	v := phrasebook.Auvo.Read(phrasebook.Said{Op: e.Op, Write: isWrite, Status: e.Status, Code: e.Code, Text: e.Text})
	e.Reaction, e.Cause = v.Reaction, v.Cause
}

// passing is a fault that goes away by itself: a read may be made again, a
// write may have been done.
func passing(e *call.Error, isWrite bool) *call.Error {
	e.Reaction, e.Wait = call.Retry, faultWait
	if isWrite {
		e.Reaction = call.Unclear
	}
	return e
}

// broken is an exchange without a whole answer.
func broken(e *call.Error, isWrite bool) *call.Error {
	if errors.Is(e.Err, errTooLarge) && !isWrite {
		e.Reaction = call.GiveUp
		return e
	}
	return passing(e, isWrite && !neverLeft(e.Err))
}

// neverLeft tells the errors that come before the request is written.
func neverLeft(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return untrusted || errors.Is(err, http.ErrSchemeMismatch)
}

// unreadable judges the body of a success: a write may have none, a read must
// have JSON, and a list of nothing may be a 204.
func unreadable(e *call.Error, isWrite, isList bool, body []byte) *call.Error {
	switch empty := len(bytes.TrimSpace(body)) == 0; {
	case !empty && json.Valid(body), empty && isWrite:
		return nil
	case empty && isList && e.Status == http.StatusNoContent:
		e.Reaction = call.Empty
		return e
	case empty:
		e.Text = "an answer without a body"
	default:
		e.Text = "an answer that is not JSON"
	}
	return passing(e, isWrite)
}
