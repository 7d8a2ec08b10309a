package engine

import (
	"slices"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Bounds beyond which a date or a clock is flagged (S9).
const (
	oldestDays = 400
	clockOff   = record.DayMS
)

// beijing is the only time zone of mainland China; it has no summer time.
var beijing = time.FixedZone("CST", 8*60*60)

// Day is the local day of an instant, "YYYY-MM-DD". It is asked some ten times for each change.
func Day(at record.Instant) string {
	const (
		ahead = 8 * 60 * 60 * 1000 // of Beijing
		month = 153                // days of five months from March on
		year4 = 1461
		era   = 146_097 // days of 400 years
		since = 719_468 // days from 1 March of year 0 to 1970
	)
	if at < -62_000_000_000_000 || at > 253_000_000_000_000 { // before 0005 and in 9987
		return time.UnixMilli(int64(at)).In(beijing).Format(time.DateOnly)
	}
	days := (int64(at) + ahead + since*int64(record.DayMS)) / int64(record.DayMS) // of years that begin in March
	eras, of := days/era, days%era
	years := (of - of/(year4-1) + of/36_524 - of/(era-1)) / 365
	day := of - (365*years + years/4 - years/100)
	m := (5*day + 2) / month
	d, y := day-(month*m+2)/5+1, eras*400+years
	if m += 3; m > 12 {
		m, y = m-12, y+1
	}
	return string([]byte{
		byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-',
		byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10),
	})
}

// flag notes what a reviewer should look at; it refuses nothing.
func (s *session) flag(rec *record.Record, c *change.Change) {
	var flags []string
	day := rec.Content[catalogue.KeyOccurredOn].String()
	if day != "" && (day > Day(s.now) || day < Day(s.now-oldestDays*record.DayMS)) {
		flags = append(flags, record.FlagDateOdd)
	}
	// The phone may have waited for weeks: its clock is compared with the
	// newest server time that it had seen, and with now.
	if c.At > s.now+clockOff || c.At < c.Seen-clockOff || c.At <= 0 {
		flags = append(flags, record.FlagClockOff)
	}
	rec.Flags = flags
}

// mark derives what a record's content says about it: whether it is sensitive
// or urgent, and which case it belongs to.
func (s *session) mark(sheet *catalogue.Form, rec *record.Record) error {
	if rec.Type != record.Entry {
		return nil
	}
	// Every content that a row shows counts: a value that waits in a conflict
	// would tell as much as the current one.
	shown := []record.Content{rec.Content}
	if rec.Approved != nil {
		shown = append(shown, rec.Approved)
	}
	if rec.Refused != nil {
		shown = append(shown, rec.Refused.Content)
	}
	for _, c := range rec.Conflicts {
		other := rec.Content.Clone()
		other[c.Field] = c.Value
		shown = append(shown, other)
	}
	rec.Sensitive = slices.ContainsFunc(shown, func(c record.Content) bool { return sheet.IsSensitive(c) })
	rec.Urgent = sheet.IsUrgent(rec.Content)

	rec.DueOn = ""
	if sheet.Due != nil {
		rec.DueOn = rec.Approved[sheet.Due.On].String()
	}
	rec.Case = rec.ID
	if follows := Follows(rec); follows != "" && follows != rec.ID {
		parent, err := s.tx.Record(follows)
		if err != nil {
			return err
		}
		if parent != nil && parent.Case != "" {
			rec.Case = parent.Case
		}
	}
	return nil
}

// write brings a changed record into the store, its feeds and the totals.
func (s *session) write(before, rec *record.Record) error {
	if before != nil && before.Version != rec.Version {
		if err := s.tx.PutVersion(before.ID, before.Version, before.Content); err != nil {
			return err
		}
	}
	if err := s.tx.PutRecord(rec); err != nil {
		return err
	}
	if err := s.publish(before, rec); err != nil {
		return err
	}
	if err := s.countWaiting(before, rec); err != nil {
		return err
	}
	if err := s.countWork(before, rec); err != nil {
		return err
	}
	if err := s.rejoin(before, rec); err != nil {
		return err
	}
	if !before.Counts() && !rec.Counts() {
		return nil
	}
	if before.Counts() && rec.Counts() && before.ApprovedVersion == rec.ApprovedVersion && before.Case == rec.Case {
		return nil
	}
	if err := s.recount(rec); err != nil {
		return err
	}
	return s.recountRelated(before, rec)
}

// waitingCell is where entries of a form that wait for a decision are counted: a
// page of figures says how many there are, and would else have to count them.
func waitingCell(form, unit string) totals.Cell { return totals.Cell{Group: form, Unit: unit} }

// countWaiting keeps the number of entries that wait, for the unit and all above it.
func (s *session) countWaiting(before, rec *record.Record) error {
	if before != nil && Waits(before.State) == Waits(rec.State) && waitingMonth(before) == waitingMonth(rec) {
		return nil
	}
	if err := addWaiting(s.tx, before, -1, s.world.places.Up); err != nil {
		return err
	}
	return addWaiting(s.tx, rec, +1, s.world.places.Up)
}

func addWaiting(t totals.Store, r *record.Record, n int64, up func(string) []string) error {
	if r == nil || !Waits(r.State) {
		return nil
	}
	for _, unit := range up(r.Unit) {
		if err := t.AddTotal(waitingCell(r.Form, unit), waitingMonth(r), 0, n); err != nil {
			return err
		}
	}
	return nil
}

