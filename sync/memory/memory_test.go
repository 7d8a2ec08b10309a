package memory_test

import (
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/simtest"
)

func TestScenarios(t *testing.T) {
	simtest.Run(t, func(*testing.T) engine.Store { return memory.New() })
}

// T3 T5 T6 T9 T10 T11 T12 T13: every figure of every unit and span is what counting by hand gives, while entries, units and
// definitions change (simtest/measures.go).
func TestMeasures(t *testing.T) {
	simtest.Measures(t, func(*testing.T) engine.Store { return memory.New() }, 1, 2)
}

// A store went back to a copy that was older than another one, and went on: what it put into a feed then stood in the
// other copy too, in the place of what was there.
func TestCopiesGoOnByThemselves(t *testing.T) {
	for before := range 8 { // whether there is room behind what a list has depends on its length
		first := memory.New()
		p := simtest.Settle(t, first)
		calls := func(account string, n int) {
			for range n {
				home := p.Household(account, simtest.Village, "甲")
				p.Call(account, simtest.Village, home, nil)
				p.Sync(account)
			}
		}
		calls("li", before)
		older := first.Copy()
		calls("li", 1)
		newer := first.Copy()
		p.Restart(older)
		calls("wu", 1)
		p.Verified()
		p.Restart(newer)
		p.Verified()
	}
}
