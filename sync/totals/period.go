package totals

import (
	"fmt"
	"regexp"
	"strconv"
)

// Period is a span of whole months, both ends included.
type Period struct {
	Name     string
	From, To int // months since year 0
}

var periodName = regexp.MustCompile(`^(\d{4})(?:-(\d{2})|Q([1-4])|H([12]))?$`)

// ParsePeriod reads 2026, 2026H1, 2026Q3 or 2026-11.
func ParsePeriod(name string) (Period, error) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return Period{}, fmt.Errorf("period %q is none of 2026, 2026H1, 2026Q3, 2026-11", name)
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
	return Period{name, first, first + 11}, nil
}

// FirstDay and LastDay bound the period as days; every month is taken to have
// 31 days, which compares rightly with the days that exist.
func (p Period) FirstDay() string { return MonthName(p.From) + "-01" }
func (p Period) LastDay() string  { return MonthName(p.To) + "-31" }

// MonthName writes a month as YYYY-MM.
func MonthName(month int) string { return fmt.Sprintf("%04d-%02d", month/12, month%12+1) }

// Year is the calendar year that the period lies in.
func (p Period) Year() Period {
	y := p.From / 12
	return Period{strconv.Itoa(y), y * 12, y*12 + 11}
}
