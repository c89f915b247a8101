// Package secret seals credentials for storage and unseals them (P10).
//
// A Ring holds numbered master keys. One is current: it seals. All of them unseal, so that a key can be rotated while
// old records stay readable, and records are sealed again at leisure (KeyOf says which need it). Each record has a key
// of its own, derived from the master key and a salt, and is bound to the words that say whose it is (aad), so that a
// sealed text copied to another account's row does not unseal there.
//
// A sealed record is
//
//	format 1 byte | key id 4 bytes | salt 16 bytes | nonce 12 bytes, ciphertext, tag 16 bytes
//
// The master keys come from PONTE_MASTER_KEY, from a file that is named, or from a key file beside the SQLite database,
// which is made on first use. The package never writes key or credential into an error, a log or a print.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	format     = 1
	saltSize   = 16
	headerSize = 1 + 4 + saltSize
	purpose    = "ponte credential 1"
)

// ErrWrongKey says that no key at hand opens a record: the key file was lost, or is another database's.
var ErrWrongKey = errors.New("the master key at hand does not open it; restore the key file or PONTE_MASTER_KEY that sealed it")

// Seal closes plain under the current key. Only the same aad opens it again; "account/field" is a good one.
func (r *Ring) Seal(plain []byte, aad string) ([]byte, error) {
	id, key := r.current()
	header := make([]byte, headerSize)
	header[0] = format
	binary.BigEndian.PutUint32(header[1:], id)
	if _, err := rand.Read(header[1+4:]); err != nil {
		return nil, fmt.Errorf("cannot seal: %w", err)
	}
	aead, err := recordCipher(key, header)
	if err != nil {
		return nil, fmt.Errorf("cannot seal: %w", err)
	}
	return aead.Seal(header, nil, plain, bound(header, aad)), nil
}

// Unseal opens what Seal closed with the same aad. The error is ErrWrongKey when the key is missing or does not fit;
// a record that was altered or belongs to another aad cannot be told from that.
func (r *Ring) Unseal(sealed []byte, aad string) ([]byte, error) {
	if len(sealed) < headerSize || sealed[0] != format {
		return nil, errors.New("cannot unseal: this is not a sealed record")
	}
	header := sealed[:headerSize]
	key, ok := r.key(r.KeyOf(sealed))
	if !ok {
		return nil, fmt.Errorf("cannot unseal, key %d is missing: %w", r.KeyOf(sealed), ErrWrongKey)
	}
	aead, err := recordCipher(key, header)
	if err != nil {
		return nil, fmt.Errorf("cannot unseal: %w", err)
	}
	plain, err := aead.Open(nil, nil, sealed[headerSize:], bound(header, aad))
	if err != nil {
		return nil, fmt.Errorf("cannot unseal with key %d: %w", r.KeyOf(sealed), ErrWrongKey)
	}
	return plain, nil
}

// KeyOf is the number of the key that sealed a record; 0 when it is not a sealed record.
func (*Ring) KeyOf(sealed []byte) uint32 {
	if len(sealed) < headerSize || sealed[0] != format {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:])
}

// recordCipher is the cipher of one record, by the salt in its header.
func recordCipher(key master, header []byte) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key[:], header[1+4:], purpose, len(key))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound is what a record is bound to: its header, whose length is fixed, and its aad.
func bound(header []byte, aad string) []byte {
	return append(append(make([]byte, 0, len(header)+len(aad)), header...), aad...)
}
