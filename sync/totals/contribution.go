// Package totals turns approved records into figures: what one record
// contributes, what changes when it changes, and how figures are read.
// SPEC section 6.
package totals

import (
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/expression"
	"niangjia/sync/record"
)

// Contribution is what one approved record adds to one figure: a number for a
// count or a sum, a key for what is distinct or stands. Day is "YYYY-MM-DD".
type Contribution struct {
	Indicator string
	Group     string // "" the whole, "kind=family" a part, "title=x+level=y" a part by two fields
	Unit      string
	Day       string
	Value     int64
	Key       string // "" of a count or sum; its first character says how it counts (Kind)
}

// Month is the contribution's month as months since year 0: 2026-11 is 24322.
func (c Contribution) Month() int { return MonthOf(c.Day) }

// MonthOf is the month of a day "YYYY-MM-DD".
func MonthOf(day string) int {
	if len(day) < 7 {
		return 0
	}
	n := func(s string) (v int) {
		for i := 0; i < len(s); i++ {
			v = v*10 + int(s[i]-'0')
		}
		return v
	}
	return n(day[:4])*12 + n(day[5:7]) - 1
}

// Met tells whether what was due about a record was met by a later approved
// entry on or before the day; it needs other records, so the engine answers it.
type Met func(r *record.Record, due *catalogue.Due) bool

// Elsewhere answers what a record and its form do not say.
type Elsewhere struct {
	Met   Met
	Level func(unit string) record.Level
}

// Of lists what a record contributes: nothing unless it counts (T1). The order
// is the catalogue's, so equal records give equal lists.
func Of(cat *catalogue.Catalogue, r *record.Record, beyond Elsewhere) []Contribution {
	if !r.Counts() || r.Type != record.Entry {
		return nil
	}
	form := cat.Form(r.Form)
	if form == nil {
		return nil
	}
	e := entry{Record: r, form: form, content: form.Derive(r.Approved), Elsewhere: beyond}
	e.values = form.Values(e.content)
	var out []Contribution
	for _, ind := range cat.CountingFrom(r.Form) {
		for _, src := range ind.Sources {
			if src.Form == r.Form {
				out = append(out, e.from(ind, src)...)
			}
		}
	}
	return unique(out)
}

// entry is a counted record with what its approved content gives.
type entry struct {
	*record.Record
	Elsewhere
	form    *catalogue.Form
	content record.Content
	values  expression.Variables // of the content, for the conditions
}

func (e entry) from(ind *catalogue.Indicator, src *catalogue.Source) []Contribution {
	day := e.day(src.Date)
	if day == "" || day < src.First || src.Last != "" && day > src.Last || !e.recordedAt(src.Levels) || !src.Where.MatchValues(e.values) {
		return nil
	}
	if src.Fulfilled && (e.form.Due == nil || !e.Met(e.Record, e.form.Due)) {
		return nil
	}
	base := e.whole(ind, src, Contribution{Indicator: ind.ID, Unit: e.Unit, Day: day})
	out := base
	for _, b := range base {
		for _, g := range groups(ind, e.content) {
			b.Group = g
			out = append(out, b)
		}
	}
	return out
}

// whole is what a source counts of the entry, before it is divided.
func (e entry) whole(ind *catalogue.Indicator, src *catalogue.Source, one Contribution) (out []Contribution) {
	switch ind.Measure {
	case catalogue.MeasureCount, catalogue.MeasureSum:
		one.Value = 1
		if ind.Measure == catalogue.MeasureSum {
			one.Value, _ = e.number(src.Value)
		}
		if src.Since != "" {
			since := e.day(src.Since)
			if since == "" { // it is in no span
				return nil
			}
			one.Key = sinceKey(since)
		}
		if one.Value != 0 {
			out = append(out, one)
		}
	case catalogue.MeasureMedian:
		if v, filled := e.number(src.Value); filled {
			one.Value, one.Key = 1, valueKey(v)
			out = append(out, one)
		}
	case catalogue.MeasureDistinct:
		for _, key := range e.keys(src.Key) {
			one.Value, one.Key = 1, key
			out = append(out, one)
		}
	case catalogue.MeasureStanding:
		out = e.standing(src, one)
	}
	return out
}

// standing begins on its first day, and ends on the day after its last (T9).
func (e entry) standing(src *catalogue.Source, one Contribution) (out []Contribution) {
	until := ""
	if src.Until != "" {
		until = e.day(src.Until)
	}
	if until != "" && until < one.Day { // it has never held
		return nil
	}
	keys := []string{e.ID}
	if src.Key != "" {
		keys = e.keys(src.Key)
	}
	for _, key := range keys {
		begins := one
		begins.Value, begins.Key = 1, standingKey(key)
		out = append(out, begins)
		if until != "" {
			ends := begins
			ends.Day, ends.Value = DayAfter(until), -1
			out = append(out, ends)
		}
	}
	return out
}

// day is a date field's day, "" where it is empty.
func (e entry) day(field string) string { return e.content[field].String() }

func (e entry) recordedAt(levels []string) bool {
	if len(levels) == 0 {
		return true
	}
	at := string(e.Level(e.Unit))
	for _, level := range levels {
		if level == at {
			return true
		}
	}
	return false
}

// groups are the parts that an entry belongs to; by two fields each pair of their choices.
func groups(ind *catalogue.Indicator, c record.Content) []string {
	var out []string
	for _, by := range ind.Groups {
		parts := []string{""}
		for _, field := range catalogue.GroupFields(by) {
			var longer []string
			for _, part := range parts {
				if part != "" {
					part += "+"
				}
				for _, choice := range c[field].Strings() {
					longer = append(longer, part+field+"="+choice)
				}
			}
			parts = longer
		}
		out = append(out, parts...)
	}
	return out
}

// unique drops a distinct key that two sources of one indicator both give, and
// adds up the rest of the same place: a figure has one row an entry and key. What
// one indicator gives stands together.
func unique(list []Contribution) []Contribution {
	out, first := list[:0], 0 // of the indicator
	for _, c := range list {
		if first < len(out) && out[first].Indicator != c.Indicator {
			first = len(out)
		}
		at := slices.IndexFunc(out[first:], func(o Contribution) bool {
			o.Value = c.Value
			return o == c
		})
		if at < 0 {
			out = append(out, c)
		} else if c.Kind() != Distinct {
			out[first+at].Value += c.Value
		}
	}
	kept := out[:0]
	for _, c := range out {
		if c.Kind() != Standing || c.Value != 0 { // what ends on the day on which it begins again goes on
			kept = append(kept, c)
		}
	}
	return kept
}

// Difference is what must be taken out and put in when a record's contributions change from old to new (T2).
func Difference(old, new []Contribution) (out, in []Contribution) {
	if len(old) == 0 || slices.Equal(old, new) {
		return nil, new[len(old):]
	}
	left := map[Contribution]int{}
	for _, c := range old {
		left[c]++
	}
	for _, c := range new {
		if left[c] > 0 {
			left[c]--
		} else {
			in = append(in, c)
		}
	}
	for _, c := range old {
		if left[c] > 0 {
			left[c]--
			out = append(out, c)
		}
	}
	return out, in
}

// SortKey orders contributions for comparisons in tests and in verify.
func (c Contribution) SortKey() string {
	return strings.Join([]string{c.Indicator, c.Group, c.Unit, c.Day, c.Key}, "\x00")
}
