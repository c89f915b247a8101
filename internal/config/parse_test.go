package config

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// environment is a getenv with the credentials of the account acme.
func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"ACME_AUVO_KEY":    "key-of-auvo",
		"ACME_AUVO_TOKEN":  "token-of-auvo",
		"ACME_OMIE_KEY":    "38333295000",
		"ACME_OMIE_SECRET": "fed2163e2e8dccb53ff914ce9e2f1258",
		"RATE":             "120",
	}[name]
	return value, ok
}

const credentials = `
    auvo: {api_key: k, api_token: t}
    omie: {app_key: k, app_secret: s}
`

// account is a file with one account, of which only what matters is given.
func account(rest string) string {
	return "accounts:\n  - id: acme" + credentials + rest
}

func mustParse(t *testing.T, text string) File {
	t.Helper()
	file, err := Parse(strings.NewReader(text), environment)
	if err != nil {
		t.Fatalf("cannot parse:\n%s\n%v", text, err)
	}
	return file
}

func readFull(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheContractsFileIsReadWordForWord(t *testing.T) {
	a := mustParse(t, readFull(t)).Accounts[0]
	if a.ID != "acme" || a.Name != "ACME Refrigeração" || a.Every.Std() != 10*time.Minute {
		t.Errorf("identity read as %q %q %v", a.ID, a.Name, a.Every)
	}
	if got := a.Omie.AppSecret.Reveal(); got != "fed2163e2e8dccb53ff914ce9e2f1258" {
		t.Errorf("the secret did not come from the environment")
	}
	if got := a.Flows.Tasks.StartFrom; got != "2026-11-23" {
		t.Errorf("start_from = %q", got)
	}
	if got := a.Orders.SalesOrder.BankAccount; got != 7000000300 {
		t.Errorf("bank_account = %d", got)
	}
	rule := a.Orders.Rules[0]
	if rule.When.TaskTypes[0] != 102 || *rule.Create != CreateSalesOrder || rule.Category != nil {
		t.Errorf("rule read as %+v", rule)
	}
}

func TestTheValuesShownInTheContractAreTheDefaults(t *testing.T) {
	shown := mustParse(t, readFull(t)).Accounts[0]
	sparse := mustParse(t, account(`
    name: ACME Refrigeração
    flows: {customers: {}, products: {}, services: {}, tasks: {start_from: 2026-11-23}, quotations: {approved_stages: [Aprovado]}}
    orders:
      service_order: {category: 1.01.02, bank_account: 7000000300}
      sales_order: {category: 1.01.03, bank_account: 7000000300}
      rules: [{when: {flow: tasks, task_types: [102]}, create: sales-order}]
`)).Accounts[0]
	if diff := cmp.Diff(shown.Settings(), sparse.Settings()); diff != "" {
		t.Errorf("what is left out differs from what the contract shows:\n%s", diff)
	}
}

func TestJSONIsReadToo(t *testing.T) {
	file := mustParse(t, `{"accounts":[{"id":"a","auvo":{"api_key":"${ACME_AUVO_KEY}","api_token":"t"},
		"omie":{"app_key":"k","app_secret":"s","base_url":"http://127.0.0.1:9/api/v1/","redundancy_window":"2s"},
		"flows":{"services":{"enabled":false}}}]}`)
	a := file.Accounts[0]
	if a.Auvo.APIKey.Reveal() != "key-of-auvo" || a.Omie.BaseURL != "http://127.0.0.1:9/api/v1" {
		t.Errorf("read as %+v", a)
	}
	if a.Flows.Services.On() {
		t.Error("a flow with enabled: false is on")
	}
}

func TestAFlowIsOnWhenPresentAndOffWhenAbsent(t *testing.T) {
	a := mustParse(t, account("    flows: {services: {}}")).Accounts[0]
	if !a.Flows.Services.On() || a.Flows.Products.On() || a.Flows.Tasks.On() {
		t.Errorf("flows = %+v", a.Flows)
	}
}

func TestAnEmptyListIsNotAnAbsentOne(t *testing.T) {
	a := mustParse(t, account("    flows: {customers: {tags: []}}")).Accounts[0]
	if got := a.Flows.Customers.Tags; len(got) != 0 {
		t.Errorf("tags = %v, want none", got)
	}
}

func TestCodesKeepTheSpellingOfTheFile(t *testing.T) {
	a := mustParse(t, account(`
    orders: {service_order: {category: 1.10, payment_term: 000, stage: 010, salespeople: {12: 7000000400}}}`)).Accounts[0]
	o := a.Orders.ServiceOrder
	if o.Category != "1.10" || o.PaymentTerm != "000" || o.Stage != "010" || o.Salespeople[12] != 7000000400 {
		t.Errorf("read as %+v", o)
	}
}

func TestTheEnvironmentFillsAnyValueAndOnlyValues(t *testing.T) {
	a := mustParse(t, account("    name: \"$${RATE} of ${RATE}\"\n    flows: {tasks: {enabled: false, max_documents: \"${RATE}\"}}")).Accounts[0]
	if a.Name != "${RATE} of 120" || a.Flows.Tasks.MaxDocuments != 120 {
		t.Errorf("read as %q, %d", a.Name, a.Flows.Tasks.MaxDocuments)
	}
}

func TestAccountsMayShareABlockByAnAlias(t *testing.T) {
	file := mustParse(t, account("    flows: &f {services: {lookback: 2h}}\n")+
		"  - id: other"+credentials+"    flows: *f\n")
	if got := file.Accounts[1].Flows.Services.Lookback.String(); got != "2h" {
		t.Errorf("lookback = %s", got)
	}
}

func TestWhatIsWrongIsNamedWithItsLineKeyAndRemedy(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"an unknown key":                 {account("    evry: 10m"), "line 5: accounts[0].evry is not a key; the keys here are id, name"},
		"an unknown key in a flow":       {account("    flows:\n      tasks:\n        stauses: [paused]"), "line 7: accounts[0].flows.tasks.stauses is not a key"},
		"a key given twice":              {account("    every: 10m\n    every: 20m"), "line 6: accounts[0].every is given twice"},
		"a missing variable":             {account("    name: ${NOPE}"), "line 5: accounts[0].name needs the environment variable NOPE, which is not set"},
		"a malformed reference":          {account("    name: ${NO PE}"), "must name an environment variable as ${NAME}"},
		"an unfinished reference":        {account("    name: ${NOPE"), "must name an environment variable as ${NAME}"},
		"a flow without a value":         {account("    flows:\n      services:"), "line 6: accounts[0].flows.services has no value; write {}"},
		"a list for a word":              {account("    name: [a]"), "must be one value"},
		"a word for a list":              {account("    flows: {customers: {tags: Cliente}}"), "must be a list"},
		"a word for a number":            {account("    flows: {tasks: {max_documents: many}}"), "must be a whole number"},
		"a word for a boolean":           {account("    flows: {products: {stock: yes}}"), "must be true or false"},
		"a wrong duration":               {account("    every: 10"), "must be a duration such as 10m"},
		"a cycle that is too short":      {account("    every: 59s"), "line 5: accounts[0].every must be at least 1m"},
		"a wrong date":                   {account("    flows: {tasks: {start_from: 23/11/2026}}"), "must be a date such as 2026-11-23"},
		"a wrong word":                   {account("    flows: {customers: {direction: sideways}}"), "must be one of both, omie-to-auvo, auvo-to-omie"},
		"an empty word":                  {account("    flows: {customers: {direction: \"\"}}"), "direction must be one of both"},
		"an unknown status":              {account("    flows: {tasks: {statuses: [done]}}"), "statuses[0] must be one of opened"},
		"no status":                      {account("    flows: {tasks: {statuses: []}}"), "statuses is required"},
		"a status twice":                 {account("    flows: {tasks: {statuses: [finished, finished]}}"), "stands in the list twice"},
		"a negative number":              {account("    orders: {sales_order: {project: -1}}"), "project must be at least 0"},
		"an id of zero":                  {account("    flows: {tasks: {task_types: [0]}}"), "task_types[0] must be at least 1"},
		"a time zone that is none":       {account("    timezone: Mars/Olympus"), "must be the name of a time zone"},
		"an id with capitals":            {"accounts:\n  - id: ACME" + credentials, "line 2: accounts[0].id must be 1 to 63"},
		"no id":                          {"accounts:\n  - name: x" + credentials, "accounts[0].id is required"},
		"the same id twice":              {account("") + "  - id: acme" + credentials, "is the id of accounts[0] too"},
		"no credentials":                 {"accounts: [{id: a, auvo: {api_key: x}}]", "accounts[0].auvo.api_token is required"},
		"an address that is none":        {"accounts: [{id: a, auvo: {base_url: ftp://x}}]", "base_url must be an address that begins with https://"},
		"an address with a user":         {"accounts: [{id: a, auvo: {base_url: \"https://u:p@x\"}}]", "must hold no user"},
		"more than the vendor allows":    {"accounts: [{id: a, omie: {rate_per_minute: 217}}]", "must be at most 216, 90 % of Omie's limit"},
		"a short window at Omie itself":  {"accounts: [{id: a, omie: {redundancy_window: 5s}}]", "only a simulator may have a shorter one"},
		"a stock place that is none":     {account("    flows: {products: {stock_location: loja}}"), "must be default, all or the id"},
		"quotations without stages":      {account("    flows: {quotations: {}}"), "approved_stages is required while the flow is on"},
		"a stage with blanks":            {account("    flows: {quotations: {approved_stages: [\" Aprovado\"]}}"), "must have no blanks"},
		"tasks without a service order":  {account("    flows: {tasks: {}}"), "orders.service_order is required"},
		"an order without a category":    {account("    flows: {tasks: {}}\n    orders: {service_order: {bank_account: 1}}"), "service_order.category is required"},
		"an order without a bank":        {account("    flows: {tasks: {}}\n    orders: {service_order: {category: x}}"), "service_order.bank_account is required"},
		"a rule that makes sales orders": {account("    flows: {tasks: {}}\n    orders: {service_order: {category: x, bank_account: 1}, rules: [{create: both}]}"), "orders.sales_order is required"},
		"a remittance without category":  {account("    orders: {service_order: {used_products: REM}}"), "used_products_category is required"},
		"a city in another form":         {account("    orders: {service_order: {city: Santos}}"), "must be written as NOME (UF)"},
		"a rule that changes nothing":    {account("    orders: {rules: [{when: {flow: tasks}}]}"), "rules[0] changes nothing"},
		"task types of quotations":       {account("    orders: {rules: [{when: {flow: quotations, task_types: [1]}, stage: \"20\"}]}"), "can only match tasks"},
		"a condition on another flow":    {account("    orders: {rules: [{when: {flow: customers}, stage: \"20\"}]}"), "must be one of tasks, quotations"},
		"salespeople by name":            {account("    orders: {sales_order: {salespeople: {ana: 1}}}"), "must have ids as keys"},
		"a file without accounts":        {"accounts: []", "accounts must list at least one account"},
		"an empty file":                  {"", "is empty"},
		"a file of comments":             {"# soon\n", "is empty"},
		"two documents":                  {"accounts: []\n---\naccounts: []\n", "a second document begins"},
		"no YAML":                        {"accounts: [", "is not YAML"},
		"a list instead of a file":       {"- id: a", "must be a block of keys and values"},
		"a control character":            {account(`    name: "a\u0007b"`), "without control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(test.file), environment)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q\nshould hold %q", err, test.want)
			}
		})
	}
}

