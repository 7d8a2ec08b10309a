package api

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

type wireDevice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireLogin struct {
	Account  string     `json:"account"`
	Password string     `json:"password"`
	Device   wireDevice `json:"device"`
}

type wireAccount struct {
	ID         string `json:"id"`
	Login      string `json:"login"`
	Name       string `json:"name"`
	MustChange bool   `json:"must_change,omitempty"`
}

type wireSeat struct {
	Role record.Role `json:"role"`
	Unit string      `json:"unit"`
}

type wireTokens struct {
	Access    string `json:"access"`
	Refresh   string `json:"refresh"`
	ExpiresIn int    `json:"expires_in"`
}

type wireSession struct {
	wireTokens
	Account     wireAccount `json:"account"`
	Seats       []wireSeat  `json:"seats"`
	ServerEpoch string      `json:"server_epoch"`
}

type wireMe struct {
	Account   wireAccount `json:"account"`
	Seats     []wireSeat  `json:"seats"`
	SeatsHash string      `json:"seats_hash"`
}

func accountToWire(a *auth.Account) wireAccount {
	return wireAccount{ID: a.ID, Login: a.Login, Name: a.Name, MustChange: a.MustChange}
}

func seatsToWire(seats []record.Seat) []wireSeat {
	out := make([]wireSeat, 0, len(seats))
	for _, s := range seats {
		out = append(out, wireSeat(s))
	}
	return out
}

func tokensToWire(t *auth.Tokens) wireTokens {
	return wireTokens{Access: t.Access, Refresh: t.Refresh, ExpiresIn: int(t.ExpiresIn.Seconds())}
}

// within refuses a text that is empty or longer than so many characters.
func within(field, text string, most int) error {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > most {
		return &record.Error{Code: record.BadRequest, Field: field}
	}
	return nil
}

func (s *Server) login(c echo.Context) error {
	var in wireLogin
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := firstError(within("account", in.Account, 64), within("password", in.Password, 200), validID("device.id", in.Device.ID)); err != nil {
		return err
	}
	if utf8.RuneCountInString(in.Device.Name) > 100 {
		return &record.Error{Code: record.BadRequest, Field: "device.name"}
	}
	account, tokens, err := s.Auth.Login(c.Request().Context(), in.Account, in.Password, in.Device.ID, in.Device.Name, c.RealIP())
	if err != nil {
		return err
	}
	return s.session(c, account, tokens)
}

func (s *Server) refresh(c echo.Context) error {
	var in struct {
		Refresh string `json:"refresh"`
		Device  string `json:"device"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := firstError(within("refresh", in.Refresh, 200), validID("device", in.Device)); err != nil {
		return err
	}
	tokens, err := s.Auth.Refresh(c.Request().Context(), in.Refresh, in.Device)
	if err != nil {
		return err
	}
	return respond(c, tokensToWire(tokens))
}

func (s *Server) logout(c echo.Context) error {
	var in struct {
		Refresh string `json:"refresh"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := within("refresh", in.Refresh, 200); err != nil {
		return err
	}
	if err := s.Auth.Logout(c.Request().Context(), in.Refresh); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) changePassword(c echo.Context) error {
	var in struct {
		Account  string `json:"account"`
		Password string `json:"password"`
		Fresh    string `json:"new_password"`
		Device   string `json:"device"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := firstError(within("account", in.Account, 64), within("password", in.Password, 200), within("new_password", in.Fresh, 200)); err != nil {
		return err
	}
	if in.Device != "" {
		if err := validID("device", in.Device); err != nil {
			return err
		}
	}
	if err := s.Auth.ChangePassword(c.Request().Context(), in.Account, in.Password, in.Fresh, in.Device, c.RealIP()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) me(c echo.Context) error {
	who := callerOf(c)
	return respond(c, wireMe{Account: accountToWire(who.Account), Seats: seatsToWire(who.Actor.Seats), SeatsHash: engine.SeatsHash(who.Actor)})
}

func (s *Server) healthz(c echo.Context) error {
	return respond(c, map[string]string{"status": "ok"})
}

func (s *Server) readyz(c echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return &record.Error{Code: record.Unavailable, Err: err}
	}
	return respond(c, map[string]string{"status": "ok"})
}

func validID(field, id string) error {
	if !record.ValidID(id) {
		return &record.Error{Code: record.BadRequest, Field: field}
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
