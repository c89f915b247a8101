package auvosim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func seedCustomers(c *caller, n int) {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":%d,"description":"Cliente %d"}`, i+1, i+1)
	}
	c.seed(`{"customers":[` + strings.Join(rows, ",") + `]}`)
}

func TestAPageStatesItsTotalsAndLinksByHTTP(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 12)
	r := c.want(200, "GET", "/v2/Customers/", "")
	equal(t, "default size", len(r.List("entityList")), 10)
	equal(t, "totals", encoded(t, r["pagedSearchReturnData"]), `{"order":0,"page":1,"pageSize":10,"totalItems":12}`)
	links := r.List("links")
	equal(t, "next", links[1].Text("href"), "http://auvo.test/v2/Customers?Page=2&PageSize=10&Order=Asc")
	last := c.want(200, "GET", "/v2/customers?page=2&order=1", "")
	equal(t, "last", strings.Join(ids(last.List("entityList"), "id"), ","), "2,1")
	equal(t, "links of the last page", len(last.List("links")), 1)
	c.wantNoted()
}

func TestPagesPastTheEndAre404AndNoted(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 10)
	c.want(200, "GET", "/customers?page=1", "")
	c.want(404, "GET", "/customers?page=2", "")
	c.wantNoted(PastTheEnd)
}

func TestEmptyListsAnswerAsEachEndpointDoes(t *testing.T) {
	dates := `?paramFilter=` + url.QueryEscape(`{"startDate":"2000-01-01","endDate":"2099-12-31"}`)
	for path, want := range map[string]int{
		"/customers": 404, "/products": 404, "/services": 404, "/tasks" + dates: 404,
		"/tasks/GetDeletedTasks" + dates: 200, "/quotations": 200, "/additionalcosts": 200,
	} {
		c := setup(t, &Sim{})
		c.want(want, "GET", path, "")
	}
	c := setup(t, &Sim{EmptyStatus: map[string]int{"customers": 200, "quotations": 404}})
	equal(t, "totalItems", c.want(200, "GET", "/customers", "").Object("pagedSearchReturnData").Text("totalItems"), "0")
	c.want(404, "GET", "/quotations", "")
}

func TestThePortalsEnvelope(t *testing.T) {
	c := setup(t, &Sim{PageInformation: true, OldGroups: true})
	seedCustomers(c, 12)
	r := c.want(200, "GET", "/customers", "")
	equal(t, "page", encoded(t, r["pageInformation"]), `{"page":1,"pageSize":10,"totalItems":12,"totalPages":2}`)
	equal(t, "groups", len(c.want(200, "GET", "/customergroups", "").List("entityList")), 2)
}

func TestTaskPagesHoldAtMost100(t *testing.T) {
	query := `?pageSize=200&paramFilter=` + url.QueryEscape(`{"customerId":1}`)
	c := setup(t, &Sim{})
	c.seed(`{"tasks":[{"taskID":1,"customerId":1}]}`)
	equal(t, "size", c.want(200, "GET", "/tasks"+query, "").Object("pagedSearchReturnData").Text("pageSize"), "100")
	c.sim.Set(func(s *Sim) { s.RefuseBigPages = true })
	c.want(400, "GET", "/tasks"+query, "")
	c.wantNoted(BigPage, BigPage)
}

func TestBadPagingIsRefused(t *testing.T) {
	c := setup(t, &Sim{})
	for _, query := range []string{"page=0", "page=x", "pageSize=-1"} {
		c.want(400, "GET", "/users?"+query, "")
	}
}

func TestFiltersThatNobodyKnowsAreIgnoredAndNoted(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 3)
	equal(t, "rows", len(c.rows("/customers", `{"cnpj":"1"}`)), 3)
	c.wantNoted(UnknownFilter)
	c.want(200, "GET", "/customers?active=true", "")
	c.wantNoted(UnknownFilter, UnknownQuery)
}

