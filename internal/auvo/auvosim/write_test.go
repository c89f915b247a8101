package auvosim

import (
	"strings"
	"testing"
	"time"
)

func TestPostOfACustomerIsNotIdempotentAndTakesDuplicates(t *testing.T) {
	c := setup(t, &Sim{})
	body := `{"name":"Padaria","externalId":"7000","cpfCnpj":"11222333000181","active":"true","phoneNumber":["11900000000"],"Phone":"x"}`
	first := c.want(201, "POST", "/customers", body)
	second := c.want(201, "POST", "/customers", body)
	equal(t, "name", first.Text("name"), "Padaria")
	equal(t, "description", first.Text("description"), "Padaria")
	if first.Text("id") == second.Text("id") {
		t.Error("the second POST found the first")
	}
	read := c.want(200, "GET", "/customers/"+first.Text("id"), "")
	if _, named := read["name"]; named || read.Text("description") != "Padaria" || read.Text("dateLastUpdate") != "2026-02-04T12:00:00" {
		t.Errorf("got %v", read)
	}
	c.wantNoted(UnknownBody, UnknownBody)
	c.sim.Set(func(s *Sim) { s.RefuseDuplicates = true })
	c.want(409, "POST", "/customers", body)
}

func TestBodiesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ method, path, body, part string }{
		"no name":           {"POST", "/customers", `{"externalId":"1"}`, "The name is required"},
		"long name":         {"POST", "/customers", `{"name":"` + strings.Repeat("é", 501) + `"}`, "maximum length of 500"},
		"unknown group":     {"POST", "/customers", `{"name":"x","groupsId":[9]}`, "groupsId 9 does not exist"},
		"wrong type":        {"POST", "/customers", `{"name":"x","latitude":"north"}`, `{"latitude":["The value 'north' is not valid."]}`},
		"no JSON":           {"POST", "/customers", `{`, "not valid JSON"},
		"unknown path":      {"PATCH", "/customers/1", `[{"op":"replace","path":"/cnpj","value":"1"}]`, "The target location specified by path segment 'cnpj' was not found."},
		"read-only path":    {"PATCH", "/customers/1", `[{"op":"replace","path":"id","value":"1"}]`, "path segment 'id'"},
		"contacts":          {"PATCH", "/customers/1", `[{"op":"replace","path":"contacts","value":[]}]`, "path segment 'contacts'"},
		"other operation":   {"PATCH", "/customers/1", `[{"op":"add","path":"note","value":"1"}]`, "add"},
		"id that is a word": {"GET", "/customers/x", ``, `{"id":["The value 'x' is not valid."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := setup(t, &Sim{})
			seedCustomers(c, 1)
			status, body := c.do(test.method, test.path, test.body)
			if status != 400 || !strings.Contains(body, test.part) {
				t.Errorf("got %d %s, want 400 with %s", status, body, test.part)
			}
		})
	}
}

func TestPatchReplacesByPathWithoutCaseOrSlash(t *testing.T) {
	at := time.Date(2026, 2, 4, 15, 0, 0, 0, time.UTC)
	c := setup(t, &Sim{Now: func() time.Time { return at }})
	seedCustomers(c, 1)
	at = at.Add(90*time.Second + 300*time.Millisecond)
	r := c.want(200, "PATCH", "/customers/1", `[{"op":"replace","path":"/ExternalId","value":7000},{"op":"replace","path":"name","value":"Novo"}]`)
	equal(t, "externalId", r.Text("externalId"), "7000")
	equal(t, "description", c.want(200, "GET", "/customers/1", "").Text("description"), "Novo")
	equal(t, "dateLastUpdate", r.Text("dateLastUpdate"), "2026-02-04T12:01:30")
	c.want(400, "PATCH", "/customers/1", `[{"op":"replace","path":"note","value":"half"},{"op":"replace","path":"nope","value":1}]`)
	equal(t, "note", c.want(200, "GET", "/customers/1", "").Text("note"), "")
	c.want(404, "PATCH", "/customers/99", `[]`)
}

func TestAStaleDescriptionLagsBehindTheName(t *testing.T) {
	c := setup(t, &Sim{StaleDescription: true})
	seedCustomers(c, 1)
	c.want(200, "PATCH", "/customers/1", `[{"op":"replace","path":"name","value":"Novo"}]`)
	r := c.want(200, "GET", "/customers/1", "")
	equal(t, "name", r.Text("name"), "Novo")
	equal(t, "description", r.Text("description"), "Cliente 1")
	equal(t, "owner sees", c.sim.Snapshot().Find("customer", "1").Text("description"), "Novo")
}

func TestTheNewCustomerModel(t *testing.T) {
	c := setup(t, &Sim{NewCustomerModel: true})
	seedCustomers(c, 1)
	r := c.rows("/customers", "{}")[0]
	if r.Text("customerId") != "1" || r.Text("name") != "Cliente 1" || r["id"] != nil || r["description"] != nil {
		t.Errorf("got %v", r)
	}
}

func TestPutReplacesMergesOrMakes(t *testing.T) {
	c := setup(t, &Sim{})
	c.seed(`{"customers":[{"id":1,"description":"Um","externalId":"A","note":"keep","legalName":"Um Ltda","cpfCnpj":"52998224725"}]}`)
	c.want(200, "PUT", "/customers", `{"externalId":"A","name":"Dois","replaceData":false}`)
	equal(t, "merged", c.want(200, "GET", "/customers/1", "").Text("note"), "keep")
	c.wantNoted()
	c.want(200, "PUT", "/customers", `{"id":1,"name":"Tres","externalId":"A","cpfCnpj":"52998224725"}`)
	r := c.want(200, "GET", "/customers/1", "")
	equal(t, "cleared", r.Text("note"), "")
	equal(t, "legalName needs its own word", r.Text("legalName"), "Um Ltda")
	c.want(200, "PUT", "/customers", `{"name":"Quatro","identifierBycpfCnpj":true,"cpfCnpj":"52998224725","replaceData":false}`)
	c.want(201, "PUT", "/customers", `{"id":77,"name":"Cinco"}`)
	equal(t, "customers", len(c.sim.Snapshot().Customers), 2)
	if got := strings.Join(c.noted(), " "); !strings.Contains(got, ReplacingPut) || !strings.Contains(got, MadeByPut) {
		t.Error(got)
	}
}

func TestAPostedProductPriceIsStoredTenfoldAndPatchIsRight(t *testing.T) {
	c := setup(t, &Sim{})
	r := c.want(201, "POST", "/products", `{"name":"Filtro","externalId":"PRD-7","unitaryValue":10.5}`)
	equal(t, "posted", r.Text("unitaryValue"), "$105.00")
	c.wantNoted(PostedPrice)
	code := r.Text("code")
	if r.Text("id") != code || r["code"] != code || len(r.Text("productId")) != 36 {
		t.Errorf("names: %v", r)
	}
	r = c.want(200, "PATCH", "/products/"+code, `[{"op":"replace","path":"/unitaryValue","value":10.5},{"op":"replace","path":"totalStock","value":7}]`)
	equal(t, "patched", r.Text("unitaryValue"), "$10.50")
	equal(t, "stock", r.Text("totalStock"), "7")
	equal(t, "kept", c.sim.Snapshot().Products[0].Text("unitaryValue"), "10.5")
	equal(t, "by external id", len(c.rows("/products", `{"externalId":"PRD-7"}`)), 1)
	c.sim.Set(func(s *Sim) { s.ProductPrices, s.HonestPost = "comma", true })
	equal(t, "honest, with a comma", c.want(201, "POST", "/products", `{"name":"B","unitaryValue":1234.5}`).Text("unitaryValue"), "1234,50")
	c.sim.Set(func(s *Sim) { s.ProductPrices = "number" })
	_, body := c.do("GET", "/products/"+code, "")
	if !strings.Contains(body, `"unitaryValue":10.50`) {
		t.Error(body)
	}
}

func TestServicesHaveGUIDsAndAUniqueExternalCode(t *testing.T) {
	c := setup(t, &Sim{})
	r := c.want(201, "POST", "/services", `{"title":"Visita","price":100.5,"externalCode":"S1"}`)
	id := r.Text("id")
	equal(t, "price", r.Text("price"), "100.50")
	c.want(400, "POST", "/services", `{"title":"Outra","externalCode":"S1"}`)
	other := c.want(201, "POST", "/services", `{"title":"Outra"}`).Text("id")
	c.want(400, "PATCH", "/services/"+other, `[{"op":"replace","path":"externalCode","value":"S1"}]`)
	c.want(200, "PATCH", "/services/"+strings.ToUpper(id), `[{"op":"replace","path":"externalCode","value":"S1"}]`)
	c.want(200, "PUT", "/services", `{"externalCode":"S1","title":"Visita técnica"}`)
	equal(t, "found by code", c.rows("/services", `{"externalCode":"S1"}`)[0].Text("title"), "Visita técnica")
	_, all := c.do("GET", "/services/obterListaServicos", "")
	if !strings.HasPrefix(all, `{"result":[{`) {
		t.Error(all)
	}
	c.sim.Set(func(s *Sim) { s.ServicePriceText, s.NoExternalCode = true, true })
	r = c.want(200, "GET", "/services/"+other, "")
	if _, ok := r["externalCode"]; ok || r["price"] != "0.00" {
		t.Errorf("got %v", r)
	}
	c.want(400, "PATCH", "/services/"+id, `[{"op":"replace","path":"externalCode","value":"S9"}]`)
}

func TestPatchOfATaskTypeAnswers200WithoutEffect(t *testing.T) {
	c := setup(t, &Sim{})
	c.want(200, "PATCH", "/tasktypes/7001", `[{"op":"replace","path":"description","value":"X"}]`)
	equal(t, "description", c.want(200, "GET", "/tasktypes/7001", "").Text("description"), "Corretiva")
}

func TestAPostedGroupIsNested(t *testing.T) {
	c := setup(t, &Sim{})
	r := c.want(201, "POST", "/customergroups", `{"description":"VIP"}`)
	equal(t, "id", r.Object("clientGroupSearchReturn").Text("id"), "303")
}

func TestABodyWithoutItsContentTypeIsA415(t *testing.T) {
	c := setup(t, &Sim{})
	req, err := newRequest(c, "POST", "/customers", `{"name":"x"}`)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	equal(t, "status", res.StatusCode, 415)
	c.wantNoted(NoContentType)
}

func TestDeletedIs204AndThen404(t *testing.T) {
	c := setup(t, &Sim{})
	seedCustomers(c, 1)
	c.want(204, "DELETE", "/customers/1", "")
	c.want(404, "DELETE", "/customers/1", "")
}
