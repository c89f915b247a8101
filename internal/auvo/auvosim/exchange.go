package auvosim

import (
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// mostBody is the largest request body that is read, in bytes.
const mostBody = 16 << 20

// An exchange is one request while it is being answered.
type exchange struct {
	sim    *Sim
	method string
	path   string     // lower case, without /v2 and outer slashes
	id     string     // the second segment of the path
	asked  url.Values // the query as it came
	query  url.Values // names in lower case
	filter Record     // paramFilter, nil when absent
	filed  string     // paramFilter as it came
	body   []byte
	token  string
	client string
	host   string
	typed  bool // Content-Type is JSON
	fault  *plannedFault
	noted  []Violation
}

// receive reads a request, without the lock; a body that does not come whole is an error.
func (s *Sim) receive(r *http.Request) (*exchange, error) {
	c := &exchange{sim: s, method: r.Method, host: r.Host, asked: r.URL.Query(), query: url.Values{}, path: apiPath(r.URL.Path)}
	if parts := strings.Split(c.path, "/"); len(parts) > 1 {
		c.id = parts[1]
	}
	c.client, _, _ = net.SplitHostPort(r.RemoteAddr)
	c.token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	c.typed = kind == "application/json" || kind == "application/json-patch+json"
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	if err == nil && len(body) > mostBody {
		err = fmt.Errorf("body over %d bytes", mostBody)
	}
	c.body = body
	return c, err
}

// apiPath brings a path to the form of the routes: names are matched without
// regard to case, the outer slashes are optional (auvo-api.md §3.1).
func apiPath(path string) string {
	path = strings.Trim(strings.ToLower(path), "/")
	if path == "v2" {
		return ""
	}
	return strings.TrimPrefix(path, "v2/")
}

// queryNames are the parameters that mean something; others are ignored (auvo-api.md §3.2).
var queryNames = map[string]bool{"paramfilter": true, "page": true, "pagesize": true, "order": true, "selectfields": true}

func (c *exchange) readQuery() {
	for name, values := range c.asked {
		low := strings.ToLower(name)
		c.query[low] = append(c.query[low], values...)
		switch {
		case low == "apikey" || low == "apitoken":
			c.note(SecretInURL, low)
		case name == "PageSize":
			c.note(FollowedLink, "links[].href has the scheme http and no paramFilter")
		case !queryNames[low]:
			c.note(UnknownQuery, name)
		}
		for _, v := range values {
			if strings.Contains(v, c.sim.key()) || strings.Contains(v, c.sim.secret()) {
				c.note(SecretInURL, low)
			}
		}
	}
}

func (s *Sim) key() string {
	if s.APIKey != "" {
		return s.APIKey
	}
	return DefaultAPIKey
}

func (s *Sim) secret() string {
	if s.APIToken != "" {
		return s.APIToken
	}
	return DefaultAPIToken
}

// readFilter parses paramFilter: JSON, encoded once (auvo-api.md §3.2, §13).
func (c *exchange) readFilter(k *kind) *reply {
	c.filed = c.query.Get("paramfilter")
	if strings.TrimSpace(c.filed) == "" {
		return nil
	}
	if err := decodeJSON([]byte(c.filed), &c.filter); err != nil || c.filter == nil {
		if strings.HasPrefix(strings.ToLower(c.filed), "%7b") {
			c.note(DoubleEncoded, "paramFilter")
		} else {
			c.note(FilterNotJSON, "paramFilter")
		}
		return badFilter(k)
	}
	return nil
}

// readBody parses a body of POST, PUT or PATCH, which must come as JSON
// (auvo-api.md §2.5: 415).
func (c *exchange) readBody(into any) *reply {
	if !c.typed {
		c.note(NoContentType, c.method+" "+c.path)
		return empty(http.StatusUnsupportedMediaType)
	}
	if err := decodeJSON(c.body, into); err != nil {
		return told(http.StatusBadRequest, "The request body is not valid JSON")
	}
	return nil
}
