package omieschema

import "strings"

// A Requirement is a tag without which omie-api.md says a call is refused.
type Requirement struct {
	Method string
	In     string   // path of the block that holds it, "" for the root; arrays are entered
	OneOf  []string // at least one of these must be there
	Single bool     // two of them together are refused as well
	Block  bool     // the block may be absent; then nothing is asked
}

// Required lists what omie-api.md calls required on the calls that Ponte makes.
var Required = []Requirement{
	// §3.1, §3.3
	{Method: "IncluirCliente", OneOf: []string{"codigo_cliente_integracao"}},
	{Method: "IncluirCliente", OneOf: []string{"razao_social"}},
	{Method: "IncluirCliente", OneOf: []string{"nome_fantasia"}},
	{Method: "AlterarCliente", OneOf: []string{"codigo_cliente_omie", "codigo_cliente_integracao"}},
	{Method: "ConsultarCliente", OneOf: []string{"codigo_cliente_omie", "codigo_cliente_integracao"}},
	{Method: "AssociarCodIntCliente", OneOf: []string{"codigo_cliente_omie"}},
	{Method: "AssociarCodIntCliente", OneOf: []string{"codigo_cliente_integracao"}},
	// §6.2 to §6.5
	{Method: "IncluirOS", In: "Cabecalho", OneOf: []string{"nCodCli", "cCodIntCli"}},
	{Method: "IncluirOS", In: "Cabecalho", OneOf: []string{"dDtPrevisao"}},
	{Method: "IncluirOS", In: "Cabecalho", OneOf: []string{"cEtapa"}},
	{Method: "IncluirOS", In: "Cabecalho", OneOf: []string{"cCodParc"}},
	{Method: "IncluirOS", In: "InformacoesAdicionais", OneOf: []string{"cCodCateg"}},
	{Method: "IncluirOS", In: "InformacoesAdicionais", OneOf: []string{"nCodCC"}},
	{Method: "IncluirOS", In: "ServicosPrestados", OneOf: []string{"nQtde"}},
	{Method: "IncluirOS", In: "ServicosPrestados", OneOf: []string{"nCodServico", "cCodIntServico", "cDescServ"}},
	{Method: "IncluirOS", In: "produtosUtilizados", OneOf: []string{"cAcaoProdUtilizados"}, Block: true},
	{Method: "IncluirOS", In: "produtosUtilizados.produtoUtilizado", OneOf: []string{"nQtdePU"}, Block: true},
	// §6.7
	{Method: "AlterarOS", In: "Cabecalho", OneOf: []string{"nCodOS", "cCodIntOS"}, Single: true},
	{Method: "AlterarOS", In: "ServicosPrestados", OneOf: []string{"nSeqItem"}, Block: true},
	{Method: "ConsultarOS", OneOf: []string{"nCodOS", "cCodIntOS", "cNumOS"}},
	{Method: "CancelarOS", OneOf: []string{"nCodOS", "cCodIntOS"}},
	// §7.1 to §7.4
	{Method: "IncluirPedido", In: "cabecalho", OneOf: []string{"codigo_pedido_integracao"}},
	{Method: "IncluirPedido", In: "cabecalho", OneOf: []string{"codigo_cliente", "codigo_cliente_integracao"}},
	{Method: "IncluirPedido", In: "cabecalho", OneOf: []string{"data_previsao"}},
	{Method: "IncluirPedido", In: "cabecalho", OneOf: []string{"etapa"}},
	{Method: "IncluirPedido", In: "cabecalho", OneOf: []string{"codigo_parcela"}},
	{Method: "IncluirPedido", In: "det.ide", OneOf: []string{"codigo_item_integracao"}},
	{Method: "IncluirPedido", In: "det.produto", OneOf: []string{"codigo_produto", "codigo_produto_integracao"}},
	{Method: "IncluirPedido", In: "det.produto", OneOf: []string{"quantidade"}},
	{Method: "IncluirPedido", In: "det.produto", OneOf: []string{"valor_unitario"}},
	{Method: "IncluirPedido", In: "informacoes_adicionais", OneOf: []string{"codigo_categoria"}},
	{Method: "IncluirPedido", In: "informacoes_adicionais", OneOf: []string{"codigo_conta_corrente"}},
	{Method: "IncluirPedido", In: "informacoes_adicionais", OneOf: []string{"consumidor_final"}},
	{Method: "AlterarPedidoVenda", In: "cabecalho", OneOf: []string{"codigo_pedido", "codigo_pedido_integracao"}},
	{Method: "ConsultarPedido", OneOf: []string{"codigo_pedido", "codigo_pedido_integracao", "numero_pedido"}},
	{Method: "CancelarPedidoVenda", OneOf: []string{"nCodPed", "cCodIntPed"}},
}

// missing returns what r asks for and param lacks.
func (r Requirement) missing(param map[string]any) []Problem {
	blocks := []map[string]any{param}
	if r.In != "" {
		blocks = enter(param, strings.Split(r.In, "."))
		if len(blocks) == 0 && !r.Block {
			return []Problem{{Kind: Missing, Path: r.In, Tag: r.OneOf[0], OneOf: r.OneOf}}
		}
	}
	var problems []Problem
	for _, b := range blocks {
		sent := 0
		for _, tag := range r.OneOf {
			if filled(b, tag) {
				sent++
			}
		}
		if sent == 0 || r.Single && sent > 1 {
			problems = append(problems, Problem{Kind: Missing, Path: join(r.In, r.OneOf[0]), Tag: r.OneOf[0], OneOf: r.OneOf})
		}
	}
	return problems
}

// enter returns the objects at path, every item of an array on the way. An item
// that lacks the last block counts as an empty one, so that it is asked.
func enter(from map[string]any, path []string) []map[string]any {
	if len(path) == 0 {
		return []map[string]any{from}
	}
	var found []map[string]any
	switch v := member(from, path[0]).(type) {
	case map[string]any:
		found = enter(v, path[1:])
	case []any:
		for _, item := range v {
			m, ok := item.(map[string]any)
			if !ok {
				continue
			}
			below := enter(m, path[1:])
			if len(below) == 0 {
				below = []map[string]any{{}}
			}
			found = append(found, below...)
		}
	}
	return found
}

func filled(block map[string]any, tag string) bool {
	v := member(block, tag)
	return v != nil && v != ""
}

// member finds a tag, case apart.
func member(block map[string]any, tag string) any {
	if v, ok := block[tag]; ok {
		return v
	}
	for name, v := range block {
		if strings.EqualFold(name, tag) {
			return v
		}
	}
	return nil
}
