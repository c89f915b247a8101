package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/cli"
	"ponte/internal/omie/omiesim"
	"ponte/internal/store/sqlitetest"
)

var update = flag.Bool("update", false, "rewrite what the scenarios expect with what happens")

// TestScenarios runs whole flows: each file of testdata/scenarios states both
// sides before, what happens, and both sides after. The commands are those of
// theatre, below.
func TestScenarios(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/scenarios", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: setTheatre,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ponte": ponteCmd, "auvo": auvoCmd, "omie": omieCmd, "clock": clockCmd, "pass": passCmd,
			"start": startCmd, "violations": violationsCmd, "hint": hintCmd, "hints": hintsCmd,
		},
	})
}

// A theatre is the two simulators of one scenario, and its clock.
type theatre struct {
	auvo       *auvosim.Sim
	omie       *omiesim.Sim
	auvoURL    string
	omieURL    string
	env        map[string]string
	mu         sync.Mutex
	start      time.Time // simulated
	real       time.Time // when start was set
	violations bool      // the scenario looks at them itself
	lastRun    string    // the id that the last command printed; {run} in a later one's arguments
}

// now is the scenario's clock; it runs on with real time.
func (th *theatre) now() time.Time {
	th.mu.Lock()
	defer th.mu.Unlock()
	return th.start.Add(time.Since(th.real))
}

func (th *theatre) set(at time.Time) {
	th.mu.Lock()
	defer th.mu.Unlock()
	th.start, th.real = at, time.Now()
}

func setTheatre(env *testscript.Env) error {
	th := &theatre{auvo: &auvosim.Sim{PerMinute: -1}, omie: &omiesim.Sim{PerMinute: -1, PerIPMinute: -1, RedundancyWindow: 40 * time.Millisecond, NoConsumer: true}}
	th.set(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)) // 09:00 in São Paulo, a Tuesday
	th.auvo.Now, th.omie.Now = th.now, th.now
	auvoServer, omieServer := httptest.NewServer(th.auvo), httptest.NewServer(th.omie)
	th.auvoURL, th.omieURL = auvoServer.URL+"/v2", omieServer.URL+"/api/v1"
	env.Defer(func() {
		auvoServer.Close()
		omieServer.Close()
	})
	th.env = map[string]string{
		"PONTE_DB": env.WorkDir + "/ponte.db", "PONTE_AUVO_RATE": "100000", "PONTE_OMIE_RATE": "100000", "PONTE_LOG": "warn",
		"AUVO_KEY": auvosim.DefaultAPIKey, "AUVO_TOKEN": auvosim.DefaultAPIToken,
		"OMIE_KEY": omiesim.DefaultAppKey, "OMIE_SECRET": omiesim.DefaultAppSecret,
	}
	env.Values[theatreKey{}] = th
	return sqlitetest.Put(th.env["PONTE_DB"])
}

type theatreKey struct{}

func theatreOf(ts *testscript.TestScript) *theatre { return ts.Value(theatreKey{}).(*theatre) }

// startCmd seeds both sides from auvo.json and omie.json and applies the
// account, whose keys under "accounts: - " are account.yaml.
func startCmd(ts *testscript.TestScript, _ bool, _ []string) {
	th := theatreOf(ts)
	seedFrom(ts, "auvo.json", th.auvo.Seed)
	seedFrom(ts, "omie.json", th.omie.Seed)
	th.auvo.ResetCalls()
	th.omie.ResetCalls()
	applyAccount(ts, th)
	ts.Defer(func() { th.check(ts) })
}

func seedFrom[D any](ts *testscript.TestScript, name string, seed func(D) error) {
	raw, err := os.ReadFile(ts.MkAbs(name))
	if os.IsNotExist(err) {
		return
	}
	ts.Check(err)
	var d D
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	ts.Check(dec.Decode(&d))
	ts.Check(seed(d))
}

const accountHead = `accounts:
  - id: acme
    name: ACME Refrigeração
    auvo: {base_url: %q, api_key: "${AUVO_KEY}", api_token: "${AUVO_TOKEN}", rate_per_minute: 100000}
    omie: {base_url: %q, app_key: "${OMIE_KEY}", app_secret: "${OMIE_SECRET}", rate_per_minute: 100000, redundancy_window: 40ms}
`

