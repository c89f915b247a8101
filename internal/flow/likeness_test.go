package flow

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ponte/internal/config"
	"ponte/internal/record"
)

var customersFlow, _ = Named("customers")

func TestHowAlikeTwoNamesAre(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		least, most int
	}{
		{"Academia Corpo Ltda", "ACADEMIA CORPO LTDA - ME", 100, 100},
		{"Padaria São João", "Padaria Sao Joao", 100, 100},
		{"Corpo Academia", "Academia Corpo", 100, 100},
		{"Academia Corpo", "Academia Corpo e Mente", 70, 95},
		{"Mercado Silva", "Mercado Sillva", 80, 99},
		{"Academia Corpo", "Padaria Central", 0, 30},
		{"", "", 0, 0},
		{"Ltda", "Ltda", 100, 100},
		{"!!!", "???", 0, 0},
	} {
		if got := NameLikeness(c.a, c.b); got < c.least || got > c.most {
			t.Errorf("%q and %q are %d alike, want %d to %d", c.a, c.b, got, c.least, c.most)
		}
	}
}

// rec is a customer of a side: id, name, document, phone, email, address, code.
func rec(side record.Side, id, name, document, phone, email, address, code string) record.Item {
	i := record.Item{Kind: record.Customer, Side: side, ID: id, Title: name, Code: code, Fields: record.Fields{
		record.FieldName: name, record.FieldDocument: document, record.FieldPhone: phone, record.FieldEmail: email, record.FieldAddress: address,
	}}
	i.Keys = record.Keys(record.Key{Name: record.KeyDocument, Value: document}, record.Key{Name: record.KeyName, Value: record.Fold(name)})
	return i
}

func TestWhatSpeaksForAPair(t *testing.T) {
	auvo := rec(record.Auvo, "55", "Academia Corpo Ltda", "44555666000181", "1933330001", "adm@corpo.test", "Rua A, 10, Campinas - SP, 13010-000", "")
	for _, c := range []struct {
		name  string
		omie  record.Item
		level string
		says  string
	}{
		{"same document", rec(record.Omie, "7", "Outro Nome", "44555666000181", "", "", "", ""), LevelCertain, "mesmo CPF/CNPJ"},
		{"our own code", rec(record.Omie, "7", "Outro Nome", "", "", "", "", "AUVOC55"), LevelCertain, "mesmo código de integração"},
		{"another branch", rec(record.Omie, "7", "Academia Corpo", "44555666000262", "1933330001", "", "", ""), LevelLikely, "CNPJ da mesma empresa, de outra filial"},
		{"name and telephone, no document", rec(record.Omie, "7", "ACADEMIA CORPO ME", "", "19 33330001", "", "", ""), LevelLikely, "mesmo nome, mesmo telefone"},
		{"name and e-mail", rec(record.Omie, "7", "Academia Corpo", "", "", "outro@corpo.test, ADM@corpo.test", "", ""), LevelLikely, "mesmo nome, mesmo e-mail"},
		{"name alone", rec(record.Omie, "7", "Academia Corpo", "", "", "", "", ""), LevelDoubtful, "mesmo nome"},
		{"e-mail alone", rec(record.Omie, "7", "Padaria", "", "", "adm@corpo.test", "", ""), LevelDoubtful, "mesmo e-mail"},
		{"a telephone and the CEP", rec(record.Omie, "7", "Padaria", "", "1933330001", "", "Rua A, 10, 13010000", ""), LevelDoubtful, "mesmo telefone, mesmo CEP"},
		{"the same name, another document", rec(record.Omie, "7", "Academia Corpo", "11222333000181", "", "", "", ""), "", ""},
		{"nothing", rec(record.Omie, "7", "Padaria", "", "", "", "", ""), "", ""},
	} {
		got := Pairings(customersFlow, []record.Item{auvo}, []record.Item{c.omie}, func(_, _ record.Ref) bool { return false })
		switch {
		case c.level == "" && (len(got) != 2 || got[0].Level != LevelAuvo || got[1].Level != LevelOmie):
			t.Errorf("%s: %+v", c.name, got)
		case c.level != "" && (len(got) != 1 || got[0].Level != c.level || !strings.Contains(strings.Join(got[0].Reasons, ", "), c.says)):
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestAKeyThatTwoHoldIsNotCertainAndAPersonsWordStands(t *testing.T) {
	a := []record.Item{rec(record.Auvo, "1", "A", "44555666000181", "", "", "", ""), rec(record.Auvo, "2", "B", "44555666000181", "", "", "", "")}
	o := []record.Item{rec(record.Omie, "7", "A", "44555666000181", "", "", "", "")}
	for _, p := range Pairings(customersFlow, a, o, func(_, _ record.Ref) bool { return false }) {
		if p.Level != LevelLikely || !strings.Contains(strings.Join(p.Reasons, ","), "mais de um cadastro combina") {
			t.Errorf("%+v", p)
		}
	}
	levels := ""
	for _, p := range Pairings(customersFlow, a, o, func(auvo, _ record.Ref) bool { return auvo.ID == "2" }) {
		levels += p.Level + " "
	}
	if levels != "certain only-auvo different " {
		t.Errorf("levels %q", levels)
	}
}

// TestLikenessIsTheSameBothWays and lies between 0 and 100.
func TestLikenessIsTheSameBothWays(t *testing.T) {
	word := rapid.SampledFrom([]string{"academia", "corpo", "padaria", "são", "joão", "ltda", "x", "ab", "", "çã"})
	gen := func(t *rapid.T, side record.Side, label string) record.Item {
		name := strings.Join(rapid.SliceOfN(word, 0, 5).Draw(t, label+"name"), " ")
		pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label+what) }
		return rec(side, pick("id", "1", "2"), name, pick("doc", "", "44555666000181", "44555666000262", "52998224725"),
			pick("phone", "", "1933330001", "33330001"), pick("email", "", "a@b.c", "x@y.z,a@b.c"), pick("address", "", "Rua, 13010-000"), pick("code", "", "1", "AUVOC1"))
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen(t, record.Auvo, "a"), gen(t, record.Omie, "b")
		one, other := LikenessOf(customersFlow, a, b), LikenessOf(customersFlow, b, a)
		if fmt.Sprint(one) != fmt.Sprint(other) || one.Score < 0 || one.Score > 100 {
			t.Fatalf("%+v and %+v", one, other)
		}
		if x, y := NameLikeness(a.Title, b.Title), NameLikeness(b.Title, a.Title); x != y || x < 0 || x > 100 {
			t.Fatalf("%d and %d", x, y)
		}
	})
}

