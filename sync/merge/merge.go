// Package merge merges one patch into one record, field by field. It is pure:
// the same inputs give the same outputs, in Go and in TypeScript
// (testdata/merge.json). SPEC section 4.
package merge

import (
	"slices"
	"sort"

	"niangjia/sync/record"
)

// Patch is what an author wants to change.
type Patch struct {
	Epoch   string         // the author's log
	Account string         // the author
	At      record.Instant // when the server received it
	Fields  record.Content // an empty Value empties the field
	Resolve []string       // M7: conflicts that this patch decides
	// Own reports whether the author's log has seen what a writer wrote last in a
	// field (M3); nil where only its own epoch has.
	Own func(field string, w record.Writer) bool
	// Said has what the author's log has itself put into a field since the version that she saw (M5); nil for nothing.
	// It is asked only where that may tell what she has taken out.
	Said func(field string) []string
}

// Shape says how the values of a field meet: the zero value as wholes.
type Shape struct {
	Set  bool // choice by choice (M5)
	Most int  // it lists attachments, at most so many: one by one, in their order (M10)
}

// Result is the record's new content and what the merge met on the way.
type Result struct {
	Content   record.Content
	Writers   map[string]record.Writer
	Conflicts []record.Conflict
	Changed   bool // the content is another than before
	Conflict  bool // at least one field kept its value against the patch (M4)
	Merged    bool // others' unseen changes stay in the record (M9)
}

// Merge lays a patch over the current record. trunk is the content that the
// author saw, nil if it is not known (M6); shape tells how a field's values meet.
func Merge(current *record.Record, trunk record.Content, p Patch, shape func(field string) Shape) Result {
	out := Result{
		Content:   current.Content.Clone(),
		Writers:   make(map[string]record.Writer, len(current.Writers)+len(p.Fields)),
		Conflicts: slices.Clone(current.Conflicts),
	}
	for k, w := range current.Writers {
		out.Writers[k] = w
	}
	me := record.Writer{Epoch: p.Epoch, Account: p.Account}
	own := func(field string) bool {
		w := current.Writers[field]
		return w.Epoch == p.Epoch || p.Own != nil && w.Epoch != "" && p.Own(field, w)
	}

	// A map's order must not decide the order of conflicts.
	fields := make([]string, 0, len(p.Fields))
	for f := range p.Fields {
		fields = append(fields, f)
	}
	sort.Strings(fields)

	for _, f := range fields {
		now, then, want := current.Content[f], trunk[f], p.Fields[f]
		set := func(v record.Value) {
			if v == "" {
				delete(out.Content, f)
			} else {
				out.Content[f] = v
			}
			out.Writers[f] = me
			out.Changed = true
		}
		met, fits := p.oneByOne(f, shape(f), now, then, want)
		switch {
		case slices.Contains(p.Resolve, f): // M7
			if now != want {
				set(want)
			}
		case now == want: // M1
			out.Conflicts = without(out.Conflicts, f, p.Account)
		case fits: // M5, M10
			if now != then && !own(f) {
				out.Merged = true
			}
			if met != now {
				set(met)
			}
			out.Conflicts = without(out.Conflicts, f, p.Account)
		case now == then || own(f): // M2, M3
			set(want)
			out.Conflicts = without(out.Conflicts, f, p.Account)
		default: // M4
			out.Conflict = true
			out.Conflicts = append(without(out.Conflicts, f, p.Account),
				record.Conflict{Field: f, Value: want, By: p.Account, At: p.At})
		}
	}
	for _, f := range p.Resolve {
		out.Conflicts = slices.DeleteFunc(out.Conflicts, func(c record.Conflict) bool { return c.Field == f })
	}
	if !out.Merged {
		out.Merged = unseen(current, trunk, p, own)
	}
	return out
}

// unseen reports whether somebody else changed a field that the patch does not
// name, after the version that the author saw (M9).
func unseen(current *record.Record, trunk record.Content, p Patch, own func(string) bool) bool {
	for f := range current.Writers {
		if _, named := p.Fields[f]; !named && !own(f) && current.Content[f] != trunk[f] {
			return true
		}
	}
	return false
}

func without(conflicts []record.Conflict, field, by string) []record.Conflict {
	return slices.DeleteFunc(conflicts, func(c record.Conflict) bool { return c.Field == field && c.By == by })
}

// oneByOne is what becomes of a field whose choices or attachments meet one by one; fits is false for every other, and
// where they would be more than the field takes.
func (p Patch) oneByOne(field string, as Shape, now, then, want record.Value) (v record.Value, fits bool) {
	if !as.Set && as.Most == 0 {
		return "", false
	}
	had := then.Strings()
	all := meet(now.Strings(), had, p.said(field, now, had, want), want.Strings())
	if as.Set {
		return record.Set(all), true
	}
	return listed(all, want), len(all) <= as.Most
}

// said are the choices that the author has put into a field herself since the version that she saw, where there is one
// that she may have taken out again.
func (p Patch) said(field string, now record.Value, had []string, want record.Value) []string {
	has := want.Strings()
	if p.Said == nil || !slices.ContainsFunc(now.Strings(), func(x string) bool {
		return !slices.Contains(has, x) && !slices.Contains(had, x)
	}) {
		return nil
	}
	return p.Said(field)
}

// meet is (now − removed) ∪ added, where removed and added are what the author did to what she saw: to what the trunk
// had, and to what she had put there herself since.
func meet(now, had, said, has []string) []string {
	var out []string
	for _, x := range now {
		if slices.Contains(has, x) || !slices.Contains(had, x) && !slices.Contains(said, x) {
			out = append(out, x)
		}
	}
	for _, x := range has {
		if !slices.Contains(had, x) && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// listed is a list in the author's order where it is all hers; what others added keeps its place before hers.
func listed(all []string, want record.Value) record.Value {
	hers := want.Strings()
	if len(hers) == len(all) && !slices.ContainsFunc(all, func(x string) bool { return !slices.Contains(hers, x) }) {
		return want
	}
	return record.List(all)
}
