package record

import "fmt"

// Level is the rank of a unit of the administrative divisions.
type Level string

const (
	Province Level = "province"
	City     Level = "city"
	County   Level = "county"
	Township Level = "township"
	Village  Level = "village"
)

// Levels from the top down.
var Levels = [...]Level{Province, City, County, Township, Village}

// Rank is 0 for a province and 4 for a village; -1 for no level.
func (l Level) Rank() int {
	for i, x := range Levels {
		if x == l {
			return i
		}
	}
	return -1
}

// Division is a unit: 12-digit code (GB/T 2260 and GB/T 10114), padded with
// zeros on the right. Parent is "" for the topmost. In a city without counties
// a township's parent is the city.
type Division struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Level  Level  `json:"level"`
	Parent string `json:"parent"`
}

// Places is the tree of divisions. It is read-only once built.
type Places struct {
	byCode   map[string]place
	children map[string][]string
	order    []string
}

// place is a unit with all that it counts for: that is asked several times of every change.
type place struct {
	Division
	up []string
}

// NewPlaces builds the tree; every parent must be there and of a higher level.
func NewPlaces(list []Division) (*Places, error) {
	p := &Places{byCode: make(map[string]place, len(list)), children: map[string][]string{}}
	for _, d := range list {
		if !ValidCode(d.Code) {
			return nil, fmt.Errorf("division code %q is not 12 digits", d.Code)
		}
		if d.Level.Rank() < 0 {
			return nil, fmt.Errorf("division %s has an unknown level %q", d.Code, d.Level)
		}
		if _, twice := p.byCode[d.Code]; twice {
			return nil, fmt.Errorf("division %s stands twice", d.Code)
		}
		p.byCode[d.Code] = place{Division: d}
		p.order = append(p.order, d.Code)
	}
	for _, d := range list {
		if d.Parent == "" {
			continue
		}
		parent, ok := p.byCode[d.Parent]
		if !ok {
			return nil, fmt.Errorf("division %s has a parent %s that is not in the list", d.Code, d.Parent)
		}
		if parent.Level.Rank() >= d.Level.Rank() {
			return nil, fmt.Errorf("division %s (%s) cannot lie in %s (%s)", d.Code, d.Level, parent.Code, parent.Level)
		}
		p.children[d.Parent] = append(p.children[d.Parent], d.Code)
	}
	above := make([]string, 0, len(list)*(len(Levels)-1)) // one for all
	for _, d := range list {
		first := len(above)
		for at, there := p.byCode[d.Code]; there && at.Level != Province; at, there = p.byCode[at.Parent] {
			above = append(above, at.Code)
		}
		at := p.byCode[d.Code]
		at.up = above[first:len(above):len(above)]
		p.byCode[d.Code] = at
	}
	return p, nil
}

// ValidCode reports whether a text is of the form of a unit's code: 12 digits.
func ValidCode(code string) bool {
	if len(code) != 12 {
		return false
	}
	for i := 0; i < len(code); i++ {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return true
}

// Get finds a unit.
func (p *Places) Get(code string) (Division, bool) {
	at, ok := p.byCode[code]
	return at.Division, ok
}

// Children are the units right below.
func (p *Places) Children(code string) []string { return p.children[code] }

// All lists every unit in the order of import.
func (p *Places) All() []Division {
	out := make([]Division, 0, len(p.order))
	for _, c := range p.order {
		out = append(out, p.byCode[c].Division)
	}
	return out
}

// Parent is the unit right above, "" at the top.
func (p *Places) Parent(code string) string { return p.byCode[code].Parent }

// Reviewing is the unit that reviews the entries of a unit: the one right
// above, and for a city the city itself.
func (p *Places) Reviewing(code string) string {
	if d := p.byCode[code]; d.Level == City || d.Level == Province {
		return code
	}
	return p.Parent(code)
}

// Up lists the unit and all above it, nearest first, up to the city: the
// levels that totals are written to. A province is added up at reading. The list
// is the tree's own and nobody writes to it.
func (p *Places) Up(code string) []string { return p.byCode[code].up }

// Within reports whether unit is above itself or lies in above.
func (p *Places) Within(unit, above string) bool {
	for unit != "" {
		if unit == above {
			return true
		}
		unit = p.Parent(unit)
	}
	return false
}
