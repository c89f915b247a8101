package flow

import (
	"cmp"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/reconcile"
	"ponte/internal/record"
)

// The levels of a pairing, surest first.
const (
	LevelCertain  = "certain"   // a key says so, and of nobody else on either side
	LevelLikely   = "likely"    // much speaks for it
	LevelDoubtful = "doubtful"  // something does
	LevelAuvo     = "only-auvo" // no record of Omie is like it
	LevelOmie     = "only-omie"
	LevelApart    = "different" // a person said so
)

// Levels are the levels, in order.
var Levels = []string{LevelCertain, LevelLikely, LevelDoubtful, LevelAuvo, LevelOmie, LevelApart}

// LevelTitle names a level for people.
func LevelTitle(level string) string { return levelTitles[level] }

var levelTitles = map[string]string{
	LevelCertain: "Certos", LevelLikely: "Prováveis", LevelDoubtful: "Duvidosos",
	LevelAuvo: "Só no Auvo", LevelOmie: "Só no Omie", LevelApart: "Diferentes, disse uma pessoa",
}

const (
	likelyFrom   = 55
	doubtfulFrom = 25
	mostPairings = 3 // of one record, best first
)

// A Pairing is two unlinked records that may be one, or one that is alone on its
// side. It is offered to a person; nothing is written before they say so.
type Pairing struct {
	Level string
	Likeness
	Auvo, Omie *record.Item // nil: alone
}

// Pairings compares the unlinked records of both sides (pure, deterministic).
// apart tells which pairs a person said are different. Only records that share
// some key are compared, so that 10,000 on each side take seconds.
func Pairings(f Flow, auvo, omie []record.Item, apart func(auvo, omie record.Ref) bool) []Pairing {
	mine, theirs := profiles(f, auvo), profiles(f, omie)
	c := crowd{flow: f, items: omie, profiles: theirs, blocks: blocksOf(theirs), apart: apart}
	var out []Pairing
	met := map[string]bool{} // Omie ids in some pairing
	for n := range auvo {
		best := c.candidates(&auvo[n], &mine[n])
		for _, p := range best {
			if p.Level == LevelApart {
				out = append(out, p)
				continue
			}
			met[p.Omie.ID] = true
			out = append(out, p)
		}
		if !slices.ContainsFunc(best, func(p Pairing) bool { return p.Level != LevelApart }) {
			out = append(out, Pairing{Level: LevelAuvo, Auvo: &auvo[n]})
		}
	}
	demote(out)
	for n := range omie {
		if !met[omie[n].ID] {
			out = append(out, Pairing{Level: LevelOmie, Omie: &omie[n]})
		}
	}
	slices.SortStableFunc(out, comparePairings)
	return out
}

func comparePairings(a, b Pairing) int {
	return cmp.Or(cmp.Compare(slices.Index(Levels, a.Level), slices.Index(Levels, b.Level)), cmp.Compare(b.Score, a.Score), strings.Compare(a.title(), b.title()))
}

func (p Pairing) title() string {
	if p.Auvo != nil {
		return p.Auvo.Title + "\x00" + p.Auvo.ID
	}
	return p.Omie.Title + "\x00" + p.Omie.ID
}

// A crowd is all of Omie's records that a record of Auvo may be.
type crowd struct {
	flow     Flow
	items    []record.Item
	profiles []profile
	blocks   map[string][]int // by key: who share it
	apart    func(auvo, omie record.Ref) bool
}

// candidates are a record's best pairings, and those that a person refused.
func (c *crowd) candidates(a *record.Item, mine *profile) []Pairing {
	seen := map[int]bool{}
	var out, different []Pairing
	for _, key := range mine.blockKeys() {
		if len(c.blocks[key]) > mostInBlock {
			continue // a word that many names have tells nobody apart
		}
		for _, n := range c.blocks[key] {
			if seen[n] {
				continue
			}
			seen[n] = true
			p := Pairing{Likeness: likeness(c.flow, mine, &c.profiles[n]), Auvo: a, Omie: &c.items[n]}
			p.Level = level(p.Likeness)
			switch {
			case c.apart(a.Ref(), c.items[n].Ref()):
				p.Level = LevelApart
				different = append(different, p)
			case p.Level != "":
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, comparePairings)
	return append(out[:min(len(out), mostPairings)], different...)
}

func level(l Likeness) string {
	switch {
	case l.Sure:
		return LevelCertain
	case l.Score >= likelyFrom:
		return LevelLikely
	case l.Score >= doubtfulFrom:
		return LevelDoubtful
	}
	return ""
}

// demote makes pairings that are not the only certain ones of both their records
// likely: a key that two hold says nothing (contract.md, First contact).
func demote(all []Pairing) {
	count := map[*record.Item]int{}
	for _, p := range all {
		if p.Level == LevelCertain {
			count[p.Auvo]++
			count[p.Omie]++
		}
	}
	for n := range all {
		if p := &all[n]; p.Level == LevelCertain && (count[p.Auvo] > 1 || count[p.Omie] > 1) {
			p.Level = LevelLikely
			p.Reasons = append(p.Reasons, "mais de um cadastro combina")
		}
	}
}

// mostInBlock is how many records may share a key that they are compared by.
const mostInBlock = 100

func profiles(f Flow, items []record.Item) []profile {
	out := make([]profile, len(items))
	for n, i := range items {
		out[n] = profileOf(f, i)
	}
	return out
}

func blocksOf(all []profile) map[string][]int {
	blocks := map[string][]int{}
	for n := range all {
		for _, key := range all[n].blockKeys() {
			blocks[key] = append(blocks[key], n)
		}
	}
	return blocks
}

// blockKeys are what two records must share one of to be compared at all.
func (p *profile) blockKeys() []string {
	var keys []string
	for n, v := range p.values {
		if v != "" {
			keys = append(keys, "m"+string(rune('0'+n))+v)
		}
	}
	if root := cnpjRoot(p.document); root != "" {
		keys = append(keys, "r"+root)
	}
	for _, e := range p.emails {
		keys = append(keys, "e"+e)
	}
	if p.phone != "" {
		keys = append(keys, "p"+p.phone)
	}
	const most = 8 // a name of any length must not make many keys
	words := p.name[:min(len(p.name), most)]
	for n, w := range words {
		if len(w.text) > 2 {
			keys = append(keys, "w"+w.text[:min(len(w.text), 5)])
		}
		for _, o := range words[n+1:] { // two common words together are rare
			keys = append(keys, "v"+w.text+" "+o.text)
		}
	}
	return keys
}

// Preview is what linking a pairing would write, and what would be in conflict: nothing while the flow is off.
func (p Pairing) Preview(f Flow, a config.Account) reconcile.Result {
	if p.Auvo == nil || p.Omie == nil || !f.On(a) {
		return reconcile.Result{}
	}
	return reconcile.Merge(reconcile.Input{Auvo: p.Auvo.Fields, Omie: p.Omie.Fields, Rules: f.Mirror.Rules(a), Policy: f.Mirror.Policy(a)})
}
