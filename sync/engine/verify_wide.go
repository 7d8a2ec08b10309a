package engine

import (
	"fmt"

	"niangjia/sync/totals"
)

// wide compares what a store keeps of keys that stand in many places with what their contributions add up to, at every
// unit. Of a key that it keeps it must keep all.
func (v *Verification) wide(have Reader, w *world) error {
	type keyAt struct{ indicator, group, key string }
	type monthAt struct {
		totals.Cell
		key   string
		month int
	}
	kept, keys := map[monthAt]int64{}, map[keyAt]bool{}
	err := have.WideMonths(func(cell totals.Cell, key string, month int, n int64) error {
		kept[monthAt{cell, key, month}] = n
		keys[keyAt{cell.Indicator, cell.Group, key}] = true
		return nil
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	right := map[monthAt]int64{}
	err = have.AllContributions(func(c Counted) error {
		if keys[keyAt{c.Indicator, c.Group, c.Key}] {
			for _, unit := range w.places.Up(c.Unit) {
				right[monthAt{totals.Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, c.Key, c.Month()}] += c.Value
			}
		}
		return nil
	})
	for at, n := range kept {
		compare(v, "a key's month", right, at, n)
	}
	for at, n := range right {
		if n != 0 {
			v.differ("a key's month", fmt.Sprint(at), 0, n)
		}
	}
	return err
}
