package main

import (
	"context"
	"fmt"
	"time"
)

// session is an account's, signed in at a moment.
type session struct {
	seat  seat
	token string
	since time.Time
}

// tokenLasts is half of what a token does: no round takes so long.
const tokenLasts = 5 * time.Minute

// signIn gives a load's phones tokens that will last for a round.
func (m *meeting) signIn(ctx context.Context, w *meter) error {
	for i, c := range w.clients {
		s := w.crowd.seats[i]
		at := m.sessions[s.Account]
		if at == nil {
			at = &session{seat: s}
			m.sessions[s.Account] = at
		}
		if time.Since(at.since) > tokenLasts {
			door := &client{address: m.server.address}
			if err := door.signIn(ctx, &at.seat); err != nil {
				return fmt.Errorf("sign in: %w", err)
			}
			door.close()
			at.token, at.since = door.token, time.Now()
		}
		c.token = at.token
	}
	return nil
}
