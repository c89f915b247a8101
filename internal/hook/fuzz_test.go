package hook_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"ponte/internal/auvo"
	"ponte/internal/omie"
	"ponte/internal/record"
)

// FuzzDelivery: whatever is posted to a hook's address, as either side's, is answered
// well and kept, or told that it is too large; never a failure.
func FuzzDelivery(f *testing.F) {
	db, server, r := setup(f)
	if err := db.SetHook(f.Context(), "acme", record.Auvo, "auvo-token"); err != nil {
		f.Fatal(err)
	}
	r.Notices = func(_ context.Context, _ string, side record.Side, body []byte) ([]record.Notice, error) {
		if side == record.Omie {
			return omie.Notices(body, "key"), nil
		}
		return auvo.Notices(body), nil
	}
	f.Add(true, []byte(`{"messageId":"a","topic":"ClienteFornecedor.Alterado","appKey":"key","event":{"codigo_cliente_omie":7000000001}}`))
	f.Add(true, []byte(`{"topic":"Produto.MovimentacaoEstoque","appKey":"key","event":[{"codigo_produto":"1"},{"id_prod":2}]}`))
	f.Add(false, []byte(`{"result":{"EntityType":4,"Action":2,"EntityId":812,"deliveryId":"\u0000"}}`))
	f.Add(false, []byte(`[{"event":"customer.changed","data":{"id":55}},null,7]`))
	f.Add(true, []byte("\xff\xfe ping"))
	f.Fuzz(func(t *testing.T, fromOmie bool, body []byte) {
		at := "/hooks/auvo/auvo-token"
		if fromOmie {
			at = "/hooks/omie/secret-token"
		}
		rec := httptest.NewRecorder()
		server.Config.Handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, at, bytes.NewReader(body)))
		if rec.Code != http.StatusOK && (rec.Code != http.StatusRequestEntityTooLarge || len(body) <= 1<<20) {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	})
}
