package auth

import (
	"slices"
	"strings"

	"niangjia/sync/record"
)

// unitNames finds units by how people write them: the code, the whole name, the name without 村民委员会, and each of
// these behind the names of the units above.
type unitNames struct {
	places *record.Places
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

func newUnitNames(p *record.Places, reach func(unit string) bool) *unitNames {
	u := &unitNames{places: p, byName: map[string][]string{}, beyond: map[string]bool{}}
	for _, d := range p.All() {
		fronts := []string{""}
		for up := d.Parent; up != ""; up = p.Parent(up) {
			above, _ := p.Get(up)
			if above.Level == record.Province {
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

// find gives the unit that a text means, or the code of what is wrong with it.
func (u *unitNames) find(text string, reach func(unit string) bool) (string, FaultCode) {
	name := tight(text)
	if _, known := u.places.Get(name); known {
		if !reach(name) {
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

// written is the shortest way to write a unit that is found again: its name behind that of the unit above, behind all
// above, or its code.
func (u *unitNames) written(code string) string {
	d, _ := u.places.Get(code)
	name := d.Name
	if d.Level != record.Village && slices.Equal(u.byName[tight(name)], []string{code}) {
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
