package omieapi

import (
	"net/http"
	"reflect"
	"testing"
)

// FuzzHook: whatever a delivery holds, it is read without harm and twice the same.
func FuzzHook(f *testing.F) {
	f.Add([]byte(`{"messageId":"a","topic":"ClienteFornecedor.Alterado","appKey":"1","author":{"name":"x","userId":89},"event":{"codigo_cliente_omie":7000000001}}`))
	f.Add([]byte(`{"topic":"Produto.MovimentacaoEstoque","event":[{"codigo_produto":"1"},{"inner":{"codigo_produto":2}}]}`))
	f.Add([]byte(`{"topic":"OrdemServico.Incluida","event":"{\"idOrdemServico\":5,\"usuarioInclusao\":\"WEBSERVICE\"}"}`))
	f.Add([]byte(`{"topic":[],"event":{"a":{"a":{"a":{"codigo":1}}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, ok := ReadHook(body)
		if ok && h.Topic == "" {
			t.Fatalf("%+v", h)
		}
		_, _, _ = h.Entity(), h.Action(), h.ByAPI()
		for _, e := range h.Events {
			if id := e.ID("codigo_cliente_omie", "codigo_produto", "idordemservico", "codigo"); id == "0" || len(id) > 19 {
				t.Fatalf("the id %q", id)
			}
		}
		if again, _ := ReadHook(body); !reflect.DeepEqual(h, again) {
			t.Fatalf("%+v and then %+v", h, again)
		}
	})
}

// FuzzAnswers: an answer to a write names its id, or is as unknown as none.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"codigo_cliente_omie":7000000001,"codigo_status":"0"}`), "Omie-Error", 200)
	f.Add([]byte(`{"faultstring":"ERROR: [x]","faultcode":"SOAP-ENV:Client-101"}`), "", 500)
	f.Add([]byte(`{"errorCode":"X","errorMessage":[]}`), "", 429)
	f.Fuzz(func(t *testing.T, body []byte, header string, status int) {
		_ = readAnswer(status, http.Header{"Omie-Error": {header}, "Faultcode": {header}, "Faultstring": {header}}, body)
		var made struct {
			ID Int `json:"codigo_cliente_omie"`
		}
		if err := decodeMade(&made, &made.ID)(body); err == nil && made.ID <= 0 {
			t.Fatalf("made %d", made.ID)
		}
	})
}
