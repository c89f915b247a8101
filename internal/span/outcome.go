package span

import (
	"context"
	"errors"

	"ponte/internal/call"
)

// An Ending is an error that is no failure and says in a word what it is instead:
// work that goes on later, for one.
type Ending interface {
	error
	// Ending is the word.
	Ending() string
}

// Outcome says in a word what an error comes to, and whether it is a failure:
// "ok", an Ending's own word, what a vendor's answer asks for (call.Reaction),
// "cut off", or "error", of which the log says more. (pure)
func Outcome(err error) (word string, failed bool) {
	if err == nil {
		return "ok", false
	}
	if e, ok := errors.AsType[Ending](err); ok {
		return e.Ending(), false
	}
	if reaction := call.ReactionOf(err); reaction != "" {
		return string(reaction), true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return "cut off", true
	}
	return "error", true
}
