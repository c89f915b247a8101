package auvo

import (
	"strconv"

	"ponte/internal/auvo/auvoapi"
	"ponte/internal/record"
)

// hooked are the entities of Auvo's webhooks that Ponte reads (docs/apis/auvo.md,
// Webhooks). There is none for products, services and quotations.
var hooked = map[string]record.Kind{"task": record.Task, "customer": record.Customer}

// Notices reads what a delivery of Auvo's webhook says: a notice for each thing
// that it tells of, of no kind where it is none that Ponte knows. It trusts
// nothing: the records are read again. Auvo does not say who did it.
func Notices(body []byte) []record.Notice {
	var out []record.Notice
	for _, h := range auvoapi.ReadHooks(body) {
		n := record.Notice{Topic: h.Entity + "/" + h.Action, Gone: h.Action == "exclusao", Mark: h.Mark}
		if kind := hooked[h.Entity]; kind != "" && h.ID > 0 {
			n.Ref = record.Ref{Kind: kind, Side: record.Auvo, ID: strconv.FormatInt(h.ID, 10)}
		}
		out = append(out, n)
	}
	return out
}
