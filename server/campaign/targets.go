package campaign

import (
	"context"
	"fmt"
	"io"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

// Ways of setting targets at once.
const (
	WayEach       = "each"       // the same for each unit
	WayEqual      = "equal"      // a whole, divided equally
	WayHouseholds = "households" // a whole, divided by the households that each has
	WayPercent    = "percent"    // a part of its households
)

// Targets sets those of all units of a level in a unit by a way; n is the number of each, the whole, or hundredths. Errors:
// forbidden; bad_target; missing_reference where no unit has a household to divide by.
func (s *Service) Targets(ctx context.Context, who record.Actor, unit string, level record.Level, way string, n int64) ([]campaign.Target, error) {
	if err := s.runs(who, unit); err != nil {
		return nil, err
	}
	if n < 1 || n > campaign.MaxTarget || way == WayPercent && n > 100 {
		return nil, &record.Error{Code: record.BadTarget, Field: "n"}
	}
	units := below(s.Log.Places(), unit, level)
	if len(units) == 0 {
		return nil, &record.Error{Code: record.BadRequest, Field: "level"}
	}
	has := func(string) int64 { return 1 }
	if way == WayHouseholds || way == WayPercent {
		counts, err := s.Log.HouseholdsIn(ctx, units)
		if err != nil {
			return nil, err
		}
		has = func(unit string) int64 { return counts[unit] }
	}
	var out []campaign.Target
	switch way {
	case WayEach:
		out = campaign.Each(units, n)
	case WayEqual, WayHouseholds:
		out = campaign.Shared(n, units, has)
	case WayPercent:
		out = campaign.Percent(n, units, has)
	default:
		return nil, &record.Error{Code: record.BadRequest, Field: "way"}
	}
	if len(out) == 0 {
		return nil, &record.Error{Code: record.NoHouseholds, Field: "way"}
	}
	return out, nil
}

// FaultCode says what is wrong with a cell of targets. The set is closed.
type FaultCode string

const (
	UnitMissing           = FaultCode(record.UnitMissing)
	UnitUnknown           = FaultCode(record.UnitUnknown)
	UnitSeveral           = FaultCode(record.UnitSeveral)
	UnitBeyond            = FaultCode(record.UnitBeyond)
	UnitTwice   FaultCode = "unit_twice"
	TargetWrong FaultCode = "target_wrong"
)

var faultSentences = map[FaultCode]string{
	UnitMissing: "没有写单位。请写单位的代码或名称，或者删掉这一行。",
	UnitUnknown: "没有“%s”这个单位。请写 12 位代码，或者下载模板来填。",
	UnitSeveral: "有几个单位都叫“%s”。请写 12 位代码。",
	UnitBeyond:  "“%s”不在您的单位下面。请删掉这一行。",
	UnitTwice:   "“%s”写了两次。请留一行。",
	TargetWrong: "目标“%s”不对，要填大于 0 的整数；没有目标的单位空着这一格。",
}

// Fault is one thing that is wrong in a file, and where.
type Fault struct {
	Code, Sheet string
	Row         int
	Cell, Value string
	Sentence    string
}

// The columns of a table of targets.
var columns = []sheet.Column{
	{Key: "code", Headings: []string{"代码", "单位代码", "区划代码"}},
	{Key: "unit", Headings: []string{"单位", "名称", "单位名称", "村", "村（社区）", "乡镇"}},
	{Key: "target", Headings: []string{"目标", "任务", "目标数", "任务数"}, Needed: true},
}

// Import reads targets from a file. Rows without a target are passed over; with a fault there are no targets. Errors:
// forbidden, *sheet.Fault of a file that is no such table.
func (s *Service) Import(who record.Actor, unit string, file []byte) ([]campaign.Target, []Fault, error) {
	if err := s.runs(who, unit); err != nil {
		return nil, nil, err
	}
	table, err := sheet.Read(file, sheet.Want{Columns: columns, Layouts: [][]string{{"code"}, {"unit"}}})
	if err != nil {
		return nil, nil, err
	}
	var faults []Fault
	for _, f := range table.Faults {
		faults = append(faults, Fault{Code: string(f.Code), Sheet: f.Sheet, Row: f.Row, Cell: f.Cell, Value: f.Value, Sentence: f.Sentence()})
	}
	places := s.Log.Places()
	names := record.NewUnitNames(places, func(code string) bool { return places.Within(code, unit) })
	seen := map[string]bool{}
	var out []campaign.Target
	for _, row := range table.Rows {
		fault := func(key string, code FaultCode, value string) {
			c := row.Cell(key)
			sentence := faultSentences[code]
			if strings.Contains(sentence, "%s") {
				sentence = fmt.Sprintf(sentence, value)
			}
			faults = append(faults, Fault{Code: string(code), Sheet: table.Sheet, Row: row.Number, Cell: c.Name, Value: value, Sentence: sentence})
		}
		target := row.Cell("target")
		if !target.Filled() || target.Bad { // a bad cell is told already
			continue
		}
		key, text := "code", row.Cell("code").Text()
		if text == "" {
			key, text = "unit", row.Cell("unit").Text()
		}
		code, bad := names.Find(text)
		n, whole := target.Int()
		switch {
		case bad != "":
			fault(key, FaultCode(bad), text)
		case seen[code]:
			fault(key, UnitTwice, text)
		case !whole || n < 1 || n > campaign.MaxTarget:
			fault("target", TargetWrong, target.Text())
		default:
			seen[code] = true
			out = append(out, campaign.Target{Unit: code, N: n})
		}
	}
	if len(faults) > 0 {
		return nil, faults, nil
	}
	return out, nil, nil
}

// Template writes a table to be filled in: the units of a level, with the households that each has.
func (s *Service) Template(ctx context.Context, who record.Actor, unit string, level record.Level, to io.Writer) error {
	if err := s.runs(who, unit); err != nil {
		return err
	}
	places := s.Log.Places()
	units := below(places, unit, level)
	if len(units) == 0 {
		return &record.Error{Code: record.BadRequest, Field: "level"}
	}
	counts, err := s.Log.HouseholdsIn(ctx, units)
	if err != nil {
		return err
	}
	page := sheet.Page{Name: "目标", Headings: []sheet.Heading{
		{Text: "代码", Width: 16, Literal: true}, {Text: "单位", Width: 40}, {Text: "户数", Width: 10}, {Text: "目标", Width: 12},
	}}
	for _, code := range units {
		page.Rows = append(page.Rows, []any{code, fullName(places, code), counts[code], nil})
	}
	return sheet.Write(to, page)
}

// fullName is a unit's name behind those of the units above, up to the county: two villages of a county may bear one name.
func fullName(p *record.Places, code string) string {
	d, _ := p.Get(code)
	name := d.Name
	for up, known := p.Get(d.Parent); known && up.Level != record.City && up.Level != record.Province; up, known = p.Get(up.Parent) {
		name = up.Name + name
	}
	return name
}
