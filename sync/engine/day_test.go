package engine_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// The local day is the library's, at every midnight of eight hundred years and at any moment that a clock may show.
func TestDay(t *testing.T) {
	zone := time.FixedZone("CST", 8*60*60)
	same := func(at int64) {
		if got, want := engine.Day(record.Instant(at)), time.UnixMilli(at).In(zone).Format(time.DateOnly); got != want {
			t.Fatalf("%d is %s, not %s", at, got, want)
		}
	}
	for day := time.Date(1600, 1, 1, 0, 0, 0, 0, zone); day.Year() < 2400; day = day.AddDate(0, 0, 1) {
		same(day.UnixMilli())
		same(day.UnixMilli() - 1)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		same(rng.Int64N(600_000_000_000_000) - 300_000_000_000_000)
	}
}
