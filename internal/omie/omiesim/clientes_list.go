package omiesim

import "strings"

// listarClientes pages the customers (omie-api.md §3.5, §3.6).
func listarClientes(s *Sim, p Record) (Record, *fault) {
	sh, f := s.pageOfCustomers(p)
	if f != nil {
		return nil, f
	}
	hidden := []string{}
	if p.Text("exibir_obs") != "S" {
		hidden = append(hidden, "observacao", "obs_detalhadas")
	}
	if p.Text("exibir_caracteristicas") != "S" {
		hidden = append(hidden, "caracteristicas")
	}
	a := sh.show(func(r Record) Record { return without(s.showCustomer(r), hidden...) }).answer("clientes_cadastro")
	a["cDesStatus"] = " Elapsed time: 0.01" // noise that was seen at the top level (§3.4)
	return a, nil
}

func listarClientesResumido(s *Sim, p Record) (Record, *fault) {
	sh, f := s.pageOfCustomers(p)
	if f != nil {
		return nil, f
	}
	return sh.show(func(r Record) Record {
		out := only(s.showCustomer(r), "codigo_cliente_integracao", "razao_social", "nome_fantasia", "cnpj_cpf")
		out["codigo_cliente"] = r["codigo_cliente_omie"] // not codigo_cliente_omie (§3.5)
		return out
	}).answer("clientes_cadastro_resumido"), nil
}

func (s *Sim) pageOfCustomers(p Record) (sheet, *fault) {
	window, f := inWindow(p, s.customers().kind)
	if f != nil {
		return sheet{}, f
	}
	chosen, f := s.customersByCode(p)
	if f != nil {
		return sheet{}, f
	}
	rows := keep(s.customers().all(), chosen, window, onlyFlag(p, "apenas_importado_api", "info", "cImpAPI"))
	return s.cut(snake, p, keep(rows, customerFilters(p.Object("clientesFiltro"))...))
}

// customersByCode takes a batch of keys; those that are not there are simply
// absent (omie-api.md §2.3, §3.6).
func (s *Sim) customersByCode(p Record) (func(Record) bool, *fault) {
	if !p.has("clientesPorCodigo") {
		return nil, nil
	}
	wanted := map[string]bool{}
	for _, key := range p.List("clientesPorCodigo") {
		id, code := key.Int("codigo_cliente_omie"), key.Text("codigo_cliente_integracao")
		if id == 0 && code == "" {
			return nil, missingKey("codigo_cliente_omie", "codigo_cliente_integracao")
		}
		r := s.customers().byID(id)
		if code != "" {
			r = s.customers().first("int:" + code)
		}
		if r != nil {
			wanted[s.customers().key(r)] = true
		}
	}
	return func(r Record) bool { return wanted[s.customers().key(r)] }, nil
}

// customerFilters are the members of clientesFiltro that filter. The others are
// accepted and ignored, so that the whole base comes back (omie-api.md §3.6).
func customerFilters(p Record) []func(Record) bool {
	tests := []func(Record) bool{
		equals(p, "codigo_cliente_omie", "codigo_cliente_omie"),
		equals(p, "codigo_cliente_integracao", "codigo_cliente_integracao"),
		contains(p, "razao_social"), contains(p, "nome_fantasia"),
		sameFlag(p, "inativo", "inativo"),
	}
	if doc := bareDocument(p.Text("cnpj_cpf")); doc != "" {
		tests = append(tests, func(r Record) bool { return bareDocument(r.Text("cnpj_cpf")) == doc })
	}
	for _, t := range p.List("tags") {
		tests = append(tests, func(r Record) bool { return hasTag(r, t.Text("tag")) })
	}
	return tests
}

func contains(p Record, name string) func(Record) bool {
	want := strings.ToUpper(p.Text(name))
	if want == "" {
		return nil
	}
	return func(r Record) bool { return strings.Contains(strings.ToUpper(r.Text(name)), want) }
}

func hasTag(r Record, tag string) bool {
	for _, t := range r.List("tags") {
		if strings.EqualFold(t.Text("tag"), tag) {
			return true
		}
	}
	return false
}
