package omiesim

import (
	"fmt"
	"strings"
)

// Data is the whole state of an Omie app in wire words: each list holds records
// as the list methods return them, except Estoque, whose rows are codigo_produto,
// codigo_local_estoque, fisico, reservado, nCMC and estoque_minimo. A product
// with the member "omiepdv": "S" shows at points of sale; no answer carries it.
type Data struct {
	Clientes      []Record `json:"clientes,omitempty"`
	Produtos      []Record `json:"produtos,omitempty"`
	Estoque       []Record `json:"estoque,omitempty"`
	Locais        []Record `json:"locais,omitempty"`
	Servicos      []Record `json:"servicos,omitempty"`
	OS            []Record `json:"os,omitempty"`
	Pedidos       []Record `json:"pedidos,omitempty"`
	Categorias    []Record `json:"categorias,omitempty"`
	Contas        []Record `json:"contas,omitempty"`
	Parcelas      []Record `json:"parcelas,omitempty"`
	Etapas        []Record `json:"etapas,omitempty"`
	Vendedores    []Record `json:"vendedores,omitempty"`
	Projetos      []Record `json:"projetos,omitempty"`
	Departamentos []Record `json:"departamentos,omitempty"`
	Cidades       []Record `json:"cidades,omitempty"`
	Empresas      []Record `json:"empresas,omitempty"`
}

// list returns the list of a kind.
func (d *Data) list(name string) *[]Record {
	return map[string]*[]Record{
		"clientes": &d.Clientes, "produtos": &d.Produtos, "estoque": &d.Estoque, "locais": &d.Locais,
		"servicos": &d.Servicos, "os": &d.OS, "pedidos": &d.Pedidos, "categorias": &d.Categorias,
		"contas": &d.Contas, "parcelas": &d.Parcelas, "etapas": &d.Etapas, "vendedores": &d.Vendedores,
		"projetos": &d.Projetos, "departamentos": &d.Departamentos, "cidades": &d.Cidades, "empresas": &d.Empresas,
	}[name]
}

// Seed adds records, or replaces those with the same id, as if they had always
// been there: ids that are 0 are assigned, stamps that are absent are now, what
// the lists show of computed members is computed. References are not checked.
// On an error the records before the wrong one are in.
func (s *Sim) Seed(d Data) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	for _, k := range kinds {
		for i, given := range *d.list(k.name) {
			r, err := plain(given)
			if err != nil {
				return fmt.Errorf("cannot seed %s %d: %w", k.name, i, err)
			}
			if err := s.seedOne(k, r); err != nil {
				return fmt.Errorf("cannot seed %s %d: %w", k.name, i, err)
			}
		}
	}
	return nil
}

func (s *Sim) seedOne(k *kind, r Record) error {
	if k.id != nil {
		if r.Int(k.id...) == 0 {
			k.setID(r, s.db.newID())
		}
		s.db.lastID = max(s.db.lastID, r.Int(k.id...))
	}
	switch {
	case k.id == nil && k.code != nil && r.empty(k.code...):
		return fmt.Errorf("%s is empty", strings.Join(k.code, "."))
	case k.name == "estoque" && r.Int("codigo_produto") == 0:
		return fmt.Errorf("codigo_produto is empty")
	}
	s.stampMissing(k, r)
	if complete := completers[k.name]; complete != nil {
		complete(s, r)
	}
	s.db.table(k.name).put(r)
	if f, ok := families[k.name]; ok {
		// The seeded stock is what the seeded documents left.
		s.db.out[k.key(r)] = s.outputsDue(f, r)
	}
	return nil
}

// completers fill what a seeded record leaves out.
var completers = map[string]func(*Sim, Record){
	"clientes": (*Sim).completeCustomer,
	"produtos": (*Sim).completeProduct,
	"estoque":  (*Sim).completeStock,
	"servicos": (*Sim).completeService,
	"os":       (*Sim).completeOS,
	"pedidos":  (*Sim).completeSale,
}

// Snapshot returns a copy of everything, each list in the order of its ids or
// codes. Seeding a zero Sim with it makes an equal one.
func (s *Sim) Snapshot() Data {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init()
	var d Data
	for _, k := range kinds {
		rows := s.db.table(k.name).all()
		for i, r := range rows {
			rows[i] = cloned(r)
		}
		*d.list(k.name) = rows
	}
	return d
}

// db is what a Sim remembers of the app itself.
type db struct {
	tables map[string]*table
	lastID int64 // the highest id given out
	lastOS int64 // the highest number of a service order
	lastPV int64 // the highest number of a sales order
	out    map[string][]output
}

func newDB() *db {
	d := &db{tables: map[string]*table{}, lastID: 7000001000, out: map[string][]output{}}
	for _, k := range kinds {
		d.tables[k.name] = newTable(k)
	}
	return d
}

func (d *db) table(name string) *table { return d.tables[name] }

// newID gives the next id: beyond 2³¹, as Omie's are (omie-api.md §10.4).
func (d *db) newID() int64 {
	d.lastID++
	return d.lastID
}

func (d *db) clone() *db {
	c := &db{tables: map[string]*table{}, lastID: d.lastID, lastOS: d.lastOS, lastPV: d.lastPV, out: map[string][]output{}}
	for name, t := range d.tables {
		c.tables[name] = t.clone()
	}
	for key, o := range d.out {
		c.out[key] = append([]output(nil), o...)
	}
	return c
}
