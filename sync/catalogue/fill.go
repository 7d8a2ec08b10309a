package catalogue

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// filler puts nodes into the package's types by their json tags, strictly: every unknown or
// doubled key and every value of another type is a problem. It remembers each node by its path,
// so that later checks can say on which line they found something.
type filler struct {
	file     string
	nodes    map[string]*node
	problems Problems
	ledger   bool // see reading
	trusted  bool
	broken   map[string]bool // forms whose files cannot be read; that is told once, at the file
}

// noForm reports the name of a form that is not there.
func (f *filler) noForm(path, id string) {
	if id != "" && !f.broken[id] {
		f.problem(path, "no form %q", id)
	}
}

// problem records what is wrong at a path; a path that is not in the file gets the line of what should hold it.
func (f *filler) problem(path, format string, args ...any) {
	f.problems = append(f.problems, problem(f.file, f.line(path), path, format, args...))
}

func (f *filler) line(path string) int {
	for {
		if n, ok := f.nodes[path]; ok {
			return n.line
		}
		if path == "" {
			return 1
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// has says whether the file gives a value at the path, right or wrong.
func (f *filler) has(path string) bool { _, ok := f.nodes[path]; return ok }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// keyOf is the last step of a path, for messages.
func keyOf(path string) string { return path[strings.LastIndex(path, ".")+1:] }

func (f *filler) wrong(path string, n *node, want string) {
	f.problem(path, "%q must be %s, not %s", keyOf(path), want, n.kind)
}

func (f *filler) fill(n *node, v reflect.Value, path string) {
	f.nodes[path] = n
	if v.Type() == reflect.TypeFor[Sensitive]() {
		f.fillSensitive(n, v.Addr().Interface().(*Sensitive), path)
		return
	}
	if v.Type() == reflect.TypeFor[Condition]() {
		f.fillCondition(n, v.Addr().Interface().(*Condition), path)
		return
	}
	if v.Type() == reflect.TypeFor[Formula]() {
		f.fill(n, v.FieldByName("Source"), path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(n, v.Elem(), path)
	case reflect.Struct:
		f.fillStruct(n, v, path)
	case reflect.Map:
		f.fillMap(n, v, path)
	case reflect.Slice:
		f.fillSlice(n, v, path)
	case reflect.Interface:
		f.fillAny(n, v, path)
	case reflect.String:
		if s, ok := n.value.(string); ok {
			v.SetString(s)
			return
		}
		f.wrong(path, n, "a text")
	case reflect.Bool:
		if b, ok := n.value.(bool); ok {
			v.SetBool(b)
			return
		}
		f.wrong(path, n, "true or false")
	case reflect.Int64:
		if i, ok := integer(n); ok {
			v.SetInt(i)
			return
		}
		f.wrong(path, n, "a whole number")
	}
}

func integer(n *node) (int64, bool) {
	number, ok := n.value.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := number.Int64()
	return i, err == nil
}

// members goes through an object's keys and reports those that stand twice.
func (f *filler) members(n *node, path string, each func(m member, path string)) {
	if n.kind != "an object" {
		f.wrong(path, n, "an object")
		return
	}
	seen := map[string]bool{}
	for _, m := range n.members {
		to := join(path, m.key)
		if seen[m.key] {
			f.problems = append(f.problems, problem(f.file, m.line, to, "key %q stands twice", m.key))
			continue
		}
		seen[m.key] = true
		each(m, to)
	}
}

func (f *filler) fillStruct(n *node, v reflect.Value, path string) {
	fields := map[string]int{}
	for i := range v.NumField() {
		if tag := v.Type().Field(i).Tag.Get("json"); tag != "" && tag != "-" {
			fields[tag] = i
		}
	}
	f.members(n, path, func(m member, to string) {
		i, ok := fields[m.key]
		if !ok {
			f.problems = append(f.problems, problem(f.file, m.line, to, "unknown key %q", m.key))
			return
		}
		// A bound is a number, or in words that follow today: then it stands in a field of its own.
		if words := v.Type().Field(i).Tag.Get("text"); words != "" && m.node.kind == "a text" {
			f.fill(m.node, v.FieldByName(words), to)
			return
		}
		f.fill(m.node, v.Field(i), to)
	})
}

func (f *filler) fillMap(n *node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	f.members(n, path, func(m member, to string) {
		value := reflect.New(v.Type().Elem()).Elem()
		f.fill(m.node, value, to)
		v.SetMapIndex(reflect.ValueOf(m.key), value)
	})
}

func (f *filler) fillSlice(n *node, v reflect.Value, path string) {
	if n.kind != "a list" {
		f.wrong(path, n, "a list")
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		f.fill(item, list.Index(i), at(path, i))
	}
	v.Set(list)
}

// fillAny takes a field's default: a text, whole number, yes or no, or list of texts.
func (f *filler) fillAny(n *node, v reflect.Value, path string) {
	switch n.kind {
	case "a list":
		texts := make([]string, len(n.items))
		f.fillSlice(n, reflect.ValueOf(&texts).Elem(), path)
		v.Set(reflect.ValueOf(texts))
	case "a number":
		i, ok := integer(n)
		if !ok {
			f.wrong(path, n, "a whole number")
			return
		}
		v.Set(reflect.ValueOf(i))
	case "a text", "true or false":
		v.Set(reflect.ValueOf(n.value))
	default:
		f.wrong(path, n, "a value")
	}
}

func (f *filler) fillSensitive(n *node, s *Sensitive, path string) {
	switch n.kind {
	case "true or false":
		s.All = n.value.(bool)
	case "a list":
		f.fillSlice(n, reflect.ValueOf(&s.Groups).Elem(), path)
	default:
		f.wrong(path, n, "true or a list of groups")
	}
}
