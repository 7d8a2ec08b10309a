package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of argon2id as OWASP advises for servers: 19 MiB, two passes, one lane; about 27 ms.
const (
	argonMemory = 19 * 1024
	argonPasses = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// hasher bounds how many hashes are computed at once: each holds 19 MiB and a whole core,
// so a rush of sign-ins must queue rather than starve the server.
type hasher struct{ slots chan struct{} }

func newHasher(atOnce int) hasher { return hasher{slots: make(chan struct{}, atOnce)} }

func (h hasher) derive(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonKey), nil
}

// phc writes what is stored of a password.
func phc(salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes, b64(salt), b64(key))
}

// decoy is a stored password that nobody has: it takes as long to compare with as any other, and nothing to make.
func decoy(random io.Reader) (string, error) {
	drawn := make([]byte, argonSalt+argonKey)
	_, err := io.ReadFull(random, drawn)
	return phc(drawn[:argonSalt], drawn[argonSalt:]), err
}

// hash gives the PHC string that is stored.
func (h hasher) hash(ctx context.Context, random io.Reader, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", err
	}
	key, err := h.derive(ctx, password, salt, argonMemory, argonPasses, argonLanes)
	if err != nil {
		return "", err
	}
	return phc(salt, key), nil
}

// verify compares in constant time. The cost is read from the stored string, so it can be raised later.
func (h hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("stored password is no argon2id string")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("stored password has another argon2 version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, err
	}
	got, err := h.derive(ctx, password, salt, memory, passes, lanes)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// Matches reports whether a stored password is this one, for checks that are no sign-in.
func Matches(ctx context.Context, stored, password string) (bool, error) {
	return newHasher(1).verify(ctx, stored, password)
}
