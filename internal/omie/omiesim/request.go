package omiesim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"ponte/internal/omie/omieschema"
)

// maxBody bounds a request's body.
const maxBody = 8 << 20

// A request is one call to the API after its envelope was read.
type request struct {
	service   string // "/geral/clientes/"
	call      string
	method    method
	key       string
	secret    string
	param     Record
	canonical string // param with sorted members, for the redundancy check (§12.7)
	ip        string
	at        time.Time
}

// scope names what limits count per: IP, key and method (omie-api.md §2.1).
func (req *request) scope() string { return req.ip + "|" + req.key + "|" + req.service + req.call }

// readRequest reads the envelope (omie-api.md §1.1). On a fault the request
// holds what could be read, for the log.
func (s *Sim) readRequest(r *http.Request) (*request, *fault) {
	req := &request{service: servicePath(r.URL.Path), ip: r.RemoteAddr}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		req.ip = host
	}
	s.mu.Lock()
	req.at = s.now()
	s.checkTransport(r, req)
	refusesCharset := s.RefuseCharset
	s.mu.Unlock()
	if r.Method != http.MethodPost {
		return req, &fault{status: http.StatusMethodNotAllowed, code: "Client", text: "Method Not Allowed", breach: WrongVerb}
	}
	if refusesCharset && r.Header.Get("Content-Type") != "application/json" {
		return req, &fault{code: "Client", text: "Bad Request"}
	}
	return req, req.readEnvelope(r.Body)
}

// servicePath returns the service with both slashes, whatever base path stands before it.
func servicePath(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, "/api/v1"), "/") + "/"
}

// checkTransport records what a client should not do but Omie bears. The lock is held.
func (s *Sim) checkTransport(r *http.Request, req *request) {
	if r.URL.RawQuery != "" {
		s.breached(SecretInURL, req, "the address has a query")
	}
	if !strings.HasSuffix(r.URL.Path, "/") {
		s.breached(NoTrailingSlash, req, "the address lacks its trailing slash")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		s.breached(WrongContentType, req, "Content-Type is not application/json")
	}
}

func (req *request) readEnvelope(from io.Reader) *fault {
	data, err := io.ReadAll(io.LimitReader(from, maxBody+1))
	if err != nil || len(data) > maxBody {
		return notJSON("Invalid JSON Object")
	}
	var body struct {
		Call   string           `json:"call"`
		Key    looseText        `json:"app_key"`
		Secret looseText        `json:"app_secret"`
		Param  *json.RawMessage `json:"param"`
	}
	if err := decode(data, &body); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return notJSON("JSON request with SyntaxError")
		}
		return notJSON("Invalid JSON Object")
	}
	req.call, req.key, req.secret = body.Call, string(body.Key), string(body.Secret)
	if f := req.findMethod(); f != nil {
		return f
	}
	if body.Param == nil {
		return noParam().as(Malformed)
	}
	return req.readParam(*body.Param)
}

func (req *request) findMethod() *fault {
	m, ok := methods[req.service][req.call]
	if !ok {
		return noSuchMethod(req.call)
	}
	req.method = m
	return nil
}

// readParam takes exactly one object out of param (omie-api.md §1.1).
func (req *request) readParam(raw json.RawMessage) *fault {
	var list []json.RawMessage
	if err := decode(raw, &list); err != nil {
		return noParam().as(Malformed)
	}
	if len(list) != 1 {
		return noParam().as(Malformed)
	}
	param := Record{}
	if err := decode(list[0], &param); err != nil || param == nil {
		return noParam().as(Malformed)
	}
	canonical, err := json.Marshal(param)
	if err != nil {
		return noParam().as(Malformed)
	}
	req.param, req.canonical = param, string(canonical)
	return nil
}

// looseText is a string that may come as a bare number, as app_key does (§1.1).
type looseText string

func (t *looseText) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		*t = looseText(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*t = looseText(n.String())
	return nil
}

// checkStructure refuses the first tag that the published pages do not have, or
// that they type or size otherwise (omie-api.md §1.2), and otherwise gives
// every tag its documented spelling.
func (req *request) checkStructure() *fault {
	if len(req.param) == 0 && req.needsKey() {
		return noParam()
	}
	for _, p := range omieschema.Check(req.service, req.call, req.param) {
		switch p.Kind {
		case omieschema.UnknownMethod:
			return noSuchMethod(req.call)
		case omieschema.UnknownTag:
			return unknownTag(p.Tag, p.Type)
		case omieschema.WrongType:
			return wrongTypeAt(p)
		case omieschema.TooLong:
			return tooLong(p.Tag, p.Max, p.Length)
		}
	}
	if t, ok := omieschema.Lookup(req.service, req.call); ok {
		req.param = spelt(t, req.param)
	}
	return nil
}

// wrongTypeAt: bare numbers in clientesPorCodigo were answered as a missing key (§1.5).
func wrongTypeAt(p omieschema.Problem) *fault {
	if p.Path == "clientesPorCodigo" {
		return missingKey("codigo_cliente_omie", "codigo_cliente_integracao").as(WrongType)
	}
	return wrongType(p.Tag)
}

// needsKey tells whether an empty param cannot do (§1.5, Client-71).
func (req *request) needsKey() bool {
	return !strings.HasPrefix(req.call, "Listar") && !strings.HasPrefix(req.call, "Pesquisar")
}

// spelt renames the members of r to their documented spelling and leaves null
// ones out, which Omie takes as absent (omie-api.md §1.2).
func spelt(t omieschema.Type, r Record) Record {
	out := Record{}
	for name, v := range r {
		f, ok := t.Field(name)
		if !ok {
			out[name] = v
			continue
		}
		if v != nil {
			out[f.Name] = speltValue(f, v)
		}
	}
	return out
}

func speltValue(f omieschema.Field, v any) any {
	below, ok := omieschema.TypeNamed(f.Type)
	if !ok {
		return typed(f.Kind, v)
	}
	switch v := v.(type) {
	case map[string]any:
		return map[string]any(spelt(below, v))
	case []any:
		list := make([]any, 0, len(v))
		for _, item := range v {
			if m := asRecord(item); m != nil {
				item = map[string]any(spelt(below, m))
			}
			list = append(list, item)
		}
		return list
	}
	return v
}

// typed gives a scalar the documented type: numbers are taken as strings and
// the reverse (omie-api.md §1.2).
func typed(kind omieschema.Kind, v any) any {
	switch v := v.(type) {
	case json.Number:
		if kind == omieschema.String {
			return v.String()
		}
	case string:
		if kind == omieschema.Number && v != "" {
			return json.Number(strings.TrimSpace(v))
		}
	}
	return v
}
