package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// ReceiptCode is the short form of a receipt that people compare (S21): where its log begins, how far it goes, and how
// the hash of its last line begins.
type ReceiptCode struct {
	Log   string // first digits of the epoch
	N     int64
	Chain string // first digits of the line's hash
}

// Receipt is what the ledger has under one.
type Receipt struct {
	Account  string
	Unit     string // where she works or worked last
	Holds    bool   // exactly this receipt is the ledger's
	N        int64
	Through  int64 // what it has of this log by now
	Durable  *int64
	Received record.Instant // of line n
	Records  int            // that lines 1 to n are about
	AtLeast  bool           // there are more: of a long log the end was looked at
	Latest   []ReceiptLine  // of these the latest changes
}

// ReceiptLine is one change under a receipt. What the reader may not see bears its number and outcome alone.
type ReceiptLine struct {
	N       int64
	Entity  string
	Type    record.Type
	Form    string
	Outcome change.Outcome
	At      record.Instant
	Stub    bool
}

// Bounds of what is looked at and told.
const (
	receiptLines = 20
	receiptWalk  = 2000
)

// Receipt looks a receipt up for somebody who works at its author's unit or above it, or is her. The error is
// not_found for one that is nobody's there.
func (e *Engine) Receipt(ctx context.Context, actor record.Actor, code ReceiptCode) (*Receipt, error) {
	var out *Receipt
	err := e.view(ctx, func(r Reader, w *world) error {
		logs, err := r.LogsOf(code.Log)
		if err != nil {
			return err
		}
		for _, log := range logs {
			found, err := e.receipt(r, w, actor, log, code)
			if err != nil {
				return err
			}
			// Of two logs that begin alike the one that has the line is meant.
			if found != nil && (out == nil || found.Holds) {
				out = found
			}
		}
		if out == nil {
			return record.Errorf(record.NotFound, "receipt of log %s", code.Log)
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// receipt is nil where the log is not for this reader.
func (e *Engine) receipt(r Reader, w *world, actor record.Actor, log Log, code ReceiptCode) (*Receipt, error) {
	author, err := r.Actor(log.Account)
	if err != nil || log.Account == "" {
		return nil, err
	}
	units := slices.Clone(author.Past)
	for i, s := range author.Seats {
		units = slices.Insert(units, i, s.Unit)
	}
	at := slices.IndexFunc(units, func(unit string) bool { return access.To(actor, w.places, unit, log.Account) > access.Auditing })
	if at < 0 && log.Account != actor.Account {
		return nil, nil
	}
	out := &Receipt{Account: log.Account, N: code.N, Through: log.Through, Durable: log.Durable}
	if at >= 0 {
		out.Unit = units[at]
	}
	line, err := r.Line(log.Epoch, code.N)
	if err != nil || line == nil || !strings.HasPrefix(line.Hash, code.Chain) {
		return out, err
	}
	out.Holds, out.Received = true, line.Received
	seen := map[string]bool{}
	for n := code.N; n > 0; n-- {
		if line, err = r.Line(log.Epoch, n); err != nil {
			return nil, err
		}
		if line == nil {
			break // the log goes on from another one there
		}
		if out.AtLeast = code.N-n >= receiptWalk; out.AtLeast {
			break
		}
		if line.Entity != "" {
			seen[line.Entity] = true
		}
		if len(out.Latest) < receiptLines {
			one, err := e.receiptLine(r, w, actor, *line)
			if err != nil {
				return nil, err
			}
			out.Latest = append(out.Latest, one)
		}
	}
	out.Records = len(seen)
	slices.SortFunc(out.Latest, func(a, b ReceiptLine) int { return cmp.Compare(b.N, a.N) })
	return out, nil
}

func (e *Engine) receiptLine(r Reader, w *world, actor record.Actor, l Line) (ReceiptLine, error) {
	one := ReceiptLine{N: l.N, Outcome: l.Outcome, At: l.Received, Stub: true}
	rec, err := r.Record(l.Entity)
	if err != nil || rec == nil || access.Entry(actor, w.places, rec, e.opt.Now()) < access.Masked {
		one.Outcome.Field, one.Outcome.State, one.Outcome.Version = "", "", ""
		return one, err
	}
	one.Stub, one.Entity, one.Type, one.Form = false, rec.ID, rec.Type, rec.Form
	return one, nil
}
