package engine

import "context"

// walk compares how far entries have been counted anew (T15).
func (v *Verification) walk(have, right Reader) (err error) {
	if v.Recounting, err = recounting(have); err != nil {
		return err
	}
	return v.same("counting anew", "all", func(r Reader) (any, error) {
		walk, err := recounting(r)
		return text(walk), err
	}, have, right)
}

// uncounted are the entries whose turn to be counted anew has not come.
func uncounted(r Reader) (map[string]bool, error) {
	walk, err := recounting(r)
	if err != nil || walk == nil {
		return nil, err
	}
	out := map[string]bool{}
	for at := walk.Done; ; {
		list, err := r.Begun(at, walk.All, walk.Forms, recountPage)
		if err != nil || len(list) == 0 {
			return out, err
		}
		for _, b := range list {
			out[b.Entity] = true
		}
		at = list[len(list)-1].Seq
	}
}

// countOut finishes counting anew in the store that was empty, and then compares every figure there with what the
// catalogue in force says of every entry.
func (v *Verification) countOut(ctx context.Context, empty Store, w *world) error {
	for walk := v.Recounting; walk != nil; {
		err := empty.Update(ctx, func(tx Tx) (err error) {
			s := &session{tx: tx, world: w}
			if err := s.recountTo(walk.Done + recountLines); err != nil {
				return err
			}
			walk, err = recounting(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	if v.Recounting == nil {
		return nil
	}
	after := &Verification{}
	err := empty.View(ctx, func(r Reader) error { return after.figures(r, r, w) })
	for _, d := range after.Differences {
		v.differ(d.What+" when all is counted anew", d.Where, d.Stored, d.Right)
	}
	v.More += after.More
	return err
}
