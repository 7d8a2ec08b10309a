package registers

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// maxCandidates is how many records a doubtful line is compared with at most.
const maxCandidates = 5

// nameKey is a name without what people type differently in it.
func nameKey(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return r
	}, s))
}

var numerals = strings.NewReplacer("一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9", "十", "10", "第", "")

// placeKey is an address without what people type differently in it: 第一组 12 号 is 1组12号.
func placeKey(s string) string { return nameKey(numerals.Replace(s)) }

// phoneKeys are the telephones in a value, long enough to tell people apart.
func phoneKeys(v record.Value) []string {
	return slices.DeleteFunc(strings.FieldsFunc(v.String(), func(r rune) bool { return r < '0' || r > '9' }), func(s string) bool { return len(s) < 7 })
}

// sound is how a name is said, without tones: 王晓红 and 王小红 are said alike.
func sound(name string) string {
	args := pinyin.NewArgs()
	args.Fallback = func(r rune, _ pinyin.Args) []string { return []string{string(r)} }
	var b strings.Builder
	for _, s := range pinyin.Pinyin(nameKey(name), args) {
		b.WriteString(s[0])
		b.WriteByte(' ')
	}
	return b.String()
}

// matching compares a file with the register.
type matching struct {
	*layout
	plan    *Plan
	choices Choices
	byID    map[string]*record.Record

	named, sounding, phoned map[string][]*record.Record // households
	members                 map[string][]*record.Record // persons by their household
	people                  map[string][]*record.Record // persons by name and second field
	taken                   map[string]*Line
}

func newMatching(l *layout, p *Plan, present []*record.Record, choices Choices) *matching {
	m := &matching{layout: l, plan: p, choices: choices, byID: map[string]*record.Record{}, taken: map[string]*Line{},
		named: map[string][]*record.Record{}, sounding: map[string][]*record.Record{}, phoned: map[string][]*record.Record{},
		members: map[string][]*record.Record{}, people: map[string][]*record.Record{}}
	for _, r := range present {
		m.byID[r.ID] = r
		if r.Type == record.Person {
			home := r.Content[l.link.Key].String()
			m.members[home] = append(m.members[home], r)
			if key := m.personKey(r.Content); key != "" {
				m.people[key] = append(m.people[key], r)
			}
			continue
		}
		name := r.Content[l.household.name.Key].String()
		m.named[nameKey(name)] = append(m.named[nameKey(name)], r)
		m.sounding[sound(name)] = append(m.sounding[sound(name)], r)
		for _, f := range l.household.Fields {
			if f.Type == catalogue.TypePhone {
				for _, key := range phoneKeys(r.Content[f.Key]) {
					m.phoned[key] = append(m.phoned[key], r)
				}
			}
		}
	}
	return m
}

// personKey is by what a person who moved is known again; "" where too little is known.
func (m *matching) personKey(c record.Content) string {
	if m.person.second == nil || c[m.person.second.Key] == "" {
		return ""
	}
	return nameKey(c[m.person.name.Key].String()) + "\n" + string(c[m.person.second.Key])
}

func (m *matching) place(c record.Content) string {
	if m.household.second == nil {
		return ""
	}
	return placeKey(c[m.household.second.Key].String())
}

func (m *matching) households(houses []*house) {
	for _, h := range houses {
		l := h.line
		switch rec := m.byID[h.entity]; {
		case h.entity != "" && (rec == nil || rec.Type != record.Household):
			m.plan.Faults = append(m.plan.Faults, &Fault{Code: UnknownID, Sheet: l.Sheet, Row: l.Row})
			continue
		case h.named:
			l.What, l.Entity, l.present = Same, rec.ID, rec
			continue // only persons' rows speak of it: nothing of it is imported
		case h.entity != "":
			m.settle(l, rec)
		default:
			m.oneHouse(l)
		}
		m.plan.Lines = append(m.plan.Lines, l)
	}
	m.names(houses)
}

// oneHouse matches a household's line without an id.
func (m *matching) oneHouse(l *Line) {
	name, place := nameKey(l.Content[m.household.name.Key].String()), m.place(l.Content)
	var exact []*record.Record
	for _, r := range m.named[name] {
		if m.place(r.Content) == place {
			exact = append(exact, r)
		}
	}
	// A file that only has the heads' names means the one of that name.
	if place == "" && len(exact) == 0 && len(m.named[name]) == 1 {
		exact = m.named[name]
	}
	if len(exact) == 1 {
		m.settle(l, exact[0])
		return
	}
	for _, r := range m.named[name] {
		m.candidate(l, r, SameName)
	}
	if m.household.phone != nil {
		for _, key := range phoneKeys(l.Content[m.household.phone.Key]) {
			for _, r := range m.phoned[key] {
				m.candidate(l, r, SamePhone)
			}
		}
	}
	for _, r := range m.sounding[sound(name)] {
		if p := m.place(r.Content); nameKey(r.Content[m.household.name.Key].String()) != name && (p == place || p == "" || place == "") {
			m.candidate(l, r, SoundsAlike)
		}
	}
	m.choose(l)
}

