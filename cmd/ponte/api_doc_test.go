package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestTheCommandsOfTheAPIsPageWork: each block of docs/api.md is run, in its order, as
// somebody would who copies it.
func TestTheCommandsOfTheAPIsPageWork(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("there is no curl here")
	}
	s := newServed(t, "--role", "web")
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "ponte")); err != nil {
		t.Fatal(err)
	}
	blocks, token := shellBlock.FindAllStringSubmatch(string(text), -1), ""
	if len(blocks) < 5 {
		t.Fatalf("the page has %d blocks", len(blocks))
	}
	for _, b := range blocks {
		cmd := s.program()
		cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-euc", b[1]}
		cmd.Env = append(cmd.Env, "PATH="+bin+":"+filepath.Dir(curl)+":/usr/bin:/bin", "PONTE="+s.address, "PONTE_TOKEN="+token)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, b[1], out)
		}
		if made := regexp.MustCompile(`ponte_\S{43}`).FindString(string(out)); made != "" {
			token = made
		}
		if n := strings.Count(b[1], "curl "); n > 0 && strings.Count(string(out), `"`) < 2*n {
			t.Errorf("%s\nprints\n%s", b[1], out)
		}
	}
	if code, _, _ := s.asks("GET", "/api/v1/accounts", token, ""); token == "" || code != 403 { // it was the only one
		t.Errorf("in the end the token %s answers %d", token, code)
	}
}
