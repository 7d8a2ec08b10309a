package app

import (
	"embed"
	"io/fs"
)

// The built web app is copied to web/dist by `make build`. The folder is never empty, so that the program compiles
// before the app has been built.
//
//go:embed all:web/dist
var built embed.FS

func web() (fs.FS, error) { return fs.Sub(built, "web/dist") }