func (m *matching) candidate(l *Line, r *record.Record, why Why) {
	at := slices.IndexFunc(l.Candidates, func(c Candidate) bool { return c.Entity == r.ID })
	if at < 0 {
		if len(l.Candidates) == maxCandidates {
			return
		}
		l.Candidates = append(l.Candidates, Candidate{Entity: r.ID, Content: r.Content})
		at = len(l.Candidates) - 1
	}
	if !slices.Contains(l.Candidates[at].Why, why) {
		l.Candidates[at].Why = append(l.Candidates[at].Why, why)
	}
}

// choose settles a line that may be one of its candidates, by what somebody said.
func (m *matching) choose(l *Line) {
	said := m.choices.Same[l.ID]
	switch at := slices.IndexFunc(l.Candidates, func(c Candidate) bool { return c.Entity == said }); {
	case len(l.Candidates) == 0, said == AsNew:
		l.What = Added
	case at >= 0:
		m.settle(l, m.byID[said])
	default:
		l.What = Doubtful
	}
}

// settle says that a line is a record, and what it has otherwise. A cell that is empty says nothing: what the register
// has stays.
func (m *matching) settle(l *Line, r *record.Record) {
	if first := m.taken[r.ID]; first != nil {
		m.plan.Faults = append(m.plan.Faults, &Fault{Code: TakenTwice, Sheet: l.Sheet, Row: l.Row, Value: rowOf(first, l)})
	}
	m.taken[r.ID] = l
	l.Entity, l.present, l.What = r.ID, r, Same
	reg := m.household
	if l.Type == record.Person {
		reg = m.person
	}
	for _, f := range reg.Fields {
		now := r.Content[f.Key]
		v := l.without.over(f.Key, now, l.Content[f.Key])
		_, ticked := l.without[f.Key]
		if v == "" && !ticked || v == now || f == reg.name && nameKey(v.String()) == nameKey(now.String()) ||
			f == m.household.second && placeKey(v.String()) == placeKey(now.String()) {
			continue
		}
		l.What = Changed
		l.Changes = append(l.Changes, Difference{Field: f.Key, Present: now, File: v})
	}
}

func (m *matching) persons(people []*member) {
	for _, p := range people {
		l := p.line
		m.plan.Lines = append(m.plan.Lines, l)
		var home *Line
		if p.house != nil {
			if home = p.house.line; home.What == Doubtful || home.What == "" { // without an answer it has a fault
				l.What = Waiting
				continue
			}
			l.Household = home.Entity
			l.Content[m.link.Key] = record.Text(home.Entity)
		}
		switch rec := m.byID[p.entity]; {
		case p.entity != "" && (rec == nil || rec.Type != record.Person):
			m.plan.Faults = append(m.plan.Faults, &Fault{Code: UnknownID, Sheet: l.Sheet, Row: l.Row})
			l.What = Waiting
		case p.entity != "":
			m.settle(l, rec)
		default:
			m.somebody(l, home)
		}
	}
}

// somebody matches a person without an id, whose household is known.
func (m *matching) somebody(l *Line, home *Line) {
	name := nameKey(l.Content[m.person.name.Key].String())
	second := func(c record.Content) record.Value {
		if m.person.second == nil {
			return ""
		}
		return c[m.person.second.Key]
	}
	mine := second(l.Content)
	var same, alike []*record.Record
	for _, r := range m.members[home.Entity] {
		theirs := second(r.Content)
		fits := mine == "" || theirs == "" || mine == theirs
		switch n := nameKey(r.Content[m.person.name.Key].String()); {
		case n == name && fits:
			same = append(same, r)
		case n == name:
			alike = append(alike, r)
		case fits && sound(n) == sound(name):
			alike = append(alike, r)
		}
	}
	if len(same) == 1 {
		m.settle(l, same[0])
		return
	}
	for _, r := range same {
		m.candidate(l, r, SameName)
	}
	for _, r := range alike {
		why := SoundsAlike
		if nameKey(r.Content[m.person.name.Key].String()) == name {
			why = SameName
		}
		m.candidate(l, r, why)
	}
	if key := m.personKey(l.Content); key != "" {
		for _, r := range m.people[key] { // has moved, or is in two households' lists
			m.candidate(l, r, SameName)
		}
	}
	m.choose(l)
}

// names tells the households that persons' lines speak of.
func (m *matching) names(houses []*house) {
	for _, h := range houses {
		if h.line.What == Added {
			m.plan.Names[h.line.Entity] = m.called(h.line.Content)
		}
	}
	for _, r := range m.byID {
		if r.Type == record.Household {
			m.plan.Names[r.ID] = m.called(r.Content)
		}
	}
}

// called is a household's name and where it lives.
func (m *matching) called(c record.Content) string {
	s := c[m.household.name.Key].String()
	if m.household.second != nil {
		if place := c[m.household.second.Key].String(); place != "" {
			s += " · " + place
		}
	}
	return s
}
