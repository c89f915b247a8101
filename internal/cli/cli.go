// Package cli is the command line of Ponte: one table of commands (commands
// below), each in a file of its own. Results go to standard output, logs and
// errors to standard error, in English; what the office reads (messages and
// hints of waiting records, reasons) is Portuguese wherever it is shown.
//
// It knows no side: cmd/ponte hands it the way to connect an account.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"ponte/internal/call"
	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A World is what a command may touch.
type World struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) (string, bool)
	Version        string // "v1.2.3 (commit)"

	// Connect builds both sides of an account.
	Connect func(Connection) (auvo, omie record.System, err error)
	// MemoryKeys names, by side, the keys under which an account's limits are remembered.
	MemoryKeys func(config.Account) map[string]string
	// RecordLink is where people see a record in its own system, "" when nobody knows.
	RecordLink func(config.Account, record.Ref) string
	// Notices reads what a side's webhook says to an account.
	Notices func(a config.Account, side record.Side, body []byte) []record.Notice
	// Demo and Sim run until ctx ends or they are done.
	Demo func(ctx context.Context, w World, d DemoOptions) error
	Sim  func(ctx context.Context, w World, s SimOptions) error
}

// A Connection is all that a side's clients need.
type Connection struct {
	Account config.Account
	Memory  call.Memory
	AuvoIP  *call.Share // the account's, of what this process may make from its IP
	OmieIP  *call.Share
	Now     func() time.Time
	// Watch is told of every call; nil: nobody.
	Watch call.Watch
	// Transport carries the calls; nil: the network. Tests hand the simulators in.
	Transport http.RoundTripper
}

// DemoOptions are the flags of ponte demo.
type DemoOptions struct {
	Addr     string // of the pages
	Seed     uint64
	Scale    int
	Duration time.Duration
}

// SimOptions are the flags of ponte sim.
type SimOptions struct {
	Auvo, Omie string
	Seed       uint64
	Scale      int
}

// Exit codes (contract.md).
const (
	exitDone    = 0
	exitNotDone = 1
	exitUsage   = 2
	exitPartly  = 3
)

// An exitError ends the program with a code; its message, if any, has been or
// will be printed once.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// commands is the table of commands, with the settings that all share.
type commands struct {
	globals

	Demo    demoCmd    `cmd:"" help:"Show Ponte at work on two simulated systems; needs no account, no file, no network."`
	Serve   serveCmd   `cmd:"" help:"Run the daemon: web UI, API, webhook receivers, scheduler and workers."`
	Apply   applyCmd   `cmd:"" help:"Create or update accounts from an accounts file."`
	Sync    syncCmd    `cmd:"" help:"Run one cycle, now, in this process."`
	Plan    planCmd    `cmd:"" help:"Show what sync would do; read both sides, write to neither."`
	Status  statusCmd  `cmd:"" help:"Show, per account and flow, the last run, freshness, counts, what waits and blocks."`
	Waiting waitingCmd `cmd:"" help:"Show what waits for a person, grouped by cause."`
	Explain explainCmd `cmd:"" help:"Show the life of one record."`
	Retry   retryCmd   `cmd:"" help:"Have waiting records decided again."`
	Ignore  ignoreCmd  `cmd:"" help:"Stop showing waiting records, with a reason and an end."`
	Undo    undoCmd    `cmd:"" help:"Take back what a run or a record's export did."`
	Link    linkCmd    `cmd:"" help:"Say that two records are the same."`
	Unlink  unlinkCmd  `cmd:"" help:"Say that two records are not the same."`
	Match   matchCmd   `cmd:"" help:"Show what is linked to nothing, what it may be on the other side, and why."`
	Resolve resolveCmd `cmd:"" help:"Settle a conflict: take one side's value."`
	Release releaseCmd `cmd:"" help:"Let a plan that a brake holds go, once."`

	Accounts accountsCmd  `cmd:"" help:"List, pause, resume, remove or export accounts; show their webhook addresses."`
	Doctor   doctorCmd    `cmd:"" help:"Check credentials, permissions, clocks, catalogues, defaults and limits, read-only."`
	Sim      simCmd       `cmd:"" help:"Serve the two simulators, for anyone who builds against these APIs."`
	User     userCmd      `cmd:"" help:"Manage people."`
	Token    tokenCmd     `cmd:"" help:"Manage the tokens with which programs use the API."`
	Keys     keysCmd      `cmd:"" help:"Manage the keys that seal stored credentials."`
	Audit    auditCmd     `cmd:"" help:"Check or export the audit trail."`
	Backup   backupCmd    `cmd:"" help:"Copy the database safely, while it is at work."`
	Restore  restoreCmd   `cmd:"" help:"Load a backup into an empty database."`
	Subject  subjectCmd   `cmd:"" help:"Find, export or erase a person's data; write the record of processing."`
	House    housekeepCmd `cmd:"" name:"housekeep" help:"Drop what is kept for a time only and is older."`
	Version  versionCmd   `cmd:"" help:"Show version, commit and Go version."`
}

