package api

import (
	"github.com/labstack/echo/v4"

	"niangjia/sync/change"
)

type wireDigest struct {
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
}

func digestToWire(d change.Digest) wireDigest { return wireDigest{d.Rows, change.Hex(d.Sum)} }

type wireQuestion struct {
	ServerEpoch string   `json:"server_epoch"`
	Feed        string   `json:"feed"`
	Prefixes    []string `json:"prefixes"`
	Entities    []string `json:"entities"`
}

type wirePart struct {
	Prefix string            `json:"prefix"`
	Digest wireDigest        `json:"digest"`
	List   map[string]string `json:"list,omitempty"`
	Split  []wireDigest      `json:"split,omitempty"`
}

type wireFinding struct {
	ServerEpoch string            `json:"server_epoch"`
	Seq         int64             `json:"seq"`
	Parts       []wirePart        `json:"parts"`
	Rows        []any             `json:"rows"`
	Names       map[string]string `json:"names"`
}

// examine tells a phone what a feed is made of, so that it finds what differs (S18).
func (s *Server) examine(c echo.Context) error {
	var in wireQuestion
	if err := readJSON(c, &in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	f, err := s.Engine.Examine(ctx, callerOf(c).Account.ID, change.Question{ServerEpoch: in.ServerEpoch, Feed: in.Feed, Prefixes: in.Prefixes, Entities: in.Entities})
	if err != nil {
		return err
	}
	out := wireFinding{ServerEpoch: f.ServerEpoch, Seq: f.Seq, Parts: make([]wirePart, 0, len(f.Parts)), Rows: make([]any, 0, len(f.Rows))}
	for _, p := range f.Parts {
		w := wirePart{Prefix: p.Prefix, Digest: digestToWire(p.Digest), List: p.List}
		for _, d := range p.Split {
			w.Split = append(w.Split, digestToWire(d))
		}
		out.Parts = append(out.Parts, w)
	}
	for _, r := range f.Rows {
		out.Rows = append(out.Rows, rowToWire(r))
	}
	if out.Names, err = s.Auth.Names(ctx, mentioned(change.Page{Rows: f.Rows})); err != nil {
		return err
	}
	if s.Meter != nil {
		s.Meter.Examined(len(f.Rows))
	}
	return respond(c, out)
}
