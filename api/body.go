package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

const (
	// maxSync bounds an exchange, before and after decompression (W7).
	maxSync = 8 << 20
	// maxForm bounds every other body.
	maxForm = 16 << 10
)

// readBody reads a whole body of at most bound bytes, after decompression too: gzip can hold a thousand times its size.
func readBody(c echo.Context, bound int64) ([]byte, error) {
	req := c.Request()
	var r io.Reader = http.MaxBytesReader(c.Response(), req.Body, bound)
	switch enc := strings.ToLower(strings.TrimSpace(req.Header.Get(echo.HeaderContentEncoding))); enc {
	case "", "identity":
	case "gzip":
		z := gzipReaders.Get().(*gzip.Reader)
		defer gzipReaders.Put(z)
		if err := z.Reset(r); err != nil {
			return nil, bodyError(err)
		}
		r = z
	default:
		return nil, &record.Error{Code: record.Unsupported, Field: "Content-Encoding"}
	}
	body, err := io.ReadAll(io.LimitReader(r, bound+1))
	if err != nil {
		return nil, bodyError(err)
	}
	if int64(len(body)) > bound {
		return nil, &record.Error{Code: record.TooLarge}
	}
	return body, nil
}

func bodyError(err error) error {
	var tooMuch *http.MaxBytesError
	if errors.As(err, &tooMuch) {
		return &record.Error{Code: record.TooLarge, Err: err}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // a body that does not end (readTime)
		return &record.Error{Code: record.TooSlow, Err: err}
	}
	return &record.Error{Code: record.BadRequest, Err: err}
}

func mediaType(c echo.Context, want ...string) error {
	have, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err == nil {
		for _, w := range want {
			if have == w {
				return nil
			}
		}
	}
	return &record.Error{Code: record.Unsupported, Field: "Content-Type"}
}

// readJSON reads one JSON object of a known shape. Unknown keys are passed over: an app newer than the server must
// still be able to sign in.
func readJSON(c echo.Context, into any) error { return readJSONOf(c, maxForm, into) }

// readJSONOf reads one of at most bound bytes.
func readJSONOf(c echo.Context, bound int64, into any) error {
	if err := mediaType(c, echo.MIMEApplicationJSON); err != nil {
		return err
	}
	body, err := readBody(c, bound)
	if err != nil {
		return err
	}
	return decode(body, into)
}

func decode(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(into); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			return &record.Error{Code: record.BadRequest, Field: typ.Field, Err: errors.New("wrong type")}
		}
		return &record.Error{Code: record.BadRequest, Err: errors.New("no JSON object")}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &record.Error{Code: record.BadRequest, Err: errors.New("text after the JSON object")}
	}
	return nil
}

// writeJSON writes without escaping <, > and &: names of people hold none, and the app never writes text as HTML.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func respond(c echo.Context, v any) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/json; charset=utf-8")
	h.Set(echo.HeaderCacheControl, "no-store")
	c.Response().WriteHeader(http.StatusOK)
	return writeJSON(c.Response(), v)
}

// respondTagged lets a phone that has this content already save its data volume.
func respondTagged(c echo.Context, hash string, write func(io.Writer) error) error {
	tag := `"` + hash + `"`
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	for _, known := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		// A proxy that compresses makes a tag weak; the content is the same.
		if strings.TrimPrefix(strings.TrimSpace(known), "W/") == tag {
			return c.NoContent(http.StatusNotModified)
		}
	}
	h.Set(echo.HeaderContentType, "application/json; charset=utf-8")
	c.Response().WriteHeader(http.StatusOK)
	return write(c.Response())
}
