package record

import (
	"slices"
	"strings"
)

// UnitFault says why a text names no unit. The set is closed.
type UnitFault string

const (
	UnitMissing UnitFault = "unit_missing" // nothing is written
	UnitUnknown UnitFault = "unit_unknown"
	UnitSeveral UnitFault = "unit_several"
	UnitBeyond  UnitFault = "unit_beyond" // out of reach
)

// UnitNames finds units by how people write them in a spreadsheet: the code, the whole name, the name without 村民委员会,
// and each of these behind the names of the units above.
type UnitNames struct {
	places *Places
	reach  func(unit string) bool
	byName map[string][]string // codes in reach, by a name written tight
	beyond map[string]bool     // names of units out of reach
}

// endings of a village's name, longest first, with what people write instead.
var endings = []struct{ long, short string }{
	{"社区居民委员会", "社区"}, {"社区居委会", "社区"}, {"村民委员会", "村"}, {"村委会", "村"}, {"居民委员会", "居委会"},
}

// spellings are the ways to write one unit's own name.
func spellings(name string) []string {
	out := []string{name}
	for _, e := range endings {
		stem, ok := strings.CutSuffix(name, e.long)
		if !ok || stem == "" {
			continue
		}
		out = append(out, stem+e.short, stem)
		if e.short == "村" {
			out = append(out, stem+"村委会")
		}
		break
	}
	return out
}

func tight(s string) string {
	return strings.NewReplacer(" ", "", "\u3000", "", "\n", "", "\t", "", "-", "", "/", "", "·", "").Replace(s)
}

// NewUnitNames finds those in reach; of others it says that they are beyond it.
func NewUnitNames(p *Places, reach func(unit string) bool) *UnitNames {
	u := &UnitNames{places: p, reach: reach, byName: map[string][]string{}, beyond: map[string]bool{}}
	for _, d := range p.All() {
		fronts := []string{""}
		for up := d.Parent; up != ""; up = p.Parent(up) {
			above, _ := p.Get(up)
			if above.Level == Province {
				break
			}
			for _, f := range slices.Clone(fronts) {
				fronts = append(fronts, above.Name+f)
			}
		}
		for _, front := range fronts {
			for _, own := range spellings(d.Name) {
				name := tight(front + own)
				if !reach(d.Code) {
					u.beyond[name] = true
				} else if !slices.Contains(u.byName[name], d.Code) {
					u.byName[name] = append(u.byName[name], d.Code)
				}
			}
		}
	}
	return u
}

// Find gives the unit that a text means, or what is wrong with it.
func (u *UnitNames) Find(text string) (string, UnitFault) {
	name := tight(text)
	if name == "" {
		return "", UnitMissing
	}
	if _, known := u.places.Get(name); known {
		if !u.reach(name) {
			return "", UnitBeyond
		}
		return name, ""
	}
	switch codes := u.byName[name]; {
	case len(codes) == 1:
		return codes[0], ""
	case len(codes) > 1:
		return "", UnitSeveral
	case u.beyond[name]:
		return "", UnitBeyond
	}
	return "", UnitUnknown
}

// Written is the shortest way to write a unit that is found again: its name behind that of the unit above, behind all
// above, or its code.
func (u *UnitNames) Written(code string) string {
	d, _ := u.places.Get(code)
	name := d.Name
	if d.Level != Village && slices.Equal(u.byName[tight(name)], []string{code}) {
		return name
	}
	for up := d.Parent; up != ""; up = u.places.Parent(up) {
		above, _ := u.places.Get(up)
		name = above.Name + name
		if slices.Equal(u.byName[tight(name)], []string{code}) {
			return name
		}
	}
	return code
}
