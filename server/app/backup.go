package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"niangjia/server/store/sqlite"
)

// metaBackup keeps what is known of the last good backup, beside the log.
const metaBackup = "backup"

// BackupMade is a backup that passed all checks.
type BackupMade struct {
	At    time.Time `json:"at"` // the copy has everything that was acknowledged before
	Lines int64     `json:"lines"`
	Bytes int64     `json:"bytes"`
	// Replayed: the log of the copy was replayed and agrees with its data.
	Replayed bool `json:"replayed"`
	// Attachments are copied into a folder beside the file, which all backups in that place share.
	Attachments *AttachmentsFound `json:"attachments,omitempty"`
}

// Backup copies the data of a folder to a file while the server runs. The copy is made beside the file under the name
// FILE.partial; it gets its own name only when SQLite finds it whole and a replay of its log agrees with it. An
// interrupted backup leaves at most that partial file, which the next one takes away. A quick one leaves the replay out.
// Photos and voice notes, which are no part of the database, go into the folder BackupAttachments beside the file.
func Backup(ctx context.Context, data, file string, replace, quick bool, progress func(done, all int64)) (made BackupMade, err error) {
	source := filepath.Join(data, DatabaseFile)
	if _, err := os.Stat(source); err != nil {
		return made, fmt.Errorf("no data to back up: %w", err)
	}
	if _, err := os.Stat(file); err == nil && !replace {
		return made, fmt.Errorf("%s is there already: choose another name, or --replace", file)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return made, err
	}
	lock, err := share(data)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	only, err := alone(data, backupLock, errors.New("another backup of these data is being made"))
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, only.Close()) }()
	have, want, err := sqlite.Schema(ctx, source)
	if err != nil {
		return made, err
	}
	if have != want {
		return made, fmt.Errorf("the data have schema %d and this program %d: back up with the program that runs the server", have, want)
	}

	partial := file + ".partial"
	if err := removeDatabase(partial); err != nil {
		return made, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeDatabase(partial))
		}
	}()
	// Made empty before it is filled: SQLite would let everybody read it.
	if err := writeNew(partial); err != nil {
		return made, err
	}
	made.At = time.Now().UTC().Truncate(time.Millisecond)
	if err := sqlite.Copy(ctx, source, partial); err != nil {
		return made, fmt.Errorf("copy: %w", err)
	}
	made.Replayed = !quick
	if quick {
		err = sqlite.Check(ctx, partial)
	} else {
		_, err = checked(ctx, partial, progress, nil)
	}
	if err != nil {
		return made, fmt.Errorf("the copy is not good, and neither may be the data (see niangjia verify): %w", err)
	}
	if made.Lines, err = sqlite.Lines(ctx, partial); err != nil {
		return made, err
	}
	place, err := sqlite.LastPlace(ctx, partial)
	if err != nil {
		return made, err
	}
	// Of the moment of the copy: what comes later is in the next one.
	beside := filepath.Join(filepath.Dir(file), BackupAttachments)
	if made.Attachments, err = copyAttachments(ctx, partial, beside, true, filepath.Join(data, AttachmentFolder)); err != nil {
		return made, err
	}
	hash, err := hashFile(partial)
	if err != nil {
		return made, err
	}
	if err := settle(partial, file); err != nil {
		return made, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return made, err
	}
	made.Bytes = info.Size()
	raw, err := json.Marshal(made)
	if err != nil {
		return made, err
	}
	// The hash is told to nobody: who gives it back has read the file where it lies (Confirm).
	copied := sqlite.MadeCopy{Hash: hash, At: made.At.UnixMilli(), Place: place, Bytes: made.Bytes, Replayed: made.Replayed}
	if err := errors.Join(sqlite.Note(ctx, source, metaBackup, string(raw)), sqlite.NoteCopy(ctx, source, copied)); err != nil {
		return made, fmt.Errorf("the backup is good, but it could not be noted for niangjia doctor: %w", err)
	}
	return made, nil
}

func writeNew(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// removeDatabase removes a database that nobody needs, with its journal.
func removeDatabase(path string) error {
	for _, name := range parts(path) {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// parts are the files of one database.
func parts(path string) []string { return []string{path, path + "-wal", path + "-shm"} }

// settle gives a finished file its name, so that after a power cut there is the old one or the new one, whole.
func settle(from, to string) error {
	if err := flush(from); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return flush(filepath.Dir(to))
}

func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
