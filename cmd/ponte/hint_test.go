package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ponte/internal/auvo"
	"ponte/internal/omie"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
	"ponte/internal/store"
)

// hintCmd keeps what a hook's delivery says, as the receiver does:
//
//	hint SIDE [+DURATION] BODY
//
// DURATION from now, in real time, by which our own echoes are told.
func hintCmd(ts *testscript.TestScript, _ bool, args []string) {
	d := store.Delivery{Source: record.Side(args[0]), At: time.Now()}
	if len(args) > 2 {
		in, err := time.ParseDuration(args[1][1:])
		ts.Check(err)
		d.At = d.At.Add(in)
	}
	d.Body = []byte(args[len(args)-1])
	d.Notices = auvo.Notices(d.Body)
	if d.Source == record.Omie {
		d.Notices = omie.Notices(d.Body, omiesim.DefaultAppKey)
	}
	withStore(ts, func(db *store.DB) error {
		_, err := db.AddHints(context.Background(), "acme", d)
		return err
	})
}

// hintsCmd prints what became of every hint, oldest first.
func hintsCmd(ts *testscript.TestScript, _ bool, _ []string) {
	withStore(ts, func(db *store.DB) error {
		all, err := db.Hints(context.Background(), "acme", 100)
		for n := len(all) - 1; n >= 0; n-- {
			h := all[n]
			fmt.Fprintf(ts.Stdout(), "%s %s %s x%d %s\n", h.Notice.Topic, h.Notice.Ref.ID, h.Notice.Feed, h.Times, h.Outcome)
		}
		return err
	})
}

func withStore(ts *testscript.TestScript, do func(*store.DB) error) {
	db, err := openStore(theatreOf(ts).env["PONTE_DB"])
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	ts.Check(do(db))
}
