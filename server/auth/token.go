package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"niangjia/sync/record"
)

// AccessLasts is short, because an access token is believed without asking which refresh token it came from.
const AccessLasts = 10 * time.Minute

const issuer = "niangjia"

// claims of an access token: whose, and of which session. Seats are not in it: they are read at every request,
// so that a seat taken away is gone at once.
type claims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
}

// signer makes and reads access tokens with the key of this server's database.
type signer struct {
	key []byte
	now func() time.Time
}

func (s signer) sign(account, session string) (string, error) {
	now := s.now()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Subject:   account,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(AccessLasts)),
		},
		Session: session,
	}).SignedString(s.key)
}

// read accepts one algorithm only: a token that names another (or none) must never choose how it is checked.
func (s signer) read(token string) (*claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.now))
	if err != nil {
		return nil, &record.Error{Code: record.Unauthenticated, Err: err}
	}
	return &c, nil
}

// A refresh token is "session.secret". It is stored only as a hash.

func refreshToken(session string, secret []byte) string {
	return session + "." + hex.EncodeToString(secret)
}

func sessionOf(token string) string {
	session, _, _ := strings.Cut(token, ".")
	return session
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// successor is computed, not drawn: the same token always has the same successor, so an answer that was lost on the
// way can be given again without the server keeping any token in the clear.
func successor(key []byte, token string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("successor\x00" + token))
	return refreshToken(sessionOf(token), mac.Sum(nil))
}
