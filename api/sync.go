package api

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/labstack/echo/v4"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

type wireHead struct {
	Protocol    int              `json:"protocol"`
	Epoch       string           `json:"epoch"`
	From        int64            `json:"from"`
	ServerEpoch string           `json:"server_epoch"`
	Cursors     map[string]int64 `json:"cursors"`
	Bases       map[string]int64 `json:"bases"`
	Digests     bool             `json:"digests"`
	Snapshots   bool             `json:"snapshots"`
}

type wireOutcome struct {
	N       int64  `json:"n"`
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	Field   string `json:"field,omitempty"`
	Version string `json:"version,omitempty"`
	State   string `json:"state,omitempty"`
}

type wirePush struct {
	Through  int64         `json:"through"`
	Chain    string        `json:"chain"`
	Durable  *int64        `json:"durable"`
	Outcomes []wireOutcome `json:"outcomes"`
}

type wirePull struct {
	Rows    []any            `json:"rows"` // stands empty until respondRows fills it
	Cursors map[string]int64 `json:"cursors"`
	Drop    []string         `json:"drop"`
	More    bool             `json:"more"`

	Reset   []string              `json:"reset,omitempty"`
	Bases   map[string]int64      `json:"bases,omitempty"`
	Digests map[string]wireDigest `json:"digests,omitempty"`
	// Snapshots are told only to a phone that asked for them.
	Snapshots []change.Snapshot `json:"snapshots,omitempty"`
}

type wireAnswer struct {
	Protocol    int               `json:"protocol"`
	ServerEpoch string            `json:"server_epoch"`
	ServerTime  int64             `json:"server_time"`
	Catalogue   string            `json:"catalogue"`
	Campaigns   string            `json:"campaigns"`
	Seats       string            `json:"seats"`
	Push        wirePush          `json:"push"`
	Pull        wirePull          `json:"pull"`
	Names       map[string]string `json:"names"`
	Inbox       int64             `json:"inbox,omitempty"` // N1
}

// sync is one exchange (W3): a line with the head, then a line a change.
func (s *Server) sync(c echo.Context) error {
	if err := mediaType(c, "application/x-ndjson"); err != nil {
		return err
	}
	body, err := readBody(c, maxSync)
	if err != nil {
		return err
	}
	first, rest, _ := bytes.Cut(body, []byte("\n"))
	if len(first) > change.MaxLineBytes { // W7; a head names a cursor for each feed, which are compared one by one
		return &record.Error{Code: record.TooLarge, Field: "cursors"}
	}
	var head wireHead
	if err := decode(first, &head); err != nil {
		// Of another protocol's head what names the log is the same for ever (S22).
		var least struct {
			Protocol int    `json:"protocol"`
			Epoch    string `json:"epoch"`
			From     int64  `json:"from"`
		}
		if decode(first, &least) != nil || least.Protocol == change.Protocol {
			return err
		}
		head = wireHead{Protocol: least.Protocol, Epoch: least.Epoch, From: least.From}
	}
	if head.Protocol != change.Protocol && len(rest) == 0 { // S22: only a pull is refused
		return &record.Error{Code: record.UpgradeRequired}
	}
	if err := validID("epoch", head.Epoch); err != nil {
		return err
	}
	if head.From < 1 {
		return &record.Error{Code: record.BadRequest, Field: "from"}
	}
	who, ctx := callerOf(c), c.Request().Context()
	mine := turn{of: s.turns}
	defer mine.end()
	author := engine.Who{Account: who.Account.ID, Device: who.Session.Device, Actor: &who.Actor, Packed: true, Turn: mine.wait}
	pushed := change.Head{Protocol: head.Protocol, Epoch: head.Epoch, From: head.From, ServerEpoch: head.ServerEpoch, Cursors: head.Cursors,
		Bases: head.Bases, Digests: head.Digests, Snapshots: head.Snapshots}
	answer, err := s.Engine.Sync(ctx, author, pushed, lines(rest))
	if name, _ := code(err); err != nil && name == record.Fork {
		var common *change.Fork
		if errors.As(err, &common) { // the phone must learn how far the two logs are the same (S2)
			return &forked{error: err, through: common.Common, chain: common.Chain}
		}
		return err
	} else if err != nil {
		return err
	}
	if s.Meter != nil {
		outcomes := make([]string, 0, len(answer.Push.Outcomes))
		for _, o := range answer.Push.Outcomes {
			outcomes = append(outcomes, string(o.Outcome))
		}
		s.Meter.Pushed(outcomes)
		s.Meter.Reset(len(answer.Pull.Reset))
	}
	if who.Account.MustChange {
		answer.Pull = change.Page{Rows: []change.Row{}, Cursors: head.Cursors}
	}
	if answer.Names, err = s.Auth.Names(ctx, mentioned(answer.Pull)); err != nil {
		return err
	}
	wire := answerToWire(answer)
	if wire.Inbox, err = s.newest(ctx, who.Account.ID); err != nil {
		return err
	}
	if _, held := c.Response().Writer.(*squeezed); !held {
		mine.end() // this answer goes out as it is made, and nobody is to wait for who takes it
	}
	return respondRows(c, wire, answer.Pull.Rows)
}

