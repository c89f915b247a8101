package config

import (
	"fmt"
	"strings"
)

// shownProblems is how many problems an Error spells out.
const shownProblems = 20

// Problem is one thing that is wrong with an account, as a sentence: key and text. The text says what to write instead
// and never holds a value from the file, since a credential may stand in the wrong place.
type Problem struct {
	// Line is where it stands in the file; 0 when there is no file.
	Line int
	// Key is the path of the key, such as flows.tasks.lookback.
	Key string
	// Text goes on after the key: "must be at least 1m".
	Text string
}

// String is the problem as one sentence.
func (p Problem) String() string {
	sentence := strings.TrimSpace(p.Key + " " + p.Text)
	if p.Line == 0 {
		return sentence
	}
	return fmt.Sprintf("line %d: %s", p.Line, sentence)
}

// Error is everything that is wrong with an accounts file or an account.
type Error struct{ Problems []Problem }

// Error has one line for each problem.
func (e *Error) Error() string {
	var lines []string
	for i, problem := range e.Problems {
		if i == shownProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(e.Problems)-i))
			break
		}
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// asError is nil when there is no problem.
func asError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Problems: problems}
}
