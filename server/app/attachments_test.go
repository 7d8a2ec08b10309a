package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"niangjia/server/attachment"
	"niangjia/sync/change"
)

// kept puts an attachment into the data as if a phone had sent it.
func (w *ward) kept(name string) string {
	w.Helper()
	a, err := Open(w.Context(), Config{Data: w.data})
	w.must(err)
	content := []byte(strings.Repeat(name, 100))
	id := change.Hash([]byte(name))[:32]
	row := attachment.Attachment{ID: id, Entity: id, Field: "photos", Kind: "photo", Account: "a", Unit: "530900000000", Length: 9, Received: 9,
		State: attachment.Ready, Type: "image/jpeg", Size: int64(len(content)), Hash: change.Hash(content), CreatedAt: time.Now(), TouchedAt: time.Now()}
	w.must(a.store.Attachments().AddAttachment(w.Context(), row))
	w.must(a.Close())
	path := attachment.Path(filepath.Join(w.data, AttachmentFolder), id)
	w.must(os.MkdirAll(filepath.Dir(path), 0o700))
	w.must(os.WriteFile(path, content, 0o600))
	return path
}

func (w *ward) backup(file string, files, fresh, missing, altered int) {
	w.Helper()
	made, err := Backup(w.Context(), w.data, file, false, true, nil)
	w.must(err)
	if a := made.Attachments; a.Files != files || a.New != fresh || a.Missing != missing || a.Altered != altered {
		w.Errorf("backed up %+v, want %d with %d new, %d missing, %d altered", a, files, fresh, missing, altered)
	}
}

// F7: a backup takes the attachments along, each once for all backups of a place; a restore brings them back, and what is
// missing or altered is told by all who look.
func TestBackupsTakeAttachmentsAlong(t *testing.T) {
	w := healthy(t)
	out := t.TempDir()
	w.backup(filepath.Join(out, "0"), 0, 0, 0, 0)
	if left, _ := filepath.Glob(filepath.Join(out, "*")); len(left) != 1 {
		t.Errorf("a backup without attachments made %v", left)
	}
	first, second := w.kept("one"), w.kept("two")
	w.backup(filepath.Join(out, "1"), 2, 2, 0, 0)
	third := w.kept("three")
	w.backup(filepath.Join(out, "2"), 3, 1, 0, 0)

	// One is lost and one garbled in the data, after the backup.
	w.must(os.Remove(first))
	w.must(os.WriteFile(second, []byte(strings.Repeat("TWO", 100)), 0o600))
	found, err := VerifyAttachments(t.Context(), w.data)
	w.must(err)
	if found.Missing != 1 || found.Altered != 1 || len(found.Which) != 2 || found.Whole() {
		t.Errorf("%+v", found)
	}
	d, err := Doctor(t.Context(), w.data, w.o)
	w.must(err)
	if text := fmt.Sprint(d.Findings); !strings.Contains(text, "attachments_missing") || !strings.Contains(text, filepath.Base(first)) {
		t.Error(text)
	}

	// Put back over them: what lies there whole is left, the rest comes from the backup.
	made, err := Restore(t.Context(), w.data, filepath.Join(out, "2"), true, nil)
	w.must(err)
	if a := made.Attachments; a.Files != 3 || a.New != 2 || !a.Whole() {
		t.Errorf("%+v", a)
	}
	if found, err = VerifyAttachments(t.Context(), w.data); err != nil || !found.Whole() || found.Files != 3 {
		t.Errorf("%+v %v", found, err)
	}

	// A backup whose folder was not carried along, or was garbled, is restored without them, and says so.
	copied := attachment.Path(filepath.Join(out, BackupAttachments), filepath.Base(third))
	w.must(os.WriteFile(copied, []byte("garbled"), 0o600))
	elsewhere := filepath.Join(t.TempDir(), "data")
	if made, err = Restore(t.Context(), elsewhere, filepath.Join(out, "2"), false, nil); err != nil || made.Attachments.Altered != 1 || made.Attachments.New != 2 {
		t.Errorf("%+v %v", made.Attachments, err)
	}
	alone := filepath.Join(t.TempDir(), "backup")
	w.must(bring(filepath.Join(out, "2"), alone))
	if made, err = Restore(t.Context(), filepath.Join(t.TempDir(), "data"), alone, false, nil); err != nil || made.Attachments.Missing != 3 {
		t.Errorf("%+v %v", made.Attachments, err)
	}
}
