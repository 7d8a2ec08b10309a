package notice

import (
	"context"
	"time"

	"niangjia/sync/remind"
)

// Clock is what a process that reminds says its time is.
type Clock struct {
	Process string
	At      time.Time
	Beats   int64 // counted up with each look
}

// beating is what this process has seen of another's clock.
type beating struct {
	beats int64
	still int // looks since it moved
}

// ended is after how many looks a clock that does not move any more is a process that has ended.
const ended = 3

// nightAnywhere writes this process's clock, and reports whether it is night by it or by that of another that runs (N18).
// A clock is read as it was written, a look ago at most.
func (s *Service) nightAnywhere(ctx context.Context) (bool, error) {
	s.look.Lock()
	defer s.look.Unlock()
	now := s.opt.Now()
	others, err := s.opt.Store.Beat(ctx, s.process, now)
	if err != nil {
		return true, err
	}
	night := false
	for _, c := range others {
		was, known := s.others[c.Process]
		if !known || was.beats != c.Beats {
			was = beating{beats: c.Beats}
		} else {
			was.still++
		}
		s.others[c.Process] = was
		if was.still >= ended {
			delete(s.others, c.Process)
			if err := s.opt.Store.Stopped(ctx, c); err != nil {
				return true, err
			}
			continue
		}
		night = night || remind.Quiet(c.At, s.opt.Zone) || remind.Quiet(c.At.Add(planEvery), s.opt.Zone)
	}
	s.elsewhere.Store(night)
	return night || remind.Quiet(now, s.opt.Zone), nil
}

// Night reports whether it is night by this process's clock, or was at the last look by that of another that runs.
func (s *Service) Night() bool { return s.elsewhere.Load() || remind.Quiet(s.opt.Now(), s.opt.Zone) }
