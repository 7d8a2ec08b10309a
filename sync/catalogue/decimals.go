package catalogue

// Decimals is how many decimals the field's whole numbers stand for: 125 with one of them is 12.5.
func (f *Field) Decimals() int64 {
	if f.ValueType() == TypeDecimal {
		return f.Scale
	}
	return 0
}
