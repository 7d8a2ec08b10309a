package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"niangjia/server/auth"
	"niangjia/server/notice"
	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/remind"
)

var zone = time.FixedZone("CST", 8*60*60)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		panic(err)
	}
	return t
}

// town is a store with people in it, and campaigns that a test makes.
type town struct {
	t      testing.TB
	store  *sqlite.Store
	places *record.Places
	now    time.Time

	mu   sync.Mutex
	list []remind.Campaign
	fail error
}

func (w *town) Open(context.Context, time.Time) ([]remind.Campaign, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.list)
	for i := range out {
		out[i].Gaps = nil
	}
	return out, nil
}

func (w *town) Gaps(_ context.Context, campaign string) ([]remind.Gap, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil && campaign == "broken" {
		return nil, w.fail
	}
	for _, c := range w.list {
		if c.ID == campaign {
			return slices.Clone(c.Gaps), nil
		}
	}
	return nil, errors.New("no such campaign")
}

func (w *town) service(store *sqlite.Store) *notice.Service {
	return notice.New(notice.Options{Store: store.Notices(), Places: func() *record.Places { return w.places }, Campaigns: w,
		Now: func() time.Time { return w.now }, Zone: zone, Log: slog.New(slog.DiscardHandler)})
}

// newTown makes a township with villages, each with a volunteer and the township with a reviewer.
func newTown(t testing.TB, villages int) *town {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.db")
	store, err := sqlite.OpenScratch(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &town{t: t, store: store, now: at("2026-12-24 09:00")}
	divisions := []record.Division{{Code: "530900000000", Level: record.City}, {Code: "530923000000", Level: record.County, Parent: "530900000000"}}
	var accounts []auth.Account
	var actors []record.Actor
	seat := func(role record.Role, unit string) {
		a := record.Actor{Account: remind.Hash(string(role), unit), Seats: []record.Seat{{Role: role, Unit: unit}}}
		actors = append(actors, a)
		accounts = append(accounts, auth.Account{ID: a.Account, Login: a.Account, Active: true})
	}
	for v := range villages {
		if v%12 == 0 {
			code := fmt.Sprintf("530923%03d000", v/12+1)
			divisions = append(divisions, record.Division{Code: code, Level: record.Township, Parent: "530923000000"})
			seat(record.Reviewer, code)
		}
		code := unit(v)
		divisions = append(divisions, record.Division{Code: code, Level: record.Village, Parent: code[:9] + "000"})
		seat(record.Volunteer, code)
	}
	if w.places, err = record.NewPlaces(divisions); err != nil {
		t.Fatal(err)
	}
	err = store.Update(t.Context(), func(tx engine.Tx) error {
		for _, a := range actors {
			if err := tx.SetActor(a); err != nil {
				return err
			}
		}
		return store.Accounts().WriteBeside(tx, auth.Beside{Accounts: accounts})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func unit(v int) string { return fmt.Sprintf("530923%03d%03d", v/12+1, v%12+1) }

func (w *town) campaign(id, deadline string, villages int) {
	c := remind.Campaign{ID: id, Title: id, Start: "2026-11-02", Deadline: deadline}
	for v := range villages {
		c.Gaps = append(c.Gaps, remind.Gap{Unit: unit(v), Target: 5})
	}
	w.list = append(w.list, c)
}

// inboxes are all notices by account.
func (w *town) inboxes(ctx context.Context) map[string][]notice.Notice {
	w.t.Helper()
	s := w.store.Notices()
	people, err := s.People(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string][]notice.Notice{}
	for _, a := range people {
		page, err := s.Inbox(ctx, a.Account, 0, 1000)
		if err != nil {
			w.t.Fatal(err)
		}
		out[a.Account] = page.Notices
	}
	return out
}

type params struct {
	Day   string
	Items []struct {
		Campaign       string
		Left           int
		Record, Review []string
	}
}

// N6: two servers over one store tell at the same time, some are ended in the middle, clocks go back and forth: each
// person's inbox has one reminder a day and each mark once, none in quiet hours, and none who has finished.
func TestTwoServersTellOnce(t *testing.T) {
	const villages = 36
	w := newTown(t, villages)
	w.campaign("a", "2026-12-31", villages)
	w.campaign("b", "2027-01-02", villages)
	rnd := rand.New(rand.NewPCG(1, 1))
	start := at("2026-12-20 06:00")
	servers := []*notice.Service{w.service(w.store), w.service(w.store)}
	for hours := 0; hours < 20*24; hours += 2 {
		w.now = start.Add(time.Duration(hours) * time.Hour)
		if rnd.IntN(30) == 0 {
			w.now = w.now.Add(-time.Duration(rnd.IntN(100)) * time.Hour)
		}
		w.mu.Lock()
		for i := range w.list {
			if g := &w.list[i].Gaps[rnd.IntN(villages)]; g.Missing() > 0 && rnd.IntN(4) == 0 {
				g.Submitted = g.Target
			}
		}
		w.mu.Unlock()
		before := w.inboxes(t.Context())
		var both sync.WaitGroup
		for _, server := range servers {
			ctx, stop := context.WithCancel(t.Context())
			both.Go(func() {
				defer stop()
				if err := server.Remind(ctx); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
			if rnd.IntN(3) == 0 {
				stop() // it is ended in the middle
			}
		}
		both.Wait()
		w.check(before)
	}
	total := 0
	for account, list := range w.inboxes(t.Context()) {
		days, marks := map[string]bool{}, map[string]bool{}
		for _, n := range list {
			var p params
			if err := json.Unmarshal(n.Params, &p); err != nil {
				t.Fatal(err)
			}
			if days[p.Day] {
				t.Errorf("%s has two reminders on %s", account, p.Day)
			}
			days[p.Day] = true
			for _, i := range p.Items {
				mark := fmt.Sprint(i.Campaign, i.Left)
				if marks[mark] {
					t.Errorf("%s is told of %s twice", account, mark)
				}
				marks[mark] = true
				total++
			}
		}
	}
	if total < villages*4 {
		t.Errorf("only %d were told", total)
	}
}

// N18: two servers of which one has a wrong clock, by hours in either direction, each looking every few minutes: nobody is
// told in the night by the right clock, every mark is told each person once, and before its campaign matters no more. When
// the wrong one ends, its night ends with it.
func TestClocksThatDiffer(t *testing.T) {
	for _, wrong := range []time.Duration{3 * time.Hour, -5 * time.Hour, 12 * time.Hour} {
		const villages = 2
		w := newTown(t, villages)
		w.campaign("a", "2026-12-31", villages)
		service := func(by time.Duration) *notice.Service {
			return notice.New(notice.Options{Store: w.store.Notices(), Places: func() *record.Places { return w.places }, Campaigns: w,
				Now: func() time.Time { return w.now.Add(by) }, Zone: zone, Log: slog.New(slog.DiscardHandler)})
		}
		right, other := service(0), service(wrong)
		told := 0
		look := func(s *notice.Service) {
			t.Helper()
			if err := s.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, list := range w.inboxes(t.Context()) {
				n += len(list)
			}
			if n > told && remind.Quiet(w.now, zone) {
				t.Errorf("%v: %d are told at %s", wrong, n-told, w.now.In(zone))
			}
			told = n
		}
		w.now = at("2026-12-29 06:00")
		look(right) // both run when the first day begins
		for end := at("2027-01-01 23:00"); w.now.Before(end); w.now = w.now.Add(5 * time.Minute) {
			if h := w.now.In(zone).Hour(); h > 9 && h < 19 && w.now.Minute() > 0 {
				// Hours in which nothing begins or ends are gone through faster.
				w.now = w.now.Add(25 * time.Minute)
			}
			look(other)
			w.now = w.now.Add(time.Minute)
			look(right)
			w.now = w.now.Add(-time.Minute)
		}
		marks := map[string]int{}
		for account, list := range w.inboxes(t.Context()) {
			for _, n := range list {
				var p params
				if err := json.Unmarshal(n.Params, &p); err != nil {
					t.Fatal(err)
				}
				for _, i := range p.Items {
					marks[fmt.Sprint(account, i.Campaign, i.Left)]++
				}
			}
		}
		if len(marks) != 4*villages { // what 3 days before has missed, and 1, 0 and 1 after
			t.Errorf("%v: %d marks are told, of %d people", wrong, len(marks), villages)
		}
		for mark, n := range marks {
			if n != 1 {
				t.Errorf("%v: %s is told %d times", wrong, mark, n)
			}
		}
		// It is night by the other's clock, which stands still from now on.
		w.list = nil
		w.campaign("b", "2027-01-09", villages)
		w.now = at("2027-01-02 10:00")
		for h := 0; !remind.Quiet(w.now.Add(wrong), zone) && h < 9; h++ {
			w.now = w.now.Add(time.Hour)
		}
		look(other)
		before := told
		for i := range 4 {
			look(right)
			if i == 0 && remind.Quiet(w.now.Add(wrong), zone) && told != before {
				t.Errorf("%v: told while it is night by the other", wrong)
			}
		}
		if told == before {
			t.Errorf("%v: a clock that stands still holds everybody back", wrong)
		}
	}
}

// check holds what was told in one moment to the state that was then.
func (w *town) check(before map[string][]notice.Notice) {
	w.t.Helper()
	for account, list := range w.inboxes(w.t.Context()) {
		for _, n := range list[len(before[account]):] {
			if remind.Quiet(w.now, zone) {
				w.t.Errorf("somebody is told at %s", w.now.In(zone))
			}
			var p params
			if err := json.Unmarshal(n.Params, &p); err != nil {
				w.t.Fatal(err)
			}
			for _, i := range p.Items {
				c := w.list[slices.IndexFunc(w.list, func(c remind.Campaign) bool { return c.ID == i.Campaign })]
				for _, g := range i.Record {
					is := c.Gaps[slices.IndexFunc(c.Gaps, func(x remind.Gap) bool { return x.Unit == g })]
					if is.Missing() == 0 {
						w.t.Errorf("%s is told that something is missing, and has finished", g)
					}
				}
			}
		}
	}
}

// A campaign that cannot be counted does not keep the others from being told.
func TestOneBrokenCampaign(t *testing.T) {
	w := newTown(t, 2)
	w.campaign("broken", "2026-12-31", 2)
	w.campaign("sound", "2026-12-31", 2)
	w.fail = errors.New("planted")
	if err := w.service(w.store).Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	for account, list := range w.inboxes(t.Context()) {
		if len(list) > 0 && strings.Contains(string(list[0].Params), "broken") {
			t.Errorf("%s: %s", account, list[0].Params)
		}
		if account == remind.Hash("volunteer", unit(0)) && len(list) != 1 {
			t.Errorf("%s has %d reminders", account, len(list))
		}
	}
}

// The plan that is printed is what is told.
func TestForecast(t *testing.T) {
	w := newTown(t, 2)
	w.campaign("c", "2026-12-31", 2)
	s := w.service(w.store)
	if err := s.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, plan, told, err := s.Forecast(t.Context(), "c")
	if err != nil || len(plan) != 5 {
		t.Fatalf("%v %v", plan, err)
	}
	for _, f := range plan {
		for account, i := range f.Items {
			if told[i.Key] != (f.Mark == 7) {
				t.Errorf("mark %d to %s: told %v", f.Mark, account, told[i.Key])
			}
		}
	}
	var coded *record.Error
	if _, _, _, err := s.Forecast(t.Context(), "none"); !errors.As(err, &coded) || coded.Code != record.NotFound {
		t.Errorf("of no campaign: %v", err)
	}
}

// An inbox is read in pages, whatever it has of notices and marks, and what is old goes.
func TestPagesOfAnInbox(t *testing.T) {
	w := newTown(t, 1)
	s, me := w.store.Notices(), remind.Hash("volunteer", unit(0))
	var want []string
	for i := range 20 {
		id := remind.Hash(fmt.Sprint(i))
		if i%3 == 2 {
			if err := s.Read(t.Context(), me, []string{id}, w.now); err != nil {
				t.Fatal(err)
			}
		} else if n, err := s.Tell(t.Context(), []notice.Telling{{Notice: notice.Notice{ID: id, Account: me, Kind: notice.Sent, At: w.now, Params: json.RawMessage("{}")}}}, nil, false); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		want = append(want, id)
	}
	var got []string
	for after := int64(0); ; {
		page, err := s.Inbox(t.Context(), me, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Notices)+len(page.Reads) > 3 {
			t.Fatalf("a page of %d", len(page.Notices)+len(page.Reads))
		}
		for n := after + 1; n <= page.Through; n++ {
			for _, x := range page.Notices {
				if x.Num == n {
					got = append(got, x.ID)
				}
			}
			for _, x := range page.Reads {
				if x.Num == n {
					got = append(got, x.ID)
				}
			}
		}
		if after = page.Through; !page.More {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("read in pages %v, want %v", got, want)
	}
	if err := s.Tidy(t.Context(), w.now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if page, err := s.Inbox(t.Context(), me, 0, 100); err != nil || len(page.Notices)+len(page.Reads) != 0 || page.Through != 20 {
		t.Errorf("after tidying %+v %v", page, err)
	}
}
