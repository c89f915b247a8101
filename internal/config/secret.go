package config

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

const hidden = "[hidden]"

// Secret is a credential. It prints as [hidden] wherever it is printed, even inside a struct that hides it in an
// unexported field: the text stands behind a handle, so that fmt's reflection meets an address. Two secrets with the
// same text are ==. The zero value is no secret.
type Secret struct{ text unique.Handle[string] }

// NewSecret keeps a text secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: unique.Make(text)}
}

// Reveal is the text, for the one who must send or seal it.
func (s Secret) Reveal() string {
	if s == (Secret{}) {
		return ""
	}
	return s.text.Value()
}

// IsZero says that there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// String hides the text.
func (s Secret) String() string { return hidden }

// Format hides the text from every verb of fmt, %#v and %x included.
func (s Secret) Format(out fmt.State, _ rune) { _, _ = io.WriteString(out, hidden) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the text from encoders of JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText takes a secret from a text. What was hidden before does not come back as a secret.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == hidden {
		return fmt.Errorf("is hidden; write the credential, or ${NAME} to take it from the environment")
	}
	*s = NewSecret(string(text))
	return nil
}
