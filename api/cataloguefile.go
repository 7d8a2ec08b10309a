package api

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// The forms of everybody as they are in force, and who put them there, as files for who defines them.

// exportForms lists what each form asks, a line for each question; how each figure is counted stands on the second sheet.
func (s *Server) exportForms(c echo.Context) error {
	if _, err := s.defining(c); err != nil {
		return err
	}
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	is, err := s.Publishing.InForce(c.Request().Context())
	if err != nil {
		return err
	}
	w, cat := s.listIn(c), is.Catalogue
	l := s.newList(c, w, about{title: w.in("表格和统计口径", "Forms and what is counted"),
		filter: w.in("现在用的每张表格问什么，停用的也在。没有发布的修改不在里面。每个指标的口径写在下面。",
			"What each form in force asks, also those that are stopped. What is not published is not in it. How each figure is counted stands below.")},
		column(16, w.in("分类", "Section"), w.in("表格归在哪一类。", "The section that the form is in.")),
		column(18, w.in("表格", "Form"), w.in("表格的名称。", "The form's name.")),
		column(18, w.in("表格编号", "Form id"), w.in("程序里的编号，不会变。", "As the program has it; it never changes.")),
		column(14, w.in("表格状态", "State of the form"), w.in("在用；停用的不能新填，填过的照样算数。", "In use; with one that is stopped nobody records, and what was recorded counts as ever.")),
		column(14, w.in("表格来源", "From"), w.in("程序自带、改过、本市的。", "The program's, changed, the city's own.")),
		column(18, w.in("谁填", "Recorded at"), w.in("哪几级填；都能填的空着。", "At which levels; empty for all.")),
		column(20, w.in("问什么", "Question"), w.in("问的是什么。", "What is asked.")),
		column(18, w.in("问题编号", "Question id"), w.in("程序里的编号，不会变。", "As the program has it; it never changes.")),
		column(14, w.in("问题状态", "State of the question"), w.in("在用；隐藏的不再问。", "In use; one that is hidden is not asked any more.")),
		column(14, w.in("怎么答", "Answer"), w.in("答案是什么样的。", "What the answer is.")),
		column(10, w.in("必填", "Needed"), w.in("必须填的写“是”。", "“yes” where it has to be filled in.")),
		column(14, w.in("不公开", "Withheld"), w.in("个人信息：上级看不到；敏感：有它的记录只有本单位和直接上级能看。", "Personal: withheld from higher levels. Sensitive: an entry that has it is for its author and the unit above.")),
		column(12, w.in("单位", "In"), w.in("填的数是什么单位。", "What a number is in.")),
		column(48, w.in("选项", "Choices"), w.in("能选的，按手机上的顺序；停用的不在里面。", "What there is to choose from, in the order of the phones, without those that are not offered any more.")),
		column(36, w.in("填写提示", "Hint"), w.in("手机上的提示。", "What the phone says beside it.")))
	for _, form := range formsOf(cat) {
		section := w.in("其他", "Others")
		if one := cat.Section(form.Section); one != nil {
			section = w.pick(one.Name)
		}
		levels := make([]string, 0, len(form.Levels))
		for _, level := range form.Levels {
			levels = append(levels, w.level(record.Level(level)))
		}
		for _, f := range form.Fields {
			l.add(textCell(section), textCell(w.pick(form.Name)), textCell(form.ID), textCell(w.hidden(form.Hidden, "停用", "stopped")), textCell(w.from(is, s.Publishing.Base, form)),
				textCell(strings.Join(levels, w.listed)), textCell(w.pick(f.Label)), textCell(f.Key), textCell(w.hidden(f.Hidden, "隐藏", "hidden")), textCell(w.answer(f)),
				textCell(map[bool]string{true: w.in("是", "yes")}[f.Required]), textCell(w.kept(f)), textCell(w.maybe(f.Unit)), textCell(w.choices(f)), textCell(w.maybe(f.Hint)))
		}
	}
	for _, ind := range cat.Indicators {
		l.definitions = append(l.definitions, w.defined(ind))
	}
	return l.done("").send(c, format, "forms", l.title)
}

// formsOf gives the forms section by section, in the order in which the phones have them.
func formsOf(cat *catalogue.Catalogue) []*catalogue.Form {
	out := catalogue.Sorted(cat.Forms)
	at := func(f *catalogue.Form) int {
		if i := slices.IndexFunc(cat.Sections, func(s *catalogue.Section) bool { return s.ID == f.Section }); i >= 0 {
			return i
		}
		return len(cat.Sections)
	}
	slices.SortStableFunc(out, func(a, b *catalogue.Form) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.Order, b.Order))
	})
	return out
}

