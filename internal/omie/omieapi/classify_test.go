package omieapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"ponte/internal/call"
)

// Every row of omie-api.md §1.5, and the texts of §1.3 and §1.4.
func TestEveryKnownFaultHasItsReaction(t *testing.T) {
	type want struct {
		reaction  call.Reaction
		cause     string
		field, id string
		ours      bool
		wait      time.Duration
	}
	person := func(cause, field string) want {
		return want{reaction: call.WaitForPerson, cause: cause, field: field}
	}
	for _, c := range []struct {
		op   string
		code string
		text string
		want want
	}{
		{"ListarClientes", "Client-5113", "ERROR: Não existem registros para a página [1]!", want{reaction: call.Empty}},
		{"ListarClientes", "Client-5001", "ERROR: Tag [CNPJ_CPF] não faz parte da estrutura do tipo complexo [clientes_list_request]!", want{reaction: call.GiveUp, field: "CNPJ_CPF"}},
		{"IncluirOS", "Client-5001", "ERROR: Tag [NCODOS] não faz parte da estrutura do tipo complexo [osCadastro]!", want{reaction: call.GiveUp, field: "NCODOS"}},
		{"ListarClientes", "Client-6", "ERROR: Consumo redundante detectado. Aguarde 58 segundos para tentar novamente (REDUNDANT).", want{reaction: call.Retry, wait: 59 * time.Second}},
		{"IncluirOS", "Client-6", "Consumo redundante detectado. Aguarde 3 segundos para tentar novamente", want{reaction: call.Unclear, wait: 4 * time.Second}},
		{"ListarOS", "Client-500", "ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.", want{reaction: call.Blocked, wait: 1789 * time.Second}},
		{"IncluirOS", "MISUSE_API_PROCESS", "bloqueio", want{reaction: call.Blocked, wait: 30 * time.Minute}},
		{"IncluirOS", "Client-1880", "Já existe uma requisição desse método sendo executada e você pode tentar novamente em alguns instantes.", want{reaction: call.Retry}},
		{"ListarOS", "Client-1880", "Já existe uma requisição desse método sendo executada e você pode tentar novamente em alguns instantes.", want{reaction: call.Retry}},
		{"IncluirOS", "Client-1100", "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às 19:04:08. (1)", want{reaction: call.Unclear, wait: 39 * time.Second}},
		{"ListarOS", "Client-8020", "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às 19:04:08. (1)", want{reaction: call.Retry, wait: 39 * time.Second}},
		{"IncluirOS", "Client-8020", "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às 07:04:08. (1)", want{reaction: call.Unclear}},
		{"ListarOS", "Server", "A chave de acesso está inválida ou o aplicativo está suspenso.", want{reaction: call.Credentials}},
		{"ListarOS", "Server", "SOAP-ERROR: Broken response from Application Server (4)", want{reaction: call.Retry}},
		{"IncluirOS", "Server", "SOAP-ERROR: Broken response from Application Service", want{reaction: call.Unclear}},
		{"IncluirOS", "Server", "PROTO_BYEBYE", want{reaction: call.Unclear}},
		{"ListarOS", "Server", "erro PROTO_BYEBYE", want{reaction: call.Retry}},
		{"ListarOS", "", "Invalid JSON Object", want{reaction: call.GiveUp}},
		{"ListarOS", "", "JSON request with SyntaxError", want{reaction: call.GiveUp}},
		{"ListarOS", "", `Method "ListarOSs" not exists`, want{reaction: call.GiveUp}},
		{"ListarOS", "Client-71", "Nenhum parâmetro foi recebido em WS_PARAMS!", want{reaction: call.GiveUp}},
		{"ConsultarCliente", "Client-1000", "O preenchimento da tag [codigo_cliente_omie] ou [codigo_cliente_integracao] é obrigatório!", person("missing-field", "codigo_cliente_omie")},
		{"ConsultarContaCorrente", "Client-1002", "O preenchimento das tags [nCodCC] ou [cCodIntCC] é obrigatório!", person("missing-field", "nCodCC")},
		{"IncluirCliente", "", "ERROR: O preenchimento da tag [email] é obrigatório!", person("missing-field", "email")},
		{"IncluirCliente", "", "ERROR: O preenchimento da tag [cnpj_cpf] é obrigatório!", person("missing-field", "cnpj_cpf")},
		{"IncluirPedido", "", "O preenchimento das tags [codigo_cliente] ou [codigo_cliente_integracao] é obrigatório!", person("missing-field", "codigo_cliente")},
		{"ConsultarCliente", "Client-105", "ERROR: Cliente não cadastrado para o Código [999999999] !", want{reaction: call.Gone}},
		{"ConsultarCliente", "Client-105", "ERROR: Cliente não cadastrado para o Código [0] !", want{reaction: call.Gone}},
		{"AlterarCliente", "", "ERROR: Cliente não cadastrado para o Código de Integração [X1] !", want{reaction: call.Gone}},
		{"IncluirPedido", "", "Cliente não cadastrado para o Código [7] ! - tag: [codigo_cliente]", person("refused", "codigo_cliente")},
		{"AlterarPedidoVenda", "", "Cliente não cadastrado para o Código [7] ! - tag: [codigo_transportadora]", person("refused", "codigo_transportadora")},
		{"ConsultarPedido", "Client-105", "Pedido não cadastrado para o Código [1] !", want{reaction: call.Gone}},
		{"AlterarPedidoVenda", "Client-105", "ERROR: Pedido não cadastrado para o Código [1] !", want{reaction: call.Gone}},
		{"CancelarPedidoVenda", "", "ERROR: Pedido não cadastrado para o Código de Integração [..] !", want{reaction: call.Gone}},
		{"ConsultarLancamento", "Client-105", "Lançamento não cadastrado para o Código [1] !", want{reaction: call.Gone}},
		{"ConsultarOS", "Client-103", "ERROR: OS não cadastrada para o Código de Integração [AUVOT1S] !", want{reaction: call.Gone}},
		{"CancelarOS", "Client-103", "ERROR: OS não cadastrada para o Código [1] !", want{reaction: call.Gone}},
		{"ConsultarCadastroServico", "Client-5002", "ERROR: Serviço não cadastrado para o Código de integração do Serviço [..] ! Tag [cCodIntServ]!", want{reaction: call.Gone, field: "cCodIntServ"}},
		{"IncluirOS", "Client-5002", "ERROR: Serviço não cadastrado para o Código [5] ! Tag [nCodServico]!", person("refused", "nCodServico")},
		{"IncluirPedido", "", "Produto não encontrado para o Código [1]", person("refused", "")},
		{"ConsultarProduto", "", "Produto não cadastrado para o Código de Integração [..]!", want{reaction: call.Gone}},
		{"IncluirPedido", "", "Código do Produto não cadastrado para o Código [..]", person("refused", "")},
		{"ListarContasCorrentes", "Client-101", "ERROR: Nenhuma conta corrente foi encontrada!", want{reaction: call.Empty}},
		{"IncluirOS", "Client-101", "ERROR: Nenhuma conta corrente foi encontrada!", person("refused", "")},
		{"IncluirCliente", "Client-102", "ERROR: Cliente já cadastrado para o Código de Integração [AUVOC55] com o nCod [7000000001] !", want{reaction: call.Exists, id: "7000000001", ours: true}},
		{"IncluirCliente", "Client-102", "ERROR: Cliente já cadastrado para o Código de Integração [123] com o nCod [7000000001] !", want{reaction: call.Exists, id: "7000000001", ours: true}},
		{"IncluirCliente", "Client-102", "ERROR: Cliente já cadastrado para o CPF/CNPJ [111.222.333-44] com o Id [7000000001] e código de integração [xyz] ! (add)", want{reaction: call.Exists, id: "7000000001"}},
		{"IncluirPedido", "Client-102", "ERROR: Pedido já cadastrado para o Código de Integração [PV1], Código [7000000600] e Número [101] !", want{reaction: call.Exists, id: "7000000600", ours: true}},
		{"IncluirPedido", "Client-101", "Pedido de venda já cadastrado para o codigo de integracao [..]!", want{reaction: call.Exists, ours: true}},
		{"IncluirOS", "Client-102", "ERROR: OS já cadastrada para o Código de Integração [X] !", want{reaction: call.Exists, ours: true}},
		{"IncluirOS", "Client-103", "OS já foi cadastrada para o Código de Integração [X] !", want{reaction: call.Exists, ours: true}},
		{"IncluirLancamento", "Client-102", "Lançamento já cadastrado para o Código de Integração ..", want{reaction: call.Exists, ours: true}},
		{"IncluirProduto", "Client-143", "ERROR: A descrição informada já está sendo utilizada pelo produto com código ABC.", want{reaction: call.Exists}},
		{"IncluirProduto", "", "Produto já cadastrado para o código (ID: 123)", want{reaction: call.Exists, id: "123"}},
		{"IncluirCaracteristica", "", "Característica já cadastrada para a descrição [Largura] código [7000000700]", want{reaction: call.Exists, id: "7000000700"}},
		{"IncluirAjusteEstoque", "", "Já existe um ajuste de estoque para o código de integração [A] com o ID [77]", want{reaction: call.Exists, id: "77", ours: true}},
		{"CancelarPedidoVenda", "", "Já existe uma nota fiscal para este pedido", person("refused", "")},
		{"ListarOS", "Client-104", "O ano informado na tag [filtrar_por_data_de] deve ser maior que 1900!", person("refused", "filtrar_por_data_de")},
		{"ListarPosEstoque", "Client-1070", "Local do Estoque não cadastrado para o Código [12345] ! - tag: [codigo_local_estoque]", person("refused", "codigo_local_estoque")},
		{"IncluirPedido", "Client-115", "ERROR: O produto [X] está inativo !(Id: [1] / Integração: [2])", person("refused", "")},
		{"IncluirPedido", "Client-9090", "O Cenário de impostos precisa ser preenchido.", person("missing-field", "")},
		{"IncluirPedido", "", "O vendedor está inativo! - tag: [codVend]", person("refused", "codVend")},
		{"IncluirOS", "", "Cidade não cadastrada para o Código [SAO PAULO]", person("refused", "")},
		{"IncluirPedido", "", "CFOP não cadastrada [0.]", person("refused", "")},
		{"IncluirOS", "", "ERROR: - tag: [cCodServMun]", person("refused", "cCodServMun")},
		{"AlterarOS", "", "A estrutura de parcelas [Parcelas] está disponível apenas para o Código de Parcelamento [cCodParc=999]!", person("refused", "")},
		{"AlterarOS", "", "Informe a Tag [nCodOS] ou [cCodIntOS] na alteração!", want{reaction: call.GiveUp, field: "nCodOS"}},
		{"AlterarPedidoVenda", "", "A tag [numero_pedido] não deve ser enviada na alteração!", want{reaction: call.GiveUp, field: "numero_pedido"}},
		{"IncluirCliente", "", "O número máximo de caracteres permitido para o elemento [RAZAO_SOCIAL] é de 60. O número de caracteres informado foi de 61!", person("too-long", "RAZAO_SOCIAL")},
		{"IncluirCliente", "", "caracteres especiais não permitidos para um código", person("refused", "")},
		{"AlterarCliente", "", "Não é possível alterar esse código de integração (Cliente Consumidor)!", person("refused", "")},
		{"FaturarPedidoVenda", "", "Não foi possível realizar o faturamento desse Pedido de Venda de Produto! Para emitir a NF-e falta preencher o E-mail.", person("missing-field", "")},
		{"IncluirPedido", "", "O período contábil de outubro foi bloqueado por FULANO", person("refused", "")},
		{"ListarPosEstoque", "", "O cálculo do saldo de estoque e CMC do produto ainda não foi concluído", person("refused", "")},
		{"ListarPedidos", "", "Não existem permissões para consultar pedidos", person("refused", "")},
		{"IncluirCliente", "", "ERROR: O CNPJ [11.111.111/1111-11] informado é inválido!", person("invalid-document", "")},
		{"IncluirCliente", "", "CPF inválido - tag: [cnpj_cpf]", person("invalid-document", "cnpj_cpf")},
		{"IncluirCliente", "Client-4", "ERROR: Um texto que ninguém conhece", person("refused", "")},
		{"IncluirOS", "", "ERROR: O cliente [ACME JÁ CADASTRADO] está inadimplente", person("refused", "")},
		{"IncluirOS", "", "", person("refused", "")},
	} {
		for _, status := range []int{200, 500} {
			body, err := json.Marshal(map[string]string{"faultstring": c.text, "faultcode": "SOAP-ENV:" + c.code})
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{"Date": {"Tue, 24 Nov 2026 22:03:30 GMT"}} // 19:03:30 in São Paulo
			e := Classify(c.op, isWriteOp(c.op), status, header, body, nil)
			if e == nil {
				t.Errorf("%s, %d, %q: success", c.op, status, c.text)
				continue
			}
			if got := (want{e.Reaction, e.Cause, e.Field, e.ID, e.Ours, e.Wait}); got != c.want {
				t.Errorf("%s, %d, %q:\n got %+v\nwant %+v", c.op, status, c.text, got, c.want)
			}
		}
	}
}

