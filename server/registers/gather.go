package registers

import (
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// gather reads a row's cells for one register. mine says which slots are meant; cells has where a value stands.
func (r *reading) gather(h here, reg *register, mine func(*slot) target) (content record.Content, cells map[string]*slot, without ticks) {
	content, cells, without = record.Content{}, map[string]*slot{}, ticks{}
	var before string
	var late []func()
	for _, s := range r.slots {
		t, c := mine(s), h.row.Cell(s.key)
		if !t.some() || !c.Filled() || c.Bad {
			continue
		}
		if t.choice != nil {
			late = append(late, func() { r.tick(h, s, t, content, cells, without) })
			continue
		}
		if t.field != nil {
			v, code := value(t.field, c)
			if code == "" && v != "" {
				if _, bad := reg.Normalise(record.Content{t.field.Key: v}); bad != nil {
					code = string(bad.Code)
				}
			}
			if code != "" {
				r.fault(h, s, code, c.Text())
				continue
			}
			if t.field == reg.name {
				v = squeezed(v)
			}
			if v != "" {
				content[t.field.Key], cells[t.field.Key] = v, s
			}
			continue
		}
		fill := func(key string, v record.Value) {
			if content[key] == "" {
				content[key], cells[key] = v, s
			}
		}
		switch col := t.column; col.As {
		case catalogue.ColumnBefore:
			if before = strings.Join(strings.Fields(c.Text()), ""); before != "" && strings.Trim(before, "0123456789") == "" {
				before += col.Suffix
			}
			late = append(late, func() {
				if here := content[col.Of].String(); !strings.HasPrefix(here, before) {
					content[col.Of] = record.Text(before + here)
				}
				cells[col.Of] = s
			})
		case catalogue.ColumnYear:
			year, ok := yearOf(c)
			if !ok {
				r.fault(h, s, string(record.BadDate), c.Text())
				continue
			}
			late = append(late, func() { fill(col.Of, record.Int(year)) })
		case catalogue.ColumnIDNumber:
			who, ok := citizenOf(c)
			if !ok {
				r.fault(h, s, BadIDNumber, "")
				continue
			}
			r.plan.IDNumbers++
			late = append(late, func() {
				fill(col.Of, record.Int(who.year))
				if p := col.Parity; p != nil && who.sex {
					key := p.Even
					if who.odd {
						key = p.Odd
					}
					fill(p.Field, record.Text(key))
				}
			})
		}
	}
	for _, f := range late { // after the fields themselves
		f()
	}
	for key, s := range cells {
		if content[key] == "" { // a column of one choice says no
			continue
		}
		if _, bad := reg.Normalise(record.Content{key: content[key]}); bad != nil {
			r.fault(h, s, string(bad.Code), h.row.Cell(s.key).Text())
			delete(content, key)
		}
	}
	return content, cells, without
}