// turn is the place of one answer among those of which the rows are read, written and compressed at once. A hundred phones
// in one hall would else have a hundred pages in memory, and none of them would be ready any sooner.
type turn struct {
	of  chan struct{}
	has bool
}

func (t *turn) wait(ctx context.Context) error {
	select {
	case t.of <- struct{}{}:
		t.has = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turn) end() {
	if t.has {
		<-t.of
		t.has = false
	}
}

// lines are the exact bytes between line breaks, at most as many as a push may have and one more, so that the engine
// sees that there were too many. A last line break ends the last line and begins none.
func lines(text []byte) [][]byte {
	text = bytes.TrimSuffix(text, []byte("\n"))
	if len(text) == 0 {
		return nil
	}
	out := bytes.SplitN(text, []byte("\n"), change.MaxLines+1)
	if len(out) > change.MaxLines {
		out = out[:change.MaxLines]
	}
	return out
}

func answerToWire(a *change.Answer) wireAnswer {
	w := wireAnswer{
		Protocol: a.Protocol, ServerEpoch: a.ServerEpoch, ServerTime: int64(a.ServerTime), Catalogue: a.Catalogue, Campaigns: a.Campaigns, Seats: a.Seats,
		Push:  wirePush{Through: a.Push.Through, Chain: a.Push.Chain, Durable: a.Push.Durable, Outcomes: make([]wireOutcome, 0, len(a.Push.Outcomes))},
		Pull:  wirePull{Rows: []any{}, Cursors: a.Pull.Cursors, Drop: a.Pull.Drop, More: a.Pull.More, Reset: a.Pull.Reset, Bases: a.Pull.Bases, Snapshots: a.Pull.Snapshots},
		Names: a.Names,
	}
	if w.Pull.Cursors == nil {
		w.Pull.Cursors = map[string]int64{}
	}
	if w.Pull.Drop == nil {
		w.Pull.Drop = []string{}
	}
	for feed, d := range a.Pull.Digests {
		if w.Pull.Digests == nil {
			w.Pull.Digests = make(map[string]wireDigest, len(a.Pull.Digests))
		}
		w.Pull.Digests[feed] = digestToWire(d)
	}
	for _, o := range a.Push.Outcomes {
		w.Push.Outcomes = append(w.Push.Outcomes, wireOutcome{N: o.N, Outcome: string(o.Outcome), Code: string(o.Code),
			Field: o.Field, Version: o.Version, State: string(o.State)})
	}
	return w
}

// mentioned lists the accounts that a page names, with its files.
func mentioned(page change.Page) []string {
	seen := map[string]bool{}
	for _, r := range page.Rows {
		for _, account := range r.Mentions() {
			seen[account] = true
		}
	}
	for _, f := range page.Snapshots {
		for _, account := range f.Accounts {
			seen[account] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// forked is a fork with the end of the log that the server has.
type forked struct {
	error
	through int64
	chain   string
}

func (f *forked) Unwrap() error { return f.error }
