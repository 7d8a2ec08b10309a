package sqlite

import (
	"cmp"
	"slices"

	"niangjia/sync/engine"
)

// waiting is all that is parked, by what it waits for and by record: mostly nothing is, and every change asks.
type waiting struct {
	lines            map[lineAt]engine.Parked
	causes, entities map[string][]lineAt
	many             bool // too much to be held: it is looked for in the file
}

type lineAt struct {
	epoch string
	n     int64
}

// Of what is parked there may be so much one day that the file had better keep it.
const maxParked = 10_000

// waiting reads what is parked, once. It must have been before anything is parked.
func (h *hold) waiting(c *conn) (*waiting, error) {
	if h.parked != nil {
		return h.parked, nil
	}
	w := &waiting{map[lineAt]engine.Parked{}, map[string][]lineAt{}, map[string][]lineAt{}, false}
	list, err := reader{c}.AllParked(maxParked + 1)
	if err != nil {
		return nil, err
	}
	if w.many = len(list) > maxParked; !w.many {
		for _, p := range list {
			w.put(p)
		}
	}
	h.parked = w
	return w, nil
}

func (w *waiting) put(p engine.Parked) {
	at := lineAt{p.Epoch, p.N}
	w.remove(at)
	w.lines[at] = p
	w.causes[p.WaitsFor] = append(w.causes[p.WaitsFor], at)
	w.entities[p.Entity] = append(w.entities[p.Entity], at)
}

func (w *waiting) remove(at lineAt) {
	p, there := w.lines[at]
	if !there {
		return
	}
	delete(w.lines, at)
	drop(w.causes, p.WaitsFor, at)
	drop(w.entities, p.Entity, at)
}

func drop(in map[string][]lineAt, key string, at lineAt) {
	if list := slices.DeleteFunc(in[key], func(x lineAt) bool { return x == at }); len(list) > 0 {
		in[key] = list
	} else {
		delete(in, key)
	}
}

// list gives what is parked under a key, in the ledger's order.
func (w *waiting) list(under []lineAt) []engine.Parked {
	if len(under) == 0 {
		return nil
	}
	out := make([]engine.Parked, len(under))
	for i, at := range under {
		out[i] = w.lines[at]
	}
	slices.SortFunc(out, func(a, b engine.Parked) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}
