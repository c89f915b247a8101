package omiesim

import "strings"

// consumerName is the built-in record that nobody may change (omie-api.md §3.3).
const consumerName = "Cliente Consumidor"

// wholeBlocks are replaced as a whole by AlterarCliente (omie-api.md §3.3).
var wholeBlocks = []string{"tags", "recomendacoes", "enderecoEntrega", "dadosBancarios"}

func (s *Sim) customers() *table { return s.db.table("clientes") }

// completeCustomer fills what ConsultarCliente shows of every record (§3.4).
func (s *Sim) completeCustomer(r Record) {
	for _, name := range []string{
		"codigo_cliente_integracao", "cnpj_cpf", "nome_fantasia", "email", "endereco", "endereco_numero",
		"bairro", "cidade", "cidade_ibge", "estado", "cep", "complemento", "contato", "inscricao_estadual", "telefone1_ddd", "telefone1_numero",
	} {
		r.fill(name, "")
	}
	for _, name := range wholeBlocks[1:] {
		r.fill(name, map[string]any{})
	}
	r.fill("tags", []any{})
	r.fill("inativo", "N")
	r.fill("exterior", "N")
	r.fill("codigo_pais", "1058")
	r.fill("bloquear_faturamento", "N")
	r.block("info").fill("cImpAPI", "N")
	r["cnpj_cpf"] = shownDocument(r.Text("cnpj_cpf"))
	if r.empty("pessoa_fisica") {
		r["pessoa_fisica"] = "N"
		if len(bareDocument(r.Text("cnpj_cpf"))) == 11 {
			r["pessoa_fisica"] = "S"
		}
	}
}

func incluirCliente(s *Sim, p Record) (Record, *fault) {
	if p.empty("codigo_cliente_integracao") {
		return nil, missing("codigo_cliente_integracao")
	}
	if code := p.Text("codigo_cliente_integracao"); s.customers().first("int:"+code) != nil {
		old := s.customers().first("int:" + code)
		return nil, refuse("Client-102", "ERROR: Cliente já cadastrado para o Código de Integração [%s] com o nCod [%d] !", code, old.Int("codigo_cliente_omie"))
	}
	r := cloned(without(p, "codigo_cliente_omie", "info", "importado_api"))
	if f := s.checkCustomer(r, "add"); f != nil {
		return nil, f
	}
	r["codigo_cliente_omie"] = number(s.db.newID())
	r["info"] = map[string]any{"cImpAPI": "S"}
	return s.putCustomer(r, "Cliente cadastrado com sucesso!"), nil
}

func (s *Sim) putCustomer(r Record, words string) Record {
	delete(r, "pessoa_fisica")
	for _, order := range []string{"pesquisar_cep", "separar_endereco"} {
		delete(r, order)
	}
	s.completeCustomer(r)
	s.touch(s.customers().kind, r, byAPI)
	s.customers().put(r)
	return s.ok(only(r, "codigo_cliente_omie", "codigo_cliente_integracao"), "codigo_status", "descricao_status", words)
}

// customerKey finds a record by one of its two keys. With both, the
// integration code is looked up first (omie-api.md §3.1); an unknown one yields
// "Código [0]" on reading and names the code on writing (§1.5).
func (s *Sim) customerKey(p Record, reading bool) (Record, *fault) {
	id, code := p.Int("codigo_cliente_omie"), p.Text("codigo_cliente_integracao")
	if id == 0 && code == "" {
		return nil, missingKey("codigo_cliente_omie", "codigo_cliente_integracao")
	}
	if code == "" {
		if r := s.customers().byID(id); r != nil {
			return r, nil
		}
		return nil, unknownID("Cliente não cadastrado", p.Text("codigo_cliente_omie"))
	}
	r := s.customers().first("int:" + code)
	switch {
	case r != nil && (id == 0 || r.Int("codigo_cliente_omie") == id):
		if id != 0 && !reading {
			s.breached(BothIdentifiers, s.req, "both keys of a customer were sent")
		}
		return r, nil
	case id != 0:
		return nil, unknownIntegration("Cliente não cadastrado", code).as(BothIdentifiers)
	case reading:
		return nil, unknownID("Cliente não cadastrado", "0")
	}
	return nil, unknownIntegration("Cliente não cadastrado", code)
}

func alterarCliente(s *Sim, p Record) (Record, *fault) {
	old, f := s.customerKey(p, false)
	if f != nil {
		return nil, f
	}
	return s.alterCustomer(old, without(p, "codigo_cliente_integracao"))
}

