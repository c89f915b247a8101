// Package benchmark measures what docs/benchmarks.md tells, with the same data
// each time, and soaks the program for as long as it is told to. It is all tests;
// the program holds nothing of it.
//
//	make bench    every figure, as rows of a Markdown table
//	make soak     an hour of twenty companies' life, on both databases
//
//	go test -race ./internal/benchmark -run SoakOnSQLite -timeout 0 -args -soak 2m -companies 2    a small one under the race detector
//
// A goal that is missed fails. What is measured in fake time runs in a
// testing/synctest bubble, with the queue, the engine, both clients and a real
// SQLite file; what is measured in real time is the binary itself, built as it is
// released, against simulators that this process serves.
//
//	measure_test.go    how a row is printed; the long forms of what follows
//	bubble_test.go     the queue of one account in fake time
//	firstload_test.go  customers, each way: share of the permitted rate
//	thrift_test.go     calls ÷ lower bound: rerun, cycle, documents
//	program_test.go    the binary as a process, and what it uses
//	vendors_test.go    the simulators of many accounts, served
//	machine_test.go    10 to 2,000 idle accounts on each database, and 800 behind one IP
//	idle_test.go       the binary, one idle account, 100,000 links
//	compare_test.go    records compared a second
//	fresh_test.go      from a change on one side to the other, by hook and by poll
//	soak_test.go       twenty lively companies, killed workers
//	oracle_test.go     what must hold when they have come to rest
//	floor_test.go      that all of this cannot be well with nothing done
package benchmark
