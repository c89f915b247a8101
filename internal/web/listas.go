package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// oldLists are read again when somebody opens a form that is chosen from them, and
// listsAgain is how long a reading that failed is let be.
const (
	oldLists   = 24 * time.Hour
	listsAgain = time.Hour
)

// settingLists are the catalogues that settings hold ids of, by key. Stages depend
// on the document, see listFor.
var settingLists = map[string]string{
	"stock_location": record.StockLocations, "task_types": record.TaskTypes, "customer_groups": record.CustomerGroups, "users": record.Users, "approved_stages": record.QuotationStages,
	"category": record.Categories, "used_products_category": record.Categories, "bank_account": record.BankAccounts, "payment_term": record.PaymentTerms, "service": record.CatalogServices,
	"fallback_service": record.CatalogServices, "additional_costs_service": record.CatalogServices, "project": record.Projects, "salesperson": record.Salespeople,
}

// accountLists are the catalogues of an account, as a worker last read them.
type accountLists struct {
	setup.Catalogues
	work store.Work
}

func (s *Site) accountLists(ctx context.Context, account string) (l accountLists, err error) {
	works, err := s.Store.Works(ctx, store.Owner{ID: account})
	if err != nil {
		return l, err
	}
	l.work = works[setup.Lists]
	l.Catalogues, err = setup.ReadCatalogues(l.work.Answer)
	return l, err
}

// due tells whether the catalogues should be read again.
func (l accountLists) due(now time.Time) bool {
	switch w := l.work; {
	case w.Pending():
		return now.Sub(w.Asked) > listsAgain
	case w.Number == 0:
		return true
	default:
		return now.Sub(w.Ended) > oldLists && now.Sub(w.Asked) > listsAgain
	}
}

// askAccountLists has a worker read an account's catalogues.
func (s *Site) askAccountLists(ctx context.Context, account string) error {
	if s.Assistant == nil {
		return missing("As listas não são lidas aqui.")
	}
	a, err := setup.Owned(ctx, s.Store, store.Owner{ID: account})
	if _, sealed := errors.AsType[*store.SealedError](err); sealed {
		return refused(http.StatusConflict, sealedKeys)
	}
	if err != nil {
		return err
	}
	return s.Store.AskWork(ctx, store.Owner{ID: account}, setup.Lists, setup.About(setup.Lists, a), s.Assistant.Ask)
}

// refreshLists has catalogues that are old read again: nobody waits for it, and
// where it cannot be asked the form shows what there is.
func (s *Site) refreshLists(v *visit, l *accountLists) {
	if s.Assistant == nil || !l.due(s.Now()) {
		return
	}
	if err := s.askAccountLists(v.Context(), v.account.ID); err != nil {
		s.Log.Debug("the lists were not asked for", "account", v.account.ID, "error", err)
		return
	}
	if again, err := s.accountLists(v.Context(), v.account.ID); err == nil {
		*l = again
	}
}

