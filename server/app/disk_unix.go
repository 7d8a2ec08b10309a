//go:build linux || darwin

package app

import "syscall"

// disk tells the bytes that are free for this program on the disk of a path, and the bytes of the whole disk.
func disk(path string) (free, all int64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, 0, err
	}
	size := int64(s.Bsize) // of another type on each system
	return int64(s.Bavail) * size, int64(s.Blocks) * size, nil
}
