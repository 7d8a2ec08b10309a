package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Server is what phones talk to; the engine is one.
type Server interface {
	Sync(ctx context.Context, who engine.Who, head change.Head, lines [][]byte) (*change.Answer, error)
	Places() *record.Places
	Catalogue() *catalogue.Catalogue
}

// Options of a demo year.
type Options struct {
	Entries int
	Seed    uint64
	Until   time.Time // the year ends the day before
	Clock   *Clock    // the server's
	People  []Person  // accounts that exist
	// Open opens an account that the city needs beyond them.
	Open     func(ctx context.Context, p Person) error
	Progress func(done, all int64) // entries; may be nil
}

// Made says what a demo year came to.
type Made struct {
	Entries    int `json:"entries"`
	Households int `json:"households"`
	Persons    int `json:"persons"`
	Accounts   int `json:"accounts"`
	Approved   int `json:"approved"`
	Returned   int `json:"returned"`
	Changes    int `json:"changes"`
}

// year is a demo year being played.
type year struct {
	dice
	opt     Options
	server  Server
	weights *weights
	first   time.Time
	city    city
	opened  []Person // accounts still to open
	made    Made
}

// Generate plays a year of a city: volunteers record on their phones and send when there is signal, reviewers decide.
// All goes through the phones' protocol. The same options over the same places and catalogue give the same year.
func Generate(ctx context.Context, server Server, opt Options) (Made, error) {
	w, err := readWeights()
	if err != nil {
		return Made{}, err
	}
	if opt.Progress == nil {
		opt.Progress = func(int64, int64) {}
	}
	y := &year{dice: newDice(opt.Seed), opt: opt, server: server, weights: w, first: firstDay(opt.Until)}
	// An account whose unit is not among the places cannot work.
	y.opt.People = slices.DeleteFunc(slices.Clone(opt.People), func(p Person) bool {
		return slices.ContainsFunc(p.Seats, func(s record.Seat) bool { _, ok := server.Places().Get(s.Unit); return !ok })
	})
	y.plan()
	for _, p := range y.opened {
		if err := opt.Open(ctx, p); err != nil {
			return y.made, fmt.Errorf("open the account %s: %w", p.Login, err)
		}
		y.made.Accounts++
	}
	for day := range yearDays {
		if err := y.day(ctx, day); err != nil {
			return y.made, fmt.Errorf("day %s: %w", y.first.AddDate(0, 0, day).Format(time.DateOnly), err)
		}
		if err := ctx.Err(); err != nil {
			return y.made, err
		}
		opt.Progress(int64(y.made.Entries), int64(opt.Entries))
	}
	return y.made, nil
}

// day: reviewers in the morning, recording all day, signal in the evening.
func (y *year) day(ctx context.Context, day int) error {
	midnight := y.first.AddDate(0, 0, day)
	y.opt.Clock.set(midnight.Add(10 * time.Hour))
	weekday := midnight.Weekday() != time.Saturday && midnight.Weekday() != time.Sunday
	for _, w := range y.city.workers {
		if w.toCome == 0 || !weekday || w.toCome < 10 && day-w.since < 6 || !y.chance(y.zeal(w, day)) {
			continue
		}
		if err := y.review(ctx, w, day); err != nil {
			return err
		}
	}
	for _, w := range y.city.workers {
		if err := y.correct(w, midnight.Add(12*time.Hour)); err != nil {
			return err
		}
	}
	for _, u := range y.city.units {
		if err := y.due(u, day, midnight); err != nil {
			return err
		}
		if err := y.change(u, day, midnight); err != nil {
			return err
		}
	}
	for _, i := range y.city.days[day] {
		u := y.city.units[i]
		if u.ahead > 0 { // it was needed earlier, and made then
			u.ahead--
			continue
		}
		u.slots--
		if err := y.record(u, day, midnight, following{form: y.form(u)}); err != nil {
			return err
		}
	}
	y.opt.Clock.set(midnight.Add(20 * time.Hour))
	for _, w := range y.city.workers {
		// Some evenings there is no signal; on the last everybody finds some.
		if w.phone.Waiting() == 0 || day < yearDays-1 && !y.chance(0.45) {
			continue
		}
		if err := y.send(ctx, w, day); err != nil {
			return err
		}
	}
	return nil
}

// zeal is how likely a reviewer with something to do does it today. The last days are left to whoever tries the demo:
// nothing is decided any more in the places of the given accounts, little elsewhere.
func (y *year) zeal(w *worker, day int) float64 {
	switch {
	case day < yearDays-6:
		return 0.75
	case y.given(w):
		return 0
	}
	return 0.2
}

// due makes the entries that earlier ones ask for on their day, in the place of later ones.
func (y *year) due(u *unit, day int, midnight time.Time) error {
	for i := 0; i < len(u.next); {
		if u.next[i].day > day {
			i++
			continue
		}
		f := u.next[i]
		u.next = slices.Delete(u.next, i, i+1)
		if u.slots <= u.ahead {
			continue // the year's entries are used up
		}
		u.slots--
		u.ahead++
		if err := y.record(u, day, midnight, f); err != nil {
			return err
		}
	}
	return nil
}

// form is one that the unit's level records, by the weights.
func (y *year) form(u *unit) string {
	known := y.weights.Levels[string(u.Level)].Forms
	var m mix
	for _, form := range catalogue.Sorted(y.server.Catalogue().Forms) {
		if !form.RecordedAt(string(u.Level)) {
			continue
		}
		if i := slices.Index(known.keys, form.ID); i >= 0 {
			m.add(form.ID, known.weights[i])
		} else {
			m.add(form.ID, y.weights.UnknownForm)
		}
	}
	return y.of(m)
}
