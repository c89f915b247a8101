// Package deploy holds what installs Ponte on a machine. Its tests ask the tools that will read these files.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// mostExposed is what `systemd-analyze security` may call the service, of 10.
const mostExposed = 1.5

// TestUnitIsAccepted holds the unit against systemd's own units, and asks systemd how much of a machine it lets Ponte see.
func TestUnitIsAccepted(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("systemd-analyze is missing")
		}
		t.Skip("systemd-analyze is missing")
	}
	root := t.TempDir()
	units := filepath.Join(root, "usr/lib/systemd/system")
	if err := os.CopyFS(units, os.DirFS("/usr/lib/systemd/system")); err != nil {
		t.Fatal(err)
	}
	copyFile(t, "systemd/ponte.service", filepath.Join(units, "ponte.service"), 0o644)
	copyFile(t, "/bin/true", filepath.Join(root, "usr/bin/ponte"), 0o755)

	if said := systemd(t, "verify", "--man=no", "--root="+root, "ponte.service"); len(said) > 0 {
		t.Errorf("systemd warns of the unit: %s", said)
	}
	said := systemd(t, "security", "--no-pager", "--offline=true", "--root="+root, "ponte.service")
	level := regexp.MustCompile(`exposure level for ponte.service: ([0-9.]+)`).FindSubmatch(said)
	if level == nil {
		t.Fatalf("systemd says no level: %s", said)
	}
	exposed, err := strconv.ParseFloat(string(level[1]), 64)
	if err != nil || exposed > mostExposed {
		t.Errorf("the service's exposure is %s, over %v (%v)", level[1], mostExposed, err)
	}
}

func systemd(t *testing.T, args ...string) []byte {
	t.Helper()
	said, err := exec.Command("systemd-analyze", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("systemd-analyze %v: %v: %s", args, err, said)
	}
	return said
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, mode); err != nil {
		t.Fatal(err)
	}
}
