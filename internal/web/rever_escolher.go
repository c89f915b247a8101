package web

import (
	"cmp"
	"net/http"
	"strings"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/setup"
	"ponte/internal/store"
)

// A partnerPage is where a person finds a record's partner by hand, in the review.
type partnerPage struct {
	draftHead
	Of     pairCard
	Query  string
	Action string // of the search
	Do     string // where a choice goes
	Flow   string
	Level  string
	Back   string
	Other  string
	Found  []foundPartner
	More   bool
}

// A foundPartner is a record of the other side that may be the partner.
type foundPartner struct {
	Title, ID, Detail, Alike string
	Token                    string
	Writes, Conflicts        []string
	Taken                    string // whose it would be already; "" nobody's
	Link, Site               bool   // it may be chosen, in these roles
}

func (s *Site) choosePartner(w http.ResponseWriter, v *visit) error {
	d, err := s.draftingOf(v)
	if err != nil {
		return err
	}
	ref, err := refOf(v)
	if err != nil {
		return err
	}
	f, ok := flow.Of(ref.Kind)
	if !ok || f.Mirror == nil || !d.fresh(setup.Plan) {
		return missing("Isto só é escolhido de clientes, produtos e serviços de uma simulação em dia.")
	}
	found, err := s.Store.DraftRecords(v.Context(), d.ID, d.number(), ref.Kind, ref.Side, []string{ref.ID})
	if err != nil {
		return err
	}
	item, there := found[ref.ID]
	if !there {
		return missing("Este cadastro não foi encontrado na simulação.")
	}
	alone := store.DraftPair{Kind: ref.Kind, Auvo: ref.ID}
	auvo, omie := item, record.Item{}
	if ref.Side == record.Omie {
		alone, auvo, omie = store.DraftPair{Kind: ref.Kind, Omie: ref.ID}, omie, item
	}
	page := partnerPage{
		draftHead: d.head(d.Path("conferencia")), Of: d.reviewCard(f, alone, auvo, omie), Query: strings.TrimSpace(v.FormValue("q")), Action: d.Path("conferencia", "escolher", refPath(ref)),
		Do: d.Path("conferencia"), Flow: f.Name, Level: levelAlone(ref.Side), Back: d.reviewPath(f.Name, levelAlone(ref.Side)), Other: ref.Side.Other().Title(),
	}
	page.Of.Choose = ""
	others, err := s.Store.FindDraftRecords(v.Context(), d.ID, d.number(), ref.Kind, ref.Side.Other(), cmp.Or(page.Query, firstWord(item.Title)), mostFound+1)
	if err != nil {
		return err
	}
	if page.More = len(others) > mostFound; page.More {
		others = others[:mostFound]
	}
	for _, other := range others {
		row, err := s.foundPartner(v, d, f, item, other)
		if err != nil {
			return err
		}
		page.Found = append(page.Found, row)
	}
	return show(s, w, v, http.StatusOK, partnerSheet, "Escolher à mão", page)
}

func (s *Site) foundPartner(v *visit, d *drafting, f flow.Flow, item, other record.Item) (foundPartner, error) {
	auvo, omie := item, other
	if item.Side == record.Omie {
		auvo, omie = other, item
	}
	row := foundPartner{
		Title: cmp.Or(other.Title, other.ID), ID: other.ID, Alike: strings.Join(flow.LikenessOf(f, item, other).Reasons, ", "),
		Detail: hinted(other.Fields[record.FieldDocument]), Token: string(f.Kind) + "~" + auvo.ID + "~" + omie.ID,
	}
	row.Writes, row.Conflicts = previewed(shown, flow.Pairing{Auvo: &auvo, Omie: &omie}.Preview(f, d.account))
	pairs, err := s.Store.DraftPairsOf(v.Context(), d.ID, d.number(), other.Ref(), flow.LevelCertain)
	if err != nil {
		return row, err
	}
	said, err := s.Store.DraftChoicesOf(v.Context(), d.ID, other.Ref())
	if err != nil {
		return row, err
	}
	row.Taken = takenBy(pairs, said, other.Side)
	row.Link = row.Taken == ""
	row.Site = !row.Link && f.Kind == record.Customer && other.Side == record.Omie
	return row, nil
}

// takenBy is the record that another is or would be linked to; "" none.
func takenBy(certain []store.DraftPair, said []store.DraftChoice, side record.Side) string {
	apart := map[[2]string]bool{}
	for _, c := range said {
		switch {
		case c.Choice == store.ChoiceApart:
			apart[[2]string{c.Auvo, c.Omie}] = true
		case side == record.Auvo:
			return c.Omie
		case c.Choice == store.RoleMain:
			return c.Auvo
		}
	}
	for _, p := range certain {
		if apart[[2]string{p.Auvo, p.Omie}] {
			continue
		}
		if side == record.Auvo {
			return p.Omie
		}
		return p.Auvo
	}
	return ""
}
