package totals

import (
	"maps"
	"math/big"
	"slices"
)

// Values are the values of a median with how often each is there.
type Values map[int64]int64

// Median is the middle value, and between two of them what lies halfway; it is told in numbers with so many decimals,
// where the values have others, rounded half away from nought. ok is false where there is no value.
func (v Values) Median(decimals, shown int64) (median int64, ok bool) {
	var n int64
	for _, times := range v {
		n += times
	}
	if n <= 0 {
		return 0, false
	}
	low, high, passed := int64(0), int64(0), int64(0)
	for _, value := range slices.Sorted(maps.Keys(v)) {
		before := passed
		passed += v[value]
		if before < (n+1)/2 && (n+1)/2 <= passed {
			low = value
		}
		if before < n/2+1 && n/2+1 <= passed {
			high = value
			break
		}
	}
	twice := new(big.Int).Add(big.NewInt(low), big.NewInt(high))
	return rounded(twice.Mul(twice, power(shown)), new(big.Int).Mul(big.NewInt(2), power(decimals))), true
}

// Quotient is numerator by denominator in numbers with so many decimals, rounded half away from nought. The two have
// decimals of their own. The denominator is not nought.
func Quotient(numerator, denominator, above, below, shown int64) int64 {
	a, b := big.NewInt(numerator), big.NewInt(denominator)
	a.Mul(a, power(below)).Mul(a, power(shown))
	return rounded(a, b.Mul(b, power(above)))
}

func power(of int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(of), nil) }

// rounded is a by b, half away from nought.
func rounded(a, b *big.Int) int64 {
	sign := int64(a.Sign() * b.Sign())
	a, b = new(big.Int).Abs(a), new(big.Int).Abs(b)
	twice := new(big.Int).Mul(a, big.NewInt(2))
	twice.Add(twice, b)
	return sign * twice.Div(twice, b.Mul(b, big.NewInt(2))).Int64()
}
