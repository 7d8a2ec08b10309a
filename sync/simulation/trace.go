package simulation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// Trace is what one phone did and heard in a run, with a hash of its state
// after each event. The phone's twin in TypeScript plays it again: one that
// knows other rules comes to another state.
type Trace struct {
	Account string      `json:"account"` // whose phone
	Seat    record.Seat `json:"seat"`
	Epoch   string      `json:"epoch"` // of its first log
	// Many names the many-of fields of each form and register.
	Many   map[string][]string `json:"many"`
	Events []Event             `json:"events"`

	// OffSite lets a copy off site have all that the server has, so that the phone forgets (P12).
	OffSite bool `json:"-"`
	// Proves: the phone compares digests and begins feeds anew, as the app does. What is recorded of worlds leaves that out.
	Proves bool `json:"proves,omitempty"`
	Files  bool `json:"files,omitempty"` // and feeds may come from files
	// Full keeps whole states beside their hashes, to find where two part.
	Full bool `json:"-"`

	forgot record.Instant // server time when it last forgot what is old
	kept   record.Instant // forgot, as it was when the phone was copied
}

// What happens to a phone.
const (
	wrote = "write" // a change was saved
	asked = "ask"   // a request went out, to arrive or not
	heard = "hear"  // an answer came
	forks = "fork"  // the log goes on under another name
	kept  = "copy"  // the phone is copied
	back  = "back"  // the phone is as it was when it was copied

	damaged = "damage" // storage has failed under a row
	counted = "count"  // all that is stored was counted anew
	mended  = "mend"   // it was asked what differs, until nothing did
	loaded  = "load"   // bytes of a feed's file came
)

// Event is one of them; State is a hash of all that the phone knows after it.
type Event struct {
	Do     string         `json:"do"`
	At     record.Instant `json:"at,omitempty"`   // write: the phone's clock
	Line   string         `json:"line,omitempty"` // write: the exact bytes
	Base   record.Content `json:"base,omitempty"` // write: what a patch was made on
	Head   *change.Head   `json:"head,omitempty"`
	Lines  int            `json:"lines,omitempty"`  // ask: how many went along
	Body   string         `json:"body,omitempty"`   // ask: hash of them
	Answer *change.Answer `json:"answer,omitempty"` // hear
	Forks  *int64         `json:"forks,omitempty"`  // hear: where the log has to fork before it can be taken
	Common int64          `json:"common,omitempty"`
	Epoch  string         `json:"epoch,omitempty"` // fork: the new name
	Feed   string         `json:"feed,omitempty"`  // damage, load
	Entity string         `json:"entity,omitempty"`
	Row    *change.Row    `json:"row,omitempty"`   // damage: what lies there now, nothing for a row that is lost
	Asked  []Asked        `json:"asked,omitempty"` // mend
	File   []byte         `json:"file,omitempty"`  // load: from where the load stands
	// Differs: a feed is to be mended after it. Digests are those of the feeds that have a cursor.
	Differs bool                     `json:"differs,omitempty"`
	Digests map[string]change.Digest `json:"digests,omitzero"`
	State   string                   `json:"state"`
	Full    json.RawMessage          `json:"full,omitempty"`
}

// Asked is a question about what differs, and the answer.
type Asked struct {
	Question change.Question `json:"question"`
	Finding  change.Finding  `json:"finding"`
}

// handset is a phone as the simulation holds it; one of them may be recorded.
type handset struct {
	*phone.Phone
	trace *Trace
}

// take begins to record, where this is the phone that is meant.
func (t *Trace) take(account string, seat record.Seat, cat *catalogue.Catalogue, p *phone.Phone) handset {
	if t == nil || t.Account != account {
		return handset{Phone: p}
	}
	t.Seat, t.Epoch, t.Events = seat, p.Epoch(), []Event{}
	t.know(cat)
	return handset{p, t}
}

// know notes which fields are sets.
func (t *Trace) know(cat *catalogue.Catalogue) {
	t.Many = map[string][]string{}
	for id, f := range cat.Forms {
		t.Many[id] = sets(f)
	}
	for id, f := range cat.Registers {
		t.Many[id] = sets(f)
	}
}

