package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// newest is how many lines of each kind a story shows.
const newest = 6

// A story is what a demo shows of itself, beside what it counts in the
// simulators. It may be used from several goroutines.
type story struct {
	began time.Time
	where string
	pages string // where they are

	mu      sync.Mutex
	cycles  int
	flows   map[string]store.FlowRun // all cycles together; created and updated count writes, as they happen
	waits   []store.Wait             // now
	life    []string
	changes []string
	trouble string // the last warning or failed cycle
}

// lived keeps what happened in the company.
func (s *story) lived(at time.Time, lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range lines {
		s.life = keepNewest(s.life, at.Format(time.TimeOnly)+"  "+line)
	}
}

// change keeps a change that Ponte made; it is the engine's Progress.
func (s *story) change(c store.Change) {
	var fields []string
	for _, f := range c.Fields {
		fields = append(fields, f.Name)
	}
	text := fmt.Sprintf("%s  %s %s in %s: %s", time.Now().Format(time.TimeOnly), c.Action, c.Kind, c.To, c.Title)
	if c.Action == "update" && len(fields) > 0 {
		text += " (" + strings.Join(fields, ", ") + ")"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = keepNewest(s.changes, text)
	s.count(c.Flow, func(sum *store.FlowRun) {
		if c.Action == "create" {
			sum.Created++
		} else {
			sum.Updated++
		}
	})
}

// count changes a flow's sums.
func (s *story) count(flow string, add func(*store.FlowRun)) {
	if s.flows == nil {
		s.flows = map[string]store.FlowRun{}
	}
	sum := s.flows[flow]
	add(&sum)
	s.flows[flow] = sum
}

func keepNewest(lines []string, line string) []string {
	lines = append(lines, record.Clean(line))
	return lines[max(0, len(lines)-newest):]
}

// cycled adds a finished cycle.
func (s *story) cycled(done store.Run, waits []store.Wait, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cycles++
	s.waits = waits
	for _, f := range done.Flows {
		s.count(f.Flow, func(sum *store.FlowRun) { sum.Read, sum.Failed = sum.Read+f.Read, f.Failed })
		if f.Error != "" {
			s.trouble = record.Clean(f.Flow + ": " + f.Error)
		}
	}
	if err != nil {
		s.trouble = record.Clean(err.Error())
	}
}

func (p *demo) title() string {
	return fmt.Sprintf("Ponte demo – %s – %s", p.name, time.Since(p.story.began).Round(time.Second))
}

// lines are the whole screen.
func (p *demo) lines() []string {
	arrived := p.arrived()
	s := &p.story
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := []string{fmt.Sprintf("%s, cycle %d", p.title(), s.cycles+1), s.pages, s.where, ""}
	lines = append(lines, s.flowLines()...)
	lines = append(lines, arrivalLines(arrived)...)
	lines = append(lines, fmt.Sprintf("  violations: %d", len(p.violations())))
	lines = append(lines, section("What the company did", s.life)...)
	lines = append(lines, section("What Ponte did", s.changes)...)
	lines = append(lines, s.waitLines(newest)...)
	if s.trouble != "" {
		lines = append(lines, "", "last warning: "+s.trouble)
	}
	return lines
}

func section(title string, lines []string) []string {
	out := []string{"", title}
	for _, line := range lines {
		out = append(out, "  "+line)
	}
	for range newest - len(lines) {
		out = append(out, "")
	}
	return out
}

// flowLines is the table of flows, with what waits now.
func (s *story) flowLines() []string {
	rows := [][]any{{"FLOW", "READ", "CREATED", "UPDATED", "WAITING NOW", "FAILED"}}
	for _, name := range flow.Names() {
		f := s.flows[name]
		rows = append(rows, []any{name, f.Read, f.Created, f.Updated, s.waiting(name), f.Failed})
	}
	return aligned(rows)
}

func (s *story) waiting(flow string) int {
	n := 0
	for _, w := range s.waits {
		if w.Flow == flow {
			n++
		}
	}
	return n
}

// waitLines are what waits for a person, newest last, most of them.
func (s *story) waitLines(most int) []string {
	lines := []string{"", fmt.Sprintf("Waiting for a person: %d", len(s.waits))}
	for _, w := range s.waits[max(0, len(s.waits)-most):] {
		lines = append(lines, record.Clean(fmt.Sprintf("%s %s: %s", w.Flow, w.Title, flow.Say(w.Cause, w.Detail).Message)))
	}
	for i := range lines[2:] {
		lines[i+2] = "  " + lines[i+2]
	}
	return lines
}

// compact is one cycle in one line, for output that is no terminal.
func (p *demo) compact() string {
	var arrived []string
	for _, a := range p.arrived().Each() {
		arrived = append(arrived, fmt.Sprintf("%s %d", a.Name, a.Count))
	}
	s := &p.story
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf("%4.0fs  cycle %d: %s; waiting %d", time.Since(s.began).Seconds(), s.cycles, strings.Join(arrived, ", "), len(s.waits))
	if s.trouble != "" {
		line += "; " + s.trouble
		s.trouble = ""
	}
	return line
}

// violations are what the simulators noted against Ponte, one line each.
func (p *demo) violations() []string {
	p.mu.Lock()
	now, lines := p.company, slices.Clone(p.past)
	p.mu.Unlock()
	for _, v := range now.Auvo.Violations() {
		lines = append(lines, fmt.Sprintf("auvo %s: %s %s %s", v.Kind, v.Method, v.Path, v.Detail))
	}
	for _, v := range now.Omie.Violations() {
		lines = append(lines, fmt.Sprintf("omie %s: %s %s", v.Kind, v.Call, v.Text))
	}
	return lines
}

// end prints the summary. Played to its end, a demo in which something never
// arrived, or that broke a vendor's rule, has failed.
func (p *demo) end(played bool) error {
	arrived, broken := p.arrived(), p.violations()
	s := &p.story
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.screen != nil {
		p.screen.clear()
	}
	lines := []string{"", fmt.Sprintf("%s, %d cycles", p.title(), s.cycles), ""}
	lines = append(lines, s.flowLines()...)
	lines = append(lines, arrivalLines(arrived)...)
	lines = append(lines, s.waitLines(len(s.waits))...)
	p.print(append(lines, slices.Concat([]string{"", fmt.Sprintf("violations: %d", len(broken))}, broken)...)...)
	switch missing := arrived.Missing(); {
	case !played:
		return nil
	case len(broken) > 0:
		return fmt.Errorf("the simulators counted %d violations", len(broken))
	case len(missing) > 0 && !p.walked:
		return fmt.Errorf("never arrived: %s", strings.Join(missing, ", "))
	}
	return nil
}

func (p *demo) print(lines ...string) {
	for _, line := range lines {
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			return // the reader has gone; what happened stands in the simulators
		}
	}
}
