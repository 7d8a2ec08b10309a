package api

import (
	"encoding/base64"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	files "niangjia/server/attachment"
	"niangjia/sync/record"
)

// AttachmentPath is what an attachment's id follows.
const AttachmentPath = "/api/v1/attachments/"

// The resumable upload protocol, https://tus.io/protocols/resumable-upload, 1.0.0: its core, and the extensions creation
// and expiration.
const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,expiration"
	tusBody       = "application/offset+octet-stream"

	tusResumable = "Tus-Resumable"
	uploadOffset = "Upload-Offset"
	uploadLength = "Upload-Length"
)

// tus holds a request to the protocol's version.
func tus(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(tusResumable, tusVersion)
		h.Set(echo.HeaderCacheControl, "no-store")
		if c.Request().Header.Get(tusResumable) != tusVersion {
			h.Set("Tus-Version", tusVersion)
			return &record.Error{Code: record.WrongProtocol, Field: tusResumable}
		}
		return next(c)
	}
}

// attachmentOptions says what the server knows of the protocol.
func (s *Server) attachmentOptions(c echo.Context) error {
	h := c.Response().Header()
	h.Set(tusResumable, tusVersion)
	h.Set("Tus-Version", tusVersion)
	h.Set("Tus-Extension", tusExtensions)
	h.Set("Tus-Max-Size", strconv.Itoa(files.MaxLength))
	return c.NoContent(http.StatusNoContent)
}

// beginAttachment makes room for an attachment under the id that the phone gave it. The same again is the same one (F1).
func (s *Server) beginAttachment(c echo.Context) error {
	length, err := nonNegative(c, uploadLength)
	if err != nil {
		return err
	}
	if length == 0 {
		return &record.Error{Code: record.BadRequest, Field: uploadLength}
	}
	if length > files.MaxLength {
		return &record.Error{Code: record.TooLarge, Field: uploadLength}
	}
	said, err := metadata(c.Request().Header.Get("Upload-Metadata"))
	if err != nil {
		return err
	}
	b := files.Begun{ID: said["id"], Entity: said["entity"], Field: said["field"], Length: length}
	if err := firstError(validID("id", b.ID), validID("entity", b.Entity)); err != nil {
		return err
	}
	if b.Field == "" || len(b.Field) > 64 {
		return &record.Error{Code: record.BadRequest, Field: "field"}
	}
	a, err := s.Attachments.Begin(c.Request().Context(), callerOf(c).Actor, b)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderLocation, AttachmentPath+a.ID)
	standing(h, a)
	return c.NoContent(http.StatusCreated)
}

// attachmentOffset tells its sender how much is here.
func (s *Server) attachmentOffset(c echo.Context) error {
	a, err := s.Attachments.Standing(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	standing(c.Response().Header(), a)
	return c.NoContent(http.StatusOK)
}

// takeAttachment takes the next bytes.
func (s *Server) takeAttachment(c echo.Context) error {
	req := c.Request()
	if have, _, err := mime.ParseMediaType(req.Header.Get(echo.HeaderContentType)); err != nil || have != tusBody {
		return &record.Error{Code: record.Unsupported, Field: echo.HeaderContentType}
	}
	if req.Header.Get(echo.HeaderContentEncoding) != "" {
		return &record.Error{Code: record.Unsupported, Field: echo.HeaderContentEncoding}
	}
	offset, err := nonNegative(c, uploadOffset)
	if err != nil {
		return err
	}
	if req.ContentLength > files.MaxLength {
		return &record.Error{Code: record.TooLarge}
	}
	// Ends a read that waits on a dead line.
	line := http.NewResponseController(c.Response())
	stop := func() { _ = line.SetReadDeadline(time.Now()) } // where it cannot be set the other request waits
	a, err := s.Attachments.Write(req.Context(), callerOf(c).Actor, c.Param("id"), offset, req.Body, stop)
	if a != nil {
		standing(c.Response().Header(), a)
	}
	if err != nil {
		var coded *record.Error
		if a != nil && !errors.As(err, &coded) { // the line, and not the disk
			return bodyError(err)
		}
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func standing(h http.Header, a *files.Attachment) {
	h.Set(uploadOffset, strconv.FormatInt(a.Received, 10))
	h.Set(uploadLength, strconv.FormatInt(a.Length, 10))
	if a.State == files.Coming {
		h.Set("Upload-Expires", a.TouchedAt.Add(files.Unfinished).UTC().Format(http.TimeFormat))
	}
}

// attachment gives a photo, a signature or a voice note to those who may read the record's personal fields. What a
// browser is given is never to be run, kept by others, or shown as a page of this site.
func (s *Server) attachment(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	size := c.QueryParam("size")
	if size != "" && size != "small" {
		return &record.Error{Code: record.BadRequest, Field: "size"}
	}
	file, a, err := s.Attachments.Open(c.Request().Context(), callerOf(c).Actor, id, size == "small")
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, a.Type)
	h.Set(echo.HeaderCacheControl, "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+id[:8]+extension[a.Type]+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, file)
	return nil
}

var extension = map[string]string{"image/jpeg": ".jpg", "audio/webm": ".webm", "audio/ogg": ".ogg", "audio/mp4": ".m4a"}

// nonNegative reads a header's number.
func nonNegative(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Request().Header.Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0, &record.Error{Code: record.BadRequest, Field: name}
	}
	return n, nil
}

// metadata reads pairs of a key and a value in base64, with commas between them.
func metadata(header string) (map[string]string, error) {
	out := map[string]string{}
	if len(header) > 2<<10 {
		return nil, &record.Error{Code: record.BadRequest, Field: "Upload-Metadata"}
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			return nil, &record.Error{Code: record.BadRequest, Field: "Upload-Metadata"}
		}
		if key != "" {
			out[key] = string(raw)
		}
	}
	return out, nil
}

// asItLies reports whether an answer is compressed already, so that a range of it must come as it lies on the disk.
func asItLies(contentType string) bool {
	return contentType == packed || strings.HasPrefix(contentType, "image/jpeg") || strings.HasPrefix(contentType, "audio/")
}
