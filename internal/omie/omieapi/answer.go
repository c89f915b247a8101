package omieapi

import (
	"encoding/json"
	"net/http"
	"strings"
)

// An answer is what the classifier looks at of a body.
type answer struct {
	Code, Text string // of a fault or a rate refusal
	object     bool   // the body is a JSON object
	kind       answerKind
	members    answerMembers
}

type answerKind int

const (
	plainAnswer answerKind = iota
	faultAnswer
	gatewayAnswer
)

// answerMembers are the members that tell how a call went. Raw, since types
// drift (§10.4), and pointers would not tell null from absent.
type answerMembers struct {
	Faultstring     json.RawMessage `json:"faultstring"`
	Faultcode       json.RawMessage `json:"faultcode"`
	ErrorCode       json.RawMessage `json:"error_code"`
	ErrorMessage    json.RawMessage `json:"error_message"`
	Proto           json.RawMessage `json:"proto"`
	CodigoStatus    json.RawMessage `json:"codigo_status"`
	DescricaoStatus json.RawMessage `json:"descricao_status"`
	CCodStatus      json.RawMessage `json:"cCodStatus"`
	CDescStatus     json.RawMessage `json:"cDescStatus"`
	CDesStatus      json.RawMessage `json:"cDesStatus"`
	Status          json.RawMessage `json:"status"`
	Descricao       json.RawMessage `json:"descricao"`
}

// readAnswer reads a body without trusting it. Any object with a faultstring is
// a fault, whatever the status (§1.3).
func readAnswer(status int, header http.Header, body []byte) answer {
	var a answer
	a.object = isObject(body) && json.Unmarshal(body, &a.members) == nil
	m := a.members
	switch {
	case m.Faultstring != nil:
		a.kind, a.Code, a.Text = faultAnswer, scalar(m.Faultcode), scalar(m.Faultstring)
	case m.ErrorCode != nil:
		a.kind, a.Code, a.Text = gatewayAnswer, scalar(m.ErrorCode), scalar(m.ErrorMessage)
	case status >= 400:
		if code, text, ok := headerFault(header); ok {
			a.kind, a.Code, a.Text = faultAnswer, code, text
		}
	}
	return a
}

func (a answer) faulted() bool { return a.kind == faultAnswer }

// rateLimited recognises the body of a 429, under whatever status.
func (a answer) rateLimited() bool { return a.kind == gatewayAnswer && a.Code == "429" }

// unstable is a failure of the platform that comes with a good status: the
// gateway's error_code, or the member "proto" (§1.5, PROTO_BYEBYE).
func (a answer) unstable() bool {
	return a.kind == gatewayAnswer || strings.Contains(strings.ToLower(scalar(a.members.Proto)), "proto_byebye")
}

// outcome returns the status pair, whose names differ per module (§1.4). The
// bare "status" belongs to the record in a read.
func (a answer) outcome(isWrite bool) (code, text string) {
	m := a.members
	codes := []json.RawMessage{m.CodigoStatus, m.CCodStatus}
	texts := []json.RawMessage{m.DescricaoStatus, m.CDescStatus, m.CDesStatus}
	if isWrite {
		codes, texts = append(codes, m.Status), append(texts, m.Descricao)
	}
	return firstScalar(codes), firstScalar(texts)
}

func firstScalar(values []json.RawMessage) string {
	for _, v := range values {
		if s := scalar(v); s != "" {
			return s
		}
	}
	return ""
}

// scalar returns a JSON string's or number's text, the JSON itself of anything
// else, and "" of null.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(raw), "?"))
}

func isObject(body []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n\ufeff"), "{")
}
