package catalogue

import (
	"fmt"
	"reflect"
)

// Filled is another kind of definition that was read from a file: it goes by these same rules, and is told what is wrong
// in it at the same places, but its meaning is not the catalogue's to know.
type Filled struct{ f *filler }

// Fill reads one definition, strictly, into a struct by its json tags.
func Fill(file string, source []byte, into any) *Filled {
	f := &filler{file: file, nodes: map[string]*node{}, broken: map[string]bool{}}
	n, bad := scan(source)
	if bad != nil {
		f.problems = append(f.problems, Problem{File: file, Line: bad.Line, Reason: bad.Reason, ZH: bad.ZH})
		return &Filled{f}
	}
	f.fill(n, reflect.ValueOf(into).Elem(), "")
	return &Filled{f}
}

// Wrong notes what is wrong at a path ("parts[1].sections[0].title"); en and zh take the same arguments.
func (d *Filled) Wrong(path, en, zh string, args ...any) {
	d.f.problems = append(d.f.problems, Problem{File: d.f.file, Line: d.f.line(path), Path: path,
		Reason: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)})
}

// Problems are all that is wrong, in the file's order; nil for nothing.
func (d *Filled) Problems() Problems {
	d.f.problems.sort()
	return d.f.problems
}
