package auvoapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"ponte/internal/call"
)

var sameDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

func some(text string) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: decimal.MustParse(text), Valid: true}
}

func TestBothGenerationsOfACustomerRead(t *testing.T) {
	live := `{"id":55,"externalId":"7","description":"Padaria","legalName":"Padaria Ltda","cpfCnpj":"11222333000181",
		"phoneNumber":["11900000000"],"email":["a@b.test"],"address":"Rua Um, 10","adressComplement":"fundos","groupsId":[0,3],"active":"false",
		"creationDate":"2025-11-03T14:20:11","dateLastUpdate":"2026-01-08T09:01:44"}`
	docs := `{"customerId":"55","externalId":7,"name":"Padaria","legalName":"Padaria Ltda","cpfCnpj":"11222333000181",
		"phoneNumber":"11900000000","email":["a@b.test",""],"Address":"Rua Um, 10","AdressComplement":"fundos","groupsId":["3"],"active":false,
		"creationDate":"2025-11-03 14:20:11","dateLastUpdate":"2026-01-08T12:01:44Z"}`
	want := Customer{
		ID: 55, ExternalID: "7", Name: "Padaria", LegalName: "Padaria Ltda", CpfCnpj: "11222333000181",
		PhoneNumber: []string{"11900000000"}, Email: []string{"a@b.test"}, Address: "Rua Um, 10", AdressComplement: "fundos",
		GroupsID: []int64{3}, CreationDate: time.Date(2025, 11, 3, 14, 20, 11, 0, Zone), DateLastUpdate: time.Date(2026, 1, 8, 9, 1, 44, 0, Zone),
	}
	for _, raw := range []string{live, docs} {
		want.Row = Row{Raw: json.RawMessage(raw), Problems: []string{}}
		if diff := cmp.Diff(want, readCustomer(open(json.RawMessage(raw)))); diff != "" {
			t.Errorf("%s:\n%s", raw, diff)
		}
	}
	renamed := readCustomer(open(json.RawMessage(`{"id":1,"name":"new","description":"old"}`)))
	if renamed.Name != "new" || !renamed.Active {
		t.Errorf("%+v", renamed)
	}
}

func TestATaskReadsWithItsItemsAndSums(t *testing.T) {
	raw := `{"taskID":81200345,"idUserFrom":501,"userFromName":"Ana","idUserTo":0,"customerId":"700123","customerExternalId":7000000001,
		"taskType":7001,"taskDate":"2026-02-04T08:00:00","orientation":"Trocar\nfiltro","checkInDate":"","finished":true,"taskStatus":"5","pendency":"",
		"taskUrl":"https://app.test/t","dateLastUpdate":"2026-02-04T10:02:15",
		"products":[{"productId":"0b1c","code":"4501","externalCode":"PRD-7","name":null,"description":"Filtro 10\"","quantity":2.0,"unitaryValue":35.5,
			"totalValue":71.0,"discount":{"value":0.0,"type":"0"}}],
		"services":[{"id":"5e5e","name":"Visita","quantity":1,"UnitaryValue":"120,00","totalValue":110,"discount":{"value":10,"type":"Valor"}}],
		"additionalCosts":[{"additionalCostId":"c0","code":4,"name":"Km","unitaryValue":44.0000}],
		"summary":{"totalProducts":71.0,"totalServices":110,"totalAdditionalCosts":44,"totalValue":202.5,"discount":{"value":10,"type":"Percentual"}}}`
	got := readTask(open(json.RawMessage(raw)))
	want := Task{
		Row: Row{Raw: json.RawMessage(raw), Problems: []string{}}, TaskID: 81200345, IDUserFrom: 501, UserFromName: "Ana",
		CustomerID: 700123, CustomerExternalID: "7000000001", TaskType: 7001, TaskDate: time.Date(2026, 2, 4, 8, 0, 0, 0, Zone),
		Orientation: "Trocar\nfiltro", Finished: true, TaskStatus: TaskFinished, TaskURL: "https://app.test/t",
		DateLastUpdate: time.Date(2026, 2, 4, 10, 2, 15, 0, Zone), HasItems: true,
		Products: []TaskItem{{
			ID: "0b1c", Code: 4501, ExternalCode: "PRD-7", Description: `Filtro 10"`,
			Quantity: decimal.MustParse("2.0"), UnitaryValue: decimal.MustParse("35.5"), TotalValue: some("71.0"),
		}},
		Services: []TaskItem{{
			ID: "5e5e", Name: "Visita", Quantity: decimal.MustParse("1"), UnitaryValue: decimal.MustParse("120.00"),
			TotalValue: some("110"), Discount: Discount{Value: decimal.MustParse("10")},
		}},
		AdditionalCosts: []TaskCost{{AdditionalCostID: "c0", Code: 4, Name: "Km", UnitaryValue: decimal.MustParse("44.0000")}},
		Summary: TaskSummary{
			TotalProducts: some("71.0"), TotalServices: some("110"), TotalAdditionalCosts: some("44"), TotalValue: some("202.5"),
			Discount: Discount{Percent: true, Value: decimal.MustParse("10")},
		},
	}
	if diff := cmp.Diff(want, got, sameDecimals); diff != "" {
		t.Error(diff)
	}
	if readTask(open(json.RawMessage(`{"taskID":1}`))).HasItems {
		t.Error("a row without items says that it has them")
	}
}

