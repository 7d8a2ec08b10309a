package registers

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Export writes a unit's register as a spreadsheet that Preview reads back. For an empty register it is a template.
func (s *Service) Export(ctx context.Context, actor record.Actor, unit string, to io.Writer) error {
	place, ok := s.Log.Places().Get(unit)
	if !ok {
		return record.Errorf(record.NotFound, "no unit %s", unit)
	}
	present, err := s.Log.Register(ctx, actor, unit)
	if err != nil {
		return err
	}
	return s.write(to, place.Name, present)
}

// Template writes the same spreadsheet with nothing in it, for a unit whose register the actor keeps.
func (s *Service) Template(actor record.Actor, unit string, to io.Writer) error {
	place, ok := s.Log.Places().Get(unit)
	if !ok {
		return record.Errorf(record.NotFound, "no unit %s", unit)
	}
	if !access.KeepsRegister(actor, s.Log.Places(), unit) {
		return record.Errorf(record.ForeignUnit, "register of %s", unit)
	}
	return s.write(to, place.Name, nil)
}

func (s *Service) write(to io.Writer, name string, present []*record.Record) error {
	l, err := layoutOf(s.Log.Catalogue())
	if err != nil {
		return err
	}
	return sheet.Write(to, l.housePage(name, present), l.personPage(name, present), l.guide())
}

// fields are those of a register that a cell can hold.
func (r *register) fields() []*catalogue.Field {
	return slices.DeleteFunc(slices.Clone(r.Fields), func(f *catalogue.Field) bool {
		return f.Hidden || !slices.Contains(enterable, f.Type)
	})
}

func heading(f *catalogue.Field) sheet.Heading {
	h := sheet.Heading{Text: f.Label.ZH, Width: 14}
	switch f.Type {
	case catalogue.TypePhone:
		h.Width, h.Literal = 18, true
	case catalogue.TypeMany, catalogue.TypeLongText:
		h.Width = 28
	case catalogue.TypeText:
		h.Width = 18
	}
	return h
}

func idHeading(r *register) []sheet.Heading {
	if c := r.Column(catalogue.ColumnID); c != nil {
		return []sheet.Heading{{Text: c.Headings[0], Width: 36, Hidden: true, Literal: true}}
	}
	return nil
}

func idCell(r *register, rec *record.Record) []any {
	switch {
	case r.Column(catalogue.ColumnID) == nil:
		return nil
	case rec == nil:
		return []any{nil}
	}
	return []any{rec.ID}
}

func cellOf(f *catalogue.Field, v record.Value) any {
	n, number := v.Int64()
	switch {
	case v == "":
		return nil
	case f.Type == catalogue.TypeMoney && number:
		return float64(n) / 100
	case f.Type == catalogue.TypeDecimal && number:
		return float64(n) / float64(f.Steps())
	case number:
		return n
	case f.Type == catalogue.TypeYesNo:
		if yes, _ := v.Bool(); yes {
			return "是"
		}
		return "否"
	}
	return shown(f, v)
}

func byName(reg *register) func(a, b *record.Record) int {
	return func(a, b *record.Record) int {
		second := 0
		if reg.second != nil {
			second = cmp.Compare(a.Content[reg.second.Key], b.Content[reg.second.Key])
		}
		return cmp.Or(second, cmp.Compare(a.Content[reg.name.Key], b.Content[reg.name.Key]), cmp.Compare(a.ID, b.ID))
	}
}

func ofType(present []*record.Record, typ record.Type) []*record.Record {
	return slices.DeleteFunc(slices.Clone(present), func(r *record.Record) bool { return r.Type != typ })
}

