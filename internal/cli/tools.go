package cli

import (
	"encoding/json"
	"runtime"
	"time"

	"ponte/internal/config"
	"ponte/internal/record"
)

type doctorCmd struct {
	Account string `help:"Only this account."`
	JSON    bool   `name:"json" help:"One JSON array."`
}

func (doctorCmd) Help() string {
	return "Read-only. Exit code 3 when it found something wrong.\n\nExample:\n  ponte doctor --account acme"
}

type findingJSON struct {
	Account string `json:"account"`
	record.Finding
}

// Run probes both sides of each account and says what to do about each finding.
func (c *doctorCmd) Run(s *session) error {
	accounts, err := s.accounts(c.Account)
	if err != nil {
		return err
	}
	all := []findingJSON{}
	for _, a := range accounts {
		findings, err := s.probe(a)
		if err != nil {
			return err
		}
		all = append(all, findings...)
	}
	if err := c.print(s, all); err != nil {
		return err
	}
	for _, f := range all {
		if !f.OK {
			return &exitError{code: exitPartly}
		}
	}
	return nil
}

func (s *session) probe(a config.Account) ([]findingJSON, error) {
	auvo, omie, err := s.connect(a, time.Now)
	if err != nil {
		return nil, err
	}
	var all []findingJSON
	for _, side := range []record.System{auvo, omie} {
		for _, f := range side.Probe(s.ctx) {
			all = append(all, findingJSON{a.ID, f})
		}
	}
	swept, err := s.distrusts(a)
	return append(all, swept...), err
}

func (c *doctorCmd) print(s *session, all []findingJSON) error {
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(all)
	}
	for _, f := range all {
		s.printFinding(f.Account, f.Finding)
	}
	return nil
}

func (s *session) printFinding(account string, f record.Finding) {
	mark := "ok  "
	if !f.OK {
		mark = "BAD "
	}
	s.printf("%s %s %s: %s – %s\n", mark, account, f.Side, f.Check, oneLine(f.Detail))
	if !f.OK && f.Remedy != "" {
		s.printf("       → %s\n", oneLine(f.Remedy))
	}
}

type demoCmd struct {
	Seed     uint64        `default:"1" help:"Which company."`
	Scale    int           `default:"1" help:"How large a company."`
	Duration time.Duration `default:"0s" help:"Stop after this time; 0: until interrupted, or after a minute where output is no terminal."`
}

func (demoCmd) Help() string {
	return "Starts both simulators with a lively company, applies an account, runs cycles, shows what arrives, and serves the pages\n(at --addr, or another port where that is taken), which sign their visitor in by themselves, on this machine only.\n\nExample:\n  ponte demo"
}

func (c *demoCmd) Run(s *session) error {
	return s.world.Demo(s.ctx, s.world, DemoOptions{s.globals.Addr, c.Seed, c.Scale, c.Duration})
}

type simCmd struct {
	Auvo  string `default:"127.0.0.1:8081" help:"Where the Auvo simulator listens."`
	Omie  string `default:"127.0.0.1:8082" help:"Where the Omie simulator listens."`
	Seed  uint64 `default:"1" help:"Which company."`
	Scale int    `default:"1" help:"How large a company; 0: empty."`
}

func (simCmd) Help() string {
	return "Strict simulators of both APIs, with a company that works. Admin API under /_sim/.\n\nExample:\n  ponte sim --auvo 127.0.0.1:8081 --omie 127.0.0.1:8082 --scale 3"
}

func (c *simCmd) Run(s *session) error {
	return s.world.Sim(s.ctx, s.world, SimOptions{c.Auvo, c.Omie, c.Seed, c.Scale})
}

type versionCmd struct{}

func (versionCmd) Help() string { return "Example:\n  ponte version" }

func (versionCmd) Run(s *session) error {
	s.printf("ponte %s %s\n", s.world.Version, runtime.Version())
	return nil
}
