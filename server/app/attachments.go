package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"niangjia/server/attachment"
	"niangjia/server/store/sqlite"
)

// BackupAttachments is the folder beside a backup that has the attachments of it and of all others in that place: a file
// never changes once it is there, so a daily backup adds what is new and copies nothing twice.
const BackupAttachments = "niangjia-attachments"

// AttachmentsFound says which of the files that a database names are there.
type AttachmentsFound struct {
	Files   int      `json:"files"` // named by the database
	Bytes   int64    `json:"bytes"`
	New     int      `json:"new"`     // copied now
	Missing int      `json:"missing"` // nowhere
	Altered int      `json:"altered"` // there, and not with the bytes that were kept
	Which   []string `json:"which"`   // ids of the first that are missing or altered
}

const maxWhich = 20

// Whole reports whether all are there as they were kept.
func (f *AttachmentsFound) Whole() bool { return f.Missing+f.Altered == 0 }

func (f *AttachmentsFound) lack(id string, n *int) {
	if *n++; len(f.Which) < maxWhich {
		f.Which = append(f.Which, id)
	}
}

// Text says it in a line, "" where there is nothing to say.
func (f *AttachmentsFound) Text() string {
	switch {
	case f.Files == 0:
		return ""
	case f.Whole():
		return fmt.Sprintf("%d attachments, %d MiB: all there", f.Files, f.Bytes>>20)
	}
	return fmt.Sprintf("%d attachments: %d MISSING and %d ALTERED (the first: %v). Their entries are whole; phones that still have them send them again.",
		f.Files, f.Missing, f.Altered, f.Which)
}

// copyAttachments brings the files that a database names from one of some folders into another. What is there with its
// own bytes is left as it is.
func copyAttachments(ctx context.Context, database, to string, trust bool, from ...string) (*AttachmentsFound, error) {
	found := &AttachmentsFound{Which: []string{}}
	folders := map[string]bool{}
	err := sqlite.KeptFiles(ctx, database, func(k sqlite.KeptFile) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		found.Files++
		found.Bytes += k.Size
		target := attachment.Path(to, k.ID)
		here, err := whole(target, k, trust)
		if err != nil || here {
			return err
		}
		altered := false
		for _, dir := range from {
			source := attachment.Path(dir, k.ID)
			switch good, err := whole(source, k, false); {
			case err != nil:
				return err
			case !good:
				if _, err := os.Stat(source); err == nil {
					altered = true
				}
				continue
			}
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				return err
			}
			if err := bring(source, target); err != nil {
				return err
			}
			folders[filepath.Dir(target)] = true
			found.New++
			return nil
		}
		if altered {
			found.lack(k.ID, &found.Altered)
		} else {
			found.lack(k.ID, &found.Missing)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("copy the attachments: %w", err)
	}
	for dir := range folders {
		if err := flush(dir); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// whole reports whether a file is there with the bytes that were kept; trusted, with so many of them.
func whole(path string, k sqlite.KeptFile, trust bool) (bool, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != k.Size {
		return false, nil
	}
	if err != nil || trust {
		return err == nil, err
	}
	hash, err := hashFile(path)
	return hash == k.Hash, err
}

// bring copies a file, which has its name only when it is whole and on the disk.
func bring(from, to string) (err error) {
	partial := to + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyFile(from, partial); err != nil {
		return err
	}
	if err := flush(partial); err != nil {
		return err
	}
	return os.Rename(partial, to)
}

// VerifyAttachments reads every file that the database names and compares it with what was kept.
func VerifyAttachments(ctx context.Context, data string) (*AttachmentsFound, error) {
	return lookAtAttachments(ctx, data, false)
}

// lookAtAttachments says which are there; trusted, by their sizes alone.
func lookAtAttachments(ctx context.Context, data string, trust bool) (*AttachmentsFound, error) {
	found := &AttachmentsFound{Which: []string{}}
	dir := filepath.Join(data, AttachmentFolder)
	err := sqlite.KeptFiles(ctx, filepath.Join(data, DatabaseFile), func(k sqlite.KeptFile) error {
		found.Files++
		found.Bytes += k.Size
		path := attachment.Path(dir, k.ID)
		switch here, err := whole(path, k, trust); {
		case err != nil:
			return err
		case here:
		default:
			if _, err := os.Stat(path); err == nil {
				found.lack(k.ID, &found.Altered)
			} else {
				found.lack(k.ID, &found.Missing)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("look at the attachments: %w", err)
	}
	return found, nil
}
