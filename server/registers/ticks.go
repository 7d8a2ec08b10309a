package registers

import (
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// ticks are, by many-of field, the choices that a row says no to, where each choice has a column of its own; a field of
// which a row ticks anything is there, though it says no to none. The columns speak of their own choices alone: what
// the register has beside them stays.
type ticks map[string][]string

// ticked reads a cell that people tick; ok is false where it says neither yes nor no.
func ticked(text string) (yes, ok bool) {
	text = strings.Join(strings.Fields(text), "")
	switch strings.ToLower(text) {
	case "是", "有", "√", "✓", "✔", "☑", "对", "y", "yes", "true":
		return true, true
	case "否", "不是", "×", "✗", "✘", "☐", "n", "no", "false":
		return false, true
	}
	if nothing[text] {
		return false, true
	}
	// How many: three children who were left behind are some.
	n, ok := sheetInt(strings.TrimRight(text, "人个名户"))
	return n > 0, ok && n >= 0
}

// tick reads the column of one choice.
func (r *reading) tick(h here, s *slot, t target, content record.Content, cells map[string]*slot, without ticks) {
	key := t.field.Key
	text := h.row.Cell(s.key).Text()
	yes, ok := ticked(text)
	switch {
	case t.field.Choice(choice(t.field, text)) == t.choice: // its own name stands there
		yes = true
	case !ok:
		r.fault(h, s, NotATick, text)
		return
	}
	cells[tickAt(key, t.choice)] = s
	if cells[key] == nil { // else the field's own cell lists all of them
		without[key] = append([]string{}, without[key]...)
		if !yes {
			without[key] = append(without[key], t.choice.Key)
		}
	}
	if !yes {
		return
	}
	content[key] = record.Set(append(content[key].Strings(), t.choice.Key))
}

// tickAt names the place of a choice's column among a row's cells.
func tickAt(field string, c *catalogue.Choice) string { return field + "=" + c.Key }

// completeTicks adds what a further row ticks of a household, and tells where one says yes and another no.
func (r *reading) completeTicks(h here, one *house, f *catalogue.Field, v record.Value, no []string, cells map[string]*slot) {
	old, oldNo := one.line.Content[f.Key].Strings(), one.line.without[f.Key]
	for _, c := range f.Choices {
		s := cells[tickAt(f.Key, c)]
		switch {
		case slices.Contains(v.Strings(), c.Key) && slices.Contains(oldNo, c.Key):
			r.fault(h, s, Differs, "否")
		case slices.Contains(no, c.Key) && slices.Contains(old, c.Key):
			r.fault(h, s, Differs, "是")
		}
	}
	if both := append(old, v.Strings()...); len(both) > 0 {
		one.line.Content[f.Key] = record.Set(both)
	}
	if oldNo != nil || len(old) == 0 {
		one.line.without[f.Key] = append(append([]string{}, oldNo...), no...)
	}
}

// over is what a record's field becomes by what its columns tick.
func (t ticks) over(field string, now, file record.Value) record.Value {
	no, partly := t[field]
	if !partly {
		return file
	}
	kept := slices.DeleteFunc(now.Strings(), func(key string) bool { return slices.Contains(no, key) })
	return record.Set(append(kept, file.Strings()...))
}