// globals are the settings of contract.md, Environment and flags. The master
// key itself has no flag: a command line is for everyone to read (P10).
type globals struct {
	DB            string `name:"db" env:"PONTE_DB" default:"ponte.db" help:"A file (SQLite) or postgres://…"`
	MasterKeyFile string `env:"PONTE_MASTER_KEY_FILE" help:"File with the key that wraps stored credentials (PONTE_MASTER_KEY holds the key itself)."`
	Addr          string `env:"PONTE_ADDR" default:"127.0.0.1:8080" help:"Web address."`
	PublicURL     string `name:"public-url" env:"PONTE_PUBLIC_URL" help:"The address that browsers and webhooks use; from --addr when empty."`
	AuvoRate      int    `env:"PONTE_AUVO_RATE" default:"360" help:"Calls in any 60 seconds to Auvo from this process's IP."`
	OmieRate      int    `env:"PONTE_OMIE_RATE" default:"864" help:"Calls in any 60 seconds to Omie from this process's IP."`
	Log           string `env:"PONTE_LOG" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged."`
}

// Main runs one command and returns the program's exit code.
func Main(ctx context.Context, args []string, w World) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("ponte"), kong.Writers(w.Stdout, w.Stderr), kong.UsageOnError(),
		kong.Description("Ponte keeps a company's Auvo account and its Omie app in step."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(code int) { panic(helpShown(code)) }), kong.Resolvers(envResolver(w.Getenv)))
	if err != nil {
		panic("cli: the table of commands is wrong: " + err.Error())
	}
	return run(ctx, parser, &c, args, w)
}

// helpShown unwinds out of kong once it has printed help.
type helpShown int

func run(ctx context.Context, parser *kong.Kong, c *commands, args []string, w World) (code int) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case helpShown:
			code = int(p)
		default:
			panic(p)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(w.Stderr, "ponte: %v (see ponte --help)\n", err)
		return exitUsage
	}
	if openly(args, c.DB) {
		fmt.Fprintln(w.Stderr, "ponte: --db holds a password, which everybody on this machine can read in the list of processes: set PONTE_DB in the environment instead (or leave the password to PGPASSFILE)")
		return exitUsage
	}
	s := &session{ctx: ctx, world: w, globals: c.globals, log: newLog(w.Stderr, c.Log)}
	defer s.close()
	return exitCode(s.traced(parsed.Command(), func() error { return parsed.Run(s) }), w.Stderr)
}

func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitDone
	}
	e, ok := errors.AsType[*exitError](err)
	if !ok {
		fmt.Fprintf(stderr, "ponte: %v\n", err)
		return exitNotDone
	}
	if e.err != nil {
		fmt.Fprintf(stderr, "ponte: %v\n", e.err)
	}
	return e.code
}

// usage is an error about how a command was called.
func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// newLog writes text to a terminal and JSON elsewhere.
func newLog(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: l}
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		return slog.New(subjects{slog.NewTextHandler(w, opts)})
	}
	return slog.New(subjects{slog.NewJSONHandler(w, opts)})
}

// knownAccount turns the store's not-found into a sentence.
func knownAccount(id string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is no account %q: see ponte accounts list", id)
	}
	return err
}
