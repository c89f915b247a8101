package signin

import (
	"fmt"
	"net/mail"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// cost is OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
// Tests make it small.
var cost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// turns bounds how many passwords are worked on at once: each takes cost.Memory.
var turns = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

// Hash returns a password as it is stored: Argon2id, in the PHC form.
func Hash(password string) (string, error) {
	turns <- struct{}{}
	defer func() { <-turns }()
	return argon2id.CreateHash(password, &cost)
}

// nobody is compared with when there is no such person, so that an answer takes
// as long as for one who exists.
var nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Verify tells whether a password is the one that was stored; "" is nobody's.
func Verify(password, stored string) (bool, error) {
	turns <- struct{}{}
	defer func() { <-turns }()
	if utf8.RuneCountInString(password) > mostPassword {
		return false, nil
	}
	if stored == "" {
		_, err := argon2id.ComparePasswordAndHash(password, nobody)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, stored)
}

// How long a password is, in characters.
const (
	leastPassword = 10
	mostPassword  = 200
)

// Weak says in Portuguese why a password will not do for who has that e-mail; "" when it will.
func Weak(password, email string) string {
	n := utf8.RuneCountInString(password)
	name, _, _ := strings.Cut(email, "@")
	switch lower := strings.ToLower(password); {
	case n < leastPassword:
		return fmt.Sprintf("A senha precisa de pelo menos %d caracteres; uma frase curta serve.", leastPassword)
	case n > mostPassword:
		return fmt.Sprintf("A senha passa de %d caracteres.", mostPassword)
	case len(distinct(lower)) < 5, isStretch(lower):
		return "Essa senha é fácil de adivinhar: misture mais letras diferentes."
	case len(name) > 3 && strings.Contains(lower, strings.ToLower(name)):
		return "A senha não pode conter o seu e-mail."
	case common[lower]:
		return "Essa senha está entre as primeiras que se tentam: escolha outra."
	}
	return ""
}

// isStretch tells whether a password is a stretch of digits or of the keyboard.
func isStretch(password string) bool {
	return slices.ContainsFunc([]string{"01234567890123456789", "qwertyuiopasdfghjklzxcvbnm"}, func(row string) bool { return strings.Contains(row, password) })
}

func distinct(s string) map[rune]bool {
	out := map[rune]bool{}
	for _, r := range s {
		out[r] = true
	}
	return out
}

// common are the passwords of ten characters and more that lists of leaked ones begin with.
var common = map[string]bool{
	"1234567890": true, "password123": true, "password12": true, "senha12345": true, "senha123456": true, "mudar12345": true, "1q2w3e4r5t": true,
	"qwerty12345": true, "administrador": true, "brasil2024": true, "brasil2025": true, "brasil2026": true, "flamengo10": true, "corinthians": true,
	"palmeiras1": true, "1234512345": true, "qwertyuiop": true, "iloveyou123": true, "abc1234567": true, "senhasenha": true, "trocar12345": true,
}

// Email returns an e-mail as it names a person; ok is false when it is none.
func Email(s string) (email string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	return s, err == nil && a.Address == s && len(s) <= 200
}
