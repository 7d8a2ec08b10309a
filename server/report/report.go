// Package report lets a township, a county or the city write its report: figures taken at a moment of the log, words edited
// until it is signed off, versions kept. What is counted and how it is said is the core's; this keeps what is not in the log.
package report

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// Log is the engine, as far as it is needed here.
type Log interface {
	Present(ctx context.Context) (*catalogue.Catalogue, error)
	Places() *record.Places
	Report(ctx context.Context, unit, from, to string) (*report.Counted, error)
	SignReport(ctx context.Context, actor record.Actor, d *report.Document) error
	SignedReport(ctx context.Context, id string) (*report.Document, error)
	Restate(ctx context.Context, then engine.Store, m report.Mark, unit, from, to string, progress func(done, all int64)) (*report.Restatement, error)
	Entry(ctx context.Context, actor record.Actor, id string) (*engine.EntryView, error)
}

// Kept is a report as it is listed.
type Kept struct {
	ID, Unit, From, To, Title string
	Version                   int64
	Signed                    bool
	Account                   string
	ChangedAt                 time.Time
}

// What became of a report with a version.
const (
	Made       = "made"
	Edited     = "edited"
	Overridden = "overridden"
	Renewed    = "renewed"
)

// Version is one state of a report.
type Version struct {
	Report   string
	N        int64
	Account  string
	At       time.Time
	What     string
	Counted  int64 // the version whose counts it has
	Document *report.Document
	Counts   *report.Counted // of one that was made or renewed, when it is put
}

// Store keeps reports and what is gathered for them.
type Store interface {
	Report(ctx context.Context, id string) (*Kept, error)
	Reports(ctx context.Context, units []string) ([]Kept, error)
	// PutVersion keeps the next version of a report, and makes the report with its first. False where another was there already.
	PutVersion(ctx context.Context, k Kept, v Version) (bool, error)
	SetSigned(ctx context.Context, id string) error
	DropReport(ctx context.Context, id string) error
	Version(ctx context.Context, id string, n int64) (*Version, error)
	Versions(ctx context.Context, id string) ([]Version, error) // without documents
	Counts(ctx context.Context, id string, version int64) (*report.Counted, error)

	PutCase(ctx context.Context, c Case) error
	DropCase(ctx context.Context, entity string) error
	Case(ctx context.Context, entity string) (*Case, error)
	Cases(ctx context.Context, units []string, from, to string) ([]Case, error)
	PutNote(ctx context.Context, n Note) error
	DropNote(ctx context.Context, id string) error
	Note(ctx context.Context, id string) (*Note, error)
	Notes(ctx context.Context, units []string, from, to string) ([]Note, error)

	PutPast(ctx context.Context, p PastFigures) error
	Past(ctx context.Context, unit, from, to string) (report.Past, error)
}

// Options are what a service needs.
type Options struct {
	Log   Log
	Store Store
	// Templates has reports/*.json.
	Templates fs.FS
	// Replay makes an empty store in which the log is replayed up to a mark; done throws it away.
	Replay func(ctx context.Context, m report.Mark, progress func(done, all int64)) (then engine.Store, done func() error, err error)
	Now    func() time.Time
	NewID  func() string
}

// Service is safe for concurrent use.
type Service struct {
	Options
	mu        sync.Mutex            // guards what follows
	templates map[string]*templates // by the hash of the catalogue that they were read against
	jobs      map[string]*Job       // restatements, by report
	busy      chan struct{}         // one replay at a time: each writes the whole log once more

	ends context.Context // of what is under way
	end  context.CancelFunc
	wait sync.WaitGroup
}

// New makes one.
func New(o Options) *Service {
	s := &Service{Options: o, templates: map[string]*templates{}, jobs: map[string]*Job{}, busy: make(chan struct{}, 1)}
	s.ends, s.end = context.WithCancel(context.Background())
	return s
}

type templates struct {
	list []*report.Template
	err  error
}

// Check reads the templates against definitions. The error is catalogue.Problems.
func (s *Service) Check(cat *catalogue.Catalogue) error { return s.read(cat).err }

func (s *Service) read(cat *catalogue.Catalogue) *templates {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.templates[cat.Hash]; known != nil {
		return known
	}
	t := &templates{}
	names, err := fs.Glob(s.Templates, "reports/*.json")
	t.err = err
	var wrong catalogue.Problems
	for _, name := range names {
		source, err := fs.ReadFile(s.Templates, name)
		if err != nil {
			t.err = err
			break
		}
		one, err := report.Parse(name, source, cat)
		if list, is := err.(catalogue.Problems); is {
			wrong = append(wrong, list...)
			continue
		}
		t.list = append(t.list, one)
	}
	if len(wrong) > 0 {
		t.err = wrong
	}
	s.templates = map[string]*templates{cat.Hash: t} // of definitions that are in force no more nobody asks
	return t
}

// template is the one for a unit's level, by the definitions in force.
func (s *Service) template(ctx context.Context, unit string) (*report.Template, *catalogue.Catalogue, error) {
	cat, err := s.Log.Present(ctx)
	if err != nil {
		return nil, nil, err
	}
	d, known := s.Log.Places().Get(unit)
	if !known {
		return nil, nil, &record.Error{Code: record.NotFound, Field: "unit", Err: fmt.Errorf("no unit %s", unit)}
	}
	if d.Level == record.Village || d.Level == record.Province {
		return nil, nil, &record.Error{Code: record.BadLevel, Field: "unit"}
	}
	t := s.read(cat)
	for _, one := range t.list {
		if one.For(d.Level) {
			return one, cat, nil
		}
	}
	// One that is wrong by these definitions is said where they are put in force; here there is just none.
	return nil, nil, &record.Error{Code: record.NoTemplate, Field: "unit", Err: t.err}
}

