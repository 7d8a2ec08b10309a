package totals

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Period is a span of days, both ends included: mostly of whole months of one year, which figures are kept by.
type Period struct {
	Name     string
	From, To int // months since year 0
	// First and Last are the ends of a span that is not of whole months of one year; "" of all others. Then From and To
	// are the months that they lie in.
	First, Last string
}

var (
	periodName = regexp.MustCompile(`^(\d{4})(?:-(\d{2})|Q([1-4])|H([12])|-(\d{2})--(\d{4})-(\d{2}))?$`)
	daysName   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})--(\d{4}-\d{2}-\d{2})$`)
)

// ParsePeriod reads 2026, 2026H1, 2026Q3, 2026-11, months of one year: 2026-01--2026-10, and any days:
// 2026-03-05--2026-06-20, with both ends included (ISO 8601 has two hyphens for its slash where a name must do as one of
// a file).
func ParsePeriod(name string) (Period, error) {
	if m := daysName.FindStringSubmatch(name); m != nil {
		return daysPeriod(name, m[1], m[2])
	}
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return Period{}, fmt.Errorf("period %q is none of 2026, 2026H1, 2026Q3, 2026-11, 2026-01--2026-10, 2026-03-05--2026-06-20", name)
	}
	year, _ := strconv.Atoi(m[1])
	first := year * 12
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	switch {
	case m[2] != "":
		month := number(m[2])
		if month < 1 || month > 12 {
			return Period{}, fmt.Errorf("period %q has no such month", name)
		}
		return Period{Name: name, From: first + month - 1, To: first + month - 1}, nil
	case m[3] != "":
		q := number(m[3]) - 1
		return Period{Name: name, From: first + q*3, To: first + q*3 + 2}, nil
	case m[4] != "":
		h := number(m[4]) - 1
		return Period{Name: name, From: first + h*6, To: first + h*6 + 5}, nil
	}
	if m[5] != "" {
		from, to := number(m[5]), number(m[7])
		if m[6] != m[1] || from < 1 || to > 12 || from >= to {
			return Period{}, fmt.Errorf("period %q is not of two months or more of one year", name)
		}
		return Period{Name: name, From: first + from - 1, To: first + to - 1}, nil
	}
	return Period{Name: name, From: first, To: first + 11}, nil
}

// maxYears bounds a span of days: its months are read one by one.
const maxYears = 10

func daysPeriod(name, first, last string) (Period, error) {
	a, err1 := time.Parse(time.DateOnly, first)
	b, err2 := time.Parse(time.DateOnly, last)
	if err1 != nil || err2 != nil || b.Before(a) || a.AddDate(maxYears, 0, 0).Before(b) {
		return Period{}, fmt.Errorf("period %q is not from a day to the same or a later one, within %d years", name, maxYears)
	}
	p := Period{Name: name, From: MonthOf(first), To: MonthOf(last)}
	if a.Year() != b.Year() || a.Day() != 1 || b.AddDate(0, 0, 1).Day() != 1 {
		p.First, p.Last = first, last
	}
	return p, nil
}

// Days reports whether the span is not of whole months of one year.
func (p Period) Days() bool { return p.First != "" }

// FirstDay and LastDay bound the period as days; every month is taken to have
// 31 days, which compares rightly with the days that exist.
func (p Period) FirstDay() string {
	if p.Days() {
		return p.First
	}
	return MonthName(p.From) + "-01"
}

func (p Period) LastDay() string {
	if p.Days() {
		return p.Last
	}
	return MonthName(p.To) + "-31"
}

// Months is the part of a span of days that is of whole months; ok is false where there is none.
func (p Period) Months() (whole Period, ok bool) {
	whole = Period{From: p.From, To: p.To}
	if p.Days() && p.First[8:] != "01" {
		whole.From++
	}
	if p.Days() && p.Last != lastOf(p.To) {
		whole.To--
	}
	return whole, whole.From <= whole.To
}

// lastOf is the last day of a month.
func lastOf(month int) string {
	return time.Date(month/12, time.Month(month%12+2), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// DayAfter is the day after a day; what is no day stays as it is.
func DayAfter(day string) string { return shifted(day, 1) }

// DayBefore is the day before a day; what is no day stays as it is.
func DayBefore(day string) string { return shifted(day, -1) }

func shifted(day string, by int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, by).Format(time.DateOnly)
}

// MonthName writes a month as YYYY-MM.
func MonthName(month int) string { return fmt.Sprintf("%04d-%02d", month/12, month%12+1) }

// YearBefore is the same stretch of the year before.
func (p Period) YearBefore() Period {
	name := strings.ReplaceAll(p.Name, fmt.Sprintf("%04d", p.From/12), fmt.Sprintf("%04d", p.From/12-1))
	switch {
	case p.Days():
		name = dayOfYearBefore(p.First) + "--" + dayOfYearBefore(p.Last)
	case daysName.MatchString(p.Name): // the 29th of February is the end of a month
		name = MonthName(p.From-12) + "-01--" + lastOf(p.To-12)
	}
	before, err := ParsePeriod(name)
	if err != nil { // of a period that has no name
		return Period{From: p.From - 12, To: p.To - 12}
	}
	return before
}

// dayOfYearBefore is the same day; the 28th of February for the 29th.
func dayOfYearBefore(day string) string {
	month := MonthOf(day) - 12
	return min(MonthName(month)+day[7:], lastOf(month))
}

// Until is the part of the period that ends with a month of it, by the name that it is asked for; ok is false where
// the month is not in it, and of a span of days.
func (p Period) Until(month int) (part Period, ok bool) {
	switch {
	case month < p.From || month > p.To || p.Days():
		return Period{}, false
	case month == p.To:
		return p, true
	case month == p.From:
		return Period{Name: MonthName(month), From: month, To: month}, true
	}
	return Period{Name: MonthName(p.From) + "--" + MonthName(month), From: p.From, To: month}, true
}

// Year is the calendar year that the period lies in.
func (p Period) Year() Period {
	y := p.From / 12
	return Period{Name: strconv.Itoa(y), From: y * 12, To: y*12 + 11}
}
