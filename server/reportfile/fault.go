package reportfile

import (
	"fmt"
	"strings"
)

// Code says what is wrong with a file that was handed in. The set is closed.
type Code string

// Of the whole file.
const (
	NotDOCX   Code = "report_file_not_docx"   // some other kind of file
	OldWord   Code = "report_file_old_word"   // .doc, .wps
	Password  Code = "report_file_password"   // encrypted
	Macros    Code = "report_file_macros"     // .docm, also where it was renamed
	Broken    Code = "report_file_broken"     // cut off or not well-formed; Place is the last paragraph that could be read
	TooLarge  Code = "report_file_too_large"  // beyond a bound in bytes or parts
	NoMark    Code = "report_file_no_mark"    // no snapshot's mark in it: not made by this program, or all was taken out
	NoFigures Code = "report_file_no_figures" // a template without a single mark for a figure
)

// Of one mark of a template.
const (
	UnknownMark Code = "report_mark_unknown" // Value is the mark's words
	OpenMark    Code = "report_mark_open"    // {{ without its }}; Value is what follows it
)

// Fault is one thing that is wrong, and where.
type Fault struct {
	Code  Code
	Place string   // the words of the paragraph it stands in, "" for the whole file
	Value string   // what stands there
	Near  []string // of an unknown mark: what it may have meant
	Err   error    // for the log
}

func (f *Fault) Error() string {
	s := string(f.Code)
	if f.Value != "" {
		s += " " + f.Value
	}
	if f.Place != "" {
		s += " at " + f.Place
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

func (f *Fault) Unwrap() error { return f.Err }

// sentences say what to do. %v is the fault's value.
var sentences = map[Code]string{
	NotDOCX:     "这不是 Word 文档（docx）。请选扩展名是 docx 的文件。",
	OldWord:     "这是旧格式的文档（doc 或 wps）。请用 Word 或 WPS 打开，点“另存为”，选“docx”，再试一次。",
	Password:    "这个文档有密码，打不开。请先去掉密码，保存后再试。",
	Macros:      "这个文档里有宏（小程序），为了安全不能收。请用 Word 或 WPS 打开，点“另存为”，选“docx”，再试一次。",
	Broken:      "这个文档损坏了，读不出来。请用 Word 或 WPS 打开看看，重新保存后再试。",
	TooLarge:    "这个文件太大了。请删掉图片，再试一次。",
	NoMark:      "这个文档里没有数据的标记：它不是从这里下载的报告，或者标记已经被去掉了。",
	NoFigures:   "这个文档里没有要填的数。请在要填数的地方写上标记，例如：{{走访户次}}。",
	UnknownMark: "没有叫“%v”的数。",
	OpenMark:    "这里的“{{”没有写完，要用“}}”结束：%v",
}

// Sentence is where it is, what is wrong and what to do, in Chinese.
func (f *Fault) Sentence() string {
	s := sentences[f.Code]
	if strings.Contains(s, "%v") {
		s = fmt.Sprintf(s, f.Value)
	}
	switch {
	case len(f.Near) > 0:
		s += "是不是“" + strings.Join(f.Near, "”或“") + "”？请改好再试。"
	case f.Code == UnknownMark:
		s += "请对照指标名称改一改。"
	}
	if f.Place != "" {
		return "“" + f.Place + "”这一段：" + s
	}
	return s
}

// Faults are all of a template's at once, so that the clerk mends them in one go. There is at least one.
type Faults []*Fault

func (f Faults) Error() string { return f[0].Error() + more(len(f)-1) }

func more(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// Sentence is one line a fault.
func (f Faults) Sentence() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.Sentence()
	}
	return strings.Join(lines, "\n")
}