// customersOf are n customers of a side; from the offset on they have no twin.
func customersOf(side record.Side, n, offset int) []record.Item {
	first := strings.Fields("Academia Padaria Mercado Oficina Clinica Escola Hotel Farmacia Condominio Restaurante")
	last := strings.Fields("Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Nascimento Carvalho")
	var out []record.Item
	for i := range n {
		k := i + offset
		name := first[k%10] + " " + last[k%12] + " " + strconv.Itoa(k) + " Ltda"
		out = append(out, rec(side, strconv.Itoa(k), name, "", fmt.Sprintf("19%08d", k), fmt.Sprintf("c%d@exemplo.test", k), "", ""))
	}
	return out
}

// BenchmarkPairings10000 compares 10,000 customers of each side, half of them twins.
func BenchmarkPairings10000(b *testing.B) {
	auvo, omie := customersOf(record.Auvo, 10_000, 0), customersOf(record.Omie, 10_000, 5_000)
	for b.Loop() {
		Pairings(customersFlow, auvo, omie, func(_, _ record.Ref) bool { return false })
	}
}

// TestThousandsArePairedInSecondsAndAlwaysAlike: 2,000 on each side, half of them twins.
func TestThousandsArePairedInSecondsAndAlwaysAlike(t *testing.T) {
	auvo, omie := customersOf(record.Auvo, 2000, 0), customersOf(record.Omie, 2000, 1000)
	start := time.Now()
	all := Pairings(customersFlow, auvo, omie, func(_, _ record.Ref) bool { return false })
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	twins := 0
	for _, p := range all {
		if p.Level == LevelLikely && p.Auvo.ID == p.Omie.ID {
			twins++
		}
	}
	if twins != 1000 {
		t.Errorf("%d of 1000 twins are likely", twins)
	}
	if again := Pairings(customersFlow, auvo, omie, func(_, _ record.Ref) bool { return false }); fmt.Sprint(sums(all)) != fmt.Sprint(sums(again)) {
		t.Error("a second look differs")
	}
}

func sums(all []Pairing) []string {
	var out []string
	for _, p := range all {
		out = append(out, fmt.Sprint(p.Level, p.Score, p.title()))
	}
	return out
}

// TestAFlowThatIsOffWritesNothingOfAPair: its records may still be looked at and linked by hand.
func TestAFlowThatIsOffWritesNothingOfAPair(t *testing.T) {
	auvo, omie := record.Item{Fields: record.Fields{record.FieldName: "Loja"}}, record.Item{Fields: record.Fields{record.FieldName: "Loja Ltda"}}
	for _, f := range All {
		if f.Mirror == nil {
			continue
		}
		if got := (Pairing{Auvo: &auvo, Omie: &omie}).Preview(f, config.Account{}); len(got.ToAuvo)+len(got.ToOmie)+len(got.Conflicts) > 0 {
			t.Errorf("%s: %+v", f.Name, got)
		}
	}
}
