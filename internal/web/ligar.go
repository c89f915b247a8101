package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ponte/internal/audit"
	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// A pairsPage shows what linking or parting some pairs does, before it is done.
type pairsPage struct {
	Title, Does string
	Action      string
	Button      string
	Back        string
	Hidden      []field
	Rows        []pairCard
	Count       int
	Notes       []string
	Blocked     []pairCard // those of which it cannot be done, and why
}

// A pairing is two records that a form names.
type pairing struct {
	token      string
	flow       flow.Flow
	auvo, omie record.Item
	why        string // it cannot be linked, in Portuguese
}

// A pairSelection is the pairs that a form names.
type pairSelection struct {
	role    string // to link them in; "" to part them
	pairs   []pairing
	blocked []pairing
	gone    int // changed since they were shown
	more    bool
	flow    flow.Flow
	level   string
}

func (s *Site) pairsOf(v *visit, part bool) (sel pairSelection, err error) {
	if err := v.ParseForm(); err != nil {
		return sel, err
	}
	if sel = (pairSelection{flow: mirrorNamed(v.Form.Get("fluxo")), level: v.Form.Get("nivel")}); !part {
		sel.role = roleOf(v)
	}
	tokens := v.Form["par"]
	if v.Form.Get("todos") != "" && sel.level == flow.LevelCertain { // only what a key is sure of is taken as a whole
		if tokens, err = s.allCertain(v, &sel); err != nil {
			return sel, err
		}
	}
	switch {
	case len(tokens) == 0:
		return sel, &problem{status: http.StatusUnprocessableEntity, sentence: "Nenhum par foi marcado.", hint: "Volte e marque os pares."}
	case len(tokens) > mostSelected:
		return sel, refused(http.StatusRequestEntityTooLarge, "São pares demais de uma vez: marque até "+num(mostSelected)+".")
	}
	for _, token := range tokens {
		p, err := s.pairNamed(v.Context(), v.account, token, sel.role)
		switch {
		case errors.Is(err, store.ErrNotFound):
			sel.gone++
		case err != nil:
			return sel, err
		case p.why != "":
			sel.blocked = append(sel.blocked, p)
		default:
			sel.pairs = append(sel.pairs, p)
		}
	}
	if len(sel.pairs) > 0 {
		sel.flow = sel.pairs[0].flow
	}
	return sel, nil
}

func (s *Site) allCertain(v *visit, sel *pairSelection) ([]string, error) {
	all, err := s.pairingsOf(v.Context(), v.account, sel.flow)
	if err != nil {
		return nil, err
	}
	certain := ofLevel(all, flow.LevelCertain)
	if sel.more = len(certain) > mostSelected; sel.more {
		certain = certain[:mostSelected]
	}
	var tokens []string
	for _, p := range certain {
		tokens = append(tokens, pairToken(*p.Auvo, *p.Omie))
	}
	return tokens, nil
}

// pairNamed is the pair of a token, ErrNotFound when it is not any more as it was shown.
func (s *Site) pairNamed(ctx context.Context, t *tenant, token, role string) (p pairing, err error) {
	part := strings.Split(token, "~")
	f, ok := flow.Of(record.Kind(part[0]))
	if len(part) != 4 || !ok || f.Mirror == nil {
		return p, store.ErrNotFound
	}
	p = pairing{token: token, flow: f}
	if p.auvo, err = s.Store.Item(ctx, t.ID, record.Ref{Kind: f.Kind, Side: record.Auvo, ID: part[1]}); err != nil {
		return p, err
	}
	if p.omie, err = s.Store.Item(ctx, t.ID, record.Ref{Kind: f.Kind, Side: record.Omie, ID: part[2]}); err != nil {
		return p, err
	}
	if pairToken(p.auvo, p.omie) != token {
		return p, store.ErrNotFound
	}
	if role != "" {
		p.why, err = engine.WhyNotLinked(ctx, s.Store, t.ID, p.auvo, p.omie, role)
	}
	return p, err
}

func (s *Site) linkForm(w http.ResponseWriter, v *visit) error {
	sel, err := s.pairsOf(v, false)
	if err != nil {
		return err
	}
	page := s.pairsPageOf(v, sel)
	page.Title, page.Action = "Ligar", v.account.Path("conferencia", "ligar")
	page.Does = "O Ponte passa a tratar como um só. Nada é gravado agora: a próxima rodada compara os campos e grava o que aparece abaixo. Para voltar atrás: “Separar…” na história, e “Desfazer…” para o que já foi gravado."
	page.Button = "Ligar " + count(page.Count, "", "1 par", "pares")
	if sel.role == store.RoleSite {
		page.Does = "O cadastro do Auvo vira mais um local do mesmo cliente do Omie: os documentos dele usam esse cliente, e os campos não são copiados entre os dois."
		page.Hidden = append(page.Hidden, field{"como", store.RoleSite})
		for n := range page.Rows {
			page.Rows[n].Writes, page.Rows[n].Conflicts = nil, nil
		}
	}
	return show(s, w, v, http.StatusOK, pairsSheet, page.Title, page)
}

