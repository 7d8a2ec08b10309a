package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/record"
)

// maxCodes bounds the codes of one request: a city's villages on one print.
const maxCodes = 1000

type wireAwaiting struct {
	Unit    string `json:"unit"`
	Records int    `json:"records"`
}

type wireMember struct {
	ID        string         `json:"id"`
	Login     string         `json:"login"`
	Name      string         `json:"name"`
	Seats     []wireSeat     `json:"seats"`
	State     string         `json:"state"`
	CodeUntil int64          `json:"code_until,omitempty"`
	LastSeen  int64          `json:"last_seen,omitempty"`
	Awaiting  []wireAwaiting `json:"awaiting,omitempty"`
	Handle    bool           `json:"handle"`
}

type wirePhone struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Since    int64  `json:"since"`
	LastSeen int64  `json:"last_seen"`
	Live     bool   `json:"live"`
}

type wireAccountEvent struct {
	At    int64      `json:"at"`
	By    string     `json:"by,omitempty"`
	What  string     `json:"what"`
	Gave  []wireSeat `json:"gave,omitempty"`
	Took  []wireSeat `json:"took,omitempty"`
	Other string     `json:"other,omitempty"`
	Unit  string     `json:"unit,omitempty"`
	Phone string     `json:"phone,omitempty"`
	N     int        `json:"n,omitempty"`
	Token string     `json:"token,omitempty"`
}

type wireMemberView struct {
	Account wireMember         `json:"account"`
	Phones  []wirePhone        `json:"phones"`
	Events  []wireAccountEvent `json:"events"`
	Names   map[string]string  `json:"names"`
}

type wireCode struct {
	Account string     `json:"account"`
	Login   string     `json:"login"`
	Name    string     `json:"name"`
	Seats   []wireSeat `json:"seats"`
	Token   string     `json:"token"`
	Digits  string     `json:"digits"`
	Until   int64      `json:"until"`
}

type wireOpened struct {
	Account wireAccount `json:"account"`
	Code    *wireCode   `json:"code,omitempty"`
}

func memberToWire(m auth.Member) wireMember {
	w := wireMember{ID: m.ID, Login: m.Login, Name: m.Name, Seats: seatsToWire(m.Seats), State: string(m.State), Handle: m.Handle}
	if !m.CodeUntil.IsZero() {
		w.CodeUntil = m.CodeUntil.UnixMilli()
	}
	if !m.LastSeen.IsZero() {
		w.LastSeen = m.LastSeen.UnixMilli()
	}
	for _, a := range m.Awaiting {
		w.Awaiting = append(w.Awaiting, wireAwaiting{a.Unit, a.Records})
	}
	return w
}

func codeToWire(c auth.Code) wireCode {
	return wireCode{Account: c.Account.ID, Login: c.Account.Login, Name: c.Account.Name, Seats: seatsToWire(c.Seats), Token: c.Token, Digits: c.Digits, Until: c.Until.UnixMilli()}
}

func openedToWire(a *auth.Account, c *auth.Code) wireOpened {
	out := wireOpened{Account: accountToWire(a)}
	if c != nil {
		code := codeToWire(*c)
		out.Code = &code
	}
	return out
}

func seatsOf(wire []wireSeat) []record.Seat {
	out := make([]record.Seat, 0, len(wire))
	for _, s := range wire {
		out = append(out, record.Seat(s))
	}
	return out
}

func eventToWire(e auth.Event) wireAccountEvent {
	return wireAccountEvent{At: e.At.UnixMilli(), By: e.By, What: string(e.What), Gave: seatsToWire(e.Detail.Gave),
		Took: seatsToWire(e.Detail.Took), Other: e.Detail.Other, Unit: e.Detail.Unit, Phone: e.Detail.Phone, N: e.Detail.N, Token: e.Detail.Token}
}

func (s *Server) accounts(c echo.Context) error {
	unit := c.QueryParam("unit")
	if err := s.knownUnit(unit); err != nil {
		return err
	}
	list, err := s.Auth.Roster(c.Request().Context(), callerOf(c).Account.ID, unit)
	if err != nil {
		return err
	}
	out := make([]wireMember, 0, len(list))
	for _, m := range list {
		out = append(out, memberToWire(m))
	}
	return respond(c, map[string]any{"accounts": out})
}

func (s *Server) account(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	v, err := s.Auth.Member(c.Request().Context(), callerOf(c).Account.ID, id)
	if err != nil {
		return err
	}
	out := wireMemberView{Account: memberToWire(v.Member), Phones: []wirePhone{}, Events: []wireAccountEvent{}, Names: v.Names}
	if out.Names == nil {
		out.Names = map[string]string{}
	}
	for _, p := range v.Phones {
		out.Phones = append(out.Phones, wirePhone{p.ID, p.Name, p.Since.UnixMilli(), p.LastSeen.UnixMilli(), p.Live})
	}
	for _, e := range v.Events {
		out.Events = append(out.Events, eventToWire(e))
	}
	return respond(c, out)
}

