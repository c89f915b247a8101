package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
)

const masterSize = 32

type master [masterSize]byte

// Options say where the master keys come from; the first that is given counts.
type Options struct {
	// Env is the value of PONTE_MASTER_KEY.
	Env string
	// KeyFile is the path in PONTE_MASTER_KEY_FILE. It must exist.
	KeyFile string
	// Database is the path of the SQLite database, whose key file <path>.key is made on first use; empty with
	// PostgreSQL, which may be used from several machines and so needs a key of its own.
	Database string
}

// Ring holds the master keys. It is safe for concurrent use, and prints without its keys.
type Ring struct {
	file string // empty when the keys came from the environment

	mu   sync.RWMutex
	ids  []uint32 // the current one first
	keys map[uint32]master
}

// Open reads the master keys, and makes the key file beside a SQLite database that has none.
func Open(o Options) (*Ring, error) {
	r := &Ring{}
	switch {
	case o.Env != "" && o.KeyFile != "":
		return nil, errors.New("PONTE_MASTER_KEY and PONTE_MASTER_KEY_FILE are both set; keep one of them")
	case o.Env != "":
		if err := r.take(o.Env); err != nil {
			return nil, fmt.Errorf("PONTE_MASTER_KEY %w", err)
		}
		return r, nil
	case o.KeyFile != "":
		r.file = o.KeyFile
	case o.Database != "":
		r.file = o.Database + ".key"
		if err := makeFile(r.file); err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("no master key: set PONTE_MASTER_KEY or PONTE_MASTER_KEY_FILE to base64 of 32 bytes, as made by: openssl rand -base64 32")
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	return r, nil
}

// load reads the keys from the file.
func (r *Ring) load() error {
	text, err := readFile(r.file)
	if err != nil {
		return err
	}
	if err := r.take(text); err != nil {
		return fmt.Errorf("key file %s %w", r.file, err)
	}
	return nil
}

// take reads lines of version:base64, the current key first. A line without a version is version 1.
func (r *Ring) take(text string) error {
	var ids []uint32
	keys := map[uint32]master{}
	for _, line := range strings.Fields(text) {
		id, key, err := parseKey(line)
		if err != nil {
			return err
		}
		if _, twice := keys[id]; twice {
			return fmt.Errorf("holds two keys with the number %d", id)
		}
		ids = append(ids, id)
		keys[id] = key
	}
	if len(ids) == 0 {
		return errors.New("holds no key; it must be base64 of 32 bytes")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids, r.keys = ids, keys
	return nil
}

// parseKey reads one line. Its errors hold nothing of it.
func parseKey(line string) (uint32, master, error) {
	var key master
	number, encoded, found := strings.Cut(line, ":")
	if !found {
		number, encoded = "1", line
	}
	id, err := strconv.ParseUint(number, 10, 32)
	if err != nil || id == 0 {
		return 0, key, errors.New("must number its keys as 1:base64, from 1 on")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != masterSize {
		return 0, key, errors.New("must hold base64 of 32 bytes, as made by: openssl rand -base64 32")
	}
	copy(key[:], raw)
	return uint32(id), key, nil
}

// Current is the number of the key that seals.
func (r *Ring) Current() uint32 {
	id, _ := r.current()
	return id
}

func (r *Ring) current() (uint32, master) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ids[0], r.keys[r.ids[0]]
}

// key finds a key by its number. One that is not known may have been added by another process, so the file is read
// again before the answer is no.
func (r *Ring) key(id uint32) (master, bool) {
	if key, ok := r.find(id); ok || r.file == "" {
		return key, ok
	}
	if err := r.load(); err != nil {
		return master{}, false
	}
	return r.find(id)
}

func (r *Ring) find(id uint32) (master, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	key, ok := r.keys[id]
	return key, ok
}

// Rotate makes a new key and writes it to the key file as the current one; the others stay and open what they sealed.
// The file is replaced at once, so a crash leaves the old file or the new one. What is sealed must then be sealed again
// with the new key before an old line may be taken out.
func (r *Ring) Rotate() error {
	if r.file == "" {
		return errors.New("cannot rotate a key that comes from PONTE_MASTER_KEY: put the new key in front of it, as \"2:<new> 1:<old>\", and start again")
	}
	if err := r.load(); err != nil {
		return err
	}
	r.mu.RLock()
	newest := r.ids[0]
	var lines strings.Builder
	for _, id := range r.ids {
		key := r.keys[id]
		newest = max(newest, id)
		lines.WriteString(keyLine(id, key))
	}
	r.mu.RUnlock()
	line, err := newKeyLine(newest + 1)
	if err != nil {
		return err
	}
	if err := replaceFile(r.file, line+lines.String()); err != nil {
		return err
	}
	return r.load()
}

func keyLine(id uint32, key master) string {
	return fmt.Sprintf("%d:%s\n", id, base64.StdEncoding.EncodeToString(key[:]))
}

func newKeyLine(id uint32) (string, error) {
	var key master
	if _, err := rand.Read(key[:]); err != nil {
		return "", fmt.Errorf("cannot make a master key: %w", err)
	}
	return keyLine(id, key), nil
}

// String says which key is current.
func (r *Ring) String() string { return fmt.Sprintf("key ring, key %d", r.Current()) }

// Format keeps the keys out of every verb of fmt.
func (r *Ring) Format(out fmt.State, _ rune) { _, _ = io.WriteString(out, r.String()) }

// LogValue keeps the keys out of slog.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }
