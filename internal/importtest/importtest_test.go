package importtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

func TestEveryPackageImportsOnlyWhatTheTableAllows(t *testing.T) {
	readFolders(t)
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = root
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	packages := 0
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; packages++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		who, imports := strings.TrimPrefix(p.ImportPath, module), inside(p.Imports)
		for _, complaint := range append(refusals(who, imports), missing(who, imports)...) {
			t.Error(complaint)
		}
	}
	if packages < 5 {
		t.Errorf("go list told of %d packages; is this the whole module?", packages)
	}
}

// readFolders reads every folder, so that a result is not taken from Go's cache after a file has changed: the cache
// knows what a test reads itself, not what go list reads for it.
func readFolders(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// inside writes the module's own packages as the table does.
func inside(paths []string) []string {
	short := make([]string, len(paths))
	for i, path := range paths {
		short[i] = strings.TrimPrefix(path, module)
	}
	return short
}

func TestTheTableTellsRightFromWrong(t *testing.T) {
	for _, test := range []struct {
		who, path string
		allowed   bool
	}{
		{"internal/record", "time", true},
		{"internal/record", decimal, true},
		{"internal/record", "internal/call", false},
		{"internal/record", "golang.org/x/text/cases", false},
		{"internal/reconcile", "internal/record", true},
		{"internal/reconcile", "internal/config", false},
		{"internal/config", "go.yaml.in/yaml/v3", true},
		{"internal/config", "internal/flow", false},
		{"internal/subject", "internal/record", true},
		{"internal/subject", "internal/store", false},
		{"internal/house", "internal/engine", true},
		{"internal/house", "internal/web", false},
		{"internal/call", "internal/record", false},
		{"internal/secret", "internal/disk", true},
		{"internal/auvo", "internal/auvo/auvoapi", true},
		{"internal/auvo", "internal/omie/omieapi", false},
		{"internal/omie", "internal/auvo", false},
		{"internal/omie", "internal/store", false},
		{"internal/engine", "internal/omie", false},
		{"internal/engine", "internal/store", true},
		{"internal/engine", "database/sql", false},
		{"internal/store/storetest", "database/sql", true},
		{"internal/cli", "internal/auvo/auvosim", false},
		{"internal/company", "internal/auvo/auvosim", true},
		{"internal/company", "internal/auvo/auvoapi", false},
		{"internal/omie/omiesim", "testing", false},
		{"internal/omie/omiesim", "internal/omie/omieapi", false},
		{"internal/omie/omiesim", "internal/omie/omieschema", true},
		{"internal/web", "cmd/ponte", false},
		{"internal/queue", "github.com/riverqueue/river", true},
		{"internal/store", "github.com/riverqueue/river", false},
		{"internal/queue", "database/sql", false},
		{"internal/queue", "internal/span", true},
		{"internal/span", "internal/store", false},
		{"internal/span", "go.opentelemetry.io/otel/sdk/trace", true},
		{"internal/engine", "go.opentelemetry.io/otel/trace", false},
		{"internal/queue", "internal/engine", true},
		{"internal/queue", "internal/flow", false},
		{"internal/api", "internal/store", true},
		{"internal/api", "internal/cli", false},
		{"internal/cli", "github.com/danielgtaylor/huma/v2", false},
		{"cmd/ponte", "internal/omie", true},
	} {
		if got := len(refusals(test.who, []string{test.path})) == 0; got != test.allowed {
			t.Errorf("%s imports %s: allowed = %v", test.who, test.path, got)
		}
	}
}
