package auth

import (
	"strings"
	"testing"

	"niangjia/sync/record"
)

const (
	province = "530000000000"
	city     = "530900000000"
	county   = "530923000000"
	town     = "530923101000"
	village  = "530923101201"
	farTown  = "530922100000"
	farVill  = "530922100201"
	unknown  = "110000000000"
)

func places(t *testing.T) *record.Places {
	t.Helper()
	p, err := record.NewPlaces([]record.Division{
		{Code: province, Name: "省", Level: record.Province},
		{Code: city, Name: "市", Level: record.City, Parent: province},
		{Code: county, Name: "县", Level: record.County, Parent: city},
		{Code: "530922000000", Name: "邻县", Level: record.County, Parent: city},
		{Code: town, Name: "镇", Level: record.Township, Parent: county},
		{Code: farTown, Name: "邻镇", Level: record.Township, Parent: "530922000000"},
		{Code: village, Name: "村", Level: record.Village, Parent: town},
		{Code: farVill, Name: "邻村", Level: record.Village, Parent: farTown},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func at(role record.Role, unit string) record.Seat { return record.Seat{Role: role, Unit: unit} }

func who(account string, seats ...record.Seat) record.Actor {
	return record.Actor{Account: account, Seats: seats}
}

// TestWhoMayGiveWhichRoleWhere is the table in words: v, r, m and a are the four roles.
func TestWhoMayGiveWhichRoleWhere(t *testing.T) {
	p := places(t)
	units := []string{province, city, county, town, village, farTown, farVill, unknown}
	for _, c := range []struct {
		giver record.Seat
		want  string // by unit, in the order above
	}{
		{at(record.Manager, city), "- vrma vrma vrma va vrma va -"},
		{at(record.Manager, county), "- - - vrma va - - -"},
		{at(record.Manager, town), "- - - - va - - -"},
		{at(record.Manager, village), "- - - - - - - -"},
		{at(record.Reviewer, city), "- - - - - - - -"},
		{at(record.Volunteer, city), "- - - - - - - -"},
		{at(record.Auditor, city), "- - - - - - - -"},
	} {
		for i, want := range strings.Fields(c.want) {
			got := ""
			for _, role := range []record.Role{record.Volunteer, record.Reviewer, record.Manager, record.Auditor} {
				if MayGive(who("a", c.giver), p, at(role, units[i])) {
					got += string(role[0])
				}
			}
			if got == "" {
				got = "-"
			}
			if got != want {
				t.Errorf("%s at %s gives at %s: %s, want %s", c.giver.Role, c.giver.Unit, units[i], got, want)
			}
		}
	}
	if MayGive(who("a", at(record.Manager, city)), p, at("owner", village)) {
		t.Error("an unknown role was given")
	}
}

func TestWhoLooksAfterWhom(t *testing.T) {
	p := places(t)
	townManager, cityManager := who("m", at(record.Manager, town)), who("c", at(record.Manager, city))
	for _, c := range []struct {
		name          string
		by, of        record.Actor
		sees, handles bool
	}{
		{"a village's volunteer", townManager, who("x", at(record.Volunteer, village)), true, true},
		{"her own unit's reviewer", townManager, who("x", at(record.Reviewer, town)), false, false},
		{"a village's volunteer who reviews in the township too", townManager, who("x", at(record.Volunteer, village), at(record.Reviewer, town)), true, false},
		{"the same by the city", cityManager, who("x", at(record.Volunteer, village), at(record.Reviewer, town)), true, true},
		{"another township's", townManager, who("x", at(record.Volunteer, farVill)), false, false},
		{"one who moved to another township", townManager, record.Actor{Account: "x", Seats: []record.Seat{at(record.Volunteer, farVill)}, Past: []string{village}}, true, false},
		{"one who left", townManager, record.Actor{Account: "x", Past: []string{village}}, true, true},
		{"one who left here and elsewhere", townManager, record.Actor{Account: "x", Past: []string{village, farVill}}, true, false},
		{"one who never had a seat", townManager, record.Actor{Account: "x"}, false, false},
		{"a reviewer's seat in a village, which no table gives", townManager, who("x", at(record.Reviewer, village)), true, true},
		{"herself", cityManager, who("c", at(record.Manager, city)), true, false},
		{"the city's second", cityManager, who("d", at(record.Manager, city)), true, true},
		{"above", townManager, who("c", at(record.Manager, city)), false, false},
	} {
		if sees, handles := Sees(c.by, p, c.of), MayHandle(c.by, p, c.of); sees != c.sees || handles != c.handles {
			t.Errorf("%s: sees %v, handles %v", c.name, sees, handles)
		}
	}
}
