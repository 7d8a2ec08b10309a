package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
)

// OffSite is a copy that was seen off site.
type OffSite struct {
	At    time.Time `json:"at"`    // it has everything that was acknowledged before
	Lines int64     `json:"lines"` // it has the ledger up to this line
	Lies  string    `json:"lies,omitempty"`
}

// Confirm takes the word of who stands where a copy lies: the SHA-256 of the file, computed there. From then on phones
// are told that what the copy has is safe (SPEC S21). A copy counts that was made and wholly checked here.
func Confirm(ctx context.Context, data, hash, lies string, now time.Time) (made OffSite, err error) {
	path := filepath.Join(data, DatabaseFile)
	if _, err := os.Stat(path); err != nil {
		return made, fmt.Errorf("no data: %w", err)
	}
	lock, err := share(data)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	have, want, err := sqlite.Schema(ctx, path)
	if err != nil {
		return made, err
	}
	if have != want {
		return made, fmt.Errorf("the data have schema %d and this program %d: use the program that runs the server", have, want)
	}
	m, err := sqlite.FindCopy(ctx, path, hash)
	switch {
	case err != nil:
		return made, err
	case m == nil:
		return made, errors.New("no backup of this hash was made of these data: the file was altered on its way, or is of another server, or of a time that a restore has undone")
	case !m.Replayed:
		return made, errors.New("the log of that backup was not replayed (--quick): only a wholly checked copy counts, make one without --quick")
	}
	store, err := sqlite.Open(ctx, path)
	if err != nil {
		return made, err
	}
	err = engine.Copied(ctx, store, m.Place)
	if err = errors.Join(err, store.Close()); err != nil {
		return made, err
	}
	// Last of all: whoever is interrupted before says it again.
	if err := sqlite.ConfirmCopy(ctx, path, hash, now.UnixMilli(), lies); err != nil {
		return made, err
	}
	return OffSite{At: time.UnixMilli(m.At).UTC(), Lines: m.Place, Lies: lies}, nil
}

// hashFile is the SHA-256 of a file, 64 hex digits, as sha256sum prints it.
func hashFile(path string) (_ string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
