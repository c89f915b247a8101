package main

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A tab is one tab of a headless Chromium that looks at a site. What goes
// wrong in it fails the test: an error on the console, an exception, an answer
// of 400 and above, a request to any other host.
type tab struct {
	*testing.T
	ctx  context.Context //nolint:containedctx // the tab's, which chromedp keeps in a context
	base string

	scriptless bool // pages' scripts do not run

	mu      sync.Mutex
	allowed []int // statuses of 400 and above that the test is about
	wrong   []string
}

// newTab opens a tab, or skips the test where there is no Chromium.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no chromium: run tools/need.sh as root")
		}
		t.Skip("there is no chromium here: run tools/need.sh as root to install it")
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "pt-BR"), chromedp.Flag("hide-scrollbars", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	tb := &tab{T: t, base: base}
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithListener(tb.listen))
	t.Cleanup(cancel)
	tb.ctx = ctx
	tb.do(chromedp.EmulateViewport(1280, 800))
	t.Cleanup(func() { tb.blameless() })
	return tb
}

// listen collects what went wrong.
func (tb *tab) listen(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		tb.sent(ev.Request.URL)
	case *network.EventWebSocketCreated:
		tb.sent(ev.URL)
	case *network.EventResponseReceived:
		tb.got(int(ev.Response.Status), ev.Response.URL)
	case *runtime.EventExceptionThrown:
		tb.note("exception: %s", ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" {
			tb.note("console.%s", ev.Type)
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" && !strings.Contains(ev.Entry.Text, "the server responded with a status of") { // got says that
			tb.note("log: %s (%s)", ev.Entry.Text, ev.Entry.URL)
		}
	}
}

func (tb *tab) note(format string, args ...any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.wrong = append(tb.wrong, fmt.Sprintf(format, args...))
}

func (tb *tab) sent(address string) {
	here, err1 := url.Parse(tb.base)
	to, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || to.Scheme != "data" && to.Host != here.Host {
		tb.note("a request left the host: %s", address)
	}
}

func (tb *tab) got(status int, address string) {
	tb.mu.Lock()
	fine := status < 400 || slices.Contains(tb.allowed, status)
	tb.mu.Unlock()
	if !fine {
		tb.note("%s answered %d", address, status)
	}
}

func (tb *tab) blameless() {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	for _, w := range tb.wrong {
		tb.Error(w)
	}
}

// do runs steps, none of which may take more than a few seconds.
func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.Helper()
	if err := chromedp.Do(tb.ctx); err != nil { // the browser lives as long as the tab, not as the step
		tb.Fatalf("chromium does not start: %v", err)
	}
	ctx, cancel := context.WithTimeout(tb.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		shot, _ := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
		path := os.TempDir() + "/ponte-failed.png"
		_ = os.WriteFile(path, shot, 0o600)
		tb.Fatalf("%v (see %s); it reads:\n%s", err, path, tb.text("body"))
	}
}

// script evaluates a script.
func script[T any](tb *tab, text string) T {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](text, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.Fatalf("%.80s: %v", text, err)
	}
	return v
}

func (tb *tab) text(selector string) string {
	return script[string](tb, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// open goes to an address of the site.
func (tb *tab) open(path string) {
	tb.Helper()
	tb.do(chromedp.Navigate(tb.base + path))
}

// press clicks on what matches and waits for the page that follows.
func (tb *tab) press(selector string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		tb.Fatalf("clicking on %s: %v; it reads:\n%s", selector, err, tb.text("body"))
	}
}

// write fills a field in.
func (tb *tab) write(selector, value string) {
	tb.Helper()
	script[chromedp.Void](tb, fmt.Sprintf(`document.querySelector(%q).value = ""`, selector))
	tb.do(chromedp.SendKeys(chromedp.CSS(selector), value))
}

// reads fails the test unless the page has the text.
func (tb *tab) reads(text string) {
	tb.Helper()
	if body := tb.text("body"); !strings.Contains(strings.Join(strings.Fields(body), " "), text) {
		tb.Fatalf("%s lacks %q:\n%s", script[string](tb, "location.pathname"), text, body)
	}
}

//go:embed testdata/axe.min.js
var axe string

// accessible fails the test for each of axe-core's rules that the page breaks.
func (tb *tab) accessible() {
	tb.Helper()
	type violation struct {
		ID    string
		Help  string
		Nodes []struct{ HTML, FailureSummary string }
	}
	script[chromedp.Void](tb, axe+";0")
	for _, v := range script[[]violation](tb, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`) {
		tb.Errorf("%s: axe: %s (%s): %.3v", script[string](tb, "location.pathname"), v.Help, v.ID, v.Nodes)
	}
}

// fits fails the test when the page is wider than the window.
func (tb *tab) fits() {
	tb.Helper()
	if wide := script[int](tb, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
		tb.Errorf("%s is %d pixels wider than the window", script[string](tb, "location.pathname"), wide)
	}
}
