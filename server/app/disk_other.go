//go:build !linux && !darwin

package app

import "errors"

func disk(string) (free, all int64, err error) {
	return 0, 0, errors.New("the free space of a disk is not known on this system")
}
