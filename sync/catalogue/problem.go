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
	ZH     string // the reason in Chinese
}

// problem tells what is wrong by a sentence of the table in chinese.go. A Text among the arguments is told in each
// language. Where there is no file there is no line.
func problem(file string, line int, path, format string, args ...any) Problem {
	if file == "" {
		line = 0
	}
	en := make([]any, len(args))
	for i, arg := range args {
		if text, ok := arg.(Text); ok {
			arg = text.EN
		}
		en[i] = arg
	}
	return Problem{File: file, Line: line, Path: path, Reason: fmt.Sprintf(format, en...), ZH: inChinese(format, args)}
}

// String tells the place as far as it is known: what was never in a file has none, and of what a definition of the
// program says about one of the city's the path alone is known.
func (p Problem) String() string {
	switch {
	case p.File != "":
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
	case p.Path != "":
		return p.Path + ": " + p.Reason
	}
	return p.Reason
}

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
