// Package simtest plays small towns over any Store: real engine, real phones'
// rules, a clock and ids of its own. Its scenarios are the contract between
// SPEC.md and the engine; every store runs them.
package simtest

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

//go:embed catalogue
var files embed.FS

// Catalogue is a small one: a form "call", and the registers.
func Catalogue(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	sub, err := fs.Sub(files, "catalogue")
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.Parse(sub)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// Reform opens the engine again by a catalogue in which one file says other things: each old text with its new one.
func (p *People) Reform(file string, pairs ...string) {
	p.Helper()
	changed := fstest.MapFS{}
	p.Do(fs.WalkDir(files, "catalogue", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := files.ReadFile(path)
		name := strings.TrimPrefix(path, "catalogue/")
		if name == file {
			for i := 0; i < len(pairs); i += 2 {
				if !strings.Contains(string(raw), pairs[i]) {
					return fmt.Errorf("%s does not say %s", file, pairs[i])
				}
			}
			raw = []byte(strings.NewReplacer(pairs...).Replace(string(raw)))
		}
		changed[name] = &fstest.MapFile{Data: raw}
		return err
	}))
	cat, err := catalogue.Parse(changed)
	p.Do(err)
	p.Engine, err = engine.Open(context.Background(), p.Store, cat, engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID, Recount: p.Pieces})
	p.Do(err)
}

// Keep opens the engine again, with somebody who keeps files of feeds.
func (p *People) Keep(files engine.Snapshots) {
	p.Helper()
	var err error
	p.Engine, err = engine.Open(context.Background(), p.Store, p.Engine.Catalogue(),
		engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID, Snapshots: files})
	p.Do(err)
}

// Program opens the engine again as a program that knows these words of changes, all of them where none is given (S24).
func (p *People) Program(words ...string) {
	p.Helper()
	var err error
	p.Engine, err = engine.Open(context.Background(), p.Store, p.Engine.Catalogue(),
		engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID, Words: words})
	p.Do(err)
}

// The places of the town.
const (
	City      = "530900000000"
	County    = "530923000000"
	Town      = "530923101000"
	OtherTown = "530923102000"
	Village   = "530923101201"
	Next      = "530923101202" // in the same township
	Far       = "530923102201" // in the other
)

var divisions = []record.Division{
	{Code: "530000000000", Name: "省", Level: record.Province},
	{Code: City, Name: "市", Level: record.City, Parent: "530000000000"},
	{Code: County, Name: "县", Level: record.County, Parent: City},
	{Code: Town, Name: "甲镇", Level: record.Township, Parent: County},
	{Code: OtherTown, Name: "乙镇", Level: record.Township, Parent: County},
	{Code: Village, Name: "一村", Level: record.Village, Parent: Town},
	{Code: Next, Name: "二村", Level: record.Village, Parent: Town},
	{Code: Far, Name: "三村", Level: record.Village, Parent: OtherTown},
}

// People is a town at work on a store. Now is its clock.
type People struct {
	testing.TB
	Store  engine.Store
	Engine *engine.Engine
	Now    record.Instant
	Pieces engine.Pieces // in which Reform counts anew
	ids    int
	phones map[string]*phone.Phone
}

// Start is 2026-11-22 08:00 in Beijing.
const Start record.Instant = 1795305600000

// Settle builds the town: two volunteers at Village, one at Next, one at Far,
// a reviewer at each level and a second one in the city, a manager of the
// county and one of the city, an auditor.
func Settle(t testing.TB, store engine.Store) *People {
	t.Helper()
	p := &People{TB: t, Store: store, Now: Start, phones: map[string]*phone.Phone{}}
	eng, err := engine.Open(context.Background(), store, Catalogue(t), engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID})
	if err != nil {
		t.Fatal(err)
	}
	p.Engine = eng
	if err := eng.SetDivisions(context.Background(), divisions); err != nil {
		t.Fatal(err)
	}
	p.Seat("li", record.Volunteer, Village)
	p.Seat("wu", record.Volunteer, Village)
	p.Seat("he", record.Volunteer, Next)
	p.Seat("yang", record.Volunteer, Far)
	p.Seat("town", record.Reviewer, Town)
	p.Seat("town2", record.Reviewer, OtherTown)
	p.Seat("county", record.Reviewer, County)
	p.Seat("clerk", record.Manager, County)
	p.Seat("city", record.Reviewer, City)
	p.Seat("city2", record.Reviewer, City)
	p.Seat("chief", record.Manager, City)
	p.Seat("auditor", record.Auditor, City)
	return p
}

