package main

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"niangjia/server/auth"
	"niangjia/server/notice"
	webpush "niangjia/server/push"
	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// deadline is a morning on which a campaign's reminders fall due.
var deadline = time.Date(2026, 12, 24, 9, 0, 0, 0, time.FixedZone("CST", 8*60*60))

// reminded is a country of villages whose people are reminded of a campaign.
type reminded struct {
	places   *record.Places
	actors   []record.Actor
	campaign remind.Campaign
}

// Open and Gaps are what the scheduler asks.
func (r *reminded) Open(context.Context, time.Time) ([]remind.Campaign, error) {
	c := r.campaign
	c.Gaps = nil
	return []remind.Campaign{c}, nil
}

func (r *reminded) Gaps(context.Context, string) ([]remind.Gap, error) { return r.campaign.Gaps, nil }

// newReminded makes villages with as many people as are asked for between them; one in ten has finished.
func newReminded(villages, people int) (*reminded, error) {
	r := &reminded{campaign: remind.Campaign{ID: "campaign", Start: "2026-11-01", Deadline: "2026-12-31"}}
	divisions := []record.Division{{Code: "530900000000", Level: record.City}}
	parent := ""
	for v := range villages {
		if v%12 == 0 {
			parent = fmt.Sprintf("53%07d000", v/12+1)
			divisions = append(divisions, record.Division{Code: parent, Level: record.Township, Parent: "530900000000"})
		}
		code := fmt.Sprintf("%s%03d", parent[:9], v%12+1)
		divisions = append(divisions, record.Division{Code: code, Level: record.Village, Parent: parent})
		r.campaign.Gaps = append(r.campaign.Gaps, remind.Gap{Unit: code, Target: 10, Approved: int64(v%10) + 1})
		for n := v * people / villages; n < (v+1)*people/villages; n++ {
			r.actors = append(r.actors, record.Actor{Account: remind.Hash("account", fmt.Sprint(n)), Seats: []record.Seat{{Role: record.Volunteer, Unit: code}}})
		}
	}
	var err error
	r.places, err = record.NewPlaces(divisions)
	return r, err
}

// notices measures how long it takes to plan, to tell and to push.
func notices(ctx context.Context, r *report, dir string) error {
	for _, size := range [][2]int{{955, 3_000}, {32_000, 100_000}} {
		say("notices: planning for %d people", size[1])
		town, err := newReminded(size[0], size[1])
		if err != nil {
			return err
		}
		var took series
		told := 0
		for range 5 {
			began := time.Now()
			plan := remind.Plan(deadline, deadline.Location(), town.places, remind.NewPeople(town.actors), []remind.Campaign{town.campaign}, func(string) bool { return false })
			took.add(float64(time.Since(began)) / 1e6)
			told = len(plan)
		}
		r.notices = append(r.notices, fmt.Sprintf("planning for %d villages and %d people: %.1f ms, %d are told", size[0], size[1], took.median(), told))
	}
	return telling(ctx, r, dir)
}

// telling puts a city's reminders into its inboxes, and pushes them to a service on this machine.
func telling(ctx context.Context, r *report, dir string) (err error) {
	town, err := newReminded(955, 3_000)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, "notices.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	accounts := make([]auth.Account, 0, len(town.actors))
	for _, a := range town.actors {
		accounts = append(accounts, auth.Account{ID: a.Account, Login: a.Account, Active: true})
	}
	err = store.Update(ctx, func(tx engine.Tx) error {
		for _, a := range town.actors {
			if err := tx.SetActor(a); err != nil {
				return err
			}
		}
		return store.Accounts().WriteBeside(tx, auth.Beside{Accounts: accounts})
	})
	if err != nil {
		return err
	}
	var came atomic.Int64
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // what it says is not looked at
		came.Add(1)
		w.WriteHeader(http.StatusCreated)
	}))
	web.EnableHTTP2 = true
	web.StartTLS()
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	now := func() time.Time { return deadline }
	quiet := slog.New(slog.DiscardHandler)
	p, err := webpush.Open(ctx, webpush.Options{Store: store.Outbox(), Contact: "bench@example.org", Now: now, Zone: deadline.Location(), Log: quiet, Private: true, Roots: roots})
	if err != nil {
		return err
	}
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	public := base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	for _, a := range town.actors {
		session := auth.Session{ID: a.Account, Account: a.Account, Device: a.Account, CreatedAt: deadline, UsedAt: deadline}
		if err := store.Accounts().AddSession(ctx, session); err != nil {
			return err
		}
		if err := p.Subscribe(ctx, a.Account, a.Account, web.URL+"/"+a.Account, public, "AAAAAAAAAAAAAAAAAAAAAA"); err != nil {
			return err
		}
	}
	n := notice.New(notice.Options{Store: store.Notices(), Places: func() *record.Places { return town.places }, Campaigns: town, Now: now, Zone: deadline.Location(), Log: quiet})
	say("notices: telling a city")
	began := time.Now()
	if err := n.Remind(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	began = time.Now()
	if err := n.Remind(ctx); err != nil {
		return err
	}
	again := time.Since(began)
	say("notices: pushing to it")
	began = time.Now()
	for more := true; more; {
		if more, err = p.Look(ctx); err != nil {
			return err
		}
	}
	sends := time.Since(began)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	r.notices = append(r.notices,
		fmt.Sprintf("a city's reminders into its inboxes and the outbox: %.0f ms, and %.0f ms to find that all are told", float64(took)/1e6, float64(again)/1e6),
		fmt.Sprintf("pushes to a service on this machine: %d in %.1f s, %.0f a second", came.Load(), sends.Seconds(), float64(came.Load())/sends.Seconds()),
		fmt.Sprintf("memory of all of this: %.0f MB", float64(memory.Sys)/(1<<20)))
	return nil
}
