package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

const (
	// gzipLevel is where a village's bar of signal and the server's processor both come off well: the best level makes
	// 500 rows 4% shorter and takes twice as long.
	gzipLevel = 3
	// gzipFrom is the length from which compressing pays: a shorter answer fits into one packet as it is.
	gzipFrom = 1024
)

// Writers and readers are kept: a fresh one clears a megabyte, which costs more than a small answer.
var (
	gzipWriters = sync.Pool{New: func() any {
		z, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return z
	}}
	gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

// compressed sends answers as gzip to who takes it. A short answer never meets a compressor.
func compressed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
		if !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
			return next(c)
		}
		w := &squeezed{ResponseWriter: c.Response().Writer}
		c.Response().Writer = w
		err := next(c)
		c.Response().Writer = w.ResponseWriter
		if ended := w.end(); err == nil {
			err = ended
		}
		return err
	}
}

// squeezed holds an answer back until it is whole, and sends it compressed if it is long: how fast a phone takes it is then
// no matter of its rows, its text and its compressor, which are a hundred times as much as what travels.
type squeezed struct {
	http.ResponseWriter
	status int
	held   []byte
	zip    *gzip.Writer
	small  *bytes.Buffer // what zip has given and nobody was sent; nil where it goes out as it comes
	plain  bool          // compressed already: a range of it must come as it lies there
}

// parcels are kept: a page of rows is some 100 KB of them.
var parcels = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (w *squeezed) WriteHeader(status int) {
	w.status = status
	if w.plain = asItLies(w.Header().Get(echo.HeaderContentType)); w.plain {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *squeezed) Write(b []byte) (int, error) {
	if w.plain {
		return w.ResponseWriter.Write(b)
	}
	if w.zip == nil {
		if len(w.held)+len(b) < gzipFrom {
			w.held = append(w.held, b...)
			return len(b), nil
		}
		if err := w.start(); err != nil {
			return 0, err
		}
	}
	return w.zip.Write(b)
}

func (w *squeezed) start() error {
	w.Header().Del(echo.HeaderContentLength)
	w.Header().Set(echo.HeaderContentEncoding, "gzip")
	w.small = parcels.Get().(*bytes.Buffer)
	w.small.Reset()
	w.zip = gzipWriters.Get().(*gzip.Writer)
	w.zip.Reset((*sink)(w))
	_, err := w.zip.Write(w.held)
	return err
}

// sink takes what the compressor gives.
type sink squeezed

func (s *sink) Write(b []byte) (int, error) {
	if s.small != nil {
		return s.small.Write(b)
	}
	return s.ResponseWriter.Write(b)
}

// begin sends what was held back; what follows goes out as it comes.
func (w *squeezed) begin() error {
	small := w.small
	w.small = nil
	defer parcels.Put(small)
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
	_, err := w.ResponseWriter.Write(small.Bytes())
	return err
}

// Flush sends what there is, for an answer that is made piece by piece.
func (w *squeezed) Flush() {
	if w.zip == nil {
		_ = w.start() // a broken connection shows at the next write
	}
	_ = w.zip.Flush()
	if w.small != nil {
		_ = w.begin()
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *squeezed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *squeezed) end() error {
	if w.plain {
		return nil
	}
	if w.zip != nil {
		err := w.zip.Close()
		gzipWriters.Put(w.zip)
		if w.small != nil {
			w.Header().Set(echo.HeaderContentLength, strconv.Itoa(w.small.Len()))
			err = errors.Join(err, w.begin())
		}
		return err
	}
	if w.status == 0 && len(w.held) == 0 {
		return nil // nothing was answered yet: an error will be
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if len(w.held) > 0 {
		w.Header().Set(echo.HeaderContentLength, strconv.Itoa(len(w.held)))
	}
	w.ResponseWriter.WriteHeader(w.status)
	_, err := w.ResponseWriter.Write(w.held)
	return err
}
