package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapRoom is how far the heap of a server grows before it is swept, where little of it is in use. To sweep at twice what
// is in use, as Go does by itself, costs a tenth of all work with a few phones; to sweep at five times that always would
// take a small machine's memory with a hundred.
const heapRoom = 48 << 20

// memoryRoom is what the heap, stacks and what was swept may take together before memory is given back at once; where more
// is in use, a little over twice that, so that a server with much to do does not sweep without end.
const memoryRoom = 80 << 20

// keepRoom sets after each sweep when the next one is due: at heapRoom, or at twice what is in use if that is more. Who
// sets GOGC or GOMEMLIMIT has it as set.
func keepRoom() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		watch(&swept{percent: 100})
	}
}

// swept is dropped at once: its finalizer runs after each sweep.
type swept struct {
	percent int
	limit   int64
}

func watch(s *swept) {
	runtime.SetFinalizer(s, func(s *swept) {
		used := inUse()
		if p := percentFor(used); p != s.percent {
			s.percent = p
			debug.SetGCPercent(p)
		}
		if n := limitFor(used); n != s.limit {
			s.limit = n
			debug.SetMemoryLimit(n)
		}
		watch(s)
	})
}

// percentFor is how much may be added to what is in use, in steps of ten: to set it stops the program for a moment.
func percentFor(used uint64) int {
	if used == 0 || used >= heapRoom/2 {
		return 100
	}
	return min(int((heapRoom-used)*10/used)*10, 900)
}

// limitFor is in steps too.
func limitFor(used uint64) int64 { return int64(max(memoryRoom, 9*used/4)>>23) << 23 }

// inUse is what the last sweep found in use: of the heap, and what else counts for when the next one is due.
func inUse() (sum uint64) {
	all := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(all)
	for _, s := range all {
		if s.Value.Kind() == metrics.KindUint64 {
			sum += s.Value.Uint64()
		}
	}
	return sum
}