// ID is the next id, never twice.
func (p *People) ID() string {
	p.ids++
	return fmt.Sprintf("%032x", p.ids)
}

// Seat gives an account its only seat.
func (p *People) Seat(account string, role record.Role, unit string) {
	p.Helper()
	if err := p.Engine.SetSeats(context.Background(), account, []record.Seat{{Role: role, Unit: unit}}); err != nil {
		p.Fatal(err)
	}
}

// Phone is the account's phone.
func (p *People) Phone(account string) *phone.Phone {
	ph := p.phones[account]
	if ph == nil {
		ph = phone.New(p.Engine.Catalogue(), account, p.ID())
		p.phones[account] = ph
	}
	return ph
}

// Sync exchanges until everything is up and down, and gives all outcomes.
func (p *People) Sync(account string) []change.Outcome {
	p.Helper()
	ph := p.Phone(account)
	var out []change.Outcome
	for range 1000 {
		head, lines := ph.Request(phone.BatchChanges)
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: account, Device: "d" + account, Packed: true}, head, lines)
		if err == nil {
			err = answer.Pull.Unpack()
		}
		if err != nil {
			p.Fatalf("%s: %v", account, err)
		}
		if err := ph.Receive(answer); err != nil {
			p.Fatalf("%s: %v", account, err)
		}
		out = append(out, answer.Push.Outcomes...)
		if ph.Waiting() == 0 && !answer.Pull.More {
			return out
		}
	}
	p.Fatal("an exchange that never ends")
	return nil
}

// Do runs f on the account's phone, which must accept it.
func (p *People) Do(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// Household adds a household at the account's unit.
func (p *People) Household(account, unit, head string) string {
	p.Helper()
	id := p.ID()
	p.Do(p.Phone(account).Create(p.Now, phone.Draft{Type: record.Household, Entity: id, Unit: unit,
		Fields: record.Content{"head": record.Text(head)}}))
	return id
}

// Call is a call on a household today; more overrides its fields.
func (p *People) Call(account, unit, household string, more record.Content) string {
	p.Helper()
	id := p.ID()
	fields := record.Content{
		"household": record.Text(household), "purposes": record.Set([]string{"check"}),
		"met": record.Text("yes"), "occurred_on": record.Text(engine.Day(p.Now)),
	}
	for k, v := range more {
		if v == "" {
			delete(fields, k)
		} else {
			fields[k] = v
		}
	}
	p.Do(p.Phone(account).Create(p.Now, phone.Draft{Type: record.Entry, Entity: id, Unit: unit, Form: "call", Fields: fields, Submit: true}))
	return id
}

// Decide is a transition on the account's phone.
func (p *People) Decide(account, entity string, event review.Event, reason string) {
	p.Helper()
	var why *change.Reason
	if reason != "" {
		why = &change.Reason{Text: reason, Fields: []string{"text"}}
	}
	p.Do(p.Phone(account).Transition(p.Now, entity, event, why))
}

// Edit is a patch on the account's phone.
func (p *People) Edit(account, entity string, fields record.Content) {
	p.Helper()
	p.Do(p.Phone(account).Patch(p.Now, entity, phone.Edit{Fields: fields}))
}

// Approved records, sends and approves a call at Village.
func (p *People) Approved(household string, more record.Content) string {
	p.Helper()
	id := p.Call("li", Village, household, more)
	p.approvedBy("town", id, "li")
	return id
}

// approvedBy sends an entry from its author's phone and approves it.
func (p *People) approvedBy(reviewer, id, author string) {
	p.Helper()
	p.Sync(author)
	p.Sync(reviewer)
	p.Decide(reviewer, id, review.Approve, "")
	p.Want(p.Sync(reviewer), change.Applied)
	p.Sync(author)
}

// Restart goes on with another store in the place of the one that was there.
func (p *People) Restart(store engine.Store) {
	p.Helper()
	eng, err := engine.Open(context.Background(), store, p.Engine.Catalogue(), engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID, Recount: p.Pieces})
	p.Do(err)
	p.Store, p.Engine = store, eng
}