func TestAParamFilterThatIsNotJSONIsRefused(t *testing.T) {
	c := setup(t, &Sim{})
	status, body := c.do("GET", "/users?paramFilter=x", "")
	equal(t, "status", status, 400)
	equal(t, "body", body, `{"errorCode":0,"errors":null,"message":"The paramFilter is required as ParamUserFilter string json.","target":null}`)
	c.want(400, "GET", "/users?paramFilter="+url.QueryEscape(url.QueryEscape(`{}`)), "")
	c.wantNoted(FilterNotJSON, DoubleEncoded)
}

func TestFollowingALinkIsNoted(t *testing.T) {
	c := setup(t, &Sim{})
	c.want(200, "GET", "/v2/Users?Page=1&PageSize=2&Order=Asc", "")
	c.wantNoted(FollowedLink)
}

func TestCustomerFilters(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"customers":[
		{"id":1,"description":"Padaria Um","externalId":"A","cpfCnpj":"11222333000181","dateLastUpdate":"2026-01-01T08:00:00","creationDate":"2025-01-01T00:00:00","groupsId":[301]},
		{"id":2,"description":"Oficina","externalId":"B","dateLastUpdate":"2026-01-01T08:00:01","active":false},
		{"id":3,"description":"Bar","legalName":"Bar do Zé Ltda","externalId":"C","dateLastUpdate":"2026-01-03T00:00:00"}]}`)
	for filter, want := range map[string]string{
		`{}`:                               "1,2,3",
		`{"ID":2}`:                         "2",
		`{"description":"pad"}`:            "1",
		`{"externalId":"A, C"}`:            "1,3",
		`{"cpfCnpj":"11.222.333/0001-81"}`: "1",
		`{"legalName":"zé"}`:               "3",
		`{"groupId":301}`:                  "1",
		`{"active":false}`:                 "2",
		`{"dateLastUpdate":"2026-01-01T08:00:01"}`:   "2,3",
		`{"dateLastUpdate":"2026-01-01T11:00:01Z"}`:  "2,3",
		`{"dateLastUpdate":"2026-01-02"}`:            "3",
		`{"creationDate":"1999-01-01"}`:              "1,2,3",
		`{"dateLastUpdate":"2026-01-02","active":1}`: "",
	} {
		equal(t, filter, strings.Join(ids(c.rows("/customers", filter), "id"), ","), want)
	}
	c.want(400, "GET", "/customers?paramFilter="+url.QueryEscape(`{"dateLastUpdate":"soon"}`), "")
	c.sim.Set(func(s *Sim) {
		s.IgnoreFilters = []string{"customers.dateLastUpdate", "customers.cpfCnpj"}
		s.CreationDateFilter = true
	})
	equal(t, "ignored", len(c.rows("/customers", `{"dateLastUpdate":"2026-01-02","cpfCnpj":"1"}`)), 3)
	equal(t, "creation day", strings.Join(ids(c.rows("/customers", `{"creationDate":"2025-01-01"}`), "id"), ","), "1")
	c.wantNoted()
}

func TestSelectFieldsKeepsTheNamedMembers(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 1)
	_, body := c.do("GET", "/customers?selectFields=id,Description", "")
	if !strings.Contains(body, `"entityList":[{"description":"Cliente 1","id":1}]`) {
		t.Error(body)
	}
	c.sim.Set(func(s *Sim) { s.SelectDefaults = true })
	r := c.want(200, "GET", "/customers?selectfields=id", "").List("entityList")[0]
	if v, ok := r["description"]; !ok || v != "" {
		t.Errorf("got %v", r)
	}
}

func TestWhatTheAPILacksIsNoted(t *testing.T) {
	c := setup(t, &Sim{})
	c.want(404, "GET", "/budgets", "")
	c.want(405, "PATCH", "/customergroups/301", `[]`)
	c.want(405, "DELETE", "/quotations/1", "")
	if got := c.noted(); !slices.Equal(got, []string{NoRoute, NoRoute, NoRoute}) {
		t.Error(got)
	}
}
