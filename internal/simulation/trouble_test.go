package simulation

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/engine"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// troubles are what goes wrong by itself.
var troubles = []verb{
	{"omie-breaks", 10, func(d *dice) []string {
		mode := d.one(omiesim.Before, omiesim.After, omiesim.After, omiesim.Cut, omiesim.Hang, omiesim.HTML, omiesim.ManyCalls, omiesim.Block,
			omiesim.Stale, omiesim.LyingTotals, omiesim.ShortPage, omiesim.Slow, omiesim.Refusal, omiesim.Credentials)
		call := d.one("-", "-", "IncluirOS", "IncluirPedido", "IncluirCliente", "AlterarCliente", "ListarClientes", "AlterarOS", "AlterarPedidoVenda", "ListarClientes", "ListarOS", "ListarPedidos", "ListarProdutos")
		return []string{d.told(mode), call, d.often(), d.one("done", "undone")}
	}, omieBreaks},
	{"auvo-breaks", 10, func(d *dice) []string {
		mode := d.one("before", "after", "after", "cut", "drop", "hang", "hang-after", "html", "429", "403", "401", "404", "404", "stale", "lying-totals", "short-page", "slow")
		call := d.one("-", "-", "POST:/customers", "POST:/customers", "PATCH:/customers", "GET:/customers", "POST:/products", "PATCH:/products", "POST:/services", "GET:/tasks", "GET:/quotations")
		return []string{d.told(mode), call, d.often(), d.number(1000)}
	}, auvoBreaks},
	{"mends", 6, nothing, func(w *world, _ words) { w.mend() }},
	{"logs-out", 1, nothing, func(w *world, _ words) { w.auvo.ExpireTokens() }},
	{"clock", 2, func(d *dice) []string { return []string{d.one("20m", "-20m", "3h", "-45m", "0s")} }, func(w *world, at words) {
		w.skew = duration(at.at(0))
		w.ahead = w.ahead || w.skew > 0
	}},
	{"hears", 12, func(d *dice) []string {
		return []string{d.name(d.one("c", "c", "p", "t", "q")), d.one("auvo", "omie"), d.one("1", "1", "2")}
	}, hears},
	{"backs-up", 2, nothing, func(w *world, _ words) { w.keepBackup() }},
	{"restores", 2, nothing, func(w *world, _ words) { w.restore() }},
	{"rows-age", 8, nothing, func(w *world, _ words) { w.dropRows() }},
}

// running is what passes between life: time, and Ponte's cycles.
var running = []verb{
	{"passes", 1, nil, func(w *world, at words) { w.pass(duration(at.at(0))) }},
	{"cycle", 1, nil, cycle},
}

// told is a mode that a reader can tell from the truth. Old answers and empty ones
// hide changes from windows, of which each overlaps only the one before; walks
// without a sweep at their end do without them.
func (d *dice) told(mode string) string {
	if !d.sweeps && (mode == omiesim.Stale || mode == "404") {
		return omiesim.Before
	}
	return mode
}

func nothing(*dice) []string { return nil }

func duration(word string) time.Duration {
	d, _ := time.ParseDuration(word)
	return d
}

// often is a number of times, or a share.
func (d *dice) often() string { return d.one("1", "1", "2", "3", "0.1", "0.3", "0.6") }

func (d *dice) pause() step {
	return step{"passes", d.one("10m", "10m", "10m", "10m", "11m", "1h", "9h", "24h")}
}

// cycle draws a cycle: of all flows or one, now and then with something in the
// middle of it, at one of its steps.
func (d *dice) cycle() step {
	s := step{"cycle"}
	switch {
	case d.chance(8) && d.sweeps:
		s = append(s, "full")
	case d.chance(15):
		s = append(s, "hinted")
	case d.chance(6):
		s = append(s, "flow", d.one("customers", "products", "services", "quotations", "tasks"))
	}
	if !d.chance(45) {
		return s
	}
	s = append(s, "at", d.number(90))
	switch n := d.IntN(10); {
	case n < 5:
		return append(s, "die")
	case n < 7:
		return append(s, "beside")
	}
	return append(append(s, "meanwhile"), d.from(office)...)
}

// often reads a number of times or a share.
func often(word string) (times int, rate float64) {
	if strings.Contains(word, ".") {
		rate, _ = strconv.ParseFloat(word, 64)
		return 0, rate
	}
	times, _ = strconv.Atoi(word)
	return times, 0
}