func applyAccount(ts *testscript.TestScript, th *theatre) {
	body := ts.ReadFile("account.yaml")
	file := fmt.Sprintf(accountHead, th.auvoURL, th.omieURL)
	for line := range strings.SplitSeq(body, "\n") {
		file += "    " + line + "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs("accounts.yaml"), []byte(file), 0o600))
	if code := th.ponte(ts, "apply", "-f", ts.MkAbs("accounts.yaml")); code != 0 {
		ts.Fatalf("ponte apply ended with %d", code)
	}
}

// ponteCmd runs ponte in this process at the scenario's clock:
//
//	ponte [=CODE] ARGUMENTS…
//
// It must end with CODE, 0 when none is given. {run} in an argument is the run
// that the last command said it made.
func ponteCmd(ts *testscript.TestScript, neg bool, args []string) {
	want := 0
	if len(args) > 0 && strings.HasPrefix(args[0], "=") {
		n, err := strconv.Atoi(args[0][1:])
		ts.Check(err)
		want, args = n, args[1:]
	}
	th := theatreOf(ts)
	if len(args) > 0 && args[0] == "reapply" {
		applyAccount(ts, th)
		return
	}
	if code := th.ponte(ts, args...); (code == want) == neg {
		ts.Fatalf("ponte %s ended with %d, not %d", strings.Join(args, " "), code, want)
	}
}

func (th *theatre) ponte(ts *testscript.TestScript, args ...string) int {
	if len(args) > 0 && slices.Contains([]string{"sync", "plan", "undo"}, args[0]) && !slices.Contains(args, "--at") {
		args = append(args, "--at", th.now().Format(time.RFC3339))
	}
	for n := range args {
		args[n] = strings.ReplaceAll(args[n], "{run}", th.lastRun)
	}
	var out bytes.Buffer
	w := world()
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(""), io.MultiWriter(&out, ts.Stdout()), ts.Stderr()
	w.Getenv = func(name string) (string, bool) { v, ok := th.env[name]; return v, ok }
	code := cli.Main(context.Background(), args, w)
	if m := runPrinted.FindSubmatch(out.Bytes()); m != nil {
		th.lastRun = string(m[1])
	}
	return code
}

// runPrinted finds the id of the run that a command says it made.
var runPrinted = regexp.MustCompile(`\brun (01[0-9A-Z]{24})\b`)

// clockCmd sets the scenario's clock; passCmd lets time pass.
func clockCmd(ts *testscript.TestScript, _ bool, args []string) {
	at, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	theatreOf(ts).set(at)
}

func passCmd(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	th := theatreOf(ts)
	th.set(th.now().Add(d))
}

// violationsCmd prints what a good client does not do, and takes it as seen.
func violationsCmd(ts *testscript.TestScript, _ bool, _ []string) {
	th := theatreOf(ts)
	th.violations = true
	for _, v := range th.auvo.Violations() {
		fmt.Fprintf(ts.Stdout(), "auvo %s %s %s\n", v.Kind, v.Method, v.Path)
	}
	for _, v := range th.omie.Violations() {
		fmt.Fprintf(ts.Stdout(), "omie %s %s\n", v.Kind, v.Call)
	}
}

// check fails a scenario in which the simulators counted a violation (P7).
func (th *theatre) check(ts *testscript.TestScript) {
	if th.violations {
		return
	}
	for _, v := range th.auvo.Violations() {
		ts.Logf("auvo: %+v", v)
	}
	for _, v := range th.omie.Violations() {
		ts.Logf("omie: %+v", v)
	}
	if n := len(th.auvo.Violations()) + len(th.omie.Violations()); n > 0 {
		ts.Fatalf("the simulators counted %d violations", n)
	}
}

// auvoCmd is what people and technicians do in Auvo, and a look at it:
//
//	auvo show KIND MEMBER…      each record's members, a line each
//	auvo calls [writes]         the calls since the last look, logins apart
//	auvo logins                 the logins since the last look at the calls
//	auvo edit KIND ID JSON      auvo remove KIND ID      auvo seed FILE
//	auvo finish ID [JSON]       auvo move ID STATUS      auvo stage ID STAGE
//	auvo break JSON             auvo mend                auvo set JSON          auvo expire
func auvoCmd(ts *testscript.TestScript, _ bool, args []string) {
	s := theatreOf(ts).auvo
	switch args[0] {
	case "show":
		show(ts, s.Snapshot(), args[1], args[2:])
	case "calls":
		auvoCalls(ts, s, len(args) > 1)
	case "logins":
		out := ts.Stdout()
		for _, c := range s.Calls() {
			if isLogin(c.Path) {
				fmt.Fprintf(out, "%s %s %d\n", c.Method, c.Path, c.Status)
			}
		}
	case "edit":
		ts.Check(s.Edit(args[1], args[2], parse[map[string]any](ts, args[3])))
	case "remove":
		ts.Check(s.Remove(args[1], args[2]))
	case "seed":
		seedFrom(ts, args[1], s.Seed)
	case "finish":
		var items []auvosim.Items
		if len(args) > 2 {
			items = append(items, parse[auvosim.Items](ts, args[2]))
		}
		ts.Check(s.FinishTask(args[1], items...))
	case "move":
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		ts.Check(s.MoveTask(args[1], n))
	case "stage":
		ts.Check(s.SetStage(args[1], args[2]))
	case "break":
		if s.Break(parse[auvosim.Fault](ts, args[1])) == 0 {
			ts.Fatalf("unknown fault %s", args[1])
		}
	case "mend":
		s.Mend()
	case "set":
		s.Set(func(s *auvosim.Sim) { ts.Check(json.Unmarshal([]byte(args[1]), s)) })
	case "expire":
		s.ExpireTokens()
	default:
		ts.Fatalf("auvo %s: no such command", args[0])
	}
}

func auvoCalls(ts *testscript.TestScript, s *auvosim.Sim, writes bool) {
	out := ts.Stdout() // asked for once, so that silence is an answer too
	for _, c := range s.Calls() {
		if isLogin(c.Path) || (writes && c.Method == "GET") {
			continue
		}
		fmt.Fprintf(out, "%s %s %d\n", c.Method, c.Path, c.Status)
	}
	kept := s.Violations()
	s.ResetCalls()
	if len(kept) > 0 {
		ts.Fatalf("violations: %+v", kept)
	}
}

// omieCmd is what people do in Omie, and a look at it; see auvoCmd. Also:
//
//	omie bill os|pedidos ID     omie cancel os|pedidos ID     omie stage os|pedidos ID STAGE
//	omie stock PRODUCT QUANTITY [PLACE]                       omie lift
func omieCmd(ts *testscript.TestScript, _ bool, args []string) {
	s := theatreOf(ts).omie
	switch args[0] {
	case "show":
		show(ts, s.Snapshot(), args[1], args[2:])
	case "calls":
		omieCalls(ts, s, len(args) > 1)
	case "edit":
		ts.Check(s.Edit(args[1], number(ts, args[2]), parse[map[string]any](ts, args[3])))
	case "remove":
		ts.Check(s.Remove(args[1], number(ts, args[2])))
	case "seed":
		seedFrom(ts, args[1], s.Seed)
	case "bill":
		ts.Check(s.Bill(args[1], number(ts, args[2])))
	case "cancel":
		ts.Check(s.Cancel(args[1], number(ts, args[2])))
	case "stage":
		ts.Check(s.SetStage(args[1], number(ts, args[2]), args[3]))
	case "stock":
		place := int64(0)
		if len(args) > 3 {
			place = number(ts, args[3])
		}
		ts.Check(s.MoveStock(number(ts, args[1]), place, args[2]))
	case "break":
		s.Break(parse[omiesim.Fault](ts, args[1]))
	case "mend":
		s.Mend()
	case "set":
		ts.Check(json.Unmarshal([]byte(args[1]), s))
	case "lift":
		s.LiftBlocks()
	default:
		ts.Fatalf("omie %s: no such command", args[0])
	}
}

func isLogin(path string) bool { return strings.HasPrefix(strings.TrimPrefix(path, "/"), "login") }

func omieCalls(ts *testscript.TestScript, s *omiesim.Sim, writes bool) {
	out := ts.Stdout()
	for _, c := range s.Calls() {
		reads := strings.HasPrefix(c.Call, "Listar") || strings.HasPrefix(c.Call, "Consultar") || strings.HasPrefix(c.Call, "Pesquisar")
		if writes && reads {
			continue
		}
		fmt.Fprintln(out, strings.TrimSpace(fmt.Sprintf("%s %d %s", c.Call, c.Status, c.Fault)))
	}
	s.ResetCalls()
}

func number(ts *testscript.TestScript, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	ts.Check(err)
	return n
}

func parse[T any](ts *testscript.TestScript, text string) T {
	var v T
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	ts.Check(dec.Decode(&v))
	return v
}

// show prints each record of a kind on a line: its members by path (a.b, and
// a.0.b inside lists) as JSON.
func show(ts *testscript.TestScript, data any, kind string, paths []string) {
	raw, err := json.Marshal(data)
	ts.Check(err)
	lists := parse[map[string][]any](ts, string(raw))
	out := ts.Stdout()
	for _, rec := range lists[kind] {
		parts := make([]string, 0, len(paths))
		for _, path := range paths {
			parts = append(parts, path+"="+compact(at(rec, strings.Split(path, "."))))
		}
		fmt.Fprintln(out, strings.Join(parts, " "))
	}
}

func at(v any, path []string) any {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			n, err := strconv.Atoi(p)
			if err != nil || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return cmp.Or(strings.TrimSpace(b.String()), "null")
}
