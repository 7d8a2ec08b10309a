package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// RestoreMade says what a restore did.
type RestoreMade struct {
	Lines       int    `json:"lines"`
	ServerEpoch string `json:"server_epoch"`
	Aside       string `json:"aside,omitempty"` // folder of the data that were there before
	// Attachments of the backup, of which those that are missing come again from phones that still have them.
	Attachments *AttachmentsFound `json:"attachments,omitempty"`
}

// Restore puts a backup into a data folder that nobody uses. The file itself is only read: a copy in the folder is
// checked, brought to this program's schema and given a new server epoch (SPEC S15), and takes its place last of
// all. Data that were there are moved aside, never deleted.
func Restore(ctx context.Context, data, file string, replace bool, progress func(done, all int64)) (made RestoreMade, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return made, err
	}
	if !info.Mode().IsRegular() {
		return made, fmt.Errorf("%s is no file", file)
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		return made, fmt.Errorf("%s has a journal beside it: it is a database at work, not a backup", file)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return made, err
	}
	lock, err := alone(data, useLock, ErrInUse)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	target := filepath.Join(data, DatabaseFile)
	_, err = os.Stat(target)
	there := err == nil
	if there && !replace {
		return made, fmt.Errorf("%s has data already: --replace moves them aside", data)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return made, err
	}

	fresh := target + ".restoring"
	if err := removeDatabase(fresh); err != nil {
		return made, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeDatabase(fresh))
		}
	}()
	if err := copyFile(file, fresh); err != nil {
		return made, err
	}
	v, err := checked(ctx, fresh, progress, func(s *sqlite.Store) (err error) {
		made.ServerEpoch, err = engine.Renew(ctx, s, engine.Options{
			Now: func() record.Instant { return record.Instant(time.Now().UnixMilli()) }, NewID: newID,
		})
		return err
	})
	if err != nil {
		return made, fmt.Errorf("%s is no good backup: %w", file, err)
	}
	made.Lines = v.Lines
	// Before the database is in its place: who is interrupted here begins again. Files that lie there already are used.
	made.Attachments, err = copyAttachments(ctx, fresh, filepath.Join(data, AttachmentFolder), false, filepath.Join(filepath.Dir(file), BackupAttachments))
	if err != nil {
		return made, err
	}
	if made.Aside, err = moveAside(data, target); err != nil {
		return made, err
	}
	if err := settle(fresh, target); err != nil {
		return made, fmt.Errorf("put the copy into place (what was there is in %q): %w", made.Aside, err)
	}
	return made, nil
}

// moveAside moves whatever there is of a database to a folder beside it, the file before its journal: SQLite would
// otherwise take the file without its last commits for the whole.
func moveAside(data, target string) (folder string, err error) {
	for _, name := range parts(target) {
		if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return folder, err
		}
		if folder == "" {
			folder = filepath.Join(data, "before-restore-"+time.Now().UTC().Format("20060102-150405.000"))
			if err := os.Mkdir(folder, 0o700); err != nil {
				return "", err
			}
		}
		if err := os.Rename(name, filepath.Join(folder, filepath.Base(name))); err != nil {
			return folder, err
		}
	}
	if folder == "" {
		return "", nil
	}
	return folder, flush(folder)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