func omieBreaks(w *world, at words) {
	if at.at(0) == omiesim.Hang && !w.place.bubble {
		return // it would take real minutes
	}
	f := omiesim.Fault{Mode: at.at(0), Commit: at.at(3) == "done", Seconds: 3, Text: "ERROR: Algo que ninguém conhece aconteceu."}
	if f.Mode == omiesim.Hang {
		f.Seconds = 0
	}
	if f.Mode != omiesim.Refusal {
		f.Text = ""
	}
	if at.at(1) != "-" {
		f.Call = at.at(1)
	}
	f.Times, f.Rate = often(at.at(2))
	if f.Mode == omiesim.Slow && !w.place.bubble {
		f.Seconds = 0.01
	}
	w.stale = w.stale || f.Mode == omiesim.Stale
	w.omie.Break(f)
	w.sum.faults["omie "+f.Mode]++
}

func auvoBreaks(w *world, at words) {
	f := auvosim.Fault{Mode: at.at(0), Seconds: 3, Seed: uint64(at.int(3))} //nolint:gosec // a seed
	if !w.place.bubble && (strings.HasPrefix(f.Mode, "hang") || strings.HasPrefix(f.Mode, "4")) {
		return // it, or the pause that it asks for, would take real minutes
	}
	if f.Mode == "slow" && !w.place.bubble {
		f.Seconds = 0.01
	}
	if method, path, given := strings.Cut(at.at(1), ":"); given {
		f.Method, f.Path = method, path
	}
	f.Times, f.Rate = often(at.at(2))
	w.stale = w.stale || f.Mode == "stale" || f.Mode == "404" // which reads like: nothing changed
	w.auvo.Break(f)
	w.sum.faults["auvo "+f.Mode]++
}

// hears is a webhook that is delivered, once or more: of what happened, of
// nothing, or late. Most are lost: no step delivers them.
func hears(w *world, at words) {
	side := record.Side(at.at(1))
	ref := record.Ref{Side: side}
	switch name := at.at(0); name[0] {
	case 'c':
		ref.Kind, ref.ID = record.Customer, w.auvoIDOf(name)
		if side == record.Omie {
			ref.ID = fmt.Sprint(w.omieIDOf(name))
		}
	case 'p':
		ref = record.Ref{Kind: record.Product, Side: record.Omie, ID: fmt.Sprint(omieProducts + ordinal(name))}
	case 't':
		ref = record.Ref{Kind: record.Task, Side: record.Auvo, ID: taskID(name)}
	case 'q':
		ref = record.Ref{Kind: record.Quotation, Side: record.Auvo, ID: quoteID(name)}
	}
	body := fmt.Appendf(nil, "%s at %s", ref, w.now())
	for range max(at.int(2), 1) {
		_, err := w.db.AddHints(context.Background(), "acme", store.Delivery{Source: ref.Side, Body: body, Notices: []record.Notice{{Topic: "Alterado", Ref: ref}}})
		w.must(err)
	}
}

func (w *world) mend() {
	w.auvo.Mend()
	w.omie.Mend()
	w.stale = false
}

// cycle runs one: `cycle [full|hinted] [flow F] [at N die|beside|meanwhile STEP]`.
func cycle(w *world, at words) {
	var opts engine.Options
	n, strikes := 0, (func(*process, string))(nil)
	for i := 0; i < len(at); i++ {
		switch at[i] {
		case "full":
			opts.Full = true
		case "hinted":
			opts.Hints = true
		case "flow":
			i++
			opts.Flows = []string{at.at(i)}
		case "at":
			n, strikes = at.int(i+1), strike(at[i+2:])
			i = len(at)
		}
	}
	w.cycle(opts, n, strikes)
}

// strike is what happens in the middle of a cycle.
func strike(at words) func(*process, string) {
	switch at.at(0) {
	case "die":
		return func(_ *process, point string) { panic(death{point}) }
	case "beside":
		return (*process).hangs
	case "meanwhile":
		return func(p *process, _ string) { p.world.do(step(at[1:])) }
	}
	return nil
}

// hangs is a process that stands still for longer than its lease; a second one
// runs a cycle beside it, then the first goes on.
func (p *process) hangs(point string) {
	if underWay(point) {
		p.at, p.strikes = p.steps+1, (*process).hangs
		return
	}
	w := p.world
	w.sum.beside++
	if w.place.bubble {
		w.pass(w.place.lease + time.Second)
	} else {
		time.Sleep(w.place.lease)
	}
	second, err := w.openAt(w.path())
	w.must(err)
	w.run(&process{world: w, db: second}, "beside", engine.Options{})
	w.must(second.Close())
	p.lost = point != "after FinishRun" // behind which it writes nothing that matters
}

// underWay: inside a transaction, which a second process would wait for, or
// between the last word to our own store and the vendor's ear, which a refusal
// over the rate has not reached. A write that
// lingers there for more than half a minute no lease can call back; Omie then
// knows it by its code, Auvo knows nothing.
func underWay(point string) bool {
	return strings.HasPrefix(point, "before ") || strings.HasPrefix(point, "refused ") || point == "after Send" || point == "after Remember"
}
