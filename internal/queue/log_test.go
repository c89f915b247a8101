package queue

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAPeriodicJobCutOffByAStopIsNoErrorAndAllElseIs(t *testing.T) {
	const (
		ofStop = "PeriodicJobEnqueuer: Error starting transaction" // as River words it
		other  = "producer: Error fetching jobs"
	)
	for _, test := range []struct {
		stopping bool
		level    slog.Level
		message  string
		err      string
		logged   bool
	}{
		{true, slog.LevelError, ofStop, "context canceled", false},
		{true, slog.LevelError, "maintenance." + ofStop, "begin: context canceled", false},
		{true, slog.LevelError, ofStop, "disk I/O error", true},
		{true, slog.LevelError, other, "context canceled", true},
		{false, slog.LevelError, ofStop, "context canceled", true},
		{false, slog.LevelWarn, other, "slow", true},
		{false, slog.LevelInfo, other, "", false},
	} {
		var out bytes.Buffer
		var stopping atomic.Bool
		stopping.Store(test.stopping)
		log := slog.New(warnings{slog.NewTextHandler(&out, nil), &stopping}).With("client", "x") // River's own say more about themselves
		log.Log(context.Background(), test.level, test.message, "error", test.err)
		if logged := strings.Contains(out.String(), test.message); logged != test.logged {
			t.Errorf("%+v: logged %v", test, logged)
		}
	}
}
