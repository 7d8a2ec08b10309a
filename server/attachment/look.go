package attachment

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"

	"golang.org/x/image/webp"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Bounds of pictures. What is decoded is bounded by its pixels before a byte of it is: a file of a hundred bytes can say
// that it is 65,000 pixels wide and high. A phone sends at most 1,600 by 1,600; at eight bytes a pixel, the most that
// any of the formats takes, and a progressive JPEG's coefficients beside them, one picture stays below 50 MB.
const (
	maxPixels = longest * longest
	maxSide   = 8192
	maxScans  = 60 // a JPEG may have as many as it likes, and each costs a walk over the whole picture

	longest = 1600 // of the longer side that is kept
	smaller = 320  // of the small picture's

	quality      = 82
	smallQuality = 72
)

// kept is what is kept of what came.
type kept struct {
	typ   string
	file  []byte
	small []byte // nil where there is none
}

func bad(format string, args ...any) error { return record.Errorf(record.BadFile, format, args...) }

// look reads what came and says what is kept of it: of a picture its pixels, written anew, so that nothing that was
// hidden in the file is ever given to anybody (F3). Errors: bad_file, and what the disk says.
func look(path, kind string) (kept, error) {
	raw, err := os.ReadFile(path) // at most MaxLength
	if err != nil {
		return kept{}, err
	}
	return looked(raw, kind)
}

func looked(raw []byte, kind string) (kept, error) {
	if kind == catalogue.TypeVoice {
		typ := soundOf(raw)
		if typ == "" {
			return kept{}, bad("no voice note by its first bytes")
		}
		return kept{typ: typ, file: raw}, nil
	}
	picture, lies, err := decode(raw)
	if err != nil {
		return kept{}, err
	}
	if lies != upright {
		picture = turned(picture, lies)
	}
	whole := reduced(picture, longest)
	file, err := encode(whole, quality)
	if err != nil {
		return kept{}, err
	}
	small, err := encode(reduced(whole, smaller), smallQuality)
	return kept{typ: "image/jpeg", file: file, small: small}, err
}

// format is one that pictures may come in.
type format struct {
	begins func([]byte) bool
	config func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
	exif   func([]byte) []byte
}

var formats = []format{
	{
		func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) },
		func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) {
			// The marker of a scan; within a scan's own bytes there is none.
			if n := bytes.Count(b, []byte("\xff\xda")); n > maxScans {
				return nil, fmt.Errorf("%d scans", n)
			}
			return jpeg.Decode(bytes.NewReader(b))
		},
		exifOfJPEG,
	},
	{
		func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) },
		func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		exifOfPNG,
	},
	{
		func(b []byte) bool { return len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" },
		func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) },
		exifOfWebP,
	},
}

// decode reads a picture of one of the formats, its size first, and how its pixels lie.
func decode(raw []byte) (_ image.Image, lies turn, err error) {
	defer func() {
		if fault := recover(); fault != nil { // a decoder that falls over hostile bytes
			err = bad("decoding: %v", fault)
		}
	}()
	for _, f := range formats {
		if !f.begins(raw) {
			continue
		}
		c, err := f.config(raw)
		if err != nil {
			return nil, upright, bad("its head: %v", err)
		}
		if c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
			return nil, upright, bad("%d x %d pixels", c.Width, c.Height)
		}
		picture, err := f.decode(raw)
		if err != nil {
			return nil, upright, bad("its pixels: %v", err)
		}
		return picture, turnOf(f.exif(raw)), nil
	}
	return nil, upright, bad("no picture by its first bytes")
}

func encode(picture image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// reduced is a picture on white, with its longer side at most so long. Each of its pixels is the mean of those that it
// stands for: fewer would make the thin lines of a signature fall apart.
func reduced(picture image.Image, side int) *image.RGBA {
	from, flat := picture.Bounds(), flattened(picture)
	w, h := from.Dx(), from.Dy()
	if w <= side && h <= side {
		return flat
	}
	tw, th := side, max(1, h*side/w)
	if h > w {
		tw, th = max(1, w*side/h), side
	}
	to := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		y0, y1 := y*h/th, max(y*h/th+1, (y+1)*h/th)
		for x := range tw {
			x0, x1 := x*w/tw, max(x*w/tw+1, (x+1)*w/tw)
			var r, g, b, n uint32
			for sy := y0; sy < y1; sy++ {
				row := flat.Pix[sy*flat.Stride+4*x0 : sy*flat.Stride+4*x1]
				for i := 0; i < len(row); i += 4 {
					r, g, b, n = r+uint32(row[i]), g+uint32(row[i+1]), b+uint32(row[i+2]), n+1
				}
			}
			to.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
	return to
}

// flattened is a picture on white: a signature may come as ink on nothing, which a JPEG would show black.
func flattened(picture image.Image) *image.RGBA {
	if flat, ok := picture.(*image.RGBA); ok && flat.Opaque() && flat.Rect.Min == (image.Point{}) {
		return flat
	}
	from := picture.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, from.Dx(), from.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), picture, from.Min, draw.Over)
	return flat
}

// soundOf is the media type of a voice note by its first bytes, "" for what is none: browsers record WebM (Chrome,
// Firefox), MP4 (Safari) or Ogg (old Firefox).
func soundOf(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\x1a\x45\xdf\xa3")):
		return "audio/webm"
	case bytes.HasPrefix(raw, []byte("OggS")):
		return "audio/ogg"
	case len(raw) > 12 && string(raw[4:8]) == "ftyp":
		return "audio/mp4"
	}
	return ""
}
