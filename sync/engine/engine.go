// Package engine merges the phones' change logs. It is the only writer of the
// log: it decides every outcome and, in one transaction, writes the ledger, the
// records, the feeds and the totals. It has no clock, no randomness and no
// network of its own.
package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

// Options are what the engine cannot know by itself.
type Options struct {
	Now   func() record.Instant // the server's clock
	NewID func() string         // 32 random hex digits
	// Snapshots names files of feeds to phones that have nothing of them; nil names none.
	Snapshots Snapshots
	// Words are those of changes that this program knows; nil stands for all (S24). Tests open an older or a later one.
	Words []string
	// Recount says how entries are counted anew (T15); nought stands for what is usual.
	Recount Pieces
	// Read is how catalogues are read; nil stands for catalogue.ParseJSON.
	Read Reading
}

// Reading reads a catalogue from its JSON as it stands in the ledger. Reading takes milliseconds: who opens many engines
// over ledgers that are alike may remember what the same bytes were read as.
type Reading func(raw []byte) (*catalogue.Catalogue, error)

func (read Reading) parse(raw []byte) (*catalogue.Catalogue, error) {
	if read != nil {
		return read(raw)
	}
	return catalogue.ParseJSON(raw)
}

// Engine is safe for concurrent use; writes are put in order by the store.
type Engine struct {
	store Store
	opt   Options
	world atomic.Pointer[world]
	read  atomic.Pointer[catalogue.Catalogue] // the last one that was read from the store
	epoch string
	// restored: the ledger has lost its end once, so that phones may name what it does not have (S23).
	restored bool
	walks    chan struct{} // bounds how many walk through a feed at once (Examine)
}

// maxWalks leaves readers to those who work.
const maxWalks = 2

// world is what changes rarely: it is replaced whole when the server's own log says so.
type world struct {
	places    *record.Places
	catalogue *catalogue.Catalogue
	divisions string // MetaDivisions of the places
	words     words  // of changes that are known

	campaigns []*campaign.Campaign // by id
	stamp     string               // MetaCampaigns of them
	counted   *catalogue.Catalogue // the one in force, with what campaigns count by a condition of their own
}

// Keys of Store.Meta.
const (
	metaEpoch     = "server_epoch"
	metaCatalogue = "catalogue" // hash of the one in force
	MetaDivisions = "divisions" // hash of the line that put them in force
	kindWords     = "words"     // of a line of the server's own log
)

