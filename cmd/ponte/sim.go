package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/company"
	"ponte/internal/omie/omiesim"
)

// simTick is how often life happens in `ponte sim`.
const simTick = 20 * time.Second

// Where each API lives under its simulator's address, as under the vendor's.
const (
	auvoPath = "/v2"
	omiePath = "/api/v1"
)

// runSim serves both simulators until ctx ends: with a company that works, or
// empty with scale 0. The limits are the published ones.
func runSim(ctx context.Context, w cli.World, o cli.SimOptions) error {
	auvo, omie, c := simulators(o)
	auvoURL, stopAuvo, err := serveOn(o.Auvo, auvo)
	if err != nil {
		return err
	}
	defer stopAuvo()
	omieURL, stopOmie, err := serveOn(o.Omie, omie)
	if err != nil {
		return err
	}
	defer stopOmie()
	if err := printSims(w, auvoURL, omieURL); err != nil {
		return err
	}
	return liveOn(ctx, w, c)
}

func simulators(o cli.SimOptions) (*auvosim.Sim, *omiesim.Sim, *company.Company) {
	if o.Scale < 1 {
		return &auvosim.Sim{}, &omiesim.Sim{}, nil
	}
	c := company.New(o.Seed, o.Scale, time.Now())
	c.Omie.RedundancyWindow = 0 // the published one, for clients that will meet it
	return c.Auvo, c.Omie, c
}

// serveOn serves h on addr; stop waits a moment for calls under way.
func serveOn(addr string, h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("cannot serve on %s: %w", addr, err)
	}
	// No limit on writing: a fault may be a slow answer.
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if s.Shutdown(ctx) != nil {
			_ = s.Close() // a call that hangs, by a fault, is cut
		}
		<-served //nolint:errcheck // always http.ErrServerClosed
	}
	return "http://" + l.Addr().String(), stop, nil
}

func printSims(w cli.World, auvo, omie string) error {
	_, err := fmt.Fprintf(w.Stdout, `Auvo  %s
      api key %s, api token %s
      admin %s/_sim/ (state, seed, edit, break, calls, violations, …)
Omie  %s
      app key %s, app secret %s
      admin %s/_sim/
Ctrl-C ends both; what they hold is then gone.
`, auvo+auvoPath, auvosim.DefaultAPIKey, auvosim.DefaultAPIToken, auvo, omie+omiePath, omiesim.DefaultAppKey, omiesim.DefaultAppSecret, omie)
	return err
}

// liveOn lets life happen in c, which may be nil, and tells it.
func liveOn(ctx context.Context, w cli.World, c *company.Company) error {
	tick := time.NewTicker(simTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if c == nil {
				continue
			}
			var errs []error
			for _, line := range c.Live(now) {
				_, err := fmt.Fprintf(w.Stdout, "%s  %s\n", now.Format(time.TimeOnly), line)
				errs = append(errs, err)
			}
			if err := errors.Join(errs...); err != nil {
				return err
			}
		}
	}
}
