package omie_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/omie"
	"ponte/internal/record"
)

func TestEachTopicOfOmieConnectIsRead(t *testing.T) {
	ref := func(kind record.Kind, id string) record.Ref {
		return record.Ref{Kind: kind, Side: record.Omie, ID: id}
	}
	for body, want := range map[string][]record.Notice{
		`{"messageId":"m1","topic":"ClienteFornecedor.Alterado","event":{"codigo_cliente_omie":7000000001,"razao_social":"X"},"author":{"name":"Ana","userId":5},"appKey":"app"}`: {{Topic: "ClienteFornecedor.Alterado", Ref: ref(record.Customer, "7000000001"), Mark: "m1"}},
		`{"messageId":"m2","topic":"clientefornecedor.excluido","event":{"codigo_cliente_fornecedor":"7000000001"}}`:                                                              {{Topic: "clientefornecedor.excluido", Ref: ref(record.Customer, "7000000001"), Mark: "m2", Gone: true}},
		`{"topic":"OrdemServico.Incluida","event":{"idOrdemServico":7000000200,"usuarioInclusao":"WEBSERVICE"},"author":{"name":"Integração","userId":89}}`:                       {{Topic: "OrdemServico.Incluida", Ref: ref(record.ServiceOrder, "7000000200"), ByAPI: true}},
		`{"topic":"VendaProduto.Faturada","event":{"idPedido":7000000600},"author":"nobody"}`:                                                                                     {{Topic: "VendaProduto.Faturada", Ref: ref(record.SalesOrder, "7000000600")}},
		`{"topic":"Produto.MovimentacaoEstoque","event":{"produto":{"idProduto":7000000500}}}`:                                                                                    {{Topic: "Produto.MovimentacaoEstoque", Ref: ref(record.Product, "7000000500"), Feed: "stock"}},
		`{"topic":"Servico.Alterado","event":{"intListar":{"nCodServ":7000000100}}}`:                                                                                              {{Topic: "Servico.Alterado", Ref: ref(record.Service, "7000000100")}},
		`{"topic":"Produto.Alterado","event":"{\"codigo_produto\":7000000500}"}`:                                                                                                  {{Topic: "Produto.Alterado", Ref: ref(record.Product, "7000000500")}},
		`{"topic":"Produto.Alterado","event":[{"codigo_produto":1},{"codigo_produto":2}]}`:                                                                                        {{Topic: "Produto.Alterado", Ref: ref(record.Product, "1")}, {Topic: "Produto.Alterado", Ref: ref(record.Product, "2")}},
		`{"topic":"Financas.ContaReceber.BaixaRealizada","event":[{"x":1}]}`:                                                                                                      {{Topic: "Financas.ContaReceber.BaixaRealizada"}},
		`{"topic":"ClienteFornecedor.Alterado","event":null}`:                                                                                                                     {{Topic: "ClienteFornecedor.Alterado"}},
		`{"topic":"ClienteFornecedor.Alterado","event":{"codigo_cliente_omie":7},"appKey":"another"}`:                                                                             nil,
		`{"ping":"omie"}`: nil, `{}`: nil, `[]`: nil, ``: nil, `null`: nil, `{"topic":5`: nil, `{"topic":{"a":1}}`: nil,
	} {
		if diff := cmp.Diff(want, omie.Notices([]byte(body), "app")); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}
