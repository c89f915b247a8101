package omiesim

// checkCustomer refuses what the account's settings, the register of cities or
// the uniqueness of documents do not allow (omie-api.md §1.5, §3.3).
func (s *Sim) checkCustomer(r Record, action string) *fault {
	for _, tag := range []string{"razao_social", "nome_fantasia"} {
		if r.empty(tag) {
			return missing(tag)
		}
	}
	if s.EmailRequired && r.empty("email") {
		return missing("email")
	}
	if s.DocumentRequired && r.empty("cnpj_cpf") {
		return missing("cnpj_cpf")
	}
	if f := s.checkCode("codigo_cliente_integracao", r.Text("codigo_cliente_integracao")); f != nil {
		return f
	}
	if f := s.checkDocument(r, action); f != nil {
		return f
	}
	return s.settleCity(r)
}

func (s *Sim) checkDocument(r Record, action string) *fault {
	doc := bareDocument(r.Text("cnpj_cpf"))
	if doc == "" || flag(r, "exterior") || r.Text("estado") == "EX" {
		return nil
	}
	asCPF := validCPF(doc) && (!s.CPFNeedsPessoaFisica || flag(r, "pessoa_fisica"))
	if !asCPF && !validCNPJ(doc) {
		// [infer]: no source quotes the refusal of wrong check digits.
		return refuse("Client-102", "ERROR: O CPF/CNPJ [%s] informado é inválido! - tag: [cnpj_cpf]", r.Text("cnpj_cpf"))
	}
	if old := s.customers().other("doc:"+doc, s.customers().key(r)); old != nil {
		return refuse("Client-102", "ERROR: Cliente já cadastrado para o CPF/CNPJ [%s] com o Id [%d] e código de integração [%s] ! (%s)",
			shownDocument(doc), old.Int("codigo_cliente_omie"), old.Text("codigo_cliente_integracao"), action)
	}
	return nil
}

// settleCity asks for a city that the register knows by `NOME (UF)` or by its
// IBGE code, and fills the parts that follow from it (omie-api.md §1.5, §3.3).
func (s *Sim) settleCity(r Record) *fault {
	name := r.Text("cidade")
	if name == "" {
		name = r.Text("cidade_ibge")
	}
	if name == "" || s.AnyCity || r.Text("estado") == "EX" {
		return nil
	}
	city := s.city(name)
	if city == nil {
		return unknownCity(name)
	}
	r["cidade"], r["cidade_ibge"] = city.Text("cCod"), city.Text("nCodIBGE")
	if r.empty("estado") {
		r["estado"] = city.Text("cUF")
	}
	return nil
}

func (s *Sim) city(name string) Record {
	if r := s.db.table("cidades").get(name); r != nil {
		return r
	}
	return s.db.table("cidades").first("ibge:" + name)
}