func TestADocumentNobodyCanMakeNeedsNoBlock(t *testing.T) {
	mustParse(t, account("    flows: {tasks: {enabled: false}, quotations: {enabled: false}}"))
	mustParse(t, account(`
    flows: {tasks: {}}
    orders:
      service_order: {category: x, bank_account: 1}
      rules: [{when: {flow: quotations}, create: sales-order}]`))
}

func TestNoErrorEchoesAValue(t *testing.T) {
	const secret = "hunter2-hunter2"
	for name, file := range map[string]string{
		"a secret where a number belongs":   account("    flows: {tasks: {max_documents: " + secret + "}}"),
		"a secret where a word belongs":     account("    flows: {customers: {conflict: " + secret + "}}"),
		"a secret that reads as an alias":   "accounts: [{id: a, auvo: {api_key: *" + secret + "}}]",
		"a secret that breaks the syntax":   "accounts: [{id: a, auvo: {api_key: @" + secret + "}}]",
		"a secret with an open quote":       "accounts:\n - id: a\n   auvo:\n    api_key: '" + secret + "\n",
		"a secret with a tag":               "accounts: [{id: a, auvo: {api_key: !!" + secret + " x}}]",
		"a secret where an address belongs": "accounts: [{id: a, auvo: {base_url: " + secret + "}}]",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(file), environment)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	_, err := Parse(strings.NewReader("# "+strings.Repeat("x", maxFile)), environment)
	if err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("error %v", err)
	}
}

