package registers_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"niangjia/server/catalogue"
	"niangjia/server/registers"
	"niangjia/server/sheet"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
)

const (
	city     = "530900000000"
	county   = "530923000000"
	township = "530923101000"
	village  = "530923101201"
	other    = "530923101202"
)

// town is a city of one village with a register that is empty at first.
type town struct {
	t      *testing.T
	engine *engine.Engine
	*registers.Service
	now record.Instant
	ids int
}

func newTown(t *testing.T) *town {
	t.Helper()
	cat, err := catalogue.Built()
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, now: record.Instant(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMilli())}
	w.engine, err = engine.Open(t.Context(), memory.New(), cat, engine.Options{Now: func() record.Instant { return w.now }, NewID: func() string { w.ids++; return fmt.Sprintf("%032x", w.ids) }})
	if err != nil {
		t.Fatal(err)
	}
	err = w.engine.SetDivisions(t.Context(), []record.Division{
		{Code: city, Name: "临沧市", Level: record.City}, {Code: county, Name: "永德县", Level: record.County, Parent: city},
		{Code: township, Name: "德党镇", Level: record.Township, Parent: county},
		{Code: village, Name: "忙岗村", Level: record.Village, Parent: township}, {Code: other, Name: "另一村", Level: record.Village, Parent: township}})
	if err != nil {
		t.Fatal(err)
	}
	w.Service = registers.New(registers.Options{Log: w.engine, Now: func() record.Instant { return w.now }, AtOnce: 2})
	return w
}

