package simulation

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A history is one walk, whole: what is set other than by default, and what
// happens. Its text is a line for each.
type history struct {
	seed  uint64
	with  map[string]string
	steps []step
}

// A step is a verb and its words.
type step []string

func (s step) String() string { return strings.Join(s, " ") }

func (h history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d\n", h.seed)
	for _, name := range slices.Sorted(maps.Keys(h.with)) {
		fmt.Fprintf(&b, "with %s %s\n", name, h.with[name])
	}
	for _, s := range h.steps {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

// readHistory reads the text of a history. Lines that begin with # are for people.
func readHistory(text string) (history, error) {
	h := history{with: map[string]string{}}
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case words[0] == "seed" && len(words) == 2:
			seed, err := strconv.ParseUint(words[1], 10, 64)
			if err != nil {
				return h, fmt.Errorf("line %d: %w", n+1, err)
			}
			h.seed = seed
		case words[0] == "with" && len(words) == 3:
			h.with[words[1]] = words[2]
		case verbNamed(words[0]) == nil:
			return h, fmt.Errorf("line %d: no verb %q", n+1, words[0])
		default:
			h.steps = append(h.steps, words)
		}
	}
	return h, nil
}

// A verb is something that may happen.
type verb struct {
	name   string
	weight int
	// draw draws the words behind the verb.
	draw func(*dice) []string
	// do does it. What cannot be done (a record that is not there) is no error:
	// a shrunk history leaves many a step without its object.
	do func(*world, words)
}

// chapters are all verbs by the part of life that they are drawn from. (They
// are set late: some verbs do others.)
var chapters [][]verb

func init() { chapters = [][]verb{office, troubles, people, running} }

func verbNamed(name string) *verb {
	for _, chapter := range chapters {
		for n := range chapter {
			if chapter[n].name == name {
				return &chapter[n]
			}
		}
	}
	return nil
}

// words are what stands behind a step's verb.
type words []string

// at is the nth word, "" when there is none.
func (w words) at(n int) string {
	if n < len(w) {
		return w[n]
	}
	return ""
}

// int is the nth word as a number, 0 when it is none.
func (w words) int(n int) int {
	i, _ := strconv.Atoi(w.at(n))
	return i
}

// dice draw a history. They know how many records of each kind there are so
// far, by the letter of their names: c3 is the fourth customer.
type dice struct {
	*rand.Rand
	many map[string]int
	// sweeps: the walk ends with a sweep (see onlySweeps).
	sweeps bool
}

// drawHistory draws the walk of a seed: rounds of life and trouble, each with a
// cycle at its end, over two or three days.
func drawHistory(seed uint64) history {
	d := &dice{Rand: rand.New(rand.NewPCG(seed, 31)), many: maps.Clone(atFirst)} //nolint:gosec // dice, no secret
	h := history{seed: seed, with: d.settings()}
	h.steps = d.opening()
	opening := len(h.steps)
	for range 6 + d.IntN(5) {
		h.steps = append(h.steps, d.round()...)
	}
	return d.backedUp(h, opening)
}

// backedUp has a backup taken at any time before one is restored. One from before
// the first contact makes it late (see opening).
func (d *dice) backedUp(h history, opening int) history {
	first := 1
	if !d.sweeps {
		first = opening
	}
	n := slices.IndexFunc(h.steps, func(s step) bool { return s[0] == "restores" })
	if n >= first {
		h.steps = slices.Insert(h.steps, first+d.IntN(n-first+1), step{"backs-up"})
	}
	return h
}

// opening is the first contact: plain, troubled, cut short, or days later than it
// might be. What the last leaves known and not carried over, only a sweep carries.
func (d *dice) opening() []step {
	again := []step{{"mends"}, {"passes", "40m"}, {"cycle"}} // a block of Omie's is over by then
	switch n := d.IntN(100); {
	case n < 15:
		return append([]step{d.from(troubles), {"cycle"}}, again...)
	case n < 30:
		return append([]step{{"cycle", "at", d.number(250), "die"}}, again...)
	case n < 40 && d.sweeps:
		return nil
	}
	return []step{{"cycle"}}
}

// round is some life, now and then trouble and what people do about it, and a cycle.
func (d *dice) round() []step {
	var all []step
	for range 1 + d.IntN(6) {
		all = append(all, d.from(office))
	}
	if d.chance(40) {
		all = append(all, d.from(troubles))
	}
	if d.chance(20) {
		all = append(all, d.from(people))
	}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append(all, d.pause(), d.cycle())
}

// from draws a step of a chapter, the heavier the likelier.
func (d *dice) from(chapter []verb) step {
	sum := 0
	for _, v := range chapter {
		sum += v.weight
	}
	n := d.IntN(sum)
	for _, v := range chapter {
		if n -= v.weight; n < 0 {
			if onlySweeps[v.name] && !d.sweeps {
				return d.from(chapter)
			}
			return append(step{v.name}, v.draw(d)...)
		}
	}
	panic("simulation: a chapter without verbs")
}

func (d *dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d *dice) one(of ...string) string { return of[d.IntN(len(of))] }

// number is a number below n, as a word.
func (d *dice) number(n int) string { return strconv.Itoa(d.IntN(n)) }

// name draws a record that is there, fresh one that is not.
func (d *dice) name(letter string) string { return letter + d.number(d.many[letter]) }

func (d *dice) fresh(letter string) string {
	d.many[letter]++
	return letter + strconv.Itoa(d.many[letter]-1)
}

// ordinal is the number in a name: 3 of c3.
func ordinal(name string) int64 {
	if name == "" {
		return 0
	}
	n, _ := strconv.ParseInt(name[1:], 10, 64)
	return n
}