func TestBothGenerationsOfAQuotationRead(t *testing.T) {
	current := `{"publicId":412,"customerId":700123,"externalCode":"","taskId":0,"taskIds":[81200345],"requesterUserId":501,"requestDate":"2026-02-02",
		"lastUpdateDate":"2026-02-05","products":[{"productId":4501,"amount":2.0,"unitaryValue":"35.50","unitaryDiscount":{"type":"Percentual","value":10}}],
		"services":[],"aditionalCosts":[{"id":1,"costId":4,"description":"Km","value":"10.00"}],"currentStage":{"id":3,"description":"Aprovado","position":3},
		"summary":{"grossTotalValue":81,"netTotalValue":73.9,"discount":{"type":"Monetario","value":0}}}`
	old := `{"publicId":"412","customerId":700123,"taskID":"0","taskIds":[81200345],"requesterUserId":501,"requestDate":"2026-02-02T00:00:00",
		"lastUpdateDate":"2026-02-05T00:00:00","products":[{"productId":4501,"amout":2.0,"UnitaryValue":"35.50","unitaryDiscount":{"type":"Percentual","value":10}}],
		"additionalCosts":[{"id":1,"costId":4,"description":"Km","value":"10.00"}],"CurrentStage":{"id":3,"description":"Aprovado","position":3},
		"summary":{"grossTotalValue":81,"netTotalValue":73.9,"discount":{"type":"Monetario","value":0}}}`
	want := Quotation{
		PublicID: 412, CustomerID: 700123, TaskIDs: []int64{81200345}, RequesterUserID: 501,
		RequestDate: time.Date(2026, 2, 2, 0, 0, 0, 0, Zone), LastUpdateDate: time.Date(2026, 2, 5, 0, 0, 0, 0, Zone), HasItems: true,
		Products: []QuotationItem{{
			ProductID: 4501, Amount: decimal.MustParse("2"), UnitaryValue: decimal.MustParse("35.50"),
			UnitaryDiscount: Discount{Percent: true, Value: decimal.MustParse("10")},
		}},
		AdditionalCosts: []QuotationCost{{1, 4, "Km", decimal.MustParse("10")}},
		CurrentStage:    Stage{ID: 3, Description: "Aprovado", Position: 3},
		Summary:         QuotationSummary{GrossTotalValue: some("81"), NetTotalValue: some("73.9")},
	}
	for _, raw := range []string{current, old} {
		want.Row = Row{Raw: json.RawMessage(raw), Problems: []string{}}
		if diff := cmp.Diff(want, readQuotation(open(json.RawMessage(raw))), sameDecimals); diff != "" {
			t.Errorf("%s:\n%s", raw, diff)
		}
	}
}

