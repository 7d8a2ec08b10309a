package catalogue

import (
	"slices"
	"strings"
)

// tally is an indicator with its place.
type tally struct {
	origin
	indicator *Indicator
}

func (t *tally) check(forms map[string]*Form, all map[string]*Indicator) {
	i := t.indicator
	t.id(t.path("id"), i.ID)
	t.text(t.path("name"), i.Name)
	t.text(t.path("unit"), i.Unit)
	t.text(t.path("definition"), i.Definition)
	t.need(t.path("measure"), i.Measure)
	t.oneOf(t.path("measure"), i.Measure, []string{MeasureCount, MeasureSum, MeasureDistinct, MeasureRatio}, "measure")
	t.oneOf(t.path("display"), i.Display, []string{DisplayInteger, DisplayPercent, DisplayWanYuan, DisplayYuan}, "display")
	t.twice(t.path("groups"), i.Groups, "group")
	if i.Measure == MeasureRatio {
		t.checkRatio(all)
	} else {
		t.checkSources(forms)
	}
	t.checkSensitive(forms, all)
}

func (t *tally) checkRatio(all map[string]*Indicator) {
	if t.has(t.path("sources")) {
		t.problem(t.path("sources"), `a ratio has no "sources"`)
	}
	for key, id := range map[string]string{"numerator": t.indicator.Numerator, "denominator": t.indicator.Denominator} {
		path := t.path(key)
		t.need(path, id)
		part := all[id]
		switch {
		case id == "":
		case part == nil:
			t.problem(path, "no indicator %q", id)
		case part.Measure == MeasureRatio:
			t.problem(path, "%q is a ratio itself: a ratio is made of counts, sums and distincts", id)
		default:
			for n, group := range t.indicator.Groups {
				if group != "" && !slices.Contains(part.Groups, group) {
					t.problem(at(t.path("groups"), n), "%q is not counted by %q", id, group)
				}
			}
		}
	}
}

func (t *tally) checkSources(forms map[string]*Form) {
	i := t.indicator
	for _, key := range []string{"numerator", "denominator"} {
		if t.has(t.path(key)) {
			t.problem(t.path(key), "only a ratio has a %q", key)
		}
	}
	if i.Display == DisplayPercent {
		t.problem(t.path("display"), "only a ratio is shown as percent")
	}
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
		if date := form.Field(source.Date); t.has(join(to, "date")) && source.Date != "" && (date == nil || date.Type != TypeDate) {
			t.problem(join(to, "date"), "%q is not a date field of form %q", source.Date, form.ID)
		}
		t.checkFulfilled(source, to, form)
		kind := t.checkMeasured(source, to, form)
		if kind != "" && len(kinds) > 0 && !kinds[kind] {
			t.problem(to, "the sources count different things: here %s", kind)
		}
		if kind != "" {
			kinds[kind] = true
		}
		for g, group := range i.Groups {
			if field := form.Field(group); group != "" && (field == nil || field.Type != TypeOne && field.Type != TypeMany) {
				t.problem(at(t.path("groups"), g), "group %q is not a one-of or many-of field of form %q", group, form.ID)
			}
		}
	}
	for n, source := range i.Sources {
		// Each group would get the number of all choices, not its own one.
		if source.Value != nil && source.Value.Size != "" && slices.Contains(i.Groups, source.Value.Size) {
			t.problem(at(path, n), "a number of choices cannot be grouped by these choices; count the entries grouped by %q", source.Value.Size)
		}
	}
	money := i.Display == DisplayWanYuan || i.Display == DisplayYuan
	if money && (kinds["numbers"] || i.Measure != MeasureSum) {
		t.problem(t.path("display"), "only money is shown as %s", i.Display)
	}
	if !money && kinds["money"] {
		t.problem(t.path("display"), "money is shown as yuan or wan_yuan")
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
	for key, owner := range map[string]string{"value": MeasureSum, "key": MeasureDistinct} {
		to := join(path, key)
		if measure != owner && t.has(to) {
			t.problem(to, "only a %s has a %q", owner, key)
		}
		if measure == owner && !t.has(to) {
			t.problem(path, "a %s needs a %q", owner, key)
		}
	}
	switch {
	case measure == MeasureSum && source.Value != nil:
		return t.checkValue(source.Value, join(path, "value"), form)
	case measure == MeasureDistinct && source.Key == KeyCase:
		return "cases"
	case measure == MeasureDistinct && source.Key != "":
		field := form.Field(source.Key)
		if field != nil && field.Type == TypeHousehold {
			return "households"
		}
		if field != nil && field.Type == TypePeople {
			return "persons"
		}
		t.problem(join(path, "key"), `key %q is no household or people field of form %q and not "case"`, source.Key, form.ID)
	}
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
		{"field", v.Field, []string{TypeInteger, TypeMoney}},
		{"size", v.Size, []string{TypeMany}},
		{"heads", v.Heads, []string{TypePeople}},
		{"items", v.Items, []string{TypeItems}},
	} {
		to := join(path, part.key)
		if !t.has(to) {
			continue
		}
		given++
		field := form.Field(part.field)
		if part.field != "" && (field == nil || !slices.Contains(part.types, field.Type)) {
			t.problem(to, "%q is not a field of type %s of form %q", part.field, strings.Join(part.types, " or "), form.ID)
			continue
		}
		kind = "numbers"
		if part.key == "items" || field != nil && field.Type == TypeMoney {
			kind = "money"
		}
	}
	if given != 1 {
		t.problem(path, `a value is one of "field", "size", "heads" and "items"`)
	}
	if t.has(join(path, "else")) && !t.has(join(path, "heads")) {
		t.problem(join(path, "else"), `"else" goes with "heads"`)
	}
	return kind
}

// checkSensitive reports groups that do not exist.
func (t *tally) checkSensitive(forms map[string]*Form, all map[string]*Indicator) {
	sources := t.indicator.Sources
	if part := all[t.indicator.Numerator]; part != nil {
		sources = part.Sources
	}
	for n, group := range t.indicator.Sensitive.Groups {
		if group == "" {
			continue
		}
		key, choice, _ := strings.Cut(group, "=")
		exists := slices.Contains(t.indicator.Groups, key) && slices.ContainsFunc(sources, func(s *Source) bool {
			form := forms[s.Form]
			return form != nil && form.Field(key) != nil && form.Field(key).Choice(choice) != nil
		})
		if !exists {
			t.problem(at(t.path("sensitive"), n), "sensitive: no group %q", group)
		}
	}
}
