package geomap

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/simplify"
)

// Width is that of a drawing, in its own units: the widest screen that it is shown on has about as many pixels.
const Width = 1000

// maxPoints is how many points a drawing has at most, by which it stays below some hundred kilobytes; maxHeight keeps one of
// a long valley on a screen.
const (
	maxPoints = 12_000
	maxHeight = 1200
)

// Drawing is a page of units as paths of SVG.
type Drawing struct {
	Width, Height int
	Areas         []Area
}

// Area is one unit's. X, Y is a point in it, where its name may stand, and Room how wide it is there.
type Area struct {
	Unit       string
	Path       string
	X, Y, Room int
}

// keptDrawings bounds the memory that they take.
const keptDrawings = 256

// Draw puts the areas of some units on one page, and leaves out units without one; nil where none has any. Lines lose what
// nobody sees at that size (Douglas and Peucker), and as much more as it takes to stay within the bound. A page is drawn once.
func (o *Outlines) Draw(units []string) *Drawing {
	key := strings.Join(units, " ")
	o.mu.Lock()
	defer o.mu.Unlock()
	if d, ok := o.drawn[key]; ok {
		return d
	}
	if o.drawn == nil || len(o.drawn) >= keptDrawings {
		o.drawn = map[string]*Drawing{}
	}
	d := o.draw(units)
	o.drawn[key] = d
	return d
}

func (o *Outlines) draw(units []string) *Drawing {
	var list []string
	var bound orb.Bound
	for _, unit := range units {
		area, ok := o.areas[unit]
		if !ok {
			continue
		}
		if list = append(list, unit); len(list) == 1 {
			bound = area.Bound()
		} else {
			bound = bound.Union(area.Bound())
		}
	}
	if len(list) == 0 {
		return nil
	}
	// A degree of longitude is shorter than one of latitude: by so much in the middle of the page.
	short := math.Cos(bound.Center()[1] * math.Pi / 180)
	wide, high := bound.Right()-bound.Left(), bound.Top()-bound.Bottom()
	scale := Width / math.Max(wide*short, 1e-9)
	scale = math.Min(scale, maxHeight/math.Max(high, 1e-9))
	d := &Drawing{Width: max(1, int(math.Ceil(wide*short*scale))), Height: max(1, int(math.Ceil(high*scale)))}
	onPage := make([]orb.MultiPolygon, len(list))
	for i, unit := range list {
		for _, polygon := range o.areas[unit] {
			var p orb.Polygon
			for _, ring := range polygon {
				r := make(orb.Ring, len(ring))
				for k, at := range ring {
					r[k] = orb.Point{(at[0] - bound.Left()) * short * scale, (bound.Top() - at[1]) * scale}
				}
				p = append(p, r)
			}
			onPage[i] = append(onPage[i], p)
		}
	}
	for tolerance := 0.6; ; tolerance *= 1.7 {
		simple, points := simplified(onPage, tolerance)
		if points <= maxPoints || tolerance > Width {
			for i, area := range simple {
				d.Areas = append(d.Areas, areaOf(list[i], area))
			}
			return d
		}
	}
}

// simplified takes points out. Of an area something always remains, or a small island would be no unit.
func simplified(all []orb.MultiPolygon, tolerance float64) (out []orb.MultiPolygon, points int) {
	s := simplify.DouglasPeucker(tolerance)
	for _, area := range all {
		var kept orb.MultiPolygon
		for _, polygon := range area {
			var p orb.Polygon
			for k, ring := range polygon {
				r := s.Ring(ring.Clone())
				if len(r) < 4 || math.Abs(planar.Area(r)) < tolerance*tolerance {
					if k == 0 {
						break // with an outline go its holes
					}
					continue
				}
				p = append(p, r)
			}
			if len(p) > 0 {
				kept = append(kept, p)
			}
		}
		if len(kept) == 0 {
			b := area.Bound().Pad(1)
			kept = orb.MultiPolygon{{b.ToRing()}}
		}
		for _, p := range kept {
			for _, r := range p {
				points += len(r)
			}
		}
		out = append(out, kept)
	}
	return out, points
}

func areaOf(unit string, area orb.MultiPolygon) Area {
	var path strings.Builder
	for _, polygon := range area {
		for _, ring := range polygon {
			last := [2]int{math.MinInt, math.MinInt}
			for k, p := range ring[:len(ring)-1] {
				at := [2]int{int(math.Round(p[0])), int(math.Round(p[1]))}
				if at == last {
					continue
				}
				last = at
				word := "L"
				if k == 0 {
					word = "M"
				}
				fmt.Fprintf(&path, "%s%d %d", word, at[0], at[1])
			}
			path.WriteString("Z")
		}
	}
	largest := slices.MaxFunc(area, func(a, b orb.Polygon) int {
		return compareFloat(math.Abs(planar.Area(a)), math.Abs(planar.Area(b)))
	})
	x, y, room := inside(largest)
	return Area{Unit: unit, Path: path.String(), X: int(math.Round(x)), Y: int(math.Round(y)), Room: int(room)}
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// inside finds the middle of the widest stretch of a polygon at the height of its centre: the centre of a crescent lies outside.
func inside(p orb.Polygon) (x, y, room float64) {
	centre, _ := planar.CentroidArea(p)
	y = centre[1]
	var cuts []float64
	for _, ring := range p {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > y) != (b[1] > y) {
				cuts = append(cuts, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(cuts)
	x = centre[0]
	for i := 1; i < len(cuts); i += 2 {
		if w := cuts[i] - cuts[i-1]; w > room {
			x, room = (cuts[i]+cuts[i-1])/2, w
		}
	}
	return x, y, room
}
