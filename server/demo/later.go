package demo

import (
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// changing is what becomes of an entry on a later day: it is closed, ends, or goes a step on.
type changing struct {
	day    int
	by     *worker
	entity string
	rule   later
	tries  int
}

// plans draws what becomes of an entry with this content, if anything.
func (y *year) plans(u *unit, w *worker, day int, form *catalogue.Form, id string, content record.Content) {
	for _, rule := range y.weights.Later[form.ID] {
		if rule.When != "" && !y.weights.condition(form, rule.When).Match(content) || !y.chance(rule.Share) {
			continue
		}
		in := day + int(y.between(int64(rule.Days[0]), int64(rule.Days[1])))
		if in < yearDays {
			u.changes = append(u.changes, changing{day: in, by: w, entity: id, rule: rule})
			w.toChange[id] = true
		}
		return
	}
}

// change does what has come due for entries of the unit. An entry that is not approved yet waits some days.
func (y *year) change(u *unit, day int, midnight time.Time) error {
	due := u.changes
	u.changes = nil
	for _, c := range due {
		r := c.by.phone.Record(c.entity)
		switch {
		case c.day > day:
			u.changes = append(u.changes, c)
			continue
		case r != nil && r.State == review.Approved:
		case c.tries < 5:
			c.day, c.tries = day+5, c.tries+1
			u.changes = append(u.changes, c)
			continue
		default:
			delete(c.by.toChange, c.entity)
			continue
		}
		delete(c.by.toChange, c.entity)
		if err := y.goOn(u, c, day, midnight, r); err != nil {
			return err
		}
	}
	return nil
}

func (y *year) goOn(u *unit, c changing, day int, midnight time.Time, r *record.Record) error {
	form := y.server.Catalogue().Form(r.Form)
	content, fields := record.Content{}, record.Content{}
	for key, v := range r.Content {
		content[key] = v
	}
	put := func(key string, v record.Value) { content[key], fields[key] = v, v }
	for key, choice := range c.rule.Set {
		put(key, record.Text(choice))
	}
	f := y.filler(form, midnight, func(bool) *home { return nil })
	for _, key := range c.rule.Fill {
		if field := form.Field(key); field != nil && field.Shown(content) {
			put(key, f.value(field, content))
		}
	}
	if len(form.Missing(content)) > 0 || len(form.Broken(content)) > 0 {
		return nil // a change that came before something that it cannot come before
	}
	at := instant(midnight.Add(8*time.Hour + time.Duration(y.IntN(10*60))*time.Minute))
	if err := c.by.phone.Patch(at, c.entity, phone.Edit{Fields: fields}); err != nil {
		return err
	}
	u.reviewer.came(day)
	y.plans(u, c.by, day, form, c.entity, content)
	return nil
}

// kept names the balance that a content belongs to, "" where its form keeps none.
func kept(form *catalogue.Form, content record.Content) string {
	if form.Balance == nil || content[form.Balance.Of] == "" {
		return ""
	}
	return form.ID + " " + content[form.Balance.Of].String()
}

// adds is what a content adds to its balance.
func adds(form *catalogue.Form, content record.Content) int64 {
	if form.Balance == nil {
		return 0
	}
	n, _ := content[form.Balance.Value].Int64()
	if form.Balance.Spent.Match(content) {
		return -n
	}
	return n
}
