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

// TestANetworkOfOneHolderIsOnePlace: of IPv6 everybody has 2⁶⁴ addresses to guess from.
func TestANetworkOfOneHolderIsOnePlace(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2", true},
		{"::ffff:192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"", "no address", false},
	} {
		one, other := Allowances("a@b.test", c.one), Allowances("a@b.test", c.other)
		for n, same := range []bool{c.same, true, c.same} { // pair, e-mail, address
			if (one[n].Key == other[n].Key) != same {
				t.Errorf("%s and %s: allowance %d is the same: %v", c.one, c.other, n, !same)
			}
		}
		if (ProviderAllowances(c.one)[0].Key == ProviderAllowances(c.other)[0].Key) != c.same {
			t.Errorf("%s and %s go to the provider as one: %v", c.one, c.other, !c.same)
		}
	}
}