func (s *Server) openAccount(c echo.Context) error {
	var in struct {
		Name  string     `json:"name"`
		Login string     `json:"login"`
		Seats []wireSeat `json:"seats"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := within("name", in.Name, 50); err != nil {
		return err
	}
	if len(in.Seats) > maxSeats {
		return &record.Error{Code: record.BadRequest, Field: "seats"}
	}
	a, code, err := s.Auth.OpenAccount(c.Request().Context(), callerOf(c).Account.ID, auth.NewAccount{Name: in.Name, Login: in.Login, Seats: seatsOf(in.Seats)})
	if err != nil {
		return err
	}
	return respond(c, openedToWire(a, code))
}

// maxSeats bounds what one person holds.
const maxSeats = 20

func (s *Server) issueCodes(c echo.Context) error {
	var in struct {
		Accounts []string `json:"accounts"`
		Reset    bool     `json:"reset"`
	}
	if err := readJSONOf(c, maxCodes*40, &in); err != nil {
		return err
	}
	if len(in.Accounts) == 0 || len(in.Accounts) > maxCodes {
		return &record.Error{Code: record.BadRequest, Field: "accounts"}
	}
	for _, id := range in.Accounts {
		if err := validID("accounts", id); err != nil {
			return err
		}
	}
	codes, err := s.Auth.IssueCodes(c.Request().Context(), callerOf(c).Account.ID, in.Accounts, in.Reset)
	if err != nil {
		return err
	}
	out := make([]wireCode, 0, len(codes))
	for _, code := range codes {
		out = append(out, codeToWire(code))
	}
	return respond(c, map[string]any{"codes": out})
}

func (s *Server) setSeats(c echo.Context) error {
	var in struct {
		Seats []wireSeat `json:"seats"`
	}
	return s.change(c, &in, func(by, id string) error {
		if len(in.Seats) > maxSeats {
			return &record.Error{Code: record.BadRequest, Field: "seats"}
		}
		return s.Auth.Appoint(c.Request().Context(), by, id, seatsOf(in.Seats))
	})
}

func (s *Server) setName(c echo.Context) error {
	var in struct {
		Name string `json:"name"`
	}
	return s.change(c, &in, func(by, id string) error {
		if err := within("name", in.Name, 50); err != nil {
			return err
		}
		return s.Auth.Rename(c.Request().Context(), by, id, in.Name)
	})
}

func (s *Server) setOpen(c echo.Context) error {
	var in struct {
		Open *bool `json:"open"`
	}
	return s.change(c, &in, func(by, id string) error {
		if in.Open == nil {
			return &record.Error{Code: record.BadRequest, Field: "open"}
		}
		return s.Auth.SetOpen(c.Request().Context(), by, id, *in.Open)
	})
}

func (s *Server) endPhone(c echo.Context) error {
	var in struct {
		Phone string `json:"phone"`
	}
	return s.change(c, &in, func(by, id string) error {
		if err := validID("phone", in.Phone); err != nil {
			return err
		}
		return s.Auth.RevokePhone(c.Request().Context(), by, id, in.Phone)
	})
}

// change reads what is asked of one account, does it, and has nothing to answer.
func (s *Server) change(c echo.Context, in any, do func(by, id string) error) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	if err := readJSON(c, in); err != nil {
		return err
	}
	if err := do(callerOf(c).Account.ID, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) handOver(c echo.Context) error {
	var in struct {
		Seat  wireSeat `json:"seat"`
		To    string   `json:"to"`
		Name  string   `json:"name"`
		Login string   `json:"login"`
	}
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if in.To != "" {
		if err := validID("to", in.To); err != nil {
			return err
		}
	} else if err := within("name", in.Name, 50); err != nil {
		return err
	}
	a, code, err := s.Auth.HandOver(c.Request().Context(), callerOf(c).Account.ID, id,
		auth.Handover{Seat: record.Seat(in.Seat), To: in.To, Name: in.Name, Login: in.Login})
	if err != nil {
		return err
	}
	return respond(c, openedToWire(a, code))
}

func (s *Server) receiveWork(c echo.Context) error {
	var in struct {
		Unit string `json:"unit"`
	}
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.knownUnit(in.Unit); err != nil {
		return err
	}
	n, err := s.Auth.Receive(c.Request().Context(), callerOf(c).Account.ID, id, in.Unit)
	if err != nil {
		return err
	}
	return respond(c, map[string]int{"records": n})
}

func (s *Server) knownUnit(unit string) error {
	if _, known := s.Engine.Places().Get(unit); !known {
		return &record.Error{Code: record.BadRequest, Field: "unit"}
	}
	return nil
}
