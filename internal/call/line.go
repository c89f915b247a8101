package call

import (
	"cmp"
	"container/heap"
)

// A line is who waits for a call, and who is next: the lowest turn
// (start-time fair queueing).
//
//	start = the later of the line's clock and the end of the account's last call
//	turn  = start + ahead × urgency
//	end   = start + 1
//
// The clock stands at the latest start that came through, never behind a turn that
// waits. From that follows, and line_test.go holds it to it:
//
//   - Accounts that want more than there is get the same: of two that both wait for
//     calls of one urgency, none is ever more than one call behind.
//   - A call of an account that is within its share waits for a bounded number of
//     calls of each other account, however many those want: nobody starves.
//   - Its call for a document waits behind one document of each other account at
//     most, and behind no call that is less urgent.
type line struct {
	clock   int64
	waiting turns
	count   int64 // of turns, so that equals go in the order in which they came
}

// ahead is by how many calls of each other account one urgency goes before the next.
const ahead = 8

// A place is an account's in the line.
type place struct {
	end int64 // of its last call, on the line's clock
}

// join puts a call of an account into the line.
func (l *line) join(p *place, u Urgency) *turn {
	start := max(l.clock, p.end)
	p.end = start + 1
	l.count++
	t := &turn{start: start, at: start + ahead*int64(u), urgency: u, count: l.count, come: make(chan struct{})}
	heap.Push(&l.waiting, t)
	return t
}

// next takes out who is next; nil when nobody waits.
func (l *line) next() *turn {
	if len(l.waiting) == 0 {
		return nil
	}
	t := heap.Pop(&l.waiting).(*turn)
	l.clock = max(l.clock, t.start)
	return t
}

// leave takes out a turn of an account that nobody waits for any more; where it was
// the account's last, its next is no later for it.
func (l *line) leave(p *place, t *turn) {
	if t.index < 0 {
		return
	}
	heap.Remove(&l.waiting, t.index)
	if p.end == t.start+1 {
		p.end = t.start
	}
}

// A turn is a call that waits.
type turn struct {
	start   int64
	at      int64
	urgency Urgency
	count   int64
	come    chan struct{} // closed when it may be made
	index   int           // among the waiting; -1: it is not
}

// before tells which of two turns comes first. (pure)
func (t *turn) before(o *turn) bool {
	return cmp.Or(cmp.Compare(t.at, o.at), cmp.Compare(t.urgency, o.urgency), cmp.Compare(t.count, o.count)) < 0
}

// turns are a heap, the next first.
type turns []*turn

// Len tells how many wait, as heap.Interface asks; so do the methods below.
func (w turns) Len() int { return len(w) }

// Less tells which comes first.
func (w turns) Less(i, j int) bool { return w[i].before(w[j]) }

// Swap swaps two.
func (w turns) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].index, w[j].index = i, j
}

// Push adds a turn at the end.
func (w *turns) Push(x any) {
	t := x.(*turn)
	t.index = len(*w)
	*w = append(*w, t)
}

// Pop takes the last.
func (w *turns) Pop() any {
	last := len(*w) - 1
	t := (*w)[last]
	(*w)[last], t.index = nil, -1
	*w = (*w)[:last]
	return t
}
