package web

import (
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/signin"
	"ponte/internal/store"
)

func TestADocumentInAListTellsItsRecordFromOthersAndNoMore(t *testing.T) {
	for in, want := range map[string]string{"44555666000181": "44.555.***/****-81", "52998224725": "529.***.***-25", "": "", "123": "•••", "EXT-44556677": "E•••77"} {
		if got := hinted(in); got != want {
			t.Errorf("%q is shown as %q, not %q", in, got, want)
		}
	}
}

func TestATextOfAVendorQuotesNoWholeDocument(t *testing.T) {
	for in, want := range map[string]string{
		"CPF/CNPJ [11.222.333/0001-81] já cadastrado (7000000001)": "CPF/CNPJ [11.222.***/****-81] já cadastrado (7000000001)",
		"11222333000181 e 52998224725":                             "11.222.***/****-81 e 529.***.***-25",
		"pedido 12345678901, nota 12345678901234":                  "pedido 12345678901, nota 12345678901234",
	} {
		if got := hintedIn(in); got != want {
			t.Errorf("%q is shown as %q, not %q", in, got, want)
		}
	}
}

// personal is a customer whose every value would give somebody away, and a change of each.
var personal = []store.FieldChange{
	{Name: record.FieldDocument, From: "11222333000181", To: "44555666000181"},
	{Name: record.FieldPhone, From: "4833334444", To: "48999991234"},
	{Name: record.FieldEmail, From: "antes@loja.test", To: "depois@loja.test"},
	{Name: record.FieldAddress, From: "Rua das Flores, 12", To: "Avenida do Mar, 90"},
}

// given are the forms in which the pages would write them.
var given = []string{
	"11.222.333/0001-81", "44.555.666/0001-81", "11222333000181", "44555666000181", "(48) 3333-4444", "(48) 99999-1234", "4833334444", "48999991234",
	"antes@loja.test", "depois@loja.test", "Rua das Flores, 12", "Avenida do Mar, 90",
}

// TestWhatIsPersonalIsCoveredInListsAndForWhoOnlyLooks asks every page that shows a
// customer, as each role: lists cover its document for all, and what it holds and what
// was changed of it is for who decides.
func TestWhatIsPersonalIsCoveredInListsAndForWhoOnlyLooks(t *testing.T) {
	eachHouse(t, nil, func(h *house) {
		h.account("acme")
		fields := record.Fields{record.FieldName: "Loja Sul"}
		other := record.Fields{record.FieldName: "Loja Sul"}
		for _, f := range personal {
			fields[f.Name], other[f.Name] = f.To, f.From
		}
		ref := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
		h.under("acme", func(l store.Lease) {
			for _, i := range []record.Item{
				{Kind: record.Customer, Side: record.Auvo, ID: "55", Title: "Loja Sul", Fields: fields, Keys: []record.Key{{Name: record.KeyDocument, Value: "44555666000181"}}},
				{Kind: record.Customer, Side: record.Auvo, ID: "56", Title: "Loja Sul Dois", Fields: other, Keys: []record.Key{{Name: record.KeyDocument, Value: "11222333000181"}}},
				{Kind: record.Customer, Side: record.Omie, ID: "90", Title: "Loja Sul", Fields: other},
			} {
				_, err := h.db.SavePage(h.Context(), l, store.PageWrite{Run: "r1", Kind: i.Kind, Side: i.Side, Seen: []store.Seen{{Item: i}}})
				h.ok(err)
			}
			run := store.Run{ID: "r1", Account: "acme", Started: h.clock().Add(-time.Minute)}
			h.ok(h.db.StartRun(h.Context(), l, run))
			planned, err := h.db.Decide(h.Context(), l, store.Decision{Run: "r1", Flow: "customers", Settles: []record.Ref{ref}, Plan: []store.Change{{
				Run: "r1", Flow: "customers", Kind: record.Customer, Key: "k55", Source: ref, Title: "Loja Sul", Action: "update", To: record.Omie, Auvo: "55", Omie: "90", Fields: personal,
			}}})
			h.ok(err)
			c, err := h.db.Send(h.Context(), l, planned[0].ID, h.clock())
			h.ok(err)
			c.State, c.Settled = store.Done, h.clock()
			h.ok(h.db.Settle(h.Context(), l, store.Settlement{Change: c}))
			h.waits(l, store.Wait{Flow: "customers", Ref: ref, Cause: "document-taken", Title: "Loja Sul", Detail: map[string]string{"value": "44555666000181", "holder": "Outra", "other": "91"}, Since: h.clock()})
		})
		lists := []string{"/contas/acme/busca?q=loja", "/contas/acme/pendencias/document-taken", "/contas/acme/pendencias"}
		tellers := []string{"/contas/acme/execucoes/r1", "/contas/acme/execucoes/r1/csv", "/contas/acme/registros/customer/auvo/55", "/contas/acme/conferencia?fluxo=customers&nivel=only-auvo", "/contas/acme/conferencia?fluxo=customers&nivel=likely", "/contas/acme/conferencia?fluxo=customers&nivel=doubtful"}
		for _, c := range callers() {
			if c.nobody || c.role == "" && c.account != "acme" {
				continue
			}
			b := h.browserOf(c)
			for _, path := range lists {
				if got := told(b, path); len(got) > 0 {
					h.Errorf("%s shows %q to %s", path, got, c.title)
				}
			}
			for _, path := range tellers {
				got := told(b, path)
				if c.least() == signin.Reader && len(got) > 0 {
					h.Errorf("%s shows %q to %s", path, got, c.title)
				}
				if c.least() != signin.Reader && strings.Contains(path, "execucoes") && len(got) != 8 {
					h.Errorf("%s shows only %q to %s, who decides", path, got, c.title)
				}
			}
			b.says("/contas/acme/busca?q=loja", "44.555.***/****-81", "11.222.***/****-81")
			b.says("/contas/acme/pendencias/document-taken", "44.555.***/****-81")
			// Who types the document still finds its record.
			for _, typed := range []string{"44555666000181", "44.555.666/0001-81"} {
				if got := b.get("/contas/acme/busca?q=" + typed); got.to != storyPathOf(ref) {
					h.Errorf("%s finds %d %q for %s", typed, got.code, got.to, c.title)
				}
			}
		}
	})
}

// least is the role that a caller has on acme.
func (c caller) least() signin.Role {
	if c.role != "" {
		return c.role
	}
	return c.on
}

// told is what of the given stands on a page, but for what was searched for.
func told(b *browserOf, path string) (out []string) {
	b.Helper()
	got := b.get(path)
	if got.code != 200 && got.code != 303 {
		b.Fatalf("%s answers %d", path, got.code)
	}
	for _, value := range given {
		if strings.Contains(readable(got.body), value) && !strings.Contains(path, value) {
			out = append(out, value)
		}
	}
	return out
}
