package reportfile

import "fmt"

const (
	tablePad  = 3.0 // left and right of a cell's words
	tableEdge = 0.5
)

// table sets a grid. Its heads are repeated on every page, and no row is torn apart.
func (s *setter) table(g *grid) {
	share := 0.0
	for _, w := range g.widths {
		share += w
	}
	edges := []float64{points(marginLeft)}
	for _, w := range g.widths {
		edges = append(edges, edges[len(edges)-1]+points(typeWidth)*w/share)
	}
	head := make([]piece, len(g.heads))
	for i, h := range g.heads {
		head[i].text = h
	}
	headLines, headHeight := s.cells(head, edges, typeFirst)
	put := func(lines [][][]char, height float64, head bool) {
		s.row(g, lines, edges, height, head)
		s.y += height
	}
	first := true
	for _, r := range g.rows {
		lines, height := s.cells(r, edges, typeBody)
		need := height
		if first {
			need += headHeight
		}
		if s.y+need > points(typeHeight) {
			s.newPage()
			first = true
		}
		if first {
			put(headLines, headHeight, true)
			first = false
		}
		put(lines, height, false)
	}
	s.y += 4
}

// cells breaks the words of a row's cells, and tells how high it is.
func (s *setter) cells(pieces []piece, edges []float64, face int) (out [][][]char, height float64) {
	most := 1
	for i, p := range pieces {
		lines := s.lines(s.chars([]piece{p}, face, tableSize), edges[i+1]-edges[i]-2*tablePad, 0)
		out = append(out, lines)
		most = max(most, len(lines))
	}
	return out, float64(most) * tablePitch
}

func (s *setter) row(g *grid, cells [][][]char, edges []float64, height float64, head bool) {
	top := paperPoints - points(marginTop) - s.y
	p := s.page()
	fmt.Fprintf(&p.content, "%s w ", number1(tableEdge))
	for i := range cells {
		fmt.Fprintf(&p.content, "%s %s %s %s re ", number1(edges[i]), number1(top-height), number1(edges[i+1]-edges[i]), number1(height))
	}
	p.content.WriteString("S\n")
	for i, lines := range cells {
		align := byte('r')
		switch {
		case head:
			align = 'c'
		case g.left[i]:
			align = 'l'
		}
		from := s.y + (height-float64(len(lines))*tablePitch)/2
		for k, line := range lines {
			s.line(line, edges[i]+tablePad, edges[i+1]-edges[i]-2*tablePad, from+float64(k)*tablePitch, tablePitch, align)
		}
	}
}
