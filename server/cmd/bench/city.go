package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"niangjia/server/app"
	"niangjia/server/auth"
	"niangjia/server/demo"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// pairs is how many pairs of phones there are: who records, and who approves it.
const pairs = 1000

// seat is an account with a phone, signed in.
type seat struct {
	Account string      `json:"account"`
	Device  string      `json:"device"`
	Refresh string      `json:"refresh"`
	Unit    string      `json:"unit"`
	Role    record.Role `json:"role"`
}

// city is a database of a size, and who works there.
type city struct {
	Made      time.Time `json:"made"`
	Took      float64   `json:"took"` // seconds that making it took
	Entries   int       `json:"entries"`
	Homes     []int     `json:"homes"` // households of each place in Recorders
	Recorders []seat    `json:"recorders"`
	Reviewers []seat    `json:"reviewers"` // of the same place in Recorders
}

func id(parts ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprintln(parts...)))
	return hex.EncodeToString(sum[:16])
}

// The households of a unit, and of each the one person that is in the register.
func household(unit string, i int) string { return id("household", unit, i) }
func person(unit string, i int) string    { return id("person", unit, i) }

// template gives the folder of a database of so many entries, making it if it is not there yet.
func template(ctx context.Context, s settings, entries int) (*city, string, error) {
	dir := filepath.Join(s.data, fmt.Sprint(entries))
	list := filepath.Join(dir, "city.json")
	if raw, err := os.ReadFile(list); err == nil {
		var c city
		// Sessions end when they are not used for months, and entries are to be of this year.
		if err := json.Unmarshal(raw, &c); err == nil && time.Since(c.Made) < 20*24*time.Hour {
			a, err := app.Open(ctx, app.Config{Data: dir}) // brings the schema up to this program's
			if err != nil {
				return nil, "", err
			}
			return &c, dir, a.Close()
		}
	}
	making := dir + ".making"
	if err := os.RemoveAll(making); err != nil {
		return nil, "", err
	}
	say("making a database of %d entries, once", entries)
	began := time.Now()
	c, err := makeCity(ctx, making, entries)
	if err != nil {
		return nil, "", fmt.Errorf("make a database of %d entries: %w", entries, err)
	}
	c.Took = time.Since(began).Seconds()
	say("made in %.0f s", c.Took)
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, "", err
	}
	if err := errors.Join(os.WriteFile(filepath.Join(making, "city.json"), raw, 0o600), os.RemoveAll(dir)); err != nil {
		return nil, "", err
	}
	return c, dir, os.Rename(making, dir)
}

// cheap is a password hash that costs nothing: two thousand phones sign in to be measured, not to be safe.
func cheap(password string) string {
	salt := []byte("measurement only")
	key := argon2.IDKey([]byte(password), salt, 1, 8, 1, 32)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, b64(salt), b64(key))
}

// makeCity fills a database through the engine, as phones do, a thousand changes a push; nine of ten entries are
// approved. The entries are of the last twelve months.
func makeCity(ctx context.Context, dir string, entries int) (_ *city, err error) {
	until := time.Now()
	if _, err := app.MakeDemo(ctx, app.Config{Data: dir}, app.DemoOptions{Until: until}); err != nil {
		return nil, err
	}
	var clock atomic.Int64
	clock.Store(until.AddDate(-1, 0, 0).UnixMilli())
	a, err := app.Open(ctx, app.Config{Data: dir, Now: func() time.Time { return time.UnixMilli(clock.Load()) }})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c := &city{Made: until, Entries: entries}
	if err := c.people(ctx, a); err != nil {
		return nil, err
	}
	f := &filling{city: c, app: a, until: until, clock: &clock}
	if err := f.fill(ctx, entries); err != nil {
		return nil, err
	}
	clock.Store(until.UnixMilli())
	for _, list := range [][]seat{c.Recorders, c.Reviewers} {
		for i := range list {
			s := &list[i]
			// Each from an address of its own, or the limit on tries would hold them up.
			_, tokens, err := a.Auth.Login(ctx, s.Account, demo.Password, s.Device, "measurement", s.Account)
			if err != nil {
				return nil, err
			}
			s.Refresh = tokens.Refresh
		}
	}
	return c, nil
}

