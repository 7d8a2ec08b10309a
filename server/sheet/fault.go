package sheet

import (
	"fmt"
	"strings"
)

// Code says what is wrong with a file or a cell. The set is closed.
type Code string

// Of the whole file.
const (
	NotXLSX     Code = "sheet_not_xlsx"     // some other kind of file
	OldExcel    Code = "sheet_old_excel"    // .xls, .xlsb, .et
	PlainText   Code = "sheet_plain_text"   // .csv, .txt, a web page
	Password    Code = "sheet_password"     // encrypted
	Macros      Code = "sheet_macros"       // .xlsm, also where it was renamed
	Broken      Code = "sheet_broken"       // cut off or not well-formed
	TooLarge    Code = "sheet_too_large"    // beyond a bound in bytes
	TooManyRows Code = "sheet_too_many"     // beyond the bound in rows; Value has it
	NoTable     Code = "sheet_no_table"     // no visible sheet has the headings; Value names those that are missing
	Several     Code = "sheet_several"      // several sheets would do; Value names them
	Twice       Code = "sheet_twice"        // two columns with the same meaning; Value has the heading
	Empty       Code = "sheet_empty"        // headings and no row
	NoSheet     Code = "sheet_no_such_name" // the sheet that the Want names is not there
)

// Of one cell.
const (
	NoResult     Code = "cell_no_result"     // a formula whose result the file does not keep
	FormulaError Code = "cell_formula_error" // #REF!, #N/A …; Value has it
	Merged       Code = "cell_merged"        // merged over several columns; Value has the span
	TooLong      Code = "cell_too_long"
)

// Fault is one thing that is wrong, and where. Row is 0 and Cell "" where they do not apply.
type Fault struct {
	Code  Code
	Sheet string
	Row   int
	Cell  string // "C12"
	Value string // what stands there, or what the code's comment says
	Err   error  // for the log
}

func (f *Fault) Error() string {
	s := string(f.Code)
	if f.Sheet != "" {
		s += fmt.Sprintf(" at %s!%s", f.Sheet, f.Cell)
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

func (f *Fault) Unwrap() error { return f.Err }

// sentences say what to do. %v is the fault's value.
var sentences = map[Code]string{
	NotXLSX:      "这不是 Excel 表格（xlsx）。请选扩展名是 xlsx 的文件。",
	OldExcel:     "这是旧格式的表格（xls）。请用 Excel 或 WPS 打开，点“另存为”，选“xlsx”，再传一次。",
	PlainText:    "这是文字文件，不是 Excel 表格。请用 Excel 或 WPS 打开，点“另存为”，选“xlsx”，再传一次。",
	Password:     "这个表格有密码，打不开。请先去掉密码，保存后再传。",
	Macros:       "这个表格里有宏（小程序），为了安全不能收。请用 Excel 或 WPS 打开，点“另存为”，选“xlsx”，再传一次。",
	Broken:       "这个表格损坏了，读不出来。请用 Excel 或 WPS 打开看看，重新保存后再传。",
	TooLarge:     "这个文件太大了。请只留下要导入的那张表，删掉图片，再传一次。",
	TooManyRows:  "行数太多了，一次最多 %v 行。请分成几个文件。",
	NoTable:      "没有找到这样的表。表头一行要有：%v。",
	Several:      "有几张表都像要导入的：%v。请选一张。",
	Twice:        "有两列都是“%v”。请只留一列。",
	Empty:        "表头下面没有内容。",
	NoSheet:      "没有叫“%v”的表。",
	NoResult:     "这一格是公式，没有算出的结果。请改成文字或数字。",
	FormulaError: "这一格的公式出错了（%v）。请改成文字或数字。",
	Merged:       "这里把几列合并了（%v）。请取消合并，分开填。",
	TooLong:      "这一格写得太长了。请删减一些。",
}

// Place is where to look, in the words of the file's own reader: 表“第一组”第 12 行 C12 格; "" for the whole file.
func (f *Fault) Place() string {
	var b strings.Builder
	if f.Sheet != "" {
		fmt.Fprintf(&b, "表“%s”", f.Sheet)
	}
	if f.Row > 0 {
		fmt.Fprintf(&b, "第 %d 行", f.Row)
	}
	if f.Cell != "" {
		fmt.Fprintf(&b, " %s 格", f.Cell)
	}
	return b.String()
}

// Sentence is where it is, what is wrong and what to do, in Chinese.
func (f *Fault) Sentence() string {
	s := sentences[f.Code]
	if strings.Contains(s, "%v") {
		s = fmt.Sprintf(s, f.Value)
	}
	if place := f.Place(); place != "" {
		return place + "：" + s
	}
	return s
}
