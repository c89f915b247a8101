// Package company is a Brazilian maintenance company that lives in both
// simulators: Polo Sul Climatização, which installs and mends air conditioning
// in the south. [New] seeds its customers, catalogue, technicians, tasks and
// quotations; [Company.Live] lets a little time pass in it. It is what `ponte
// demo` and `ponte sim` show, and what long tests run against.
//
// The same seed makes the same company and, call by call, the same life. The
// people and firms are invented: documents carry right check digits and belong
// to nobody we know, and e-mails end in .test.
//
// A few things are wrong on purpose, as in any company: a finished task uses a
// part that Omie lacks, one customer stands without a document beside its
// namesake, one address cannot be read, one record is inactive.
package company

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

// A Company is both simulators and what its people remember of them. It is not
// safe for concurrent use; the simulators are.
type Company struct {
	Auvo *auvosim.Sim
	Omie *omiesim.Sim

	scale      int
	rand       *rand.Rand
	from, now  time.Time // records last changed between the two
	names      map[string]bool
	documents  map[string]bool
	people     []person // the office first, then the technicians
	customers  []*customer
	products   []*product
	services   []*service
	tasks      []*task // not finished
	finished   []*task // finished, oldest first
	quotations []*quotation
	lastTask   int64
	lastQuote  int64
}

// New makes a company as it stands at now. Scale 1 has about 40 customers, 30
// products, 15 tasks of today and 5 quotations; scale multiplies all of that
// and is 1 at least. What changed last did so in the four hours before now,
// and not before midnight in São Paulo. The simulators' clocks run on from now.
func New(seed uint64, scale int, now time.Time) *Company {
	c := &Company{
		Auvo: &auvosim.Sim{}, Omie: &omiesim.Sim{RedundancyWindow: redundancy, RandSeed: seed},
		scale: max(scale, 1), rand: rand.New(rand.NewPCG(seed, 20)), //nolint:gosec // a play, no secret
		now: now, from: later(now.Add(-4*time.Hour), midnight(now)),
		names: map[string]bool{}, documents: map[string]bool{},
	}
	frozen := func() time.Time { return now }
	c.Auvo.Now, c.Omie.Now = frozen, frozen
	c.seed()
	began := time.Now()
	running := func() time.Time { return now.Add(time.Since(began)) }
	c.Auvo.Now, c.Omie.Now = running, running
	return c
}

// seed fills both simulators. What they refuse is a mistake in our own tables.
func (c *Company) seed() {
	var a auvosim.Data
	var o omiesim.Data
	c.hirePeople(&a)
	c.stockShelves(&a, &o)
	c.offerServices(&a, &o)
	c.winCustomers(&a, &o)
	if err := c.Omie.Seed(o); err != nil {
		panic("company: " + err.Error())
	}
	c.planDay(&a)
	c.quote(&a)
	if err := c.Auvo.Seed(a); err != nil {
		panic("company: " + err.Error())
	}
}

// recent is an instant of the last hours, never in the future.
func (c *Company) recent() time.Time {
	return c.from.Add(time.Duration(c.rand.Int64N(int64(c.now.Sub(c.from)) + 1))).Truncate(time.Second)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// saoPaulo is the zone of both vendors' stamps; the simulators embed its data.
var saoPaulo = func() *time.Location {
	place, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic("company: " + err.Error())
	}
	return place
}()

func midnight(t time.Time) time.Time {
	y, m, d := t.In(saoPaulo).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, saoPaulo)
}

// pick chooses one of a list.
func pick[T any](c *Company, list []T) T { return list[c.rand.IntN(len(list))] }

// chance is true in so many of a hundred cases.
func (c *Company) chance(percent int) bool { return c.rand.IntN(100) < percent }

// pickIf chooses one of those that fit, looking at each at most once.
func pickIf[T any](c *Company, list []T, fits func(T) bool) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	start := c.rand.IntN(len(list))
	for i := range list {
		if one = list[(start+i)%len(list)]; fits(one) {
			return one, true
		}
	}
	return one, false
}

// auvoStamp and auvoDay write an instant as Auvo does (auvo-api.md §3.6).
func auvoStamp(t time.Time) string { return t.In(saoPaulo).Format("2006-01-02T15:04:05") }
func auvoDay(t time.Time) string   { return t.In(saoPaulo).Format(time.DateOnly) }

// omieInfo is the block of stamps of a record that a person last changed at t (omie-api.md §10.3).
func omieInfo(t time.Time) map[string]any {
	t = t.In(saoPaulo)
	return map[string]any{"dInc": "02/01/2024", "hInc": "08:30:00", "dAlt": t.Format("02/01/2006"), "hAlt": t.Format("15:04:05")}
}

// count writes "1 produto", "2 produtos".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }
