package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Difference is one thing that verify found wrong.
type Difference struct {
	What   string `json:"what"`
	Where  string `json:"where"`
	Stored string `json:"stored"`
	Right  string `json:"right"`
}

// Verification is what verify found. It holds when there are no differences.
type Verification struct {
	Lines         int          `json:"lines"`
	Records       int          `json:"records"`
	Contributions int          `json:"contributions"`
	Totals        int          `json:"totals"`
	Recounting    *Recount     `json:"recounting,omitempty"` // that was under way
	Differences   []Difference `json:"differences"`
	More          int          `json:"more"` // differences beyond the first maxDifferences

	signed []string // reports that the lines have
}

// Holds reports whether everything agreed.
func (v *Verification) Holds() bool { return len(v.Differences) == 0 }

const maxDifferences = 100

func (v *Verification) differ(what, where string, stored, right any) {
	if len(v.Differences) >= maxDifferences {
		v.More++
		return
	}
	v.Differences = append(v.Differences, Difference{what, where, fmt.Sprint(stored), fmt.Sprint(right)})
}

// Verify replays the ledger of a store into an empty one, line by line, and
// compares everything that follows from it; the totals it counts once more from
// the approved contents by brute force, without the tables that keep them (T7).
// Where entries are being counted anew, those whose turn has not come have what
// they had, and the rest of it is done in the store that was empty (T15).
// progress may be nil.
func Verify(ctx context.Context, store, empty Store, progress func(done, all int64)) (*Verification, error) {
	return VerifyReading(ctx, store, empty, nil, progress)
}

// VerifyReading is Verify with another way to read catalogues.
func VerifyReading(ctx context.Context, store, empty Store, read Reading, progress func(done, all int64)) (*Verification, error) {
	v := &Verification{}
	err := store.View(ctx, func(have Reader) error {
		w, err := v.replay(ctx, have, empty, read, progress)
		if err != nil {
			return err
		}
		if err := empty.View(ctx, func(right Reader) error {
			if err := v.records(have, right); err != nil {
				return err
			}
			if err := v.state(have, right, w); err != nil {
				return err
			}
			if err := v.walk(have, right); err != nil {
				return err
			}
			return v.figures(have, right, w)
		}); err != nil {
			return err
		}
		return v.countOut(ctx, empty, w)
	})
	return v, err
}

// CountAgain counts every figure once more from the records' approved contents by brute force, by a catalogue and the
// divisions in force, and compares: the part of Verify that replays nothing.
func CountAgain(ctx context.Context, store Store, cat *catalogue.Catalogue) (*Verification, error) {
	v := &Verification{}
	err := store.View(ctx, func(r Reader) error {
		places, err := placesOf(r)
		if err != nil {
			return err
		}
		w := &world{places: places, catalogue: cat}
		if err := w.readCampaigns(r); err != nil {
			return err
		}
		w.weigh()
		return v.figures(r, r, w)
	})
	return v, err
}

// replayBatch lines share a transaction: what they add to one total is then written once.
const replayBatch = 500

// replay puts every line through the engine again. A line's own bytes must have
// its hash, its chain must hold, and its outcome must be the one that was stored.
func (v *Verification) replay(ctx context.Context, have Reader, empty Store, read Reading, progress func(done, all int64)) (*world, error) {
	epoch, err := have.Meta(metaEpoch)
	if err != nil {
		return nil, err
	}
	all, err := have.LastSeq()
	if err != nil {
		return nil, err
	}
	again := newReplayed(v, empty, read)
	err = have.Lines(func(l Line) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		v.Lines++
		if progress != nil && v.Lines%1000 == 0 {
			progress(int64(v.Lines), all)
		}
		return again.take(ctx, l)
	})
	if err == nil {
		err = again.put(ctx)
	}
	if err != nil {
		return nil, err
	}
	if v.Lines > 0 && again.epoch != epoch {
		v.differ("server epoch", "the newest line of the server's own log", epoch, again.epoch)
	}
	w := again.world.Load()
	return w, empty.View(ctx, func(right Reader) error {
		if err := v.reports(have, right); err != nil {
			return err
		}
		return have.Lines(func(l Line) error {
			r, err := right.Line(l.Epoch, l.N)
			if err != nil || r == nil {
				return err
			}
			if r.Outcome != l.Outcome {
				v.differ("outcome", whereLine(l), text(l.Outcome), text(r.Outcome))
			}
			have, err := have.Log(l.Epoch)
			if err != nil {
				return err
			}
			if have.Through < l.N || have.Through == l.N && have.Chain != l.Hash {
				v.differ("log", "epoch "+l.Epoch, fmt.Sprintf("%d %s", have.Through, have.Chain), fmt.Sprintf("%d %s", l.N, l.Hash))
			}
			return nil
		})
	})
}

