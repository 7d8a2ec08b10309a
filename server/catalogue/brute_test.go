package catalogue_test

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// brute counts figures by going through all entries, knowing nothing of how the program counts: it is written from
// docs/catalogue.md alone.
type brute struct {
	*town
	counted []counted
	by      map[*catalogue.Source][]counted // those that it counts
	met     map[string]bool                 // entries whose due was met in time
	follows map[string]string
}

// counted is an entry that counts, with its computed values.
type counted struct {
	*record.Record
	c record.Content
}

func (w *town) brute() *brute {
	b := &brute{town: w, by: map[*catalogue.Source][]counted{}, met: map[string]bool{}, follows: map[string]string{}}
	levels := map[string]string{}
	for _, u := range w.units {
		levels[u.Code] = string(u.Level)
	}
	for _, r := range w.entries() {
		b.follows[r.ID] = r.Content[catalogue.KeyFollows].String()
		if r.State != "approved" && r.State != "amended" {
			continue
		}
		one := counted{r, w.cat.Form(r.Form).Derive(r.Approved)}
		for _, ind := range w.cat.Indicators {
			for _, s := range ind.Sources {
				if s.Form == r.Form && s.Where.Match(r.Approved) && (len(s.Levels) == 0 || slices.Contains(s.Levels, levels[r.Unit])) {
					b.by[s] = append(b.by[s], one)
				}
			}
		}
		b.counted = append(b.counted, one)
	}
	for _, one := range b.counted {
		b.met[one.ID] = b.wasMet(one)
	}
	return b
}

// wasMet says whether another entry did in time what was due about the same household, after this one was recorded.
func (b *brute) wasMet(one counted) bool {
	due := b.cat.Form(one.Form).Due
	if due == nil || one.c[due.On] == "" {
		return false
	}
	return slices.ContainsFunc(b.counted, func(other counted) bool {
		day, begun := other.c[catalogue.KeyOccurredOn].String(), one.c[catalogue.KeyOccurredOn].String()
		return other.ID != one.ID && other.Form == due.Form && other.c[due.Same] != "" && other.c[due.Same] == one.c[due.Same] &&
			due.Where.Match(other.Approved) && day <= one.c[due.On].String() &&
			(day > begun || day == begun && other.c[catalogue.KeyFollows].String() == one.ID)
	})
}

func (b *brute) in(unit, top string) bool {
	for code := unit; code != ""; {
		if code == top {
			return true
		}
		d, _ := b.eng.Places().Get(code)
		code = d.Parent
	}
	return false
}

// of says whether an entry is in a group: "", "kind=x" or "title=x+level=y".
func of(c record.Content, group string) bool {
	if group == "" {
		return true
	}
	for _, part := range strings.Split(group, "+") {
		field, choice, _ := strings.Cut(part, "=")
		if !slices.Contains(c[field].Strings(), choice) {
			return false
		}
	}
	return true
}

// groups are all groups of an indicator, the whole among them.
func (b *brute) groups(ind *catalogue.Indicator) []string {
	out := []string{""}
	sources := ind.Sources
	if len(sources) == 0 {
		sources = b.cat.Indicator(ind.Numerator).Sources
	}
	form := b.cat.Form(sources[0].Form)
	for _, g := range ind.Groups {
		first, second, two := strings.Cut(g, "+")
		for _, one := range form.Field(first).Choices {
			if !two {
				out = append(out, first+"="+one.Key)
				continue
			}
			for _, other := range form.Field(second).Choices {
				out = append(out, first+"="+one.Key+"+"+second+"="+other.Key)
			}
		}
	}
	return out
}

// figure is what a brute-force count gives; known is false for a ratio with nothing below the line and a median of nothing.
type figure struct {
	value    *big.Rat
	num, den int64
}

func (b *brute) figure(ind *catalogue.Indicator, top, from, to, group string) figure {
	switch ind.Measure {
	case catalogue.MeasureRatio:
		above, below := b.cat.Indicator(ind.Numerator), b.cat.Indicator(ind.Denominator)
		return quotient(b.number(above, top, from, to, group), b.number(below, top, from, to, group), ind, above, below)
	case catalogue.MeasureCoverage:
		units := int64(0)
		for _, u := range b.units {
			if string(u.Level) == ind.Level && b.in(u.Code, top) {
				units++
			}
		}
		above := b.cat.Indicator(ind.Numerator)
		return quotient(b.number(above, top, from, to, group), units, ind, above, nil)
	case catalogue.MeasureMedian:
		return figure{value: b.median(ind, top, from, to, group)}
	}
	return figure{value: new(big.Rat).SetInt64(b.number(ind, top, from, to, group))}
}

