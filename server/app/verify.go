package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
)

// Verify replays the log of a data folder into an empty store and compares everything that follows from it. Nothing in
// the folder is changed, so it may run beside the server. progress may be nil.
func Verify(ctx context.Context, data string, progress func(done, all int64)) (v *engine.Verification, err error) {
	path := filepath.Join(data, DatabaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("no data to verify: %w", err)
	}
	have, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, have.Close()) }()
	scratch, err := os.MkdirTemp("", "niangjia-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	empty, err := sqlite.Open(ctx, filepath.Join(scratch, DatabaseFile))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, empty.Close()) }()
	return engine.Verify(ctx, have, empty, progress)
}
