package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/server/notice"
	"niangjia/sync/record"
)

type wireNotice struct {
	ID      string          `json:"id"`
	Num     int64           `json:"num"`
	Kind    string          `json:"kind"`
	At      int64           `json:"at"`
	Unit    string          `json:"unit,omitempty"`
	Ref     string          `json:"ref,omitempty"`
	Params  json.RawMessage `json:"params"`
	Expires int64           `json:"expires,omitempty"`
	ReadAt  int64           `json:"read_at,omitempty"`
}

type wireMark struct {
	ID string `json:"id"`
	At int64  `json:"at"`
}

type wireInbox struct {
	Notices []wireNotice      `json:"notices"`
	Reads   []wireMark        `json:"reads"`
	Through int64             `json:"through"`
	More    bool              `json:"more"`
	Reset   bool              `json:"reset"`
	Names   map[string]string `json:"names"`
}

// inbox is what has come for the caller after a number; asking says that she has all up to it (N1).
func (s *Server) inbox(c echo.Context) error {
	var after int64
	if text := c.QueryParam("after"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return &record.Error{Code: record.BadRequest, Field: "after"}
		}
		after = n
	}
	ctx := c.Request().Context()
	page, err := s.Notices.Inbox(ctx, callerOf(c).Account.ID, after)
	if err != nil {
		return err
	}
	w := wireInbox{Notices: []wireNotice{}, Reads: []wireMark{}, Through: page.Through, More: page.More, Reset: page.Reset}
	people := map[string]bool{}
	for _, n := range page.Notices {
		w.Notices = append(w.Notices, wireNotice{ID: n.ID, Num: n.Num, Kind: string(n.Kind), At: n.At.UnixMilli(), Unit: n.Unit, Ref: n.Ref,
			Params: n.Params, Expires: millis(n.Expires), ReadAt: millis(n.ReadAt)})
		people[n.From()] = true
	}
	for _, m := range page.Reads {
		w.Reads = append(w.Reads, wireMark{m.ID, m.At.UnixMilli()})
	}
	if w.Names, err = s.names(ctx, people); err != nil {
		return err
	}
	return respond(c, w)
}

// readInbox notes what the caller has read, in whatever order and however late.
func (s *Server) readInbox(c echo.Context) error {
	var in struct {
		IDs []string `json:"ids"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.Notices.Read(c.Request().Context(), callerOf(c).Account.ID, in.IDs); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// newest is the number that an exchange tells, so that a phone with nothing new asks for nothing.
func (s *Server) newest(ctx context.Context, account string) (int64, error) {
	return s.Notices.Head(ctx, account)
}

// millis is 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

type wireNewMessage struct {
	ID       string   `json:"id"`
	Unit     string   `json:"unit"`
	Text     string   `json:"text"`
	Campaign string   `json:"campaign"`
	Units    []string `json:"units"`
	Below    bool     `json:"below"`
	Roles    []string `json:"roles"`
}

type wireMessage struct {
	ID       string   `json:"id"`
	Unit     string   `json:"unit"`
	At       int64    `json:"at"`
	Text     string   `json:"text"`
	Campaign string   `json:"campaign,omitempty"`
	Units    []string `json:"units"`
	Roles    []string `json:"roles"`
	People   int      `json:"people"`
	Received int      `json:"received"`
	Read     int      `json:"read"`
}

type wireReach struct {
	Unit     string `json:"unit"`
	UnitName string `json:"unit_name"`
	People   int    `json:"people"`
	Received int    `json:"received"`
	Read     int    `json:"read"`
}

func messageToWire(m *notice.Message) wireMessage {
	w := wireMessage{ID: m.ID, Unit: m.Unit, At: m.At.UnixMilli(), Text: m.Text, Campaign: m.Campaign, Units: m.Units, Roles: []string{},
		People: m.People, Received: m.Received, Read: m.Read}
	for _, role := range m.Roles {
		w.Roles = append(w.Roles, string(role))
	}
	return w
}

// sendMessage sends a message to units below the caller's. Sent again under the same id it is the same one.
func (s *Server) sendMessage(c echo.Context) error {
	var in wireNewMessage
	if err := readJSONOf(c, maxMessage, &in); err != nil {
		return err
	}
	n := notice.NewMessage{ID: in.ID, Unit: in.Unit, Text: in.Text, Campaign: in.Campaign, Units: in.Units, Below: in.Below}
	for _, role := range in.Roles {
		n.Roles = append(n.Roles, record.Role(role))
	}
	m, err := s.Notices.Send(c.Request().Context(), callerOf(c).Actor, n)
	if err != nil {
		return err
	}
	return respond(c, messageToWire(m))
}

// maxMessage has room for all units of a city.
const maxMessage = 1 << 20

// messages are those that the caller has sent.
func (s *Server) messages(c echo.Context) error {
	list, err := s.Notices.Messages(c.Request().Context(), callerOf(c).Account.ID)
	if err != nil {
		return err
	}
	out := struct {
		Messages []wireMessage `json:"messages"`
	}{[]wireMessage{}}
	for i := range list {
		out.Messages = append(out.Messages, messageToWire(&list[i]))
	}
	return respond(c, out)
}

// message is one that the caller has sent, with who has it and who has read it, by unit.
func (s *Server) message(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	m, reached, err := s.Notices.Message(c.Request().Context(), callerOf(c).Account.ID, id)
	if err != nil {
		return err
	}
	out := struct {
		wireMessage
		Reached []wireReach `json:"reached"`
	}{messageToWire(m), []wireReach{}}
	places := s.Engine.Places()
	for _, r := range reached {
		d, _ := places.Get(r.Unit)
		out.Reached = append(out.Reached, wireReach{r.Unit, d.Name, r.People, r.Received, r.Read})
	}
	return respond(c, out)
}
