package auvo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/call"
	"ponte/internal/record"
)

// A probing collects doctor's findings.
type probing struct {
	*side
	record.Findings
	ctx     context.Context //nolint:containedctx // one probe, one context
	peopled bool            // the account has customers
}

// probe checks the key, the customers' filter of changes, page sizes, the
// stages of quotations and whether services keep an external code. It reads only.
func (s *side) probe(ctx context.Context) []record.Finding {
	p := &probing{side: s, ctx: ctx, Findings: record.Findings{Side: record.Auvo}}
	if p.credentials() {
		skew, known := s.api.Skew()
		p.List = append(p.List, record.ClockFinding(record.Auvo, skew, known))
		p.pages()
		p.changeFilter()
		p.stages()
		p.serviceCodes()
	}
	return p.List
}

func (p *probing) credentials() bool {
	list, err := p.api.Customers.List(p.ctx, auvoapi.CustomerFilter{}, 1, 1)
	p.peopled = len(list.Items) > 0
	switch r := call.ReactionOf(err); {
	case err == nil, r == call.Empty:
		p.Note("credentials", true, "the key opens the account", "")
		return true
	case r == call.Credentials:
		p.Note("credentials", false, err.Error(), "check auvo.api_key and auvo.api_token; copy them again from Menu > Integração")
	default:
		p.Note("credentials", false, err.Error(), "try again later; see status.auvo.com.br")
	}
	return false
}

// pages tells how many rows a page of tasks holds, and whether tasks may be read.
func (p *probing) pages() {
	list, err := p.api.Tasks.List(p.ctx, auvoapi.TaskFilter{}, 1, pageSize)
	switch {
	case call.ReactionOf(err) == call.Empty:
		p.Note("reading tasks", true, "the account has none yet", "")
	case err != nil:
		p.Note("reading tasks", false, err.Error(), "the account may lack the module of tasks; turn the flow off")
	default:
		p.Note("reading tasks", true, fmt.Sprintf("%d in all; a page holds %d of the %d asked for", list.Total, len(list.Items), pageSize), "")
	}
}

// changeFilter asks for customers changed since tomorrow and since 2000: a
// filter that works answers none and some.
func (p *probing) changeFilter() {
	const check = "customers' dateLastUpdate filter"
	late, err := p.changedSince(time.Now().AddDate(0, 0, 1))
	early := 0
	if err == nil {
		early, err = p.changedSince(time.Date(2000, 1, 1, 0, 0, 0, 0, auvoapi.Zone))
	}
	switch {
	case err != nil:
		p.Note(check, false, err.Error(), "try again later")
	case late > 0:
		p.Note(check, false, fmt.Sprintf("asked for changes since tomorrow, it answered %d customers", late),
			"every cycle reads all customers; nothing is lost, but a long interval (every: 30m) spares calls")
	case early == 0 && p.peopled:
		p.Note(check, false, "asked for changes since 2000, it answered no customer, and there are some",
			"changes made in Auvo cross with the nightly sweep only; ponte sync --full reads them now")
	default:
		p.Note(check, true, "it filters", "")
	}
}

// changedSince is how many customers a first page says changed since then.
func (p *probing) changedSince(at time.Time) (int, error) {
	list, err := p.api.Customers.List(p.ctx, auvoapi.CustomerFilter{DateLastUpdate: at}, 1, 10)
	if call.ReactionOf(err) == call.Empty {
		return 0, nil
	}
	return len(list.Items), err
}

// stages tells which stages of quotations were seen, since no endpoint lists them.
func (p *probing) stages() {
	if len(p.opts.ApprovedStages) == 0 {
		return
	}
	list, err := p.api.Quotations.List(p.ctx, auvoapi.QuotationFilter{}, 1, pageSize)
	if err != nil && call.ReactionOf(err) != call.Empty {
		p.Note("approved stages", false, err.Error(), "the account may lack the module of quotations; turn the flow off")
		return
	}
	var seen []string
	ids := map[string]bool{}
	for _, q := range list.Items {
		ids[text(q.CurrentStage.ID)] = true
		if !slices.Contains(seen, q.CurrentStage.Description) {
			seen = append(seen, q.CurrentStage.Description)
		}
	}
	for _, stage := range p.opts.ApprovedStages {
		ok := slices.Contains(seen, stage) || ids[stage]
		p.Note("approved stage", ok, stage+map[bool]string{true: " was seen", false: " was not seen among the newest quotations"}[ok],
			"stages seen: "+strings.Join(seen, ", ")+"; names must match exactly")
	}
}

func (p *probing) serviceCodes() {
	list, err := p.api.Services.List(p.ctx, auvoapi.ServiceFilter{}, 1, 1)
	if err != nil || len(list.Items) == 0 {
		return
	}
	kept := keepsExternalCode(list.Items[0].Raw)
	detail := "services keep an external code"
	if !kept {
		detail = "services keep no external code: they are linked by Ponte's own table"
	}
	p.Note("services", true, detail, "")
}
