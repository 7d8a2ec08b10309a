// Package campaign is what the federation asks of its units by a day: a special action of some weeks, or the targets of a
// year or a quarter, which are the same with a longer span. It is pure: what counts is said by the catalogue's own rules,
// and counted by the machinery of all other figures. docs/decisions/0042-campaigns.md.
package campaign

import (
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// State of a campaign in the log. A draft is not there: it is nobody's business yet.
type State string

// The states. A running one past its deadline is overdue, until somebody closes it.
const (
	Running State = "running"
	Closed  State = "closed"
)

// Counts says what counts: a figure of the catalogue, whole or a part of it, or entries of a form by a condition.
type Counts struct {
	Indicator string `json:"indicator,omitempty"`
	Group     string `json:"group,omitempty"`

	Form    string `json:"form,omitempty"`
	Measure string `json:"measure,omitempty"` // of a form's entries: one of the three below
	Field   string `json:"field,omitempty"`   // of a sum
	Where   string `json:"where,omitempty"`   // CEL, "" for all entries
}

// How entries of a form are counted.
const (
	Entries    = "entries"
	Households = "households" // each once, however often she was there
	Sum        = "sum"
)

// Target is how much is asked of a unit.
type Target struct {
	Unit string `json:"unit"`
	N    int64  `json:"n"`
}

// Campaign is one, whole, as the log has it.
type Campaign struct {
	ID       string         `json:"id"`
	Version  int64          `json:"version"` // of it in the log, from 1
	Unit     string         `json:"unit"`    // which runs it
	State    State          `json:"state"`
	Title    string         `json:"title"`
	Text     string         `json:"text,omitempty"`
	Counts   Counts         `json:"counts"`
	Start    string         `json:"start"`    // days, both included
	Deadline string         `json:"deadline"` // the last day that counts
	Targets  []Target       `json:"targets"`
	Remind   []int          `json:"remind"`           // how many days before the deadline, 0 for the day itself, -1 for the day after
	Preset   record.Content `json:"preset,omitempty"` // of the form that is opened from it
}

// Reminding are the days on which reminders go out where nobody chose others.
func Reminding() []int { return []int{7, 3, 1, 0, -1} }

// Figure names an own count among the figures. A form's or an indicator's id has no colon.
func (c *Campaign) Figure() string {
	if c.Counts.Form == "" {
		return c.Counts.Indicator
	}
	return OwnFigure + c.ID
}

// OwnFigure begins the names of campaigns' own counts.
const OwnFigure = "campaign:"

// Own reports whether a figure is a campaign's own count.
func Own(figure string) bool { return strings.HasPrefix(figure, OwnFigure) }

// Period names the campaign's span, as a span of days is named everywhere.
func (c *Campaign) Period() string { return c.Start + "--" + c.Deadline }

// Indicator is what counts for the campaign. Errors: unknown_figure, no_target_figure, bad_filter, with the field.
func (c *Campaign) Indicator(cat *catalogue.Catalogue) (*catalogue.Indicator, *Problem) {
	if c.Counts.Form != "" {
		return c.own(cat)
	}
	ind := cat.Indicator(c.Counts.Indicator)
	switch {
	case ind == nil:
		return nil, problem(record.UnknownFigure, "counts.indicator")
	case !countable(ind):
		return nil, problem(record.NoTargetFigure, "counts.indicator")
	case c.Counts.Group != "" && !hasGroup(cat, ind, c.Counts.Group):
		return nil, problem(record.UnknownFigure, "counts.group")
	}
	return ind, nil
}

// countable reports whether a figure grows from nought within a span: a target is reached by what is done in it. A rate
// does not, and what stands stood before.
func countable(ind *catalogue.Indicator) bool {
	return slices.Contains([]string{catalogue.MeasureCount, catalogue.MeasureSum, catalogue.MeasureDistinct}, ind.Measure)
}

func hasGroup(cat *catalogue.Catalogue, ind *catalogue.Indicator, group string) bool {
	var by []string
	for part := range strings.SplitSeq(group, "+") {
		key, choice, _ := strings.Cut(part, "=")
		by = append(by, key)
		known := slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool {
			form := cat.Form(s.Form)
			return form != nil && form.Field(key) != nil && form.Field(key).Choice(choice) != nil
		})
		if !known {
			return false
		}
	}
	return slices.Contains(ind.Groups, strings.Join(by, "+"))
}

