package omie

import (
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// A hooked entity is what an Omie topic is about.
type hooked struct {
	kind record.Kind
	ids  []string // the members that may carry the record's id, best first
}

// entities are the topics that tell of records (docs/apis/omie.md §9.4, §9.5).
// Of the members only those of orders and customers were seen; of products and
// services they are the API's own names.
var entities = map[string]hooked{
	"clientefornecedor": {record.Customer, []string{"codigo_cliente_omie", "codigo_cliente_fornecedor", "idcliente"}},
	"produto":           {record.Product, []string{"codigo_produto", "idproduto", "id_prod", "ncodprod"}},
	"servico":           {record.Service, []string{"ncodserv", "idservico", "codigo_servico"}},
	"ordemservico":      {record.ServiceOrder, []string{"idordemservico", "ncodos"}},
	"vendaproduto":      {record.SalesOrder, []string{"idpedido", "codigo_pedido"}},
}

// stockActions are a product's topics that tell of its stock, not of its row.
var stockActions = map[string]bool{"movimentacaoestoque": true, "ajusteestoque": true}

// Notices reads what a delivery of Omie's webhook says: one notice for each
// record, of no kind where it is about none that Ponte knows; none at all for
// the ping that Omie sends when the address is saved, and for another app's
// delivery. It trusts nothing: the records are read again.
func Notices(body []byte, appKey string) []record.Notice {
	h, ok := omieapi.ReadHook(body)
	if !ok || (h.AppKey != "" && h.AppKey != appKey) {
		return nil
	}
	entity, action := h.Entity(), h.Action()
	about, known := entities[entity]
	n := record.Notice{Topic: h.Topic, ByAPI: h.ByAPI(), Mark: h.MessageID, Gone: len(action) > 6 && action[:6] == "exclui"}
	if stockActions[action] {
		n.Feed = "stock"
	}
	if !known {
		return []record.Notice{n}
	}
	var out []record.Notice
	for _, event := range h.Events {
		n := n
		if id := event.ID(about.ids...); id != "" {
			n.Ref = record.Ref{Kind: about.kind, Side: record.Omie, ID: id}
		}
		out = append(out, n)
	}
	return out
}
