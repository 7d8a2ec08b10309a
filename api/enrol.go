package api

import (
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/record"
)

// wireProof is a code as it was handed over: the token of the link, or the account with six digits.
type wireProof struct {
	Token   string `json:"token"`
	Account string `json:"account"`
	Digits  string `json:"digits"`
}

type wireEnrol struct {
	wireProof
	Password string     `json:"password"`
	Device   wireDevice `json:"device"`
}

func (p wireProof) check() (auth.Proof, error) {
	if p.Token != "" {
		return auth.Proof{Token: p.Token}, within("token", p.Token, 64)
	}
	return auth.Proof{Login: p.Account, Digits: p.Digits}, firstError(within("account", p.Account, 64), within("digits", p.Digits, 12))
}

// checkCode tells whose a code is. The answer has what she needs to see that it is hers, and nothing of the records.
func (s *Server) checkCode(c echo.Context) error {
	var in struct {
		wireProof
		Device string `json:"device"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	proof, err := in.check()
	if err := firstError(err, validID("device", in.Device)); err != nil {
		return err
	}
	ctx := c.Request().Context()
	account, err := s.Auth.CheckCode(ctx, proof, in.Device, c.RealIP())
	if err != nil {
		return err
	}
	actor, err := s.Engine.Actor(ctx, account.ID)
	if err != nil {
		return err
	}
	units := map[string]string{}
	for _, seat := range actor.Seats {
		if d, known := s.Engine.Places().Get(seat.Unit); known {
			units[seat.Unit] = d.Name
		}
	}
	return respond(c, map[string]any{"account": accountToWire(account), "seats": seatsToWire(actor.Seats), "units": units})
}

func (s *Server) enrol(c echo.Context) error {
	var in wireEnrol
	if err := readJSON(c, &in); err != nil {
		return err
	}
	proof, err := in.check()
	if err := firstError(err, within("password", in.Password, 200), validID("device.id", in.Device.ID)); err != nil {
		return err
	}
	if utf8.RuneCountInString(in.Device.Name) > 100 {
		return &record.Error{Code: record.BadRequest, Field: "device.name"}
	}
	account, tokens, err := s.Auth.Enrol(c.Request().Context(), proof, in.Password, in.Device.ID, in.Device.Name, c.RealIP())
	if err != nil {
		return err
	}
	return s.session(c, account, tokens)
}

// session answers with a session that has begun.
func (s *Server) session(c echo.Context, account *auth.Account, tokens *auth.Tokens) error {
	actor, err := s.Engine.Actor(c.Request().Context(), account.ID)
	if err != nil {
		return err
	}
	return respond(c, wireSession{wireTokens: tokensToWire(tokens), Account: accountToWire(account),
		Seats: seatsToWire(actor.Seats), ServerEpoch: s.Engine.Epoch()})
}
