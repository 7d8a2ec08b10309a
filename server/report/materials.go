package report

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Case is an entry that its reviewer has marked as a typical case (典型案例), told without names.
type Case struct {
	Entity, Unit, Form, Day, Text, Account string
	At                                     time.Time
}

// Note is what a unit sends for the reports of those above it.
type Note struct {
	ID, Unit, Kind, Day, Text, Account string
	At                                 time.Time
}

// Kinds of notes.
const (
	Highlight = "highlight" // 亮点
	Lacking   = "lacking"   // 不足
)

// Bounds of what is gathered.
const (
	maxCase  = 2000 // characters
	maxNote  = 1000
	maxNotes = 200 // of a unit in a year
)

func (s *Service) today() string { return engine.Day(record.Instant(s.Now().UnixMilli())) }

// entry is one that an account may mark as a case: it reviews its unit, the entry counts, and is not sensitive, for the words
// of such a one stay in its township. Errors: not_found, forbidden, illegal_transition where it does not count.
func (s *Service) entry(ctx context.Context, who record.Actor, id string) (*engine.EntryView, error) {
	v, err := s.Log.Entry(ctx, who, id)
	if err != nil {
		return nil, err
	}
	switch {
	case v.Record.Type != record.Entry:
		return nil, record.Errorf(record.NotFound, "%s is no entry", id)
	case v.View < access.Whole || v.Record.Sensitive || !access.PicksCases(who, s.Log.Places(), v.Record.Unit):
		return nil, record.Errorf(record.Forbidden, "case %s", id)
	case !v.Record.Counts():
		return nil, &record.Error{Code: record.IllegalTransition, Field: "id"}
	}
	return v, nil
}

// CaseOf gives the text of an entry without names, as a reviewer finds it before she marks it; or the one that it was marked
// with. marked tells which.
func (s *Service) CaseOf(ctx context.Context, who record.Actor, id string) (text string, marked bool, err error) {
	v, err := s.entry(ctx, who, id)
	if err != nil {
		return "", false, err
	}
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return "", false, err
	}
	if c != nil {
		return c.Text, true, nil
	}
	return nameless(v, v.Record.Approved[catalogue.KeyText].String()), false, nil
}

// MarkCase marks an entry, with the text that its reviewer has read: names and numbers that the registers know are taken out
// of it once more. Errors: as of entry; missing_field; too_long.
func (s *Service) MarkCase(ctx context.Context, who record.Actor, id, text string) (string, error) {
	v, err := s.entry(ctx, who, id)
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(nameless(v, text))
	switch {
	case text == "":
		return "", &record.Error{Code: record.MissingField, Field: "text"}
	case utf8.RuneCountInString(text) > maxCase:
		return "", &record.Error{Code: record.TooLong, Field: "text"}
	}
	return text, s.Store.PutCase(ctx, Case{Entity: id, Unit: v.Record.Unit, Form: v.Record.Form, Day: v.Record.Approved[catalogue.KeyOccurredOn].String(),
		Text: text, Account: who.Account, At: s.Now()})
}

// UnmarkCase takes the mark away.
func (s *Service) UnmarkCase(ctx context.Context, who record.Actor, id string) error {
	c, err := s.Store.Case(ctx, id)
	if err != nil {
		return err
	}
	if c == nil || !access.PicksCases(who, s.Log.Places(), c.Unit) {
		return record.Errorf(record.NotFound, "case %s", id)
	}
	return s.Store.DropCase(ctx, id)
}

// numbers of people: telephones, identity cards, bank cards.
var digits = regexp.MustCompile(`[0-9０-９][0-9０-９ -]{5,}[0-9０-９Xx]`)

// nameless takes out of a text what the records that an entry names say of people: of a name its first character and 某 stay,
// as papers write it; numbers go. What nobody has recorded as a name is for the reviewer to see.
func nameless(v *engine.EntryView, text string) string {
	var names []string
	for _, r := range v.Named {
		if r.Type == record.Entry {
			continue
		}
		for _, value := range r.Content {
			names = append(names, value.String())
		}
	}
	// The longer first: a name may begin another.
	slices.SortFunc(names, func(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) })
	for _, name := range names {
		if r := []rune(name); len(r) >= 2 && len(r) <= 30 && r[0] > unicodeHan {
			text = strings.ReplaceAll(text, name, string(r[0])+"某")
		} else if len(r) >= 6 {
			text = strings.ReplaceAll(text, name, "…")
		}
	}
	return digits.ReplaceAllString(text, "…")
}

