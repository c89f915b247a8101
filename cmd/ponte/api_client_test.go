package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// clientModule holds the generator of clients, apart from the program's own modules.
const clientModule = "../../tools/client"

// TestAGeneratedClientUsesTheAPI: a client is generated from the document that is
// served, compiled, and asks. What it needs was downloaded before (make setup).
func TestAGeneratedClientUsesTheAPI(t *testing.T) {
	s := newServed(t, "--role", "web")
	token := s.token("generated", "read,operate")
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		text, err := os.ReadFile(filepath.Join(clientModule, name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, name), string(text))
	}
	_, doc, _ := s.asks("GET", "/api/openapi.json", "", "")
	writeFile(t, filepath.Join(dir, "openapi.json"), doc)
	if err := os.Mkdir(filepath.Join(dir, "ponte"), 0o700); err != nil {
		t.Fatal(err)
	}
	offline(t, dir, "go", "tool", "oapi-codegen", "-generate", "types,client", "-package", "ponte", "-o", "ponte/client.gen.go", "openapi.json")
	offline(t, dir, "go", "build", "-o", "client", ".")
	got := offline(t, dir, "./client", s.address, "acme", "PONTE_TOKEN="+token)
	for _, line := range []string{"account acme\n", "run " + s.run + " true\n", "waits nothing-to-bill\n", "retried 2 \n", "retried 2 true\n", "refused 404 there is no such account\n"} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// offline runs a command in a folder without the network, and returns what it printed;
// arguments with a = are its environment.
func offline(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0")
	for _, a := range args {
		if strings.Contains(a, "=") {
			cmd.Env = append(cmd.Env, a)
			continue
		}
		cmd.Args = append(cmd.Args, a)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
