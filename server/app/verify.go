package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	lock, err := share(data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	have, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, have.Close()) }()
	return verifyStore(ctx, have, progress)
}

// verifyStore replays into a database that is thrown away: the log may be larger than the memory.
func verifyStore(ctx context.Context, have engine.Store, progress func(done, all int64)) (v *engine.Verification, err error) {
	scratch, err := os.MkdirTemp("", "niangjia-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	empty, err := sqlite.OpenScratch(ctx, filepath.Join(scratch, DatabaseFile))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, empty.Close()) }()
	return engine.Verify(ctx, have, empty, progress)
}

// checked opens a copy by itself, reads all of it and replays its log; then is called while it is still open.
func checked(ctx context.Context, path string, progress func(done, all int64), then func(*sqlite.Store) error) (v *engine.Verification, err error) {
	if err := sqlite.Check(ctx, path); err != nil {
		return nil, err
	}
	have, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, have.Close()) }()
	if v, err = verifyStore(ctx, have, progress); err != nil {
		return nil, fmt.Errorf("replay its log: %w", err)
	}
	if !v.Holds() {
		var text strings.Builder
		for _, d := range v.Differences[:min(3, len(v.Differences))] {
			fmt.Fprintf(&text, "\n%s at %s: stored %s, right is %s", d.What, d.Where, d.Stored, d.Right)
		}
		return v, fmt.Errorf("its data do not follow from its log, %d differences:%s", len(v.Differences)+v.More, text.String())
	}
	if then != nil {
		return v, then(have)
	}
	return v, nil
}
