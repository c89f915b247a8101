package omiesim

func (s *Sim) services() *table { return s.db.table("servicos") }

// completeService fills what ListarCadastroServico shows of every record (§5).
func (s *Sim) completeService(r Record) {
	r.block("intListar").fill("cCodIntServ", "")
	head := r.block("cabecalho")
	for _, name := range []string{"cDescricao", "cCodigo", "cIdTrib", "cCodServMun", "cCodLC116", "nIdNBS", "cCodCateg"} {
		head.fill(name, "")
	}
	head.fill("nPrecoUnit", number(0))
	r.block("descricao").fill("cDescrCompleta", head["cDescricao"])
	r.block("impostos").fill("cRetISS", "N")
	r.block("info").fill("inativo", "N")
	r.block("info").fill("cImpAPI", "N")
}

// serviceKey finds a service; an unknown one is fault 5002 (omie-api.md §1.5).
func (s *Sim) serviceKey(id int64, code, idTag, codeTag string) (Record, *fault) {
	switch {
	case id != 0:
		return found(s.services().byID(id), refuse("Client-5002", "ERROR: Serviço não cadastrado para o Código do Serviço [%d] ! Tag [%s]!", id, idTag))
	case code != "":
		return found(s.services().first("int:"+code), refuse("Client-5002", "ERROR: Serviço não cadastrado para o Código de integração do Serviço [%s] ! Tag [%s]!", code, codeTag))
	}
	return nil, missingEither(idTag, codeTag)
}

func incluirServico(s *Sim, p Record) (Record, *fault) {
	r := cloned(without(p, "intIncluir", "info"))
	code := p.Text("intIncluir", "cCodIntServ")
	if code == "" {
		return nil, missing("cCodIntServ")
	}
	if old := s.services().first("int:" + code); old != nil {
		return nil, refuse("Client-102", "ERROR: Serviço já cadastrado para o Código de Integração [%s] com o nCod [%d] !", code, old.Int("intListar", "nCodServ"))
	}
	for _, tag := range []string{"cDescricao", "cCodigo"} {
		if r.empty("cabecalho", tag) {
			return nil, missing(tag)
		}
	}
	r["intListar"] = map[string]any{"cCodIntServ": code, "nCodServ": number(s.db.newID())}
	r.block("info")["cImpAPI"] = "S"
	return s.putService(r, "Serviço cadastrado com sucesso!"), nil
}

func (s *Sim) putService(r Record, words string) Record {
	s.completeService(r)
	s.touch(s.services().kind, r, byAPI)
	s.services().put(r)
	return s.ok(only(r.Object("intListar"), "cCodIntServ", "nCodServ"), "cCodStatus", "cDescStatus", words)
}

func alterarServico(s *Sim, p Record) (Record, *fault) {
	key := p.Object("intEditar")
	old, f := s.serviceKey(key.Int("nCodServ"), key.Text("cCodIntServ"), "nCodServ", "cCodIntServ")
	if f != nil {
		return nil, f
	}
	r := cloned(old)
	merge(r, without(p, "intEditar", "intListar", "info"))
	return s.putService(r, "Serviço alterado com sucesso!"), nil
}

func upsertServico(s *Sim, p Record) (Record, *fault) {
	key := p.Object("intEditar")
	if key == nil {
		key = p.Object("intIncluir")
	}
	if key.Int("nCodServ") != 0 || s.services().first("int:"+key.Text("cCodIntServ")) != nil {
		return alterarServico(s, merged(without(p, "intIncluir"), Record{"intEditar": map[string]any(key)}))
	}
	return incluirServico(s, merged(without(p, "intEditar"), Record{"intIncluir": map[string]any(key)}))
}

func excluirServico(s *Sim, p Record) (Record, *fault) {
	r, f := s.serviceKey(p.Int("nCodServ"), p.Text("cCodIntServ"), "nCodServ", "cCodIntServ")
	if f != nil {
		return nil, f
	}
	s.services().drop(s.services().key(r))
	return s.ok(only(r.Object("intListar"), "cCodIntServ", "nCodServ"), "cCodStatus", "cDescStatus", "Serviço excluído com sucesso!"), nil
}

func associarCodIntServico(s *Sim, p Record) (Record, *fault) {
	old, f := s.serviceKey(p.Int("nCodServ"), "", "nCodServ", "cCodIntServ")
	if f != nil {
		return nil, f
	}
	r := cloned(old)
	r.block("intListar")["cCodIntServ"] = p.Text("cCodIntServ")
	return s.putService(r, "Código de integração associado com sucesso!"), nil
}

func consultarServico(s *Sim, p Record) (Record, *fault) {
	r, f := s.serviceKey(p.Int("nCodServ"), p.Text("cCodIntServ"), "nCodServ", "cCodIntServ")
	if f != nil {
		return nil, f
	}
	return s.showService(r, true), nil
}

func (s *Sim) showService(r Record, withProducts bool) Record {
	r = cloned(r)
	s.shown(r.block("cabecalho"), "cDescricao")
	s.shown(r.block("descricao"), "cDescrCompleta")
	if !withProducts {
		delete(r, "produtosUtilizados")
	}
	return r
}

var (
	serviceIncluded = bounds{"dInclusaoInicial", "hInclusaoInicial", "dInclusaoFinal", "hInclusaoFinal"}
	serviceChanged  = bounds{"dAlteracaoInicial", "hAlteracaoInicial", "dAlteracaoFinal", "hAlteracaoFinal"}
)

// listarServicos pages the catalogue: cDescricao is a prefix and takes %,
// cCodigo is exact, ordering members change nothing (omie-api.md §5).
func listarServicos(s *Sim, p Record) (Record, *fault) {
	included, f := serviceIncluded.span(p)
	if f != nil {
		return nil, f
	}
	altered, f := serviceChanged.span(p)
	if f != nil {
		return nil, f
	}
	tests := []func(Record) bool{equals(p, "cCodigo", "cabecalho", "cCodigo"), sameFlag(p, "inativo", "info", "inativo")}
	if included != (span{}) {
		tests = append(tests, included.test([]string{"info", "dInc"}, []string{"info", "hInc"}))
	}
	if altered != (span{}) {
		tests = append(tests, altered.test([]string{"info", "dAlt"}, []string{"info", "hAlt"}))
	}
	if prefix := p.Text("cDescricao"); prefix != "" {
		tests = append(tests, func(r Record) bool { return like(r.Text("cabecalho", "cDescricao"), prefix+"%") })
	}
	sh, f := s.cut(hungarian, p, keep(s.services().all(), tests...))
	if f != nil {
		return nil, f
	}
	return sh.show(func(r Record) Record { return s.showService(r, p.Text("cExibirProdutos") == "S") }).answer("cadastros"), nil
}
