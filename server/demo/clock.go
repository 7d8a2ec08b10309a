package demo

import (
	"sync/atomic"
	"time"

	"niangjia/sync/record"
)

// beijing is the one time zone of mainland China.
var beijing = time.FixedZone("CST", 8*60*60)

// Clock is the server's clock while a demo year is played: hand it to the engine before that begins.
type Clock struct{ ms atomic.Int64 }

// yearDays is how long the demo year is, up to yesterday.
const yearDays = 365

// NewClock stands at the beginning of the year that ends at until.
func NewClock(until time.Time) *Clock {
	c := &Clock{}
	c.set(firstDay(until).Add(-time.Hour))
	return c
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.ms.Load()) }

func (c *Clock) set(t time.Time) { c.ms.Store(t.UnixMilli()) }

// firstDay is the year's first midnight.
func firstDay(until time.Time) time.Time {
	y, m, d := until.In(beijing).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, beijing).AddDate(0, 0, -yearDays)
}

func instant(t time.Time) record.Instant { return record.Instant(t.UnixMilli()) }