// own makes the indicator of an own count: of the entries in the campaign's span alone, for nobody else asks for them.
func (c *Campaign) own(cat *catalogue.Catalogue) (*catalogue.Indicator, *Problem) {
	form := cat.Form(c.Counts.Form)
	if form == nil {
		return nil, problem(record.UnknownFigure, "counts.form")
	}
	src := &catalogue.Source{Form: form.ID, Date: catalogue.KeyOccurredOn, First: c.Start, Last: c.Deadline}
	name := catalogue.Text{ZH: c.Title, EN: c.Title}
	ind := &catalogue.Indicator{ID: c.Figure(), Name: name, Measure: catalogue.MeasureCount, Display: catalogue.DisplayInteger,
		Sources: []*catalogue.Source{src}, Hidden: true, Sensitive: catalogue.Sensitive{All: form.Sensitive != nil}}
	switch c.Counts.Measure {
	case Entries:
	case Households:
		field := form.Field(catalogue.KeyHousehold)
		if field == nil {
			return nil, problem(record.UnknownFigure, "counts.measure")
		}
		ind.Measure, src.Key = catalogue.MeasureDistinct, catalogue.KeyHousehold
	case Sum:
		field := form.Field(c.Counts.Field)
		if field == nil || !form.Asks(field.Key) || !numbers(field) {
			return nil, problem(record.UnknownFigure, "counts.field")
		}
		ind.Measure, src.Value = catalogue.MeasureSum, &catalogue.ValueOf{Field: field.Key}
		switch field.ValueType() {
		case catalogue.TypeMoney:
			ind.Display = catalogue.DisplayYuan
		case catalogue.TypeDecimal:
			ind.Display, ind.Scale = catalogue.DisplayDecimal, field.Decimals()
		}
	default:
		return nil, problem(record.UnknownFigure, "counts.measure")
	}
	where, bad := form.Narrow(c.Counts.Where)
	if len(bad) > 0 {
		return nil, &Problem{Code: record.BadFilter, Field: "counts.where", Says: bad[0].ZH}
	}
	src.Where = where
	return ind, nil
}

func numbers(f *catalogue.Field) bool {
	return slices.Contains([]string{catalogue.TypeInteger, catalogue.TypeMoney, catalogue.TypeDecimal}, f.ValueType())
}

// Forms are those whose entries count.
func Forms(ind *catalogue.Indicator) (out []string) {
	for _, src := range ind.Sources {
		if !slices.Contains(out, src.Form) {
			out = append(out, src.Form)
		}
	}
	return out
}

// OfHouseholds reports whether a figure counts households each once: then it is known which are missing.
func OfHouseholds(cat *catalogue.Catalogue, ind *catalogue.Indicator) bool {
	return ind.Measure == catalogue.MeasureDistinct && !slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool {
		form := cat.Form(s.Form)
		return form == nil || form.Field(s.Key) == nil || form.Field(s.Key).Type != catalogue.TypeHousehold
	})
}

// Concerns reports whether a campaign runs in, above or below one of some units: who works there is told of it.
func (c *Campaign) Concerns(places *record.Places, units []string) bool {
	for _, unit := range units {
		if places.Within(c.Unit, unit) {
			return true
		}
		if !places.Within(unit, c.Unit) {
			continue
		}
		for _, t := range c.Targets {
			if places.Within(t.Unit, unit) || places.Within(unit, t.Unit) {
				return true
			}
		}
	}
	return false
}

// For leaves out the targets of units that are none of some units' business: not at, below or above them.
func (c Campaign) For(places *record.Places, units []string) Campaign {
	c.Targets = slices.DeleteFunc(slices.Clone(c.Targets), func(t Target) bool {
		return !slices.ContainsFunc(units, func(unit string) bool { return places.Within(t.Unit, unit) || places.Within(unit, t.Unit) })
	})
	return c
}
