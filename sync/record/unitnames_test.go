package record

import "testing"

func TestUnitsByHowTheyAreWritten(t *testing.T) {
	p, err := NewPlaces([]Division{
		{Code: "530900000000", Name: "甲市", Level: City},
		{Code: "530922000000", Name: "乙县", Level: County, Parent: "530900000000"},
		{Code: "530922100000", Name: "丙乡", Level: Township, Parent: "530922000000"},
		{Code: "530922100201", Name: "丁山村民委员会", Level: Village, Parent: "530922100000"},
		{Code: "530922101000", Name: "戊乡", Level: Township, Parent: "530922000000"},
		{Code: "530922101201", Name: "丁山村民委员会", Level: Village, Parent: "530922101000"},
		{Code: "530922101202", Name: "己河社区居民委员会", Level: Village, Parent: "530922101000"},
		{Code: "530923000000", Name: "庚县", Level: County, Parent: "530900000000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	names := NewUnitNames(p, func(unit string) bool { return p.Within(unit, "530922000000") })
	for _, c := range []struct {
		text, code string
		bad        UnitFault
	}{
		{"530922100201", "530922100201", ""},
		{"丙乡丁山村", "530922100201", ""},
		{"丙乡 丁山", "530922100201", ""},
		{"乙县/戊乡/丁山村委会", "530922101201", ""},
		{"甲市乙县己河社区", "530922101202", ""},
		{"己河", "530922101202", ""},
		{"丁山村", "", UnitSeveral},
		{"庚县", "", UnitBeyond},
		{"530923000000", "", UnitBeyond},
		{"辛村", "", UnitUnknown},
		{" \u3000", "", UnitMissing},
	} {
		if code, bad := names.Find(c.text); code != c.code || bad != c.bad {
			t.Errorf("%q: %q %q, want %q %q", c.text, code, bad, c.code, c.bad)
		}
	}
	for code, want := range map[string]string{
		"530922100201": "丙乡丁山村民委员会", // behind the unit above, since another bears its name
		"530922101202": "戊乡己河社区居民委员会",
		"530922100000": "丙乡",
	} {
		if got := names.Written(code); got != want {
			t.Errorf("%s is written %q, want %q", code, got, want)
		}
		if got, bad := names.Find(want); got != code || bad != "" {
			t.Errorf("%q is not found again: %q %q", want, got, bad)
		}
	}
}
