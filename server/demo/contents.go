package demo

import (
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
			if form := cat.Form(id); form != nil && form.RecordedAt(level) {
				m.add(id, known.Forms.weights[i])
			}
		}
		c.forms[level] = m
	}
	return c, nil
}

// Entry is an entry that units of the level record, about a household, and persons of it, where the form asks for them.
func (c *Contents) Entry(level record.Level, day time.Time, household string, persons ...string) (*catalogue.Form, record.Content) {
	form := c.cat.Form(c.of(c.forms[string(level)]))
	return form, c.fill(form, day, household, persons)
}

// Register is a household, or a person of one.
func (c *Contents) Register(typ record.Type, day time.Time, household string) record.Content {
	return c.fill(c.cat.Register(string(typ)), day, household, nil)
}

func (c *Contents) fill(sheet *catalogue.Form, day time.Time, household string, persons []string) record.Content {
	f := &filler{dice: c.dice, weights: c.weights, sheet: sheet, day: day, home: func(must bool) *home {
		if household == "" && !must {
			return nil
		}
		return &home{id: household, persons: persons}
	}}
	return f.fill(nil)
}
