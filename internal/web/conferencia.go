package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/reconcile"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A conferirPage is the workbench of matching: which records of the two sides may
// be one, by how sure it is. Nothing on it is written before a person says so.
type conferirPage struct {
	Flows   []chosenRow
	Flow    string
	Levels  []chosenRow
	Level   string
	Title   string // of the level
	Meaning string
	Rows    []pairCard
	Next    string
	Link    string // where the ticked ones are linked; "" not for this person
	Part    string
	All     bool // all of the level may be taken at once
	Off     bool // the flow is off
	Paused  bool
}

// A chosenRow is one of several to choose from.
type chosenRow struct {
	Title, Path string
	Count       int
	Chosen      bool
}

// A pairCard is a pair of records, or one that is alone.
type pairCard struct {
	Token      string // names exactly this pair, as it is shown
	Title      string
	Auvo, Omie *pairSide
	Reasons    string
	Score      int // how alike they are, 0 to 100; 0: not said
	Fields     []pairRow
	Writes     []string // what linking them writes
	Conflicts  []string // what differs, and what becomes of it
	Choose     string   // the address where its partner is chosen by hand
	Why        string   // it cannot be done, and why
}

// A pairSide is one record of a pair.
type pairSide struct{ Side, ID, Title, Path, Link string }

// levelMeanings say what a level means, and what the cycles do about it by themselves.
var levelMeanings = map[string]string{
	flow.LevelCertain:  "Uma chave (CPF/CNPJ, código) diz que são um só, e de mais ninguém. A próxima rodada liga estes sozinha, se você não os separar.",
	flow.LevelLikely:   "Muito fala por serem um só, mas nenhuma chave decide. Só uma pessoa liga.",
	flow.LevelDoubtful: "Alguma coisa é igual. Olhe com cuidado; só uma pessoa liga.",
	flow.LevelAuvo:     "Nada do Omie se parece com estes. As rodadas criam no Omie o que as regras mandam; se algum já existe lá com outro nome, escolha-o antes.",
	flow.LevelOmie:     "Nada do Auvo se parece com estes. As rodadas criam no Auvo o que as regras mandam; se algum já existe lá com outro nome, escolha-o antes.",
	flow.LevelApart:    "Uma pessoa disse que são diferentes: o Ponte não os liga. Ligue-os, se foi engano.",
}

func (s *Site) conferencia(w http.ResponseWriter, v *visit) error {
	t, f := v.account, mirrorNamed(v.FormValue("fluxo"))
	page := conferirPage{Flow: f.Name, Off: !f.On(t.settings), Paused: t.Paused}
	for _, one := range flow.All {
		if one.Mirror != nil {
			page.Flows = append(page.Flows, chosenRow{Title: one.Title, Path: conferirPath(t, one.Name, ""), Chosen: one.Name == f.Name})
		}
	}
	if page.Off {
		return show(s, w, v, http.StatusOK, conferirSheet, "Conferência", page)
	}
	all, err := s.pairingsOf(v.Context(), t, f)
	if err != nil {
		return err
	}
	page.choose(t, all, v.FormValue("nivel"))
	some := ofLevel(all, page.Level)
	from := 1 + slices.IndexFunc(some, func(p flow.Pairing) bool { return pairKey(p) == v.FormValue("depois") })
	for _, p := range some[from:min(from+pageRows, len(some))] {
		page.Rows = append(page.Rows, s.pairCardOf(v, f, p))
	}
	if end := from + pageRows; end < len(some) {
		page.Next = conferirPath(t, f.Name, page.Level) + "&" + url.Values{"depois": {pairKey(some[end-1])}}.Encode()
	}
	if paired := page.Level != flow.LevelAuvo && page.Level != flow.LevelOmie; v.canAct() && paired && len(some) > 0 {
		page.Link, page.All = t.Path("conferencia", "ligar"), page.Level == flow.LevelCertain
		if page.Level != flow.LevelApart {
			page.Part = t.Path("conferencia", "separar")
		}
	}
	return show(s, w, v, http.StatusOK, conferirSheet, "Conferência", page)
}

// choose picks the level that was asked for, else the first that has something.
func (page *conferirPage) choose(t *tenant, all []flow.Pairing, asked string) {
	for _, level := range flow.Levels {
		n := len(ofLevel(all, level))
		if page.Level == "" && (level == asked || asked == "" && n > 0) {
			page.Level = level
		}
		page.Levels = append(page.Levels, chosenRow{Title: flow.LevelTitle(level), Path: conferirPath(t, page.Flow, level), Count: n})
	}
	page.Level = cmp.Or(page.Level, flow.LevelCertain)
	page.Levels[slices.Index(flow.Levels, page.Level)].Chosen = true
	page.Title, page.Meaning = flow.LevelTitle(page.Level), levelMeanings[page.Level]
}