// shown is how many of an indicator's own numbers make one: a hundred fen, ten of what has one decimal.
func shown(ind *catalogue.Indicator) int64 {
	switch {
	case ind == nil:
	case ind.Display == catalogue.DisplayYuan || ind.Display == catalogue.DisplayWanYuan:
		return 100
	case ind.Display == catalogue.DisplayPercent:
		return 10_000
	case ind.Display == catalogue.DisplayDecimal:
		n := int64(1)
		for range ind.Scale {
			n *= 10
		}
		return n
	}
	return 1
}

func quotient(num, den int64, ind, above, below *catalogue.Indicator) figure {
	f := figure{num: num, den: den}
	if den != 0 {
		f.value = big.NewRat(num*shown(below)*shown(ind), den*shown(above))
	}
	return f
}

// take gives the entries that an indicator counts from one of its sources, in a unit, a group and a span of days.
func (b *brute) take(ind *catalogue.Indicator, top, from, to, group string, each func(s *catalogue.Source, one counted)) {
	to = min(to, today) // what is dated later has not happened
	for _, s := range ind.Sources {
		for _, one := range b.by[s] {
			if !b.in(one.Unit, top) || !of(one.c, group) {
				continue
			}
			day := one.c[s.Date].String()
			if ind.Measure == catalogue.MeasureStanding {
				until := one.c[s.Until].String()
				if day != "" && day <= to && (until == "" || until >= to) {
					each(s, one)
				}
				continue
			}
			if day < from || day > to || day == "" || s.Fulfilled && !b.met[one.ID] {
				continue
			}
			if s.Since != "" && (one.c[s.Since].String() < from || one.c[s.Since].String() > to) {
				continue
			}
			each(s, one)
		}
	}
}

func (b *brute) number(ind *catalogue.Indicator, top, from, to, group string) (n int64) {
	keys := map[string]bool{}
	b.take(ind, top, from, to, group, func(s *catalogue.Source, one counted) {
		switch {
		case ind.Measure == catalogue.MeasureCount:
			n++
		case ind.Measure == catalogue.MeasureSum:
			n += value(s.Value, one.c)
		default:
			for _, key := range b.keys(s.Key, one) {
				keys[key] = true
			}
		}
	})
	return n + int64(len(keys))
}

func value(v *catalogue.ValueOf, c record.Content) (n int64) {
	switch {
	case v.Field != "":
		n, _ = c[v.Field].Int64()
	case v.Size != "":
		n = int64(len(c[v.Size].Strings()))
	case v.Heads != "":
		if c[v.Heads] == "" {
			return v.Else
		}
		p, _ := c[v.Heads].People()
		n = int64(len(p.Persons)) + p.Unnamed
	case v.Unnamed != "":
		p, _ := c[v.Unnamed].People()
		n = p.Unnamed
	case v.Items != "":
		items, _ := c[v.Items].Items()
		for _, it := range items {
			n += it.Value
		}
	case len(v.Days) > 0:
		n, _ = daysBetween(c, v)
	}
	return n
}

func daysBetween(c record.Content, v *catalogue.ValueOf) (int64, bool) {
	from, err1 := time.Parse(time.DateOnly, c[v.Days[0]].String())
	to, err2 := time.Parse(time.DateOnly, c[v.Days[1]].String())
	return int64(to.Sub(from).Hours() / 24), err1 == nil && err2 == nil && !to.Before(from)
}

func (b *brute) keys(key string, one counted) []string {
	switch key {
	case "":
		return []string{one.ID}
	case catalogue.KeyCase:
		return []string{b.first(one.ID)}
	case catalogue.KeyOwnUnit:
		return []string{one.Unit}
	}
	if p, ok := one.c[key].People(); ok && one.c[key] != "" {
		return p.Persons
	}
	if s := strings.TrimSpace(one.c[key].String()); s != "" {
		return []string{s}
	}
	return nil
}

// first is the entry that a chain of entries began with.
func (b *brute) first(entry string) string {
	for b.follows[entry] != "" {
		entry = b.follows[entry]
	}
	return entry
}

func (b *brute) median(ind *catalogue.Indicator, top, from, to, group string) *big.Rat {
	var all []int64
	b.take(ind, top, from, to, group, func(s *catalogue.Source, one counted) {
		if len(s.Value.Days) == 0 {
			all = append(all, value(s.Value, one.c))
		} else if n, ok := daysBetween(one.c, s.Value); ok {
			all = append(all, n)
		}
	})
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	return big.NewRat((all[(len(all)-1)/2]+all[len(all)/2])*shown(ind), 2)
}
