package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

// types of the app's files. Fixed here because the system's table differs by machine, and a service worker with a
// wrong type is refused by the browser.
var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".json":        "application/json; charset=utf-8",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
	".txt":         "text/plain; charset=utf-8",
}

const (
	noCache   = "no-cache"
	immutable = "public, max-age=31536000, immutable"
)

type file struct {
	kind, cache, tag string
	plain, br, gz    []byte
}

// webApp is the built app, read into memory once: it is a few hundred kilobytes.
type webApp struct{ files map[string]*file }

func newWebApp(fsys fs.FS) (*webApp, error) {
	a := &webApp{files: map[string]*file{}}
	if fsys == nil {
		return a, nil
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		ext := path.Ext(name)
		if err != nil || d.IsDir() || types[ext] == "" {
			return err
		}
		f := &file{kind: types[ext], cache: noCache}
		if f.plain, err = fs.ReadFile(fsys, name); err != nil {
			return err
		}
		// Compressed twins are made by the app's build; without them the plain one is sent.
		f.br, _ = fs.ReadFile(fsys, name+".br")
		f.gz, _ = fs.ReadFile(fsys, name+".gz")
		if strings.HasPrefix(name, "assets/") { // named by their content's hash
			f.cache = immutable
		}
		sum := sha256.Sum256(f.plain)
		f.tag = hex.EncodeToString(sum[:16])
		a.files[name] = f
		return nil
	})
	return a, err
}

// serve gives a file of the app, and the app itself for any address that could be one of its pages.
func (a *webApp) serve(c echo.Context) error {
	clean := path.Clean(c.Request().URL.Path)
	name := strings.TrimPrefix(clean, "/")
	// An API route that does not exist must not answer with a page: a phone would take it for a captive portal's.
	if name == "api" || strings.HasPrefix(name, "api/") {
		return &record.Error{Code: record.NotFound}
	}
	f := a.files[name]
	if f == nil && path.Ext(name) != "" {
		return &record.Error{Code: record.NotFound}
	}
	if f == nil {
		f = a.files["index.html"]
	}
	if f == nil {
		return c.String(http.StatusNotFound, "This program was built without the app: use `make build`.\n")
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, f.kind)
	h.Set(echo.HeaderCacheControl, f.cache)
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	content, accepts := f.plain, c.Request().Header.Get(echo.HeaderAcceptEncoding)
	tag := f.tag
	switch {
	case f.br != nil && strings.Contains(accepts, "br"):
		content, tag = f.br, f.tag+"-br"
		h.Set(echo.HeaderContentEncoding, "br")
	case f.gz != nil && strings.Contains(accepts, "gzip"):
		content, tag = f.gz, f.tag+"-gz"
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(content))
	return nil
}
