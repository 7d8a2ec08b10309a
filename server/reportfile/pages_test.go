package reportfile

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPages writes the sample's files for .ci/pages, which turns them into pages by LibreOffice and measures those.
func TestPages(t *testing.T) {
	dir := os.Getenv("REPORT_PAGES")
	if dir == "" {
		t.Skip("REPORT_PAGES names the folder")
	}
	for name, make := range map[string]func() ([]byte, error){
		"named.pdf":   func() ([]byte, error) { return PDF(sample(), sampleOptions()) },
		"report.xlsx": func() ([]byte, error) { return XLSX(sample(), sampleOptions()) },
		"drawn.pdf": func() ([]byte, error) {
			opts := sampleOptions()
			if dir := os.Getenv("REPORT_FONTS"); dir != "" {
				fonts, err := LoadFonts(os.DirFS(dir))
				if err != nil {
					return nil, err
				}
				opts.Fonts = fonts
			}
			return PDF(sample(), opts)
		},
		"report.docx": func() ([]byte, error) { return DOCX(sample(), sampleOptions()) },
	} {
		b, err := make()
		if err != nil {
			t.Fatal(err)
		}
		// .ci/pages looks at what is written here; LibreOffice's own copy of the Word file is read back below.
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadBack reads a copy that another program has saved: REPORT_BACK names it.
func TestReadBack(t *testing.T) {
	name := os.Getenv("REPORT_BACK")
	if name == "" {
		t.Skip("REPORT_BACK names the file")
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := reading(t, b)
	if r.Mark != sample().Mark || len(r.Figures) != 8+6+sampleCells || len(r.Lost) > 0 || len(r.Edited()) > 0 {
		t.Errorf("%+v: %d figures, %d lost, edited %+v", r.Mark, len(r.Figures), len(r.Lost), r.Edited())
	}
}
