package omiesim

// listarOS pages service orders. Its windows have days only, no hours; both
// inclusion and change count (omie-api.md §6.8).
func listarOS(s *Sim, p Record) (Record, *fault) {
	tests, f := s.osFilters(p)
	if f != nil {
		return nil, f
	}
	sh, f := s.cut(snake, p, keep(s.orders().all(), tests...))
	if f != nil {
		return nil, f
	}
	hidden := []string{}
	if p.Text("cExibirProdutos") != "S" {
		hidden = append(hidden, "produtosUtilizados")
	}
	if p.Text("cExibirDespesas") != "S" {
		hidden = append(hidden, "despesasReembolsaveis")
	}
	return sh.show(func(r Record) Record { return without(s.showOS(r, false), hidden...) }).answer("osCadastro"), nil
}

func (s *Sim) osFilters(p Record) ([]func(Record) bool, *fault) {
	chosen, f := s.osByCode(p)
	if f != nil {
		return nil, f
	}
	tests := []func(Record) bool{
		chosen, statusFilter(p.Text("filtrar_por_status")),
		equals(p, "filtrar_por_etapa", "Cabecalho", "cEtapa"), equals(p, "filtrar_por_cliente", "Cabecalho", "nCodCli"),
	}
	if status := p.Text("filtrar_por_status"); status != "" && status != "F" && status != "N" && status != "C" {
		return nil, badValue("filtrar_por_status", status, "F", "N", "C")
	}
	altered := []string{"InfoCadastro", "dDtAlt"}
	if p.Text("filtrar_apenas_inclusao") == "S" {
		altered = []string{"InfoCadastro", "dDtInc"}
	}
	for _, w := range []struct {
		from, to string
		path     []string
	}{
		{"filtrar_por_data_de", "filtrar_por_data_ate", altered},
		{"filtrar_por_data_previsao_de", "filtrar_por_data_previsao_ate", []string{"Cabecalho", "dDtPrevisao"}},
		{"filtrar_por_data_faturamento_de", "filtrar_por_data_faturamento_ate", []string{"InfoCadastro", "dDtFat"}},
		{"filtrar_por_data_cancelamento_de", "filtrar_por_data_cancelamento_ate", []string{"InfoCadastro", "dDtCanc"}},
	} {
		test, f := dated(p, w.from, w.to, w.path...)
		if f != nil {
			return nil, f
		}
		tests = append(tests, test)
	}
	return tests, nil
}

// statusFilter: F billed, N not billed, C cancelled. That N leaves cancelled
// ones out is [infer].
func statusFilter(status string) func(Record) bool {
	f := families["os"]
	switch status {
	case "F":
		return f.isBilled
	case "N":
		return func(r Record) bool { return !f.isBilled(r) && !f.isCancelled(r) }
	case "C":
		return f.isCancelled
	}
	return nil
}

// osByCode is the cheap batch probe: codes that are not there are simply absent (§6.8).
func (s *Sim) osByCode(p Record) (func(Record) bool, *fault) {
	if !p.has("filtrar_por_codigo") {
		return nil, nil
	}
	wanted := map[string]bool{}
	for _, key := range p.List("filtrar_por_codigo") {
		if key.Int("nCodOS") == 0 && key.empty("cCodIntOS") {
			return nil, missingKey(osTags[0], osTags[1])
		}
		if r, _ := s.osKey(key); r != nil {
			wanted[s.orders().key(r)] = true
		}
	}
	return func(r Record) bool { return wanted[s.orders().key(r)] }, nil
}
