// Package registers takes the households and persons of a unit from a spreadsheet and gives them back as one.
//
// It knows no heading and no field: which columns there are is the catalogue's to say (docs/catalogue.md, "A register").
// What is in a file is compared with what the register has and shown before anything is written; what is then taken
// over goes through the log like every other change, as a log of its own, all of it or nothing.
package registers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"niangjia/server/sheet"
	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// MaxRows is the most rows of one file: five times the persons of a large village.
const MaxRows = 10_000

// Log is where the registers are kept. The engine is one.
type Log interface {
	Catalogue() *catalogue.Catalogue
	Places() *record.Places
	Register(ctx context.Context, actor record.Actor, unit string) ([]*record.Record, error)
	PushWhole(ctx context.Context, who engine.Who, epoch string, lines [][]byte) ([]change.Outcome, error)
	Pushed(ctx context.Context, who engine.Who, epoch string) ([]*change.Change, error)
}

// Options are what the service works with.
type Options struct {
	Log Log
	Now func() record.Instant
	// AtOnce is how many files are read at once; each takes up to some 80 MB while it is.
	AtOnce int
}

// Service imports and exports.
type Service struct {
	Options
	turn chan struct{}
}

// New prepares the service.
func New(o Options) *Service {
	return &Service{Options: o, turn: make(chan struct{}, max(1, o.AtOnce))}
}

// Choices are what somebody decided on a file that she was shown.
type Choices struct {
	// Same says of doubtful lines, by their id, which record they are; AsNew stands for none.
	Same map[string]string `json:"same,omitempty"`
	// Take names the fields of changed lines that get the file's value.
	Take map[string][]string `json:"take,omitempty"`
}

// AsNew as a choice makes a record of its own.
const AsNew = "new"

// What becomes of a line.
type What string

const (
	Added    What = "new"
	Changed  What = "changed"
	Same     What = "same"
	Doubtful What = "doubtful" // somebody has to say which record it is
	Waiting  What = "waiting"  // a person whose household is doubtful
)

// Plan is what importing a file would do.
type Plan struct {
	Unit   string
	File   string // SHA-256 of the file
	State  string // names the file, the register and the catalogue that the plan is about
	Tables []*sheet.Table
	Lines  []*Line
	Faults []*Fault
	// IDNumbers is how many citizens' numbers were read and dropped.
	IDNumbers int
	// Names are households by their id, for fields that hold one.
	Names map[string]string
}

// Ready reports whether the plan can be taken over.
func (p *Plan) Ready() bool {
	return len(p.Faults) == 0 && !slices.ContainsFunc(p.Lines, func(l *Line) bool { return l.What == Doubtful || l.What == Waiting })
}

// Line is one household or person of the file.
type Line struct {
	ID         string
	Type       record.Type
	Sheet      string
	Row        int
	What       What
	Content    record.Content // as the file has it
	Entity     string         // the record that it is or will be
	Changes    []Difference   // changed
	Candidates []Candidate    // doubtful, also once it is decided
	Household  string         // of a person: the id of its household, which may be a new one

	present *record.Record
	without ticks // of its many-of fields, where their choices have columns of their own
}

// Difference is one field that the file has otherwise.
type Difference struct {
	Field         string
	Present, File record.Value
}

// Candidate is a record that a doubtful line may be.
type Candidate struct {
	Entity  string
	Content record.Content
	Why     []Why
}

// Why two records may be the same.
type Why string

const (
	SameName    Why = "same_name"
	SamePhone   Why = "same_phone"
	SoundsAlike Why = "sounds_alike"
)

// Preview says what importing a file into a unit's register would do.
func (s *Service) Preview(ctx context.Context, actor record.Actor, unit string, file []byte, choices Choices) (*Plan, error) {
	if err := s.May(actor, unit); err != nil {
		return nil, err
	}
	present, err := s.Log.Register(ctx, actor, unit)
	if err != nil {
		return nil, err
	}
	return s.plan(ctx, unit, present, file, choices)
}

// May says whether an actor keeps a unit's register.
func (s *Service) May(actor record.Actor, unit string) error {
	if _, ok := s.Log.Places().Get(unit); !ok {
		return record.Errorf(record.NotFound, "no unit %s", unit)
	}
	if !access.KeepsRegister(actor, s.Log.Places(), unit) {
		return record.Errorf(record.ForeignUnit, "register of %s", unit)
	}
	return nil
}