// unicodeHan is where the Chinese characters begin: what begins before it is an id, a choice's key or a day.
const unicodeHan = 0x2E7F

// Send puts a note into the box of the units above. The caller makes the id. Errors: forbidden; missing_field; too_long;
// too_many_drafts; exists.
func (s *Service) Send(ctx context.Context, who record.Actor, n Note) error {
	n.Text = strings.TrimSpace(n.Text)
	d, known := s.Log.Places().Get(n.Unit)
	switch {
	case !record.ValidID(n.ID):
		return &record.Error{Code: record.BadRequest, Field: "id"}
	case !known:
		return record.Errorf(record.NotFound, "unit %s", n.Unit)
	case !s.sends(who, n.Unit) || d.Level == record.Village:
		return record.Errorf(record.Forbidden, "notes of %s", n.Unit)
	case n.Kind != Highlight && n.Kind != Lacking:
		return &record.Error{Code: record.BadRequest, Field: "kind"}
	case n.Text == "":
		return &record.Error{Code: record.MissingField, Field: "text"}
	case utf8.RuneCountInString(n.Text) > maxNote:
		return &record.Error{Code: record.TooLong, Field: "text"}
	}
	if was, err := s.Store.Note(ctx, n.ID); err != nil {
		return err
	} else if was != nil && (was.Unit != n.Unit || !s.sends(who, was.Unit)) {
		return &record.Error{Code: record.Exists, Field: "id"}
	}
	n.Day, n.Account, n.At = s.today(), who.Account, s.Now()
	list, err := s.Store.Notes(ctx, []string{n.Unit}, n.Day[:4]+"-01-01", n.Day[:4]+"-12-31")
	if err != nil {
		return err
	}
	if len(list) >= maxNotes {
		return &record.Error{Code: record.TooManyDrafts}
	}
	return s.Store.PutNote(ctx, n)
}

func (s *Service) sends(who record.Actor, unit string) bool {
	return who.Has(record.Manager, unit) || who.Has(record.Reviewer, unit)
}

// TakeBack forgets a note of a unit of the caller's.
func (s *Service) TakeBack(ctx context.Context, who record.Actor, id string) error {
	n, err := s.Store.Note(ctx, id)
	if err != nil {
		return err
	}
	if n == nil || !s.sends(who, n.Unit) {
		return record.Errorf(record.NotFound, "note %s", id)
	}
	return s.Store.DropNote(ctx, id)
}

// Sent lists the notes that an account's own units have sent in a span.
func (s *Service) Sent(ctx context.Context, who record.Actor, from, to string) ([]Note, error) {
	var units []string
	for _, seat := range who.Seats {
		if s.sends(who, seat.Unit) {
			units = append(units, seat.Unit)
		}
	}
	return s.Store.Notes(ctx, units, from, to)
}

// Material is what waits beside a section of a report: cases whose form the section speaks of.
type Material struct {
	Section string
	Case    Case
}

// Materials has what was gathered for a report in its unit and below, for who writes it.
func (s *Service) Materials(ctx context.Context, who record.Actor, id string) ([]Material, []Note, error) {
	k, err := s.Store.Report(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if k == nil || s.writes(who, k.Unit) != nil {
		return nil, nil, record.Errorf(record.NotFound, "report %s", id)
	}
	t, cat, err := s.template(ctx, k.Unit)
	if err != nil {
		return nil, nil, err
	}
	units := s.below(k.Unit)
	cases, err := s.Store.Cases(ctx, units, k.From, k.To)
	if err != nil {
		return nil, nil, err
	}
	out := make([]Material, 0, len(cases))
	for _, c := range cases {
		// What has become sensitive or does not count any more since it was marked is no material; who writes for a higher
		// unit may not read it then.
		if v, err := s.Log.Entry(ctx, who, c.Entity); err != nil || v.View < access.Masked || v.Record.Sensitive || !v.Record.Counts() {
			continue
		}
		out = append(out, Material{Section: t.SectionOf(cat, c.Form), Case: c})
	}
	notes, err := s.Store.Notes(ctx, units, k.From, max(k.To, k.ChangedAt.Format(time.DateOnly)))
	return out, notes, err
}