func isWriteOp(op string) bool {
	for _, reading := range []string{"Listar", "Consultar", "Pesquisar"} {
		if len(op) > len(reading) && op[:len(reading)] == reading {
			return false
		}
	}
	return true
}

// Every status without a fault in the body, as gateways answer.
func TestEveryStatusHasItsReaction(t *testing.T) {
	for status := 100; status < 600; status++ {
		for _, isWrite := range []bool{false, true} {
			unknown := lost(isWrite)
			want := call.GiveUp
			switch {
			case status < 300 || status == 408 || status >= 500:
				want = unknown
			case status == 401 || status == 403:
				want = call.Credentials
			case status == 425:
				want = call.Blocked
			case status == 429:
				want = call.Retry
			}
			for _, body := range []string{"", "<html>erro</html>", `{"x":`, `"texto"`, `[]`} {
				e := Classify("X", isWrite, status, nil, []byte(body), nil)
				if e == nil || e.Reaction != want {
					t.Errorf("%d %q, write %t: got %v, want %s", status, body, isWrite, e, want)
				}
			}
		}
	}
}

func TestAFaultUnderATellingStatusFollowsTheStatus(t *testing.T) {
	for status, want := range map[int]call.Reaction{401: call.Credentials, 403: call.Credentials, 425: call.Blocked, 429: call.Retry} {
		e := Classify("IncluirOS", true, status, nil, []byte(`{"faultstring":"Um texto qualquer"}`), nil)
		if e.Reaction != want {
			t.Errorf("%d: %s, want %s", status, e.Reaction, want)
		}
	}
}