// mirrorNamed is the flow of that name that mirrors; customers when there is none.
func mirrorNamed(name string) flow.Flow {
	if f, ok := flow.Named(name); ok && f.Mirror != nil {
		return f
	}
	f, _ := flow.Of(record.Customer)
	return f
}

func conferirPath(t *tenant, flowName, level string) string {
	q := url.Values{"fluxo": {flowName}}
	if level != "" {
		q.Set("nivel", level)
	}
	return t.Path("conferencia") + "?" + q.Encode()
}

func ofLevel(all []flow.Pairing, level string) []flow.Pairing {
	var out []flow.Pairing
	for _, p := range all {
		if p.Level == level {
			out = append(out, p)
		}
	}
	return out
}

// pairKey names a pairing within its level.
func pairKey(p flow.Pairing) string {
	var auvo, omie string
	if p.Auvo != nil {
		auvo = p.Auvo.ID
	}
	if p.Omie != nil {
		omie = p.Omie.ID
	}
	return auvo + "~" + omie
}

func (s *Site) pairCardOf(v *visit, f flow.Flow, p flow.Pairing) pairCard {
	t := v.account
	c := pairCard{Auvo: s.pairSideOf(t, p.Auvo), Omie: s.pairSideOf(t, p.Omie), Reasons: strings.Join(p.Reasons, ", ")}
	var auvo, omie record.Fields
	if p.Auvo != nil {
		c.Title, auvo = cmp.Or(p.Auvo.Title, p.Auvo.ID), p.Auvo.Fields
	}
	if p.Omie != nil {
		c.Title, omie = cmp.Or(c.Title, p.Omie.Title, p.Omie.ID), p.Omie.Fields
	}
	c.Fields = besides(t.shown, auvo, omie)
	switch {
	case p.Auvo != nil && p.Omie != nil:
		c.Token = pairToken(*p.Auvo, *p.Omie)
		c.Writes, c.Conflicts = previewed(t.shown, p.Preview(f, t.settings))
	case v.canAct() && p.Auvo != nil:
		c.Choose = choosePath(t, p.Auvo.Ref())
	case v.canAct():
		c.Choose = choosePath(t, p.Omie.Ref())
	}
	return c
}

func (s *Site) pairSideOf(t *tenant, i *record.Item) *pairSide {
	if i == nil {
		return nil
	}
	return &pairSide{i.Side.Title(), i.ID, cmp.Or(i.Title, i.ID), storyPath(t, i.Ref()), s.linkOf(t, i.Ref())}
}

// previewed says what linking a pair writes, and what it leaves to a person.
func previewed(written func(name, value string) string, res reconcile.Result) (writes, conflicts []string) {
	for _, side := range []record.Side{record.Auvo, record.Omie} {
		changes := res.ToAuvo
		if side == record.Omie {
			changes = res.ToOmie
		}
		for _, c := range changes {
			writes = append(writes, "No "+side.Title()+", “"+flow.FieldTitle(c.Field)+"”: de “"+written(c.Field, c.From)+"” para “"+written(c.Field, c.To)+"”.")
		}
	}
	for _, c := range res.Conflicts {
		if c.Settled == "" {
			conflicts = append(conflicts, "“"+flow.FieldTitle(c.Field)+"” difere: vai esperar que uma pessoa escolha.")
			continue
		}
		conflicts = append(conflicts, "“"+flow.FieldTitle(c.Field)+"” difere: pela regra da conta vale o "+c.Settled.Title()+".")
	}
	return writes, conflicts
}

// pairToken names exactly a pair as it was shown.
func pairToken(auvo, omie record.Item) string {
	return string(auvo.Kind) + "~" + auvo.ID + "~" + omie.ID + "~" + record.Digest([]string{auvo.Fingerprint(), omie.Fingerprint()})[:12]
}

func partPath(t *tenant, auvo, omie record.Item) string {
	return t.Path("conferencia", "separar") + "?" + url.Values{"par": {pairToken(auvo, omie)}}.Encode()
}

// roleOf is what a person wants a pair linked as.
func roleOf(v *visit) string {
	if v.Form.Get("como") == store.RoleSite {
		return store.RoleSite
	}
	return store.RoleMain
}
