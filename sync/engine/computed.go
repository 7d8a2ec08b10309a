package engine

import (
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// percentDecimals makes a percentage of ten-thousandths, as it travels.
const percentDecimals = 4

// moneyDecimals are fen: yuan with two decimals, so that an amount by a number is fen again.
const moneyDecimals = 2

// quotients are computed from their two parts when they are read (T5), each group from the same group of both. Of a
// coverage the second is how many units of its level there are in the unit (T12).
func (f figures) quotients(ind *catalogue.Indicator, unit string, c *counted, p parts) []totals.Reading {
	above := f.world.catalogue.Indicator(ind.Numerator)
	below, listed := f.world.catalogue.Indicator(ind.Denominator), above
	if ind.Measure == catalogue.MeasureRatio {
		listed = below
	}
	if above == nil || listed == nil {
		return nil
	}
	units := int64(0)
	if ind.Measure == catalogue.MeasureCoverage {
		units = f.unitsOf(unit, record.Level(ind.Level))
	}
	var out []totals.Reading
	for _, group := range p.of(listed) {
		if group != "" && !slices.Contains(ind.Groups, totals.FieldOf(group)) {
			continue
		}
		num, den := c.n[totals.Figure{Indicator: above.ID, Group: group}], units
		if below != nil {
			den = c.n[totals.Figure{Indicator: below.ID, Group: group}]
		}
		r := totals.Reading{Indicator: ind.ID, Group: group, Numerator: &num, Denominator: &den}
		if den != 0 {
			v := quotient(ind, above, below, num, den)
			r.Value = &v
		}
		out = append(out, r)
	}
	return out
}

func quotient(ind, above, below *catalogue.Indicator, num, den int64) int64 {
	shown := ind.Decimals()
	switch {
	case ind.Display == catalogue.DisplayPercent:
		shown = percentDecimals
	case ind.Money():
		shown = moneyDecimals
	}
	return totals.Quotient(num, den, decimalsOf(above), decimalsOf(below), shown)
}

// decimalsOf are those of the numbers that a figure is kept in.
func decimalsOf(ind *catalogue.Indicator) int64 {
	switch {
	case ind == nil:
		return 0
	case ind.Money():
		return moneyDecimals
	}
	return ind.Decimals()
}

// unitsOf counts the units of a level in a unit, which may be itself of it.
func (f figures) unitsOf(unit string, level record.Level) (n int64) {
	for _, code := range f.below(unit) {
		if d, _ := f.world.places.Get(code); d.Level == level {
			n++
		}
	}
	return n
}

// medians are found among the values when they are read: no median follows from others (T11).
func (f figures) medians(ind *catalogue.Indicator, c *counted, p parts) []totals.Reading {
	shown, kept := ind.Decimals(), f.valueDecimals(ind)
	if ind.Money() {
		shown = moneyDecimals
	}
	var out []totals.Reading
	for _, group := range p.of(ind) {
		r := totals.Reading{Indicator: ind.ID, Group: group}
		if v, ok := c.values[totals.Figure{Indicator: ind.ID, Group: group}].Median(kept, shown); ok {
			r.Value = &v
		}
		out = append(out, r)
	}
	return out
}

// valueDecimals are those of the values that an indicator takes: the same of all its sources.
func (f figures) valueDecimals(ind *catalogue.Indicator) int64 {
	if ind.Money() {
		return moneyDecimals
	}
	for _, src := range ind.Sources {
		if form := f.world.catalogue.Form(src.Form); form != nil && src.Value != nil && src.Value.Field != "" {
			if field := form.Field(src.Value.Field); field != nil {
				return field.Decimals()
			}
		}
	}
	return 0
}
