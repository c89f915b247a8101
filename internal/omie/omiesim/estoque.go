package omiesim

import (
	"maps"
	"strings"

	"github.com/govalues/decimal"
)

func (s *Sim) stock() *table { return s.db.table("estoque") }

func (s *Sim) completeStock(r Record) {
	if r.Int("codigo_local_estoque") == 0 {
		r["codigo_local_estoque"] = number(s.defaultPlace())
	}
	for _, name := range []string{"fisico", "reservado", "nCMC", "estoque_minimo"} {
		r.fill(name, number(0))
	}
}

// defaultPlace is the id of the location whose padrao is S.
func (s *Sim) defaultPlace() int64 {
	for r := range s.db.table("locais").each() {
		if flag(r, "padrao") {
			return r.Int("codigo_local_estoque")
		}
	}
	return 0
}

// move adds to what is physically there. The lock is held.
func (s *Sim) move(product, place int64, quantity decimal.Decimal) {
	if place == 0 {
		place = s.defaultPlace()
	}
	r := cloned(s.stock().get(stockKey(product, place)))
	if r == nil {
		r = Record{"codigo_produto": number(product), "codigo_local_estoque": number(place)}
		s.completeStock(r)
	}
	r["fisico"] = amount(sum(r.Dec("fisico"), quantity))
	s.stock().put(r)
}

// listarPosEstoque answers balances (omie-api.md §4.4): without a location the
// default one only, TODOS one row per product and location; products without
// movement only with cExibeTodos, which forces 50 rows a page. Past dates are
// answered as today's: the simulator keeps no history.
func listarPosEstoque(s *Sim, p Record) (Record, *fault) {
	places, f := s.placesAsked(p)
	if f != nil {
		return nil, f
	}
	if date := p.Text("dDataPosicao"); date != "" {
		if _, f := bound("dDataPosicao", date, ""); f != nil {
			return nil, f
		}
	}
	chosen := s.stockProducts(p)
	pending := s.pending()
	var rows []Record
	for product := range s.products().each() {
		if chosen != nil && !chosen(product) {
			continue
		}
		rows = append(rows, s.positions(product, places, p.Text("cExibeTodos") == "S", pending)...)
	}
	most := limit(s.PageCap, 100)
	if p.Text("cExibeTodos") == "S" {
		p = merged(p, Record{"nRegPorPagina": number(50)})
		most = 50
	}
	sh, f := s.cutTo(hungarian, p, rows, most)
	if f != nil {
		return nil, f
	}
	a := sh.answer("produtos")
	a["dDataPosicao"] = p.Text("dDataPosicao")
	if p.empty("dDataPosicao") {
		a["dDataPosicao"] = dateOf(s.now())
	}
	return a, nil
}

// merged is a copy of r, which may be nil, with more over it.
func merged(r, more Record) Record {
	out := Record{}
	maps.Copy(out, r)
	merge(out, more)
	return out
}

// placesAsked returns the locations to report.
func (s *Sim) placesAsked(p Record) ([]int64, *fault) {
	one, list := p.Int("codigo_local_estoque"), p.Text("lista_local_estoque")
	if one != 0 && list != "" {
		return nil, refuse("Client-1073", "ERROR: As tags [codigo_local_estoque] e [lista_local_estoque] não podem ser informadas em conjunto!") // words [infer]
	}
	if list == "TODOS" {
		var all []int64
		for r := range s.db.table("locais").each() {
			all = append(all, r.Int("codigo_local_estoque"))
		}
		return all, nil
	}
	asked := []int64{one}
	if list != "" {
		asked = nil
		for _, text := range strings.Split(list, ",") {
			asked = append(asked, Record{"id": text}.Int("id"))
		}
	} else if one == 0 {
		asked = []int64{s.defaultPlace()}
	}
	for _, id := range asked {
		if s.db.table("locais").byID(id) == nil {
			return nil, unknownPlace(id)
		}
	}
	return asked, nil
}

func (s *Sim) stockProducts(p Record) func(Record) bool {
	tests := []func(Record) bool{equals(p, "cTipoItem", "tipoItem")}
	if p.has("lista_produtos") {
		wanted := map[int64]bool{}
		for _, key := range p.List("lista_produtos") {
			r, _ := s.productKey(Record{"codigo_produto": key["nCodProd"], "codigo_produto_integracao": key["cCodInt"], "codigo": key["cCodigo"]})
			wanted[r.Int("codigo_produto")] = true
		}
		tests = append(tests, func(r Record) bool { return wanted[r.Int("codigo_produto")] })
	}
	if p.Text("cExibeApenasPDV") == "S" {
		tests = append(tests, func(r Record) bool { return flag(r, "omiepdv") })
	}
	return func(r Record) bool { return len(keep([]Record{r}, tests...)) == 1 }
}

