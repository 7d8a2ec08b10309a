// Package catalogue holds the forms, registers and indicators that come with the program.
// They are data; niangjia/sync/catalogue reads and checks them, docs/catalogue.md describes them.
package catalogue

import (
	"embed"
	"io/fs"

	"niangjia/sync/catalogue"
)

//go:embed sections.json forms/*.json registers/*.json indicators/*.json
var files embed.FS

//go:embed reports/*.json
var reports embed.FS

// Reports are the templates of reports, as reports/*.json of a folder of definitions (niangjia/sync/report).
func Reports() fs.FS { return reports }

// Built gives the built-in catalogue, which TestBuilt checks whole. The error is catalogue.Problems and stops the start.
func Built() (*catalogue.Catalogue, error) { return catalogue.ParseTrusted(files) }
