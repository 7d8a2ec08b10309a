package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

// What the values of a sum are; of a distinct it is what its keys name.
const kindMoney = "money"

func kindNumbers(decimals int64) string {
	if decimals == 0 {
		return "numbers"
	}
	return fmt.Sprintf("numbers with %d decimals", decimals)
}

func (t *tally) checkSources(forms map[string]*Form) {
	i := t.indicator
	t.none(`only a ratio or a coverage has a %q`, "numerator")
	t.none(`only a ratio has a %q`, "denominator")
	t.none(`only a coverage has a %q`, "level")
	path := t.path("sources")
	if len(i.Sources) == 0 && (!t.has(path) || t.nodes[path].kind == "a list") {
		t.problem(path, `"sources" is missing`)
	}
	kinds := map[string]bool{} // what is counted: fen or plain numbers, households or persons or cases
	for n, source := range i.Sources {
		to := at(path, n)
		if t.nodes[to].kind != "an object" {
			continue
		}
		t.need(join(to, "form"), source.Form)
		form := forms[source.Form]
		if form == nil {
			t.noForm(join(to, "form"), source.Form)
			continue
		}
		t.condition(source.Where, join(to, "where"), form)
		t.checkLevelsOf(source, to, form)
		t.checkDates(source, to, form)
		t.checkFulfilled(source, to, form)
		kind := t.checkMeasured(source, to, form)
		if kind != "" && len(kinds) > 0 && !kinds[kind] {
			t.problem(to, "the sources count different things: here %s", kind)
		}
		if kind != "" {
			kinds[kind] = true
		}
		t.checkGroups(form)
	}
	for n, source := range i.Sources {
		// Each group would get the number of all choices, not its own one.
		if source.Value != nil && source.Value.Size != "" && slices.ContainsFunc(i.Groups, func(g string) bool {
			return slices.Contains(GroupFields(g), source.Value.Size)
		}) {
			t.problem(at(path, n), "a number of choices cannot be grouped by these choices; count the entries grouped by %q", source.Value.Size)
		}
	}
	t.checkDisplay(kinds)
}

// checkGroups holds each kind of groups to fields of choices, two of them at most: with more there are more groups than
// entries.
func (t *tally) checkGroups(form *Form) {
	for n, group := range t.indicator.Groups {
		path := at(t.path("groups"), n)
		fields := GroupFields(group)
		if len(fields) > 2 || len(fields) == 2 && fields[0] == fields[1] {
			t.problem(path, "group %q is not of one field or of two", group)
			continue
		}
		for _, key := range fields {
			if field := form.Field(key); group != "" && (field == nil || !field.Chosen()) {
				t.problem(path, "group %q is not a one-of or many-of field of form %q", key, form.ID)
			}
		}
	}
}

func (t *tally) checkLevelsOf(source *Source, path string, form *Form) {
	to := join(path, "levels")
	for n, level := range source.Levels {
		t.oneOf(at(to, n), level, levels, "level")
		if slices.Contains(levels, level) && !form.RecordedAt(level) {
			t.problem(at(to, n), "form %q is not recorded at level %s", form.ID, level)
		}
	}
	if t.has(to) && len(source.Levels) == 0 && t.nodes[to].kind == "a list" {
		t.problem(to, `"levels" is empty: nothing would count`)
	}
	t.twice(to, source.Levels, "level")
}

func (t *tally) checkDates(source *Source, path string, form *Form) {
	measure := t.indicator.Measure
	for _, date := range []struct {
		key, field string
		of         []string
	}{
		{"date", source.Date, measures},
		{"until", source.Until, []string{MeasureStanding}},
		{"since", source.Since, []string{MeasureCount, MeasureSum}},
	} {
		to := join(path, date.key)
		if !t.has(to) {
			continue
		}
		if !slices.Contains(date.of, measure) && slices.Contains(measures, measure) {
			t.problem(to, "only a %s has a %q", strings.Join(date.of, " or a "), date.key)
			continue
		}
		if field := form.Field(date.field); date.field != "" && (field == nil || field.Type != TypeDate) {
			t.problem(to, "%q is not a date field of form %q", date.field, form.ID)
		}
	}
	if source.Until != "" && source.Until == source.Date {
		t.problem(join(path, "until"), `"until" and "date" are the same field: it would hold for a day`)
	}
}

