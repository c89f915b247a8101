package omiesim

// listarPedidos pages sales orders (omie-api.md §7.5).
func listarPedidos(s *Sim, p Record) (Record, *fault) {
	tests, f := s.saleFilters(p)
	if f != nil {
		return nil, f
	}
	sh, f := s.cut(snake, p, keep(s.sales().all(), tests...))
	if f != nil {
		return nil, f
	}
	hidden := []string{}
	if p.Text("apenas_resumo") == "S" {
		hidden = []string{"det", "lista_parcelas", "total_pedido", "departamentos"}
	}
	return sh.show(func(r Record) Record { return without(s.showSale(r), hidden...) }).answer("pedido_venda_produto"), nil
}

func (s *Sim) saleFilters(p Record) ([]func(Record) bool, *fault) {
	window, f := s.saleWindow(p)
	if f != nil {
		return nil, f
	}
	status, f := saleStatusFilter(p.Text("status_pedido"))
	if f != nil {
		return nil, f
	}
	tests := []func(Record) bool{
		window, status, equals(p, "etapa", "cabecalho", "etapa"),
		equals(p, "filtrar_por_cliente", "cabecalho", "codigo_cliente"), equals(p, "filtrar_por_vendedor", "informacoes_adicionais", "codVend"),
		equals(p, "filtrar_por_projeto", "informacoes_adicionais", "codProj"), numberRange(p),
	}
	for _, w := range []struct {
		from, to string
		path     []string
	}{
		{"data_previsao_de", "data_previsao_ate", []string{"cabecalho", "data_previsao"}},
		{"data_faturamento_de", "data_faturamento_ate", []string{"infoCadastro", "dFat"}},
		{"data_cancelamento_de", "data_cancelamento_ate", []string{"infoCadastro", "dCan"}},
	} {
		test, f := dated(p, w.from, w.to, w.path...)
		if f != nil {
			return nil, f
		}
		tests = append(tests, test)
	}
	return tests, nil
}

// saleWindow applies filtrar_por_data_* to inclusion and change, or, as one
// source measured, to data_previsao, where an end alone starts today (§7.5).
func (s *Sim) saleWindow(p Record) (func(Record) bool, *fault) {
	if !s.OrdersWindowIsForecast {
		return inWindow(p, s.sales().kind)
	}
	w, f := bounds{dateFrom: "filtrar_por_data_de", dateTo: "filtrar_por_data_ate"}.span(p)
	if f != nil || w == (span{}) {
		return nil, f
	}
	if w.from.IsZero() {
		w.from, _ = moment(dateOf(s.now()), "")
	}
	return w.test([]string{"cabecalho", "data_previsao"}, nil), nil
}

func saleStatusFilter(status string) (func(Record) bool, *fault) {
	members := map[string]string{"FATURADO": "faturado", "CANCELADO": "cancelado", "AUTORIZADO": "autorizado", "DENEGADO": "denegado", "DEVOLVIDO": "devolvido"}
	if status == "" {
		return nil, nil
	}
	member, ok := members[status]
	if !ok {
		return nil, badValue("status_pedido", status, "FATURADO", "CANCELADO", "AUTORIZADO", "DENEGADO", "DEVOLVIDO")
	}
	return func(r Record) bool { return flag(r, "infoCadastro", member) }, nil
}

func numberRange(p Record) func(Record) bool {
	from, to := p.Int("numero_pedido_de"), p.Int("numero_pedido_ate")
	if from == 0 && to == 0 {
		return nil
	}
	return func(r Record) bool {
		n := Record{"n": unpadded(r.Text("cabecalho", "numero_pedido"))}.Int("n")
		return n >= from && (to == 0 || n <= to)
	}
}