// readAccountLists asks for an account's catalogues at a person's wish.
func (s *Site) readAccountLists(w http.ResponseWriter, v *visit) error {
	if err := s.askAccountLists(v.Context(), v.account.ID); err != nil {
		return err
	}
	to := v.account.Path("conexoes")
	if block := v.PostFormValue("bloco"); block != "" && v.account.settings.Keys(block) != nil {
		to = v.account.Path("regras", "mudar") + "?" + url.Values{"bloco": {block}}.Encode()
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

// state is how far the reading of the catalogues is, for a page.
func (l accountLists) state(s *Site, t *tenant, see string) listsState {
	w := l.work
	out := listsState{
		Shown: true, Pending: w.Pending(), Trouble: w.Said, When: t.moments.of(w.Ended), Slow: w.Pending() && s.Now().Sub(w.Asked) > slowWork, See: see,
	}
	if s.Assistant != nil {
		out.Action = t.Path("regras", "listas")
	}
	for _, name := range catalogueOrder {
		if c := l.Catalogues[name]; c.Wrong != "" {
			out.Missing = append(out.Missing, catalogueTitles[name]+": "+c.Wrong)
		}
	}
	return out
}

// listFor is the catalogue that a block's key is chosen from. Where a key is for both
// documents it is the stages of both; ok: there is one, with choices.
func (l accountLists) listFor(block, key string) (c record.Catalogue, ok bool) {
	switch {
	case key == "stage" && block == "orders.service_order":
		c = l.Catalogues[record.ServiceStages]
	case key == "stage" && block == "orders.sales_order":
		c = l.Catalogues[record.SalesStages]
	case key == "stage" || key == "frozen_stages":
		c = bothStages(l.Catalogues[record.ServiceStages], l.Catalogues[record.SalesStages])
	default:
		c = l.Catalogues[settingLists[key]]
	}
	return c, len(c.Choices) > 0
}

// bothStages are the stages of both documents, which have codes of their own: one
// code is shown once, with what it is called on either.
func bothStages(service, sales record.Catalogue) record.Catalogue {
	out := record.Catalogue{Name: "stages"}
	for n, list := range []record.Catalogue{service, sales} {
		for _, c := range list.Choices {
			title := []string{"OS", "pedido"}[n] + ": " + c.Title
			if at := slices.IndexFunc(out.Choices, func(x record.Choice) bool { return x.Code == c.Code }); at >= 0 {
				out.Choices[at].Title += ", " + title
				continue
			}
			out.Choices = append(out.Choices, record.Choice{Code: c.Code, Title: title})
		}
	}
	slices.SortStableFunc(out.Choices, func(a, b record.Choice) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// choose turns a field of a form into a choice from its catalogue, where there is one.
func (l accountLists) choose(block string, k config.Key, field formField) formField {
	key := k.Name[strings.LastIndex(k.Name, ".")+1:]
	if k.Form == config.FormPairs {
		return l.choosePairs(k, field)
	}
	list, ok := l.listFor(block, key)
	if !ok {
		return field
	}
	chosen, _ := chosenFrom(field, key, k, list)
	if chosen.Form == config.FormChoice && len(chosen.Options) > 0 && chosen.Options[0].Value == "" {
		chosen.Options[0].Label = emptyChoice(block, key)
	}
	return chosen
}

// emptyChoice says what no choice means.
func emptyChoice(block, key string) string {
	switch {
	case ruleOf(block) >= 0:
		return "não muda"
	case zeroWords[key] != "":
		return zeroWords[key]
	case emptyWords[key] != "":
		return emptyWords[key]
	}
	return "escolha…"
}

// mostPairOptions bounds the choices of a page: beyond it pairs are typed.
const mostPairOptions = 10_000

// choosePairs sets each Auvo user beside the salespeople.
func (l accountLists) choosePairs(k config.Key, field formField) formField {
	users, people := l.Catalogues[record.Users].Choices, l.Catalogues[record.Salespeople].Choices
	if len(users) == 0 || len(people) == 0 || len(users)*len(people) > mostPairOptions {
		return field
	}
	chosen := pairsIn(k.Value)
	for user := range chosen {
		if !slices.ContainsFunc(users, func(c record.Choice) bool { return c.Code == user }) {
			users = append(slices.Clone(users), record.Choice{Code: user, Title: "usuário que não está na lista"})
		}
	}
	field.Hint = ""
	for n, u := range users {
		p := formPair{ID: field.ID + "-" + strconv.Itoa(n), Label: titled(u), Options: []formOption{{Label: "ninguém"}}}
		is, known := chosen[u.Code], false
		for _, who := range people {
			known = known || who.Code == is
			p.Options = append(p.Options, formOption{u.Code + " = " + who.Code, titled(who), who.Code == is})
		}
		if is != "" && !known {
			p.Options = append(p.Options, formOption{u.Code + " = " + is, is + " (não está na lista)", true})
		}
		field.Pairs = append(field.Pairs, p)
	}
	return field
}

// pairsIn reads lines of "id = id".
func pairsIn(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		if from, to, ok := strings.Cut(line, "="); ok {
			out[strings.TrimSpace(from)] = strings.TrimSpace(to)
		}
	}
	return out
}

func titled(c record.Choice) string {
	if c.Title == c.Code {
		return c.Code
	}
	return c.Title + " (" + c.Code + ")"
}

// name sets the names of the catalogues beside the ids in a setting's value, as it is
// shown; what no catalogue knows stays.
func (l accountLists) name(block, key, shown string) string {
	if key == "salespeople" {
		return l.namePairs(shown)
	}
	list, ok := l.listFor(block, key)
	if !ok || shown == "" {
		return shown
	}
	parts := strings.Split(shown, ", ")
	for n, part := range parts {
		parts[n] = cmp.Or(named(list, part), part)
	}
	return strings.Join(parts, ", ")
}

func named(list record.Catalogue, code string) string {
	if at := slices.IndexFunc(list.Choices, func(c record.Choice) bool { return c.Code == code }); at >= 0 {
		return titled(list.Choices[at])
	}
	return ""
}

// namePairs writes who is whose salesperson.
func (l accountLists) namePairs(shown string) string {
	var pairs map[string]json.Number
	if json.Unmarshal([]byte(shown), &pairs) != nil || len(pairs) == 0 {
		return shown
	}
	var out []string
	for user, who := range pairs {
		out = append(out, cmp.Or(named(l.Catalogues[record.Users], user), user)+" → "+cmp.Or(named(l.Catalogues[record.Salespeople], who.String()), who.String()))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// nameRow sets names beside the ids of a changed setting.
func (l accountLists) nameRow(path string, row fieldRow) fieldRow {
	if _, user, ok := strings.Cut(path, salespersonOf); ok {
		people := l.Catalogues[record.Salespeople]
		if name := named(l.Catalogues[record.Users], user); name != "" {
			row.Title = strings.TrimSuffix(row.Title, user) + name
		}
		row.From, row.To = cmp.Or(named(people, row.From), row.From), cmp.Or(named(people, row.To), row.To)
		return row
	}
	at := strings.LastIndex(path, ".")
	if at < 0 {
		return row
	}
	block, key := path[:at], path[at+1:]
	row.From, row.To = l.name(block, key, row.From), l.name(block, key, row.To)
	return row
}
