package omieapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ponte/internal/call"
)

const (
	testKey    = "1234567890123"
	testSecret = "0123456789abcdef0123456789abcdef"
)

// setup returns a client against a server of the test's own handlers. The
// redundancy window is 50 ms and retries come at once.
func setup(t *testing.T, change ...func(*Config)) (*Client, *http.ServeMux) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	cfg := Config{
		BaseURL: server.URL, AppKey: " " + testKey + "\n", AppSecret: testSecret + "\n",
		RatePerMinute: 60_000, RedundancyWindow: 50 * time.Millisecond,
	}
	for _, f := range change {
		f(&cfg)
	}
	c := New(cfg)
	c.pause = time.Millisecond
	return c, mux
}

// answers serves each body in turn, the last one for ever, and counts.
func answers(mux *http.ServeMux, service string, replies ...reply) *atomic.Int64 {
	var n atomic.Int64
	mux.HandleFunc("POST /"+service+"/", func(w http.ResponseWriter, _ *http.Request) {
		r := replies[min(int(n.Add(1)), len(replies))-1]
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.body)
	})
	return &n
}

type reply struct {
	status int
	body   string
}

func faulty(code, text string) reply {
	b, _ := json.Marshal(map[string]string{"faultstring": text, "faultcode": "SOAP-ENV:" + code})
	return reply{500, string(b)}
}

var (
	onePage = reply{200, `{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,"clientes_cadastro":[{"codigo_cliente_omie":7000000001}]}`}
	empty   = faulty("Client-5113", "ERROR: Não existem registros para a página [1]!")
	made    = reply{200, `{"nCodOS":7000000200,"cCodStatus":"0","cDescStatus":"Ordem de Serviço adicionada com sucesso!"}`}
)

func as(t *testing.T, err error) *call.Error {
	t.Helper()
	e, ok := errors.AsType[*call.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *call.Error", err)
	}
	return e
}

func TestARequestIsTheEnvelopeThatOmieTakes(t *testing.T) {
	c, mux := setup(t)
	var got string
	mux.HandleFunc("POST /geral/clientes/", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = r.Header.Get("Content-Type") + " " + string(b)
		_, _ = io.WriteString(w, onePage.body)
	})
	meter := &call.Meter{}
	if _, err := c.ListarClientes(call.WithMeter(t.Context(), meter), ListarClientesParam{}); err != nil {
		t.Fatal(err)
	}
	want := `application/json {"call":"ListarClientes","app_key":"` + testKey + `","app_secret":"` + testSecret +
		`","param":[{"pagina":1,"registros_por_pagina":100,"apenas_importado_api":"N"}]}`
	if got != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
	if meter.Count("omie") != 1 {
		t.Errorf("counted %d calls, want 1", meter.Count("omie"))
	}
}

func TestReadsAreTriedThreeTimes(t *testing.T) {
	for what, bad := range map[string]reply{
		"rate":            {429, `{"error_code":429,"error_message":"Too Many Requests","error_hash":"x"}`},
		"gateway":         {502, "<html>Bad Gateway</html>"},
		"html with 200":   {200, "<html>manutenção</html>"},
		"nonsense":        {200, `{"pagina":`},
		"no page":         {200, `{}`},
		"broken response": faulty("Server", "SOAP-ERROR: Broken response from Application Server (4)"),
		"already running": faulty("Client-1880", "Já existe uma requisição desse método sendo executada e você pode tentar novamente em alguns instantes."),
		"unstable":        {200, `{"proto":"PROTO_BYEBYE"}`},
	} {
		c, mux := setup(t)
		n := answers(mux, "geral/clientes", bad, bad, onePage)
		page, err := c.ListarClientes(t.Context(), ListarClientesParam{})
		if err != nil || len(page.Itens) != 1 || n.Load() != 3 {
			t.Errorf("%s: %d rows after %d calls: %v", what, len(page.Itens), n.Load(), err)
		}
		c, mux = setup(t)
		n = answers(mux, "geral/clientes", bad)
		_, err = c.ListarClientes(t.Context(), ListarClientesParam{})
		if e := as(t, err); e.Reaction != call.Retry || n.Load() != 3 {
			t.Errorf("%s: %s after %d calls, want retry after 3", what, e.Reaction, n.Load())
		}
	}
}

