package registers

import (
	"errors"
	"slices"
	"strconv"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// target is what a column of a file means in one register: a field, or a column that is no field.
type target struct {
	field  *catalogue.Field
	choice *catalogue.Choice // of the field, which has a column of its own
	column *catalogue.Column
}

func (t target) some() bool { return t.field != nil || t.column != nil }

// slot is a column of a file. Where both registers know its heading, both are set.
type slot struct {
	key               string
	headings          []string
	household, person target
}

// register is one of the two, by what its fields are for.
type register struct {
	*catalogue.Form
	name   *catalogue.Field // what a record is called
	second *catalogue.Field // tells two of one name apart; nil where there is none
	phone  *catalogue.Field // nil where there is none
}

func registerOf(cat *catalogue.Catalogue, typ record.Type) (*register, error) {
	form := cat.Register(string(typ))
	if form == nil {
		return nil, errors.New("the catalogue has no register " + string(typ))
	}
	r := &register{Form: form, name: form.Field(form.Summary[0])}
	if len(form.Summary) > 1 {
		r.second = form.Field(form.Summary[1])
	}
	for _, f := range form.Fields {
		if f.Type == catalogue.TypePhone {
			r.phone = f
			break
		}
	}
	return r, nil
}

// layout is which columns a file may have.
type layout struct {
	household, person *register
	link              *catalogue.Field // of a person: its household
	slots             []*slot
}

func layoutOf(cat *catalogue.Catalogue) (*layout, error) {
	var l layout
	var err error
	if l.household, err = registerOf(cat, record.Household); err != nil {
		return nil, err
	}
	if l.person, err = registerOf(cat, record.Person); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(l.person.Fields, func(f *catalogue.Field) bool { return f.Type == catalogue.TypeHousehold })
	if at < 0 {
		return nil, errors.New("the register of persons has no field for the household")
	}
	l.link = l.person.Fields[at]
	owner := map[string]int{} // heading to its slot
	l.add(l.household, owner, func(s *slot) *target { return &s.household })
	l.add(l.person, owner, func(s *slot) *target { return &s.person })
	return &l, nil
}

// enterable are the types of fields that a cell can hold.
var enterable = []string{catalogue.TypeText, catalogue.TypeLongText, catalogue.TypePhone, catalogue.TypeInteger,
	catalogue.TypeMoney, catalogue.TypeDecimal, catalogue.TypeDate, catalogue.TypeMonth, catalogue.TypeOne, catalogue.TypeMany, catalogue.TypeYesNo}

// add gives each heading of a register its slot. A heading that the other register knows too is split off into a slot
// of its own that both share.
func (l *layout) add(r *register, owner map[string]int, in func(*slot) *target) {
	put := func(t target, headings []string) {
		own := &slot{}
		*in(own) = t
		for _, h := range headings {
			at, taken := owner[h]
			if !taken {
				own.headings = append(own.headings, h)
				continue
			}
			other := l.slots[at]
			if in(other).some() {
				continue // known to this register under another field: the first one has it
			}
			shared := slices.IndexFunc(l.slots, func(s *slot) bool {
				return s.household == other.household && *in(s) == t
			})
			if shared < 0 {
				both := *other
				*in(&both) = t
				both.headings = nil
				l.slots = append(l.slots, &both)
				shared = len(l.slots) - 1
			}
			other.headings = slices.DeleteFunc(slices.Clone(other.headings), func(x string) bool { return x == h })
			l.slots[shared].headings = append(l.slots[shared].headings, h)
			owner[h] = shared
		}
		if len(own.headings) > 0 {
			l.slots = append(l.slots, own)
			for _, h := range own.headings {
				owner[h] = len(l.slots) - 1
			}
		}
	}
	for _, f := range r.Fields {
		if !f.Hidden && slices.Contains(enterable, f.Type) {
			put(target{field: f}, append([]string{f.Label.ZH}, f.Headings...))
		}
	}
	for _, f := range r.Fields { // after all fields: a heading that a field has is that field's
		if f.Hidden || f.Type != catalogue.TypeMany {
			continue
		}
		for _, c := range f.Choices {
			put(target{field: f, choice: c}, append([]string{c.Label.ZH}, c.Headings...))
		}
	}
	for _, c := range r.Columns {
		put(target{column: c}, c.Headings)
	}
}

// want is what the reader of spreadsheets looks for: rows of households, or rows of persons with their household.
func (l *layout) want() sheet.Want {
	w := sheet.Want{Rows: MaxRows}
	var head, name, begins string
	for i, s := range l.slots {
		s.key = strconv.Itoa(i)
		if len(s.headings) == 0 {
			continue
		}
		w.Columns = append(w.Columns, sheet.Column{Key: s.key, Headings: s.headings})
		switch {
		case s.household.field == l.household.name:
			head = s.key
		case s.person.field == l.person.name:
			name = s.key
		case s.household.column != nil && s.household.column.As == catalogue.ColumnBegins:
			begins = s.key
		}
	}
	w.Layouts = [][]string{{head}}
	if begins != "" {
		w.Layouts = append(w.Layouts, []string{name, begins})
	}
	return w
}
