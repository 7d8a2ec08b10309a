package divisions

import (
	"os"
	"strings"
	"testing"

	"niangjia/sync/record"
)

func TestACityOfRealUnits(t *testing.T) {
	f, err := os.Open("../demo/lincang-5309.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	list, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	byLevel := map[record.Level]int{}
	for _, d := range list {
		byLevel[d.Level]++
	}
	if byLevel[record.City] != 1 || byLevel[record.County] != 8 || byLevel[record.Township] != 84 || byLevel[record.Village] != 955 {
		t.Errorf("levels: %v", byLevel)
	}
	if _, err := record.NewPlaces(list); err != nil {
		t.Error(err)
	}
}

func TestACityWithoutCounties(t *testing.T) {
	list, err := Read(strings.NewReader("\ufeffcode,name,level,parent\n" +
		"440000000000,广东省,province,\n441900000000,东莞市,city,440000000000\n" +
		"441900003000,东城街道,township,441900000000\n441900003001,岗贝社区居民委员会,village,441900003000\n"))
	if err != nil {
		t.Fatal(err)
	}
	places, err := record.NewPlaces(list)
	if err != nil {
		t.Fatal(err)
	}
	if p := places.Parent("441900003000"); p != "441900000000" {
		t.Errorf("the township lies in %s", p)
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	const head = "code,name,level,parent\n440000000000,广东省,province,\n"
	for name, tc := range map[string]struct{ text, want string }{
		"empty file":      {"", "empty"},
		"missing column":  {"code,name,level\n", `line 1: no column "parent"`},
		"short code":      {head + "4419,东莞市,city,440000000000\n", `line 3: code "4419" is not 12 digits`},
		"letters":         {head + "44190000000x,东莞市,city,440000000000\n", "line 3: code"},
		"unknown level":   {head + "441900000000,东莞市,town,440000000000\n", `line 3: 441900000000: level "town"`},
		"no name":         {head + "441900000000,,city,440000000000\n", "line 3: 441900000000 has no name"},
		"not its level":   {head + "441901000000,东莞市,city,440000000000\n", "ends in 8 zeros"},
		"another parent":  {head + "441900000000,东莞市,city,450000000000\n", `should be "440000000000"`},
		"parent missing":  {head + "441900003000,东城街道,township,441900000000\n", "line 3: 441900003000 东城街道: its parent 441900000000 is not in the file"},
		"twice":           {head + "440000000000,广东省,province,\n", "line 3: 440000000000 stands on line 2 already"},
		"nothing below":   {"code,name,level,parent\n", "no divisions"},
		"cells are short": {head + "441900000000\n", "line 3: 441900000000: level"},
	} {
		if _, err := Read(strings.NewReader(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	many := head + strings.Repeat("x,x,x,x\n", 50)
	if _, err := Read(strings.NewReader(many)); err == nil || !strings.Contains(err.Error(), "and 30 more") {
		t.Errorf("fifty faults: %v", err)
	}
}

func TestMergeKeepsWhatTheFileDoesNotName(t *testing.T) {
	have := []record.Division{{Code: "1", Name: "甲"}, {Code: "2", Name: "乙"}}
	all, added, renamed := Merge(have, []record.Division{{Code: "2", Name: "乙乙"}, {Code: "3", Name: "丙"}})
	if len(all) != 3 || added != 1 || renamed != 1 || all[1].Name != "乙乙" || have[1].Name != "乙" {
		t.Errorf("%v added %d renamed %d", all, added, renamed)
	}
}
