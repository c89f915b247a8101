package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// An auditPage is what people did, newest first.
type auditPage struct {
	Rows     []actRow
	People   []formOption
	Kinds    []formOption
	Accounts []formOption // on the page of all accounts
	Action   string
	CSV      string
	Next     string
	Filtered bool
	Whole    bool   // of all accounts
	All      string // where that page is; "" not for this person
}

// An actRow is one act: who, when, what, before and after.
type actRow struct {
	At      moment
	Said    string // the whole sentence
	Account string // the account's name; "" of the installation
	Path    string // the account's own page of acts, or the filter of one that is gone
	Kind    string
	Story   string // of the one record that it is about; "" none
	Fields  []fieldRow
}

// auditoria shows what was done on all accounts and to the installation.
func (s *Site) auditoria(w http.ResponseWriter, v *visit) error { return s.showAudit(w, v) }

// contaAuditoria shows what was done on one account.
func (s *Site) contaAuditoria(w http.ResponseWriter, v *visit) error { return s.showAudit(w, v) }

// An auditing is a look at the audit: which acts, as which address asks for.
type auditing struct {
	store.ActFilter
	path  string
	names map[string]string // of accounts, by id
	clock moments
	whole bool
}

func (s *Site) auditingOf(v *visit) (auditing, error) {
	a := auditing{
		ActFilter: store.ActFilter{Person: v.FormValue("pessoa"), What: v.FormValue("o_que"), Account: v.FormValue("conta")},
		path:      "/auditoria", names: map[string]string{}, clock: s.clock(), whole: v.account == nil,
	}
	if !a.whole {
		a.Living = !v.administers() // of an earlier account of the id only they may know
		a.Account, a.path, a.clock = v.account.ID, v.account.Path("auditoria"), v.account.moments
	}
	rows, err := s.accountNames(v)
	for _, row := range rows {
		a.names[row.ID] = row.Name
	}
	return a, err
}

// query is the address's part that names the filter.
func (a auditing) query() url.Values {
	q := url.Values{}
	if a.Person != "" {
		q.Set("pessoa", a.Person)
	}
	if a.What != "" {
		q.Set("o_que", a.What)
	}
	if a.whole && a.Account != "" {
		q.Set("conta", a.Account)
	}
	return q
}

func (s *Site) showAudit(w http.ResponseWriter, v *visit) error {
	a, err := s.auditingOf(v)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(v.FormValue("antes"), 10, 64) // anything else begins with the newest
	acts, err := s.Store.Acts(v.Context(), a.ActFilter, max(before, 0), pageRows+1)
	if err != nil {
		return err
	}
	q := a.query()
	page := auditPage{Action: a.path, CSV: withQuery(a.path+".csv", q), Filtered: len(q) > 0, Whole: a.whole}
	if !a.whole && v.administers() {
		page.All = "/auditoria"
	}
	if len(acts) > pageRows {
		acts = acts[:pageRows]
		q.Set("antes", strconv.FormatInt(acts[pageRows-1].Seq, 10))
		page.Next = withQuery(a.path, q)
	}
	for _, act := range acts {
		page.Rows = append(page.Rows, a.row(act))
	}
	if err := s.auditFilters(v, a, &page); err != nil {
		return err
	}
	return show(s, w, v, http.StatusOK, auditSheet, "Auditoria", page)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// auditFilters are what the list can be narrowed to; what is chosen is always among them.
func (s *Site) auditFilters(v *visit, a auditing, page *auditPage) error {
	of := store.ActFilter{Account: a.Account, Living: a.Living}
	if a.whole {
		of.Account = "" // whoever acted anywhere
	}
	who, err := s.Store.Actors(v.Context(), of)
	if err != nil {
		return err
	}
	page.People = []formOption{{"", "todas as pessoas", a.Person == ""}}
	for _, p := range who {
		page.People = append(page.People, formOption{p.Person, p.By, p.Person == a.Person})
	}
	page.People = withChosen(page.People, a.Person)
	page.Kinds = []formOption{{"", "tudo", a.What == ""}}
	for _, k := range audit.Kinds() {
		page.Kinds = append(page.Kinds, formOption{k.What, k.Title, k.What == a.What})
	}
	page.Kinds = withChosen(page.Kinds, a.What)
	if a.whole {
		page.Accounts = []formOption{{"", "todas as contas", a.Account == ""}}
		for id, name := range a.names {
			page.Accounts = append(page.Accounts, formOption{id, name, id == a.Account})
		}
		slices.SortFunc(page.Accounts[1:], func(x, y formOption) int { return strings.Compare(record.Fold(x.Label), record.Fold(y.Label)) })
		page.Accounts = withChosen(page.Accounts, a.Account)
	}
	return nil
}

// withChosen adds what is chosen where the list lacks it.
func withChosen(list []formOption, chosen string) []formOption {
	if slices.ContainsFunc(list, func(o formOption) bool { return o.Chosen }) {
		return list
	}
	return append(list, formOption{chosen, chosen, true})
}

func (a auditing) row(act store.Act) actRow {
	r := actRow{At: a.clock.of(act.At), Said: act.By + " " + act.Said + ".", Kind: audit.Title(act.What), Fields: actFields(act)}
	if act.Account == "" {
		return r
	}
	if a.whole {
		r.Account, r.Path = a.names[act.Account], accountPath(act.Account, "auditoria")
		if r.Account == "" {
			r.Account, r.Path = act.Account, "/auditoria?"+url.Values{"conta": {act.Account}}.Encode()
		}
	}
	if ref, ok := aboutRecord(act.About); ok && a.names[act.Account] != "" {
		r.Story = accountPath(act.Account, "registros", string(ref.Kind), string(ref.Side), url.PathEscape(ref.ID))
	}
	return r
}

// aboutRecord reads back a record's name as acts write it.
func aboutRecord(about string) (record.Ref, bool) {
	parts := strings.SplitN(about, ":", 3)
	kind := record.Kind(parts[0])
	switch {
	case kindTitles[kind] == "":
		return record.Ref{}, false
	case len(parts) == 2:
		return record.Ref{Kind: kind, Side: record.Auvo, ID: parts[1]}, true
	case len(parts) == 3:
		return record.Ref{Kind: kind, Side: record.Side(parts[1]), ID: parts[2]}, true
	}
	return record.Ref{}, false
}

// actFields are an act's values for people.
func actFields(act store.Act) (out []fieldRow) {
	for _, f := range act.Fields {
		if act.What == "settings-changed" || act.What == "alerts-changed" {
			row := changedRow(config.Changed{Path: f.Name, From: f.Before, To: f.After})
			if f.Before == "" {
				row.From = ""
			}
			out = append(out, row)
			continue
		}
		out = append(out, fieldRow{f.Name, f.Before, f.After})
	}
	return out
}
