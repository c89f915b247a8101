package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// A reviewPage is the match review of an account to be: which records of both sides
// would be one, and what a person says of it. Nothing is written before activation.
type reviewPage struct {
	draftHead
	Ready   bool // there is a simulation to review
	Plan    string
	Flows   []chosenRow
	Flow    string
	Levels  []chosenRow
	Level   string
	Title   string
	Meaning string
	Action  string
	Rows    []pairCard
	Next    string
	Accept  int  // so many may be accepted at once
	Link    bool // the ticked may be linked
	Part    bool
	Undo    bool
	Follow  string
}

// levelChosen are the pairs that a person linked in the review.
const levelChosen = "chosen"

// reviewLevels are the review's, in order.
var reviewLevels = slices.Concat([]string{levelChosen}, flow.Levels)

func reviewTitle(level string) string {
	if level == levelChosen {
		return "Ligados por você"
	}
	return flow.LevelTitle(level)
}

// reviewMeanings say what the first cycle does about a level.
var reviewMeanings = map[string]string{
	levelChosen:        "Na ativação a primeira rodada liga estes, antes de qualquer outra coisa.",
	flow.LevelCertain:  "Uma chave (CPF/CNPJ, código) diz que são um só, e de mais ninguém: a primeira rodada os liga sozinha. Os menos parecidos vêm primeiro. Separe o que não for o mesmo.",
	flow.LevelLikely:   "Muito fala por serem um só, mas nenhuma chave decide. Só uma pessoa liga; o que ninguém liga espera ou é criado do outro lado.",
	flow.LevelDoubtful: "Alguma coisa é igual. Olhe com cuidado; só uma pessoa liga.",
	flow.LevelAuvo:     "Nada do Omie se parece com estes: a primeira rodada cria no Omie os que as regras mandam. Se algum já existe lá com outro nome, escolha-o aqui.",
	flow.LevelOmie:     "Nada do Auvo se parece com estes: a primeira rodada cria no Auvo os que as regras mandam. Se algum já existe lá com outro nome, escolha-o aqui.",
	flow.LevelApart:    "Você disse que são diferentes: o Ponte não os liga.",
}

func (d *drafting) reviewPath(flowName, level string) string {
	q := url.Values{"fluxo": {flowName}}
	if level != "" {
		q.Set("nivel", level)
	}
	return d.Path("conferencia") + "?" + q.Encode()
}

// number is the asking that found what is reviewed.
func (d *drafting) number() int64 { return d.works[setup.Plan].Number }

func (s *Site) review(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	here := d.Path("conferencia")
	page := reviewPage{draftHead: d.head(here), Ready: d.fresh(setup.Plan), Plan: d.Path("plano"), Action: here, Follow: d.Path("ativar")}
	f := d.mirror(v.FormValue("fluxo"))
	if !page.Ready || f.Mirror == nil {
		return show(s, w, v, http.StatusOK, reviewSheet, "Conferir cadastros", page)
	}
	page.Flow = f.Name
	for _, one := range flow.All {
		if one.Mirror != nil && one.On(d.account) {
			page.Flows = append(page.Flows, chosenRow{Title: one.Title, Path: d.reviewPath(one.Name, ""), Chosen: one.Name == f.Name})
		}
	}
	if err := s.reviewCounts(v, d, f, &page); err != nil {
		return err
	}
	if err := s.reviewRows(v, d, f, &page); err != nil {
		return err
	}
	switch page.Level {
	case flow.LevelCertain:
		page.Accept, page.Part = page.count(flow.LevelCertain), true
	case flow.LevelLikely, flow.LevelDoubtful:
		page.Link, page.Part = true, true
	case flow.LevelApart:
		page.Link, page.Undo = true, true
	case levelChosen:
		page.Part, page.Undo = true, true
	}
	return show(s, w, v, http.StatusOK, reviewSheet, "Conferir cadastros", page)
}

// mirror is the mirror of that name that is on, else the first one; none when there is none.
func (d *drafting) mirror(name string) (f flow.Flow) {
	for _, one := range flow.All {
		if one.Mirror != nil && one.On(d.account) && (f.Name == "" || one.Name == name) {
			f = one
		}
	}
	return f
}

func (page *reviewPage) count(level string) int {
	return page.Levels[slices.Index(reviewLevels, level)].Count
}

// reviewCounts counts the levels and picks the one that was asked for, else the first
// that has something.
func (s *Site) reviewCounts(v *visit, d *drafting, f flow.Flow, page *reviewPage) error {
	counts, err := s.Store.CountDraftPairs(v.Context(), d.ID, d.number(), f.Kind)
	if err != nil {
		return err
	}
	said, err := s.Store.CountDraftChoices(v.Context(), d.ID, f.Kind)
	if err != nil {
		return err
	}
	counts[levelChosen], counts[flow.LevelApart] = said[store.RoleMain]+said[store.RoleSite], said[store.ChoiceApart]
	asked := v.FormValue("nivel")
	for _, level := range reviewLevels {
		n := counts[level]
		if page.Level == "" && (level == asked || asked == "" && n > 0 && level != levelChosen) {
			page.Level = level
		}
		page.Levels = append(page.Levels, chosenRow{Title: reviewTitle(level), Path: d.reviewPath(f.Name, level), Count: n})
	}
	page.Level = cmp.Or(page.Level, flow.LevelCertain)
	page.Levels[slices.Index(reviewLevels, page.Level)].Chosen = true
	page.Title, page.Meaning = reviewTitle(page.Level), reviewMeanings[page.Level]
	return nil
}

