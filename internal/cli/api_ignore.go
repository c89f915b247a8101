package cli

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ponte/internal/api"
	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/store"
)

// IgnoreAsked names what is not shown any more: one of record, cause and run.
type IgnoreAsked struct {
	Record string `json:"record,omitempty" maxLength:"200" doc:"task:812, customer:auvo:55, …"`
	Cause  string `json:"cause,omitempty" maxLength:"60" doc:"All that wait for this cause"`
	Run    string `json:"run,omitempty" maxLength:"64" doc:"All that this run left waiting"`
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Why, for the history"`
	Until  string `json:"until,omitempty" format:"date" doc:"The last day, in the account's time zone; a year from now when left out"`
	DryRun bool   `json:"dry_run,omitempty" doc:"Say what would be done, and change nothing"`
}

// An IgnoreAnswer says what is not shown any more.
type IgnoreAnswer struct {
	Account string       `json:"account"`
	Waits   []WaitJSON   `json:"waits"`
	Until   string       `json:"until" format:"date"`
	More    bool         `json:"more" doc:"There are others: ask again"`
	DryRun  bool         `json:"dry_run"`
	waits   []store.Wait // as Waits
}

func (s *surface) ignore(ctx context.Context, v *api.Visit, account string, in *IgnoreAsked) (out IgnoreAnswer, err error) {
	_, place, err := s.daysOf(account)
	if err != nil {
		return out, err
	}
	until, err := in.end(time.Now().In(place))
	if err != nil {
		return out, err
	}
	if in.DryRun {
		return s.ignored(ctx, account, in, until, place)
	}
	err = s.under(ctx, v, account, func(ctx context.Context, lease store.Lease) error {
		if out, err = s.ignored(ctx, account, in, until, place); err != nil {
			return err
		}
		act := audit.Ignored(out.waits, engine.LastDay(until, place).Format("02/01/2006"))
		out, err = api.Commit(ctx, v, account, act, func(ctx context.Context) (IgnoreAnswer, error) {
			_, err := engine.Ignore(ctx, s.db, lease, out.waits, until, place, strings.TrimSpace(in.Reason), v.By())
			return out, err // under the lease none of them changed
		})
		return err
	})
	return out, err
}

// end is the instant at which the last day is over.
func (in *IgnoreAsked) end(today time.Time) (until time.Time, err error) {
	if strings.TrimSpace(in.Reason) == "" {
		return until, api.Refuse(http.StatusUnprocessableEntity, "the reason must say why")
	}
	until = time.Date(today.Year()+1, today.Month(), today.Day()+1, 0, 0, 0, 0, today.Location())
	if in.Until == "" {
		return until, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, in.Until, today.Location())
	if err != nil {
		return until, api.Refuse(http.StatusUnprocessableEntity, "until takes a day such as 2026-12-31")
	}
	if until = day.AddDate(0, 0, 1); !until.After(today) {
		return until, api.Refuse(http.StatusUnprocessableEntity, "that day is over: today is %s there", today.Format(time.DateOnly))
	}
	return until, nil
}

// ignored are the open waits that are named.
func (s *surface) ignored(ctx context.Context, account string, in *IgnoreAsked, until time.Time, place *time.Location) (out IgnoreAnswer, err error) {
	out = IgnoreAnswer{Account: account, Waits: []WaitJSON{}, Until: engine.LastDay(until, place).Format(time.DateOnly), DryRun: in.DryRun}
	if out.waits, _, err = s.picked(ctx, account, in.Record, in.Cause, in.Run, in.Record != ""); err != nil {
		return out, err
	}
	if len(out.waits) == 0 {
		return out, api.Refuse(http.StatusNotFound, "nothing there waits")
	}
	out.waits, out.More = atMost(out.waits, mostTold)
	for _, w := range out.waits {
		out.Waits = append(out.Waits, asWaitJSON(account, w))
	}
	return out, nil
}
