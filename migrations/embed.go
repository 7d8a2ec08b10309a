// Package migrations has the schema of each store, as goose migrations.
package migrations

import "embed"

// SQLite has the migrations of the SQLite store, in the folder "sqlite".
//
//go:embed sqlite/*.sql
var SQLite embed.FS
