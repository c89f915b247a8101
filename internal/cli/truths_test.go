package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestTheTextOfStatusSaysWhatItsJSONKnows(t *testing.T) {
	print := func(st accountStatus) string {
		var out bytes.Buffer
		printTruths(&session{world: World{Stdout: &out}}, st)
		return out.String()
	}
	if got := print(accountStatus{}); got != "" {
		t.Errorf("of an account that did nothing yet: %q", got)
	}
	ended := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	got := print(accountStatus{
		LastCycle: &cycleJSON{Started: ended.Add(-90 * time.Second), Finished: ended, Error: "the Omie key\nis refused"},
		Rhythm:    &rhythmJSON{Every: 840, Load: 1.37},
		Changes:   changesJSON{Failed: 2, Unknown: 1},
		Faults:    []faultJSON{{"omie", "IncluirOS", 4}},
	})
	for _, says := range []string{"24/11 12:00:00, took 1m30s, the Omie key is refused\n", "every 14m0s", "137 %", "2 changes failed", "1 changes of which nobody knows", "omie: IncluirOS failed 4 times"} {
		if !strings.Contains(got, says) {
			t.Errorf("%q is not in\n%s", says, got)
		}
	}
}