func waitingMonth(r *record.Record) int {
	return totals.MonthOf(r.Content[catalogue.KeyOccurredOn].String())
}

// publish moves a record in the feeds that it is in, and out of those that it
// has left (S10), and their digests along with it (S18).
func (s *session) publish(before, rec *record.Record) error {
	now := access.Audiences(rec)
	var narrowed []string // of the shared feeds that showed the record whole, those that do so no more
	if before != nil {
		for _, old := range access.Audiences(before) { // S10
			if err := s.tx.AddDigest(old.ID, change.Digest{}.Minus(digestOf(before, old.Stub))); err != nil {
				return err
			}
			at := slices.IndexFunc(now, func(f access.Feed) bool { return f.ID == old.ID })
			if at < 0 {
				if err := s.tx.PutFeedRow(old.ID, rec.ID, rec.Type, Gone); err != nil {
					return err
				}
			}
			if access.Shared(old.ID) && !old.Stub && (at < 0 || now[at].Stub) {
				narrowed = append(narrowed, old.ID)
			}
		}
	}
	for _, f := range now {
		view := Whole
		if f.Stub {
			view = Stub
		}
		if err := s.tx.PutFeedRow(f.ID, rec.ID, rec.Type, view); err != nil {
			return err
		}
		if err := s.tx.AddDigest(f.ID, digestOf(rec, f.Stub)); err != nil {
			return err
		}
	}
	for _, feed := range narrowed {
		if err := s.tx.Narrow(feed); err != nil { // S20: no older file of it is given to anybody any more
			return err
		}
	}
	return nil
}

func digestOf(rec *record.Record, stub bool) change.Digest {
	row := change.RowOf(rec)
	if stub {
		row = change.StubOf(rec)
	}
	return change.Of(row.Hash())
}

// rejoin takes what follows a record along into another case (T3). A circle of
// follows ends it: there everybody is in the new case already.
func (s *session) rejoin(before, rec *record.Record) error {
	if before == nil || before.Case == rec.Case {
		return nil
	}
	followers, err := s.tx.Following(rec.ID)
	if err != nil {
		return err
	}
	for _, f := range followers {
		if f.Case == rec.Case || f.ID == rec.ID {
			continue
		}
		moved := *f
		moved.Case = rec.Case
		if err := s.write(f, &moved); err != nil {
			return err
		}
	}
	return nil
}

// recount brings a record's contributions up to date (T2).
func (s *session) recount(rec *record.Record) error {
	old, err := s.tx.Contributions(rec.ID)
	if err != nil {
		return err
	}
	var failed error
	fresh := totals.Of(s.world.counts(), rec, totals.Elsewhere{Level: s.world.levelOf, Met: func(r *record.Record, due *catalogue.Due) bool {
		met, err := s.met(r, due)
		if err != nil {
			failed = err
		}
		return met
	}})
	if failed != nil {
		return failed
	}
	out, in := totals.Difference(old, fresh)
	if len(out)+len(in) == 0 {
		return nil
	}
	if err := totals.Apply(s.tx, out, in, s.world.places.Up); err != nil {
		return err
	}
	if err := countDays(s.tx, out, -1, s.world.places); err != nil {
		return err
	}
	if err := countDays(s.tx, in, +1, s.world.places); err != nil {
		return err
	}
	return s.tx.ChangeContributions(rec.ID, out, in)
}

// levelOf is the level of a unit.
func (w *world) levelOf(unit string) record.Level {
	d, _ := w.places.Get(unit)
	return d.Level
}

// met reports whether another counted entry about the same household came
// after this one and no later than the day that it set.
func (s *session) met(rec *record.Record, due *catalogue.Due) (bool, error) {
	return met(s.tx, rec, due)
}

func met(r Reader, rec *record.Record, due *catalogue.Due) (bool, error) {
	others, err := r.Counting(due.Form, rec.Approved[due.Same].String(),
		rec.Approved[catalogue.KeyOccurredOn].String(), rec.Approved[due.On].String())
	if err != nil {
		return false, err
	}
	return Met(rec, due, others), nil
}

// Met is the rule itself: others are the counted entries of the due form about
// the same household.
func Met(rec *record.Record, due *catalogue.Due, others []*record.Record) bool {
	day, by := rec.Approved[catalogue.KeyOccurredOn].String(), rec.Approved[due.On].String()
	for _, o := range others {
		on := o.Approved[catalogue.KeyOccurredOn].String()
		if o.ID == rec.ID || on > by {
			continue
		}
		// The same day counts only for what says that it follows this entry.
		if on > day || on == day && o.Approved[catalogue.KeyFollows].String() == rec.ID {
			if due.Where.Match(o.Approved) {
				return true
			}
		}
	}
	return false
}

// recountRelated counts again the entries whose due day this one may meet.
func (s *session) recountRelated(before, rec *record.Record) error {
	for _, form := range s.world.catalogue.Forms {
		if form.Due == nil || form.Due.Form != rec.Form {
			continue
		}
		for _, r := range []*record.Record{before, rec} {
			if !r.Counts() {
				continue
			}
			waiting, err := s.tx.Due(form.ID, r.Approved[form.Due.Same].String(), r.Approved[catalogue.KeyOccurredOn].String())
			if err != nil {
				return err
			}
			for _, o := range waiting {
				if o.ID == rec.ID {
					continue
				}
				if err := s.recount(o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
