package demo

import (
	"slices"

	"niangjia/sync/phone"
	"niangjia/sync/record"
)

// worker is a person of the city with a phone.
type worker struct {
	person Person
	phone  *phone.Phone
	device string
	// toFix are her entries that came back, to be corrected on another day.
	toFix []string
	fixed map[string]string // version that she has seen returned, by entry
	// toChange are entries of hers of which something is still to come: they stay on her phone.
	toChange map[string]bool
	// toCome counts what waits for her as a reviewer, and since which day.
	toCome int
	since  int
}

// unit is a place that records.
type unit struct {
	record.Division
	recorders []*worker
	reviewer  *worker
	homes     []*home
	// roomFor is how many households the unit comes to know in the year; none above the villages.
	roomFor int
	slots   int // entries still planned
	ahead   int // entries made before their slot, because something was due
	next    []following
	changes []changing
	left    map[string]int64 // what households have left, by form and household
}

// following is an entry that an earlier one asks for.
type following struct {
	day   int
	form  string
	by    *worker // who made the earlier one
	given record.Content
	home  *home
}

// city is who works where, and when.
type city struct {
	units   []*unit
	workers []*worker
	days    [][]int32 // units that record something, day by day
}

// perVillage is about how many entries an active village makes in a year, in a city that has more villages than entries.
const perVillage = 40

// plan chooses the units that take part, gives each its people and spreads the entries over the year.
func (y *year) plan() {
	staff := map[record.Seat][]Person{}
	for _, p := range y.opt.People {
		for _, seat := range p.Seats {
			staff[seat] = append(staff[seat], p)
		}
	}
	active := y.activeVillages(staff)
	levels := map[record.Level][]*unit{}
	for _, d := range y.server.Places().All() {
		if active[d.Code] {
			u := &unit{Division: d, left: map[string]int64{}}
			y.city.units = append(y.city.units, u)
			levels[d.Level] = append(levels[d.Level], u)
		}
	}
	byAccount := map[string]*worker{}
	for _, u := range y.city.units {
		u.reviewer = y.worker(byAccount, staff, record.Reviewer, y.server.Places().Reviewing(u.Code))
	}
	for _, u := range y.city.units {
		y.recorders(u, byAccount, staff)
	}
	y.spread(levels)
}

// activeVillages are the demo accounts' own and others from all over the city, with all that lies above them.
func (y *year) activeVillages(staff map[record.Seat][]Person) map[string]bool {
	places := y.server.Places()
	byTownship := map[string][]string{}
	var townships []string
	active := map[string]bool{}
	count := 0
	for _, d := range places.All() {
		if d.Level != record.Village {
			continue
		}
		if len(staff[record.Seat{Role: record.Volunteer, Unit: d.Code}]) > 0 {
			active[d.Code] = true
			count++
			continue
		}
		if byTownship[d.Parent] == nil {
			townships = append(townships, d.Parent)
		}
		byTownship[d.Parent] = append(byTownship[d.Parent], d.Code)
	}
	y.Shuffle(len(townships), func(i, j int) { townships[i], townships[j] = townships[j], townships[i] })
	want := max(y.opt.Entries/perVillage, 8)
	for round := 0; count < want; round++ {
		found := false
		for _, t := range townships {
			if villages := byTownship[t]; round < len(villages) && count < want {
				active[villages[round]] = true
				count++
				found = true
			}
		}
		if !found {
			break
		}
	}
	for code := range active {
		for _, above := range places.Up(code) {
			active[above] = true
		}
	}
	return active
}

