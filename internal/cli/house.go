package cli

import (
	"time"

	"ponte/internal/audit"
	"ponte/internal/house"
	"ponte/internal/subject"
)

// keeping is for how long what Ponte stores is kept (docs/lgpd.md).
type keeping struct {
	KeepRawDays     int `env:"PONTE_KEEP_RAW_DAYS" default:"30" help:"Days for which a vendor's row is kept as it came, since it last changed."`
	KeepRecordYears int `env:"PONTE_KEEP_RECORD_YEARS" default:"2" help:"Years for which the history of customers, products and services is kept."`
	KeepFiscalYears int `env:"PONTE_KEEP_FISCAL_YEARS" default:"6" help:"Years for which the history of tasks, quotations and documents is kept."`
}

func (k keeping) terms() (subject.Terms, error) {
	t := subject.Terms{RawDays: k.KeepRawDays, RecordYears: k.KeepRecordYears, FiscalYears: k.KeepFiscalYears}
	switch {
	case t.RawDays < 0:
		return t, usage("PONTE_KEEP_RAW_DAYS must not be negative")
	case t.RecordYears < 1:
		return t, usage("PONTE_KEEP_RECORD_YEARS must be at least 1")
	case t.FiscalYears < 5:
		return t, usage("PONTE_KEEP_FISCAL_YEARS must be at least 5: so long what was billed may be asked about")
	}
	return t, nil
}

// houseKeeper looks after what is kept too long.
func (k keeping) houseKeeper(s *session) (*house.Keeper, error) {
	terms, err := k.terms()
	return &house.Keeper{Store: s.db, Terms: terms, Holder: s.holder(), Log: s.log}, err
}

type housekeepCmd struct {
	keeping `embed:""`
}

func (housekeepCmd) Help() string {
	return "ponte serve does this every hour by itself. What is dropped: the vendors' rows as they came, history that is older than it is kept, and\n" +
		"what ended by itself. The ledger keeps what was made under which code, so that nothing is made twice.\n\nExample:\n  ponte housekeep"
}

// Run drops what is old, now.
func (c *housekeepCmd) Run(s *session) error {
	if _, err := s.open(); err != nil {
		return err
	}
	k, err := c.houseKeeper(s)
	if err != nil {
		return err
	}
	if err := s.db.AddAct(s.ctx, s.act("", audit.Housekept(k.Terms.RawDays, k.Terms.RecordYears, k.Terms.FiscalYears))); err != nil { // before: what is dropped is gone
		return err
	}
	done, err := k.Look(s.ctx, time.Now())
	if err != nil {
		return err
	}
	s.printf("dropped %d payloads, %d lines of history, %d other rows; %d erasures ended\n", done.Raws, done.History, done.Ended, done.Erased)
	if done.Sampled > 0 {
		s.printf("%s\n", house.Samples)
	}
	return nil
}
