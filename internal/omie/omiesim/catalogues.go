package omiesim

import "strings"

// What a list does when there is nothing on the page asked for (omie-api.md §10.2).
type whenEmpty int

const (
	faultWhenEmpty    whenEmpty = iota // 5113, the rule
	zeroRowsWhenEmpty                  // 200 with zero rows and totals 0
	firstPageAgain                     // page 1 once more
)

// listing answers a whole catalogue page by page.
func listing(kindName, array string, d dialect, otherwise whenEmpty) handler {
	return func(s *Sim, p Record) (Record, *fault) {
		return s.list(p, s.db.table(kindName).all(), array, d, otherwise)
	}
}

func (s *Sim) list(p Record, rows []Record, array string, d dialect, otherwise whenEmpty) (Record, *fault) {
	sh, f := s.cut(d, p, rows)
	switch {
	case f == nil:
		return sh.answer(array), nil
	case otherwise == zeroRowsWhenEmpty:
		return sheet{dialect: d, page: sh.page}.answer(array), nil
	case otherwise == firstPageAgain && len(rows) > 0:
		sh, f = s.cut(d, without(p, d.page), rows)
		return sh.answer(array), f
	}
	return nil, f
}

// consulting answers one row of a catalogue by its id.
func consulting(kindName, tag, noun string) handler {
	return func(s *Sim, p Record) (Record, *fault) {
		if p.Int(tag) == 0 {
			return nil, missing(tag)
		}
		return found(s.db.table(kindName).byID(p.Int(tag)), unknownID(noun, p.Text(tag)))
	}
}

// listarCategorias: filtrar_por_tipo returns only usable ones (omie-api.md §8).
func listarCategorias(s *Sim, p Record) (Record, *fault) {
	var tests []func(Record) bool
	if p.Text("filtrar_apenas_ativo") == "S" {
		tests = append(tests, func(r Record) bool { return !flag(r, "conta_inativa") })
	}
	if way := p.Text("filtrar_por_tipo"); way != "" {
		member, ok := map[string]string{"R": "conta_receita", "D": "conta_despesa"}[way]
		if !ok {
			return nil, badValue("filtrar_por_tipo", way, "R", "D")
		}
		tests = append(tests, func(r Record) bool { return flag(r, member) && !flag(r, "totalizadora") })
	}
	return s.list(p, keep(s.db.table("categorias").all(), tests...), "categoria_cadastro", snake, zeroRowsWhenEmpty)
}

func consultarCategoria(s *Sim, p Record) (Record, *fault) {
	if p.empty("codigo") {
		return nil, missing("codigo")
	}
	return found(s.db.table("categorias").get(p.Text("codigo")), unknownID("Categoria não cadastrada", p.Text("codigo")))
}

// listarContas: data_ate alone is fault 101 (omie-api.md §8.2).
func listarContas(array string) handler {
	return func(s *Sim, p Record) (Record, *fault) {
		if p.empty("filtrar_por_data_de") && !p.empty("filtrar_por_data_ate") {
			return nil, refuse("Client-101", "ERROR: Nenhuma conta corrente foi encontrada!")
		}
		tests := []func(Record) bool{equals(p, "codigo", "nCodCC"), equals(p, "codigo_integracao", "cCodCCInt")}
		if p.Text("filtrar_apenas_ativo") == "S" {
			tests = append(tests, func(r Record) bool { return !flag(r, "inativo") })
		}
		rows := keep(s.db.table("contas").all(), tests...)
		if len(rows) == 0 {
			return nil, refuse("Client-101", "ERROR: Nenhuma conta corrente foi encontrada!")
		}
		if array == "conta_corrente_lista" {
			for i, r := range rows {
				rows[i] = accountSummary(r)
			}
		}
		return s.list(p, rows, array, snake, faultWhenEmpty)
	}
}

// accountSummary is a row of the short lists, which name two members differently.
func accountSummary(r Record) Record {
	out := only(r, "nCodCC", "cCodCCInt", "descricao", "codigo_banco", "codigo_agencia", "saldo_inicial", "saldo_data", "valor_limite")
	out["tipo"], out["conta_corrente"] = r.Text("tipo_conta_corrente"), r.Text("numero_conta_corrente")
	return out
}

func consultarConta(s *Sim, p Record) (Record, *fault) {
	t := s.db.table("contas")
	switch id, code := p.Int("nCodCC"), p.Text("cCodCCInt"); {
	case id != 0:
		return found(t.byID(id), unknownID("Conta corrente não cadastrada", p.Text("nCodCC")))
	case code != "":
		return found(t.first("int:"+code), unknownIntegration("Conta corrente não cadastrada", code))
	}
	return nil, missingEither("nCodCC", "cCodIntCC")
}

// listarEtapas: registros and total_de_registros count stages, not rows, and
// the first row came as {} (omie-api.md §8).
func listarEtapas(s *Sim, p Record) (Record, *fault) {
	sh, f := s.cut(snake, p, s.db.table("etapas").all())
	if f != nil {
		return nil, f
	}
	stages := 0
	for _, r := range sh.rows {
		stages += len(r.List("etapas"))
	}
	sh.rows = append([]Record{{}}, sh.rows...)
	a := sh.answer("cadastros")
	a["registros"], a["total_de_registros"] = number(stages), number(stages)
	return a, nil
}

// listarFormasPagVendas shows the payment terms as the sales module does.
func listarFormasPagVendas(s *Sim, p Record) (Record, *fault) {
	rows := s.db.table("parcelas").all()
	for i, r := range rows {
		rows[i] = Record{"cCodigo": r["nCodigo"], "cDescricao": r["cDescricao"], "nQtdeParc": r["nParcelas"]}
	}
	return s.list(p, rows, "cadastros", snake, faultWhenEmpty)
}

func pesquisarCidades(s *Sim, p Record) (Record, *fault) {
	tests := []func(Record) bool{equals(p, "filtrar_por_cidade", "cNome"), equals(p, "filtrar_por_uf", "cUF")}
	if part := strings.ToUpper(p.Text("filtrar_cidade_contendo")); part != "" {
		tests = append(tests, func(r Record) bool { return strings.Contains(r.Text("cNome"), part) })
	}
	return s.list(p, keep(s.db.table("cidades").all(), tests...), "lista_cidades", snake, faultWhenEmpty)
}