func TestTheRateRefusalIsKnownByItsBody(t *testing.T) {
	body := []byte(`{"error_code":429,"error_message":"Too Many Requests","error_hash":"x"}`)
	for _, status := range []int{200, 429, 500} {
		e := Classify("IncluirOS", true, status, http.Header{"Retry-After": {"7"}}, body, nil)
		if e == nil || e.Reaction != call.Retry || e.Wait != 7*time.Second {
			t.Errorf("%d: %+v", status, e)
		}
	}
	header := http.Header{"Date": {"Tue, 24 Nov 2026 22:03:30 GMT"}, "Retry-After": {"Tue, 24 Nov 2026 22:03:40 GMT"}}
	if e := Classify("X", true, 429, header, nil, nil); e.Wait != 10*time.Second {
		t.Errorf("waits %s for a date ten seconds away", e.Wait)
	}
	other := Classify("ListarOS", false, 200, nil, []byte(`{"error_code":500,"error_message":"x"}`), nil)
	if other == nil || other.Reaction != call.Retry {
		t.Errorf("another error_code: %+v", other)
	}
}

func TestTheFaultIsReadFromTheHeaderWhenTheBodyHasNone(t *testing.T) {
	header := http.Header{}
	header.Set("OmieAPI-Error", "5001 - ERROR: Tag [X] não faz parte da estrutura do tipo complexo [y]!")
	e := Classify("IncluirOS", true, 500, header, []byte("<html>"), nil)
	if e.Reaction != call.GiveUp || e.Field != "X" {
		t.Errorf("got %+v", e)
	}
}

