package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// What every authenticator application can do (RFC 6238).
const (
	codePeriod = 30 * time.Second
	codeDigits = otp.DigitsSix
)

// A Key is a secret that a person's application and Ponte both know.
type Key struct {
	Secret string // base32, to be typed where no camera is
	URI    string // otpauth://…, to be shown as a picture
}

// NewKey makes a secret for who has that e-mail; issuer is how the application calls us.
func NewKey(issuer, email string) (Key, error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: email, Period: uint(codePeriod / time.Second), Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return Key{}, fmt.Errorf("cannot make a secret for codes: %w", err)
	}
	return Key{k.Secret(), k.URL()}, nil
}

// KeyOf is the key of a secret that was made before.
func KeyOf(issuer, email, secret string) (Key, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return Key{}, fmt.Errorf("the secret for codes is none: %w", err)
	}
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: email, Period: uint(codePeriod / time.Second), Digits: codeDigits, Algorithm: otp.AlgorithmSHA1, Secret: raw})
	if err != nil {
		return Key{}, fmt.Errorf("cannot show a secret for codes: %w", err)
	}
	return Key{k.Secret(), k.URL()}, nil
}

// CodeAt returns the code that an application shows at an instant.
func CodeAt(secret string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(stepAt(at)), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
}

func stepAt(at time.Time) int64 { return at.Unix() / int64(codePeriod/time.Second) }

// StepOf returns which step's code that is, one step around now, since clocks
// differ; ok is false when it is none of theirs. A step that was used is not
// asked about here: whoever keeps it does.
func StepOf(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "")
	if len(code) != codeDigits.Length() {
		return 0, false
	}
	for _, near := range []int64{0, -1, 1} {
		want, err := CodeAt(secret, now.Add(time.Duration(near)*codePeriod))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = stepAt(now)+near, true
		}
	}
	return step, ok
}

// A Picture is a QR code as squares: Path is what an SVG path draws, in a field of
// Size by Size with the quiet border that readers need.
type Picture struct {
	Size int
	Path string
}

// PictureOf draws a text as a QR code.
func PictureOf(text string) (Picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return Picture{}, fmt.Errorf("cannot draw the picture: %w", err)
	}
	const border = 4
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+border, y+border)
			}
		}
	}
	return Picture{side + 2*border, path.String()}, nil
}

// recoveryCodes are how many codes a person gets for the day on which the device is lost.
const recoveryCodes = 10

// NewRecoveryCodes makes codes for a person, to be shown once, and what is kept of
// them. Each has 80 random bits, so that a plain hash hides it.
func NewRecoveryCodes(person string) (codes, digests []string) {
	for range recoveryCodes {
		b := make([]byte, 10)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		codes, digests = append(codes, code), append(digests, RecoveryDigest(person, code))
	}
	return codes, digests
}

// RecoveryDigest is what is kept of a person's recovery code, however it is typed.
func RecoveryDigest(person, code string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(code))
	return Digest("recovery\x00" + person + "\x00" + plain)
}

// IsRecovery tells whether somebody typed a recovery code rather than one of the application.
func IsRecovery(typed string) bool {
	n := 0
	for _, r := range typed {
		if r != '-' && r != ' ' {
			n++
		}
	}
	return n == 16
}