// positions are the rows of one product.
func (s *Sim) positions(product Record, places []int64, all bool, pending map[string]decimal.Decimal) []Record {
	var rows []Record
	id := product.Int("codigo_produto")
	for i, place := range places {
		r := s.stock().get(stockKey(id, place))
		if r == nil && (!all || i > 0) {
			continue
		}
		if r == nil {
			r = Record{"codigo_local_estoque": number(place)}
			s.completeStock(r)
		}
		rows = append(rows, s.position(product, r, pending[stockKey(id, place)]))
	}
	return rows
}

// position is one row; nSaldo is what is there less what is reserved, and
// pending sales are not taken off (omie-api.md §4.4).
func (s *Sim) position(product, r Record, pending decimal.Decimal) Record {
	out := Record{
		"nCodProd": product["codigo_produto"], "cCodInt": product["codigo_produto_integracao"],
		"cCodigo": product["codigo"], "cDescricao": product["descricao"], "nPrecoUnitario": product["valor_unitario"],
		"nSaldo": amount(less(r.Dec("fisico"), r.Dec("reservado"))), "fisico": r["fisico"], "reservado": r["reservado"],
		"nPendente": amount(pending), "nCMC": r["nCMC"], "estoque_minimo": r["estoque_minimo"],
		"codigo_local_estoque": r["codigo_local_estoque"],
	}
	s.shown(out, "cDescricao")
	return out
}

// pending adds up the open, uncancelled, unbilled sales orders (omie-api.md §4.4).
func (s *Sim) pending() map[string]decimal.Decimal {
	total := map[string]decimal.Decimal{}
	for r := range s.db.table("pedidos").each() {
		if settled(s.db.table("pedidos").kind, r) {
			continue
		}
		for _, o := range s.outputsOfSale(r) {
			total[stockKey(o.product, o.place)] = sum(total[stockKey(o.product, o.place)], o.quantity)
		}
	}
	return total
}

// posicaoEstoque answers one product at one location (omie-api.md §4.4).
func posicaoEstoque(s *Sim, p Record) (Record, *fault) {
	if p.empty("data") {
		return nil, missing("data")
	}
	product, f := s.productKey(Record{"codigo_produto": p["id_prod"], "codigo_produto_integracao": p["cod_int"]})
	if f != nil {
		return nil, f
	}
	places, f := s.placesAsked(only(p, "codigo_local_estoque"))
	if f != nil {
		return nil, f
	}
	row := s.positions(product, places, true, s.pending())[0]
	return s.ok(Record{
		"saldo": row["nSaldo"], "fisico": row["fisico"], "reservado": row["reservado"], "pendente": row["nPendente"],
		"estoque_minimo": row["estoque_minimo"], "cmc": row["nCMC"], "codigo_local_estoque": row["codigo_local_estoque"],
	},
		"codigo_status", "descricao_status", "Consulta realizada com sucesso!"), nil
}

// obterEstoqueProduto answers all locations of one product (omie-api.md §4.5).
func obterEstoqueProduto(s *Sim, p Record) (Record, *fault) {
	product, f := s.productKey(Record{"codigo_produto": p["nIdProduto"], "codigo": p["cCodigo"]})
	if f != nil {
		return nil, f
	}
	places, f := s.placesAsked(Record{"lista_local_estoque": "TODOS"})
	if f != nil {
		return nil, f
	}
	var list []Record
	for _, row := range s.positions(product, places, false, s.pending()) {
		place := s.db.table("locais").byID(row.Int("codigo_local_estoque"))
		list = append(list, Record{
			"nIdlocal": row["codigo_local_estoque"], "cDescricaoLocal": place["descricao"],
			"nFisico": row["fisico"], "nReservado": row["reservado"], "nDisponivel": row["nSaldo"], "nEstoqueMinimo": row["estoque_minimo"],
			"nCMC": row["nCMC"], "nPrecoUnitario": row["nPrecoUnitario"],
		})
	}
	out := Record{"nIdProduto": product["codigo_produto"], "cCodigo": product["codigo"], "cDescricao": product["descricao"], "listaEstoque": listOf(list)}
	s.shown(out, "cDescricao")
	return out, nil
}
