package main

import "testing"

func TestHeapIsSweptAtItsRoomOrAtTwiceWhatIsInUse(t *testing.T) {
	for used, want := range map[uint64]int{0: 100, 1 << 20: 900, 8 << 20: 500, heapRoom / 2: 100, heapRoom: 100, 10 * heapRoom: 100} {
		if got := percentFor(used); got != want {
			t.Errorf("with %d bytes in use the next sweep is due after %d%%, not %d%%", used, got, want)
		}
		if used > 0 && used < heapRoom/2 && used+used*uint64(percentFor(used))/100 > heapRoom {
			t.Errorf("with %d bytes in use the heap grows beyond its room", used)
		}
	}
}
