package auth

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
)

func TestPasswords(t *testing.T) {
	h := newHasher(2)
	one, err := h.hash(t.Context(), rand.Reader, "老家的梨树")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.hash(t.Context(), rand.Reader, "老家的梨树")
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(one, "梨") {
		t.Errorf("%s\n%s", one, two)
	}
	for password, want := range map[string]bool{"老家的梨树": true, "老家的梨": false, "": false} {
		if got, err := h.verify(t.Context(), one, password); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	for _, broken := range []string{"", "plain", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=16$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$x$AA$AA", "$argon2id$v=19$m=8,t=1,p=1$!$AA"} {
		if ok, err := h.verify(t.Context(), broken, "x"); ok || err == nil {
			t.Errorf("%q was taken", broken)
		}
	}
}

func TestHashesWaitForASlotAndGiveUpWithTheCaller(t *testing.T) {
	h := newHasher(1)
	h.slots <- struct{}{} // another hash is being computed
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, rand.Reader, "x"); err == nil {
		t.Error("a hash was computed beyond the bound")
	}
}
