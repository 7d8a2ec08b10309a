package api

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

type wireAuditEvent struct {
	Account string `json:"account"`
	wireAccountEvent
}

type wireAuditAccount struct {
	Login string     `json:"login"`
	Seats []wireSeat `json:"seats"`
}

type wireAudit struct {
	Events   []wireAuditEvent            `json:"events"`
	Accounts map[string]wireAuditAccount `json:"accounts"`
	Next     int64                       `json:"next,omitempty"`
}

// audit lists what was done to accounts, for auditors.
func (s *Server) audit(c echo.Context) error {
	var before int64
	if text := c.QueryParam("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return &record.Error{Code: record.BadRequest, Field: "before"}
		}
		before = n
	}
	a, err := s.Auth.Audit(c.Request().Context(), callerOf(c).Actor, before)
	if err != nil {
		return err
	}
	out := wireAudit{Events: []wireAuditEvent{}, Accounts: map[string]wireAuditAccount{}, Next: a.Next}
	for _, e := range a.Events {
		out.Events = append(out.Events, wireAuditEvent{e.Account, eventToWire(e)})
	}
	for id, one := range a.Accounts {
		out.Accounts[id] = wireAuditAccount{one.Login, seatsToWire(one.Seats)}
	}
	return respond(c, out)
}