func (l *layout) housePage(unit string, present []*record.Record) sheet.Page {
	fields := l.household.fields()
	p := sheet.Page{Name: l.household.Name.ZH, Title: unit + "：" + l.household.Name.ZH}
	for _, f := range fields {
		p.Headings = append(p.Headings, heading(f))
	}
	p.Headings = append(p.Headings, idHeading(l.household)...)
	houses := ofType(present, record.Household)
	slices.SortFunc(houses, byName(l.household))
	for _, r := range houses {
		var row []any
		for _, f := range fields {
			row = append(row, cellOf(f, r.Content[f.Key]))
		}
		p.Rows = append(p.Rows, append(row, idCell(l.household, r)...))
	}
	return p
}

// personPage has beside each person the name of the household, for people, and its id, for the way back.
func (l *layout) personPage(unit string, present []*record.Record) sheet.Page {
	fields := l.person.fields()
	home := []*catalogue.Field{l.household.name}
	if l.household.second != nil {
		home = append(home, l.household.second)
	}
	p := sheet.Page{Name: l.person.Name.ZH, Title: unit + "：" + l.person.Name.ZH}
	for _, f := range slices.Concat(home, fields) {
		p.Headings = append(p.Headings, heading(f))
	}
	p.Headings = append(append(p.Headings, idHeading(l.household)...), idHeading(l.person)...)
	houses := map[string]*record.Record{}
	for _, r := range ofType(present, record.Household) {
		houses[r.ID] = r
	}
	people := ofType(present, record.Person)
	called := func(r *record.Record) *record.Record { return houses[r.Content[l.link.Key].String()] }
	slices.SortFunc(people, func(a, b *record.Record) int {
		x, y := called(a), called(b)
		switch {
		case x == y:
			return byName(l.person)(a, b)
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		return byName(l.household)(x, y)
	})
	for _, r := range people {
		house := called(r)
		var row []any
		for _, f := range home {
			if house == nil {
				row = append(row, nil)
				continue
			}
			row = append(row, cellOf(f, house.Content[f.Key]))
		}
		for _, f := range fields {
			row = append(row, cellOf(f, r.Content[f.Key]))
		}
		row = append(append(row, idCell(l.household, house)...), idCell(l.person, r)...)
		p.Rows = append(p.Rows, row)
	}
	return p
}

// guide says how the pages are filled in.
func (l *layout) guide() sheet.Page {
	p := sheet.Page{Name: "填写说明", Title: "填写说明", Headings: []sheet.Heading{{Text: "哪张表的哪一列", Width: 30}, {Text: "怎么填", Width: 70}},
		Lines: []string{"改好后存成 xlsx，在“住户”页点“从表格导入”。先看一遍再收，不会直接改动。", "空着的格不会清掉原来的内容。隐藏的编号列请不要改动，新增的行编号空着。身份证号只用来取出生年份和性别，不会保存。"}}
	for _, r := range []*register{l.household, l.person} {
		for _, f := range r.fields() {
			p.Rows = append(p.Rows, []any{r.Name.ZH + "：" + f.Label.ZH, hint(f)})
		}
	}
	return p
}

func hint(f *catalogue.Field) string {
	var parts []string
	if f.Required {
		parts = append(parts, "必填。")
	}
	var words []string
	for _, c := range f.Choices {
		words = append(words, c.Label.ZH)
	}
	switch f.Type {
	case catalogue.TypeOne:
		parts = append(parts, "填其中一个："+strings.Join(words, "、")+"。")
	case catalogue.TypeMany:
		parts = append(parts, "可以填几个，用顿号隔开："+strings.Join(words, "、")+"。")
	case catalogue.TypeInteger, catalogue.TypeDecimal:
		parts = append(parts, "填数字。")
	case catalogue.TypeMonth:
		parts = append(parts, "填年月，如 2026-11。")
	case catalogue.TypeDate:
		parts = append(parts, "填日期，如 2026-11-22。")
	case catalogue.TypePhone:
		parts = append(parts, "填号码，几个号码用 / 隔开。")
	}
	if f.Hint != nil {
		parts = append(parts, f.Hint.ZH)
	}
	return strings.Join(parts, "")
}
