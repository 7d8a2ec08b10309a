package api

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/server/snapshots"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// SnapshotPath is what the name of a feed's file follows.
const SnapshotPath = "/api/v1/snapshots/"

// WireRow writes a row as the rows of a pull are written (W5).
func WireRow(r change.Row) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, rowToWire(r))
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// packed is the type of what is compressed already.
const packed = "application/gzip"

// snapshot gives a feed's file, or a range of it (W8). Whether the caller may have the feed is asked at each request,
// and whether anybody may still have the file: it is gone with the commit that takes a record away from its readers (S20).
func (s *Server) snapshot(c echo.Context) error {
	name := c.Param("name")
	id, ok := snapshots.FeedOf(name)
	if !ok {
		return &record.Error{Code: record.NotFound}
	}
	feed, err := s.Engine.MayLoad(c.Request().Context(), callerOf(c).Account.ID, id)
	if err != nil {
		return err
	}
	file, snap, err := s.Snapshots.Open(name, feed)
	if errors.Is(err, fs.ErrNotExist) {
		return &record.Error{Code: record.SnapshotGone, Err: err}
	} else if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, packed)
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("ETag", `"`+snap.Hash+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, file)
	return nil
}
