package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// reading gathers the persons of a table. Rows of one telephone, or of one name at one unit, are one person.
type reading struct {
	service *Service
	m       *manager
	table   *sheet.Table
	units   *record.UnitNames
	known   []holder
	plan    *Plan
	people  []*person
}

type person struct {
	row   int
	name  string
	phone string
	cell  string // of the telephone
	seats []record.Seat
}

func (r *reading) fault(code FaultCode, row sheet.Row, cell sheet.Cell, column, value string) {
	name := cell.Name
	if name == "" && r.table.Letters[column] != "" {
		name = fmt.Sprintf("%s%d", r.table.Letters[column], row.Number)
	}
	at := sheet.Fault{Sheet: r.table.Sheet, Row: row.Number, Cell: name}
	sentence := faultSentences[code]
	if strings.Contains(sentence, "%s") {
		sentence = fmt.Sprintf(sentence, value)
	}
	r.plan.Faults = append(r.plan.Faults, Fault{string(code), r.table.Sheet, row.Number, name, value, at.Place() + "：" + sentence})
}

func (r *reading) row(row sheet.Row) {
	unitCell, nameCell, roleCell, phoneCell := row.Cell("unit"), row.Cell("name"), row.Cell("role"), row.Cell("phone")
	if unitCell.Bad || nameCell.Bad || roleCell.Bad || phoneCell.Bad {
		return // each has its fault in the table's list
	}
	name := strings.Join(strings.Fields(nameCell.Text()), " ")
	if name == "" {
		r.plan.Nameless++
		return
	}
	if len([]rune(name)) > 50 {
		r.fault(NameTooLong, row, nameCell, "name", "")
		return
	}
	unit, bad := r.units.Find(unitCell.Text())
	if bad != "" {
		r.fault(FaultCode(bad), row, unitCell, "unit", unitCell.Text())
		return
	}
	seats, ok := r.roles(row, roleCell, unit)
	if !ok {
		return
	}
	phone := phoneCell.Digits()
	if phone != "" && !mobile.MatchString(phone) {
		r.fault(PhoneWrong, row, phoneCell, "phone", phoneCell.Text())
		return
	}
	r.add(row, phoneCell, &person{row.Number, name, phone, phoneCell.Name, seats})
}

// roles reads one cell of roles; in a village nothing written means the volunteer, whom nearly every village has.
func (r *reading) roles(row sheet.Row, cell sheet.Cell, unit string) (seats []record.Seat, ok bool) {
	texts := slices.DeleteFunc(between.Split(cell.Text(), -1), func(s string) bool { return s == "" })
	if len(texts) == 0 {
		if d, _ := r.m.places.Get(unit); d.Level != record.Village {
			r.fault(RoleMissing, row, cell, "role", "")
			return nil, false
		}
		texts = []string{"志愿者"}
	}
	for _, text := range texts {
		role, known := roleNames[strings.ToLower(text)]
		seat := record.Seat{Role: role, Unit: unit}
		switch {
		case !known:
			r.fault(RoleUnknown, row, cell, "role", text)
			return nil, false
		case !MayGive(r.m.Actor, r.m.places, seat):
			r.fault(RoleBeyond, row, cell, "role", text)
			return nil, false
		}
		if !slices.Contains(seats, seat) {
			seats = append(seats, seat)
		}
	}
	return seats, true
}

func (r *reading) add(row sheet.Row, phoneCell sheet.Cell, p *person) {
	for _, q := range r.people {
		samePhone := p.phone != "" && p.phone == q.phone
		if samePhone && p.name != q.name {
			r.fault(PhoneTwice, row, phoneCell, "phone", p.phone)
			return
		}
		sameUnit := p.name == q.name && p.seats[0].Unit == q.seats[0].Unit && (p.phone == "" || q.phone == "" || samePhone)
		if !samePhone && !sameUnit {
			continue
		}
		if q.phone == "" {
			q.phone, q.cell = p.phone, p.cell
		}
		for _, seat := range p.seats {
			if !slices.Contains(q.seats, seat) {
				q.seats = append(q.seats, seat)
			}
		}
		return
	}
	r.people = append(r.people, p)
}

// decide says for each person whether she is known.
func (r *reading) decide(ctx context.Context) error {
	taken := map[string]bool{}
	for _, p := range r.people {
		row := PlanRow{Row: p.row, Name: p.name, Seats: p.seats, Kind: RowNew}
		match, namesake := r.match(p)
		switch {
		case match != nil && match.Name != p.name:
			r.plan.Faults = append(r.plan.Faults, Fault{string(PhoneTaken), r.table.Sheet, p.row, p.cell, p.phone,
				(&sheet.Fault{Sheet: r.table.Sheet, Row: p.row, Cell: p.cell}).Place() + "：" + fmt.Sprintf(faultSentences[PhoneTaken], p.phone)})
			continue
		case match != nil:
			row.Known, row.Kind = match.Login, RowExisting
			all := slices.Clone(match.Seats)
			var gave []record.Seat
			for _, seat := range p.seats {
				if !slices.Contains(all, seat) {
					all, gave = append(all, seat), append(gave, seat)
				}
			}
			if len(gave) > 0 && match.ID != r.m.Account {
				row.Kind = RowSeat
				r.plan.seats = append(r.plan.seats, record.Actor{Account: match.ID, Seats: all})
				r.plan.gave = append(r.plan.gave, gave)
			}
		default:
			if namesake != "" {
				row.Kind, row.Known = RowDoubtful, namesake
			}
			login := p.phone
			if login == "" {
				var err error
				if login, err = r.service.freeLogin(ctx, p.seats[0].Unit, taken); err != nil {
					return err
				}
			}
			taken[login] = true
			r.plan.open = append(r.plan.open, NewAccount{Login: login, Name: p.name, Seats: p.seats, Invited: true})
		}
		r.plan.Rows = append(r.plan.Rows, row)
	}
	return nil
}

// match finds the account that a person has: by her telephone, or by her name where she has a seat at one of the units.
// namesake is somebody of that name elsewhere within reach.
func (r *reading) match(p *person) (match *holder, namesake string) {
	for i := range r.known {
		h := &r.known[i]
		if p.phone != "" && h.Login == p.phone {
			return h, ""
		}
		if h.Name != p.name || !Sees(r.m.Actor, r.m.places, h.Actor) {
			continue
		}
		here := slices.ContainsFunc(h.Seats, func(seat record.Seat) bool {
			return slices.ContainsFunc(p.seats, func(wanted record.Seat) bool { return wanted.Unit == seat.Unit })
		})
		if here && h.Active && match == nil {
			match = h
		} else {
			namesake = h.Login
		}
	}
	if match != nil {
		return match, ""
	}
	return nil, namesake
}