func TestWritesAreRepeatedOnlyWhenNothingWasDone(t *testing.T) {
	for _, c := range []struct {
		what  string
		reply reply
		calls int64
		want  call.Reaction
	}{
		{"rate", reply{429, ``}, 2, ""},
		{"already running", faulty("Client-1880", "Já existe uma requisição desse método sendo executada"), 2, ""},
		{"gateway", reply{504, ``}, 1, call.Unclear},
		{"html", reply{200, `<html>`}, 1, call.Unclear},
		{"no id", reply{200, `{"cCodStatus":"0"}`}, 1, call.Unclear},
		{"no status", reply{200, `{"nCodOS":1}`}, 1, call.Unclear},
		{"redundant", faulty("Client-6", "ERROR: Consumo redundante detectado. Aguarde 58 segundos para tentar novamente (REDUNDANT)."), 1, call.Unclear},
		{"refused", faulty("Client-9", "ERROR: Algo novo!"), 1, call.WaitForPerson},
	} {
		client, mux := setup(t)
		n := answers(mux, "servicos/os", c.reply, made)
		_, err := client.IncluirOS(t.Context(), OSCadastro{})
		if got := call.ReactionOf(err); got != c.want || n.Load() != c.calls {
			t.Errorf("%s: %q after %d calls (%v), want %q after %d", c.what, got, n.Load(), err, c.want, c.calls)
		}
	}
}

func TestACutOrSlowAnswerLeavesAWriteUnclear(t *testing.T) {
	c, mux := setup(t, func(cfg *Config) { cfg.HTTP = &http.Client{Timeout: 100 * time.Millisecond} })
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	mux.HandleFunc("POST /servicos/os/", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), "slow") {
			<-release
			return
		}
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"nCodOS":1`)
	})
	for _, code := range []string{"cut", "slow"} {
		_, err := c.IncluirOS(t.Context(), OSCadastro{Cabecalho: OSCabecalho{CCodIntOS: code}})
		e := as(t, err)
		if e.Reaction != call.Unclear || e.Wait <= c.window {
			t.Errorf("%s: %s, wait %s; want unclear, longer than the window", code, e.Reaction, e.Wait)
		}
	}
}

func TestATooLongAnswerIsNotRead(t *testing.T) {
	c, mux := setup(t)
	mux.HandleFunc("POST /servicos/os/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"x":"`+strings.Repeat("y", maxBody)+`"}`)
	})
	_, err := c.IncluirOS(t.Context(), OSCadastro{})
	if as(t, err).Reaction != call.Unclear || !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestAConnectionThatWasNeverMadeDidNothing(t *testing.T) {
	c, _ := setup(t, func(cfg *Config) { cfg.BaseURL = "http://127.0.0.1:1" })
	_, err := c.IncluirOS(t.Context(), OSCadastro{})
	if e := as(t, err); e.Reaction != call.Retry {
		t.Errorf("got %s, want retry: %v", e.Reaction, err)
	}
}

func TestARedirectIsNotFollowedWithTheSecret(t *testing.T) {
	c, mux := setup(t)
	mux.HandleFunc("POST /geral/clientes/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	n := answers(mux, "elsewhere", onePage)
	_, err := c.ListarClientes(t.Context(), ListarClientesParam{})
	if as(t, err).Reaction != call.GiveUp || n.Load() != 0 {
		t.Errorf("got %v after %d calls elsewhere", err, n.Load())
	}
}

func TestAnIdenticalRequestWaitsOutTheWindow(t *testing.T) {
	c, mux := setup(t)
	var mu sync.Mutex
	var at []time.Time
	mux.HandleFunc("POST /geral/clientes/", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, time.Now())
		_, _ = io.WriteString(w, onePage.body)
	})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := c.ListarClientes(t.Context(), ListarClientesParam{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := 1; i < len(at); i++ {
		if gap := at[i].Sub(at[i-1]); gap < 45*time.Millisecond {
			t.Errorf("request %d came %s after its twin, want the window of 50 ms", i, gap)
		}
	}
	before := time.Now()
	if _, err := c.ListarClientes(t.Context(), ListarClientesParam{Paginacao: Paginacao{PorPagina: 99}}); err != nil || time.Since(before) > 40*time.Millisecond {
		t.Errorf("another request waited %s: %v", time.Since(before), err)
	}
}

func TestAWaitForTheWindowEndsWithTheContext(t *testing.T) {
	c, mux := setup(t, func(cfg *Config) { cfg.RedundancyWindow = time.Hour })
	n := answers(mux, "geral/clientes", onePage)
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := c.ListarClientes(ctx, ListarClientesParam{})
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	}
	if n.Load() != 1 {
		t.Errorf("%d calls, want 1", n.Load())
	}
}

