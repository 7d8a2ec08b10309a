package notice

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// Message is what a reviewer or a manager says to units below hers.
type Message struct {
	ID       string
	Account  string
	Unit     string // hers
	At       time.Time
	Text     string
	Campaign string // that it is about, "" for none
	Units    []string
	Roles    []record.Role

	People, Received, Read int // how many it went to, whose phones have it, who have read it
}

// Reach is who has a message in one unit.
type Reach struct {
	Unit                   string
	People, Received, Read int
}

// NewMessage is a message to be sent.
type NewMessage struct {
	ID       string
	Unit     string
	Text     string
	Campaign string
	Units    []string
	Below    bool // and all units below those
	Roles    []record.Role
}

const (
	messageText  = 2000   // characters
	messageUnits = 20_000 // of a whole city, with room
	messagesDay  = 100
)

// messageParams is what an inbox has of a message.
type messageParams struct {
	Text     string `json:"text"`
	From     string `json:"from"`      // account
	FromUnit string `json:"from_unit"` // for which she wrote
	Campaign string `json:"campaign,omitempty"`
}

// Send sends a message to who has a seat at units below the sender's (N7). The same id again is the same message.
func (s *Service) Send(ctx context.Context, actor record.Actor, n NewMessage) (*Message, error) {
	m, err := s.compose(actor, n)
	if err != nil {
		return nil, err
	}
	was, err := s.opt.Store.Message(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	if was != nil {
		if !same(was, m) {
			return nil, &record.Error{Code: record.Exists, Field: "id"}
		}
		return was, nil
	}
	today, err := s.opt.Store.Messages(ctx, m.Account, m.At.Add(-24*time.Hour), messagesDay)
	if err != nil {
		return nil, err
	}
	if len(today) >= messagesDay {
		return nil, &record.Error{Code: record.RateLimited}
	}
	list, err := s.addressed(ctx, m)
	if err != nil {
		return nil, err
	}
	m.People = len(list)
	if err := s.opt.Store.AddMessage(ctx, *m, list, s.opt.Hook); err != nil {
		return nil, err
	}
	s.wake()
	return m, nil
}

// compose checks a message and spells out to whom it goes.
func (s *Service) compose(actor record.Actor, n NewMessage) (*Message, error) {
	places := s.opt.Places()
	m := &Message{ID: n.ID, Account: actor.Account, Unit: n.Unit, At: s.opt.Now(), Text: strings.TrimSpace(n.Text), Campaign: n.Campaign}
	bad := func(field string) (*Message, error) {
		return nil, &record.Error{Code: record.BadRequest, Field: field}
	}
	switch {
	case !noticeID.MatchString(n.ID):
		return bad("id")
	case m.Text == "" || !utf8.ValidString(m.Text):
		return bad("text")
	case utf8.RuneCountInString(m.Text) > messageText:
		return nil, &record.Error{Code: record.TooLong, Field: "text"}
	case n.Campaign != "" && !noticeID.MatchString(n.Campaign):
		return bad("campaign")
	case len(n.Units) == 0 || len(n.Units) > messageUnits:
		return bad("units")
	case !actor.Has(record.Reviewer, n.Unit) && !actor.Has(record.Manager, n.Unit):
		return nil, &record.Error{Code: record.ForeignUnit, Field: "unit"}
	}
	units := map[string]bool{}
	for _, unit := range n.Units {
		if _, known := places.Get(unit); !known || unit == n.Unit && !n.Below || !places.Within(unit, n.Unit) {
			return nil, &record.Error{Code: record.ForeignUnit, Field: "units"}
		}
		units[unit] = true
		if n.Below {
			below(places, unit, units)
		}
	}
	delete(units, n.Unit)
	if m.Units = slices.Sorted(maps.Keys(units)); len(m.Units) == 0 {
		return bad("units")
	}
	m.Roles = slices.Compact(slices.Sorted(slices.Values(n.Roles)))
	if len(m.Roles) == 0 {
		m.Roles = []record.Role{record.Manager, record.Reviewer, record.Volunteer}
	}
	for _, role := range m.Roles {
		if !role.Valid() {
			return bad("roles")
		}
	}
	return m, nil
}

func below(places *record.Places, unit string, into map[string]bool) {
	for _, child := range places.Children(unit) {
		into[child] = true
		below(places, child, into)
	}
}

func same(a, b *Message) bool {
	return a.Account == b.Account && a.Unit == b.Unit && a.Text == b.Text && a.Campaign == b.Campaign &&
		slices.Equal(a.Units, b.Units) && slices.Equal(a.Roles, b.Roles)
}

// addressed makes the notices: one a person, by the highest of her units.
func (s *Service) addressed(ctx context.Context, m *Message) ([]Telling, error) {
	actors, err := s.opt.Store.People(ctx)
	if err != nil {
		return nil, err
	}
	people, params := remind.NewPeople(actors), messageParams{Text: m.Text, From: m.Account, FromUnit: m.Unit, Campaign: m.Campaign}
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{m.Account: true}
	var list []Telling
	for _, unit := range m.Units {
		for _, account := range people.At(unit, m.Roles...) {
			if seen[account] {
				continue
			}
			seen[account] = true
			list = append(list, Telling{Notice: Notice{ID: idOf(Sent, m.ID, account), Account: account, Kind: Sent, At: m.At, Unit: unit,
				Ref: m.ID, Params: raw}, Out: s.out(m.At, 3*24*time.Hour)})
		}
	}
	return list, nil
}

// out is what is sent by day alone, for as long as it says something.
func (s *Service) out(now time.Time, lasts time.Duration) *Out {
	due := remind.Awake(now, s.opt.Zone)
	return &Out{Due: due, Expires: due.Add(lasts)}
}

// Messages are those that somebody has sent, newest first.
func (s *Service) Messages(ctx context.Context, account string) ([]Message, error) {
	return s.opt.Store.Messages(ctx, account, time.Time{}, 200)
}

// Message is one that the caller has sent, with who has it by unit.
func (s *Service) Message(ctx context.Context, account, id string) (*Message, []Reach, error) {
	m, err := s.opt.Store.Message(ctx, id)
	if err == nil && (m == nil || m.Account != account) {
		err = record.Errorf(record.NotFound, "no message %s", id)
	}
	if err != nil {
		return nil, nil, err
	}
	reached, err := s.opt.Store.Reached(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	by := map[string]Reach{}
	for _, r := range reached {
		by[r.Unit] = r
		m.People, m.Received, m.Read = m.People+r.People, m.Received+r.Received, m.Read+r.Read
	}
	list := make([]Reach, 0, len(m.Units))
	for _, unit := range m.Units {
		r := by[unit]
		r.Unit = unit
		list = append(list, r)
	}
	// Where nobody has read it she has to telephone: that stands first.
	slices.SortStableFunc(list, func(a, b Reach) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Unit, b.Unit))
	})
	return m, list, nil
}

func rank(r Reach) int {
	switch {
	case r.People == 0:
		return 1
	case r.Read > 0:
		return 3
	case r.Received > 0:
		return 2
	}
	return 0
}

// From is the account that a notice is from, "" where it is the program itself.
func (n Notice) From() string {
	if n.Kind != Sent {
		return ""
	}
	var p messageParams
	if err := json.Unmarshal(n.Params, &p); err != nil {
		return ""
	}
	return p.From
}
