package omieapi

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ponte/internal/call"
	"ponte/internal/inprocess"
)

// TestTheNextWriteKeepsOffOneThatWasGivenUp: Omie still works on a write for a while
// after the client gave up, and refuses a second one beside it (omie-api.md §2.1).
func TestTheNextWriteKeepsOffOneThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, beside atomic.Int32
		vendor := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if running.Add(1) > 1 {
				beside.Add(1)
			}
			defer running.Add(-1)
			body, _ := io.ReadAll(r.Body)
			if strings.Contains(string(body), "slow") {
				<-r.Context().Done()
				time.Sleep(time.Second)
			}
			_, _ = io.WriteString(w, `{"nCodOS":1,"cCodIntOS":"A","cCodStatus":"0"}`)
		})
		c := New(Config{
			BaseURL: "http://omie.test", AppKey: testKey, AppSecret: testSecret,
			HTTP: &http.Client{Transport: inprocess.Transport(vendor), Timeout: 30 * time.Second},
		})
		_, err := c.IncluirOS(t.Context(), OSCadastro{Cabecalho: OSCabecalho{CCodIntOS: "slow"}})
		if as(t, err).Reaction != call.Unclear {
			t.Fatalf("the first: %v", err)
		}
		if _, err := c.IncluirOS(t.Context(), OSCadastro{Cabecalho: OSCabecalho{CCodIntOS: "next"}}); err != nil {
			t.Fatalf("the second: %v", err)
		}
		if n := beside.Load(); n > 0 {
			t.Errorf("%d writes ran beside another", n)
		}
	})
}
