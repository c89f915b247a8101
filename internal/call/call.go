// Package call holds what the clients of both vendors share: the reaction that
// an answer asks for, the error that carries it, the meter that counts calls,
// the limiter that spaces them, and the memory that a restart must not lose.
//
// It knows no vendor: which answer asks for which reaction is decided by one
// function in each client (auvoapi.Classify, omieapi.Classify). It never
// retries anything by itself.
package call

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Reaction says what the caller should do about a failed call.
type Reaction string

// The reactions, each with the one thing it asks for.
const (
	// Retry: nothing was done; the same call may be made again after Wait.
	Retry Reaction = "retry"
	// Unclear: a write whose outcome nobody knows. Look it up by its code after Wait, before anything else is done with it.
	Unclear Reaction = "unclear"
	// WaitForPerson: the vendor refused for a reason that a person must mend; Cause says which.
	WaitForPerson Reaction = "wait-for-person"
	// GiveUp: our own mistake (an unknown tag, a wrong method); repeating cannot help.
	GiveUp Reaction = "give-up"
	// Exists: the record is already there; ID names it where the vendor says so.
	Exists Reaction = "exists"
	// Empty: a list without rows.
	Empty Reaction = "empty"
	// Gone: no such record.
	Gone Reaction = "gone"
	// Blocked: the key is refused until Until.
	Blocked Reaction = "blocked"
	// Paused: our own fault budget for this method is used up until Until; nothing was sent.
	Paused Reaction = "paused"
	// Credentials: the key itself is refused; stop this side and tell a person.
	Credentials Reaction = "credentials"
)

// An Error is a failed vendor call. It never carries a credential, and its
// text is the vendor's own, shortened.
type Error struct {
	Side     string        // "auvo" or "omie"
	Op       string        // "IncluirOS", "POST /customers"
	Status   int           // HTTP status; 0 when no answer came
	Code     string        // the vendor's code, for logs only
	Text     string        // the vendor's words
	Reaction Reaction      // what to do
	Cause    string        // with WaitForPerson: the waiting cause of contract.md (missing-field, too-long, invalid-document, refused)
	Field    string        // the vendor's tag that the text names, if any
	ID       string        // with Exists: the id in the text, "" when it names none
	Ours     bool          // with Exists: the text names the integration code that we sent
	Wait     time.Duration // with Retry and Unclear
	Until    time.Time     // with Blocked and Paused
	Err      error         // the transport's error, if any
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Side, e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, ": %s", e.Text)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// ReactionOf returns what err asks for, "" when err is nil or no vendor call's.
func ReactionOf(err error) Reaction {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reaction
	}
	return ""
}

// Shorten cuts a vendor's text to a length fit for errors and pages (500 runes).
func Shorten(text string) string {
	const most = 500
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