// seat gives an account of that role.
func (w *town) seat(role record.Role, unit string) record.Actor {
	w.t.Helper()
	id := fmt.Sprintf("%032x", 1000+len(role)*10+len(strings.TrimRight(unit, "0"))+int(unit[11]))
	if err := w.engine.SetSeats(w.t.Context(), id, []record.Seat{{Role: role, Unit: unit}}); err != nil {
		w.t.Fatal(err)
	}
	a, err := w.engine.Actor(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// book makes a file of sheets.
func book(t testing.TB, pages ...sheet.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.Write(&b, pages...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func page(headings string, rows ...string) sheet.Page {
	p := sheet.Page{Name: "表"}
	for _, h := range strings.Split(headings, ",") {
		p.Headings = append(p.Headings, sheet.Heading{Text: h})
	}
	for _, r := range rows {
		var cells []any
		for _, c := range strings.Split(r, ",") {
			cells = append(cells, c)
		}
		p.Rows = append(p.Rows, cells)
	}
	return p
}

func (w *town) preview(who record.Actor, file []byte, choices registers.Choices) *registers.Plan {
	w.t.Helper()
	p, err := w.Preview(w.t.Context(), who, village, file, choices)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// take previews a file, asserts that nothing is open, and imports it.
func (w *town) take(who record.Actor, file []byte, choices registers.Choices) *registers.Done {
	w.t.Helper()
	p := w.preview(who, file, choices)
	for _, f := range p.Faults {
		w.t.Errorf("%s", f.Sentence())
	}
	d, err := w.Import(w.t.Context(), who, "device", village, p.State, file, choices)
	if err != nil {
		w.t.Fatalf("%v\n%s", err, told(p))
	}
	return d
}

// register is what the village has, a line a record, sorted.
func (w *town) register(who record.Actor) []string {
	w.t.Helper()
	list, err := w.engine.Register(w.t.Context(), who, village)
	if err != nil {
		w.t.Fatal(err)
	}
	heads := map[string]string{}
	for _, r := range list {
		heads[r.ID] = r.Content["head"].String()
	}
	var out []string
	for _, r := range list {
		line := "户 " + string(r.Content.Bytes())
		if r.Type == record.Person {
			c := r.Content.Clone()
			home := heads[c["household"].String()]
			delete(c, "household")
			line = "人 " + home + " " + string(c.Bytes())
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// told is a plan, a line a line.
func told(p *registers.Plan) string {
	var b strings.Builder
	for _, f := range p.Faults {
		fmt.Fprintf(&b, "%s %s %s\n", f.Code, f.Cell, f.Value)
	}
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "%s %s %s", l.ID, l.What, l.Content["head"].String()+l.Content["name"].String())
		for _, c := range l.Candidates {
			fmt.Fprintf(&b, " ?%s%s%v", c.Content["head"].String(), c.Content["name"].String(), c.Why)
		}
		for _, d := range l.Changes {
			fmt.Fprintf(&b, " %s:%s>%s", d.Field, string(d.Present), string(d.File))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func saysPlan(t *testing.T, p *registers.Plan, want ...string) {
	t.Helper()
	same(t, "plan", strings.Split(strings.TrimSuffix(told(p), "\n"), "\n"), want)
}

var roll = page("组,户主,住址,联系电话,姓名,性别,身份证号,与户主关系",
	"1,王小明,12号,13800000001,王小明,男,530923198503021219,户主",
	",,,,王小红,女,,女儿",
	"2,李四,3号,无,李四,,530923199001010022,户主")

func TestARowForEachPerson(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	d := w.take(her, book(t, roll), registers.Choices{})
	if d.Households.Added != 2 || d.Persons.Added != 3 || d.Before {
		t.Errorf("%+v", d)
	}
	same(t, "register", w.register(her), []string{
		`人 李四 {"birth_year":1990,"name":"李四","sex":"female"}`,
		`人 王小明 {"birth_year":1985,"name":"王小明","phone":"13800000001","sex":"male"}`,
		`人 王小明 {"name":"王小红","sex":"female"}`,
		`户 {"address":"1组12号","head":"王小明","phone":"13800000001"}`,
		`户 {"address":"2组3号","head":"李四"}`,
	})
	// No citizen's number goes any further than the reading.
	p := w.preview(her, book(t, roll), registers.Choices{})
	if p.IDNumbers != 2 || strings.Contains(fmt.Sprintf("%+v", p.Lines), "530923") {
		t.Errorf("%d numbers", p.IDNumbers)
	}
	// The same file again makes nothing twice.
	before := w.register(her)
	if d := w.take(her, book(t, roll), registers.Choices{}); d.Households.Added+d.Persons.Added+d.Persons.Changed != 0 {
		t.Errorf("%+v", d)
	}
	same(t, "after the second time", w.register(her), before)
	saysPlan(t, p, "1.2.h same 王小明", "1.4.h same 李四", "1.2.p same 王小明", "1.3.p same 王小红", "1.4.p same 李四")
}

func TestOtherLayouts(t *testing.T) {
	want := []string{
		`人 王小明 {"name":"王小明"}`,
		`人 王小明 {"birth_year":2001,"name":"王小红"}`,
		`户 {"address":"1组12号","head":"王小明"}`,
	}
	slices.Sort(want)
	for what, p := range map[string]sheet.Page{
		"the head in the first row only": page("户主,住址,姓名,出生日期", "王小明,1组12号,王小明,", ",,王小红,2001.2"),
		"the head in each row":           page("户主姓名,家庭住址,家庭成员姓名,出生年月", "王小明,1组12号,王小明,", "王小明,1组12号,王小红,200102"),
		"by the relation":                page("姓名,与户主关系,地址,出生日期", "王小明,户主,1组12号,", "王小红,长女,,2001年2月"),
	} {
		t.Run(what, func(t *testing.T) {
			w := newTown(t)
			her := w.seat(record.Volunteer, village)
			w.take(her, book(t, p), registers.Choices{})
			same(t, "register", w.register(her), want)
		})
	}
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	w.take(her, book(t, page("户主,组,门牌号,标签,电话", "王 明,３,12,留守儿童、困难,0883-5211234", "赵五,第四组,,,")), registers.Choices{})
	same(t, "households alone", w.register(her), []string{
		`户 {"address":"3组12","head":"王明","phone":"08835211234","tags":["hardship","left_behind_children"]}`,
		`户 {"address":"第四组","head":"赵五"}`,
	})
}

func TestWhatIsWrongStopsAllOfIt(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	p := w.preview(her, book(t, page("户主,住址,电话,姓名,性别,出生年份,身份证号,标签",
		"王小明,1组,13800000001,王小明,男,1985,,留守儿童",
		",,,王小红,中,八五年,12345,打工",
		"王小明,1组,,王小红,女,1700,,",
		",,不知道,,女,,,",
		"王小明,1组,,王小明,,1985,,")), registers.Choices{})
	var got []string
	for _, f := range p.Faults {
		got = append(got, fmt.Sprint(f.Code, " ", f.Cell, " ", f.Heading, " ", f.Value))
	}
	same(t, "faults", got, []string{
		"unknown_choice E3 性别 中", "wrong_type F3 出生年份 八五年", "unknown_choice H3 标签 打工", "cell_bad_id_number G3 身份证号 ",
		"out_of_range F4 出生年份 1700", "row_twice D4 姓名 3", "cell_not_a_phone C5 电话 不知道", "missing_field D5 姓名 ", "row_twice D6 姓名 2",
	})
	if s := p.Faults[0].Sentence(); s != "表“表”第 3 行 E3 格：“性别”里没有“中”这一项。" {
		t.Error(s)
	}
	for _, f := range p.Faults {
		if strings.HasSuffix(f.Sentence(), "：") || strings.Contains(f.Sentence(), "%") {
			t.Errorf("%s: %q", f.Code, f.Sentence())
		}
	}
	_, err := w.Import(t.Context(), her, "device", village, p.State, book(t, roll), registers.Choices{})
	wantCode(t, err, record.ImportChanged) // another file than the one that was shown
	file := book(t, page("户主,姓名", "王小明,王小明", ",王小红", "无名,"), page("户主,性别,姓名", "赵五,x,赵五"))
	p = w.preview(her, file, registers.Choices{})
	_, err = w.Import(t.Context(), her, "device", village, p.State, file, registers.Choices{})
	wantCode(t, err, record.ImportOpen)
	if got := w.register(her); len(got) != 0 {
		t.Errorf("half imported: %v", got)
	}
	p = w.preview(her, []byte("户主,姓名"), registers.Choices{})
	if len(p.Faults) != 1 || p.Faults[0].Code != "sheet_plain_text" || p.Ready() {
		t.Errorf("%+v", p.Faults)
	}
}

func wantCode(t *testing.T, err error, code record.Code) {
	t.Helper()
	var e *record.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("%v, want %s", err, code)
	}
}

func TestWhatIsChangedIsTakenFieldByField(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	w.take(her, book(t, roll), registers.Choices{})
	file := book(t, page("户主,住址,电话,标签", "王小明,第一组 12号,13900000009,困难", "李四,2组3号,,"))
	p := w.preview(her, file, registers.Choices{})
	saysPlan(t, p, `1.2.h changed 王小明 phone:"13800000001">"13900000009" tags:>["hardship"]`, "1.3.h same 李四")
	d := w.take(her, file, registers.Choices{Take: map[string][]string{"1.2.h": {"tags", "head"}}})
	if d.Households.Changed != 1 || d.Households.Added != 0 {
		t.Errorf("%+v", d)
	}
	if got := w.register(her)[3]; got != `户 {"address":"1组12号","head":"王小明","phone":"13800000001","tags":["hardship"]}` {
		t.Error(got)
	}
}

func TestWhatIsDoubtfulIsDecidedFirst(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	w.take(her, book(t, roll), registers.Choices{})
	list, err := w.engine.Register(t.Context(), her, village)
	if err != nil {
		t.Fatal(err)
	}
	id := map[string]string{}
	for _, r := range list {
		id[string(r.Type)+r.Content["head"].String()+r.Content["name"].String()] = r.ID
	}
	file := book(t, page("户主,住址,电话,姓名,出生年份",
		"王小明,5组,,王小明,1985",    // the same name elsewhere
		"王晓明,1组12号,,王小红,2001", // said alike at the same place
		"赵五,9组,13800000001,,", // the same telephone
		"钱六,7组,,李四,1990"))     // a person known elsewhere, in a new household
	saysPlan(t, w.preview(her, file, registers.Choices{}),
		"1.2.h doubtful 王小明 ?王小明[same_name]", "1.3.h doubtful 王晓明 ?王小明[sounds_alike]", "1.4.h doubtful 赵五 ?王小明[same_phone]", "1.5.h new 钱六",
		"1.2.p waiting 王小明", "1.3.p waiting 王小红", "1.5.p doubtful 李四 ?李四[same_name]")
	choices := registers.Choices{Same: map[string]string{"1.2.h": registers.AsNew, "1.3.h": id["household王小明"], "1.4.h": registers.AsNew, "1.5.p": id["person李四"]}}
	p := w.preview(her, file, choices)
	saysPlan(t, p,
		"1.2.h new 王小明 ?王小明[same_name]", `1.3.h changed 王晓明 ?王小明[sounds_alike] head:"王小明">"王晓明"`, "1.4.h new 赵五 ?王小明[same_phone]", "1.5.h new 钱六",
		"1.2.p doubtful 王小明 ?王小明[same_name]", `1.3.p changed 王小红 birth_year:>2001`,
		fmt.Sprintf("1.5.p changed 李四 ?李四[same_name] household:%q>%q", id["household李四"], p.Lines[3].Entity))
	_, err = w.Import(t.Context(), her, "device", village, p.State, file, choices)
	wantCode(t, err, record.ImportOpen)
	choices.Same["1.2.p"] = registers.AsNew
	choices.Take = map[string][]string{"1.5.p": {"household"}}
	d := w.take(her, file, choices)
	if d.Households.Added != 3 || d.Households.Changed != 0 || d.Persons.Added != 1 || d.Persons.Changed != 1 {
		t.Errorf("%+v", d)
	}
	if got := w.register(her); !slices.Contains(got, `人 钱六 {"birth_year":1990,"name":"李四","sex":"female"}`) {
		t.Error(got)
	}
	// Two lines cannot be one record.
	file = book(t, page("户主,住址", "王小明,6组", "王小明,8组"))
	p = w.preview(her, file, registers.Choices{Same: map[string]string{"1.2.h": id["household王小明"], "1.3.h": id["household王小明"]}})
	if len(p.Faults) != 1 || p.Faults[0].Code != registers.TakenTwice || p.Faults[0].Row != 3 {
		t.Errorf("%s", told(p))
	}
	// Nor a record that nobody was shown.
	p = w.preview(her, file, registers.Choices{Same: map[string]string{"1.2.h": id["household李四"]}})
	if p.Lines[0].What != registers.Doubtful {
		t.Errorf("%s", told(p))
	}
}

// What was confirmed and whose answer was lost is found done; whoever else wrote meanwhile is not overwritten.
func TestASecondTryAndAnotherHand(t *testing.T) {
	w := newTown(t)
	her, reviewer := w.seat(record.Volunteer, village), w.seat(record.Reviewer, township)
	file := book(t, roll)
	state := w.preview(her, file, registers.Choices{}).State
	first, err := w.Import(t.Context(), her, "device", village, state, file, registers.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	w.now += 1000
	again, err := w.Import(t.Context(), her, "device", village, state, file, registers.Choices{})
	if err != nil || !again.Before || again.Households != first.Households || again.Persons != first.Persons {
		t.Errorf("%+v %v", again, err)
	}
	// From another account the same preview is out of date.
	_, err = w.Import(t.Context(), reviewer, "device", village, state, file, registers.Choices{})
	wantCode(t, err, record.ImportChanged)
	if got := w.register(her); len(got) != 5 {
		t.Errorf("%v", got)
	}
	// A manager of the township keeps the list too, and changes what a volunteer wrote.
	manager := w.seat(record.Manager, township)
	file = book(t, page("户主,住址,电话", "李四,2组3号,13700000007"))
	d := w.take(manager, file, registers.Choices{Take: map[string][]string{"1.2.h": {"phone"}}})
	if d.Households.Changed != 1 {
		t.Errorf("%+v", d)
	}
}

func TestWhoMay(t *testing.T) {
	w := newTown(t)
	file := book(t, roll)
	for _, c := range []struct {
		role record.Role
		unit string
		keep bool
		read bool
	}{
		{record.Volunteer, village, true, true}, {record.Reviewer, township, true, true}, {record.Manager, township, true, true},
		{record.Volunteer, township, false, false}, {record.Volunteer, other, false, false}, {record.Reviewer, county, false, false},
		{record.Manager, city, false, false}, {record.Auditor, township, false, false}, {record.Manager, village, false, true},
	} {
		who := w.seat(c.role, c.unit)
		_, err := w.Preview(t.Context(), who, village, file, registers.Choices{})
		if (err == nil) != c.keep {
			t.Errorf("%s at %s imports: %v", c.role, c.unit, err)
		}
		_, err = w.Import(t.Context(), who, "d", village, "x", file, registers.Choices{})
		var e *record.Error
		if !errors.As(err, &e) || (e.Code == record.ImportChanged) != c.keep {
			t.Errorf("%s at %s imports: %v", c.role, c.unit, err)
		}
		if err := w.Template(who, village, &bytes.Buffer{}); (err == nil) != c.keep {
			t.Errorf("%s at %s takes a template: %v", c.role, c.unit, err)
		}
		if err := w.Export(t.Context(), who, village, &bytes.Buffer{}); (err == nil) != c.read {
			t.Errorf("%s at %s exports: %v", c.role, c.unit, err)
		}
	}
	_, err := w.Preview(t.Context(), w.seat(record.Reviewer, township), "000000000000", file, registers.Choices{})
	wantCode(t, err, record.NotFound)
}

func TestAnExportIsReadBack(t *testing.T) {
	w := newTown(t)
	her := w.seat(record.Volunteer, village)
	w.take(her, book(t, roll, page("户主,住址,电话,标签", "赵五,9组,0883-1234567,留守儿童、空巢老人")), registers.Choices{})
	before := w.register(her)
	var out bytes.Buffer
	if err := w.Export(t.Context(), her, village, &out); err != nil {
		t.Fatal(err)
	}
	p := w.preview(her, out.Bytes(), registers.Choices{})
	for _, l := range p.Lines {
		if l.What != registers.Same {
			t.Fatalf("unchanged, and yet:\n%s", told(p))
		}
	}
	if len(p.Lines) != 6 {
		t.Errorf("%s", told(p))
	}
	// She changes a name and a telephone in Excel, and adds a person without an id.
	edited := edit(t, out.Bytes(), map[string]string{"户!A5": "赵伍", "户!C3": "13711111111", "人!A6": "王小明", "人!B6": "1组12号", "人!C6": "王小兰", "人!D6": "女"})
	p = w.preview(her, edited, registers.Choices{})
	if len(p.Faults) > 0 {
		t.Fatalf("%s", told(p))
	}
	choices := registers.Choices{Take: map[string][]string{}}
	for _, l := range p.Lines {
		for _, d := range l.Changes {
			choices.Take[l.ID] = append(choices.Take[l.ID], d.Field)
		}
	}
	d := w.take(her, edited, choices)
	if d.Households.Changed != 2 || d.Persons.Added != 1 || d.Households.Added != 0 || d.Persons.Changed != 0 {
		t.Errorf("%+v\n%s", d, told(p))
	}
	after := w.register(her)
	if len(after) != len(before)+1 || !slices.Contains(after, `人 王小明 {"name":"王小兰","sex":"female"}`) ||
		!slices.Contains(after, `户 {"address":"9组","head":"赵伍","phone":"08831234567","tags":["empty_nest","left_behind_children"]}`) {
		t.Errorf("%s", strings.Join(after, "\n"))
	}
	// The ids of one village mean nothing in another.
	q, err := w.Preview(t.Context(), w.seat(record.Reviewer, township), other, out.Bytes(), registers.Choices{})
	if err != nil || len(q.Faults) == 0 || q.Faults[0].Code != registers.UnknownID {
		t.Errorf("%v %s", err, told(q))
	}
	var empty bytes.Buffer
	if err := w.Template(her, village, &empty); err != nil {
		t.Fatal(err)
	}
	if p := w.preview(her, empty.Bytes(), registers.Choices{}); len(p.Faults) != 1 || p.Faults[0].Code != string(sheet.Empty) {
		t.Errorf("%s", told(p))
	}
}
