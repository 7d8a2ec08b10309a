package engine

import (
	"bytes"
	"errors"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// Beside the figures a dashboard asks for numbers of the work itself. They are kept in the transaction that changes them, as
// totals are (T2), so that no dashboard goes through entries (T19): docs/decisions/0049-the-dashboard.md.

// DayCell is where something is kept by the day: of an indicator what its plain wholes add up to in a unit with all below
// it, of "" how many entries count there (Value), and of the unit by itself how many that everybody may know of were done
// that day (Entries). Villages have "" alone: of one village the entries of some days are few.
type DayCell struct{ Unit, Day, Indicator string }

// SentDay is how many entries that wait were sent on a day.
type SentDay struct {
	Day     string
	Entries int64
}

// Worked is a record that a number of work counts in its unit, and how often: an entry may be sent back twice. Form is "" of
// a household or person, Month 0 where the number stands in none.
type Worked struct {
	Indicator, Unit string
	Month           int
	Entity, Form    string
	N               int64
}

// What is kept among the totals under names that no indicator has. Value and entries of each are said here.
const (
	// WorkDecided: by the month in which an entry arrived, decisions on what was sent, and of these those that sent it back.
	WorkDecided = "work:decided"
	// WorkReturned: those that sent it back, record by record (Worked); their number is the value of WorkDecided.
	WorkReturned = "work:returned"
	// WorkFlagged: by the same month, entries that say something odd (S9, S25).
	WorkFlagged = "work:flagged"
	// WorkConflicts: records with values that wait for somebody to choose (M4). They stand now, in no month.
	WorkConflicts = "work:conflicts"
	// WorkCounted: of some days, at most a week, entries that count (DayCell of "", T19).
	WorkCounted = "work:counted"
	// WorkWaiting: kept by the day on which they were sent, entries that wait for a decision.
	WorkWaiting = "work:waiting"
)

// work is one number that a record is part of, in its unit and in all above, or in its unit alone.
type work struct {
	unit, indicator, day string
	month                int
	value, entries       int64
	alone                bool
}

// workOf is what a record adds to the numbers of work, as it is.
func workOf(r *record.Record) (out []work) {
	if r == nil {
		return nil
	}
	if len(r.Conflicts) > 0 {
		out = append(out, work{unit: r.Unit, indicator: WorkConflicts, entries: 1})
	}
	if r.Type != record.Entry {
		return out
	}
	if Waits(r.State) {
		out = append(out, work{unit: r.Unit, indicator: WorkWaiting, day: Day(r.SubmittedAt), entries: 1})
	}
	if r.Counts() {
		out = append(out, work{unit: r.Unit, day: r.Approved[catalogue.KeyOccurredOn].String(), value: 1})
	}
	if access.Unsubmitted(r) || !holds(r.State) {
		return out
	}
	if len(r.Flags) > 0 {
		out = append(out, work{unit: r.Unit, indicator: WorkFlagged, month: arrived(r), entries: 1})
	}
	if !r.Sensitive { // a village that is no longer silent would tell of it
		out = append(out, work{unit: r.Unit, day: r.Content[catalogue.KeyOccurredOn].String(), entries: 1, alone: true})
	}
	return out
}

// holds reports whether an entry in this state says that something was done.
func holds(s review.State) bool { return s != review.Withdrawn && s != review.Voided }

func arrived(r *record.Record) int { return totals.MonthOf(Day(r.CreatedAt)) }

func putWork(tx Tx, list []work, sign int64, places *record.Places) error {
	for _, w := range list {
		units := places.Up(w.unit)
		if w.alone {
			units = []string{w.unit}
		}
		for _, unit := range units {
			var err error
			if w.day != "" || w.indicator == "" {
				err = tx.AddDay(DayCell{Unit: unit, Day: w.day, Indicator: w.indicator}, sign*w.value, sign*w.entries)
			} else {
				err = tx.AddTotal(totals.Cell{Unit: unit, Indicator: w.indicator}, w.month, sign*w.value, sign*w.entries)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// workedOf is what a record is listed behind, as it is: decisions apart, which no record says.
func workedOf(r *record.Record) (out []Worked) {
	if r == nil {
		return nil
	}
	if len(r.Conflicts) > 0 {
		out = append(out, Worked{Indicator: WorkConflicts, Unit: r.Unit, Entity: r.ID, Form: entryForm(r), N: 1})
	}
	if r.Type == record.Entry && len(r.Flags) > 0 && !access.Unsubmitted(r) && holds(r.State) {
		out = append(out, Worked{Indicator: WorkFlagged, Unit: r.Unit, Month: arrived(r), Entity: r.ID, Form: r.Form, N: 1})
	}
	return out
}

// entryForm is the form of an entry, "" of a register's record.
func entryForm(r *record.Record) string {
	if r.Type != record.Entry {
		return ""
	}
	return r.Form
}

func (s *session) listWork(before, rec *record.Record) error {
	was, is := workedOf(before), workedOf(rec)
	if slices.Equal(was, is) {
		return nil
	}
	for _, w := range was {
		w.N = -w.N
		if err := s.tx.AddWorked(w); err != nil {
			return err
		}
	}
	for _, w := range is {
		if err := s.tx.AddWorked(w); err != nil {
			return err
		}
	}
	return nil
}

// countWork keeps the numbers of work with a record that changes.
func (s *session) countWork(before, rec *record.Record) error {
	if err := s.listWork(before, rec); err != nil {
		return err
	}
	was, is := workOf(before), workOf(rec)
	kept := 0 // of what is the same as before nothing is written
	for kept < min(len(was), len(is)) && was[kept] == is[kept] {
		kept++
	}
	if err := putWork(s.tx, was[kept:], -1, s.world.places); err != nil {
		return err
	}
	return putWork(s.tx, is[kept:], +1, s.world.places)
}

// countDecision notes that an entry was decided on.
func (s *session) countDecision(rec *record.Record, event review.Event) error {
	at := Worked{Indicator: WorkDecided, Unit: rec.Unit, Month: arrived(rec), Entity: rec.ID, Form: rec.Form, N: 1}
	if err := s.tx.AddWorked(at); err != nil {
		return err
	}
	if at.Indicator, at.N = WorkReturned, sentBack(event); at.N > 0 {
		if err := s.tx.AddWorked(at); err != nil {
			return err
		}
	}
	return addDecisions(s.tx, s.world.places.Up(rec.Unit), arrived(rec), sentBack(event), 1)
}

func addDecisions(tx Tx, units []string, month int, back, all int64) error {
	for _, unit := range units {
		if err := tx.AddTotal(totals.Cell{Unit: unit, Indicator: WorkDecided}, month, back, all); err != nil {
			return err
		}
	}
	return nil
}

// decides reports whether an event decides on what was sent.
func decides(e review.Event) bool {
	return e == review.Approve || e == review.Return || e == review.Refuse
}

func sentBack(e review.Event) int64 {
	if e == review.Approve {
		return 0
	}
	return 1
}

// countDays keeps what contributions add up to by the day.
func countDays(tx Tx, list []totals.Contribution, sign int64, places *record.Places) error {
	for _, c := range list {
		if c.Kind() != totals.Plain || c.Group != "" {
			continue
		}
		for _, unit := range dayUnits(places, c.Unit) {
			if err := tx.AddDay(DayCell{Unit: unit, Day: c.Day, Indicator: c.Indicator}, sign*c.Value, sign); err != nil {
				return err
			}
		}
	}
	return nil
}

// dayUnits are the units in which what an indicator adds up to is kept by the day.
func dayUnits(places *record.Places, unit string) []string {
	up := places.Up(unit)
	if d, _ := places.Get(unit); d.Level == record.Village && len(up) > 0 {
		return up[1:]
	}
	return up
}

// moveDays takes along what is kept by the day of entries that count, and decisions, where units have moved.
func (s *session) moveDays(counted []string, entries []*record.Record, before *record.Places) error {
	for _, id := range counted {
		list, err := s.tx.Contributions(id)
		if err != nil {
			return err
		}
		if err := errors.Join(countDays(s.tx, list, -1, before), countDays(s.tx, list, +1, s.world.places)); err != nil {
			return err
		}
	}
	for _, rec := range entries {
		back, all, err := decisionsOf(s.tx, rec.ID)
		if err != nil {
			return err
		}
		if all == 0 {
			continue
		}
		month := arrived(rec)
		if err := errors.Join(addDecisions(s.tx, before.Up(rec.Unit), month, -back, -all), addDecisions(s.tx, s.world.places.Up(rec.Unit), month, back, all)); err != nil {
			return err
		}
	}
	return nil
}

// decisionsOf counts the decisions on an entry from its lines, and those of them that sent it back.
func decisionsOf(r Reader, entity string) (back, all int64, err error) {
	lines, err := r.History(entity)
	for _, l := range lines {
		if event := decisionIn(l); event != "" {
			back, all = back+sentBack(event), all+1
		}
	}
	return back, all, err
}

// A line that has neither the word nor an escape, which may stand for a letter of it, is no transition.
var transitionWord, escape = []byte(change.Transition), []byte{'\\'}

// decisionIn is the decision that a line of the ledger was and that came into force; "" where it was none.
func decisionIn(l Line) review.Event {
	if l.Account == "" || l.Outcome.Outcome != change.Applied {
		return ""
	}
	if !bytes.Contains(l.Bytes, transitionWord) && !bytes.Contains(l.Bytes, escape) { // reading a line takes long
		return ""
	}
	p := prepare(l.Bytes)
	if p.change == nil || p.change.Kind != change.Transition || !decides(p.change.Event) {
		return ""
	}
	return p.change.Event
}
