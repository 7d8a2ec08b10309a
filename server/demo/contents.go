package demo

import (
	"slices"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Contents fills single records as the people of the demo city do, for measurements that need many.
type Contents struct {
	dice
	weights *weights
	cat     *catalogue.Catalogue
	forms   map[string]mix // by level
}

// NewContents gives the same contents for the same seed.
func NewContents(seed uint64, cat *catalogue.Catalogue) (*Contents, error) {
	w, err := readWeights()
	if err != nil {
		return nil, err
	}
	c := &Contents{dice: newDice(seed), weights: w, cat: cat, forms: map[string]mix{}}
	for level, known := range w.Levels {
		var m mix
		for i, id := range known.Forms.keys {
			if form := cat.Form(id); form != nil && form.RecordedAt(level) && !asksPersons(form) {
				m.add(id, known.Forms.weights[i])
			}
		}
		c.forms[level] = m
	}
	return c, nil
}

// asksPersons says whether a form names single persons, whom these contents do not make.
func asksPersons(form *catalogue.Form) bool {
	return slices.ContainsFunc(form.Fields, func(f *catalogue.Field) bool { return f.Type == catalogue.TypePerson && f.Required })
}

// Entry is an entry that units of the level record, about a household where the form asks for one.
func (c *Contents) Entry(level record.Level, day time.Time, household string) (*catalogue.Form, record.Content) {
	form := c.cat.Form(c.of(c.forms[string(level)]))
	return form, c.fill(form, day, household)
}

// Register is a household or person.
func (c *Contents) Register(typ record.Type, day time.Time, household string) record.Content {
	return c.fill(c.cat.Register(string(typ)), day, household)
}

func (c *Contents) fill(sheet *catalogue.Form, day time.Time, household string) record.Content {
	f := &filler{dice: c.dice, weights: c.weights, sheet: sheet, day: day, home: func(must bool) *home {
		if household == "" && !must {
			return nil
		}
		return &home{id: household}
	}}
	return f.fill(nil)
}
