// Package totals turns approved records into figures: what one record
// contributes, what changes when it changes, and how figures are read.
// SPEC section 6.
package totals

import (
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Contribution is what one approved record adds to one figure: a number for a
// count or a sum, a key for a distinct count. Day is "YYYY-MM-DD".
type Contribution struct {
	Indicator string
	Group     string // "" the whole, "kind=family" a part
	Unit      string
	Day       string
	Value     int64
	Key       string // distinct counts only
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

// Of lists what a record contributes: nothing unless it counts (T1). The order
// is the catalogue's, so equal records give equal lists.
func Of(cat *catalogue.Catalogue, r *record.Record, met Met) []Contribution {
	if !r.Counts() || r.Type != record.Entry {
		return nil
	}
	form := cat.Form(r.Form)
	if form == nil {
		return nil
	}
	var out []Contribution
	for _, ind := range cat.Indicators {
		for _, src := range ind.Sources {
			if src.Form == r.Form {
				out = append(out, from(ind, src, form, r, met)...)
			}
		}
	}
	return unique(out)
}

func from(ind *catalogue.Indicator, src *catalogue.Source, form *catalogue.Form, r *record.Record, met Met) []Contribution {
	c := r.Approved
	day := c[src.Date].String()
	if day == "" || !src.Where.Match(c) {
		return nil
	}
	if src.Fulfilled && (form.Due == nil || !met(r, form.Due)) {
		return nil
	}
	var base []Contribution
	one := Contribution{Indicator: ind.ID, Unit: r.Unit, Day: day}
	switch ind.Measure {
	case catalogue.MeasureCount:
		one.Value = 1
		base = append(base, one)
	case catalogue.MeasureSum:
		if one.Value = number(src.Value, c); one.Value != 0 {
			base = append(base, one)
		}
	case catalogue.MeasureDistinct:
		for _, key := range keys(src.Key, form, r) {
			one.Value, one.Key = 1, key
			base = append(base, one)
		}
	}
	out := base
	for _, b := range base {
		for _, g := range groups(ind, c) {
			b.Group = g
			out = append(out, b)
		}
	}
	return out
}

func groups(ind *catalogue.Indicator, c record.Content) []string {
	var out []string
	for _, field := range ind.Groups {
		for _, choice := range c[field].Strings() {
			out = append(out, field+"="+choice)
		}
	}
	return out
}

func number(v *catalogue.ValueOf, c record.Content) int64 {
	switch {
	case v == nil:
		return 0
	case v.Field != "":
		n, _ := c[v.Field].Int64()
		return n
	case v.Size != "":
		return int64(len(c[v.Size].Strings()))
	case v.Heads != "":
		if c[v.Heads] == "" {
			return v.Else
		}
		p, _ := c[v.Heads].People()
		return int64(len(p.Persons)) + p.Unnamed
	case v.Items != "":
		items, _ := c[v.Items].Items()
		var sum int64
		for _, it := range items {
			sum += it.Value
		}
		return sum
	}
	return 0
}

func keys(key string, form *catalogue.Form, r *record.Record) []string {
	if key == catalogue.KeyCase {
		return []string{r.Case}
	}
	v := r.Approved[key]
	if f := form.Field(key); f != nil && f.Type == catalogue.TypePeople {
		p, _ := v.People()
		return p.Persons
	}
	if id := v.String(); id != "" {
		return []string{id}
	}
	return nil
}

// unique drops a distinct key that two sources of one indicator both give, and
// adds up two numbers of the same place: a figure has one row an entry.
func unique(list []Contribution) []Contribution {
	place := make(map[Contribution]int, len(list))
	out := list[:0]
	for _, c := range list {
		id := c
		id.Value = 0
		if i, twice := place[id]; !twice {
			place[id] = len(out)
			out = append(out, c)
		} else if c.Key == "" {
			out[i].Value += c.Value
		}
	}
	return out
}

// Difference is what must be taken out and put in when a record's contributions change from old to new (T2).
func Difference(old, new []Contribution) (out, in []Contribution) {
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
