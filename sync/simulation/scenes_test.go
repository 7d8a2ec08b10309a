package simulation

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

// scenes are played on purpose, since a world seldom has them, or has them without digests. Of each phone that is
// named a trace is kept, as of the worlds.
var scenes = []struct {
	traces []string
	play   func(s *scene)
}{
	{[]string{"resolve-reviewer", "resolve-author", "resolve-colleague"}, resolving},
	{[]string{"parted-one", "parted-other"}, parting},
	{[]string{"repair"}, repairing},
	{[]string{"reset"}, resetting},
	{[]string{"file"}, loading},
}

func TestRecordScenes(t *testing.T) {
	if !*recordTraces {
		t.Skip("-record plays the scenes anew")
	}
	for _, one := range scenes {
		s := &scene{People: simtest.Settle(t, memory.New()), traces: map[string]*Trace{}}
		one.play(s)
		for _, name := range one.traces {
			keepTrace(t, name, s.traces[name])
		}
	}
}

// scene is a small town, and phones in it that are recorded.
type scene struct {
	*simtest.People
	traces map[string]*Trace
}

// hand is a phone that is recorded, with the line that it has.
type hand struct {
	handset
	s               *scene
	account, device string
}

func (s *scene) hand(trace, account string, role record.Role, unit string, files bool) *hand {
	t := &Trace{Account: account, Proves: true, Files: files, Full: os.Getenv("TRACE_FULL") != ""}
	s.traces[trace] = t
	cat := s.Engine.Catalogue()
	h := &hand{t.take(account, record.Seat{Role: role, Unit: unit}, cat, phone.New(cat, account, s.ID())), s, account, "d-" + trace}
	if files {
		h.Loads()
	}
	return h
}

// clone is the phone once more, recorded from the beginning too.
func (h *hand) clone(trace string) *hand {
	t := *h.trace
	t.Events = slices.Clone(t.Events)
	h.s.traces[trace] = &t
	c := *h
	c.handset = handset{h.Phone.Copy(), &t}
	return &c
}

// again copies the phone as it is, and comes sets it back to that.
func (h *hand) again() handset {
	h.keep()
	return handset{Phone: h.Phone.Copy()}
}

func (h *hand) comes(then handset) { h.handset = h.back(then) }

// exchange is one request and its answer, which may be put into another shape on the way.
func (h *hand) exchange(shape func(*change.Answer)) (out []change.Outcome, more bool) {
	h.s.Helper()
	head, lines := h.Request(phone.BatchChanges)
	answer, err := h.s.Engine.Sync(context.Background(), engine.Who{Account: h.account, Device: h.device, Packed: true}, head, lines)
	var parted *change.Fork
	if errors.As(err, &parted) {
		h.s.Do(h.Fork(parted.Common, h.s.ID()))
		return nil, true
	}
	h.s.Do(err)
	h.s.Do(answer.Pull.Unpack())
	if shape != nil {
		shape(answer)
	}
	var ahead phone.ErrFork
	if err = h.Receive(answer); errors.As(err, &ahead) {
		h.s.Do(h.Fork(ahead.Common, h.s.ID()))
		return nil, true
	}
	h.s.Do(err)
	return answer.Push.Outcomes, h.Waiting() > 0 || answer.Pull.More || h.Unsure()
}

// sync exchanges until nothing is left, and mends what differs.
func (h *hand) sync() (out []change.Outcome) {
	h.s.Helper()
	for range 20 {
		some, more := h.exchange(nil)
		if out = append(out, some...); !more {
			h.mend()
			return out
		}
	}
	h.s.Fatal("an exchange that never ends")
	return nil
}

// mend asks about what differs until nothing does, and tells how many rows were put right.
func (h *hand) mend() (rows int) {
	h.s.Helper()
	var asked []Asked
	for q := h.Question(); q != nil; q = h.Question() {
		f, err := h.s.Engine.Examine(context.Background(), h.account, *q)
		h.s.Do(err)
		rows += h.Mend(q, f)
		asked = append(asked, Asked{*q, *f})
	}
	if len(asked) > 0 {
		h.tell(Event{Do: mended, Asked: asked})
	}
	return rows
}

func (h *hand) household(head string) string {
	h.s.Helper()
	id := h.s.ID()
	h.s.Do(h.Create(h.s.Now, phone.Draft{Type: record.Household, Entity: id, Unit: simtest.Village, Fields: record.Content{"head": record.Text(head)}}))
	return id
}

func (h *hand) call(household string, more record.Content) string {
	h.s.Helper()
	id := h.s.ID()
	fields := record.Content{
		"household": record.Text(household), "purposes": record.Set([]string{"check"}),
		"met": record.Text("yes"), "occurred_on": record.Text(engine.Day(h.s.Now)),
	}
	for k, v := range more {
		fields[k] = v
	}
	h.s.Do(h.Create(h.s.Now, phone.Draft{Type: record.Entry, Entity: id, Unit: simtest.Village, Form: "call", Fields: fields, Submit: true}))
	return id
}

func (h *hand) edit(id string, fields record.Content, resolve ...string) {
	h.s.Helper()
	h.s.Do(h.Patch(h.s.Now, id, phone.Edit{Fields: fields, Resolve: resolve}))
}

// row is what is stored of a record.
func (h *hand) row(feed, id string) change.Row {
	var found change.Row
	h.Rows(func(row change.Row) {
		if row.Feed == feed && row.Entity == id {
			found = row
		}
	})
	return found
}

// garble lets storage fail: another row lies there, or none.
func (h *hand) garble(feed, id string, to *change.Row) {
	if to != nil {
		copied := *to
		to = &copied
	}
	h.Damage(feed, id, to)
	h.tell(Event{Do: damaged, Feed: feed, Entity: id, Row: to})
}

func (h *hand) count() {
	h.Recount()
	h.tell(Event{Do: counted})
}

// tend does all that the store needs done.
func (s *scene) tend() {
	s.Helper()
	for range 1000 {
		more, err := s.Engine.Tend(context.Background())
		if s.Do(err); !more {
			return
		}
	}
	s.Fatal("tending never ends")
}

// later lets time go by.
func (s *scene) later(hours int64) { s.Now += record.Instant(hours) * hour }
