package auvoapi

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ponte/internal/call"
)

// The three ways to call: a list, a read by id, and a write.
const (
	aList  = "GET /tasks"
	aRead  = "GET /tasks/812"
	aPatch = "PATCH /tasks/812"
	aPost  = "POST /tasks"
)

func classify(op string, status int, body string, err error) *call.Error {
	return Classify(op, !strings.HasPrefix(op, "GET "), op == aList, status, http.Header{}, []byte(body), err)
}

func TestEveryStatusAsksForAReaction(t *testing.T) {
	const ok = ""
	for _, tt := range []struct {
		status                        int
		list, read, patch, post       call.Reaction
		htmlRead, htmlWrite, htmlList call.Reaction
	}{
		// without a body, then as a gateway's page
		{301, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{302, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{307, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{200, call.Retry, call.Retry, ok, ok, call.Retry, call.Unclear, call.Retry},
		{201, call.Retry, call.Retry, ok, ok, call.Retry, call.Unclear, call.Retry},
		{202, call.Retry, call.Retry, ok, ok, call.Retry, call.Unclear, call.Retry},
		{204, call.Empty, call.Retry, ok, ok, call.Retry, call.Unclear, call.Retry},
		{400, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{401, call.Credentials, call.Credentials, call.Credentials, call.Credentials, call.Credentials, call.Credentials, call.Credentials},
		{402, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{403, call.Credentials, call.Credentials, call.Credentials, call.Credentials, call.Retry, call.Unclear, call.Retry},
		{404, call.Empty, call.Gone, call.Gone, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{405, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp},
		{408, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{409, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{410, call.Empty, call.Gone, call.Gone, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{413, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{415, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp, call.GiveUp},
		{422, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{429, call.Retry, call.Retry, call.Retry, call.Retry, call.Retry, call.Retry, call.Retry},
		{499, call.GiveUp, call.GiveUp, call.WaitForPerson, call.WaitForPerson, call.Retry, call.Unclear, call.Retry},
		{500, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{502, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{503, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{504, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
		{599, call.Retry, call.Retry, call.Unclear, call.Unclear, call.Retry, call.Unclear, call.Retry},
	} {
		for _, is := range []struct {
			op, body string
			want     call.Reaction
		}{
			{aList, "", tt.list},
			{aRead, "", tt.read},
			{aPatch, "", tt.patch},
			{aPost, "", tt.post},
			{aRead, "<html>x", tt.htmlRead},
			{aPatch, "<html>x", tt.htmlWrite},
			{aPost, "\n<!doctype>", tt.htmlWrite},
			{aList, "<html>x", tt.htmlList},
		} {
			if got := reactionOf(classify(is.op, tt.status, is.body, nil)); got != is.want {
				t.Errorf("%s %d %q: %q, want %q", is.op, tt.status, is.body, got, is.want)
			}
		}
	}
}

func reactionOf(e *call.Error) call.Reaction {
	if e == nil {
		return ""
	}
	return e.Reaction
}

func TestEveryShapeOfErrorIsReadAndActedOn(t *testing.T) {
	for _, tt := range []struct {
		name, op          string
		status            int
		body              string
		want              call.Reaction
		cause, text, code string
	}{
		{"a", aPost, 400, `{"id":["The value 'x' is not valid."]}`, call.WaitForPerson, "missing-field", "id: The value 'x' is not valid.", ""},
		{"a on a read", aRead, 400, `{"id":["The value 'x' is not valid."]}`, call.GiveUp, "", "id: The value 'x' is not valid.", ""},
		{
			"b", aList, 400, `{"message":"The paramFilter is required as ParamUserFilter string json.","target":null,"errorCode":0,"errors":null}`,
			call.GiveUp, "", "The paramFilter is required as ParamUserFilter string json.", "",
		},
		{
			"c", aList, 400, `[{"message":"Bad request","target":"startDate","errorCode":168,"errors":["Start date and end date are required when customerId is not provided"]},
			{"message":"Bad request","target":"endDate","errorCode":168,"errors":["Start date and end date are required when customerId is not provided"]}]`,
			call.GiveUp, "", "Bad request; Start date and end date are required when customerId is not provided", "168",
		},
		{
			"c on a write", aPost, 400, `[{"message":"Bad request","target":"name","errorCode":168,"errors":["The name is required"]}]`,
			call.WaitForPerson, "missing-field", "Bad request; The name is required", "168",
		},
		{"d", aPost, 403, `{"error":"Rate limit temporarily exceeded"}`, call.Retry, "", "Rate limit temporarily exceeded", ""},
		{
			"e known webhook", aPost, 400, `{"errorCode":1026,"message":"Webhook with the given entity already registered for this admin user."}`,
			call.Exists, "", "Webhook with the given entity already registered for this admin user.", "1026",
		},
		{"e unknown webhook", "DELETE /webhooks/9", 404, `{"errorCode":1027,"message":"Webhook not found."}`, call.Gone, "", "Webhook not found.", "1027"},
		{"e unknown webhook as 400", "DELETE /webhooks/9", 400, `{"errorCode":"1027","message":"Webhook not found."}`, call.Gone, "", "Webhook not found.", "1027"},
		{"f", aPatch, 400, `{"message":"The id is required","errors":["The id is required"]}`, call.WaitForPerson, "missing-field", "The id is required", ""},
		{"g capital", aPatch, 400, `{"Message":"No."}`, call.WaitForPerson, "refused", "No.", ""},
		{"g text", aPatch, 400, "plain\n refusal", call.WaitForPerson, "refused", "plain refusal", ""},
		{"g quoted text", aPatch, 400, `"quoted"`, call.WaitForPerson, "refused", "quoted", ""},
		{"g empty", aPatch, 400, ``, call.WaitForPerson, "refused", "no text with HTTP 400", ""},
		{"g html", aPatch, 400, `<html>nginx`, call.Unclear, "", "a page of HTML instead of JSON", ""},
		{
			"problem details", aPost, 400, `{"title":"One or more validation errors occurred.","status":400,"errors":{"Name":["The Name field is required."]}}`,
			call.WaitForPerson, "missing-field", "One or more validation errors occurred.; The Name field is required.", "",
		},
		{
			"users limit", aPost, 400, `{"errorCode":56,"message":"The account has reached it's maximum users limit"}`,
			call.WaitForPerson, "refused", "The account has reached it's maximum users limit", "56",
		},
		{
			"unknown path", aPatch, 400, `{"message":"The target location specified by path segment 'foo' was not found"}`,
			call.GiveUp, "", "The target location specified by path segment 'foo' was not found", "",
		},
		{"checked in", aPatch, 400, `{"message":"Task already has a check in"}`, call.WaitForPerson, "refused", "Task already has a check in", ""},
		{
			"too long", aPost, 400, `{"message":"The field name must be a string with a maximum length of 500."}`,
			call.WaitForPerson, "too-long", "The field name must be a string with a maximum length of 500.", "",
		},
		{"bad document", aPost, 400, `{"cpfCnpj":["The value '1' is not valid."]}`, call.WaitForPerson, "invalid-document", "cpfcnpj: The value '1' is not valid.", ""},
		{"external code taken", aPost, 400, `{"message":"externalCode already exists"}`, call.Exists, "", "externalCode already exists", ""},
		{"conflict on the key", aPost, 409, `{"message":"externalId"}`, call.Exists, "", "externalId", ""},
		{"conflict on the document", aPost, 409, `{"message":"cpfCnpj"}`, call.Exists, "", "cpfCnpj", ""},
		{"rule on the key", aPost, 422, `{"message":"Customer already there"}`, call.Exists, "", "Customer already there", ""},
		{"rule on the document", aPost, 422, `{"message":"cpfCnpj is not valid"}`, call.WaitForPerson, "invalid-document", "cpfCnpj is not valid", ""},
		{"other rule", aPost, 422, `{"message":"This is required"}`, call.WaitForPerson, "refused", "This is required", ""},
		{"forbidden", aPost, 403, `{"message":"Forbidden"}`, call.Credentials, "", "Forbidden", ""},
		{"a token in the text", aPatch, 400, `{"message":"bad eyJhbGciOiJSUzI1NiJ9.eyJhcGlLZXkiOiJ4In0.c2ln"}`, call.WaitForPerson, "refused", "bad [hidden]", ""},
	} {
		e := classify(tt.op, tt.status, tt.body, nil)
		if e.Reaction != tt.want || e.Cause != tt.cause || e.Text != tt.text || e.Code != tt.code {
			t.Errorf("%s: %q cause %q code %q text %q, want %q %q %q %q", tt.name,
				e.Reaction, e.Cause, e.Code, e.Text, tt.want, tt.cause, tt.code, tt.text)
		}
	}
}

func TestTheFieldOfAComplaintIsNamed(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":["The value is not valid."]}`:                                       "name",
		`[{"message":"Bad request","target":"startDate","errors":["required"]}]`:     "startDate",
		`{"title":"One or more","errors":{"Name":["The Name field is required."]}}`:  "Name",
		`{"message":"The id is required","errors":["The id is required"]}`:           "",
		`{"errorCode":1027,"message":"Webhook not found.","target":{"deep":["er"]}}`: "",
	} {
		if e := classify(aPost, 400, body, nil); e.Field != want {
			t.Errorf("%s: field %q, want %q", body, e.Field, want)
		}
	}
}

func TestErrorsOfTheTransport(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, tt := range []struct {
		name        string
		status      int
		err         error
		read, write call.Reaction
	}{
		{"connection refused", 0, dial, call.Retry, call.Retry},
		{"no such host", 0, &net.DNSError{Err: "no such host"}, call.Retry, call.Retry},
		{"wrong certificate", 0, &tls.CertificateVerificationError{Err: errors.New("x509")}, call.Retry, call.Retry},
		{"timeout", 0, context.DeadlineExceeded, call.Retry, call.Unclear},
		{"connection reset", 0, &net.OpError{Op: "read", Err: errors.New("reset")}, call.Retry, call.Unclear},
		{"cut body", 200, io.ErrUnexpectedEOF, call.Retry, call.Unclear},
		{"cut creation", 201, io.ErrUnexpectedEOF, call.Retry, call.Unclear},
		{"cut fault", 500, io.ErrUnexpectedEOF, call.Retry, call.Unclear},
		{"cut 401", 401, io.ErrUnexpectedEOF, call.Credentials, call.Credentials},
		{"cut 403, perhaps the rate", 403, io.ErrUnexpectedEOF, call.Retry, call.Retry},
		{"too large", 200, errTooLarge, call.GiveUp, call.Unclear},
	} {
		if e := classify(aRead, tt.status, `{"cut`, tt.err); e.Reaction != tt.read || !errors.Is(e, tt.err) {
			t.Errorf("read, %s: %q, want %q", tt.name, e.Reaction, tt.read)
		}
		if e := classify(aPost, tt.status, `{"cut`, tt.err); e.Reaction != tt.write {
			t.Errorf("write, %s: %q, want %q", tt.name, e.Reaction, tt.write)
		}
	}
}

func TestRetryAfterIsReadAsSecondsAndAsADate(t *testing.T) {
	now := time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"7":                             7 * time.Second,
		"Tue, 03 Feb 2026 12:01:30 GMT": 90 * time.Second,
		"Tue, 03 Feb 2026 11:00:00 GMT": 0,
		"99999999999":                   24 * time.Hour,
		"-4":                            0,
		"soon":                          0,
	} {
		if got, _ := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	h := http.Header{"Retry-After": {"9"}}
	if e := Classify(aPost, true, false, 429, h, nil, nil); e.Wait != 9*time.Second {
		t.Errorf("wait %v", e.Wait)
	}
}

func FuzzClassify(f *testing.F) {
	for _, body := range []string{"", "<html>", `{"id":["x"]}`, `[{"errors":[1,{}]},"x",null]`, `{"message":{"a":[["b"]]}}`, `{"errors":{"a":null}}`, `"`, "[", "\x00\xff"} {
		f.Add("GET /x", false, true, 400, body, false)
	}
	f.Fuzz(func(t *testing.T, op string, isWrite, isList bool, status int, body string, broken bool) {
		var err error
		if broken {
			err = io.ErrUnexpectedEOF
		}
		e := Classify(op, isWrite, isList, status, nil, []byte(body), err)
		switch {
		case e == nil && (err != nil || status/100 != 2):
			t.Fatal("a failure passed for a success")
		case e == nil:
		case e.Reaction == "" || (e.Reaction == call.WaitForPerson) != (e.Cause != ""):
			t.Fatalf("%+v", e)
		case e.Reaction == call.Retry && isWrite && status/100 == 5:
			t.Fatalf("a write's fault would be repeated: %+v", e)
		case strings.ContainsAny(e.Text+e.Code+e.Field, "\n\x00") || len([]rune(e.Text)) > 501:
			t.Fatalf("unclean text %q", e.Text)
		}
	})
}
