package company

import (
	"testing"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

func TestNothingHasArrivedInTheSeed(t *testing.T) {
	if got := New(1, 2, morning).Arrived(); got != (Arrivals{}) || len(got.Missing()) != len(got.Each()) {
		t.Errorf("arrived: %+v", got)
	}
}

func TestWhatComesFromOutsideIsCounted(t *testing.T) {
	c := New(1, 1, morning)
	if _, err := c.customerWonInAuvo(morning); err != nil {
		t.Fatal(err)
	}
	own := c.customers[0].auvo
	errs := []error{
		c.Auvo.Seed(auvosim.Data{
			Customers: []auvosim.Record{{"description": "De fora", "externalId": "7"}},
			Products:  []auvosim.Record{{"name": "Vindo do Omie", "externalId": "X", "totalStock": 3}},
			Services:  []auvosim.Record{{"title": "Vindo do Omie", "externalCode": "9"}},
		}),
		c.Auvo.Edit("customers", itoa(own), map[string]any{"externalId": "8"}),
		c.Omie.Seed(omiesim.Data{
			Clientes: []omiesim.Record{{"razao_social": "De fora", "nome_fantasia": "De fora", "codigo_cliente_integracao": "AUVOC1"}},
			OS:       []omiesim.Record{{"Cabecalho": map[string]any{"cCodIntOS": "AUVOT1S", "nCodCli": 7000300001}}},
			Pedidos:  []omiesim.Record{{"cabecalho": map[string]any{"codigo_pedido_integracao": "AUVOT1V", "codigo_cliente": 7000300001}}},
		}),
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := c.Arrived(), (Arrivals{1, 1, 1, 1, 1, 1, 1, 1}); got != want {
		t.Errorf("arrived %+v, want %+v", got, want)
	}
}
