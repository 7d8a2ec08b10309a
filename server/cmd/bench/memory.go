package main

import (
	"context"
	"path/filepath"
	"syscall"
)

// memoryAlone notes the most that a server has held that has met no more than the first load, after each round of it.
func (m *meeting) memoryAlone(ctx context.Context) (err error) {
	dir := filepath.Join(filepath.Dir(m.rawDir), "served")
	if err := m.server.stop(syscall.SIGTERM); err != nil {
		return err
	}
	p, err := serve(ctx, m.settings.server, dir)
	if err != nil {
		return err
	}
	*m.server = *p
	w := &m.loads[0]
	for _, c := range w.clients {
		c.close()
		c.address = p.address
	}
	for range m.rounds {
		all, err := w.crowd.round()
		if err != nil {
			return err
		}
		if err := m.signIn(ctx, w); err != nil {
			return err
		}
		if err := w.send(ctx, all); err != nil {
			return err
		}
		memory, err := p.mostMemory()
		if err != nil {
			return err
		}
		m.report.alone(m.entries).add(float64(memory) / (1 << 20))
	}
	return nil
}
