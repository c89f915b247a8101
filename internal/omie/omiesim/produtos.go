package omiesim

func (s *Sim) products() *table { return s.db.table("produtos") }

// completeProduct fills what ConsultarProduto shows of every record (§4.2).
func (s *Sim) completeProduct(r Record) {
	for _, name := range []string{"codigo_produto_integracao", "codigo", "ean", "marca", "modelo", "descr_detalhada", "obs_internas", "descricao_familia"} {
		r.fill(name, "")
	}
	r.fill("unidade", "UN")
	r.fill("ncm", "0000.00.00")
	r.fill("tipoItem", "00")
	r.fill("valor_unitario", number(0))
	r.fill("inativo", "N")
	r.fill("bloqueado", "N")
	r.fill("importado_api", "N")
	r.block("info").fill("cImpAPI", r["importado_api"])
	if ncm := bareDocument(r.Text("ncm")); len(ncm) == 8 {
		r["ncm"] = ncm[:4] + "." + ncm[4:6] + "." + ncm[6:] // read back dotted (§4.2)
	}
}

func incluirProduto(s *Sim, p Record) (Record, *fault) {
	for _, tag := range []string{"codigo", "descricao", "unidade", "ncm"} {
		if p.empty(tag) {
			return nil, missing(tag)
		}
	}
	r := cloned(without(p, "codigo_produto", "info"))
	if f := s.checkProduct(r); f != nil {
		return nil, f
	}
	r["codigo_produto"], r["importado_api"], r["inativo"] = number(s.db.newID()), "S", "N"
	return s.putProduct(r, "Produto cadastrado com sucesso!"), nil
}

// checkProduct keeps codes and descriptions unique (omie-api.md §1.5, §4.2).
func (s *Sim) checkProduct(r Record) *fault {
	self := s.products().key(r)
	if f := s.checkCode("codigo_produto_integracao", r.Text("codigo_produto_integracao")); f != nil {
		return f
	}
	for prefix, tag := range map[string]string{"int:": "codigo_produto_integracao", "sku:": "codigo"} {
		if old := s.products().other(prefix+r.Text(tag), self); old != nil {
			return refuse("Client-102", "ERROR: Produto já cadastrado para o código [%s] (ID: %d)", r.Text(tag), old.Int("codigo_produto"))
		}
	}
	for _, e := range s.products().kind.entries(only(r, "descricao")) {
		if old := s.products().other(e, self); old != nil && !s.RepeatedDescriptions {
			return refuse("Client-143", "ERROR: A descrição informada já está sendo utilizada pelo produto com código %s.", old.Text("codigo"))
		}
	}
	return nil
}

func (s *Sim) putProduct(r Record, words string) Record {
	s.completeProduct(r)
	s.touch(s.products().kind, r, byAPI)
	s.products().put(r)
	return s.ok(only(r, "codigo_produto", "codigo_produto_integracao"), "codigo_status", "descricao_status", words)
}

// productKey finds a product by any one of its keys (omie-api.md §4.1).
func (s *Sim) productKey(p Record) (Record, *fault) {
	switch id, code, sku := p.Text("codigo_produto"), p.Text("codigo_produto_integracao"), p.Text("codigo"); {
	case id != "" && id != "0":
		return found(s.products().byID(p.Int("codigo_produto")), refuse("Client-105", "ERROR: Produto não encontrado para o Código [%s]", id))
	case code != "":
		return found(s.products().first("int:"+code), refuse("Client-105", "ERROR: Produto não cadastrado para o Código de Integração [%s]!", code))
	case sku != "":
		return found(s.products().first("sku:"+sku), refuse("Client-105", "ERROR: Código do Produto não cadastrado para o Código [%s]", sku))
	}
	return nil, missingKey("codigo_produto", "codigo_produto_integracao")
}

func found(r Record, otherwise *fault) (Record, *fault) {
	if r == nil {
		return nil, otherwise
	}
	return r, nil
}

func alterarProduto(s *Sim, p Record) (Record, *fault) {
	key := p
	if p.Int("codigo_produto") != 0 || !p.empty("codigo_produto_integracao") {
		key = without(p, "codigo") // with an id the SKU is a value, not a key
	}
	old, f := s.productKey(key)
	if f != nil {
		return nil, f
	}
	r := cloned(old)
	merge(r, without(p, "codigo_produto", "info", "importado_api", "quantidade_estoque"))
	if f := s.checkProduct(r); f != nil {
		return nil, f
	}
	return s.putProduct(r, "Produto alterado com sucesso!"), nil
}

func upsertProduto(s *Sim, p Record) (Record, *fault) {
	code := p.Text("codigo_produto_integracao")
	if code == "" {
		return nil, missing("codigo_produto_integracao")
	}
	if s.products().first("int:"+code) != nil {
		return alterarProduto(s, without(p, "codigo_produto"))
	}
	return incluirProduto(s, p)
}

func excluirProduto(s *Sim, p Record) (Record, *fault) {
	r, f := s.productKey(p)
	if f != nil {
		return nil, f
	}
	for row := range s.db.table("estoque").each() {
		if row.Int("codigo_produto") == r.Int("codigo_produto") {
			// §4.2: a product with any movement cannot be deleted; the words are [infer].
			return nil, refuse("Client-102", "ERROR: O produto [%s] possui movimentações e não pode ser excluído!", r.Text("codigo"))
		}
	}
	s.products().drop(s.products().key(r))
	return s.ok(only(r, "codigo_produto", "codigo_produto_integracao"), "codigo_status", "descricao_status", "Produto excluído com sucesso!"), nil
}

func associarCodIntProduto(s *Sim, p Record) (Record, *fault) {
	old := s.products().byID(p.Int("codigo_produto"))
	if old == nil {
		return nil, refuse("Client-105", "ERROR: Produto não encontrado para o Código [%s]", p.Text("codigo_produto"))
	}
	r := cloned(old)
	r["codigo_produto_integracao"] = p.Text("codigo_produto_integracao")
	if f := s.checkProduct(r); f != nil {
		return nil, f
	}
	return s.putProduct(r, "Código de integração associado com sucesso!"), nil
}

func consultarProduto(s *Sim, p Record) (Record, *fault) {
	r, f := s.productKey(p)
	if f != nil {
		return nil, f
	}
	r = s.showProduct(r)
	r["imagens"], r["videos"] = nil, nil // null when empty (§4.2)
	return r, nil
}

// showProduct is the record as reads return it; quantidade_estoque is always 0 (§4.2).
func (s *Sim) showProduct(r Record) Record {
	r = without(r, "omiepdv")
	r["quantidade_estoque"] = number(0)
	s.shown(r, "descricao", "descr_detalhada", "marca", "modelo")
	return r
}
