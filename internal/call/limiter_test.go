package call

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestALimiterNeverLetsMoreThanNThroughInAnyMinute(t *testing.T) {
	for _, n := range []int{1, 7, 216, 864} {
		synctest.Test(t, func(t *testing.T) {
			l := PerMinute(n)
			time.Sleep(time.Hour) // the bucket is full
			var at []time.Time
			for range 4 * n {
				if err := l.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				at = append(at, time.Now())
			}
			for i := range at[:len(at)-n] {
				if at[i+n].Sub(at[i]) < time.Minute {
					t.Fatalf("%d a minute: calls %d to %d took %v", n, i, i+n, at[i+n].Sub(at[i]))
				}
			}
			if took := at[len(at)-1].Sub(at[0]); n > 1 && took > 4*time.Minute+40*time.Second {
				t.Errorf("%d a minute: %d calls took %v", n, len(at), took)
			}
		})
	}
}

func TestADeadlineIsWaitedForAndNoFailureBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := PerMinute(1)
		if err := l.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		if err := l.Wait(ctx); err != context.DeadlineExceeded || time.Since(began) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestAMeterCountsByContext(t *testing.T) {
	var m Meter
	Count(t.Context(), "omie") // nobody listens
	Count(WithMeter(t.Context(), &m), "omie")
	if m.Count("omie") != 1 || m.Count("auvo") != 0 {
		t.Errorf("counts %d, %d", m.Count("omie"), m.Count("auvo"))
	}
}
