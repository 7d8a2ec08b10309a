package registers

import (
	"cmp"
	"fmt"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// Fault is what is wrong in a file, and where. Its code is one of package sheet's, one of those of a field's value
// (record.WrongType …), or one of these.
type Fault struct {
	Code     string
	Sheet    string
	Row      int
	Cell     string
	Heading  string // of the column
	Value    string // what stands there; never a citizen's number
	sentence string
}

const (
	NoHousehold = "row_no_household" // a person's row before any household's
	Twice       = "row_twice"        // the same household or person in two rows; Value has the other row
	Differs     = "cell_differs"     // one household with two values; Value has the other one
	NotAPhone   = "cell_not_a_phone"
	BadIDNumber = "cell_bad_id_number"
	NotATick    = "cell_not_a_tick"
	UnknownID   = "cell_unknown_id" // an id that no record of the unit has
	TakenTwice  = "row_taken_twice" // two lines were said to be the same record; Value has the other row
)

var sentences = map[string]string{
	NoHousehold:                  "这个人不知道是哪一户的。请填户主。",
	Twice:                        "和第 %v 行重复了。请删掉一行。",
	Differs:                      "同一户前面填的是“%v”，这里不一样。请改成一样的。",
	NotAPhone:                    "“%v”不像电话号码。请改正，没有电话就空着。",
	BadIDNumber:                  "身份证号不对。请改正，或者空着。",
	NotATick:                     "“%h”这一列填“是”或“否”（打√、填 1 也可以），“%v”看不出是不是。",
	UnknownID:                    "这个编号不是本单位的。请不要改动编号，新增的行编号要空着。",
	TakenTwice:                   "和第 %v 行选了同一个。请改选。",
	string(record.MissingField):  "没有填“%h”。",
	string(record.WrongType):     "“%h”填的“%v”不对。",
	string(record.UnknownChoice): "“%h”里没有“%v”这一项。",
	string(record.OutOfRange):    "“%h”填的“%v”超出了范围。",
	string(record.TooLong):       "“%h”写得太长了，请删减。",
	string(record.BadDate):       "“%h”填的“%v”不是日期。",
}

func fileFault(f *sheet.Fault) *Fault {
	return &Fault{Code: string(f.Code), Sheet: f.Sheet, Row: f.Row, Cell: f.Cell, Value: f.Value, sentence: f.Sentence()}
}

// Sentence is where it is, what is wrong and what to do, in Chinese.
func (f *Fault) Sentence() string {
	if f.sentence != "" {
		return f.sentence
	}
	s := strings.NewReplacer("%v", f.Value, "%h", f.Heading).Replace(sentences[f.Code])
	place := (&sheet.Fault{Sheet: f.Sheet, Row: f.Row, Cell: f.Cell}).Place()
	return fmt.Sprintf("%s：%s", place, s)
}

func compareBy(pairs ...int) int {
	for i := 0; i+1 < len(pairs); i += 2 {
		if c := cmp.Compare(pairs[i], pairs[i+1]); c != 0 {
			return c
		}
	}
	return 0
}