// alterCustomer sets what was sent: an absent member stays, an empty string
// erases, tags and blocks are replaced whole (omie-api.md §3.3).
func (s *Sim) alterCustomer(old, sent Record) (Record, *fault) {
	if old.Text("razao_social") == consumerName && old.empty("cnpj_cpf") {
		return nil, refuse("Client-102", "Não é possível alterar esse código de integração (Cliente Consumidor)!")
	}
	r := cloned(old)
	sent = without(sent, "codigo_cliente_omie", "info", "importado_api")
	for _, name := range wholeBlocks {
		if sent.has(name) {
			delete(r, name)
		}
	}
	// A new city brings its own code and state, unless they are sent as well.
	if sent.has("cidade") && !sent.has("cidade_ibge") {
		r["cidade_ibge"] = ""
	}
	merge(r, sent)
	if f := s.checkCustomer(r, "upd"); f != nil {
		return nil, f
	}
	return s.putCustomer(r, "Cliente alterado com sucesso!"), nil
}

func upsertCliente(s *Sim, p Record) (Record, *fault) {
	code := p.Text("codigo_cliente_integracao")
	if code == "" {
		return nil, missing("codigo_cliente_integracao")
	}
	if old := s.customers().first("int:" + code); old != nil {
		return s.alterCustomer(old, p)
	}
	return incluirCliente(s, p)
}

func upsertClienteCpfCnpj(s *Sim, p Record) (Record, *fault) {
	doc := bareDocument(p.Text("cnpj_cpf"))
	if doc == "" {
		return nil, missing("cnpj_cpf")
	}
	if old := s.customers().first("doc:" + doc); old != nil {
		return s.alterCustomer(old, p)
	}
	return incluirCliente(s, p)
}

func excluirCliente(s *Sim, p Record) (Record, *fault) {
	r, f := s.customerKey(p, false)
	if f != nil {
		return nil, f
	}
	if id := r.Int("codigo_cliente_omie"); s.customerInUse(id) || flag(r, "bloquear_exclusao") {
		// [infer] (§12.15): the text is unknown.
		return nil, refuse("Client-102", "ERROR: O cliente [%d] possui movimentações e não pode ser excluído!", id)
	}
	s.customers().drop(s.customers().key(r))
	return s.ok(only(r, "codigo_cliente_omie", "codigo_cliente_integracao"), "codigo_status", "descricao_status", "Cliente excluído com sucesso!"), nil
}

func (s *Sim) customerInUse(id int64) bool {
	for r := range s.db.table("os").each() {
		if r.Int("Cabecalho", "nCodCli") == id {
			return true
		}
	}
	for r := range s.db.table("pedidos").each() {
		if r.Int("cabecalho", "codigo_cliente") == id {
			return true
		}
	}
	return false
}

// associarCodIntCliente sets the integration code of an id (omie-api.md §3.1).
func associarCodIntCliente(s *Sim, p Record) (Record, *fault) {
	id, code := p.Int("codigo_cliente_omie"), p.Text("codigo_cliente_integracao")
	if id == 0 {
		return nil, missing("codigo_cliente_omie")
	}
	if code == "" {
		return nil, missing("codigo_cliente_integracao")
	}
	old := s.customers().byID(id)
	if old == nil {
		return nil, unknownID("Cliente não cadastrado", p.Text("codigo_cliente_omie"))
	}
	if other := s.customers().other("int:"+code, idKey(id)); other != nil {
		return nil, refuse("Client-102", "ERROR: Cliente já cadastrado para o Código de Integração [%s] com o nCod [%d] !", code, other.Int("codigo_cliente_omie"))
	}
	if strings.EqualFold(old.Text("razao_social"), consumerName) && old.empty("cnpj_cpf") {
		return nil, refuse("Client-102", "Não é possível alterar esse código de integração (Cliente Consumidor)!")
	}
	r := cloned(old)
	r["codigo_cliente_integracao"] = code
	return s.putCustomer(r, "Código de integração associado com sucesso!"), nil
}

func consultarCliente(s *Sim, p Record) (Record, *fault) {
	r, f := s.customerKey(p, true)
	if f != nil {
		return nil, f
	}
	return s.showCustomer(r), nil
}

// showCustomer is the record as reads return it (omie-api.md §3.4).
func (s *Sim) showCustomer(r Record) Record {
	r = without(r)
	s.shown(r, "razao_social", "nome_fantasia", "endereco", "contato")
	return r
}