func (t *tally) checkFulfilled(source *Source, path string, form *Form) {
	if !source.Fulfilled {
		return
	}
	if form.Due == nil {
		t.problem(join(path, "fulfilled"), `form %q has no "due" to fulfil`, form.ID)
	} else if source.Date != form.Due.On {
		t.problem(join(path, "fulfilled"), `what is fulfilled counts on its due date: "date" must be %q`, form.Due.On)
	}
}

// checkMeasured checks the part of a source that the measure needs and gives what it counts.
func (t *tally) checkMeasured(source *Source, path string, form *Form) string {
	measure := t.indicator.Measure
	for _, part := range []struct {
		key    string
		owners []string
		needed bool
	}{
		{"value", []string{MeasureSum, MeasureMedian}, true},
		{"key", []string{MeasureDistinct, MeasureStanding}, measure == MeasureDistinct},
	} {
		to := join(path, part.key)
		if owned := slices.Contains(part.owners, measure); !owned && t.has(to) {
			t.problem(to, "only a %s has a %q", strings.Join(part.owners, " or a "), part.key)
		} else if owned && part.needed && !t.has(to) {
			t.problem(path, "a %s needs a %q", measure, part.key)
		}
	}
	switch {
	case source.Value != nil && (measure == MeasureSum || measure == MeasureMedian):
		return t.checkValue(source.Value, join(path, "value"), form)
	case measure == MeasureStanding && !t.has(join(path, "key")):
		return "entries"
	case source.Key != "" && (measure == MeasureDistinct || measure == MeasureStanding):
		return t.checkKey(source.Key, join(path, "key"), form)
	}
	return ""
}

func (t *tally) checkKey(key, path string, form *Form) string {
	switch key {
	case KeyCase:
		return "cases"
	case KeyOwnUnit:
		return "units"
	}
	if field := form.Field(key); field != nil {
		switch field.Type {
		case TypeHousehold:
			return "households"
		case TypePeople, TypePerson:
			return "persons"
		case TypeUnit:
			return "units"
		case TypeText:
			return "names"
		case TypeOne:
			return "kinds"
		}
	}
	t.problem(path, `key %q is no household, people, person, unit, text or one-of field of form %q and not "case" or "own_unit"`, key, form.ID)
	return ""
}

func (t *tally) checkValue(v *ValueOf, path string, form *Form) string {
	if t.nodes[path].kind != "an object" {
		return ""
	}
	given := 0
	kind := ""
	for _, part := range []struct {
		key, field string
		types      []string
	}{
		{"field", v.Field, []string{TypeInteger, TypeMoney, TypeDecimal}},
		{"size", v.Size, []string{TypeMany}},
		{"heads", v.Heads, []string{TypePeople}},
		{"unnamed", v.Unnamed, []string{TypePeople}},
		{"items", v.Items, []string{TypeItems}},
	} {
		to := join(path, part.key)
		if !t.has(to) {
			continue
		}
		given++
		kind = kindNumbers(0)
		if part.field == "" {
			continue
		}
		field := form.Field(part.field)
		if field == nil || !slices.Contains(part.types, field.ValueType()) {
			t.problem(to, "%q is not a field of type %s of form %q", part.field, strings.Join(part.types, " or "), form.ID)
			kind = ""
			continue
		}
		switch {
		case part.key == "items" || field.ValueType() == TypeMoney:
			kind = kindMoney
		case field.ValueType() == TypeDecimal:
			kind = kindNumbers(field.Decimals())
		}
	}
	if t.has(join(path, "days")) {
		given++
		kind = kindNumbers(0)
		t.checkDays(v.Days, join(path, "days"), form)
	}
	if given != 1 {
		t.problem(path, `a value is one of "field", "size", "heads", "unnamed", "items" and "days"`)
	}
	if t.has(join(path, "else")) && !t.has(join(path, "heads")) {
		t.problem(join(path, "else"), `"else" goes with "heads"`)
	}
	return kind
}

func (t *tally) checkDays(fields []string, path string, form *Form) {
	if t.nodes[path].kind != "a list" {
		return
	}
	if len(fields) != 2 || fields[0] == fields[1] {
		t.problem(path, `"days" has two date fields, from and to`)
		return
	}
	for n, key := range fields {
		if field := form.Field(key); key != "" && (field == nil || field.Type != TypeDate) {
			t.problem(at(path, n), "%q is not a date field of form %q", key, form.ID)
		}
	}
}
