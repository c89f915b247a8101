package config

import (
	"fmt"
	"regexp"
)

// Flow names as rules write them.
const (
	ruleTasks      = "tasks"
	ruleQuotations = "quotations"
)

// serviceCity is how Omie wants a city: NOME (UF) (omie-api.md, osp/os).
var serviceCity = regexp.MustCompile(`^\S.* \([A-Z]{2}\)$`)

func (a *Account) checkOrders(add reporter) {
	service, sales := a.Makes()
	a.Orders.ServiceOrder.check(service, add)
	a.Orders.SalesOrder.check(sales, add)
	for i, rule := range a.Orders.Rules {
		rule.check(fmt.Sprintf("orders.rules[%d]", i), add)
	}
}

// Makes says which documents the enabled flows can make, with the rules that change what they make.
func (a *Account) Makes() (service, sales bool) {
	count := func(c Create) { service, sales = service || c.Service(), sales || c.Sales() }
	tasks, quotations := a.Flows.Tasks.On(), a.Flows.Quotations.On()
	if tasks {
		count(a.Flows.Tasks.Create)
	}
	if quotations {
		count(a.Flows.Quotations.Create)
	}
	for _, rule := range a.Orders.Rules {
		if rule.Create != nil && rule.When.mayMatch(tasks, quotations) {
			count(*rule.Create)
		}
	}
	return service, sales
}

// mayMatch says whether any source of the enabled flows can meet the condition's flow and task types.
func (w When) mayMatch(tasks, quotations bool) bool {
	switch {
	case w.Flow == ruleTasks || len(w.TaskTypes) > 0:
		return tasks
	case w.Flow == ruleQuotations:
		return quotations
	default:
		return tasks || quotations
	}
}

func (o *ServiceOrder) check(needed bool, add reporter) {
	const path = "orders.service_order"
	if o == nil {
		checkBlock(needed, path, add)
		return
	}
	if needed {
		checkBilling(path, o.Stage, o.Category, o.PaymentTerm, o.BankAccount, add)
	}
	if o.UsedProducts == UsedProductsREM && o.UsedProductsCategory == "" {
		add(path+".used_products_category", "is required with used_products: REM; write the code of the remittance's category")
	}
	if o.City != "" && !serviceCity.MatchString(o.City) {
		add(path+".city", "must be written as NOME (UF), such as SÃO PAULO (SP)")
	}
	checkSalespeople(o.Salespeople, path, add)
}

func (o *SalesOrder) check(needed bool, add reporter) {
	const path = "orders.sales_order"
	if o == nil {
		checkBlock(needed, path, add)
		return
	}
	if needed {
		checkBilling(path, o.Stage, o.Category, o.PaymentTerm, o.BankAccount, add)
	}
	checkSalespeople(o.Salespeople, path, add)
}

func checkBlock(needed bool, path string, add reporter) {
	if needed {
		add(path, "is required, since an enabled flow or a rule can make that document; give it a category and a bank_account")
	}
}

// checkBilling refuses a document that Omie could not be asked to make.
func checkBilling(path, stage, category, term string, account int64, add reporter) {
	if category == "" {
		add(path+".category", "is required; write the code of a category in Omie, such as 1.01.02")
	}
	if account == 0 {
		add(path+".bank_account", "is required; write the id of a bank account in Omie (nCodCC)")
	}
	if stage == "" {
		add(path+".stage", "must not be empty; leave it out for stage 10")
	}
	if term == "" {
		add(path+".payment_term", "must not be empty; leave it out for 000")
	}
}

func checkSalespeople(people map[int64]int64, path string, add reporter) {
	for user, salesperson := range people {
		if user < 1 || salesperson < 1 {
			add(path+".salespeople", "must map the ids of Auvo users to the ids of Omie salespeople, all above 0")
			return
		}
	}
}

// check refuses a rule that can match nothing or changes nothing.
func (r Rule) check(path string, add reporter) {
	if r.When.Flow == ruleQuotations && len(r.When.TaskTypes) > 0 {
		add(path+".when.task_types", "can only match tasks; take it out or write flow: tasks")
	}
	if r.changesNothing() {
		add(path, "changes nothing; give it at least one of create, category, bank_account, payment_term, stage, service, project, salesperson")
	}
	for key, word := range map[string]*string{"category": r.Category, "payment_term": r.PaymentTerm, "stage": r.Stage} {
		if word != nil && *word == "" {
			add(path+"."+key, "must not be empty; take it out where the rule does not change it")
		}
	}
	if r.Create != nil && *r.Create == "" {
		add(path+".create", "must be one of service-order, sales-order, both")
	}
}

func (r Rule) changesNothing() bool {
	return r.Create == nil && r.Category == nil && r.BankAccount == nil && r.PaymentTerm == nil &&
		r.Stage == nil && r.Service == nil && r.Project == nil && r.Salesperson == nil
}
