package registers

import (
	"fmt"
	"strconv"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// house is a household of the file.
type house struct {
	line   *Line
	entity string // the id that the file names
	named  bool   // it only says whose household a person is of: its fields are not compared
}

// member is a person of the file.
type member struct {
	line   *Line
	entity string
	house  *house
}

// reading makes households and persons of rows.
type reading struct {
	*layout
	plan   *Plan
	houses []*house
	people []*member
	byKey  map[string]*house
	seen   map[string]*member
}

// here is a row with its table.
type here struct {
	at    int
	table *sheet.Table
	row   sheet.Row
}

func (r *reading) fault(h here, s *slot, code, value string) {
	f := &Fault{Code: code, Sheet: h.table.Sheet, Row: h.row.Number, Value: value}
	if s != nil {
		f.Heading = h.table.Columns[s.key]
		f.Cell = h.row.Cell(s.key).Name
		if f.Cell == "" && h.table.Letters[s.key] != "" {
			f.Cell = h.table.Letters[s.key] + strconv.Itoa(h.row.Number)
		}
	}
	r.plan.Faults = append(r.plan.Faults, f)
}

func (r *reading) table(at int, t *sheet.Table) {
	for _, f := range t.Faults {
		r.plan.Faults = append(r.plan.Faults, fileFault(f))
	}
	persons := false
	for _, s := range r.slots {
		persons = persons || s.person.field == r.person.name && t.Letters[s.key] != ""
	}
	var last *house
	for _, row := range t.Rows {
		h := here{at, t, row}
		if persons {
			last = r.personRow(h, last)
		} else {
			r.houseRow(h)
		}
	}
}

// column finds the slot of a register's column that is no field, where the table has it.
func (r *reading) column(h here, as string, mine func(*slot) target) *slot {
	for _, s := range r.slots {
		if t := mine(s); t.column != nil && t.column.As == as && h.table.Letters[s.key] != "" {
			return s
		}
	}
	return nil
}

func (r *reading) slotOf(f *catalogue.Field, mine func(*slot) target) *slot {
	for _, s := range r.slots {
		if mine(s).field == f {
			return s
		}
	}
	return nil
}

func householdOf(s *slot) target { return s.household }
func personOf(s *slot) target    { return s.person }

// idIn reads an id that an export wrote; ok is false where something else stands there.
func (r *reading) idIn(h here, s *slot) (id string, ok bool) {
	if s == nil || !h.row.Cell(s.key).Filled() {
		return "", true
	}
	id = strings.ToLower(h.row.Cell(s.key).Text())
	if !record.ValidID(id) {
		r.fault(h, s, UnknownID, "")
		return "", false
	}
	return id, true
}

func (r *reading) line(h here, typ record.Type, content record.Content, without ticks) *Line {
	l := &Line{ID: fmt.Sprintf("%d.%d.%s", h.at, h.row.Number, typ[:1]), Type: typ, Sheet: h.table.Sheet, Row: h.row.Number, Content: content, without: without}
	l.Entity = idOf("register", r.plan.Unit, string(typ), r.plan.File, strconv.Itoa(h.at), strconv.Itoa(h.row.Number))
	return l
}

// key is by what two mentions of a household are known for the same.
func (r *reading) key(content record.Content) string {
	key := nameKey(content[r.household.name.Key].String())
	if r.household.second != nil {
		key += "\n" + placeKey(content[r.household.second.Key].String())
	}
	return key
}

// houseRow: a row is a household.
func (r *reading) houseRow(h here) {
	content, _, without := r.gather(h, r.household, householdOf)
	head := r.slotOf(r.household.name, householdOf)
	if content[r.household.name.Key] == "" {
		if !h.row.Cell(head.key).Bad {
			r.fault(h, head, string(record.MissingField), "")
		}
		return
	}
	id, ok := r.idIn(h, r.column(h, catalogue.ColumnID, householdOf))
	if !ok {
		return
	}
	one := &house{line: r.line(h, record.Household, content, without), entity: id}
	if first := r.byKey[r.key(content)]; first != nil && id == "" && first.entity == "" && !first.named {
		r.fault(h, head, Twice, rowOf(first.line, one.line))
		return
	}
	r.keep(one)
}

// rowOf names a row to somebody who looks at another one.
func rowOf(of, from *Line) string {
	if of.Sheet == from.Sheet {
		return strconv.Itoa(of.Row)
	}
	return fmt.Sprintf("%d（%s）", of.Row, of.Sheet)
}

func (r *reading) keep(one *house) {
	if r.byKey == nil {
		r.byKey = map[string]*house{}
	}
	if key := r.key(one.line.Content); r.byKey[key] == nil {
		r.byKey[key] = one
	}
	r.houses = append(r.houses, one)
}

// personRow: a row is a person, and says whose household it is of. It gives the household, which the next row
// belongs to if it names none.
func (r *reading) personRow(h here, last *house) *house {
	own := func(s *slot) target {
		if s.person.some() {
			return target{}
		}
		return s.household
	}
	speaks := false // of a person
	for _, s := range r.slots {
		speaks = speaks || s.person.some() && !s.household.some() && h.row.Cell(s.key).Filled()
	}
	var content record.Content
	var without ticks
	if speaks {
		content, _, without = r.gather(h, r.person, personOf)
	} else { // what both registers know is then the household's
		own = householdOf
	}
	about, aboutCells, aboutWithout := r.gather(h, r.household, own)
	name := r.slotOf(r.person.name, personOf)
	head := r.slotOf(r.household.name, householdOf)
	begins := r.column(h, catalogue.ColumnBegins, householdOf)
	isHead := false
	if begins != nil {
		isHead = oneOf(begins.household.column.Words, h.row.Cell(begins.key).Text())
	}
	headName := about[r.household.name.Key]
	if headName == "" && isHead {
		headName = content[r.person.name.Key]
		about[r.household.name.Key] = headName
	}
	if headName != "" && nameKey(headName.String()) == nameKey(content[r.person.name.Key].String()) {
		isHead = true
	}
	if isHead && r.household.phone != nil { // the telephone beside the head's name is the household's too
		for _, s := range r.slots {
			if key := r.household.phone.Key; s.household.field == r.household.phone && s.person.some() && about[key] == "" {
				if v, code := value(r.household.phone, h.row.Cell(s.key)); code == "" && v != "" {
					about[key], aboutCells[key] = v, s
				}
			}
		}
	}
	houseID, ok := r.idIn(h, r.column(h, catalogue.ColumnID, householdOf))
	if !ok {
		return last
	}
	id, ok := r.idIn(h, r.column(h, catalogue.ColumnID, personOf))
	if !ok {
		return last
	}
	var of *house
	// A person of the register who has no household stays without one.
	alone := id != "" && houseID == "" && headName == ""
	if !alone {
		of = r.houseOf(h, last, houseID, about, aboutCells, aboutWithout)
	}
	if of == nil && !alone {
		if head == nil || h.table.Letters[head.key] == "" {
			head = begins
		}
		if head == nil || !h.row.Cell(head.key).Bad {
			r.fault(h, head, NoHousehold, "")
		}
		return last
	}
	if len(content) == 0 {
		return of // the household alone
	}
	if content[r.person.name.Key] == "" {
		if !h.row.Cell(name.key).Bad {
			r.fault(h, name, string(record.MissingField), "")
		}
		return of
	}
	m := &member{line: r.line(h, record.Person, content, without), entity: id, house: of}
	key := fmt.Sprintf("%p\n%s\n", of, nameKey(content[r.person.name.Key].String()))
	if r.person.second != nil {
		key += string(content[r.person.second.Key])
	}
	if r.seen == nil {
		r.seen = map[string]*member{}
	}
	if first := r.seen[key]; first != nil && id == "" && first.entity == "" {
		r.fault(h, name, Twice, rowOf(first.line, m.line))
		return of
	}
	r.seen[key] = m
	r.people = append(r.people, m)
	return of
}

// houseOf finds or makes the household that a person's row speaks of; nil where it speaks of none.
func (r *reading) houseOf(h here, last *house, id string, about record.Content, cells map[string]*slot, without ticks) *house {
	name := about[r.household.name.Key]
	if id != "" { // what an export wrote beside the id is there to be read by people
		for _, one := range r.houses {
			if one.entity == id {
				return one
			}
		}
		one := &house{line: r.line(h, record.Household, about, without), entity: id, named: true}
		r.keep(one)
		return one
	}
	if name == "" {
		if last != nil {
			r.complete(h, last, about, cells, without)
		}
		return last
	}
	noPlace := r.household.second == nil || about[r.household.second.Key] == ""
	if last != nil && noPlace && nameKey(last.line.Content[r.household.name.Key].String()) == nameKey(name.String()) {
		r.complete(h, last, about, cells, without)
		return last
	}
	if one := r.byKey[r.key(about)]; one != nil {
		r.complete(h, one, about, cells, without)
		return one
	}
	one := &house{line: r.line(h, record.Household, about, without)}
	r.keep(one)
	return one
}

// complete adds what a further row says of a household, and tells where rows contradict each other.
func (r *reading) complete(h here, one *house, about record.Content, cells map[string]*slot, without ticks) {
	if one.entity != "" {
		return
	}
	for _, f := range r.household.Fields {
		v := about[f.Key]
		if _, ticked := without[f.Key]; ticked {
			r.completeTicks(h, one, f, v, without[f.Key], cells)
			continue
		}
		switch old := one.line.Content[f.Key]; {
		case v == "" || v == old || f == r.household.name:
		case old == "":
			one.line.Content[f.Key] = v
		case f == r.household.second && placeKey(old.String()) == placeKey(v.String()):
		case f == r.household.phone: // the head's own number goes first
		default:
			r.fault(h, cells[f.Key], Differs, shown(f, old))
		}
	}
}

// shown is a value as a person would type it.
func shown(f *catalogue.Field, v record.Value) string {
	if f.Type == catalogue.TypeOne || f.Type == catalogue.TypeMany {
		var words []string
		for _, key := range v.Strings() {
			if c := f.Choice(key); c != nil {
				words = append(words, c.Label.ZH)
			}
		}
		return strings.Join(words, "、")
	}
	if n, ok := v.Int64(); ok {
		return strconv.FormatInt(n, 10)
	}
	return v.String()
}

func oneOf(words []string, text string) bool {
	for _, w := range words {
		if nameKey(w) == nameKey(text) {
			return true
		}
	}
	return false
}
