// Command ponte keeps a company's Auvo account and its Omie app in step. This
// package wires: it alone knows both sides and hands them to the command line.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"ponte/internal/cli"
)

func main() {
	os.Exit(run())
}

// run lets deferred work happen before the program exits.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Main(ctx, os.Args[1:], world())
}

func world() cli.World {
	return cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.LookupEnv, Version: version(),
		Connect: connect, MemoryKeys: memoryKeys, RecordLink: recordLink, Notices: notices, Demo: runDemo, Sim: runSim,
	}
}

// release is set by the release build; other builds are told apart by their commit.
var release = "dev"

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return release + " (" + s.Value[:min(len(s.Value), 12)] + ")"
		}
	}
	return release
}
