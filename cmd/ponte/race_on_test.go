//go:build race

package main

// raceDetector slows a test about tenfold; the large ones run without it, in a
// step of their own of make test.
const raceDetector = true