func (s *Site) partForm(w http.ResponseWriter, v *visit) error {
	sel, err := s.pairsOf(v, true)
	if err != nil {
		return err
	}
	page := s.pairsPageOf(v, sel)
	page.Title, page.Action = "Separar", v.account.Path("conferencia", "separar")
	page.Does = "Ficam como cadastros diferentes: o que muda em um não passa ao outro, e o Ponte não os liga de novo sozinho. Nada é apagado nem gravado nos dois lados. Para voltar atrás, ligue-os em “" + flow.LevelTitle(flow.LevelApart) + "”."
	page.Button = "Separar " + count(page.Count, "", "1 par", "pares")
	for n := range page.Rows {
		page.Rows[n].Writes, page.Rows[n].Conflicts = nil, nil
	}
	return show(s, w, v, http.StatusOK, pairsSheet, page.Title, page)
}

func (s *Site) pairsPageOf(v *visit, sel pairSelection) pairsPage {
	page := pairsPage{Back: sel.back(v.account), Count: len(sel.pairs), Hidden: []field{{"fluxo", sel.flow.Name}, {"nivel", sel.level}}}
	card := func(p pairing) pairCard {
		c := s.pairCardOf(v, p.flow, flow.Pairing{Auvo: &p.auvo, Omie: &p.omie, Likeness: flow.LikenessOf(p.flow, p.auvo, p.omie)})
		c.Why = p.why
		return c
	}
	for _, p := range sel.pairs {
		page.Hidden, page.Rows = append(page.Hidden, field{"par", p.token}), append(page.Rows, card(p))
	}
	for _, p := range sel.blocked {
		page.Blocked = append(page.Blocked, card(p))
	}
	if sel.gone > 0 {
		page.Notes = append(page.Notes, count(sel.gone, "", "1 par mudou desde que foi mostrado, e fica de fora.", "pares mudaram desde que foram mostrados, e ficam de fora."))
	}
	if sel.more {
		page.Notes = append(page.Notes, "São muitos: esta vez alcança os primeiros "+num(mostSelected)+". Repita para os outros.")
	}
	return page
}

func (sel pairSelection) back(t *tenant) string { return conferirPath(t, sel.flow.Name, sel.level) }

func (s *Site) link(w http.ResponseWriter, v *visit) error { return s.confer(w, v, false) }

func (s *Site) part(w http.ResponseWriter, v *visit) error { return s.confer(w, v, true) }

// confer does with each pair what was shown, as long as it still is what was shown.
func (s *Site) confer(w http.ResponseWriter, v *visit, part bool) error {
	sel, err := s.pairsOf(v, part)
	if err != nil {
		return err
	}
	if len(sel.pairs) == 0 {
		return &problem{status: http.StatusConflict, sentence: "Nada mais disso pode ser feito.", hint: "Os pares mudaram desde que foram mostrados; olhe a conferência de novo."}
	}
	to := sel.back(v.account)
	if len(sel.pairs) == 1 && sel.level == "" {
		to = storyPath(v.account, sel.pairs[0].auvo.Ref())
	}
	return s.settle(w, v, store.Act{}, to, func(ctx context.Context, lease store.Lease) (string, error) {
		done, left := 0, sel.gone+len(sel.blocked)
		for _, p := range sel.pairs {
			now, err := s.pairNamed(ctx, v.account, p.token, sel.role) // nobody else changes them now
			if errors.Is(err, store.ErrNotFound) || err == nil && now.why != "" {
				left++
				continue
			}
			if err == nil {
				act := audit.Linked(now.auvo.Ref(), now.omie.Ref(), sel.role)
				if part {
					act = audit.Parted(now.auvo.Ref(), now.omie.Ref())
				}
				err = engine.Confer(s.acting(ctx, v, act), s.Store, lease, engine.Conferring{Auvo: now.auvo, Omie: now.omie, Role: sel.role, By: v.by()})
			}
			if err != nil {
				return "", err
			}
			done++
		}
		return conferred(done, left, part), nil
	})
}

func conferred(done, left int, part bool) string {
	said := count(done, "Nenhum par foi ligado.", "1 par foi ligado; a próxima rodada compara os campos.", "pares foram ligados; a próxima rodada compara os campos.")
	if part {
		said = count(done, "Nenhum par foi separado.", "1 par foi separado.", "pares foram separados.")
	}
	if left > 0 {
		said += " " + count(left, "", "1 ficou de fora: mudou enquanto isso.", "ficaram de fora: mudaram enquanto isso.")
	}
	return said
}
