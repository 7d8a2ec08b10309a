package attachment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Names of the files of an attachment: the file that is kept has the attachment's id, in a folder of its first two
// digits, so that no folder gets too large for a file system. It is written once and never changed.
const (
	partSuffix  = ".part"
	smallSuffix = ".small"
	newSuffix   = ".new"
)

// Path is where an attachment's file lies under a folder of attachments.
func Path(dir, id string) string { return filepath.Join(dir, id[:2], id) }

func (s *Service) folder(id string) string { return filepath.Dir(Path(s.Dir, id)) }
func (s *Service) path(id string) string   { return Path(s.Dir, id) }
func (s *Service) part(id string) string   { return s.path(id) + partSuffix }
func (s *Service) small(id string) string  { return s.path(id) + smallSuffix }

// keep writes the files of an attachment: a file has its name only when it is whole and on the disk.
func (s *Service) keep(id string, k kept) error {
	if err := os.MkdirAll(s.folder(id), 0o700); err != nil {
		return err
	}
	if k.small != nil {
		if err := put(s.small(id), k.small); err != nil {
			return err
		}
	}
	if err := put(s.path(id), k.file); err != nil {
		return err
	}
	return flush(s.folder(id))
}

func put(path string, content []byte) error {
	f, err := os.OpenFile(path+newSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+newSuffix, path)
}

func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// remove removes all files of an attachment.
func (s *Service) remove(id string) error {
	var failed error
	for _, path := range []string{s.path(id), s.part(id), s.small(id), s.path(id) + newSuffix, s.small(id) + newSuffix} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