func TestARefusalInsideAGoodAnswerWaitsForAPerson(t *testing.T) {
	for body, want := range map[string]string{
		`{"cCodStatus":"1","cDescStatus":"Para emitir falta preencher o E-mail."}`: "missing-field",
		`{"codigo_status":1,"descricao_status":"Não pode."}`:                       "refused",
		`{"cCodStatus":"103","cDesStatus":"Não pode."}`:                            "refused",
		`{"status":"5","descricao":"Não pode."}`:                                   "refused",
	} {
		e := Classify("CancelarOS", true, 200, nil, []byte(body), nil)
		if e == nil || e.Reaction != call.WaitForPerson || e.Cause != want || e.Text == "" {
			t.Errorf("%s: %+v", body, e)
		}
	}
	for _, body := range []string{`{"codigo_status":"0"}`, `{"codigo_status":0}`, `{"cCodStatus":"0"}`, `{"status":"0"}`} {
		if e := Classify("AlterarOS", true, 200, nil, []byte(body), nil); e != nil {
			t.Errorf("%s: %v", body, e)
		}
	}
	if e := Classify("ConsultarCliente", false, 200, nil, []byte(`{"status":"7","razao_social":"PROTO_BYEBYE"}`), nil); e != nil {
		t.Errorf("a record's own status: %v", e)
	}
}

