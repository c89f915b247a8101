package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
)

// An ajustesPage is one step's settings.
type ajustesPage struct {
	draftHead
	Title, Lead string
	Action      string
	Next        string
	Groups      []settingGroup
	Wrong       []string
	Gaps        []string // what still lacks
	Lists       listsState
}

// A settingGroup is the settings of one block.
type settingGroup struct {
	Title  string
	Fields []stepForm
}

// A stepForm is a setting in the form, and its path: a browser sends nothing of
// choices of which none is ticked, and the path says that they were shown.
type stepForm struct {
	formField
	Path string
}

// A listsState is how far the reading of the catalogues is.
type listsState struct {
	Shown   bool // this step chooses from them
	Pending bool
	Slow    bool // for a while already: it may be asked for again
	Trouble string
	When    moment
	Action  string
	Missing []string // catalogues that could not be read
	See     string   // the page that shows whether they came
	Block   string   // of settings, to which the form of Action leads back; "" none
}

// A settingStep is a page of settings.
type settingStep struct {
	path, title, lead string
	lists             bool // it chooses from the catalogues
	fields            []stepField
}

// A stepField is a key of a block, shown while is holds, and the catalogue that it
// is chosen from; is nil: always, list "": none.
type stepField struct {
	block, key, list string
	is               func(a *config.Account) bool
}

func (f stepField) path() string { return f.block + "." + f.key }

// owns tells whether a problem is this step's to mend.
func (st settingStep) owns(problem string) bool {
	return slices.ContainsFunc(st.fields, func(f stepField) bool {
		return problem == f.block || problem == f.path() || strings.HasPrefix(problem, f.path()+"[")
	})
}

var (
	withCustomers  = func(a *config.Account) bool { return a.Flows.Customers.On() }
	withProducts   = func(a *config.Account) bool { return a.Flows.Products.On() }
	withTasks      = func(a *config.Account) bool { return a.Flows.Tasks.On() }
	withQuotations = func(a *config.Account) bool { return a.Flows.Quotations.On() }
	withService    = func(a *config.Account) bool { service, _ := a.Makes(); return service }
	withSales      = func(a *config.Account) bool { _, sales := a.Makes(); return sales }
)

var settingSteps = []settingStep{
	{"fluxos", "O que fica de acordo", "Ligue o que deve andar sozinho entre o Auvo e o Omie, e diga em que sentido.", false, []stepField{
		{block: "flows.customers", key: "enabled"},
		{block: "flows.customers", key: "direction"},
		{block: "flows.customers", key: "name"},
		{block: "flows.customers", key: "conflict"},
		{block: "flows.products", key: "enabled"},
		{block: "flows.products", key: "stock"},
		{block: "flows.services", key: "enabled"},
		{block: "flows.tasks", key: "enabled"},
		{block: "flows.tasks", key: "create"},
		{block: "flows.quotations", key: "enabled"},
		{block: "flows.quotations", key: "create"},
	}},
	{"escolhas", "Quais registros contam", "As listas vêm do seu Auvo e do seu Omie.", true, []stepField{
		{block: "flows.customers", key: "tags", is: withCustomers},
		{block: "flows.customers", key: "inactive", is: withCustomers},
		{block: "flows.products", key: "stock_location", list: record.StockLocations, is: withProducts},
		{block: "flows.tasks", key: "statuses", is: withTasks},
		{block: "flows.tasks", key: "task_types", list: record.TaskTypes, is: withTasks},
		{block: "flows.tasks", key: "customer_groups", list: record.CustomerGroups, is: withTasks},
		{block: "flows.tasks", key: "start_from", is: withTasks},
		{block: "flows.quotations", key: "approved_stages", list: record.QuotationStages, is: withQuotations},
		{block: "flows.quotations", key: "start_from", is: withQuotations},
	}},
	{"padroes", "Como o documento sai", "O que o Omie pede em cada documento e o Auvo não tem. Depois, em Regras, dá para mudar por tipo de tarefa, grupo, cidade ou técnico.", true, append(
		orderFields("orders.service_order", record.ServiceStages, withService,
			stepField{key: "fallback_service", list: record.CatalogServices}, stepField{key: "used_products"}, stepField{key: "used_products_category", list: record.Categories}, stepField{key: "city"}),
		orderFields("orders.sales_order", record.SalesStages, withSales, stepField{key: "final_consumer"})...)},
}

// orderFields are those of both documents, and more.
func orderFields(block, stages string, is func(*config.Account) bool, more ...stepField) []stepField {
	out := append([]stepField{{key: "category", list: record.Categories}, {key: "bank_account", list: record.BankAccounts}, {key: "payment_term", list: record.PaymentTerms}, {key: "stage", list: stages}}, more...)
	for n := range out {
		out[n].block, out[n].is = block, is
	}
	return out
}

// settingStepOf is the step of an address, and the draft.
func (s *Site) settingStepOf(v *visit) (settingStep, *drafting, error) {
	at := slices.IndexFunc(settingSteps, func(st settingStep) bool { return st.path == v.PathValue("passo") })
	if at < 0 {
		return settingStep{}, nil, missing("Esta página não existe.")
	}
	d, err := s.draftingOf(v)
	return settingSteps[at], d, err
}

