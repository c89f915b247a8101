package simulation

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A walk that cannot fail proves nothing. Each mutant is the program with one
// promise forgotten: a few lines of one file, replaced. They are laid over the
// sources when the walks are compiled (go test -overlay), so that the program
// itself knows nothing of them, and the walks must find each within so many
// seeds. When a mutant no longer applies because its lines changed, it is to be
// written anew, not dropped.
var mutants = []struct {
	name     string
	file     string
	old, new string
}{
	{
		"the ledger is written after the call", "engine/apply.go",
		"	c, err = r.Store.Send(ctx, r.lease, c.ID, r.realNow())\n	if err != nil {\n		return nil, err\n	}\n	told.Count(\"attempts\", c.Attempts)\n	item, answered := r.write(ctx, c, now)\n",
		"	item, answered := r.write(ctx, c, now)\n	c, err = r.Store.Send(ctx, r.lease, c.ID, r.realNow())\n	if err != nil {\n		return nil, err\n	}\n",
	},
	{
		"an unclear write is made again, not looked up", "engine/apply.go",
		"		return r.settleUnclear(ctx, f, c, e)\n", "		return r.backToPlanned(ctx, f, c, \"\", nil)\n",
	},
	{
		"the cursor moves before the data", "engine/pull.go",
		"	sights, err := rd.run.savePage(ctx, rd.feed, write)\n",
		"	if write.Cursor != nil {\n		if _, err := rd.run.Store.SavePage(ctx, rd.run.lease, store.PageWrite{Run: rd.run.id, Feed: rd.cursor.Feed, Kind: rd.flow.Kind, Side: rd.side, Cursor: write.Cursor}); err != nil {\n			return err\n		}\n	}\n	sights, err := rd.run.savePage(ctx, rd.feed, write)\n",
	},
	{
		"pages need not add up", "engine/pull.go",
		"	if !p.Last || p.Declared < 0 || rows == p.Declared {\n", "	if rows >= 0 {\n",
	},
	{
		"what a customer was linked to is forgotten", "engine/apply.go",
		"		s.Links = []store.Link{link}\n		if s.Redecide", "		_ = link\n		if s.Redecide",
	},
	{
		"who lost the lease goes on writing", "store/db.go",
		"	if err == nil && ours == 0 {\n", "	if err == nil && ours < 0 {\n",
	},
	{
		"times are compared, not contents", "store/page.go",
		"	sight.Changed = !sight.New && print != h.fingerprint\n", "	sight.Changed = !sight.New && millis(it.Changed) != h.changed\n",
	},
	{
		"billed documents are altered", "engine/revise.go",
		"	if standing != flow.Open {\n", "	if standing == flow.Gone {\n",
	},
	{
		"the source is not read again before its export", "engine/apply.go",
		"	if c.Order == nil || c.Action != \"create\" || r.fresh[c.Source] {\n", "	if c.Action != \"\" {\n",
	},
	{
		"brakes hold nothing", "engine/brake.go",
		"	if all <= most {\n", "	if most >= 0 {\n",
	},
	{
		"a half-read side is written to", "engine/apply.go",
		"func (r *run) halfRead(c store.Change) bool { return ", "func (r *run) halfRead(c store.Change) bool { return false && ",
	},
	{
		"conflicts are settled and not kept", "engine/mirror.go",
		"		d.Conflicts = append(d.Conflicts, ", "		_ = append(d.Conflicts, ",
	},
	{
		"the first of several matches is taken", "engine/match.go",
		"		case g.ambiguous():\n", "		case g.ambiguous() && len(g.other(i.Side)) == 0:\n",
	},
	{
		"the discount of the whole is forgotten", "flow/bill.go",
		"		l.share = shares[i]\n", "		l.share = shares[i].Zero()\n",
	},
	{
		"an unclear update counts as made", "engine/settle.go",
		"c.Action == \"update\" && !wasMade(c, items[0]):\n", "c.Action == \"update\" && !wasMade(c, items[0]) && c.Order != nil:\n",
	},
}

var mutate = flag.Int("mutate", 0, "how many seeds TestEachMutantIsFound may take to find a mutant; 0: it is skipped")

// TestEachMutantApplies is the cheap half, in every run of the tests.
func TestEachMutantApplies(t *testing.T) {
	for _, m := range mutants {
		sourceOf(t, m.file, m.old)
	}
}

// TestEachMutantIsFound compiles the walks over each mutant and expects red.
func TestEachMutantIsFound(t *testing.T) {
	if *mutate == 0 {
		t.Skip("no -mutate")
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			text, seeds := walkOver(t, m.file, m.old, m.new)
			if !strings.Contains(text, "breaks a promise") {
				t.Fatalf("%s walks found nothing:\n%s", seeds, text)
			}
			if problems, _ := live(t, drawHistory(seedOf(t, text))); len(problems) > 0 {
				t.Fatalf("that seed fails without the mutant too: mend this first\n# %s", joined(problems))
			}
			_, found, _ := strings.Cut(text, "testdata/histories:\n")
			t.Log(strings.TrimSpace(strings.SplitN(found, "\n", 2)[0]))
		})
	}
}

// seedOf is the seed of which a failing walk tells.
func seedOf(t *testing.T, text string) (seed uint64) {
	t.Helper()
	_, at, _ := strings.Cut(text, ": seed ")
	if _, err := fmt.Sscan(at, &seed); err != nil {
		t.Fatalf("no seed in\n%s", text)
	}
	return seed
}

// sourceOf is the text of a file, by its absolute path, in which a mutant's lines stand once.
func sourceOf(t *testing.T, file, lines string) (path, source string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), lines); n != 1 {
		t.Fatalf("the mutant applies to %s %d times: write it anew", file, n)
	}
	return path, string(text)
}

// walkOver compiles the walks with one file changed, and walks until one fails.
func walkOver(t *testing.T, file, old, changed string) (text, seeds string) {
	t.Helper()
	path, source := sourceOf(t, file, old)
	dir := t.TempDir()
	instead := filepath.Join(dir, filepath.Base(file))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: instead}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{instead: strings.Replace(source, old, changed, 1), filepath.Join(dir, "overlay.json"): string(overlay)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "walks")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the mutant does not compile: %v\n%s", err, out)
	}
	seeds = flag.Lookup("mutate").Value.String()
	run := exec.CommandContext(t.Context(), program, "-test.run", "TestWalks$", "-test.timeout", "0", "-seeds", seeds, "-until", "1", "-tries", "0")
	out, _ := run.CombinedOutput() // red is what is hoped for
	return string(out), seeds
}