// reviewRows reads a page of a level.
func (s *Site) reviewRows(v *visit, d *drafting, f flow.Flow, page *reviewPage) error {
	var pairs []store.DraftPair
	var next string
	var err error
	if page.Level == levelChosen || page.Level == flow.LevelApart {
		pairs, next, err = s.saidPairs(v, d, f, page.Level == flow.LevelApart)
	} else {
		after, _ := strconv.ParseInt(v.FormValue("depois"), 10, 64)
		pairs, err = s.Store.DraftPairs(v.Context(), d.ID, d.number(), f.Kind, page.Level, after, pageRows+1)
		if len(pairs) > pageRows {
			pairs = pairs[:pageRows]
			next = strconv.FormatInt(pairs[pageRows-1].Seq, 10)
		}
	}
	if err != nil {
		return err
	}
	if next != "" {
		page.Next = d.reviewPath(f.Name, page.Level) + "&" + url.Values{"depois": {next}}.Encode()
	}
	page.Rows, err = s.reviewCards(v.Context(), d, f, pairs)
	return err
}

// saidPairs are what a person said, as pairs; next names where the following page begins.
func (s *Site) saidPairs(v *visit, d *drafting, f flow.Flow, apart bool) (pairs []store.DraftPair, next string, err error) {
	var after store.DraftChoice
	after.Auvo, after.Omie, _ = strings.Cut(v.FormValue("depois"), "~")
	said, err := s.Store.SomeDraftChoices(v.Context(), d.ID, f.Kind, apart, after, pageRows+1)
	if len(said) > pageRows {
		said = said[:pageRows]
		next = said[pageRows-1].Auvo + "~" + said[pageRows-1].Omie
	}
	for _, c := range said {
		p := store.DraftPair{Kind: c.Kind, Auvo: c.Auvo, Omie: c.Omie}
		if c.Choice == store.RoleSite {
			p.Reasons = []string{"mais um local do mesmo cliente"}
		}
		pairs = append(pairs, p)
	}
	return pairs, next, err
}

func (s *Site) reviewCards(ctx context.Context, d *drafting, f flow.Flow, pairs []store.DraftPair) ([]pairCard, error) {
	ids := map[record.Side][]string{}
	for _, p := range pairs {
		ids[record.Auvo], ids[record.Omie] = append(ids[record.Auvo], p.Auvo), append(ids[record.Omie], p.Omie)
	}
	items := map[record.Side]map[string]record.Item{}
	for side, some := range ids {
		var err error
		if items[side], err = s.Store.DraftRecords(ctx, d.ID, d.number(), f.Kind, side, some); err != nil {
			return nil, err
		}
	}
	var cards []pairCard
	for _, p := range pairs {
		cards = append(cards, d.reviewCard(f, p, items[record.Auvo][p.Auvo], items[record.Omie][p.Omie]))
	}
	return cards, nil
}

// reviewCard is a pair for the page; a record that is there no more has no title.
func (d *drafting) reviewCard(f flow.Flow, p store.DraftPair, auvo, omie record.Item) pairCard {
	c := pairCard{Title: cmp.Or(auvo.Title, omie.Title, p.Auvo, p.Omie), Reasons: strings.Join(p.Reasons, ", "), Score: p.Score, Fields: besides(shown, auvo.Fields, omie.Fields)}
	if p.Auvo != "" {
		c.Auvo = &pairSide{Side: record.Auvo.Title(), ID: p.Auvo, Title: cmp.Or(auvo.Title, "Não foi mais encontrado")}
	}
	if p.Omie != "" {
		c.Omie = &pairSide{Side: record.Omie.Title(), ID: p.Omie, Title: cmp.Or(omie.Title, "Não foi mais encontrado")}
	}
	switch {
	case p.Auvo != "" && p.Omie != "":
		c.Token = string(f.Kind) + "~" + p.Auvo + "~" + p.Omie
		if auvo.ID != "" && omie.ID != "" && p.Level != flow.LevelCertain { // of those the simulation told already
			c.Writes, c.Conflicts = previewed(shown, flow.Pairing{Auvo: &auvo, Omie: &omie}.Preview(f, d.account))
		}
	case p.Auvo != "":
		c.Choose = d.Path("conferencia", "escolher", refPath(auvo.Ref()))
	default:
		c.Choose = d.Path("conferencia", "escolher", refPath(omie.Ref()))
	}
	return c
}

