//go:build race

package benchmark

// raced: the binary looks for races, too, and ends with a failure when it saw one.
const raced = true