// people opens the accounts: villages in turn from all townships, so that the first pairs do not share one.
func (c *city) people(ctx context.Context, a *app.App) error {
	places := a.Engine.Places()
	var townships [][]string
	for _, d := range places.All() {
		if villages := places.Children(d.Code); d.Level == record.Township && len(villages) > 0 {
			townships = append(townships, villages)
		}
	}
	var villages []string
	for i := 0; len(villages) < len(places.All()); i++ {
		found := false
		for _, t := range townships {
			if i < len(t) {
				villages, found = append(villages, t[i]), true
			}
		}
		if !found {
			break
		}
	}
	hash := cheap(demo.Password)
	open := func(unit string, role record.Role, i int) (seat, error) {
		s := seat{Account: id("account", role, i), Device: id("device", role, i), Unit: unit, Role: role}
		_, err := a.Auth.Add(ctx, auth.NewAccount{ID: s.Account, Login: s.Account, Name: "测速", Hash: hash,
			Seats: []record.Seat{{Role: role, Unit: unit}}})
		return s, err
	}
	add := func(unit string) error {
		i := len(c.Recorders)
		role := record.Volunteer
		if d, _ := places.Get(unit); d.Level != record.Village {
			role = record.Reviewer
		}
		recorder, err := open(unit, role, 2*i)
		if err != nil {
			return err
		}
		reviewer, err := open(places.Reviewing(unit), record.Reviewer, 2*i+1)
		c.Recorders, c.Reviewers = append(c.Recorders, recorder), append(c.Reviewers, reviewer)
		return err
	}
	for i := range pairs {
		if err := add(villages[i%len(villages)]); err != nil {
			return err
		}
		// The villages whose phones push most have as many households as it takes that none is visited every day.
		homes := min(max(c.Entries/len(villages)/5, 10), 200)
		switch {
		case i < 2:
			homes = 2000
		case i < 50:
			homes = 300
		}
		c.Homes = append(c.Homes, homes)
	}
	for _, d := range places.All() { // beyond the pairs: the levels above record too
		if d.Level != record.Village && d.Level != record.Province {
			if err := add(d.Code); err != nil {
				return err
			}
			c.Homes = append(c.Homes, 20)
		}
	}
	return nil
}

// writing is a phone's log as it grows.
type writing struct {
	who  engine.Who
	head change.Head
	prev string
	n    int64
	list [][]byte
}

func newWriting(s seat, epoch string) *writing {
	return &writing{who: engine.Who{Account: s.Account, Device: s.Device},
		head: change.Head{Protocol: change.Protocol, Epoch: epoch, From: 1, Cursors: map[string]int64{}}}
}

func (w *writing) add(c *change.Change) error {
	w.n++
	c.Epoch, c.N, c.Prev = w.head.Epoch, w.n, w.prev
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	w.prev = change.Hash(raw)
	w.list = append(w.list, raw)
	return nil
}

// take gives what was added as one push.
func (w *writing) take() (change.Head, [][]byte) {
	head, lines := w.head, w.list
	w.head.From, w.list = w.n+1, nil
	return head, lines
}

// made is an entry that can be approved.
type made struct{ id, version string }

// author makes entries.
type author struct {
	contents *demo.Contents
	random   *rand.Rand
	text     bool
}

func newAuthor(cat *catalogue.Catalogue, seed uint64) (*author, error) {
	contents, err := demo.NewContents(seed, cat)
	return &author{contents: contents, random: rand.New(rand.NewPCG(seed, 7)), text: true}, err
}

func (a *author) id() string {
	return fmt.Sprintf("%016x%016x", a.random.Uint64(), a.random.Uint64())
}

// words are forty characters that no other entry has.
func (a *author) words() record.Value {
	const from, to = 0x4e00, 0x5e00
	text := make([]rune, 40)
	for i := range text {
		text[i] = rune(from + a.random.IntN(to-from))
	}
	return record.Text(string(text))
}

func (a *author) entry(w *writing, unit record.Division, homes int, day time.Time) (made, error) {
	home, persons := "", []string(nil)
	if homes > 0 {
		h := a.random.IntN(homes)
		home, persons = household(unit.Code, h), []string{person(unit.Code, h)}
	}
	form, content := a.contents.Entry(unit.Level, day, home, persons...)
	if delete(content, catalogue.KeyText); a.text && form.Field(catalogue.KeyText) != nil {
		content[catalogue.KeyText] = a.words()
	}
	content, bad := form.Normalise(content)
	if bad != nil {
		return made{}, bad
	}
	m := made{a.id(), content.Version()}
	return m, w.add(&change.Change{Type: record.Entry, Entity: m.id, Kind: change.Create, Unit: unit.Code, Form: form.ID,
		FormVersion: form.Version, Fields: content, Event: review.Submit, At: record.Instant(day.UnixMilli()), Seen: record.Instant(day.UnixMilli())})
}

// home registers a household and its person.
func (a *author) home(w *writing, unit string, h int, day time.Time) error {
	at := record.Instant(day.UnixMilli())
	id := household(unit, h)
	return errors.Join(
		w.add(&change.Change{Type: record.Household, Entity: id, Kind: change.Create, Unit: unit, Fields: a.contents.Register(record.Household, day, ""), At: at, Seen: at}),
		w.add(&change.Change{Type: record.Person, Entity: person(unit, h), Kind: change.Create, Unit: unit, Fields: a.contents.Register(record.Person, day, id), At: at, Seen: at}))
}

func approve(w *writing, m made, at time.Time) error {
	return w.add(&change.Change{Type: record.Entry, Entity: m.id, Kind: change.Transition, Event: review.Approve,
		Trunk: m.version, At: record.Instant(at.UnixMilli()), Seen: record.Instant(at.UnixMilli())})
}

// copyCity copies a database to a new folder.
func copyCity(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	in, err := os.Open(filepath.Join(from, app.DatabaseFile))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read only
	out, err := os.Create(filepath.Join(to, app.DatabaseFile))
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