// from says whose a form is, in the words of the page.
func (w listWords) from(is catalogue.InForce, base *catalogue.Catalogue, f *catalogue.Form) string {
	switch {
	case base.Form(f.ID) == nil:
		return w.in("本市的", "the city's own")
	case is.Own.Retouch[f.ID] != nil || slices.ContainsFunc(is.Own.Forms, func(raw json.RawMessage) bool {
		var own struct{ ID string }
		return json.Unmarshal(raw, &own) == nil && own.ID == f.ID
	}):
		return w.in("改过", "changed")
	}
	return w.in("程序自带", "the program's")
}

func (w listWords) hidden(is bool, zh, en string) string {
	if is {
		return w.in(zh, en)
	}
	return w.in("在用", "in use")
}

func (w listWords) maybe(t *catalogue.Text) string {
	if t == nil {
		return ""
	}
	return w.pick(*t)
}

func (w listWords) level(l record.Level) string {
	words, known := map[record.Level][2]string{record.Province: {"省", "province"}, record.City: {"市", "city"}, record.County: {"县", "county"},
		record.Township: {"乡镇", "township"}, record.Village: {"村", "village"}}[l]
	if !known {
		return string(l)
	}
	return w.in(words[0], words[1])
}

// answer says what the answer to a question is.
func (w listWords) answer(f *catalogue.Field) string {
	words, known := map[string][2]string{
		catalogue.TypeText: {"文字", "text"}, catalogue.TypeLongText: {"一段文字", "long text"}, catalogue.TypePhone: {"电话", "telephone"},
		catalogue.TypeInteger: {"整数", "whole number"}, catalogue.TypeDecimal: {"小数", "decimal"}, catalogue.TypeMoney: {"金额（元）", "money (yuan)"},
		catalogue.TypeDate: {"日期", "date"}, catalogue.TypeMonth: {"月份", "month"}, catalogue.TypeOne: {"选一个", "one of some"}, catalogue.TypeMany: {"可选多个", "some of many"},
		catalogue.TypeYesNo: {"是或否", "yes or no"}, catalogue.TypeHousehold: {"住户", "household"}, catalogue.TypePerson: {"一个人", "person"},
		catalogue.TypePeople: {"几个人或人数", "people or a head count"}, catalogue.TypeEntry: {"另一条记录", "another entry"}, catalogue.TypeItems: {"物品", "goods"},
		catalogue.TypeUnit: {"单位", "unit"}, catalogue.TypePlace: {"地点", "place"}, catalogue.TypePhoto: {"照片", "photos"}, catalogue.TypeSignature: {"签名", "signature"},
		catalogue.TypeVoice: {"录音", "voice note"}, catalogue.TypeComputed: {"自动算出", "computed"}, catalogue.TypeNote: {"说明，不用填", "a note"},
	}[f.Type]
	if !known {
		return f.Type
	}
	return w.in(words[0], words[1])
}

// kept says from whom an answer is kept.
func (w listWords) kept(f *catalogue.Field) string {
	var out []string
	if f.Personal {
		out = append(out, w.in("个人信息", "personal"))
	}
	if f.Sensitive {
		out = append(out, w.in("敏感", "sensitive"))
	}
	return strings.Join(out, w.listed)
}

func (w listWords) choices(f *catalogue.Field) string {
	var out []string
	for _, one := range f.Choices {
		if !one.Hidden {
			out = append(out, w.pick(one.Label))
		}
	}
	return strings.Join(out, w.listed)
}

// exportPublications lists who put definitions in force, and when.
func (s *Server) exportPublications(c echo.Context) error {
	if _, err := s.defining(c); err != nil {
		return err
	}
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	list, names, err := s.publications(c.Request().Context())
	if err != nil {
		return err
	}
	w := s.listIn(c)
	l := s.newList(c, w, about{title: w.in("表格设置的发布记录", "Publications of forms"), filter: w.in("最近 20 次发布，新的在前。", "The latest twenty, the newest first.")},
		column(20, w.in("时间", "When"), w.in("什么时候发布的。", "When they were put in force.")),
		column(20, w.in("谁发布的", "By"), w.in("发布的人；维护服务器的人直接改的，也写明。", "Who did it, or whoever keeps the server.")))
	for _, p := range list {
		l.add(textCell(w.instant(p.At)), textCell(cmp.Or(names[p.Account], w.in("维护服务器的人", "whoever keeps the server"))))
	}
	return l.done("").send(c, format, "publications", l.title)
}
