package omiesim

import "strings"

func listarProdutos(s *Sim, p Record) (Record, *fault) {
	sh, f := s.pageOfProducts(p)
	if f != nil {
		return nil, f
	}
	hidden := []string{}
	if p.Text("exibir_obs") != "S" {
		hidden = append(hidden, "obs_internas")
	}
	if p.Text("exibir_caracteristicas") != "S" {
		hidden = append(hidden, "caracteristicas")
	}
	return sh.show(func(r Record) Record { return without(s.showProduct(r), hidden...) }).answer("produto_servico_cadastro"), nil
}

func listarProdutosResumido(s *Sim, p Record) (Record, *fault) {
	sh, f := s.pageOfProducts(p)
	if f != nil {
		return nil, f
	}
	return sh.show(func(r Record) Record {
		return only(s.showProduct(r), "codigo_produto", "codigo_produto_integracao", "codigo", "descricao", "valor_unitario")
	}).answer("produto_servico_resumido"), nil
}

// pageOfProducts filters as ListarProdutos does. Without
// filtrar_apenas_omiepdv "N" only products of points of sale come back
// (omie-api.md §4.3).
func (s *Sim) pageOfProducts(p Record) (sheet, *fault) {
	window, f := inWindow(p, s.products().kind)
	if f != nil {
		return sheet{}, f
	}
	described, f := descriptionFilter(p.Text("filtrar_apenas_descricao"))
	if f != nil {
		return sheet{}, f
	}
	chosen, f := s.productsByCode(p)
	if f != nil {
		return sheet{}, f
	}
	tests := []func(Record) bool{
		chosen, window, described, onlyFlag(p, "apenas_importado_api", "importado_api"),
		sameFlag(p, "inativo", "inativo"), equals(p, "filtrar_apenas_familia", "codigo_familia"),
		equals(p, "filtrar_apenas_tipo", "tipoItem"), equals(p, "ncm", "ncm"), equals(p, "ean", "ean"),
	}
	if p.Text("filtrar_apenas_omiepdv") != "N" {
		tests = append(tests, func(r Record) bool { return flag(r, "omiepdv") })
	}
	return s.cut(snake, p, keep(s.products().all(), tests...))
}

// descriptionFilter matches the exact text, or % wildcards; it asks for three
// characters besides % (omie-api.md §4.3; the words of 1010 are [infer]).
func descriptionFilter(pattern string) (func(Record) bool, *fault) {
	if pattern == "" {
		return nil, nil
	}
	if len([]rune(strings.ReplaceAll(pattern, "%", ""))) < 3 {
		return nil, refuse("Client-1010", "ERROR: Informe ao menos 3 caracteres na tag [filtrar_apenas_descricao]!")
	}
	return func(r Record) bool { return like(r.Text("descricao"), pattern) }, nil
}

// like matches SQL's % wildcards, case apart.
func like(text, pattern string) bool {
	parts := strings.Split(strings.ToUpper(pattern), "%")
	text = strings.ToUpper(text)
	if len(parts) == 1 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// productsByCode takes a batch of at most 50 keys; those that are not there are
// simply absent (omie-api.md §2.3).
func (s *Sim) productsByCode(p Record) (func(Record) bool, *fault) {
	if !p.has("produtosPorCodigo") {
		return nil, nil
	}
	keys := p.List("produtosPorCodigo")
	if len(keys) > 50 {
		return nil, refuse("Client-105", "ERROR: A tag [produtosPorCodigo] aceita no máximo 50 registros!") // [infer]
	}
	wanted := map[string]bool{}
	for _, key := range keys {
		r, _ := s.productKey(key)
		if r != nil {
			wanted[s.products().key(r)] = true
		}
	}
	return func(r Record) bool { return wanted[s.products().key(r)] }, nil
}