func TestAMethodPausesWhenItsFaultBudgetIsUsedUp(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	c, mux := setup(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	n := answers(mux, "geral/clientes", empty)
	for page := range 7 {
		_, err := c.ListarClientes(t.Context(), ListarClientesParam{Paginacao: Paginacao{Pagina: page + 1}})
		e, want := as(t, err), call.Empty
		if page >= 5 {
			want = call.Paused
		}
		if e.Reaction != want {
			t.Errorf("call %d: %s, want %s", page, e.Reaction, want)
		}
		if want == call.Paused && !e.Until.Equal(now.Add(30*time.Minute)) {
			t.Errorf("paused until %s", e.Until)
		}
	}
	if n.Load() != 5 {
		t.Errorf("%d calls, want 5", n.Load())
	}
	answers(mux, "servicos/os", made)
	if _, err := c.IncluirOS(t.Context(), OSCadastro{}); err != nil {
		t.Errorf("another method: %v", err)
	}
	now = now.Add(31 * time.Minute)
	if _, err := c.ListarClientes(t.Context(), ListarClientesParam{Paginacao: Paginacao{Pagina: 9}}); call.ReactionOf(err) != call.Empty {
		t.Errorf("after the half hour: %v", err)
	}
}

func TestABlockOutlivesItsClient(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	memory := &call.MemoryOnly{}
	shared := func(cfg *Config) { cfg.Memory, cfg.Now = memory, func() time.Time { return now } }
	c, mux := setup(t, shared)
	answers(mux, "geral/clientes", reply{425, `{"faultstring":"ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.","faultcode":"SOAP-ENV:Client-500"}`})
	_, err := c.ListarClientes(t.Context(), ListarClientesParam{})
	until := now.Add(1789 * time.Second)
	if e := as(t, err); e.Reaction != call.Blocked || !e.Until.Equal(until) {
		t.Fatalf("got %s until %s", e.Reaction, e.Until)
	}
	other, mux := setup(t, shared)
	n := answers(mux, "servicos/os", made)
	_, err = other.IncluirOS(t.Context(), OSCadastro{})
	if e := as(t, err); e.Reaction != call.Blocked || !e.Until.Equal(until) || n.Load() != 0 {
		t.Errorf("the second client: %v until %s after %d calls", err, e.Until, n.Load())
	}
	now = until
	if _, err := other.IncluirOS(t.Context(), OSCadastro{}); err != nil {
		t.Errorf("after the block: %v", err)
	}
}

func TestWritesGoOneAtATimeAndReadsFour(t *testing.T) {
	c, mux := setup(t)
	var running, most atomic.Int64
	watch := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			now := running.Add(1)
			defer running.Add(-1)
			for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
			}
			time.Sleep(10 * time.Millisecond)
			_, _ = io.WriteString(w, body)
		}
	}
	mux.HandleFunc("POST /servicos/os/", watch(made.body))
	mux.HandleFunc("POST /geral/clientes/", watch(onePage.body))
	both := func(do func(i int)) int64 {
		most.Store(0)
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() { do(i) })
		}
		wg.Wait()
		return most.Load()
	}
	if n := both(func(i int) {
		_, _ = c.IncluirOS(t.Context(), OSCadastro{Cabecalho: OSCabecalho{CCodIntOS: fmt.Sprint(i)}})
	}); n != 1 {
		t.Errorf("%d writes at once, want 1", n)
	}
	if n := both(func(i int) {
		_, _ = c.ListarClientes(t.Context(), ListarClientesParam{Paginacao: Paginacao{Pagina: i + 1}})
	}); n < 2 || n > 4 {
		t.Errorf("%d reads at once, want at most 4", n)
	}
}

func TestNoCredentialIsPrintedOrToldInAnError(t *testing.T) {
	c, mux := setup(t)
	answers(mux, "geral/clientes", faulty("Server", "chave "+testKey+" com "+testSecret+" recusada"))
	answers(mux, "servicos/os", reply{502, "<html>" + testSecret})
	cfg := Config{AppKey: testKey, AppSecret: testSecret}
	asJSON, err := json.Marshal([]any{c, cfg, &cfg})
	if err != nil {
		t.Fatal(err)
	}
	_, refused := c.ListarClientes(t.Context(), ListarClientesParam{})
	_, garbled := c.IncluirOS(t.Context(), OSCadastro{})
	dead, _ := setup(t, func(cfg *Config) { cfg.BaseURL = "http://127.0.0.1:1" })
	_, unsent := dead.ListarClientes(t.Context(), ListarClientesParam{})
	printed := fmt.Sprintf("%v %+v %#v %s %d %v %#v %+v %s", c, c, c, c, c, cfg, cfg, &cfg, cfg.LogValue()) + string(asJSON) +
		fmt.Sprintf("%v %+v %#v %v %+v %v %+v", refused, refused, as(t, refused), garbled, as(t, garbled).Text, unsent, as(t, unsent))
	for _, secret := range []string{testKey, testSecret} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q is told in %s", secret, printed)
		}
	}
	if !strings.Contains(refused.Error(), hidden) {
		t.Errorf("got %v", refused)
	}
}
