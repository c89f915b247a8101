package signin

import (
	"strings"
	"testing"
)

func TestARoleCoversItselfAndThoseBefore(t *testing.T) {
	for _, c := range []struct {
		has, least Role
		want       bool
	}{
		{Reader, Reader, true},
		{Reader, Operator, false},
		{Operator, Reader, true},
		{Administrator, Operator, true},
		{"", Reader, false},
		{"root", Reader, false},
	} {
		if got := c.has.Covers(c.least); got != c.want {
			t.Errorf("%q covers %q: %v", c.has, c.least, got)
		}
	}
}

func TestAPasswordIsKeptAsArgon2idAndFoundAgain(t *testing.T) {
	hash, err := Hash("uma ponte firme")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %s", hash)
	}
	for password, want := range map[string]bool{"uma ponte firme": true, "uma ponte Firme": false, "": false, strings.Repeat("x", 300): false} {
		if got, err := Verify(password, hash); err != nil || got != want {
			t.Errorf("%.20q is right: %v (%v)", password, got, err)
		}
	}
	if got, err := Verify("", ""); err != nil || got {
		t.Errorf("nobody's password is right: %v (%v)", got, err)
	}
}

func TestAWeakPasswordIsToldWhy(t *testing.T) {
	for password, weak := range map[string]bool{
		"curta": true, "aaaaaaaaaaaa": true, "1234567890": true, "Corinthians": true, "mariana.silva1": true, strings.Repeat("ab c1", 50): true,
		"uma ponte firme": false, "ção ção é são": false,
	} {
		if got := Weak(password, "mariana@example.test"); (got != "") != weak {
			t.Errorf("%q: %q", password, got)
		}
	}
}

func TestAnEmailIsOneForm(t *testing.T) {
	for in, want := range map[string]string{" Ana@Example.TEST ": "ana@example.test", "Ana <ana@example.test>": "", "ana": "", "": "", strings.Repeat("a", 250) + "@b.test": ""} {
		got, ok := Email(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%.30q: %.30q, %v", in, got, ok)
		}
	}
}

func TestTokensDifferAndTheirDigestsToo(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || len(a) < 43 || Digest(a) == Digest(b) {
		t.Errorf("tokens %s and %s", a, b)
	}
	if one, other := Allowances("a@b.test", "10.0.0.1"), Allowances("a@b.test", "10.0.0.2"); one[0].Key == other[0].Key || one[1].Key != other[1].Key || one[2].Key == other[2].Key {
		t.Error("attempts are counted under the wrong keys")
	}
}
