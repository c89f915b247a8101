package company

import (
	"fmt"
	"strings"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/record"
)

// A person works for the company and has a user in Auvo.
type person struct {
	id   int64
	name string
}

// first is the name by which colleagues call.
func (p person) first() string {
	name, _, _ := strings.Cut(p.name, " ")
	return name
}

const (
	office      = 1 // how many of people are in the office
	firstUserID = 501
)

// The groups and task types that the company uses; the ids up to 302 and 7003
// are the simulator's own defaults.
const (
	contractGroup = 301
	singleGroup   = 302
	publicGroup   = 303
	corrective    = 7001
	preventive    = 7002
	installation  = 7003
	warranty      = 7004
)

var taskTypes = map[int64]string{corrective: "Corretiva", preventive: "Preventiva", installation: "Instalação", warranty: "Garantia"}

// staff are the first people; a larger company hires more.
var staff = []string{"Ana Souza", "Beto Lima", "Carla Dias", "Davi Rocha", "Edna Prado", "Fábio Nunes"}

func (c *Company) hirePeople(a *auvosim.Data) {
	for i := range office + 5*min(c.scale, 20) {
		name := ""
		if i < len(staff) {
			name = staff[i]
		} else {
			name = c.personName()
		}
		p := person{firstUserID + int64(i), name}
		c.names[record.Fold(name)] = true
		c.people = append(c.people, p)
		a.Users = append(a.Users, userOf(p, i < office))
	}
	a.Groups = []auvosim.Record{
		{"id": contractGroup, "description": "Contrato"},
		{"id": singleGroup, "description": "Avulso"},
		{"id": publicGroup, "description": "Órgãos públicos"},
	}
	for id := int64(corrective); id <= warranty; id++ {
		a.TaskTypes = append(a.TaskTypes, auvosim.Record{"id": id, "description": taskTypes[id], "creatorId": firstUserID})
	}
}

func userOf(p person, inOffice bool) auvosim.Record {
	login := strings.ReplaceAll(record.Fold(p.name), " ", ".")
	kind, words, job := 1, "User", "Técnico de climatização"
	if inOffice {
		kind, words, job = 3, "Administrator", "Coordenação"
	}
	return auvosim.Record{
		"userID": p.id, "name": p.name, "login": login, "email": login + "@polosul.test", "jobPosition": job,
		"userType": map[string]any{"userTypeId": kind, "description": words},
	}
}

func (c *Company) technicians() []person { return c.people[office:] }

var (
	givenNames = []string{
		"Adriana", "Alice", "André", "Bruno", "Camila", "Cláudio", "Daniela", "Elias", "Fernanda", "Gabriel", "Helena",
		"Igor", "Joana", "Jorge", "Larissa", "Luís", "Marcela", "Marcos", "Natália", "Otávio", "Patrícia", "Rafael",
		"Renata", "Ricardo", "Simone", "Tiago", "Valéria", "Vinícius", "Wagner", "Yara",
	}
	familyNames = []string{
		"Almeida", "Andrade", "Barbosa", "Batista", "Becker", "Cardoso", "Castro", "Cordeiro", "Fagundes", "Ferreira",
		"Galvão", "Gonçalves", "Kowalski", "Machado", "Martins", "Medeiros", "Moraes", "Oliveira", "Pacheco", "Pereira",
		"Ramos", "Ribeiro", "Santana", "Schmidt", "Silveira", "Tavares", "Teixeira", "Vargas", "Vieira", "Zanella",
	}
	trades = []string{
		"Padaria", "Mercado", "Farmácia", "Clínica", "Hotel", "Restaurante", "Academia", "Escola", "Condomínio",
		"Açougue", "Sorveteria", "Laboratório", "Pousada", "Transportadora", "Gráfica", "Floricultura",
	}
	properNames = []string{
		"São Jorge", "Bela Vista", "Aurora", "Araucária", "Santa Luzia", "Ipê Amarelo", "Nova Era", "Monte Claro",
		"Três Irmãos", "Vitória Régia", "Estrela do Sul", "Girassol", "Bom Pastor", "Dona Lúcia", "Pinhal & Filhos",
		"Água Verde", "Porto Belo", "Serra Azul", "Recanto", "Horizonte", "Lago Azul", "Gralha Azul",
	}
	legalForms = []string{"Ltda", "Ltda ME", "S.A.", "EIRELI", "EPP"}
)

// personName is a person's name that nobody has yet.
func (c *Company) personName() string {
	return c.unused(func() string { return pick(c, givenNames) + " " + pick(c, familyNames) + " " + pick(c, familyNames) })
}

// tradeName is a firm's name without its legal form, that no firm has yet.
func (c *Company) tradeName() string {
	return c.unused(func() string { return pick(c, trades) + " " + pick(c, properNames) })
}

// unused draws names until one is new; where names run out a number tells them apart.
func (c *Company) unused(draw func() string) string {
	name := draw()
	for try := 0; c.names[record.Fold(name)]; try++ {
		if name = draw(); try > 20 {
			name = fmt.Sprintf("%s %d", name, len(c.names))
		}
	}
	c.names[record.Fold(name)] = true
	return name
}
