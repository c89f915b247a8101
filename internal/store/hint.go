package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"ponte/internal/record"
)

// A Hint is what a hook said, and what became of it.
type Hint struct {
	Seq      int64
	Source   record.Side // whose hook
	Notice   record.Notice
	Digest   string // what makes two deliveries the same
	Received time.Time
	Times    int       // deliveries of the same
	Run      string    // that settled it
	Settled  time.Time // zero: open
	Outcome  string    // once settled
}

// The outcomes of a hint.
const (
	HintRead     = "read"     // the record was read again and stored
	HintGone     = "gone"     // its side no longer has the record
	HintEcho     = "echo"     // our own write came back
	HintUnneeded = "unneeded" // of no record that this account's flows read
	HintUnseen   = "unseen"   // no list showed the record, and it cannot be looked up
)

// hintsLast is how long hints are kept: longer than Omie delivers again (five days,
// docs/apis/omie.md §9.3), so that a late repeat is known as one. Open ones, too: a
// paused account's hooks speak on, and the windows of its next cycle begin where its
// last one ended, so that they show what hints announced.
const hintsLast = 7 * 24 * time.Hour

// digest is what a delivery made again has in common with the first: the
// vendor's mark of the event, or else the whole body.
func digest(source record.Side, n record.Notice, body []byte) string {
	if n.Mark != "" {
		body = []byte("mark\x00" + n.Mark + "\x00" + n.Topic + "\x00" + n.Ref.String() + "\x00" + n.Feed)
	}
	sum := sha256.Sum256(append([]byte(string(source)+"\x00"+n.Ref.String()+"\x00"), body...))
	return hex.EncodeToString(sum[:])
}

// A Delivery is one call of a hook.
type Delivery struct {
	Source  record.Side
	At      time.Time // when it came, in real time; zero: now
	Body    []byte
	Notices []record.Notice // what the body says
	Enqueue Enqueuer        // puts the account's job on the queue when a hint is new; nil: no queue
}

// AddHints keeps what one delivery of a hook said, and returns how many hints
// are new. What was delivered before is counted and not kept again: an open
// hint always, a settled one only where the vendor marks its events, since two
// like bodies without a mark may be two events. What is about no record of ours
// is settled at once. It needs no lease: a hint changes nothing by itself.
func (db *DB) AddHints(ctx context.Context, account string, d Delivery) (int, error) {
	added := 0
	err := db.queued(ctx, "AddHints", func(q query, with withTx) error {
		now := orNow(d.At)
		// The account's sequence is held from here on, so that on PostgreSQL two
		// deliveries of one event come one after the other.
		seq, err := numbers(q, account, max(len(d.Notices), 1))
		if err != nil {
			return err
		}
		if err := heard(q, account, d.Source, now, d.Notices); err != nil {
			return err
		}
		for n, notice := range d.Notices {
			fresh, err := addHint(q, account, Hint{Seq: seq + int64(n), Source: d.Source, Notice: notice, Digest: digest(d.Source, notice, d.Body), Received: now})
			if err != nil {
				return err
			}
			if fresh {
				added++
			}
		}
		_, err = q.exec(`delete from hints where account = $1 and received < $2`, account, now.Add(-hintsLast))
		if err != nil || added == 0 || d.Enqueue == nil {
			return err
		}
		return wakeAccount(ctx, q, account, with, d.Enqueue)
	})
	return added, err
}

func addHint(q query, account string, h Hint) (fresh bool, err error) {
	n, err := q.exec(`update hints set times = times + 1 where account = $1 and source = $2 and digest = $3 and (settled = 0 or $4)`,
		account, h.Source, h.Digest, h.Notice.Mark != "")
	if err != nil || n > 0 {
		return false, err
	}
	if h.Notice.Ref.Kind == "" {
		h.Settled, h.Outcome = h.Received, HintUnneeded
	}
	return h.Outcome == "", q.insert("hints", "account, "+hintColumns, "", [][]any{{
		account, h.Seq, h.Source, shortTopic(h.Notice.Topic), h.Notice.Ref.Kind, h.Notice.Ref.ID, h.Notice.Feed, h.Notice.Gone, h.Notice.ByAPI,
		h.Digest, h.Received, 1, h.Run, h.Settled, h.Outcome,
	}})
}

// shortTopic bounds what a stranger may have us keep.
func shortTopic(topic string) string {
	const most = 80
	return string([]rune(topic)[:min(most, len([]rune(topic)))])
}

const hintColumns = `seq, source, topic, kind, id, feed, gone, by_api, digest, received, times, run, settled, outcome`

func scanHint(r row) (Hint, error) {
	var h Hint
	var received, settled int64
	n := &h.Notice
	err := r.Scan(&h.Seq, &h.Source, &n.Topic, &n.Ref.Kind, &n.Ref.ID, &n.Feed, &n.Gone, &n.ByAPI, &h.Digest, &received, &h.Times, &h.Run, &settled, &h.Outcome)
	n.Ref.Side = h.Source
	h.Received, h.Settled = instant(received), instant(settled)
	return h, err
}

// OpenHints returns the hints that no run has settled, oldest first.
func (db *DB) OpenHints(ctx context.Context, account string) ([]Hint, error) {
	return list(db.ask(ctx), scanHint, `select `+hintColumns+` from hints where account = $1 and settled = 0 order by seq`, account)
}

// Hints returns the account's n newest hints, newest first.
func (db *DB) Hints(ctx context.Context, account string, n int) ([]Hint, error) {
	return list(db.ask(ctx), scanHint, `select `+hintColumns+` from hints where account = $1 order by seq desc limit $2`, account, n)
}

// SettleHints ends hints that no page settles: what became of them, without any data.
func (db *DB) SettleHints(ctx context.Context, l Lease, run, outcome string, seqs ...int64) error {
	return db.under(ctx, l, "SettleHints", func(q query) error { return settleHints(q, l.Account, run, outcome, seqs) })
}

func settleHints(q query, account, run, outcome string, seqs []int64) error {
	for len(seqs) > 0 {
		batch := seqs[:min(mostRows, len(seqs))]
		seqs = seqs[len(batch):]
		_, err := q.exec(`update hints set run = $2, outcome = $3, settled = $4 where account = $1 and settled = 0 and seq in `+tuple(5, len(batch)),
			append([]any{account, run, outcome, nowMillis()}, anys(batch)...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// hinted settles the hints about the page's records: they were read again.
func (p *page) hinted() error {
	var seqs []int64
	for _, s := range p.sights {
		seqs = append(seqs, p.Hinted[s.Ref.ID]...)
	}
	outcome := HintRead
	if p.HintOutcome != "" {
		outcome = p.HintOutcome
	}
	return settleHints(p.q, p.account, p.Run, outcome, seqs)
}
