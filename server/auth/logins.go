package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"niangjia/sync/record"
)

// loginStem is what logins of a unit begin with: its code without the province and the city, which all have in common,
// and without the zeros below its level. Digits only: they are typed on an old phone.
func (s *Service) loginStem(unit string) string {
	digits := map[record.Level]int{record.Province: 2, record.City: 4, record.County: 6, record.Township: 9, record.Village: 12}
	d, known := s.seats.Places().Get(unit)
	if !known || len(unit) != 12 {
		return unit
	}
	if d.Level == record.Province || d.Level == record.City {
		return unit[:digits[d.Level]]
	}
	return unit[4:digits[d.Level]]
}

// freeLogin makes a login for a unit: its stem and a number of two digits. taken are those given out just now.
func (s *Service) freeLogin(ctx context.Context, unit string, taken map[string]bool) (string, error) {
	stem := s.loginStem(unit)
	known, err := s.store.LoginsLike(ctx, stem)
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		login := fmt.Sprintf("%s%02d", stem, n)
		if !taken[login] && !slices.Contains(known, login) {
			return strings.ToLower(login), nil
		}
	}
}