func (s *Service) writes(who record.Actor, unit string) error {
	if !access.WritesReports(who, s.Log.Places(), unit) {
		return record.Errorf(record.Forbidden, "reports of %s", unit)
	}
	return nil
}

// Writes reports whether an account writes the reports of a unit.
func (s *Service) Writes(who record.Actor, unit string) bool { return s.writes(who, unit) == nil }

// Units are those whose reports an account writes.
func (s *Service) Units(who record.Actor) (out []string) {
	for _, seat := range who.Seats {
		if s.writes(who, seat.Unit) == nil && !slices.Contains(out, seat.Unit) {
			out = append(out, seat.Unit)
		}
	}
	return out
}

// Below lists a unit and all units in it.
func (s *Service) below(unit string) []string {
	out := []string{unit}
	for i := 0; i < len(out); i++ {
		out = append(out, s.Log.Places().Children(out[i])...)
	}
	return out
}

// List has the reports that an account may read, the newest first: drafts of the units whose reports it writes, signed ones
// of its units and all below.
func (s *Service) List(ctx context.Context, who record.Actor) ([]Kept, error) {
	var units []string
	for _, seat := range who.Seats {
		if seat.Role == record.Volunteer {
			units = append(units, seat.Unit)
			continue
		}
		units = append(units, s.below(seat.Unit)...)
	}
	slices.Sort(units)
	list, err := s.Store.Reports(ctx, slices.Compact(units))
	return slices.DeleteFunc(list, func(k Kept) bool { return !k.Signed && s.writes(who, k.Unit) != nil }), err
}

// open is a report that an account may read, with its newest version: of a signed one that of the log.
func (s *Service) open(ctx context.Context, who record.Actor, id string) (*Kept, *Version, error) {
	k, err := s.Store.Report(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if k == nil || !access.Scope(who, s.Log.Places(), k.Unit) {
		return nil, nil, record.Errorf(record.NotFound, "report %s", id)
	}
	signed, err := s.Log.SignedReport(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if signed == nil {
		if s.writes(who, k.Unit) != nil {
			return nil, nil, record.Errorf(record.NotFound, "report %s", id)
		}
		v, err := s.Store.Version(ctx, id, k.Version)
		if err == nil && v == nil {
			err = fmt.Errorf("report %s has no version %d", id, k.Version)
		}
		return k, v, err
	}
	if !k.Signed { // it was signed, and the server stopped before it was noted
		if err := s.Store.SetSigned(ctx, id); err != nil {
			return nil, nil, err
		}
		k.Signed = true
	}
	v, err := s.Store.Version(ctx, id, signed.Version)
	if err != nil {
		return nil, nil, err
	}
	if v == nil {
		v = &Version{Report: id, N: signed.Version, Account: signed.Signed.By}
	}
	v.Document = signed
	return k, v, nil
}

// numbers are the figures that a version was written from.
func (s *Service) numbers(ctx context.Context, k *Kept, v *Version) (*report.Numbers, *report.Counted, error) {
	t, cat, err := s.template(ctx, k.Unit)
	if err != nil {
		return nil, nil, err
	}
	counts, err := s.Store.Counts(ctx, k.ID, v.Counted)
	if err == nil && counts == nil {
		err = fmt.Errorf("report %s has no counts of version %d", k.ID, v.Counted)
	}
	if err != nil {
		return nil, nil, err
	}
	past, err := s.past(ctx, counts)
	return report.NumbersOf(t, cat, counts, past), counts, err
}

// One reads a report as an account may have it. n is a version, 0 for the newest; of a signed one there is that alone, but
// for who wrote it.
func (s *Service) One(ctx context.Context, who record.Actor, id string, n int64) (*Kept, *report.Document, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return nil, nil, err
	}
	if n != 0 && n != v.N {
		if s.writes(who, k.Unit) != nil {
			return nil, nil, record.Errorf(record.NotFound, "version %d", n)
		}
		if v, err = s.Store.Version(ctx, id, n); err != nil {
			return nil, nil, err
		}
		if v == nil {
			return nil, nil, record.Errorf(record.NotFound, "version %d", n)
		}
	}
	numbers, _, err := s.numbers(ctx, k, v)
	if err != nil {
		return nil, nil, err
	}
	return k, numbers.Told(v.Document, report.SeatsOf(who, s.Log.Places(), k.Unit), access.SeesSmall(who, s.Log.Places(), k.Unit)), nil
}

// Versions lists those of a report, for who writes it.
func (s *Service) Versions(ctx context.Context, who record.Actor, id string) ([]Version, error) {
	k, err := s.Store.Report(ctx, id)
	if err != nil {
		return nil, err
	}
	if k == nil || s.writes(who, k.Unit) != nil {
		return nil, record.Errorf(record.NotFound, "report %s", id)
	}
	return s.Store.Versions(ctx, id)
}

// Preview writes a report that is not kept, for nobody in particular: whoever has the data folder asks.
func (s *Service) Preview(ctx context.Context, unit, from, to string) (*report.Document, error) {
	t, cat, err := s.template(ctx, unit)
	if err != nil {
		return nil, err
	}
	counts, err := s.Log.Report(ctx, unit, from, to)
	if err != nil {
		return nil, err
	}
	past, err := s.past(ctx, counts)
	if err != nil {
		return nil, err
	}
	return report.Compose(t, cat, counts, past).Whole(), nil
}
