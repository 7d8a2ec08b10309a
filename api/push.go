package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// pushKey is by what a browser subscribes; without one this server pushes nothing, and the app does not ask.
func (s *Server) pushKey(c echo.Context) error {
	return respond(c, struct {
		Key string `json:"key,omitempty"`
	}{s.Push.Key()})
}

// subscribe keeps the browser of the device on which the caller is signed in.
func (s *Server) subscribe(c echo.Context) error {
	// As PushSubscription.toJSON gives it, expirationTime left out.
	var in struct {
		Endpoint string `json:"endpoint"`
		Keys     struct {
			P256dh string `json:"p256dh"`
			Auth   string `json:"auth"`
		} `json:"keys"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	who := callerOf(c)
	if err := s.Push.Subscribe(c.Request().Context(), who.Account.ID, who.Session.Device, in.Endpoint, in.Keys.P256dh, in.Keys.Auth); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// unsubscribe forgets it.
func (s *Server) unsubscribe(c echo.Context) error {
	who := callerOf(c)
	if err := s.Push.Unsubscribe(c.Request().Context(), who.Account.ID, who.Session.Device); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