func TestProductsAndServicesReadTheirPrices(t *testing.T) {
	p := readProduct(open(json.RawMessage(`{"productId":"0b1c","code":"4501","externalId":"SKU","name":"Filtro","unitaryValue":"$1,234.50","unitaryCost":"12,00","minimumStock":"30","totalStock":7.5,"active":true}`)))
	if p.Code != 4501 || p.UnitaryValue != some("1234.50") || p.UnitaryCost != some("12.00") || p.TotalStock != some("7.5") || len(p.Problems) != 0 {
		t.Errorf("%+v", p)
	}
	if p := readProduct(open(json.RawMessage(`{"id":4501,"unitaryValue":""}`))); p.Code != 4501 || p.UnitaryValue.Valid {
		t.Errorf("%+v", p)
	}
	s := readService(open(json.RawMessage(`{"id":"5e5e","title":"Visita","price":"12.34","externalCode":90}`)))
	if s.ID != "5e5e" || s.Price != some("12.34") || s.ExternalCode != "90" || !s.Active {
		t.Errorf("%+v", s)
	}
}

func TestOneBadMemberIsNotedAndSpoilsNothingElse(t *testing.T) {
	task := readTask(open(json.RawMessage(`{"taskID":812,"taskDate":"soon","products":[{"productId":"x","unitaryValue":"1,234"},7],"services":{},"finished":"maybe","customerId":[]}`)))
	want := []string{
		"customerId: is not a number", "taskDate: is not a date", "finished: is neither true nor false",
		"products[0].quantity: is missing", "products[0].unitaryValue: may be read as two different numbers", "products[1]: is not an object",
		"products[1].quantity: is missing", "products[1].unitaryValue: is missing", "services: is not an array",
	}
	if diff := cmp.Diff(want, task.Problems); diff != "" || task.TaskID != 812 {
		t.Error(diff)
	}
	if p := readCustomer(open(json.RawMessage(`"x"`))).Problems; len(p) != 2 {
		t.Errorf("a row that is no object: %q", p)
	}
}

func TestListsReadInEveryEnvelope(t *testing.T) {
	for _, tt := range []struct {
		body        string
		items       int
		total       int
		hasTotal    bool
		size        int
		last        bool
		wantFailure bool
	}{
		{body: `{"result":{"entityList":[{"id":1},{"id":2}],"pagedSearchReturnData":{"pageSize":2,"page":1,"totalItems":5}}}`, items: 2, total: 5, hasTotal: true, size: 2},
		{body: `{"result":{"entityList":[{"id":1},{"id":2}],"pageInformation":{"page":1,"totalPages":1,"totalItems":"2"}}}`, items: 2, total: 2, hasTotal: true, size: 2, last: true},
		{body: `{"result":{"entityList":[{"id":1}],"pagedSearchReturnData":{"pageSize":1,"totalItems":5}}}`, items: 1, total: 5, hasTotal: true, size: 1},
		{body: `{"result":[{"id":1},{"id":2}]}`, items: 2, size: 2},
		{body: `{"result":{"entityList":[{"id":1},{"id":2}],"pageInformation":{"totalItems":"many"}}}`, items: 2, size: 2},
		{body: `{"result":{"EntityList":[{"id":1}]}}`, items: 1, size: 2, last: true},
		{body: `{"result":{"entityList":[],"pagedSearchReturnData":{"totalItems":0}}}`, hasTotal: true, size: 2, last: true},
		{body: `{"result":{"entityList":null}}`, size: 2, last: true},
		{body: `{"result":[]}`, size: 2, last: true},
		{body: `{"result":null}`, wantFailure: true},
		{body: `{"result":{}}`, wantFailure: true},
		{body: `{"result":{"entityList":"x"}}`, wantFailure: true},
		{body: `{"result":"x"}`, wantFailure: true},
		{body: `{"message":"ok"}`, wantFailure: true},
		{body: `[]`, wantFailure: true},
		{body: `7`, wantFailure: true},
	} {
		c, a := setup(t)
		a.answers("GET /tasktypes", "200 "+tt.body)
		p, err := c.TaskTypes.List(t.Context(), 1, 2)
		if tt.wantFailure {
			wantReaction(t, err, call.Retry)
			continue
		}
		if err != nil || len(p.Items) != tt.items || p.Total != tt.total || p.HasTotal != tt.hasTotal || p.PageSize != tt.size || p.Last() != tt.last {
			t.Errorf("%s: %+v last %v %v", tt.body, p, p.Last(), err)
		}
	}
}

