package api_test

import (
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/sync/record"
)

// Who calls is read anew only when something has changed by which it is decided. What another program does to the same
// data, as niangjia accounts does beside a server, holds from the next request all the same.
func TestWhatAnotherProgramTakesAwayIsGoneAtOnce(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	beside, err := app.Open(t.Context(), app.Config{Data: c.data, Now: c.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
	}()
	feeds := func(r *reply) int {
		pull, _ := r.want(200).json["pull"].(map[string]any)
		cursors, _ := pull["cursors"].(map[string]any)
		return len(cursors)
	}
	for range 2 { // known from the second on
		if feeds(p.exchange()) == 0 {
			t.Fatal("she replicates nothing")
		}
	}
	if err := beside.Auth.SetSeats(t.Context(), "cun", nil); err != nil {
		t.Fatal(err)
	}
	if n := feeds(p.exchange()); n != 0 {
		t.Fatalf("%d feeds of a seat that was taken away", n)
	}
	if err := beside.Auth.SetSeats(t.Context(), "cun", []record.Seat{villager}); err != nil {
		t.Fatal(err)
	}
	if feeds(p.exchange()) == 0 {
		t.Fatal("a seat that was given has no feed")
	}
	c.get(p, "/api/v1/totals?unit="+theVillage+"&period=2026").want(200)
	if err := beside.Auth.SetActive(t.Context(), "cun", false); err != nil {
		t.Fatal(err)
	}
	c.get(p, "/api/v1/me").wantCode(401, record.SessionEnded)
	p.exchange().wantCode(401, record.SessionEnded)
}

// A token that has been seen is believed no longer than it says itself.
func TestATokenThatIsKnownExpires(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	c.get(p, "/api/v1/me").want(200)
	c.get(p, "/api/v1/me").want(200)
	c.clock.add(9 * time.Minute)
	c.get(p, "/api/v1/me").want(200)
	c.clock.add(time.Minute)
	c.get(p, "/api/v1/me").wantCode(401, record.Unauthenticated)
}
