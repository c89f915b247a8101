package call

import (
	"context"
	"time"
)

// A Memory keeps what a key's next user must know: its faults, its block, its
// pace, its recent reads and its token. The store implements it; MemoryOnly is for tests
// and one-shot tools. A key is named by a digest, never by its secret.
type Memory interface {
	// AddFault records one faulted answer of method.
	AddFault(ctx context.Context, key, method string, at time.Time) error
	// Faults returns the instants of method's faults after since, oldest first.
	Faults(ctx context.Context, key, method string, since time.Time) ([]time.Time, error)
	// SetBlock records that the vendor refuses key until then; the zero time lifts it.
	SetBlock(ctx context.Context, key string, until time.Time) error
	// Block returns until when key is refused, the zero time when it is not.
	Block(ctx context.Context, key string) (time.Time, error)
	// Remember records a request's digest and when it was made. Records older than a few minutes may be dropped.
	Remember(ctx context.Context, key, digest string, at time.Time) error
	// LastMade returns when the request with digest was last made, the zero time when unknown.
	LastMade(ctx context.Context, key, digest string) (time.Time, error)
	// SetPace keeps how much of its rate a key uses.
	SetPace(ctx context.Context, key string, p Pace) error
	// Pace returns it; the zero Pace is the whole rate.
	Pace(ctx context.Context, key string) (Pace, error)
	// SetToken keeps a login's token, sealed, until it expires; an empty token forgets it.
	SetToken(ctx context.Context, key, token string, expires time.Time) error
	// Token returns the token kept for key, "" when there is none.
	Token(ctx context.Context, key string) (token string, expires time.Time, err error)
}