// Rows wants the account's phone to have the very rows that a new phone is given.
func (p *People) Rows(account string) {
	p.Helper()
	had := p.Phone(account)
	delete(p.phones, account)
	p.Sync(account)
	fresh := p.Phone(account)
	p.phones[account] = had
	left, right := rows(had), rows(fresh)
	for _, at := range slices.Sorted(maps.Keys(right)) {
		if left[at] != right[at] {
			p.Errorf("%s: %s is %q, on a new phone %q", account, at, left[at], right[at])
		}
		delete(left, at)
	}
	for at, row := range left {
		p.Errorf("%s: %s is %q, and not on a new phone", account, at, row)
	}
}

func rows(ph *phone.Phone) map[string]string {
	all := map[string]string{}
	ph.Rows(func(r change.Row) {
		all[r.Feed+" "+r.Entity] = string(r.State) + " " + r.Version
	})
	return all
}

// Want compares the outcomes' results.
func (p *People) Want(got []change.Outcome, want ...change.Result) {
	p.Helper()
	if len(got) != len(want) {
		p.Fatalf("outcomes %+v, want %v", got, want)
	}
	for i, o := range got {
		if o.Outcome != want[i] {
			p.Fatalf("outcomes %+v, want %v", got, want)
		}
	}
}

// Refused wants a single rejection or parking with this code.
func (p *People) Refused(got []change.Outcome, code record.Code) {
	p.Helper()
	if last := got[len(got)-1]; last.Code != code {
		p.Fatalf("outcomes %+v, want code %s", got, code)
	}
}

// Record is the server's.
func (p *People) Record(id string) *record.Record {
	p.Helper()
	var rec *record.Record
	err := p.Store.View(context.Background(), func(r engine.Reader) (err error) {
		rec, err = r.Record(id)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return rec
}

// State wants the entry's state on the server and on its author's phone.
func (p *People) State(id string, want review.State) {
	p.Helper()
	if rec := p.Record(id); rec == nil || rec.State != want {
		p.Fatalf("%+v, want state %s", rec, want)
	}
}

// Figure reads one figure as an account sees it; -1 where it is withheld.
func (p *People) Figure(account, unit, period, indicator, group string) int64 {
	p.Helper()
	actor, err := p.Engine.Actor(context.Background(), account)
	if err != nil {
		p.Fatal(err)
	}
	table, err := p.Engine.Totals(context.Background(), actor, unit, period)
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range table.Rows[0].Values {
		if r.Indicator == indicator && r.Group == group {
			if r.Withheld {
				return -1
			}
			if r.Value == nil {
				return 0
			}
			return *r.Value
		}
	}
	return 0
}

// Counts wants the city's figure for November 2026.
func (p *People) Counts(indicator string, want int64) {
	p.Helper()
	if got := p.Figure("city", City, "2026-11", indicator, ""); got != want {
		p.Fatalf("%s: city counts %d, want %d", indicator, got, want)
	}
}

// Verified wants verify to agree.
func (p *People) Verified() {
	p.Helper()
	v, err := engine.Verify(context.Background(), p.Store, memory.New(), nil)
	if err != nil {
		p.Fatal(err)
	}
	if !v.Holds() {
		p.Fatalf("verify: %+v", v.Differences)
	}
}

func editOf(field string, v record.Value) phone.Edit {
	return phone.Edit{Fields: record.Content{field: v}, Resolve: []string{field}}
}