// decide keeps what a person says of pairs; it stands with the draft alone.
func (s *Site) decidePairs(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	if !d.fresh(setup.Plan) {
		return refused(http.StatusConflict, "As escolhas mudaram desde a simulação: simule de novo antes de conferir.")
	}
	f := d.mirror(v.PostFormValue("fluxo"))
	to := d.reviewPath(f.Name, v.PostFormValue("nivel"))
	said, err := s.decided(v, d, f, &to)
	if err != nil {
		return err
	}
	return s.back(w, v, to, said)
}

func (s *Site) decided(v *visit, d *drafting, f flow.Flow, to *string) (said string, err error) {
	deed := v.PostFormValue("fazer")
	switch deed {
	case "conferido":
		*to = d.Path("ativar")
		return "Cadastros conferidos.", s.Store.ReviewDraft(v.Context(), d.ID, d.number())
	case "aceitar":
		n, err := s.Store.ChooseLevel(v.Context(), d.ID, d.number(), f.Kind, flow.LevelCertain, true, v.by())
		*to = d.reviewPath(f.Name, levelChosen)
		return count(n, "Nenhum par certo faltava.", "1 par certo foi aceito.", "pares certos foram aceitos."), err
	}
	pairs, gone, err := s.chosenPairs(v, d, f)
	if err != nil {
		return "", err
	}
	switch deed {
	case "ligar", "local", "separar":
		choice, noun := store.RoleMain, [2]string{"1 par será ligado na ativação.", "pares serão ligados na ativação."}
		if deed == "local" {
			choice = store.RoleSite
		}
		if deed == "separar" {
			choice, noun = store.ChoiceApart, [2]string{"1 par fica separado.", "pares ficam separados."}
		}
		var choices []store.DraftChoice
		for _, p := range pairs {
			more, err := s.choiceOf(v, d, f, p, choice)
			if err != nil {
				return "", err
			}
			choices = append(choices, more...)
		}
		said, err = count(len(pairs), "", noun[0], noun[1]), s.Store.Choose(v.Context(), d.ID, choices...)
	case "voltar":
		said, err = count(len(pairs), "", "1 escolha foi desfeita.", "escolhas foram desfeitas."), s.Store.Unchoose(v.Context(), d.ID, pairs...)
	default:
		return "", refused(http.StatusUnprocessableEntity, "Diga o que fazer com os pares.")
	}
	if gone > 0 {
		said += " " + count(gone, "", "1 ficou de fora: não foi mais encontrado.", "ficaram de fora: não foram mais encontrados.")
	}
	return said, err
}

// chosenPairs are the pairs that a form names; those of which a record was not read are gone.
func (s *Site) chosenPairs(v *visit, d *drafting, f flow.Flow) (pairs []store.DraftChoice, gone int, err error) {
	tokens := v.PostForm["par"]
	if len(tokens) > mostSelected {
		return nil, 0, refused(http.StatusRequestEntityTooLarge, "São pares demais de uma vez: marque até "+num(mostSelected)+".")
	}
	for _, token := range tokens {
		part := strings.Split(token, "~")
		if len(part) != 3 || part[0] != string(f.Kind) {
			gone++
			continue
		}
		c := store.DraftChoice{Kind: f.Kind, Auvo: part[1], Omie: part[2], By: v.by()}
		auvo, err := s.Store.DraftRecords(v.Context(), d.ID, d.number(), f.Kind, record.Auvo, []string{c.Auvo})
		if err != nil {
			return nil, 0, err
		}
		omie, err := s.Store.DraftRecords(v.Context(), d.ID, d.number(), f.Kind, record.Omie, []string{c.Omie})
		if err != nil {
			return nil, 0, err
		}
		if v.PostFormValue("fazer") != "voltar" && (len(auvo) == 0 || len(omie) == 0) {
			gone++
			continue
		}
		pairs = append(pairs, c)
	}
	if len(pairs) == 0 {
		return nil, gone, &problem{status: http.StatusUnprocessableEntity, sentence: "Nenhum par foi marcado.", hint: "Volte e marque os pares."}
	}
	return pairs, gone, nil
}

// choiceOf is a choice, and for a site that its customer's certain pair is one, too: it
// has to stand before the site does.
func (s *Site) choiceOf(v *visit, d *drafting, f flow.Flow, p store.DraftChoice, choice string) ([]store.DraftChoice, error) {
	p.Choice = choice
	certain, err := s.Store.DraftPairsOf(v.Context(), d.ID, d.number(), record.Ref{Kind: f.Kind, Side: record.Omie, ID: p.Omie}, flow.LevelCertain)
	if err != nil {
		return nil, err
	}
	out := []store.DraftChoice{p}
	for _, c := range certain {
		switch {
		case c.Auvo == p.Auvo:
			out[len(out)-1].Known = choice == store.RoleMain
		case choice == store.RoleSite:
			out = append(out, store.DraftChoice{Kind: f.Kind, Auvo: c.Auvo, Omie: c.Omie, Choice: store.RoleMain, Known: true, By: v.by()})
		}
	}
	return out, nil
}
