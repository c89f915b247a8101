package call

import (
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestAPaceIsHalvedOnceAMinuteAndComesBackSlowly(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	var p Pace
	if p.Yields(now) || p.At(now) != 1 {
		t.Errorf("the zero pace is %v", p.At(now))
	}
	p = p.Yielded(now, "IncluirOS: 429")
	if got := p.Yielded(now.Add(59*time.Second), "again"); got != p || p.At(now) != 0.5 || p.Why != "IncluirOS: 429" {
		t.Errorf("after many answers at once: %+v, was %+v", got, p)
	}
	for _, c := range []struct {
		after time.Duration
		want  float64
	}{{9 * time.Minute, 0.5}, {10 * time.Minute, 0.5625}, {40 * time.Minute, 0.75}, {80 * time.Minute, 1}, {time.Hour * 24, 1}} {
		if got := p.At(now.Add(c.after)); got != c.want {
			t.Errorf("after %s it is %v, want %v", c.after, got, c.want)
		}
	}
	if got := p.Whole(); !got.Equal(now.Add(80 * time.Minute)) {
		t.Errorf("whole again at %s", got)
	}
}

func TestAPaceStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
		var p Pace
		for range rapid.IntRange(1, 40).Draw(t, "answers") {
			now = now.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "seconds")) * time.Second)
			was := p.At(now)
			cut := p.Yielded(now, "")
			if got := cut.At(now); got < leastPace || got > was {
				t.Fatalf("yielding made %v of %v", got, was)
			}
			p = cut
			if whole := p.Whole(); p.At(whole) != 1 || (whole.After(now) && p.At(whole.Add(-time.Nanosecond)) == 1) {
				t.Fatalf("%+v is whole at %s, and then %v", p, whole, p.At(whole))
			}
		}
	})
}

func TestALimiterKeepsToItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 216
		l := PerMinute(n)
		during := func(d time.Duration) (calls int) {
			for end := time.Now().Add(d); time.Now().Before(end); calls++ {
				if err := l.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			return calls
		}
		during(time.Minute)
		l.Yield(time.Now(), "")
		during(10 * time.Second) // what was reserved before
		if got := during(5 * time.Minute); got > 5*n/2 || got < 5*n/2*9/10 {
			t.Errorf("at half the pace %d calls in five minutes", got)
		}
		if got := l.Steady(time.Now()); got != 106 {
			t.Errorf("steady %v a minute", got)
		}
		time.Sleep(3 * time.Hour)
		during(time.Minute)
		if got := during(5 * time.Minute); got < 5*n*9/10 {
			t.Errorf("later %d calls in five minutes", got)
		}
	})
}
