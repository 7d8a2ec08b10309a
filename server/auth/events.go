package auth

import (
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// What was done to an account.
type What string

const (
	Opened       What = "opened"
	Renamed      What = "renamed"
	Seated       What = "seats"
	Invited      What = "code"
	WasReset     What = "reset"
	Enrolled     What = "enrolled"
	PasswordSet  What = "password"
	Closed       What = "closed"
	Reopened     What = "reopened"
	PhoneEnded   What = "phone_ended"
	HandedOver   What = "handed_over"
	TookOver     What = "took_over"
	WorkReceived What = "received"
	Published    What = "catalogue"  // put forms and indicators in force
	Telephoned   What = "telephones" // took a list of names and telephones away
	TokenMade    What = "token_made" // made a read token, of which Unit and Token tell
	TokenEnded   What = "token_ended"
)

// Event is a line of the record of who did what to which account. By is "" for whoever keeps the machine. No name is in
// it: names are looked up when it is shown.
type Event struct {
	Seq     int64 // its number in the record; 0 until it is kept there
	At      time.Time
	By      string
	Account string
	What    What
	Detail  EventDetail
}

// EventDetail says more, where there is more.
type EventDetail struct {
	Gave  []record.Seat `json:"gave,omitempty"`
	Took  []record.Seat `json:"took,omitempty"`
	Other string        `json:"other,omitempty"` // the account handed over to or from
	Unit  string        `json:"unit,omitempty"`
	Phone string        `json:"phone,omitempty"` // id of the device
	N     int           `json:"n,omitempty"`
	Token string        `json:"token,omitempty"` // id of a read token
}

func (s *Service) event(by, account string, what What, detail EventDetail) Event {
	return Event{At: s.now(), By: by, Account: account, What: what, Detail: detail}
}

// Published keeps that an account put forms and indicators in force, in the transaction that does so. Of whoever keeps
// the machine, who has no account, the log's own line tells.
func (s *Service) Published(tx engine.Tx, by string) error {
	if by == "" {
		return nil
	}
	return s.store.WriteBeside(tx, Beside{Events: []Event{s.event(by, by, Published, EventDetail{})}})
}

// difference tells which seats came and which went.
func difference(before, after []record.Seat) (gave, took []record.Seat) {
	have := map[record.Seat]bool{}
	for _, s := range before {
		have[s] = true
	}
	for _, s := range after {
		if !have[s] {
			gave = append(gave, s)
		}
		delete(have, s)
	}
	for _, s := range before {
		if have[s] {
			took = append(took, s)
		}
	}
	return gave, took
}
