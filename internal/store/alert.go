package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Alert is one thing that was found wrong with an account.
type Alert struct {
	Seq   int64
	Rule  string // "waiting", "silent", …
	About string // what tells it from others of its rule: a cause, a side, a source
	Title string
	Text  string
	Began time.Time
	Gone  time.Time // found no more since; zero while it is
	Ended time.Time // zero while it lasts
}

// A Message is what one receiver is told.
type Message struct {
	Account  string
	Seq      int64
	Key      string // exists once per account: "alert/12/email/ana@acme.com.br" (Alert.Key)
	Channel  string // email, webhook
	To       string // an address; "" for the account's webhook
	Subject  string
	Body     string
	State    string
	Attempts int
	Made     time.Time
	Tried    time.Time // the last attempt
	Settled  time.Time // sent, or given up
	Said     string    // what the last attempt failed with
}

// The states of a message. One that is left sending by a death is sent again: an
// alert told twice is better than one told never.
const (
	MessageDue     = "due"
	MessageSending = "sending"
	MessageSent    = "sent"
	MessageFailed  = "failed"
)

// alertsLast is how long ended alerts and their messages are kept.
const alertsLast = 100 * 24 * time.Hour

// A Poster puts jobs that send messages on the queue, in the transaction that
// makes them (see Enqueuer).
type Poster func(ctx context.Context, tx any, account string, messages ...int64) error

// A Watched is what one look at an account found.
type Watched struct {
	At     time.Time
	Found  []Alert       // what is wrong now
	Linger time.Duration // what is found no more ends after
	// Tell is what is sent of an alert that begins, and Over of one that ended; nil: nothing.
	Tell func(Alert) []Message
	Over func(Alert) []Message
	// Also are other messages; those whose key exists are left out.
	Also []Message
	Post Poster
}

// Watch keeps what a look at an account found: what is new begins and is told,
// once, until it ended; what is found no more for a while ends, and that is told,
// once. What is to be sent is put on the queue in the same transaction, and so are
// messages that no job can be about any more (strays).
func (db *DB) Watch(ctx context.Context, account string, w Watched) error {
	if same, err := w.same(db.ask(ctx), account); err != nil || same {
		return err
	}
	return db.queued(ctx, "Watch", func(q query, with withTx) error {
		// On PostgreSQL this holds the account's row of sequences: two looks come one after the other.
		seq, err := numbers(q, account, 1+len(w.Found))
		if err != nil {
			return err
		}
		tell, err := w.keep(q, account, seq)
		if err != nil {
			return err
		}
		due, err := addMessages(q, account, w.At, append(tell, w.Also...))
		if err != nil {
			return err
		}
		lost, err := takeUpStrays(q, account, w.At)
		if due = append(due, lost...); err != nil || len(due) == 0 {
			return err
		}
		return with(func(tx any) error { return w.Post(ctx, tx, account, due...) })
	})
}

// same tells whether nothing is to be written: an ordinary look costs no transaction.
func (w Watched) same(q query, account string) (bool, error) {
	open, err := openAlerts(q, account)
	if err != nil || len(open) != len(w.Found) {
		return false, err
	}
	for _, f := range w.Found {
		if o, ok := open[f.key()]; !ok || !o.Gone.IsZero() {
			return false, nil
		}
	}
	if lost, err := strays(q, account, w.At); err != nil || len(lost) > 0 {
		return false, err
	}
	for _, m := range w.Also {
		known, err := q.number(`select 1 from messages where account = $1 and key = $2`, account, m.Key)
		if err != nil || known == 0 {
			return false, err
		}
	}
	return true, nil
}

