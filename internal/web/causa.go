package web

import (
	"net/http"
	"net/url"
	"strconv"

	"ponte/internal/store"
)

// A causaPage is all that waits for one cause, a page at a time.
type causaPage struct {
	Cause, Title  string
	Path          string // this page, without what is chosen
	Flow          string // only this flow; "" all
	Flows         []choice
	Hidden        bool // the ignored ones
	Open, Ignored int
	Steps         []stepBlock
	Next          string // the address of the following page; "" this is the last
	Retry, Ignore string // where the form goes; "" there is no such button
}

// A choice is one value of a filter.
type choice struct {
	Value, Title, Path string
	Count              int
	Chosen             bool
}

// pageRows is how many records a page of a list has.
const pageRows = 50

// notRetried are the causes that another button settles, or time does.
var notRetried = map[string]bool{"held-by-brake": true, "unknown-outcome": true, "blocked": true, "paused": true, "conflict": true}

func (s *Site) causa(w http.ResponseWriter, v *visit) error {
	t, cause := v.account, v.PathValue("causa")
	counts, err := s.Store.CountWaits(v.Context(), t.ID, s.Now())
	if err != nil {
		return err
	}
	page := causaPage{
		Cause: cause, Path: t.Path("pendencias", url.PathEscape(cause)), Flow: v.FormValue("fluxo"), Hidden: v.FormValue("ignoradas") != "",
	}
	page.count(counts)
	page.Title = headline(cause, max(page.Open, 1))
	if v.canAct() {
		page.Ignore = t.Path("ignorar")
		if !notRetried[cause] {
			page.Retry = t.Path("tentar")
		}
	}
	after, _ := strconv.ParseInt(v.FormValue("depois"), 10, 64) // anything else begins the list
	steps, next, err := s.waitSteps(v, store.WaitPage{Cause: cause, Flow: page.Flow, Hidden: page.Hidden, At: s.Now(), After: after, Most: pageRows})
	if err != nil {
		return err
	}
	page.Steps = steps
	if next != 0 {
		page.Next = page.address("depois", strconv.FormatInt(next, 10))
	}
	return show(s, w, v, http.StatusOK, causaSheet, page.Title, page)
}

// count fills in how many there are, and the choice of flows.
func (p *causaPage) count(counts []store.WaitCount) {
	for _, c := range counts {
		if c.Cause != p.Cause {
			continue
		}
		n := c.Open
		if p.Hidden {
			n = c.Hidden
		}
		p.Flows = append(p.Flows, choice{Value: c.Flow, Title: flowTitle(c.Flow), Count: n, Chosen: c.Flow == p.Flow, Path: p.with(c.Flow)})
		if p.Flow == "" || c.Flow == p.Flow {
			p.Open, p.Ignored = p.Open+c.Open, p.Ignored+c.Hidden
		}
	}
}

// with is the page of another flow.
func (p causaPage) with(flowName string) string {
	p.Flow = flowName
	return p.address()
}

// address is this page with more of what is chosen.
func (p causaPage) address(more ...string) string {
	q := url.Values{}
	if p.Flow != "" {
		q.Set("fluxo", p.Flow)
	}
	if p.Hidden {
		q.Set("ignoradas", "1")
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}
