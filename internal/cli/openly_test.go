package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestAPasswordOnTheCommandLineIsRefusedWithTheRemedy(t *testing.T) {
	const canary = "canary-database"
	for _, c := range []struct {
		args    []string
		refused bool
	}{
		{[]string{"--db", "postgres://ponte:" + canary + "@127.0.0.1:1/ponte", "status"}, true},
		{[]string{"status", "--db=postgresql://ponte:" + canary + "@127.0.0.1:1/ponte"}, true},
		{[]string{"status", "--db", "postgres://127.0.0.1:1/ponte?user=ponte&password=" + canary}, true},
		{[]string{"status", "--db", "postgres://ponte:" + canary + "%zz@127.0.0.1:1/ponte"}, true},
		{[]string{"status", "--db", "postgres://ponte@127.0.0.1:1/ponte"}, false},
		{[]string{"status"}, false}, // of the environment
		{[]string{"version"}, false},
	} {
		var out bytes.Buffer
		code := Main(t.Context(), c.args, World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(name string) (string, bool) {
			if name == "PONTE_DB" {
				return "postgres://ponte:" + canary + "@127.0.0.1:1/ponte?connect_timeout=1", true
			}
			return "", false
		}})
		if says := code == exitUsage && strings.Contains(out.String(), "PONTE_DB"); says != c.refused {
			t.Errorf("%d of %d args: %d %s", len(c.args), len(c.args), code, out.String())
		}
		if strings.Contains(out.String(), canary) {
			t.Errorf("%v tells the password: %s", c.args[0], out.String())
		}
	}
}
