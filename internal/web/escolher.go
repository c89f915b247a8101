package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"ponte/internal/engine"
	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
	"ponte/internal/story"
)

// A choosePage is where a person finds a record's partner by hand.
type choosePage struct {
	Of     pairCard // the record, alone
	Query  string
	Action string
	Back   string
	Other  string // the side that is searched
	Found  []partnerRow
	More   bool
}

// A partnerRow is a record of the other side that may be the partner.
type partnerRow struct {
	Title, ID, Path, Detail string
	Alike                   string // what speaks for it
	Link                    string // the address that shows what linking them does; "" they cannot be
	Site                    string // the same, as one more site of the customer
	Why                     string
}

// mostPartners is how many records may be chosen from: of each it is asked whether it may be linked.
const mostPartners = 20

func (s *Site) chooseForm(w http.ResponseWriter, v *visit) error {
	ref, err := refOf(v)
	if err != nil {
		return err
	}
	f, ok := flow.Of(ref.Kind)
	if !ok || f.Mirror == nil {
		return missing("Só clientes, produtos e serviços são conferidos.")
	}
	t := v.account
	item, err := s.Store.Item(v.Context(), t.ID, ref)
	if err != nil {
		return err
	}
	page := choosePage{
		Query: strings.TrimSpace(v.FormValue("q")), Action: choosePath(t, ref),
		Back: conferirPath(t, f.Name, levelAlone(ref.Side)), Other: ref.Side.Other().Title(), Of: s.pairCardOf(v, f, aloneAs(item)),
	}
	page.Of.Choose = ""
	query := cmp.Or(page.Query, firstWord(item.Fields[record.FieldName]))
	found, err := story.Find(v.Context(), s.Store, t.ID, query, 10*mostFound)
	if err != nil {
		return err
	}
	for _, i := range found {
		if i.Kind != ref.Kind || i.Side == ref.Side {
			continue
		}
		if page.More = len(page.Found) == mostPartners; page.More {
			break
		}
		row, err := s.partnerOf(v, f, item, i)
		if err != nil {
			return err
		}
		page.Found = append(page.Found, row)
	}
	return show(s, w, v, http.StatusOK, chooseSheet, "Escolher à mão", page)
}

// choosePath is where a record's partner is chosen; "" of what is not mirrored.
func choosePath(t *tenant, ref record.Ref) string {
	if f, ok := flow.Of(ref.Kind); !ok || f.Mirror == nil {
		return ""
	}
	return t.Path("conferencia", "escolher", refPath(ref))
}

func aloneAs(i record.Item) flow.Pairing {
	if i.Side == record.Auvo {
		return flow.Pairing{Auvo: &i}
	}
	return flow.Pairing{Omie: &i}
}

func levelAlone(side record.Side) string {
	if side == record.Auvo {
		return flow.LevelAuvo
	}
	return flow.LevelOmie
}

// firstWord is what is searched for before anybody asks.
func firstWord(name string) string {
	word, _, _ := strings.Cut(name, " ")
	return word
}

func (s *Site) partnerOf(v *visit, f flow.Flow, item, other record.Item) (partnerRow, error) {
	t := v.account
	row := partnerRow{
		Title: cmp.Or(other.Title, other.Ref().String()), ID: other.ID, Path: storyPath(t, other.Ref()), Detail: detailOf(other), Alike: strings.Join(flow.LikenessOf(f, item, other).Reasons, ", "),
	}
	auvo, omie := item, other
	if item.Side == record.Omie {
		auvo, omie = other, item
	}
	link := url.Values{"par": {pairToken(auvo, omie)}}
	why, err := engine.WhyNotLinked(v.Context(), s.Store, t.ID, auvo, omie, store.RoleMain)
	if err != nil {
		return row, err
	}
	row.Why = why
	if row.Why == "" {
		row.Link = t.Path("conferencia", "ligar") + "?" + link.Encode()
	}
	if f.Kind != record.Customer || row.Why == "" {
		return row, nil
	}
	why, err = engine.WhyNotLinked(v.Context(), s.Store, t.ID, auvo, omie, store.RoleSite)
	if why == "" {
		link.Set("como", store.RoleSite)
		row.Site = t.Path("conferencia", "ligar") + "?" + link.Encode()
	}
	return row, err
}