func (s *Service) plan(ctx context.Context, unit string, present []*record.Record, file []byte, choices Choices) (*Plan, error) {
	select { // a file that is read takes memory: the others wait their turn
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	cat := s.Log.Catalogue()
	lay, err := layoutOf(cat)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(file)
	p := &Plan{Unit: unit, File: hex.EncodeToString(sum[:]), Names: map[string]string{}}
	p.State = stateOf(p.File, cat.Hash, present)
	tables, err := sheet.ReadAll(file, lay.want())
	if err != nil {
		if fault, ok := err.(*sheet.Fault); ok {
			p.Faults = append(p.Faults, fileFault(fault))
			return p, nil
		}
		return nil, err
	}
	p.Tables = tables
	r := &reading{layout: lay, plan: p}
	for i, t := range tables {
		r.table(i+1, t)
	}
	m := newMatching(lay, p, present, choices)
	m.households(r.houses)
	m.persons(r.people)
	slices.SortStableFunc(p.Faults, func(a, b *Fault) int {
		return compareBy(slices.IndexFunc(tables, func(t *sheet.Table) bool { return t.Sheet == a.Sheet }), slices.IndexFunc(tables, func(t *sheet.Table) bool { return t.Sheet == b.Sheet }), a.Row, b.Row)
	})
	return p, nil
}

// stateOf names what a plan was made from: it is confirmed only where all of it still is so.
func stateOf(file, catalogue string, present []*record.Record) string {
	versions := make([]string, 0, len(present))
	for _, r := range present {
		versions = append(versions, r.ID+r.Version)
	}
	slices.Sort(versions)
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n%v", file, catalogue, versions) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

// Done is what an import has done.
type Done struct {
	Households, Persons Count
	// Before: the same import was done already, and nothing was done now.
	Before bool
}

// Count counts records.
type Count struct{ Added, Changed int }

// Import takes over what the plan of that state shows, with the choices. It is one log of its own, named by everything
// that it follows from, so that a second try after a lost answer finds it done.
func (s *Service) Import(ctx context.Context, actor record.Actor, device, unit, state string, file []byte, choices Choices) (*Done, error) {
	if err := s.May(actor, unit); err != nil {
		return nil, err
	}
	who := engine.Who{Account: actor.Account, Device: device}
	epoch, err := epochOf(who, unit, state, file, choices)
	if err != nil {
		return nil, err
	}
	if done, err := s.before(ctx, who, epoch); done != nil || err != nil {
		return done, err
	}
	present, err := s.Log.Register(ctx, actor, unit)
	if err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, unit, present, file, choices)
	switch {
	case err != nil:
		return nil, err
	case p.State != state:
		return nil, record.Errorf(record.ImportChanged, "the register of %s is another by now", unit)
	case !p.Ready():
		return nil, record.Errorf(record.ImportOpen, "%d faults", len(p.Faults))
	}
	lines, done, err := p.log(epoch, choices, s.Now())
	if err != nil || len(lines) == 0 {
		return done, err
	}
	if _, err := s.Log.PushWhole(ctx, who, epoch, lines); err != nil {
		coded, ok := err.(*record.Error)
		if ok && coded.Code == record.Fork { // the same import, at the same moment
			if done, err := s.before(ctx, who, epoch); done != nil || err != nil {
				return done, err
			}
		}
		if ok && (coded.Code == record.Exists || coded.Code == record.OpenConflict) {
			return nil, &record.Error{Code: record.ImportChanged, Err: err}
		}
		return nil, err
	}
	return done, nil
}

func (s *Service) before(ctx context.Context, who engine.Who, epoch string) (*Done, error) {
	changes, err := s.Log.Pushed(ctx, who, epoch)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	done := &Done{Before: true}
	for _, c := range changes {
		done.count(c)
	}
	return done, nil
}

func (d *Done) count(c *change.Change) {
	n := &d.Households
	if c.Type == record.Person {
		n = &d.Persons
	}
	if c.Kind == change.Create {
		n.Added++
	} else {
		n.Changed++
	}
}

func epochOf(who engine.Who, unit, state string, file []byte, choices Choices) (string, error) {
	raw, err := json.Marshal(choices) // keys of maps come sorted
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(file)
	return idOf("import", who.Account, who.Device, unit, state, hex.EncodeToString(sum[:]), string(raw)), nil
}

// idOf makes an id from what it stands for.
func idOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = io.WriteString(h, fmt.Sprintf("%d:%s", len(p), p)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// log writes the changes of a plan.
func (p *Plan) log(epoch string, choices Choices, now record.Instant) (lines [][]byte, done *Done, err error) {
	done = &Done{}
	prev := ""
	for _, l := range p.Lines { // households before their persons
		c := &change.Change{Epoch: epoch, N: int64(len(lines) + 1), Prev: prev, Type: l.Type, Entity: l.Entity, At: now, Seen: now}
		switch l.What {
		case Added:
			c.Kind, c.Unit, c.Fields = change.Create, p.Unit, l.Content
		case Changed:
			c.Kind, c.Trunk, c.Fields = change.Patch, l.present.Version, record.Content{}
			for _, d := range l.Changes {
				if slices.Contains(choices.Take[l.ID], d.Field) {
					c.Fields[d.Field] = d.File
				}
			}
			if len(c.Fields) == 0 {
				continue
			}
		default:
			continue
		}
		raw, err := json.Marshal(c)
		if err != nil {
			return nil, nil, err
		}
		done.count(c)
		lines, prev = append(lines, raw), change.Hash(raw)
	}
	return lines, done, nil
}
