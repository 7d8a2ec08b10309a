package totals

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Period is a span of whole months, both ends included.
type Period struct {
	Name     string
	From, To int // months since year 0
}

var periodName = regexp.MustCompile(`^(\d{4})(?:-(\d{2})|Q([1-4])|H([12])|-(\d{2})--(\d{4})-(\d{2}))?$`)

// ParsePeriod reads 2026, 2026H1, 2026Q3, 2026-11, or months of one year: 2026-01--2026-10, with both ends included
// (ISO 8601 has two hyphens for its slash where a name must do as one of a file).
func ParsePeriod(name string) (Period, error) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return Period{}, fmt.Errorf("period %q is none of 2026, 2026H1, 2026Q3, 2026-11, 2026-01--2026-10", name)
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
		return Period{name, first + month - 1, first + month - 1}, nil
	case m[3] != "":
		q := number(m[3]) - 1
		return Period{name, first + q*3, first + q*3 + 2}, nil
	case m[4] != "":
		h := number(m[4]) - 1
		return Period{name, first + h*6, first + h*6 + 5}, nil
	}
	if m[5] != "" {
		from, to := number(m[5]), number(m[7])
		if m[6] != m[1] || from < 1 || to > 12 || from >= to {
			return Period{}, fmt.Errorf("period %q is not of two months or more of one year", name)
		}
		return Period{name, first + from - 1, first + to - 1}, nil
	}
	return Period{name, first, first + 11}, nil
}

// FirstDay and LastDay bound the period as days; every month is taken to have
// 31 days, which compares rightly with the days that exist.
func (p Period) FirstDay() string { return MonthName(p.From) + "-01" }
func (p Period) LastDay() string  { return MonthName(p.To) + "-31" }

// MonthName writes a month as YYYY-MM.
func MonthName(month int) string { return fmt.Sprintf("%04d-%02d", month/12, month%12+1) }

// YearBefore is the same stretch of the year before.
func (p Period) YearBefore() Period {
	was := strings.ReplaceAll(p.Name, fmt.Sprintf("%04d", p.From/12), fmt.Sprintf("%04d", p.From/12-1))
	return Period{was, p.From - 12, p.To - 12}
}

// Until is the part of the period that ends with a month of it, by the name that it is asked for; ok is false where
// the month is not in it.
func (p Period) Until(month int) (part Period, ok bool) {
	switch {
	case month < p.From || month > p.To:
		return Period{}, false
	case month == p.To:
		return p, true
	case month == p.From:
		return Period{MonthName(month), month, month}, true
	}
	return Period{MonthName(p.From) + "--" + MonthName(month), p.From, month}, true
}

// Year is the calendar year that the period lies in.
func (p Period) Year() Period {
	y := p.From / 12
	return Period{strconv.Itoa(y), y * 12, y*12 + 11}
}
