package signin

import (
	"strings"
	"testing"
	"time"
)

// TestCodesAreThoseOfTheRFC reads RFC 6238's table (appendix B, SHA-1), of which
// applications show the last six digits.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got, err := CodeAt(secret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d it is %s, not %s (%v)", at, got, want, err)
		}
		if step, ok := StepOf(secret, want[:3]+" "+want[3:], time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("at %d the code is of step %d (%v)", at, step, ok)
		}
	}
}

func TestACodeCountsAStepBeforeAndAfterItsOwn(t *testing.T) {
	k, err := NewKey("Ponte", "ana@example.test")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	code, err := CodeAt(k.Secret, now)
	if err != nil {
		t.Fatal(err)
	}
	for away, want := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, 61 * time.Second: false, -61 * time.Second: false, time.Hour: false} {
		if _, ok := StepOf(k.Secret, code, now.Add(away)); ok != want {
			t.Errorf("%s away it counts: %v", away, ok)
		}
	}
	for _, wrong := range []string{"", "12345", code + "0", "abcdef", strings.Repeat("9", 400), "１２３４５６"} {
		if _, ok := StepOf(k.Secret, wrong, now); ok && wrong != code {
			t.Errorf("%q counts", wrong)
		}
	}
	if _, ok := StepOf("not base32 !", code, now); ok {
		t.Error("a code of no secret counts")
	}
	again, err := KeyOf("Ponte", "ana@example.test", k.Secret)
	if err != nil || again != k {
		t.Errorf("the key is shown as %+v, then %+v (%v)", k, again, err)
	}
	if !strings.HasPrefix(k.URI, "otpauth://totp/Ponte:ana@example.test?") || len(k.Secret) < 32 {
		t.Errorf("key = %+v", k)
	}
}

func TestAPictureIsASquareOfSquares(t *testing.T) {
	p, err := PictureOf("otpauth://totp/Ponte:ana@example.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ponte")
	if err != nil {
		t.Fatal(err)
	}
	if p.Size < 29 || (p.Size-8-17)%4 != 0 || !strings.HasPrefix(p.Path, "M4 4h1v1h-1z") || strings.Trim(p.Path, "Mhvz-0123456789 ") != "" {
		t.Errorf("picture of %d: %.60s", p.Size, p.Path)
	}
	if _, err := PictureOf(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that fits no picture has one")
	}
}

func TestRecoveryCodesAreAPersonsHoweverTheyAreTyped(t *testing.T) {
	codes, digests := NewRecoveryCodes("ana")
	if len(codes) != recoveryCodes || len(digests) != recoveryCodes {
		t.Fatalf("%d codes", len(codes))
	}
	seen := map[string]bool{}
	for n, c := range codes {
		if seen[c] || !IsRecovery(c) || len(c) != 19 {
			t.Errorf("code %q", c)
		}
		seen[c] = true
		for _, typed := range []string{c, strings.ToUpper(c), strings.ReplaceAll(c, "-", " "), strings.ReplaceAll(c, "-", "")} {
			if RecoveryDigest("ana", typed) != digests[n] {
				t.Errorf("%q is not %q", typed, c)
			}
		}
		if RecoveryDigest("bia", c) == digests[n] {
			t.Error("one person's code is another's")
		}
	}
	if IsRecovery("123 456") {
		t.Error("six digits are a recovery code")
	}
}
