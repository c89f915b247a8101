package queue

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"ponte/internal/call"
	"ponte/internal/span"
)

// traced makes a span of each job that is worked, the root of what the job does.
var traced river.WorkerMiddlewareFunc = func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
	var of struct {
		Account string `json:"account"`
	}
	if json.Unmarshal(job.EncodedArgs, &of) == nil && of.Account != "" {
		ctx = call.About(ctx, "account", of.Account)
	}
	ctx, told := span.Start(ctx, "job", job.Kind)
	told.Count("attempts", job.Attempt)
	err := work(ctx)
	told.End(ended(err))
	return err
}

// ended tells River's words for a job that comes back, or is to come back no more,
// from failures.
func ended(err error) error {
	if _, later := errors.AsType[*rivertype.JobSnoozeError](err); later {
		return ending("goes on later")
	}
	if _, dropped := errors.AsType[*rivertype.JobCancelError](err); dropped {
		return ending("dropped")
	}
	return err
}

// An ending is one that is no failure (span.Ending).
type ending string

func (e ending) Error() string { return string(e) }

// Ending is the word.
func (e ending) Ending() string { return string(e) }