// worker is the first account that holds a seat, a new one where nobody does.
func (y *year) worker(known map[string]*worker, staff map[record.Seat][]Person, role record.Role, code string) *worker {
	seat := record.Seat{Role: role, Unit: code}
	people := staff[seat]
	if len(people) == 0 {
		// A unit's code says all: cun-530923101203, zhen-530923102, xian-530923, shi-5309.
		prefix, digits := "cun", code
		switch d, _ := y.server.Places().Get(code); d.Level {
		case record.Township:
			prefix, digits = "zhen", code[:9]
		case record.County:
			prefix, digits = "xian", code[:6]
		case record.City:
			prefix, digits = "shi", code[:4]
		}
		if role == record.Volunteer && prefix != "cun" {
			prefix += "-lu"
		}
		p := Person{ID: y.id(), Login: prefix + "-" + digits, Name: "演示·" + y.name(y.weights), Seats: []record.Seat{seat}}
		people = []Person{p}
		staff[seat] = people
		y.opened = append(y.opened, p)
	}
	return y.worksFor(known, people[0])
}

func (y *year) worksFor(known map[string]*worker, p Person) *worker {
	w := known[p.ID]
	if w == nil {
		w = &worker{person: p, phone: phone.New(y.server.Catalogue(), p.ID, y.id()), device: y.id(), fixed: map[string]string{}, toChange: map[string]bool{}}
		known[p.ID] = w
		y.city.workers = append(y.city.workers, w)
	}
	return w
}

// recorders of a village are its volunteers; above, the reviewer of the level records too, but nobody approves her own.
func (y *year) recorders(u *unit, known map[string]*worker, staff map[record.Seat][]Person) {
	if u.Level == record.Village {
		y.worker(known, staff, record.Volunteer, u.Code)
		for _, p := range staff[record.Seat{Role: record.Volunteer, Unit: u.Code}] {
			u.recorders = append(u.recorders, y.worksFor(known, p))
		}
		return
	}
	w := y.worker(known, staff, record.Reviewer, u.Code)
	if w == u.reviewer {
		w = y.worker(known, staff, record.Volunteer, u.Code)
	}
	u.recorders = []*worker{w}
}

// given reports whether it is an account that a visitor signs in with.
func (y *year) given(w *worker) bool {
	return slices.ContainsFunc(y.opt.People, func(p Person) bool { return p.ID == w.person.ID })
}

// spread deals the entries out to days and units.
func (y *year) spread(levels map[record.Level][]*unit) {
	var order []record.Level
	var shares []float64
	weightsOf := map[record.Level][]float64{}
	for _, level := range record.Levels {
		units := levels[level]
		if len(units) == 0 {
			continue
		}
		order, shares = append(order, level), append(shares, y.weights.Levels[string(level)].Share)
		for _, u := range units {
			busy := 0.4 + y.Float64()*1.2
			if slices.ContainsFunc(u.recorders, y.given) {
				busy = 3 // where the accounts work that a visitor signs in with, there is something to see
			}
			weightsOf[level] = append(weightsOf[level], busy)
		}
	}
	index := map[*unit]int32{}
	for i, u := range y.city.units {
		index[u] = int32(i)
	}
	perDay := make([]float64, yearDays)
	for d := range perDay {
		day := y.first.AddDate(0, 0, d)
		perDay[d] = y.weights.Months[day.Month()-1] * y.weights.Weekdays[day.Weekday()]
	}
	days, pick := running(perDay), map[record.Level]sums{}
	for level, w := range weightsOf {
		pick[level] = running(w)
	}
	y.city.days = make([][]int32, yearDays)
	for range y.opt.Entries {
		level := order[y.weighted(shares)]
		u := levels[level][pick[level].draw(y.dice)]
		d := days.draw(y.dice)
		y.city.days[d] = append(y.city.days[d], index[u])
		u.slots++
	}
	for _, units := range y.city.days {
		slices.Sort(units)
	}
	for _, u := range levels[record.Village] {
		u.roomFor = min(max(u.slots/5, 3), 80)
	}
}

// sums are running sums of weights, for draws among many.
type sums []float64

func running(weights []float64) sums {
	s := make(sums, len(weights))
	sum := 0.0
	for i, w := range weights {
		sum += w
		s[i] = sum
	}
	return s
}

func (s sums) draw(d dice) int {
	i, _ := slices.BinarySearch(s, d.Float64()*s[len(s)-1])
	return min(i, len(s)-1)
}
