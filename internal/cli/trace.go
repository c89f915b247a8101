package cli

import (
	"errors"

	"ponte/internal/span"
)

// daemons run all day: what they do is told job by job and request by request.
var daemons = map[string]bool{"serve": true, "demo": true, "sim": true}

// traced runs a command, traced as the environment asks for (docs/watching.md). A
// command is one trace. What is left to tell is told before the program ends.
func (s *session) traced(command string, run func() error) error {
	tracer, stop := span.FromEnv(s.ctx, s.world.Getenv, s.world.Version, s.log)
	defer stop()
	s.tracer, s.ctx = tracer, span.With(s.ctx, tracer)
	if !tracer.On() {
		return run()
	}
	s.watch = span.Call
	if daemons[command] {
		return run()
	}
	// The command as the table of commands writes it: an argument's name, never its value.
	ctx, told := span.Start(s.ctx, "ponte", command)
	s.ctx = ctx
	err := run()
	told.End(partly(err))
	return err
}

// partly is a command's error; that some records wait is none.
func partly(err error) error {
	if e, ok := errors.AsType[*exitError](err); ok && e.code == exitPartly {
		return nil
	}
	return err
}
