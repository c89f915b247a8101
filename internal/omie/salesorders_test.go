package omie

import (
	"testing"

	"ponte/internal/record"
)

// TestManySalesOrdersAreReadByTheListAndFewOneByOne: no list filters by their keys.
func TestManySalesOrdersAreReadByTheListAndFewOneByOne(t *testing.T) {
	e := setup(t, Options{})
	e.seed(parts)
	var all []string
	for _, code := range []string{"AUVOT1V", "AUVOT2V", "AUVOT3V", "AUVOT4V"} {
		all = append(all, e.made(record.SalesOrder, code, sale()).ID)
	}
	near := record.Near{Since: monday}
	for n, call := range map[int]string{1: "ConsultarPedido", 4: "ListarPedidos"} {
		e.ResetCalls()
		same(t, ids(e.find(record.SalesOrder, near, record.KeyID, all[:n]...)), all[:n])
		if calls := e.Calls(); len(calls) != 1 || calls[0].Call != call {
			t.Errorf("%d orders: %+v", n, calls)
		}
	}
}
