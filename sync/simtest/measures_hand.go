package simtest

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// The plain count that measures are held to: it reads the entries and the definitions, and nothing of how totals are kept.

// countsAs is an entry as it is counted by hand.
type countsAs struct {
	unit, id string
	level    record.Level
	record.Content
}

func (c countsAs) day(key string) string { return c.Content[key].String() }

// readingOf is a figure that was counted by hand.
type readingOf struct {
	value, num, den int64
	none, quotient  bool // no value; made of two
}

func pow10(ind *catalogue.Indicator) int64 {
	if ind.Display == catalogue.DisplayDecimal {
		return 10
	}
	return 1
}

// medianOf is the middle of some values times a factor, rounded half away from nought.
func medianOf(values []int64, times int64) int64 {
	slices.Sort(values)
	n := len(values)
	return half((values[(n-1)/2] + values[n/2]) * times)
}

func half(n int64) int64 {
	if n < 0 {
		return -((-n + 1) / 2)
	}
	return (n + 1) / 2
}

// share is a by b times a factor, rounded half away from nought.
func share(a, b, times int64) int64 {
	r := new(big.Rat).SetFrac64(a*times, b)
	whole, _ := r.Float64()
	if whole < 0 {
		return -share(-a, b, times)
	}
	r.Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

// byHand counts every figure as its definition says, entry by entry.
func (m *measuring) byHand(all []countsAs, span spanOf, villages int64) map[string]readingOf {
	out := map[string]readingOf{}
	today := engine.Day(m.Now)
	end := min(span.last, today)
	within := func(c countsAs, key, last string) bool {
		d := c.day(key)
		return d != "" && span.first <= d && d <= last
	}
	done := func(c countsAs) bool { return within(c, "occurred_on", span.last) }
	ended := func(c countsAs) bool { return within(c, "ends", end) }
	closed := func(since string) func(countsAs) bool {
		return func(c countsAs) bool {
			return ended(c) && (m.noSince && since == "begins" || within(c, since, span.last))
		}
	}
	outlet := func(c countsAs) []string { return texts(strings.TrimSpace(c.day("outlet"))) }
	household := func(c countsAs) []string { return texts(c.day("household")) }
	who := func(c countsAs) []string { p, _ := c.Content["who"].People(); return p.Persons }
	village := func(c countsAs) []string {
		if c.level != record.Village {
			return nil
		}
		return []string{c.unit}
	}
	long := func(c countsAs) (int64, bool) {
		a, err1 := time.Parse(time.DateOnly, c.day("begins"))
		b, err2 := time.Parse(time.DateOnly, c.day("ends"))
		return int64(b.Sub(a).Hours()) / 24, err1 == nil && err2 == nil && !b.Before(a)
	}
	amount := func(c countsAs) (int64, bool) { return c.Content["amount"].Int64() }
	number := func(c countsAs) (int64, bool) { return c.Content["number"].Int64() }
	one := func(countsAs) (int64, bool) { return 1, true }
	sum := func(counts func(countsAs) bool, of func(countsAs) (int64, bool)) func([]countsAs) readingOf {
		return func(list []countsAs) (r readingOf) {
			for _, c := range list {
				if n, ok := of(c); ok && counts(c) {
					r.value += n
				}
			}
			return r
		}
	}
	distinct := func(counts func(countsAs) bool, of func(countsAs) []string) func([]countsAs) readingOf {
		return func(list []countsAs) readingOf {
			keys := map[string]bool{}
			for _, c := range list {
				for _, key := range of(c) {
					if counts(c) {
						keys[key] = true
					}
				}
			}
			return readingOf{value: int64(len(keys))}
		}
	}
	median := func(counts func(countsAs) bool, of func(countsAs) (int64, bool), times int64) func([]countsAs) readingOf {
		return func(list []countsAs) readingOf {
			var values []int64
			for _, c := range list {
				if n, ok := of(c); ok && counts(c) {
					values = append(values, n)
				}
			}
			if len(values) == 0 {
				return readingOf{none: true}
			}
			return readingOf{value: medianOf(values, times)}
		}
	}
	holds := func(from, until string) func(countsAs) bool {
		return func(c countsAs) bool {
			return c.day(from) != "" && c.day(from) <= end && (until == "" || c.day(until) == "" || c.day(until) >= end)
		}
	}
	people := "ends"
	taken, takenOf := median(done, long, 10), int64(10)
	if m.forever {
		people = ""
	}
	if m.byNumber {
		taken = median(done, number, takenOf)
	}
	both := []string{"kind", "tags", "kind+tags"}
	kind := both[:1]
	of := func(id string, groups []string, count func([]countsAs) readingOf) {
		parts := map[string][]countsAs{"": all}
		for _, by := range groups {
			for _, c := range all {
				for _, part := range partsOfHand(c, by) {
					parts[part] = append(parts[part], c)
				}
			}
		}
		for group, list := range parts {
			if r := count(list); group == "" || r.value != 0 {
				out[id+" "+group] = r
			}
		}
	}
	of("bonds", both, sum(done, one))
	of("amounts", both, sum(done, amount))
	of("lengths", kind, sum(done, long))
	of("numbers", nil, sum(done, number))
	of("nameless", nil, sum(done, func(c countsAs) (int64, bool) { p, _ := c.Content["who"].People(); return p.Unnamed, true }))
	of("homes", both, distinct(done, household))
	of("persons", kind, distinct(done, who))
	of("outlets", kind, distinct(done, outlet))
	of("kinds", nil, distinct(done, func(c countsAs) []string { return texts(c.day("kind")) }))
	of("villages", kind, distinct(done, village))
	of("upper", nil, sum(func(c countsAs) bool { return done(c) && (c.level == record.Township || c.level == record.County) }, one))
	of("ended", kind, sum(ended, one))
	of("ended_homes", nil, distinct(ended, household))
	of("closed", both, sum(closed("occurred_on"), one))
	of("closed_amounts", kind, sum(closed("begins"), amount))
	of("standing", both, sum(holds("begins", "ends"), one))
	of("standing_homes", kind, distinct(holds("begins", "ends"), household))
	of("standing_people", nil, distinct(holds("begins", people), who))
	of("standing_outlets", kind, distinct(holds("begins", "ends"), outlet))
	of("standing_villages", nil, distinct(func(c countsAs) bool { return c.day("kind") == "a" && holds("occurred_on", "")(c) }, village))
	of("two_ways", nil, distinct(func(c countsAs) bool {
		return c.day("kind") == "a" && holds("begins", "ends")(c) || slices.Contains(c.Content["tags"].Strings(), "x") && holds("occurred_on", "ends")(c)
	}, household))
	of("days_taken", both, taken)
	of("middle_number", nil, median(ended, number, 1))
	of("middle_amount", kind, median(done, amount, 1))
	quotient := func(id, num, den string, times, over int64) {
		for _, at := range slices.Sorted(maps.Keys(out)) {
			listed := cmp.Or(den, num)
			group, ok := strings.CutPrefix(at, listed+" ")
			if !ok || group != "" && (id == "amount_each" || id == "numbers_each" || strings.Contains(group, "tags")) {
				continue
			}
			r := readingOf{quotient: true, num: out[num+" "+group].value, den: over}
			if den != "" {
				r.den = out[den+" "+group].value
			}
			if r.none = r.den == 0; !r.none {
				r.value = share(r.num, r.den, times)
			}
			out[id+" "+group] = r
		}
	}
	quotient("closed_share", "closed", "bonds", 10000, 0)
	quotient("amount_each", "amounts", "persons", 1, 0)
	quotient("numbers_each", "numbers", "bonds", 100, 0)
	quotient("covered", "villages", "", 10000, villages)
	quotient("standing_share", "standing_villages", "", 10000, villages)
	return out
}

// texts is a text that is there.
func texts(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func partsOfHand(c countsAs, by string) (out []string) {
	var kinds, tags []string
	for _, k := range c.Content["kind"].Strings() {
		kinds = append(kinds, "kind="+k)
	}
	for _, k := range c.Content["tags"].Strings() {
		tags = append(tags, "tags="+k)
	}
	switch by {
	case "kind":
		return kinds
	case "tags":
		return tags
	}
	for _, a := range kinds {
		for _, b := range tags {
			out = append(out, a+"+"+b)
		}
	}
	return out
}
