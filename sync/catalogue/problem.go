package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong in a definition, where its author finds it.
type Problem struct {
	File   string // "forms/home_visit.json"
	Line   int    // from 1
	Path   string // "fields[3].choices[2].key"
	Reason string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason) }

// Problems is everything wrong at once, by file and line, so that a file is mended in one go.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
}
