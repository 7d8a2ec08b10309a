package auth

import (
	"fmt"
	"testing"
	"time"
)

func TestAttempts(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	a := newAttempts(time.Minute, 3, 10)
	for i := range 3 {
		if _, ok := a.take("x", now); !ok {
			t.Fatalf("try %d was refused", i+1)
		}
	}
	wait, ok := a.take("x", now.Add(20*time.Second))
	if ok || wait < 39*time.Second || wait > 41*time.Second {
		t.Fatalf("a fourth try after 20 s: ok %v, wait %s", ok, wait)
	}
	if _, ok := a.take("y", now); !ok {
		t.Error("one name used up another's tries")
	}
	if _, ok := a.take("x", now.Add(61*time.Second)); !ok {
		t.Error("no try after the wait")
	}
	a.reset("x")
	if _, ok := a.take("x", now.Add(61*time.Second)); !ok {
		t.Error("no try after a success")
	}
}

func TestAttemptsAreBoundedInMemory(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	a := newAttempts(time.Minute, 3, 10)
	for i := range 1000 {
		a.take(fmt.Sprint(i), now.Add(time.Duration(i)*time.Second))
	}
	if len(a.byName) > 10 {
		t.Errorf("%d names are remembered", len(a.byName))
	}
}
