package app

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Names of the locks in a data folder. The system lets a lock go with the process that holds it, however that ends.
const (
	useLock    = "niangjia.lock"        // shared by whoever has the database open, alone for a restore
	backupLock = "niangjia.backup.lock" // one backup at a time
)

// lockMode lets the server open a lock that the machine's owner made, as another user; the folder keeps others out, and
// nothing is in the file.
const lockMode = 0o644

// ErrInUse says that another process works with the data.
var ErrInUse = errors.New("the data are in use: stop the server first")

// share keeps a restore out while the database is open.
func share(data string) (*flock.Flock, error) {
	l := flock.New(filepath.Join(data, useLock), flock.SetPermissions(lockMode))
	got, err := l.TryRLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data: %w", err)
	}
	if !got {
		return nil, errors.New("a backup is being restored into this folder: wait until that is done")
	}
	return l, nil
}

// alone keeps everybody else out.
func alone(data, name string, busy error) (*flock.Flock, error) {
	l := flock.New(filepath.Join(data, name), flock.SetPermissions(lockMode))
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data: %w", err)
	}
	if !got {
		return nil, busy
	}
	return l, nil
}