func sets(f *catalogue.Form) []string {
	keys := []string{}
	for _, field := range f.Fields {
		if field.Type == catalogue.TypeMany {
			keys = append(keys, field.Key)
		}
	}
	return keys
}

func (h handset) tell(e Event) {
	t := h.trace
	if t == nil {
		return
	}
	full := stateOf(h.Phone)
	e.State = short(full)
	if t.Full {
		e.Full = full
	}
	if t.Proves {
		e.Digests, e.Differs = digestsOf(h.Phone), h.Question() != nil
	}
	t.Events = append(t.Events, e)
}

func digestsOf(p *phone.Phone) map[string]change.Digest {
	digests := map[string]change.Digest{}
	for feed := range p.State().Cursors {
		digests[feed] = p.Digest(feed)
	}
	return digests
}

func short(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

func stateOf(p *phone.Phone) []byte {
	raw, err := canonical(p.State())
	if err != nil {
		return []byte(err.Error())
	}
	return raw
}

// canonical is JSON with its keys sorted at every depth, and nothing escaped that need not be.
func canonical(x any) ([]byte, error) {
	raw, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

func (h handset) Create(at record.Instant, d phone.Draft) error {
	return h.wrote(at, h.Phone.Create(at, d))
}

func (h handset) Patch(at record.Instant, entity string, e phone.Edit) error {
	return h.wrote(at, h.Phone.Patch(at, entity, e))
}

func (h handset) Transition(at record.Instant, entity string, event review.Event, reason *change.Reason) error {
	return h.wrote(at, h.Phone.Transition(at, entity, event, reason))
}

func (h handset) wrote(at record.Instant, err error) error {
	if err == nil && h.trace != nil {
		line, base := h.Newest()
		h.tell(Event{Do: wrote, At: at, Line: string(line), Base: base})
	}
	return err
}

// Request of a phone that is recorded compares no digests, unless that is what is recorded.
func (h handset) Request(most int) (change.Head, [][]byte) {
	head, lines := h.Phone.Request(most)
	if h.trace != nil && most == phone.BatchChanges {
		if !h.trace.Proves {
			head.Bases, head.Digests = nil, false
		}
		told := head
		h.tell(Event{Do: asked, Head: &told, Lines: len(lines), Body: change.Hash(bytes.Join(lines, []byte("\n")))})
	}
	return head, lines
}

const forgetEvery = 6 * hour

func (h handset) Receive(a *change.Answer) error {
	t := h.trace
	if t == nil || a.Protocol != change.Protocol {
		return h.Phone.Receive(a)
	}
	if t.OffSite {
		through := a.Push.Through
		a.Push.Durable = &through
	}
	if !t.Proves {
		a.Pull.Digests = nil
	}
	told := *a
	err := h.Phone.Receive(a)
	var fork phone.ErrFork
	if errors.As(err, &fork) {
		h.tell(Event{Do: heard, Answer: &told, Forks: &fork.Common})
		return err
	}
	if err == nil && a.ServerTime-t.forgot > forgetEvery {
		t.forgot = a.ServerTime
		h.Phone.Prune(a.ServerTime)
	}
	h.tell(Event{Do: heard, Answer: &told})
	return err
}

func (h handset) Fork(common int64, epoch string) error {
	err := h.Phone.Fork(common, epoch)
	h.tell(Event{Do: forks, Common: common, Epoch: epoch})
	return err
}

// Prune of a phone that is recorded comes a few times a day, as in the app.
func (h handset) Prune(now record.Instant) {
	if h.trace == nil {
		h.Phone.Prune(now)
	}
}

// keep notes that the phone is copied as it is.
func (h handset) keep() {
	h.tell(Event{Do: kept})
	if h.trace != nil {
		h.trace.kept = h.trace.forgot
	}
}

// back is the phone as a copy of it was.
func (h handset) back(then handset) handset {
	then.trace = h.trace
	if h.trace != nil {
		h.trace.forgot = h.trace.kept
	}
	then.tell(Event{Do: back})
	return then
}