// Open reads the world from the store, and gives an empty store its epoch. A
// catalogue other than the one in force is put in force; nil stands for that one.
func Open(ctx context.Context, store Store, cat *catalogue.Catalogue, opt Options) (*Engine, error) {
	e := &Engine{store: store, opt: opt, walks: make(chan struct{}, maxWalks)}
	var before words
	err := store.View(ctx, func(r Reader) (err error) {
		if e.epoch, err = r.Meta(metaEpoch); err != nil {
			return err
		}
		w := &world{catalogue: cat}
		if w.divisions, err = r.Meta(MetaDivisions); err != nil {
			return err
		}
		if before, err = readWords(r); err != nil {
			return err
		}
		if err = w.readCampaigns(r); err != nil {
			return err
		}
		w.words = before.mine()
		if w.places, err = placesOf(r); err != nil {
			return err
		}
		if cat == nil {
			hash, err := r.Meta(metaCatalogue)
			if err != nil {
				return err
			}
			if w.catalogue, err = e.catalogueOf(r, hash); err != nil {
				return err
			}
			if cat = w.catalogue; cat == nil {
				return errors.New("no catalogue: the store has none")
			}
		}
		w.weigh()
		e.world.Store(w)
		e.restored, err = restored(r, e.epoch)
		return err
	})
	if err != nil {
		return nil, err
	}
	if e.epoch == "" {
		e.epoch = opt.NewID()
		if err := store.Update(ctx, func(tx Tx) error { return tx.SetMeta(metaEpoch, e.epoch) }); err != nil {
			return nil, err
		}
	}
	if err := e.start(ctx, cat); err != nil {
		return nil, err
	}
	mine := known
	if opt.Words != nil {
		mine = wordsOf(opt.Words...)
	}
	if list := mine.list(); !slices.Equal(list, before.list()) {
		if err := e.append(ctx, ownLine{Kind: kindWords, Words: list}); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func placesOf(r Reader) (*record.Places, error) {
	list, err := r.Divisions()
	if err != nil {
		return nil, err
	}
	places, err := record.NewPlaces(list)
	if err != nil {
		return nil, fmt.Errorf("divisions in the store: %w", err)
	}
	return places, nil
}

// Now is the time that the engine goes by.
func (e *Engine) Now() record.Instant { return e.opt.Now() }

// worldOf is the world of a snapshot. Divisions that another process imported, a
// catalogue that one published, or what stands before this update in one commit,
// must decide here as they will when the log is replayed.
func (e *Engine) worldOf(r Reader) (*world, error) {
	w := e.world.Load()
	divisions, err := r.Meta(MetaDivisions)
	if err != nil {
		return nil, err
	}
	hash, err := r.Meta(metaCatalogue)
	if err != nil {
		return nil, err
	}
	stamp, err := r.Meta(MetaCampaigns)
	if err != nil || divisions == w.divisions && stamp == w.stamp && (hash == w.catalogue.Hash || hash == "") {
		return w, err
	}
	next := *w
	if stamp != w.stamp {
		if err := next.readCampaigns(r); err != nil {
			return nil, err
		}
	}
	if divisions != w.divisions {
		next.divisions = divisions
		if next.places, err = placesOf(r); err != nil {
			return nil, err
		}
	}
	if hash != w.catalogue.Hash && hash != "" {
		if next.catalogue, err = e.catalogueOf(r, hash); err != nil {
			return nil, err
		}
		if next.catalogue == nil {
			return nil, errNotKept
		}
	}
	next.weigh()
	return &next, nil
}

// view reads one committed snapshot, and keeps its world for those who ask without one.
func (e *Engine) view(ctx context.Context, f func(Reader, *world) error) error {
	return e.store.View(ctx, func(r Reader) error {
		old := e.world.Load()
		w, err := e.worldOf(r)
		if err != nil {
			return err
		}
		if w != old {
			e.world.CompareAndSwap(old, w)
		}
		return f(r, w)
	})
}

// Epoch names the server's ledger.
func (e *Engine) Epoch() string { return e.epoch }

// Catalogue is the one in force.
func (e *Engine) Catalogue() *catalogue.Catalogue { return e.world.Load().catalogue }

// Places is the tree of divisions in force.
func (e *Engine) Places() *record.Places { return e.world.Load().places }

// ownLine is a line of the server's own log (S12).
type ownLine struct {
	Kind      string            `json:"kind"` // divisions, catalogue, recount, campaign, report, seats, words, disclosure or restored
	Divisions []record.Division `json:"divisions,omitempty"`
	Catalogue json.RawMessage   `json:"catalogue,omitempty"`
	Actor     *record.Actor     `json:"actor,omitempty"`
	Before    string            `json:"before,omitempty"` // the server epoch that a restore ended
	Words     []string          `json:"words,omitempty"`  // of changes that the program knows from here on (S24)
	// Of a catalogue: what of it is the city's own, and whose entries are counted anew; of a recount: up to which place.
	Own     json.RawMessage `json:"own,omitempty"`
	Recount *recountOf      `json:"recount,omitempty"`
	Through int64           `json:"through,omitempty"`
	// Of a disclosure: which entry, to whom, why. A catalogue has the account that published it, if one did.
	Entity  string `json:"entity,omitempty"`
	Account string `json:"account,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Of a campaign: it whole, and what it was before.
	Campaign *campaign.Campaign `json:"campaign,omitempty"`
	Was      *campaign.Campaign `json:"was,omitempty"`
	// Of a report that was signed off: it whole.
	Report *report.Document `json:"report,omitempty"`
}

func parseOwn(raw []byte) (l ownLine, err error) {
	err = json.Unmarshal(raw, &l)
	return l, err
}

// SetDivisions replaces the tree of divisions. A unit may be renamed or put
// under another, and never goes.
func (e *Engine) SetDivisions(ctx context.Context, list []record.Division) error {
	places, err := record.NewPlaces(list)
	if err != nil {
		return &record.Error{Code: record.BadRequest, Err: err}
	}
	for _, d := range e.Places().All() {
		if _, kept := places.Get(d.Code); !kept {
			return record.Errorf(record.BadRequest, "division %s (%s) is in force and not in the list: entries and seats may name it", d.Code, d.Name)
		}
	}
	return e.append(ctx, ownLine{Kind: "divisions", Divisions: list})
}

// SetSeats says which seats an account holds from now on. What it recorded at a
// unit that it loses is parked, and replayed if it comes back.
func (e *Engine) SetSeats(ctx context.Context, account string, seats []record.Seat) error {
	return e.Appoint(ctx, []record.Actor{{Account: account, Seats: seats}}, nil)
}

// Actor gives an account's seats.
func (e *Engine) Actor(ctx context.Context, account string) (a record.Actor, err error) {
	err = e.store.View(ctx, func(r Reader) (err error) {
		a, err = r.Actor(account)
		return err
	})
	return a, err
}

// SeatsHash changes when the seats do; phones fetch /me and /divisions again then.
func SeatsHash(a record.Actor) string {
	raw, _ := json.Marshal(a.Seats)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

func (e *Engine) append(ctx context.Context, line ownLine) error {
	now := e.opt.Now()
	var next *world
	err := e.store.Update(ctx, func(tx Tx) error {
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		if err := s.put(line); err != nil {
			return err
		}
		next = s.world
		return nil
	})
	if err == nil {
		e.world.Store(next)
	}
	return err
}

// session is the work of one transaction.
type session struct {
	tx    Tx
	world *world
	epoch string // the server's
	now   record.Instant

	restored bool
	read     Reading
	begun    []Begun // the entries of a piece that is counted anew next, where they are known
}

func (e *Engine) session(tx Tx, now record.Instant) (*session, error) {
	w, err := e.worldOf(tx)
	return &session{tx: tx, world: w, epoch: e.epoch, now: now, restored: e.restored, read: e.opt.Read}, err
}

// put appends a line to the server's log.
func (s *session) put(line ownLine) error {
	raw, err := json.Marshal(line)
	if err != nil {
		return err
	}
	return s.own(raw)
}

// own appends a line to the server's log and does what it says. Verify replays
// the same lines by the same way.
func (s *session) own(raw []byte) error {
	line, err := parseOwn(raw)
	if err != nil {
		return err
	}
	return s.ownLine(raw, line)
}

// ownLine does so with a line that has been read.
func (s *session) ownLine(raw []byte, line ownLine) error {
	log, err := s.tx.Log(s.epoch)
	if err != nil {
		return err
	}
	log.Epoch, log.Through, log.Chain = s.epoch, log.Through+1, hashOf(raw)
	if err := s.tx.PutLog(log); err != nil {
		return err
	}
	seq, err := s.tx.AppendLine(Line{Epoch: s.epoch, N: log.Through, Hash: log.Chain, Bytes: raw, Entity: line.Entity, Received: s.now})
	if err != nil {
		return err
	}
	switch line.Kind {
	case "divisions":
		return s.setDivisions(line.Divisions, log.Chain)
	case "catalogue":
		return s.setCatalogue(line, seq)
	case kindRecount:
		return s.recountTo(line.Through)
	case kindCampaign:
		return s.setCampaign(line, seq, log.Chain)
	case kindReport:
		return s.setReport(line.Report, log.Through)
	case "seats":
		return s.setSeats(*line.Actor)
	case kindWords:
		return s.setWords(line.Words)
	case kindDisclosure:
		return s.setDisclosure(line)
	case kindRestored:
		return s.tx.SetMeta(metaEpoch, s.epoch)
	}
	return fmt.Errorf("line of the server's log of an unknown kind %q", line.Kind)
}

// setDivisions puts a tree in force. What a unit counted moves along when the
// unit is put under another.
func (s *session) setDivisions(list []record.Division, hash string) error {
	places, err := record.NewPlaces(list)
	if err != nil {
		return err
	}
	old := s.world.places
	next := *s.world
	next.places, next.divisions = places, hash
	s.world = &next
	if err := s.tx.SetMeta(MetaDivisions, hash); err != nil {
		return err
	}
	if err := s.tx.SetDivisions(list); err != nil {
		return err
	}
	var moved, apart []string          // that count; apart are those whose days are kept elsewhere now
	var risen, worked []*record.Record // of units that are of another level now; entries of units that moved
	err = s.tx.Records(func(r *record.Record) error {
		was, _ := old.Get(r.Unit)
		stays := slices.Equal(old.Up(r.Unit), places.Up(r.Unit))
		if r.Counts() && was.Level != s.world.levelOf(r.Unit) {
			risen = append(risen, r)
		}
		if r.Counts() && (!stays || was.Level != s.world.levelOf(r.Unit)) {
			apart = append(apart, r.ID)
		}
		if stays {
			return nil
		}
		if r.Counts() {
			moved = append(moved, r.ID)
		}
		if r.Type == record.Entry {
			worked = append(worked, r)
		}
		return errors.Join(addWaiting(s.tx, r, -1, old.Up), addWaiting(s.tx, r, +1, places.Up),
			putWork(s.tx, workOf(r), -1, old), putWork(s.tx, workOf(r), +1, places))
	})
	if err != nil {
		return err
	}
	if err := s.moveDays(apart, worked, old); err != nil {
		return err
	}
	var all []totals.Contribution
	for _, id := range moved {
		list, err := s.tx.Contributions(id)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	if err := totals.Move(s.tx, all, old.Up, places.Up); err != nil {
		return err
	}
	for _, r := range risen {
		if err := s.recount(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) setSeats(a record.Actor) error {
	old, err := s.tx.Actor(a.Account)
	if err != nil {
		return err
	}
	a.Past = old.Past
	for _, seat := range old.Seats {
		if !slices.Contains(a.Past, seat.Unit) {
			a.Past = append(a.Past, seat.Unit)
		}
	}
	if err := s.tx.SetActor(a); err != nil {
		return err
	}
	return s.release("seat:" + a.Account)
}