// replayLine puts one line through the engine.
func (v *Verification) replayLine(e *Engine, tx Tx, l Line) error {
	where := whereLine(l)
	s, err := e.session(tx, l.Received)
	if err != nil {
		return err
	}
	log, err := tx.Log(l.Epoch)
	if err != nil {
		return err
	}
	ready := prepared{hash: hashOf(l.Bytes)}
	if l.Account != "" {
		ready = prepare(l.Bytes)
	}
	if ready.hash != l.Hash {
		v.differ("ledger line's hash", where, l.Hash, ready.hash)
	}
	if l.Account == "" { // the server's own, of this server epoch or an earlier one (S15)
		if log.Through+1 != l.N {
			v.differ("ledger line's number", where, l.N, log.Through+1)
		}
		s.epoch, e.epoch = l.Epoch, l.Epoch
		own, err := parseOwn(l.Bytes)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if own.Kind == kindRestored {
			s.restored, e.restored = true, true
		}
		if own.Report != nil {
			v.signed = append(v.signed, own.Report.ID)
		}
		if err := s.ownLine(l.Bytes, own); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		e.world.Store(s.world)
		return nil
	}
	if log.Epoch == "" {
		if log, err = s.begin(Log{Epoch: l.Epoch, Account: l.Account}, ready); err != nil {
			return err
		}
	}
	if log.Through+1 != l.N {
		v.differ("ledger line's number", where, l.N, log.Through+1)
		log.Through = l.N - 1
	}
	actor, err := tx.Actor(l.Account)
	if err != nil {
		return err
	}
	if _, err := s.line(&log, actor, ready); err != nil {
		return err
	}
	return tx.PutLog(log)
}

func whereLine(l Line) string { return "epoch " + l.Epoch + " number " + strconv.FormatInt(l.N, 10) }

func text(x any) string {
	raw, err := json.Marshal(x)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// records compares every record, in both directions.
func (v *Verification) records(have, right Reader) error {
	seen := map[string]bool{}
	err := have.Records(func(r *record.Record) error {
		v.Records++
		seen[r.ID] = true
		other, err := right.Record(r.ID)
		if err != nil {
			return err
		}
		if other == nil {
			v.differ("record", r.ID, "is there", "is in no line of the ledger")
		} else if !alike(r, other) { // of a nil and an empty list only the text is the same
			if a, b := text(r), text(other); a != b {
				v.differ("record", r.ID, a, b)
			}
		}
		a, err := have.Contributions(r.ID)
		if err != nil {
			return err
		}
		b, err := right.Contributions(r.ID)
		if err != nil || slices.Equal(a, b) {
			return err
		}
		return v.same("a record's contributions", r.ID, func(from Reader) (any, error) {
			list, err := from.Contributions(r.ID)
			slices.SortFunc(list, func(a, b totals.Contribution) int { return strings.Compare(a.SortKey(), b.SortKey()) })
			return list, err
		}, have, right)
	})
	if err != nil {
		return err
	}
	return right.Records(func(r *record.Record) error {
		if !seen[r.ID] {
			v.differ("record", r.ID, "missing", text(r))
		}
		return nil
	})
}

// alike compares two records. Contents are most of one, and compared as what they are; whatever else a record may ever have,
// as a whole.
func alike(a, b *record.Record) bool {
	x, y := *a, *b
	for _, both := range [][2]*record.Content{{&x.Content, &y.Content}, {&x.Approved, &y.Approved}} {
		if (*both[0] == nil) != (*both[1] == nil) || !maps.Equal(*both[0], *both[1]) {
			return false
		}
		*both[0], *both[1] = nil, nil
	}
	if (x.Writers == nil) != (y.Writers == nil) || !maps.Equal(x.Writers, y.Writers) {
		return false
	}
	x.Writers, y.Writers = nil, nil
	return reflect.DeepEqual(&x, &y)
}

func compare[K, N comparable](v *Verification, what string, right map[K]N, at K, n N) {
	if right[at] != n {
		v.differ(what, fmt.Sprint(at), n, right[at])
	}
	delete(right, at)
}
