// Package benchmark measures what docs/benchmarks.md tells, with the same data
// each time. It is all tests; the program holds nothing of it.
//
// What is measured in fake time runs in a testing/synctest bubble, with the
// queue, the engine, both clients and a real SQLite file.
package benchmark