func TestALostConnectionIsClearOnlyWhenNothingLeft(t *testing.T) {
	dial := &url.Error{Op: "Post", Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}
	dns := &url.Error{Op: "Post", Err: &net.DNSError{Err: "no such host"}}
	for _, c := range []struct {
		err   error
		write call.Reaction
	}{
		{dial, call.Retry},
		{dns, call.Retry},
		{io.ErrUnexpectedEOF, call.Unclear},
		{io.EOF, call.Unclear},
		{context.DeadlineExceeded, call.Unclear},
		{context.Canceled, call.Unclear},
		{&url.Error{Op: "Post", Err: &net.OpError{Op: "read", Err: errors.New("reset")}}, call.Unclear},
		{errTooLarge, call.Unclear},
	} {
		if e := Classify("X", true, 0, nil, nil, c.err); e.Reaction != c.write || !errors.Is(e, c.err) {
			t.Errorf("write, %v: %s, want %s", c.err, e.Reaction, c.write)
		}
		if e := Classify("X", false, 0, nil, nil, c.err); e.Reaction != call.Retry {
			t.Errorf("read, %v: %s, want retry", c.err, e.Reaction)
		}
	}
}

func FuzzClassifyNeverPanicsAndAlwaysDecides(f *testing.F) {
	f.Add("IncluirOS", true, 500, `{"faultstring":"ERROR: [x","faultcode":5}`, "6 - x")
	f.Add("ListarOS", false, 200, `{"pagina":1}`, "")
	f.Add("IncluirOS", true, 200, `{"cCodStatus":{}}`, "-")
	f.Add("IncluirOS", true, 500, `{"faultstring":"às 99:99:99 Aguarde 999999999 segundos redundante"}`, "")
	f.Add("IncluirOS", true, 200, "{\xff", "")
	f.Fuzz(func(t *testing.T, op string, isWrite bool, status int, body, header string) {
		e := Classify(op, isWrite, status, http.Header{"Omieapi-Error": {header}, "Retry-After": {header}, "Date": {header}}, []byte(body), nil)
		if e == nil && (status < 200 || status >= 300) {
			t.Errorf("status %d counts as success", status)
		}
		if e != nil && (e.Reaction == "" || e.Wait < 0 || (e.Reaction == call.WaitForPerson) != (e.Cause != "")) {
			t.Errorf("undecided: %+v", e)
		}
	})
}
