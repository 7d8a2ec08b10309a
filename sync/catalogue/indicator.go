package catalogue

import (
	"slices"
	"strings"
)

// What an indicator does with its sources.
const (
	MeasureCount    = "count"
	MeasureSum      = "sum"
	MeasureDistinct = "distinct"
	MeasureRatio    = "ratio"
	MeasureStanding = "standing" // what holds at the end of a period
	MeasureCoverage = "coverage" // of how many units of a level it holds
	MeasureMedian   = "median"
)

// Keys of a distinct or standing source that are no field.
const (
	KeyCase    = "case"     // chains of entries: one case, one count
	KeyOwnUnit = "own_unit" // the unit of the entry
)

// How a figure is written.
const (
	DisplayInteger = "integer"
	DisplayPercent = "percent"
	DisplayDecimal = "decimal"
	DisplayWanYuan = "wan_yuan"
	DisplayYuan    = "yuan"
)

// Indicator is one figure that is counted.
type Indicator struct {
	ID          string    `json:"id"`
	Name        Text      `json:"name"`
	Unit        Text      `json:"unit"`
	Definition  Text      `json:"definition"`
	Measure     string    `json:"measure"`
	Sources     []*Source `json:"sources"`
	Numerator   string    `json:"numerator"`
	Denominator string    `json:"denominator"`
	Level       string    `json:"level"`  // of the units that a coverage is of
	Groups      []string  `json:"groups"` // fields, or two of them: "title+level"
	Display     string    `json:"display"`
	Scale       int64     `json:"scale"`  // decimals of a display of that name
	Beside      string    `json:"beside"` // the indicator that is always shown beside this one
	Sensitive   Sensitive `json:"sensitive"`
	Hidden      bool      `json:"hidden"`
	Order       int64     `json:"order"`
}

// Quotient says whether the figure is computed from two others when it is read.
func (i *Indicator) Quotient() bool {
	return i.Measure == MeasureRatio || i.Measure == MeasureCoverage
}

// Money says whether the figure is an amount, in fen.
func (i *Indicator) Money() bool { return i.Display == DisplayYuan || i.Display == DisplayWanYuan }

// Decimals is how many decimals the figure's own numbers have: 125 with one of them is 12.5.
func (i *Indicator) Decimals() int64 {
	if i.Display == DisplayDecimal {
		return i.Scale
	}
	return 0
}

// GroupFields are the fields, one or two, by which a kind of groups divides.
func GroupFields(groups string) []string { return strings.Split(groups, "+") }

// IsSensitive says whether small counts of this group ("" is the whole) are withheld. A group by two fields is as
// sensitive as either of its choices.
func (i *Indicator) IsSensitive(group string) bool {
	if i.Sensitive.All {
		return true
	}
	return slices.ContainsFunc(strings.Split(group, "+"), func(part string) bool { return slices.Contains(i.Sensitive.Groups, part) })
}

// Sensitive is `true`, or a list of groups ("programme=two_cancers").
type Sensitive struct {
	All    bool
	Groups []string
}

// Some says whether anything of the indicator is sensitive.
func (s Sensitive) Some() bool { return s.All || len(s.Groups) > 0 }

// Source is where an indicator counts from.
type Source struct {
	Form      string     `json:"form"`
	Where     *Condition `json:"where"`
	Levels    []string   `json:"levels"` // of the units whose entries count; all where there is none
	Date      string     `json:"date"`   // occurred_on where the file names none; of a standing the first day on which it holds
	Until     string     `json:"until"`  // of a standing: the last day; it goes on where that is empty
	Since     string     `json:"since"`  // of a count or sum: it counts only in spans that hold this day too
	Value     *ValueOf   `json:"value"`
	Key       string     `json:"key"`
	Fulfilled bool       `json:"fulfilled"`

	// Of a campaign's own count, which is in no file: the first and the last day that count; "" of all others.
	First, Last string `json:"-"`
}

// ValueOf is the number that a sum or a median takes from an entry. One of all but Else is set.
type ValueOf struct {
	Field   string   `json:"field"`   // an integer, decimal or money field, or one computed as such
	Size    string   `json:"size"`    // the number of choices of a many-of field
	Heads   string   `json:"heads"`   // persons and unnamed of a people field
	Else    int64    `json:"else"`    // instead of Heads where that field is empty
	Unnamed string   `json:"unnamed"` // the unnamed of a people field alone
	Items   string   `json:"items"`   // the sum of the items' value
	Days    []string `json:"days"`    // the days from one date field to another
}
