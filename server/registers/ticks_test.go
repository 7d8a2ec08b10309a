package registers_test

import (
	"bytes"
	"slices"
	"testing"

	"niangjia/server/registers"
	"niangjia/sync/record"
)

// Registers on paper have a column for each kind of household in which people tick.
func TestAColumnForEachTag(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	d := w.take(her, book(t, page("户主,住址,低保户,残疾户,空巢老人,留守儿童",
		"王明,1号,√,否,,2", "赵五,2号,1,是,0,无", "李四,3号,,,,", "孙六,4号,困难家庭,×,✓,是")), registers.Choices{})
	if d.Households.Added != 4 {
		t.Errorf("%+v", d)
	}
	same(t, "households", w.register(her), []string{
		`户 {"address":"1号","head":"王明","tags":["hardship","left_behind_children"]}`,
		`户 {"address":"2号","head":"赵五","tags":["disability","hardship"]}`,
		`户 {"address":"3号","head":"李四"}`,
		`户 {"address":"4号","head":"孙六","tags":["empty_nest","hardship","left_behind_children"]}`,
	})
	// Out again in the one column of all tags, and in again: nothing is new.
	var out bytes.Buffer
	if err := w.Export(t.Context(), her, village, &out); err != nil {
		t.Fatal(err)
	}
	p := w.preview(her, out.Bytes(), registers.Choices{})
	if len(p.Faults) > 0 || slices.ContainsFunc(p.Lines, func(l *registers.Line) bool { return l.What != registers.Same }) {
		t.Errorf("unchanged, and yet:\n%s", told(p))
	}
	// A column speaks of its own tag alone, an empty cell of none: what else the register has stays.
	again := book(t, page("户主,住址,低保户,留守儿童", "王明,1号,否,", "赵五,2号,是,是", "李四,3号,,"))
	p = w.preview(her, again, registers.Choices{})
	saysPlan(t, p, `1.2.h changed 王明 tags:["hardship","left_behind_children"]>["left_behind_children"]`,
		`1.3.h changed 赵五 tags:["disability","hardship"]>["disability","hardship","left_behind_children"]`, "1.4.h same 李四")
	w.take(her, again, registers.Choices{Take: map[string][]string{"1.2.h": {"tags"}, "1.3.h": {"tags"}}})
	if p = w.preview(her, again, registers.Choices{}); slices.ContainsFunc(p.Lines, func(l *registers.Line) bool { return l.What != registers.Same }) {
		t.Errorf("taken over, and yet:\n%s", told(p))
	}
	// The last tag can be taken away.
	last := book(t, page("户主,住址,留守儿童", "王明,1号,否"))
	w.take(her, last, registers.Choices{Take: map[string][]string{"1.2.h": {"tags"}}})
	if got := w.register(her); !slices.Contains(got, `户 {"address":"1号","head":"王明"}`) {
		t.Errorf("%q", got)
	}
}

// In rows of persons a heading that both registers know is the person's; the household's own are its rows' together.
func TestAColumnForEachTagBesidePersons(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	w.take(her, book(t, page("户主,住址,姓名,留守儿童,残疾,低保户,标签",
		"王明,1号,王明,,是,是,", ",,王小红,√,,,困境儿童", ",,王小兰,,,是,")), registers.Choices{})
	same(t, "register", w.register(her), []string{
		`人 王明 {"name":"王小兰"}`,
		`人 王明 {"name":"王小红","tags":["child_in_need","left_behind_child"]}`,
		`人 王明 {"name":"王明","tags":["disability"]}`,
		`户 {"address":"1号","head":"王明","tags":["hardship"]}`,
	})
}

func TestTicksThatCannotBeRead(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	p := w.preview(her, book(t, page("户主,住址,低保户,残疾户", "王明,1号,二级,是", "赵五,2号,-1,")), registers.Choices{})
	saysPlan(t, p, "cell_not_a_tick C2 二级", "cell_not_a_tick C3 -1", "1.2.h new 王明", "1.3.h new 赵五")
	if s := p.Faults[0].Sentence(); s != "表“表”第 2 行 C2 格：“低保户”这一列填“是”或“否”（打√、填 1 也可以），“二级”看不出是不是。" {
		t.Error(s)
	}
	// One household that has it in one row and has it not in another.
	p = w.preview(her, book(t, page("户主,住址,姓名,低保户", "王明,1号,王明,是", "王明,1号,王小红,否")), registers.Choices{})
	if len(p.Faults) != 1 || p.Faults[0].Code != registers.Differs || p.Faults[0].Cell != "D3" || p.Faults[0].Value != "是" {
		t.Errorf("%s", told(p))
	}
}
