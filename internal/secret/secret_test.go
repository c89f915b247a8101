package secret

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// encoded is a master key of 32 equal bytes as base64.
func encoded(b byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, masterSize))
}

func mustOpen(t *testing.T, o Options) *Ring {
	t.Helper()
	ring, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func mustSeal(t *testing.T, ring *Ring, plain, aad string) []byte {
	t.Helper()
	sealed, err := ring.Seal([]byte(plain), aad)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func unseals(t *testing.T, ring *Ring, sealed []byte, want string) {
	t.Helper()
	plain, err := ring.Unseal(sealed, "acme/auvo.api_key")
	if err != nil || string(plain) != want {
		t.Errorf("unsealed as %q, %v", plain, err)
	}
}

func TestWhatIsSealedOpensOnlyWhereItBelongs(t *testing.T) {
	ring := mustOpen(t, Options{Env: encoded(1)})
	sealed := mustSeal(t, ring, "hunter2", "acme/auvo.api_key")
	unseals(t, ring, sealed, "hunter2")
	if bytes.Contains(sealed, []byte("hunter2")) {
		t.Error("the sealed record shows the credential")
	}
	if _, err := ring.Unseal(sealed, "other/auvo.api_key"); !errors.Is(err, ErrWrongKey) {
		t.Errorf("another account's row opened it: %v", err)
	}
	if again := mustSeal(t, ring, "hunter2", "acme/auvo.api_key"); bytes.Equal(again, sealed) {
		t.Error("two records of one credential are equal")
	}
}

func TestAnAlteredRecordDoesNotOpen(t *testing.T) {
	ring := mustOpen(t, Options{Env: encoded(1)})
	sealed := mustSeal(t, ring, "hunter2", "acme/auvo.api_key")
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		if _, err := ring.Unseal(altered, "acme/auvo.api_key"); err == nil {
			t.Fatalf("opened with byte %d altered", i)
		}
	}
	for cut := range len(sealed) {
		if _, err := ring.Unseal(sealed[:cut], "acme/auvo.api_key"); err == nil {
			t.Fatalf("opened with %d bytes only", cut)
		}
	}
}

func TestAnotherKeyOfTheSameNumberDoesNotOpen(t *testing.T) {
	sealed := mustSeal(t, mustOpen(t, Options{Env: encoded(1)}), "hunter2", "acme/auvo.api_key")
	_, err := mustOpen(t, Options{Env: encoded(2)}).Unseal(sealed, "acme/auvo.api_key")
	if !errors.Is(err, ErrWrongKey) {
		t.Errorf("error %v", err)
	}
}

func TestTheKeyFileIsMadeOnceAndKept(t *testing.T) {
	database := filepath.Join(t.TempDir(), "ponte.db")
	sealed := mustSeal(t, mustOpen(t, Options{Database: database}), "hunter2", "acme/auvo.api_key")
	unseals(t, mustOpen(t, Options{Database: database}), sealed, "hunter2")
	info, err := os.Stat(database + ".key")
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, want 0600", info.Mode().Perm())
	}
	entries, err := os.ReadDir(filepath.Dir(database))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestProcessesThatStartTogetherShareOneKeyFile(t *testing.T) {
	database := filepath.Join(t.TempDir(), "ponte.db")
	rings := make([]*Ring, 8)
	var starting sync.WaitGroup
	for i := range rings {
		starting.Go(func() {
			ring, err := Open(Options{Database: database})
			if err != nil {
				t.Error(err)
			}
			rings[i] = ring
		})
	}
	starting.Wait()
	if t.Failed() {
		return
	}
	sealed := mustSeal(t, rings[0], "hunter2", "acme/auvo.api_key")
	for _, ring := range rings {
		unseals(t, ring, sealed, "hunter2")
	}
}

func TestRotationSealsWithTheNewKeyAndStillOpensTheOld(t *testing.T) {
	database := filepath.Join(t.TempDir(), "ponte.db")
	ring := mustOpen(t, Options{Database: database})
	other := mustOpen(t, Options{Database: database})
	before := mustSeal(t, ring, "old", "acme/auvo.api_key")
	if err := ring.Rotate(); err != nil {
		t.Fatal(err)
	}
	after := mustSeal(t, ring, "new", "acme/auvo.api_key")
	if ring.KeyOf(before) != 1 || ring.KeyOf(after) != 2 || ring.Current() != 2 {
		t.Errorf("keys %d, %d, current %d", ring.KeyOf(before), ring.KeyOf(after), ring.Current())
	}
	unseals(t, ring, before, "old")
	unseals(t, other, after, "new") // a process that runs since before the rotation
	unseals(t, mustOpen(t, Options{KeyFile: database + ".key"}), before, "old")
}

func TestAKeyFromTheEnvironmentIsRotatedByHand(t *testing.T) {
	old := mustOpen(t, Options{Env: encoded(1)})
	sealed := mustSeal(t, old, "old", "acme/auvo.api_key")
	if err := old.Rotate(); err == nil || !strings.Contains(err.Error(), "put the new key in front") {
		t.Errorf("error %v", err)
	}
	both := mustOpen(t, Options{Env: "2:" + encoded(2) + " 1:" + encoded(1)})
	unseals(t, both, sealed, "old")
	if both.Current() != 2 {
		t.Errorf("current %d", both.Current())
	}
}

func TestAKeyThatCannotBeUsedIsRefusedWithoutShowingIt(t *testing.T) {
	file := func(mode os.FileMode, text string) string {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	short := base64.StdEncoding.EncodeToString([]byte("short"))
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"none":                 {Options{}, "no master key: set PONTE_MASTER_KEY"},
		"two places":           {Options{Env: encoded(1), KeyFile: "x"}, "keep one of them"},
		"a short key":          {Options{Env: short}, "PONTE_MASTER_KEY must hold base64 of 32 bytes"},
		"no base64":            {Options{Env: "!" + encoded(1)}, "must hold base64 of 32 bytes"},
		"number 0":             {Options{Env: "0:" + encoded(1)}, "must number its keys"},
		"one number twice":     {Options{Env: encoded(1) + " " + encoded(2)}, "two keys with the number 1"},
		"an empty file":        {Options{KeyFile: file(0o600, "\n")}, "holds no key"},
		"a file of the group":  {Options{KeyFile: file(0o640, encoded(1))}, "mode 0640); run: chmod 600"},
		"a file of everyone":   {Options{KeyFile: file(0o604, encoded(1))}, "mode 0604"},
		"a file that is gone":  {Options{KeyFile: "/nowhere/key"}, "cannot read the key file"},
		"a huge file":          {Options{KeyFile: file(0o600, strings.Repeat("x", maxKeyFile+1))}, "too large"},
		"a folder that is not": {Options{Database: "/nowhere/ponte.db"}, "cannot make the key file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v\nshould hold %q", err, test.want)
			}
			for _, key := range []string{encoded(1), encoded(2), short} {
				if strings.Contains(err.Error(), key) {
					t.Errorf("the error shows the key: %v", err)
				}
			}
		})
	}
}

func TestACredentialOfSystemdIsAccepted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(encoded(1)+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o440); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Options{KeyFile: path})
}

func TestARingPrintsWithoutItsKeys(t *testing.T) {
	ring := mustOpen(t, Options{Env: encoded('K')})
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "ring", ring)
	prints := logged.String() + fmt.Sprintf("%v %+v %#v %s %x", ring, ring, ring, ring, ring)
	for _, leak := range []string{encoded('K'), "KKKK", "75 75", "4b4b", "0x4b"} {
		if strings.Contains(prints, leak) {
			t.Errorf("prints %q", prints)
		}
	}
}