func TestAPagelessListOfGroupsHasNoSecondPage(t *testing.T) {
	c, a := setup(t)
	a.answers("GET /customergroups", `200 {"result":[{"id":1,"description":"a"},{"id":2,"description":"b"}]}`)
	p, err := c.CustomerGroups.List(t.Context(), 1, 2)
	if err != nil || !p.Last() || p.Items[1].Description != "b" {
		t.Errorf("%+v %v", p, err)
	}
}

func TestAListOfNothingIsEmptyAndAMissingRecordIsGone(t *testing.T) {
	c, a := setup(t)
	a.answers("GET /services", "404 ")
	a.answers("GET /services/5e5e", "404 ")
	_, err := c.Services.List(t.Context(), ServiceFilter{}, 1, 100)
	wantReaction(t, err, call.Empty)
	_, err = c.Services.Get(t.Context(), "5e5e")
	wantReaction(t, err, call.Gone)
}

// sees serves pattern with answer and checks what is asked.
func (a *account) sees(t *testing.T, pattern, param, body, answer string) {
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != body || r.URL.Query().Get("paramFilter") != param {
			t.Errorf("%s got %s %s (%v), want %s %s", pattern, r.URL.Query().Get("paramFilter"), got, err, param, body)
		}
		if body != "" && r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("content type %q", r.Header.Get("Content-Type"))
		}
		reply(w, 200, answer)
	})
}

func TestWhatIsSentIsWhatAuvoReads(t *testing.T) {
	c, a := setup(t, func(cfg *Config) {
		cfg.Now = func() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) } // the evening of the 1st in São Paulo
	})
	ctx, day := t.Context(), time.Date(2026, 2, 3, 9, 0, 0, 0, Zone)
	stock := int64(7)
	const none, noBody = "", ""
	tests := []struct {
		pattern, param, body, answer string
		call                         func() error
	}{
		{"POST /customers", none, `{"name":"Padaria","email":["a@b.test"],"active":true}`, someCustomer, func() error {
			_, err := c.Customers.Create(ctx, NewCustomer{Name: "Padaria", Email: []string{"a@b.test"}, Active: true})
			return err
		}},
		{"PATCH /customers/55", none, `[{"op":"replace","path":"externalId","value":"7"}]`, someCustomer, func() error {
			_, err := c.Customers.Patch(ctx, 55, []Op{Replace("externalId", "7")})
			return err
		}},
		{"POST /products", none, `{"name":"Filtro","description":"Filtro","externalId":"SKU","totalStock":7,"active":true}`, `{"result":{"code":"1"}}`, func() error {
			_, err := c.Products.Create(ctx, NewProduct{Name: "Filtro", Description: "Filtro", ExternalID: "SKU", TotalStock: &stock, Active: true})
			return err
		}},
		{"PATCH /products/4501", none, `[{"op":"replace","path":"unitaryValue","value":35.50}]`, `{"result":{"code":4501}}`, func() error {
			_, err := c.Products.Patch(ctx, 4501, []Op{Replace("unitaryValue", decimal.MustParse("35.50"))})
			return err
		}},
		{"POST /services", none, `{"active":true,"externalCode":"9","price":12.34,"title":"Visita"}`, `{"result":{"id":"5e5e"}}`, func() error {
			_, err := c.Services.Create(ctx, NewService{Title: "Visita", ExternalCode: "9", Price: some("12.34"), Active: true})
			return err
		}},
		{"PATCH /services/5e5e", none, `[{"op":"replace","path":"title","value":"x"}]`, ``, func() error {
			s, err := c.Services.Patch(ctx, "5e5e", []Op{Replace("title", "x")})
			if s.Raw != nil {
				t.Errorf("%+v", s)
			}
			return err
		}},
		{"GET /tasks", `{"startDate":"2000-01-01T00:00:00","endDate":"2099-12-31T23:59:59","dateLastUpdate":"2026-02-03T09:00:00"}`, noBody, `{"result":[]}`, func() error {
			_, err := c.Tasks.List(ctx, TaskFilter{DateLastUpdate: day}, 1, 100)
			return err
		}},
		{"GET /tasks/GetDeletedTasks", `{"startDate":"2025-12-31T00:00:00","endDate":"2027-03-01T23:59:59"}`, noBody, `{"result":[]}`, func() error {
			_, err := c.Tasks.Deleted(ctx, TaskFilter{}, 1, 100)
			return err
		}},
		{"GET /tasks/812", none, noBody, `{"result":{"taskID":812}}`, func() error {
			_, err := c.Tasks.Get(ctx, 812)
			return err
		}},
		{"GET /quotations", `{"lastUpdateStartDate":"2026-02-03"}`, noBody, `{"result":[]}`, func() error {
			_, err := c.Quotations.List(ctx, QuotationFilter{LastUpdateStart: day}, 1, 100)
			return err
		}},
		{"GET /quotations/412", none, noBody, `{"result":{"publicId":412}}`, func() error {
			_, err := c.Quotations.Get(ctx, 412)
			return err
		}},
		{"GET /products/4501", none, noBody, `{"result":{"code":4501}}`, func() error {
			_, err := c.Products.Get(ctx, 4501)
			return err
		}},
	}
	for _, tt := range tests {
		a.sees(t, tt.pattern, tt.param, tt.body, tt.answer)
		if err := tt.call(); err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
		}
	}
	_, err := c.Customers.Patch(ctx, 55, nil)
	wantReaction(t, err, call.GiveUp)
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte(`{"result":{"entityList":[{"taskID":1,"products":[{"discount":{"value":"1","type":1}}]}],"pagedSearchReturnData":{"totalItems":1}}}`))
	f.Add([]byte(`{"result":[{"id":"x","currentStage":[],"summary":7,"products":[null,[],{}]}]}`))
	f.Add([]byte(`{"result":{"ID":1e400,"id":"\u0000","taskid":-0}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		records := []*object{open(body)}
		if one := unwrapOne(body); one != nil {
			records = append(records, one)
		}
		rows, _, _ := unwrapList(body)
		for _, row := range rows {
			records = append(records, open(row))
		}
		for _, o := range records {
			_ = readCustomerGroup(open(o.raw))
			_, _, _ = readUser(open(o.raw)), readTaskType(open(o.raw)), readWebhook(open(o.raw))
			first := fmt.Sprintf("%+v", readTask(open(o.raw)).Problems)
			if again := fmt.Sprintf("%+v", readTask(open(o.raw)).Problems); first != again {
				t.Fatalf("%s and then %s", first, again)
			}
			_, _, _, _ = readCustomer(open(o.raw)), readProduct(open(o.raw)), readService(open(o.raw)), readQuotation(open(o.raw))
			if strings.ContainsRune(readTask(open(o.raw)).Orientation, 0) {
				t.Fatal("NUL")
			}
		}
	})
}
