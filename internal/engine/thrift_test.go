package engine

import (
	"testing"
	"time"
)

func TestACheapScanIsMadeInEachCycleAndADearOneHourly(t *testing.T) {
	for _, c := range []struct {
		calls int
		since time.Duration
		want  bool
	}{
		{1, 0, true},
		{10, time.Minute, true},
		{11, time.Minute, false},
		{11, 58 * time.Minute, false},
		{11, 59 * time.Minute, true},
		{300, 10 * time.Hour, true},
	} {
		if got := scanDue(c.calls, c.since); got != c.want {
			t.Errorf("%d calls after %s: %v", c.calls, c.since, got)
		}
	}
}
