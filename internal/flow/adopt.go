package flow

import (
	"strconv"
	"strings"
	"time"

	"ponte/internal/record"
)

// A Document is an order in Omie that Ponte did not make and that mentions a
// source: somebody may have made it for the same work. It is offered, never
// taken (design.md §7).
type Document struct {
	Kind    record.Kind
	ID      string
	Title   string
	Made    string // yyyy-mm-dd, "" unknown
	Total   string // Amount
	Mention record.Mention
}

// BaseAdoptedWork is an extra base field of a document that a person said is a source's: what was to
// be billed then. While it stands alone, the two were not compared yet.
const BaseAdoptedWork = "adopted_work"

// AdoptedBase is what is kept with the link of a document that a person adopts.
func AdoptedBase(src record.Source) record.Fields {
	return record.Fields{BaseAdoptedWork: workOf(src)}
}

// workOf is a digest of what a source bills, and whom.
func workOf(src record.Source) string {
	return record.Digest([]any{src.CustomerID, src.Products, src.Services, src.Costs, src.Discount})
}

// Adopted tells whether a person joined the order to the source: its code, if
// any, is not the source's.
func (m Made) Adopted(source record.Ref) bool {
	if m.ID == "" {
		return false
	}
	key, ours := record.ParseOrderCode(strings.TrimSpace(m.Code))
	return !ours || key.Source.Kind != source.Kind || key.Source.ID != source.ID
}

// Compared tells whether what Ponte wrote, or would have written, is known.
func (m Made) Compared() bool { return m.Base[record.FieldCustomer] != "" }

// weigh puts what other documents say into a decision: one that mentions the
// source is offered before another is made, and one that a person adopted bills
// the work, even where Ponte could not have made it.
func (in In) weigh(out Out) Out {
	adopted := in.uncompared()
	switch {
	case adopted == nil:
		return in.offer(out)
	case in.Item.Source.Deleted:
		return out
	case out.Wait != nil && out.Wait.Cause == "no-longer-ready": // it was not when the document was adopted
		return Out{Excluded: out.Wait.Detail["why"]}
	case adopted.Base[BaseAdoptedWork] != workOf(*in.Item.Source):
		return Out{Wait: &Wait{Cause: "changed-after-billing", Detail: map[string]string{"what": "adopted", "orders": madeNames(in.Made)}}}
	case out.Wait != nil:
		why := Say(out.Wait.Cause, out.Wait.Detail).Message
		return Out{Reason: "Uma pessoa ligou " + madeNames(in.Made) + ", que leva este trabalho; o Ponte não o compara: " + why}
	}
	return out
}

// uncompared is a document that a person adopted and that was not compared with
// its source yet; nil: there is none.
func (in In) uncompared() *Made {
	for n, m := range in.Made {
		if !m.Compared() && m.Base[BaseAdoptedWork] != "" && m.Adopted(in.Item.Ref()) {
			return &in.Made[n]
		}
	}
	return nil
}

// offer has a source wait that would be made a document while one mentions it.
func (in In) offer(out Out) Out {
	if len(in.Mentioned) == 0 || !in.lacks(out) {
		return out
	}
	return Out{Wait: documentExists(in.Item.Ref(), in.Mentioned)}
}

// lacks tells whether an order is to be made.
func (in In) lacks(out Out) bool {
	for _, o := range out.Orders {
		made := false
		for _, m := range in.Made {
			made = made || m.Kind == o.Kind
		}
		if !made {
			return true
		}
	}
	return false
}

// documentExists is the wait for a person to say whether a document is the
// source's. It names the first, counts the others, and ends when one of them
// changes or is linked.
func documentExists(source record.Ref, docs []Document) *Wait {
	d := docs[0]
	w := &Wait{Cause: "document-exists", Detail: map[string]string{
		"source": source.String(), "document": d.Title, "id": string(d.Kind) + ":" + d.ID,
		"date": brazilian(d.Made), "total": reais(d.Total), "text": d.Mention.Text, "where": d.Mention.Where, "more": "",
	}}
	if others := len(docs) - 1; others > 0 {
		w.Detail["more"] = "E mais " + strconv.Itoa(others) + " que a cita(m): " + titles(docs[1:]) + "."
	}
	for _, d := range docs {
		w.Lacks = append(w.Lacks, Lack{d.Kind, record.Omie, record.Key{Name: record.KeyID, Value: d.ID}})
	}
	return w
}

func titles(docs []Document) string {
	var names []string
	for _, d := range docs {
		names = append(names, d.Title+" ("+string(d.Kind)+":"+d.ID+")")
	}
	return strings.Join(names, ", ")
}

// brazilian turns yyyy-mm-dd into dd/mm/aaaa; an unknown day is said to be so.
func brazilian(iso string) string {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return "data desconhecida"
	}
	return at.Format("02/01/2006")
}

func reais(amount string) string {
	d, err := record.ParseAmount(amount)
	if err != nil {
		return "valor desconhecido"
	}
	return record.Reais(d)
}
