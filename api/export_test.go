package api

import (
	"bytes"
	"time"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Routes lists "METHOD path" of every route, for the tests that hold each to its row and to the contract.
func (s *Server) Routes() []string {
	var out []string
	for _, r := range s.routes() {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

// Answers gives the status and sentence of every code.
func Answers() map[record.Code]struct {
	Status   int
	Sentence string
} {
	out := map[record.Code]struct {
		Status   int
		Sentence string
	}{}
	for code, a := range answers {
		out[code] = struct {
			Status   int
			Sentence string
		}{a.status, a.sentence}
	}
	return out
}

// AppendRow writes a row as it travels.
func AppendRow(b *bytes.Buffer, r change.Row) error { return appendRow(b, r) }

// ReadWithin gives requests less time to come than they have, so that a test of one that never ends has an end.
func (s *Server) ReadWithin(d time.Duration) { s.readTime = d }

// ListAtMost bounds the rows of a file, so that a test of one that is cut need not fill it.
func (s *Server) ListAtMost(rows int) { s.listMost = rows }