func (s *Site) ajustes(w http.ResponseWriter, v *visit) error {
	st, d, err := s.settingStepOf(v)
	if err != nil {
		return err
	}
	return s.showAjustes(w, v, http.StatusOK, d, st, nil, nil)
}

func (s *Site) showAjustes(w http.ResponseWriter, v *visit, status int, d *drafting, st settingStep, typed map[string]string, wrong []string) error {
	here := d.Path("ajustes", st.path)
	page := ajustesPage{draftHead: d.head(here), Title: st.title, Lead: st.lead, Action: here, Next: d.after(here), Wrong: wrong}
	for _, f := range st.fields {
		if f.is != nil && !f.is(&d.account) {
			continue
		}
		title := blockTitle(f.block)
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Title != title {
			page.Groups = append(page.Groups, settingGroup{Title: title})
		}
		group := &page.Groups[len(page.Groups)-1]
		field, gap := d.field(f, typed)
		group.Fields = append(group.Fields, stepForm{field, f.path()})
		if gap != "" {
			page.Gaps = append(page.Gaps, gap)
		}
	}
	for _, p := range d.gaps() {
		if st.owns(p.Key) {
			page.Gaps = append(page.Gaps, gapSaid(p))
		}
	}
	if st.lists {
		page.Lists = s.listsOf(d)
	}
	return show(s, w, v, status, ajustesSheet, st.title, page)
}

// saveAjustes keeps what was chosen, even while something still lacks; what cannot
// be read at all is not kept.
func (s *Site) saveAjustes(w http.ResponseWriter, v *visit) error {
	st, d, err := s.settingStepOf(v)
	if err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return err
	}
	typed := map[string]string{}
	for _, f := range st.fields {
		texts, sent := v.PostForm[formPrefix+f.path()]
		if sent || v.PostForm.Has("mostrado."+f.path()) {
			typed[f.path()] = strings.Join(texts, "\n")
		}
	}
	wrong, err := d.choose(st, typed)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.showAjustes(w, v, http.StatusUnprocessableEntity, d, st, typed, wrong)
	}
	if err := s.keepDraft(v.Context(), d, nil); err != nil {
		return err
	}
	to, said := d.after(d.Path("ajustes", st.path)), "Salvo."
	if slices.ContainsFunc(d.gaps(), func(p config.Problem) bool { return st.owns(p.Key) }) {
		to, said = d.Path("ajustes", st.path), "Salvo, mas ainda falta algo nesta página."
	}
	return s.back(w, v, to, said)
}

// choose changes the draft's account. wrong is what cannot be read; the draft then stays as it was.
func (d *drafting) choose(st settingStep, typed map[string]string) (wrong []string, err error) {
	a := d.account
	values := map[string]map[string]string{}
	for _, f := range st.fields {
		if text, given := typed[f.path()]; given {
			if values[f.block] == nil {
				values[f.block] = map[string]string{}
			}
			values[f.block][f.key] = text
		}
	}
	for _, f := range st.fields {
		if values[f.block] == nil {
			continue
		}
		next, err := a.Edited(f.block, values[f.block])
		problems, ok := errors.AsType[*config.Error](err)
		if err != nil && !ok {
			return nil, err
		}
		delete(values, f.block)
		if ok && unread(next, problems.Problems) {
			for _, p := range problems.Problems {
				wrong = append(wrong, settingWrong(p))
			}
			continue
		}
		a = next
	}
	if len(wrong) == 0 {
		d.account = a
	}
	return wrong, nil
}

// unread tells whether a problem is not of the account as it is now: then what was
// typed could not be read into it.
func unread(a config.Account, problems []config.Problem) bool {
	known, _ := errors.AsType[*config.Error](a.Validate())
	return slices.ContainsFunc(problems, func(p config.Problem) bool {
		return known == nil || !slices.Contains(known.Problems, p)
	})
}

func (s *Site) listsOf(d *drafting) listsState {
	w := d.works[setup.Lists]
	l := listsState{
		Shown: true, Pending: w.Pending(), Trouble: w.Said, Action: d.Path("listas"), See: d.Path("ajustes", settingSteps[1].path), When: moments{s.Now(), zoneOf(d.account)}.of(w.Ended),
		Slow: w.Pending() && s.Now().Sub(w.Asked) > slowWork,
	}
	switch {
	case !d.connected():
		l.Trouble = "As listas são lidas depois que as duas chaves forem aceitas."
		l.Action = ""
	case !w.Pending() && w.Number > 0 && w.Said == "" && w.Answered != d.about[setup.Lists]:
		l.Trouble = "As chaves mudaram depois que as listas foram lidas."
	}
	for _, name := range catalogueOrder {
		if c := d.lists[name]; c.Wrong != "" {
			l.Missing = append(l.Missing, catalogueTitles[name]+": "+c.Wrong)
		}
	}
	return l
}
