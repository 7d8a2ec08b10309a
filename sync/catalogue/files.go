package catalogue

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
)

// File is a file of definitions.
type File struct {
	Name   string
	Source []byte
}

// Sources knows in which file and where in it each of a city's own definitions stands, so that what is wrong can be told
// by file and line.
type Sources struct {
	places map[string]source // "forms/ID", "indicators/ID", "sections/ID", "retouch/ID"
}

type source struct {
	file string
	root *node
	path string // of the definition in the file
}

// ReadFiles takes definitions from files, each a form, a list of indicators, the list of sections, or what a city has of
// its own as it was exported. The error is Problems: what is no definition of any kind.
func ReadFiles(files []File) (*Own, *Sources, error) {
	own, s := &Own{}, &Sources{map[string]source{}}
	var problems Problems
	for _, file := range files {
		n, bad := scan(file.Source)
		if bad != nil {
			bad.File = file.Name
			problems = append(problems, *bad)
			continue
		}
		more, err := s.read(file, n)
		if err != nil {
			problems = append(problems, err...)
			continue
		}
		own = own.With(more)
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	return own, s, nil
}

func (n *node) has(key string) bool { return n.member(key) != nil }

// member is the last of a key, as JSON takes it.
func (n *node) member(key string) *node {
	for _, m := range slices.Backward(n.members) {
		if m.key == key {
			return m.node
		}
	}
	return nil
}

// read tells what a file is by what stands in it.
func (s *Sources) read(file File, n *node) (*Own, Problems) {
	own := &Own{}
	keep := func(kind string, raws []json.RawMessage, path string) {
		for i, raw := range raws {
			to := path
			if n.kind == "a list" || path != "" {
				to = at(path, i)
			}
			s.places[kind+"/"+idOf(raw)] = source{file.Name, n, to}
		}
	}
	switch {
	case n.kind == "an object" && (n.has("fields") || n.has("id")):
		own.Forms = []json.RawMessage{file.Source}
		keep(ownForms, own.Forms, "")
	case n.kind == "an object":
		whole, err := ParseOwn(file.Source)
		if problems, is := err.(Problems); is {
			for i, p := range problems {
				problems[i].File, problems[i].Line = file.Name, n.lineOf(p.Path)
			}
			return nil, problems
		}
		own = whole
		keep(ownForms, own.Forms, ownForms)
		keep(ownIndicators, own.Indicators, ownIndicators)
		keep(ownSections, own.Sections, ownSections)
		for id := range own.Retouch {
			s.places[ownRetouch+"/"+id] = source{file.Name, n, join(ownRetouch, id)}
		}
	case n.kind == "a list":
		var raws []json.RawMessage
		_ = json.Unmarshal(file.Source, &raws) // it was scanned
		if path.Base(file.Name) == sectionsFile {
			own.Sections = raws
			keep(ownSections, raws, "")
		} else {
			own.Indicators = raws
			keep(ownIndicators, raws, "")
		}
	default:
		return nil, Problems{problem(file.Name, n.line, "", "%s, not %s", "a file is a form, a list of indicators or own definitions", n.kind)}
	}
	return own, nil
}

// Locate gives each problem of own definitions its file and line, where it came from one of the files.
func (s *Sources) Locate(o *Own, problems Problems) Problems {
	out := slices.Clone(problems)
	for i, p := range out {
		kind, id, rest := o.definition(p.Path)
		if from, known := s.places[kind+"/"+id]; known {
			in := from.path + rest
			if from.path == "" {
				in = strings.TrimPrefix(rest, ".")
			}
			out[i].File, out[i].Path, out[i].Line = from.file, in, from.root.lineOf(in)
		}
	}
	out.sort()
	return out
}

// definition takes a path of own definitions apart: what kind of definition it is in, which one, and where in it.
func (o *Own) definition(path string) (kind, id, rest string) {
	if after, ok := strings.CutPrefix(path, ownRetouch+"."); ok {
		id, rest, found := strings.Cut(after, ".")
		if found {
			rest = "." + rest
		}
		return ownRetouch, id, rest
	}
	for kind, list := range map[string][]json.RawMessage{ownForms: o.Forms, ownIndicators: o.Indicators, ownSections: o.Sections} {
		after, ok := strings.CutPrefix(path, kind+"[")
		if !ok {
			continue
		}
		number, rest, _ := strings.Cut(after, "]")
		if i, err := strconv.Atoi(number); err == nil && i < len(list) {
			return kind, idOf(list[i]), rest
		}
	}
	return "", "", ""
}

// lineOf is the line on which the value at a path begins, or that of what should hold it.
func (n *node) lineOf(path string) int {
	line := n.line
	for path != "" && n != nil {
		step := path
		if i := strings.IndexAny(path[1:], ".["); i >= 0 {
			step = path[:i+1]
		}
		path = path[len(step):]
		if number, ok := strings.CutPrefix(step, "["); ok {
			i, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
			if err != nil || i >= len(n.items) {
				return line
			}
			n = n.items[i]
		} else if n = n.member(strings.TrimPrefix(step, ".")); n == nil {
			return line
		}
		line = n.line
	}
	return line
}