func (w Watched) keep(q query, account string, seq int64) (tell []Message, err error) {
	open, err := openAlerts(q, account)
	if err != nil {
		return nil, err
	}
	for n, f := range w.Found {
		o, known := open[f.key()]
		delete(open, f.key())
		switch {
		case !known:
			f.Seq, f.Began = seq+int64(n), w.At
			tell = append(tell, w.Tell(f)...)
			err = q.insert("alerts", "account, "+alertColumns, "", [][]any{{account, f.Seq, f.Rule, f.About, f.Title, f.Text, f.Began, 0, 0}})
		case !o.Gone.IsZero():
			_, err = q.exec(`update alerts set gone = 0 where account = $1 and seq = $2`, account, o.Seq)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, o := range open {
		switch {
		case o.Gone.IsZero():
			_, err = q.exec(`update alerts set gone = $3 where account = $1 and seq = $2`, account, o.Seq, w.At)
		case w.At.Sub(o.Gone) >= w.Linger:
			if w.Over != nil {
				tell = append(tell, w.Over(o)...)
			}
			_, err = q.exec(`update alerts set ended = $3 where account = $1 and seq = $2`, account, o.Seq, w.At)
		}
		if err != nil {
			return nil, err
		}
	}
	return tell, forgetAlerts(q, account, w.At.Add(-alertsLast))
}

func forgetAlerts(q query, account string, before time.Time) error {
	if _, err := q.exec(`delete from alerts where account = $1 and ended > 0 and ended < $2`, account, before); err != nil {
		return err
	}
	_, err := q.exec(`delete from messages where account = $1 and settled > 0 and settled < $2`, account, before)
	return err
}

// Key begins the keys of the messages that tell of the alert.
func (a Alert) Key() string { return "alert/" + strconv.FormatInt(a.Seq, 10) }

func (a Alert) key() [2]string { return [2]string{a.Rule, a.About} }

const (
	alertColumns = `seq, rule, about, title, said, began, gone, ended`
	alertsOpen   = `select ` + alertColumns + ` from alerts where account = $1 and ended = 0 order by seq`
)

func scanAlert(r row) (Alert, error) {
	var a Alert
	var began, gone, ended int64
	err := r.Scan(&a.Seq, &a.Rule, &a.About, &a.Title, &a.Text, &began, &gone, &ended)
	a.Began, a.Gone, a.Ended = instant(began), instant(gone), instant(ended)
	return a, err
}

func openAlerts(q query, account string) (map[[2]string]Alert, error) {
	all, err := list(q, scanAlert, alertsOpen, account)
	open := map[[2]string]Alert{}
	for _, a := range all {
		open[a.key()] = a
	}
	return open, err
}

// OpenAlerts returns what is wrong with an account, the oldest first.
func (db *DB) OpenAlerts(ctx context.Context, account string) ([]Alert, error) {
	return list(db.ask(ctx), scanAlert, alertsOpen, account)
}

// addMessages writes those messages whose key is new and returns their numbers.
func addMessages(q query, account string, at time.Time, all []Message) (made []int64, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	seq, err := numbers(q, account, len(all))
	if err != nil {
		return nil, err
	}
	for n, m := range all {
		added, err := q.exec(`insert into messages (account, `+messageColumns+`) values ($1, $2, $3, $4, $5, $6, $7, 'due', 0, $8, 0, 0, '') on conflict (account, key) do nothing`,
			account, seq+int64(n), m.Key, m.Channel, m.To, m.Subject, m.Body, at)
		if err != nil {
			return nil, err
		}
		if added > 0 {
			made = append(made, seq+int64(n))
		}
	}
	return made, nil
}

// AddMessages keeps messages to be sent and puts them on the queue; those whose key
// exists are left out.
func (db *DB) AddMessages(ctx context.Context, account string, at time.Time, post Poster, all ...Message) error {
	return db.queued(ctx, "AddMessages", func(q query, with withTx) error {
		made, err := addMessages(q, account, at, all)
		if err != nil || len(made) == 0 {
			return err
		}
		return with(func(tx any) error { return post(ctx, tx, account, made...) })
	})
}

const messageColumns = `seq, key, channel, receiver, subject, body, state, attempts, made, tried, settled, said`

func scanMessage(r row) (Message, error) {
	var m Message
	var made, tried, settled int64
	err := r.Scan(&m.Account, &m.Seq, &m.Key, &m.Channel, &m.To, &m.Subject, &m.Body, &m.State, &m.Attempts, &made, &tried, &settled, &m.Said)
	m.Made, m.Tried, m.Settled = instant(made), instant(tried), instant(settled)
	return m, err
}

// A stray is a message that is to be sent and was not tried for longer than any
// job pauses (queue's teller): none is about it. A backup leaves the queue's jobs
// behind, and a process may die in a message's last attempt.
const strayAfter = 150 * time.Minute

// staleAfter is how old a message may be that is told late. What is older is told
// only while its alert lasts, since nothing else would tell of it.
const staleAfter = 24 * time.Hour

func strays(q query, account string, at time.Time) ([]Message, error) {
	return list(q, scanMessage, `select account, `+messageColumns+` from messages
		where account = $1 and state in ('due', 'sending') and made < $2 and tried < $2 order by seq`, account, at.Add(-strayAfter))
}

// takeUpStrays returns the numbers of the strays that are to be put on the queue
// again, and gives the others up. One that has a job after all is sent by
// whichever comes first, once: the queue keeps one job per message, and what was
// sent is not begun again.
func takeUpStrays(q query, account string, at time.Time) (again []int64, err error) {
	lost, err := strays(q, account, at)
	if err != nil || len(lost) == 0 {
		return nil, err
	}
	open, err := list(q, scanAlert, alertsOpen, account)
	if err != nil {
		return nil, err
	}
	for _, m := range lost {
		lasts := slices.ContainsFunc(open, func(a Alert) bool { return strings.HasPrefix(m.Key, a.Key()+"/") })
		if lasts || at.Sub(m.Made) <= staleAfter {
			again = append(again, m.Seq)
			continue
		}
		if _, err = q.exec(`update messages set state = 'failed', settled = $3, said = 'it was not sent in time, and is no longer true' where account = $1 and seq = $2`, account, m.Seq, at); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// BeginMessage says that a message is about to be sent, and returns it; ErrNotFound
// when it was sent or given up, or its account is gone.
func (db *DB) BeginMessage(ctx context.Context, account string, seq int64) (Message, error) {
	var m Message
	err := db.change(ctx, "BeginMessage", func(q query) error {
		n, err := q.exec(`update messages set state = 'sending', attempts = attempts + 1, tried = $3 where account = $1 and seq = $2 and state in ('due', 'sending')`,
			account, seq, nowMillis())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		m, err = first(q, scanMessage, `select account, `+messageColumns+` from messages where account = $1 and seq = $2`, account, seq)
		return err
	})
	return m, err
}

// EndMessage says how an attempt ended: sent, due once more, or failed for good.
func (db *DB) EndMessage(ctx context.Context, account string, seq int64, state, said string) error {
	return db.change(ctx, "EndMessage", func(q query) error {
		settled := time.Time{}
		if state != MessageDue {
			settled = time.Now()
		}
		_, err := q.exec(`update messages set state = $3, said = $4, settled = $5 where account = $1 and seq = $2 and state = 'sending'`, account, seq, state, said, settled)
		return err
	})
}

// Messages returns an account's n newest messages, newest first.
func (db *DB) Messages(ctx context.Context, account string, n int) ([]Message, error) {
	return list(db.ask(ctx), scanMessage, `select account, `+messageColumns+` from messages where account = $1 order by seq desc limit $2`, account, n)
}
