package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// attempts limits tries by a name (a login, an address). It is bounded in memory: when it is full, names that have
// recovered their whole allowance are forgotten, and if none has, all are let go rather than the server's memory.
type attempts struct {
	every time.Duration
	burst int
	bound int

	mu     sync.Mutex // guards byName
	byName map[string]*rate.Limiter
}

func newAttempts(every time.Duration, burst, bound int) *attempts {
	return &attempts{every: every, burst: burst, bound: bound, byName: map[string]*rate.Limiter{}}
}

// take uses up one try; where none is left it says how long to wait.
func (a *attempts) take(name string, now time.Time) (wait time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.byName[name]
	if l == nil {
		if len(a.byName) >= a.bound {
			a.forget(now)
		}
		l = rate.NewLimiter(rate.Every(a.every), a.burst)
		a.byName[name] = l
	}
	if l.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - l.TokensAt(now)
	return time.Duration(missing * float64(a.every)), false
}

// left tells whether a try is left, without using it up; where none is, how long to wait.
func (a *attempts) left(name string, now time.Time) (wait time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.byName[name]
	if l == nil {
		return 0, true
	}
	missing := 1 - l.TokensAt(now)
	return time.Duration(missing * float64(a.every)), missing <= 0
}

// reset gives the whole allowance back, after a success.
func (a *attempts) reset(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byName, name)
}

func (a *attempts) forget(now time.Time) {
	for name, l := range a.byName {
		if l.TokensAt(now) >= float64(a.burst) {
			delete(a.byName, name)
		}
	}
	if len(a.byName) >= a.bound {
		clear(a.byName)
	}
}
