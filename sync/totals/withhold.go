package totals

// Reading is one figure on its way to a reader. Withheld figures have no value.
type Reading struct {
	Indicator   string
	Group       string
	Value       *int64 // nil: withheld, or a ratio with nothing below the line
	Numerator   *int64
	Denominator *int64
	Withheld    bool
}

// Hide takes a figure away.
func (r *Reading) Hide() {
	r.Value, r.Numerator, r.Denominator, r.Withheld = nil, nil, nil, true
}

// Cover hides a second figure where exactly one of a list is hidden, so that
// what is left cannot be subtracted from a sum that the reader does see. The
// list are figures that add up to one that is shown: the villages of a
// township, the kinds of a whole. The smallest of the others goes along, for
// the least is lost by it; a zero is no cover, since a reader who guesses it
// can still subtract.
func Cover(list []*Reading) {
	var second *Reading
	hidden := 0
	for _, r := range list {
		switch {
		case r.Withheld:
			hidden++
		case r.Value == nil || *r.Value == 0:
		case second == nil || *r.Value < *second.Value:
			second = r
		}
	}
	if hidden == 1 && second != nil {
		second.Hide()
	}
}
