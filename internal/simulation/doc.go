// Package simulation proves "never twice, never lost" in the cases that nobody
// thought of: a seeded random walk over the engine's cycles in fake time, both
// simulators without sockets and a real database beside it. It is all tests; the
// program holds nothing of it.
//
// A walk is a [history]: how the account and the simulators are set, and a list
// of steps, all drawn from the seed before anything runs, so that it can be
// printed, replayed and shrunk. A step is a line of words, such as
//
//	finish t3 s1 p0
//	omie breaks after IncluirOS 0.5
//	cycle at 31 die
//
// The files, in the order of reading:
//
//	history_test.go   steps, their text, how they are drawn
//	settings_test.go  what the account and the simulators may be set to
//	office_test.go    the life of the office and of the field, on both screens
//	trouble_test.go   faults, deaths, clocks, hung processes, old backups
//	people_test.go    what people press in Ponte
//	world_test.go     the stage: both simulators, a database, processes that live and die on it
//	wire_test.go      what stands between Ponte and the simulators; the steps of a process
//	witness_test.go   an independent memory of who wrote what
//	quiet_test.go     the end of each walk: troubles end, a few cycles pass
//	checks_test.go    what must hold then
//	oracle_test.go    what each task and quotation must have become, reckoned anew
//	shrink_test.go    the shortest history that still fails
//	summary_test.go   what a long run tells
//	walk_test.go      the tests
//	mutants_test.go   the engine made wrong on purpose: each must be found
//
// The checks know the promises (docs/architecture.md) and the vendors' words, and
// share no rule with engine, flow or reconcile.
package simulation