func TestABombOfAliasesIsRefusedAtOnce(t *testing.T) {
	rules := "&r [" + strings.Repeat("{stage: x},", 1000) + "]"
	file := "accounts:\n- &a {id: a, orders: {rules: " + rules + "}}\n" + strings.Repeat("- *a\n", 1000)
	_, err := Parse(strings.NewReader(file), environment)
	if err == nil || !strings.Contains(err.Error(), "use fewer aliases") {
		t.Errorf("error %.200v", err)
	}
}

func FuzzParseNeverPanicsAndExportsWhatItRead(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(full))
	f.Add(account("    flows: {customers: {tags: [\"null\", \"~\", \"a: b\", \"$${X}\"]}}"))
	f.Add("a: &a [*a]")
	f.Add("accounts: [{id: ${X}}]\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse(strings.NewReader(text), func(string) (string, bool) { return "v", true })
		if err != nil {
			return
		}
		exported, err := Export(file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(strings.NewReader(string(exported)), func(string) (string, bool) { return "v", true })
		if err != nil {
			t.Fatalf("cannot read what was exported: %v\n%s", err, exported)
		}
		for i, account := range file.Accounts {
			if diff := cmp.Diff(account.Settings(), again.Accounts[i].Settings()); diff != "" {
				t.Errorf("export changed the settings:\n%s", diff)
			}
		}
	})
}
