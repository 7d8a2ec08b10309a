package api

import (
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	levelInfo  = slog.LevelInfo
	levelError = slog.LevelError
)

// requestAttrs describe a request without personal data: the route's pattern, never the address asked for, whose query
// and path may name people; no address of the caller, no body, no header.
func requestAttrs(c echo.Context, more ...slog.Attr) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID)),
		slog.String("method", c.Request().Method),
		slog.String("route", c.Path()),
	}
	if who := callerOf(c); who != nil {
		attrs = append(attrs, slog.String("account", who.Account.ID))
	}
	return append(attrs, more...)
}

func errAttr(err error) slog.Attr { return slog.String("error", err.Error()) }

// logged writes one line a request.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // answer now, so that the status below is the one that was sent
		}
		attrs := requestAttrs(c,
			slog.Int("status", c.Response().Status),
			slog.Int64("in", c.Request().ContentLength),
			slog.Int64("out", c.Response().Size),
			slog.Int64("ms", time.Since(began).Milliseconds()))
		if err != nil {
			name, field := code(err)
			attrs = append(attrs, slog.String("code", string(name)))
			if field != "" {
				attrs = append(attrs, slog.String("field", field))
			}
		}
		s.log.LogAttrs(c.Request().Context(), levelInfo, "request", attrs...)
		if s.Meter != nil {
			s.Meter.Request(c.Path(), c.Request().Method, c.Response().Status, time.Since(began))
		}
		return nil
	}
}
