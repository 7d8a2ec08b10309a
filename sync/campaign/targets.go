package campaign

import "slices"

// Each asks the same of each unit.
func Each(units []string, n int64) []Target {
	out := make([]Target, 0, len(units))
	for _, unit := range units {
		out = append(out, Target{unit, n})
	}
	return out
}

// Shared divides a whole among units in proportion to what each weighs (its households; the same for all: equally), so
// that the parts add up to it: what is left over goes to those who lost most by rounding. Who weighs nothing, or would
// get nothing, has no target.
func Shared(whole int64, units []string, weight func(unit string) int64) []Target {
	var all int64
	for _, unit := range units {
		all += max(0, weight(unit))
	}
	if all == 0 || whole < 1 {
		return nil
	}
	type part struct {
		at   int
		left int64
	}
	out := Each(units, 0)
	var parts []part
	given := int64(0)
	for i, unit := range units {
		w := max(0, weight(unit))
		// Both are far below 2^31 where they are counts; amounts in fen times households stay below 2^63.
		out[i].N = whole / all * w
		rest := whole % all * w
		out[i].N += rest / all
		given += out[i].N
		if w > 0 {
			parts = append(parts, part{i, rest % all})
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		switch {
		case a.left > b.left:
			return -1
		case a.left < b.left:
			return 1
		}
		return 0
	})
	for i := int64(0); i < whole-given; i++ {
		out[parts[i].at].N++
	}
	return slices.DeleteFunc(out, func(t Target) bool { return t.N == 0 })
}

// Percent asks for a part of what each unit has, in hundredths, rounded up: of three households a half are two.
func Percent(percent int64, units []string, has func(unit string) int64) []Target {
	out := Each(units, 0)
	for i := range out {
		out[i].N = (max(0, has(out[i].Unit))*percent + 99) / 100
	}
	return slices.DeleteFunc(out, func(t Target) bool { return t.N == 0 })
}
