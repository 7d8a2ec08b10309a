package catalogue

import (
	"maps"
	"slices"
	"strings"
)

// tally is an indicator with its place.
type tally struct {
	origin
	indicator *Indicator
}

var (
	measures = []string{MeasureCount, MeasureSum, MeasureDistinct, MeasureRatio, MeasureStanding, MeasureCoverage, MeasureMedian}
	displays = []string{DisplayInteger, DisplayPercent, DisplayDecimal, DisplayWanYuan, DisplayYuan}
)

// maxScale is the most decimals that a figure is shown with.
const maxScale = 4

func (t *tally) check(forms map[string]*Form, all map[string]*Indicator) {
	i := t.indicator
	t.id(t.path("id"), i.ID)
	t.text(t.path("name"), i.Name)
	t.text(t.path("unit"), i.Unit)
	t.text(t.path("definition"), i.Definition)
	t.need(t.path("measure"), i.Measure)
	t.oneOf(t.path("measure"), i.Measure, measures, "measure")
	t.oneOf(t.path("display"), i.Display, displays, "display")
	t.twice(t.path("groups"), i.Groups, "group")
	t.checkScale()
	t.checkBeside(all)
	switch i.Measure {
	case MeasureRatio:
		t.checkRatio(all)
	case MeasureCoverage:
		t.checkCoverage(forms, all)
	default:
		t.checkSources(forms)
	}
	t.checkSensitive(forms, all)
}

func (t *tally) checkScale() {
	path := t.path("scale")
	switch {
	case t.indicator.Display != DisplayDecimal && t.has(path):
		t.problem(path, `only what is shown as decimal has a "scale"`)
	case t.indicator.Display == DisplayDecimal && !t.has(path):
		t.problem(t.path("display"), `what is shown as decimal needs a "scale" from 0 to %d`, maxScale)
	case t.indicator.Scale < 0 || t.indicator.Scale > maxScale:
		t.problem(path, `"scale" is from 0 to %d`, maxScale)
	}
}

func (t *tally) checkBeside(all map[string]*Indicator) {
	switch id := t.indicator.Beside; {
	case id == "":
	case id == t.indicator.ID:
		t.problem(t.path("beside"), "%q cannot stand beside itself", id)
	case all[id] == nil:
		t.problem(t.path("beside"), "no indicator %q", id)
	}
}

// part finds one of the two that a ratio or a coverage is computed from.
func (t *tally) part(key, id string, all map[string]*Indicator) *Indicator {
	path := t.path(key)
	t.need(path, id)
	part := all[id]
	if id != "" && part == nil {
		t.problem(path, "no indicator %q", id)
	}
	if part == nil {
		return nil
	}
	for n, group := range t.indicator.Groups {
		if group != "" && !slices.Contains(part.Groups, group) {
			t.problem(at(t.path("groups"), n), "%q is not counted by %q", id, group)
		}
	}
	return part
}

// none reports keys that this measure does not have.
func (t *tally) none(why string, keys ...string) {
	for _, key := range keys {
		if t.has(t.path(key)) {
			t.problem(t.path(key), why, key)
		}
	}
}

func (t *tally) checkRatio(all map[string]*Indicator) {
	t.none("a ratio has no %q", "sources", "level")
	parts := map[string]*Indicator{}
	for key, id := range map[string]string{"numerator": t.indicator.Numerator, "denominator": t.indicator.Denominator} {
		part := t.part(key, id, all)
		if part != nil && (part.Quotient() || part.Measure == MeasureMedian) {
			t.problem(t.path(key), "%q is a %s itself: a ratio is made of counts, sums, distincts and standings", id, part.Measure)
			part = nil
		}
		parts[key] = part
	}
	above, below := parts["numerator"], parts["denominator"]
	if above == nil || below == nil {
		return
	}
	switch perHead := above.Money() && !below.Money(); {
	case perHead && !t.indicator.Money():
		t.problem(t.path("display"), "money by a number is shown as yuan or wan_yuan")
	case !perHead && t.indicator.Money():
		t.problem(t.path("display"), "only money by a number is shown as %s", t.indicator.Display)
	}
}

// checkCoverage holds the numerator to units of the level: others among them would make it more than all.
func (t *tally) checkCoverage(forms map[string]*Form, all map[string]*Indicator) {
	i := t.indicator
	t.none("a coverage has no %q", "sources", "denominator")
	t.need(t.path("level"), i.Level)
	t.oneOf(t.path("level"), i.Level, levels, "level")
	if i.Display != DisplayPercent && slices.Contains(displays, i.Display) {
		t.problem(t.path("display"), "a coverage is shown as percent")
	}
	part := t.part("numerator", i.Numerator, all)
	if part == nil {
		return
	}
	if part.Measure != MeasureDistinct && part.Measure != MeasureStanding {
		t.problem(t.path("numerator"), "%q counts no distinct units: it is a %s", part.ID, part.Measure)
		return
	}
	for _, source := range part.Sources {
		form := forms[source.Form]
		if form == nil {
			continue
		}
		of := source.Levels
		if len(of) == 0 {
			of = form.Levels
		}
		if source.Key != KeyOwnUnit {
			field := form.Field(source.Key)
			if field == nil || field.Type != TypeUnit {
				t.problem(t.path("numerator"), "%q counts no units: its key in form %q is %q", part.ID, form.ID, source.Key)
				continue
			}
			of = []string{field.Level}
		}
		if i.Level != "" && !slices.Equal(of, []string{i.Level}) {
			t.problem(t.path("numerator"), "%q counts units of other levels than %s in form %q", part.ID, i.Level, form.ID)
		}
	}
}

// checkDisplay holds what is summed to how it is shown; kinds is what the sources give.
func (t *tally) checkDisplay(kinds map[string]bool) {
	i, path := t.indicator, t.path("display")
	valued := i.Measure == MeasureSum || i.Measure == MeasureMedian
	money := kinds[kindMoney]
	switch {
	case i.Display == DisplayPercent:
		t.problem(path, "only a ratio is shown as percent")
	case i.Money() && (!valued || len(kinds) > 0 && !money):
		t.problem(path, "only money is shown as %s", i.Display)
	case !i.Money() && money:
		t.problem(path, "money is shown as yuan or wan_yuan")
	case i.Display == DisplayDecimal && !valued:
		t.problem(path, "a %s is a whole number", i.Measure)
	case i.Measure == MeasureSum && len(kinds) == 1 && !money && !kinds[kindNumbers(i.Decimals())]:
		// A sum is shown as it is kept: rounding would lose what no link brings back.
		t.problem(path, "a sum is shown with the decimals of what is added up: %s", slices.Collect(maps.Keys(kinds))[0])
	}
}

// checkSensitive reports groups that do not exist.
func (t *tally) checkSensitive(forms map[string]*Form, all map[string]*Indicator) {
	sources := t.indicator.Sources
	if part := all[t.indicator.Numerator]; part != nil {
		sources = part.Sources
	}
	fields := map[string]bool{}
	for _, group := range t.indicator.Groups {
		for _, field := range GroupFields(group) {
			fields[field] = true
		}
	}
	for n, group := range t.indicator.Sensitive.Groups {
		if group == "" {
			continue
		}
		key, choice, _ := strings.Cut(group, "=")
		exists := fields[key] && slices.ContainsFunc(sources, func(s *Source) bool {
			form := forms[s.Form]
			return form != nil && form.Field(key) != nil && form.Field(key).Choice(choice) != nil
		})
		if !exists {
			t.problem(at(t.path("sensitive"), n), "sensitive: no group %q", group)
		}
	}
}
