package campaign

import (
	"cmp"
	"slices"

	"niangjia/sync/record"
)

// UnitProgress is how far a unit has come.
type UnitProgress struct {
	Unit   string
	Target int64 // 0 where it has none
	// Approved is what counts; Submitted is how much it would be more if all that waits for a decision were approved.
	Approved, Submitted int64
	// Withheld: neither number is told to this reader; Unsaid: what waits is not.
	Withheld, Unsaid bool
}

// Gap is what is still missing, by what counts.
func (p UnitProgress) Gap() int64 { return max(0, p.Target-p.Approved) }

// Finished reports whether a unit has done its part, though some of it may wait for its reviewer: nobody there can do more.
func (p UnitProgress) Finished() bool { return p.Approved+p.Submitted >= p.Target }

// TargetOf is what is asked of a unit: its own target, or those of the units below that have one, each with all in it.
func (c *Campaign) TargetOf(places *record.Places, unit string) (n int64) {
	own := make(map[string]int64, len(c.Targets))
	for _, t := range c.Targets {
		own[t.Unit] = t.N
	}
	return targetOf(places, own, unit)
}

func targetOf(places *record.Places, own map[string]int64, unit string) (n int64) {
	if t, asked := own[unit]; asked {
		return t
	}
	for _, child := range places.Children(unit) {
		n += targetOf(places, own, child)
	}
	return n
}

// Asked gives what is asked of many units.
func (c *Campaign) Asked(places *record.Places) func(unit string) int64 {
	own := make(map[string]int64, len(c.Targets))
	for _, t := range c.Targets {
		own[t.Unit] = t.N
	}
	return func(unit string) int64 { return targetOf(places, own, unit) }
}

// League puts those who have come furthest first, by what counts of what was asked; of two who are equally far the larger
// target goes first, for it was more work. Who has no target, or whose numbers are withheld, stands at the end.
func League(list []UnitProgress) []UnitProgress {
	out := slices.Clone(list)
	told := func(p UnitProgress) int {
		if p.Withheld || p.Target == 0 {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b UnitProgress) int {
		if c := cmp.Compare(told(b), told(a)); c != 0 || told(a) == 0 {
			return cmp.Or(c, cmp.Compare(a.Unit, b.Unit))
		}
		// a/ta against b/tb without a fraction; both stay far below 2^63 in floating point too, which is exact enough to sort.
		return cmp.Or(cmp.Compare(float64(b.Approved)/float64(b.Target), float64(a.Approved)/float64(a.Target)),
			cmp.Compare(b.Target, a.Target), cmp.Compare(a.Unit, b.Unit))
	})
	return out
}

// Ranks are the places in a league: who has come equally far shares one. 0 for who has none.
func Ranks(league []UnitProgress) []int {
	out := make([]int, len(league))
	for i, p := range league {
		switch {
		case p.Withheld || p.Target == 0:
		case i > 0 && out[i-1] > 0 && float64(p.Approved)/float64(p.Target) == float64(league[i-1].Approved)/float64(league[i-1].Target):
			out[i] = out[i-1]
		default:
			out[i] = i + 1
		}
	}
	return out
}
