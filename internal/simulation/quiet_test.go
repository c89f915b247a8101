package simulation

import (
	"context"
	"slices"
	"time"

	"ponte/internal/engine"
	"ponte/internal/store"
)

// walk lives a history to its end, lets quiet come, and looks. It returns what
// was wrong; a walk that went wrong early is not lived on.
func (w *world) walk() {
	for _, s := range w.h.steps {
		w.do(s)
		if len(w.problems) > 0 {
			return
		}
	}
	w.rest()
	if len(w.problems) == 0 {
		w.check()
	}
}

// do does one step. Stamps hold seconds, so some pass with each but for those
// in the middle of a cycle, which take no time.
func (w *world) do(s step) {
	v := verbNamed(s[0])
	if w.process == nil {
		w.pass(7 * time.Second)
	}
	w.sum.steps[v.name]++
	if *trace {
		w.t.Logf("%s == %s", w.now().In(saoPaulo).Format("02 15:04:05"), s)
	}
	v.do(w, words(s[1:]))
	w.witness.person()
}

// rest ends all troubles: what broke is mended, blocks run out, clocks are set
// right. A person presses what there is to press. Then a few cycles and sweeps
// must bring everything to rest, and one more must write nothing.
func (w *world) rest() {
	w.quiet = false
	w.mend()
	w.skew = 0
	w.pass(3*time.Hour + time.Minute)
	w.later(engine.Options{})
	w.quiet = true
	w.press(w.release)
	w.press(w.retry)
	sweep := engine.Options{Full: w.h.setting("sweep") == "true"}
	w.later(sweep)
	w.press(w.release)
	w.press(w.retry)
	w.later(sweep)
	const most = 6
	for n := 0; w.witness.writes > 0 || w.held() || w.paused(); n++ {
		if n == most {
			w.fail("restless", "still writing after %d cycles at rest", most)
			return
		}
		w.press(w.release) // a brake that holds two at a time lets two go at a time
		w.later(engine.Options{})
	}
	w.later(engine.Options{})
	if w.witness.writes > 0 {
		w.fail("restless", "a cycle at rest wrote %d times", w.witness.writes)
	}
}

// held tells whether a brake holds something.
func (w *world) held() bool {
	holds, err := w.db.Holds(context.Background(), "acme")
	w.must(err)
	return len(holds) > 0
}

// paused tells whether something waits for a method's faults to be half an hour old.
func (w *world) paused() bool {
	return slices.ContainsFunc(w.waits(), func(wait store.Wait) bool { return wait.Cause == "paused" })
}

func (w *world) later(opts engine.Options) {
	w.pass(10 * time.Minute)
	w.cycle(opts, 0, nil)
}
