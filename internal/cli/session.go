package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"
	"github.com/oklog/ulid/v2"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/engine"
	"ponte/internal/record"
	"ponte/internal/secret"
	"ponte/internal/span"
	"ponte/internal/store"
)

// A session is one run of the program: its settings, and what they open.
type session struct {
	ctx     context.Context //nolint:containedctx // one command, one context
	world   World
	globals globals
	log     *slog.Logger
	ring    *secret.Ring
	db      *store.DB
	sealed  sync.Map // by account, the error that says so: no key at hand opens its credentials
	auvoIP  *call.Budget
	omieIP  *call.Budget
	watch   call.Watch
	tracer  span.Tracer
}

// open opens the store once, and the keys that its credentials are sealed with.
func (s *session) open() (*store.DB, error) {
	if s.db != nil {
		return s.db, nil
	}
	ring, err := s.openRing()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(s.ctx, s.globals.DB, ring)
	if err != nil {
		return nil, err
	}
	s.ring, s.db = ring, db
	return db, nil
}

func (s *session) openRing() (*secret.Ring, error) {
	key, _ := s.world.Getenv("PONTE_MASTER_KEY")
	opts := secret.Options{Env: key, KeyFile: s.globals.MasterKeyFile}
	if !isPostgres(s.globals.DB) {
		opts.Database = s.globals.DB
	}
	return secret.Open(opts)
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

func (s *session) close() {
	if s.db == nil {
		return
	}
	if err := s.db.Close(); err != nil {
		s.log.Error("cannot close the database", "error", err)
	}
}

// out is where results go.
func (s *session) out() io.Writer { return s.world.Stdout }

// printf writes a result line.
func (s *session) printf(format string, args ...any) {
	fmt.Fprintf(s.world.Stdout, format, args...)
}

// accounts are the account named, or all of them in order.
func (s *session) accounts(id string) ([]config.Account, error) {
	db, err := s.open()
	if err != nil {
		return nil, err
	}
	if id != "" {
		a, err := s.account(id)
		return []config.Account{a}, err
	}
	rows, err := db.Accounts(s.ctx)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("there is no account yet: write an accounts file and run ponte apply -f FILE")
	}
	var out []config.Account
	for _, row := range rows {
		a, err := s.account(row.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// account is one account with its credentials. Those that no key at hand opens
// are empty: what is stored can be shown all the same, and connect says why no
// vendor can be called.
func (s *session) account(id string) (config.Account, error) {
	db, err := s.open()
	if err != nil {
		return config.Account{}, err
	}
	row, err := db.Account(s.ctx, id)
	if err != nil {
		return config.Account{}, knownAccount(id, err)
	}
	a, err := config.Restore(string(row.Settings))
	if err != nil {
		return a, fmt.Errorf("settings of account %s: %w", id, err)
	}
	secrets, err := db.Secrets(s.ctx, id)
	sealed, unreadable := errors.AsType[*store.SealedError](err)
	switch {
	case unreadable:
		s.sealed.Store(id, sealed)
	case err != nil:
		return a, err
	default: // another process may have applied them again
		s.sealed.Delete(id)
	}
	for _, c := range a.Credentials() {
		*c.Value = config.NewSecret(secrets[c.Key])
	}
	return a, nil
}

// sealedError says that no key at hand opens an account's credentials, nil when one does.
func (s *session) sealedError(account string) error {
	err, _ := s.sealed.Load(account)
	sealed, _ := err.(error)
	return sealed
}

// connect builds both sides of an account. Limits per IP are the process's.
func (s *session) connect(a config.Account, now func() time.Time) (auvo, omie record.System, err error) {
	if err := s.sealedError(a.ID); err != nil {
		return auvo, omie, err
	}
	return s.join(a, now)
}

// join is connect for credentials that were just given.
func (s *session) join(a config.Account, now func() time.Time) (auvo, omie record.System, err error) {
	if s.auvoIP == nil {
		s.budgets()
	}
	return s.world.Connect(Connection{Account: a, Memory: s.db.Memory(), AuvoIP: s.auvoIP.Share(), OmieIP: s.omieIP.Share(), Now: now, Watch: s.watch})
}

// budgets are what this process may call from its IP, all accounts together.
func (s *session) budgets() {
	s.auvoIP, s.omieIP = call.NewBudget("auvo", s.globals.AuvoRate), call.NewBudget("omie", s.globals.OmieRate)
}

// leased runs do under the account's lease.
func (s *session) leased(account string, do func(context.Context, store.Lease) error) error {
	return engine.WithLease(s.ctx, s.db, account, s.holder(), engine.LeaseWait, do)
}

// done is leased for what the audit tells: the act is written with do's first change.
func (s *session) done(account string, a store.Act, do func(context.Context, store.Lease) error) error {
	return s.leased(account, func(ctx context.Context, lease store.Lease) error {
		return do(s.db.WithAct(ctx, s.act(account, a)), lease)
	})
}

// acting has the next change write an act of who runs this command.
func (s *session) acting(account string, a store.Act) context.Context {
	return s.db.WithAct(s.ctx, s.act(account, a))
}

func (s *session) act(account string, a store.Act) store.Act {
	a.Account, a.Person, a.By = account, store.CommandLine, s.person()+" (linha de comando)"
	return a
}

// holder names this process to whoever waits for its lease.
func (s *session) holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("ponte process %d on %s", os.Getpid(), host)
}

// person names who runs this command, for the history.
func (s *session) person() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	u, err := user.Current()
	if err != nil {
		return fmt.Sprintf("uid %d@%s", os.Getuid(), host)
	}
	return u.Username + "@" + host
}

func newRunID() string { return ulid.Make().String() }

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }

// confirm shows what will be done and asks; without --yes it asks on a
// terminal, and elsewhere changes nothing.
func (s *session) confirm(yes bool, what string) error {
	s.printf("%s\n", what)
	if yes {
		return nil
	}
	in, ok := s.world.Stdin.(*os.File)
	if !ok || !isTerminal(in) {
		return fmt.Errorf("nothing was changed: run again with --yes")
	}
	s.printf("Do it? [y/N] ")
	var answer string
	if _, err := fmt.Fscanln(in, &answer); err != nil || !strings.EqualFold(answer, "y") {
		return fmt.Errorf("nothing was changed")
	}
	return nil
}

// envResolver reads kong's env tags through the World, so that a test's
// environment is its own.
func envResolver(getenv func(string) (string, bool)) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if value, ok := getenv(name); ok {
				return value, nil
			}
		}
		return nil, nil
	})
}
