package omieapi

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ponte/internal/call"
)

// Classify says what to do about an answer of Omie; nil means success. It is
// the one place that reads Omie's codes and texts. Faults come with any status,
// mostly 500, and are told apart by their text, since codes mean opposite
// things in different modules (§1.3, §1.5).
//
// A Wait of 0 with Retry and Unclear means that the answer states none; with
// Blocked, Wait is how long the block lasts.
func Classify(op string, isWrite bool, status int, header http.Header, body []byte, transportErr error) *call.Error {
	e := &call.Error{Side: "omie", Op: op, Status: status, Err: transportErr}
	if transportErr != nil {
		e.Reaction = lost(isWrite)
		if unsent(transportErr) {
			e.Reaction = call.Retry
		}
		return e
	}
	a := readAnswer(status, header, body)
	e.Code, e.Text = a.Code, call.Shorten(a.Text)
	switch {
	case status == http.StatusTooManyRequests || a.rateLimited():
		e.Reaction, e.Wait = call.Retry, retryAfter(header)
	case a.faulted():
		classifyFault(e, isWrite, a.Text, serverTime(header))
	case status < 200 || status >= 300:
		classifyStatus(e, isWrite, header)
	case a.unstable():
		e.Reaction = lost(isWrite)
	case !a.object:
		return unreadable(op, isWrite, status, body, nil)
	default:
		return classifySuccess(e, isWrite, a)
	}
	return e
}

// lost is the reaction to an answer that says nothing: a read may be repeated,
// a write may have been made.
func lost(isWrite bool) call.Reaction {
	if isWrite {
		return call.Unclear
	}
	return call.Retry
}

// unsent reports an error that came before the request could leave.
func unsent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// unreadable is a good status with a body that is not what was promised. A
// page that no record of ours can be in is quoted; an object, which may hold
// personal data, is not.
func unreadable(op string, isWrite bool, status int, body []byte, err error) *call.Error {
	e := &call.Error{Side: "omie", Op: op, Status: status, Reaction: lost(isWrite), Err: err}
	if !isObject(body) {
		e.Text = call.Shorten(strings.ToValidUTF8(string(body[:min(len(body), 200)]), "?"))
	}
	if e.Err == nil {
		e.Err = errors.New("the answer is no JSON object")
	}
	return e
}

// classifyStatus is for answers without a fault in them, as gateways give.
func classifyStatus(e *call.Error, isWrite bool, header http.Header) {
	switch {
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		e.Reaction = call.Credentials
	case e.Status == http.StatusTooEarly:
		e.Reaction, e.Wait = call.Blocked, orElse(retryAfter(header), blockLength)
	case e.Status == http.StatusRequestTimeout || e.Status >= 500 || e.Status < 200:
		e.Reaction = lost(isWrite)
	default: // 3xx and 4xx: the address or the request is wrong
		e.Reaction = call.GiveUp
	}
}

// classifySuccess finds the refusals that come with HTTP 200 (§1.4). A write
// whose answer states no outcome has an unknown one.
func classifySuccess(e *call.Error, isWrite bool, a answer) *call.Error {
	outcome, text := a.outcome(isWrite)
	e.Code, e.Text = outcome, call.Shorten(text)
	switch {
	case outcome == "" && isWrite:
		e.Reaction = call.Unclear
		e.Err = errors.New("the answer states no outcome")
	case strings.Trim(outcome, "0") == "":
		return nil
	default:
		refuse(e, text)
	}
	return e
}

// retryAfter reads the header, whose presence is not established (§12.8).
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if n, err := strconv.Atoi(value); err == nil && n > 0 {
		return seconds(n)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(serverTime(header)), 0)
	}
	return 0
}

// serverTime is the vendor's clock where the answer tells it, else ours.
func serverTime(header http.Header) time.Time {
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

// seconds bounds what a hostile text may make us wait.
func seconds(n int) time.Duration {
	return time.Duration(min(n, 24*60*60)) * time.Second
}

// headerFault reads "OmieAPI-Error: 6 - text", which faults carry (§1.3).
func headerFault(header http.Header) (code, text string, ok bool) {
	code, text, ok = strings.Cut(header.Get("OmieAPI-Error"), " - ")
	if _, err := strconv.Atoi(strings.TrimSpace(code)); err != nil {
		return "", "", false
	}
	return fmt.Sprintf("OmieAPI-Error %s", strings.TrimSpace(code)), strings.ToValidUTF8(text, "?"), ok
}
