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
// author saw, nil if it is not known (M6); many tells which fields are sets.
func Merge(current *record.Record, trunk record.Content, p Patch, many func(field string) bool) Result {
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
		switch {
		case slices.Contains(p.Resolve, f): // M7
			if now != want {
				set(want)
			}
		case now == want: // M1
			out.Conflicts = without(out.Conflicts, f, p.Account)
		case many(f): // M5
			if now != then && !own(f) {
				out.Merged = true
			}
			if v := mergeSets(now, then, want); v != now {
				set(v)
			}
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

// mergeSets is (now − removed) ∪ added, where removed and added are what the
// author did to the set that she saw.
func mergeSets(now, then, want record.Value) record.Value {
	had, has := then.Strings(), want.Strings()
	var out []string
	for _, x := range now.Strings() {
		if slices.Contains(has, x) || !slices.Contains(had, x) {
			out = append(out, x)
		}
	}
	for _, x := range has {
		if !slices.Contains(had, x) {
			out = append(out, x)
		}
	}
	return record.Set(out)
}
