package record

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func named(text string) string {
	var of []string
	for _, m := range Mentions("", text) {
		of = append(of, m.Of)
	}
	return strings.Join(of, " ")
}

// TestATextMentionsTheTasksThatItNames has what offices and integrations write.
func TestATextMentionsTheTasksThatItNames(t *testing.T) {
	for text, want := range map[string]string{
		"Código da tarefa: 812": "task:812",
		"Tarefa Auvo: 812":      "task:812",
		"TAREFA 812":            "task:812",
		"tarefa nº 812.":        "task:812",
		"Ref. tarefa n° 000812 - troca de filtro":    "task:812",
		"Tarefa (Auvo) #81200001":                    "task:81200001",
		"Tarefa número 812, feita pelo Beto":         "task:812",
		"Tarefa no Auvo: 812":                        "task:812",
		"Tarefa 812 10/03/2026":                      "task:812",
		"Tarefa 812 de 10/03/2026":                   "task:812",
		"Tarefa 812 (19) 3333-0001":                  "task:812",
		"Troca de filtro|Código da tarefa: 812|Beto": "task:812",
		"linha\r\nTarefa: 812\r\noutra":              "task:812",
		"OS Auvo 812":                                "task:812 quotation:812",
		"O.S. Auvo nº 812":                           "task:812 quotation:812",
		"auvo:812":                                   "task:812 quotation:812",
		"OS digital 812":                             "task:812",
		"Tarefas 812, 813 e 815":                     "task:812 task:813 task:815",
		"Tarefas: 812;813":                           "task:812 task:813",
		"tarefas 812,813":                            "task:812 task:813",
		"Tarefa 812 e tarefa 813":                    "task:812 task:813",
		"Cod.Orçamento: 412":                         "quotation:412",
		"ORCAMENTO 412":                              "quotation:412",
		"Orçamento Auvo nº 412":                      "quotation:412",
		"https://app.auvo.com.br/informacoes/tarefa/8C6402A5-0000-4000-8000-00000000032c?chave=sim": "link:8c6402a5-0000-4000-8000-00000000032c",
		"inova.auvo.com.br/informacoes/DownloadPdfOs/8c6402a5-0000-4000-8000-00000000032c":          "link:8c6402a5-0000-4000-8000-00000000032c",
		"https://app2.auvo.com.br/relatorioTarefas/DetalheTarefa/812":                               "task:812",
	} {
		if got := named(text); got != want {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
}

// TestOtherNumbersAreNoMention: telephones, dates, times, money, documents, counts.
func TestOtherNumbersAreNoMention(t *testing.T) {
	for _, text := range []string{
		"", "Tarefa", "tarefa: trocar filtro 812", "OS 812", "Pedido 812", "812", "subtarefa 812", "tarefado 812",
		"Tarefa 10/03/2026", "Tarefa 10/03", "tarefa 10-03-2026", "tarefa 10.03.2026", "Tarefa 10:30", "Tarefa 812/2026", "tarefa 10 de março",
		"Tarefa (19) 3333-0001", "tarefa 19 99999-0001", "Tarefa 19 33330001", "Tarefa 19999990001", "Auvo (11) 4002 8922",
		"Tarefa R$ 150,00", "tarefa 150,00", "Orçamento 1.500,00", "orçamento 1500 reais", "tarefa 15%", "Orçamento: R$ 412",
		"Tarefa 123.456.789-09", "tarefa 44.555.666/0001-81", "tarefa 44555666000181", "tarefa 2h", "tarefa 2 horas", "Tarefa 3 de 5", "tarefa 3/5",
		"tarefa 0", "tarefa 12x", "Tarefa\n2 filtros trocados", "Tarefas 10/03/2026, 11/03/2026", "Auvo 2.0", "vendas@auvo 812",
		"https://www.exemplo.test/informacoes/tarefa/812", "https://naoauvo.com.br/tarefa/812x",
	} {
		if got := named(text); got != "" {
			t.Errorf("%q mentions %q", text, got)
		}
	}
}

// TestAMentionNeverQuotesALink: who has the link sees the order.
func TestAMentionNeverQuotesALink(t *testing.T) {
	m := Mentions("nas observações", "OS digital: https://app.auvo.com.br/informacoes/tarefa/8c6402a5-0000-4000-8000-00000000032c?chave=segredo")
	if len(m) != 1 || strings.Contains(m[0].Text, "chave") || strings.Contains(m[0].Text, "auvo.com.br") || m[0].Where != "nas observações" {
		t.Errorf("%+v", m)
	}
}

func TestAnIntegrationCodeMentionsWhatItIsTheIdOf(t *testing.T) {
	for code, want := range map[string]string{
		"812": "task:812 quotation:812", " 000812 ": "task:812 quotation:812", "AUVO-812": "task:812 quotation:812", "tarefa_812": "task:812",
		"Orcamento 412": "quotation:412", "": "", "LOJA-812": "", "8124567890123": "", "812-1": "", "0": "",
	} {
		var of []string
		for _, m := range CodeMentions(code) {
			of = append(of, m.Of)
		}
		if got := strings.Join(of, " "); got != want {
			t.Errorf("code %q mentions %q, want %q", code, got, want)
		}
	}
}

func TestASourceIsFoundByItsIdAndItsLink(t *testing.T) {
	task := Item{Kind: Task, Side: Auvo, ID: "812", Source: &Source{Link: "https://app.auvo.com.br/informacoes/tarefa/8C6402A5-0000-4000-8000-00000000032C?chave=x"}}
	keys := MentionKeys(task)
	for _, text := range []string{"Tarefa 812", "veja " + task.Source.Link} {
		found := slices.ContainsFunc(Mentions("", text), func(m Mention) bool {
			return slices.Contains(keys, Key{Name: KeyMention, Value: m.Of})
		})
		if !found {
			t.Errorf("%q is not found by %v", text, keys)
		}
	}
}

// TestAMentionIsFoundAmongAnyOtherText: whatever stands on other lines, what the
// integration writes is found, and nothing but what is written.
func TestAMentionIsFoundAmongAnyOtherText(t *testing.T) {
	noise := rapid.StringMatching(`[A-Za-zçãé0-9 .,:/()+\-|]{0,60}`)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Int64Range(1, 9_999_999_999).Draw(t, "id")
		label := rapid.SampledFrom([]string{"Código da tarefa: ", "Tarefa Auvo: ", "tarefa nº ", "TAREFA "}).Draw(t, "label")
		text := noise.Draw(t, "before") + "\n" + label + strconv.FormatInt(id, 10) + "\n" + noise.Draw(t, "after")
		want := "task:" + strconv.FormatInt(id, 10)
		if !slices.ContainsFunc(Mentions("", text), func(m Mention) bool { return m.Of == want }) {
			t.Fatalf("%q does not mention %s: %q", text, want, named(text))
		}
	})
}

// TestDatesAndTelephonesAreNeverMentions, wherever they stand after a label.
func TestDatesAndTelephonesAreNeverMentions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.SampledFrom([]string{"Tarefa ", "tarefa: ", "Auvo ", "Orçamento ", "Tarefas ", "tarefa nº "}).Draw(t, "label")
		number := rapid.SampledFrom([]*rapid.Generator[string]{
			rapid.StringMatching(`[0-3][0-9]/[01][0-9]/20[0-9]{2}`), rapid.StringMatching(`[0-2][0-9]:[0-5][0-9]`),
			rapid.StringMatching(`\(?[1-9][1-9]\)? ?9?[0-9]{4}-[0-9]{4}`), rapid.StringMatching(`[1-9][0-9]{0,3},[0-9]{2}`),
			rapid.StringMatching(`[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}`), rapid.StringMatching(`[0-9]{2}\.[0-9]{3}\.[0-9]{3}/0001-[0-9]{2}`),
			rapid.StringMatching(`[1-9][0-9]{10,14}`),
		}).Draw(t, "kind").Draw(t, "number")
		if got := named(label + number); got != "" {
			t.Fatalf("%q mentions %q", label+number, got)
		}
	})
}

// FuzzMentions: any text is read without a panic, and what is said to be
// mentioned stands there.
func FuzzMentions(f *testing.F) {
	for _, seed := range []string{"Tarefas 812, 813 e 19 99999-0001", "auvo auvo auvo 1", "tarefa \xff\x00812", "Código da tarefa: 812|Tarefa 9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := Mentions("aqui", text)
		if len(list) > mostMentions {
			t.Fatalf("%d mentions", len(list))
		}
		for _, m := range list {
			_, number, _ := strings.Cut(m.Of, ":")
			if !strings.Contains(strings.ToLower(text), number) {
				t.Fatalf("%q is not in %q", m.Of, text)
			}
			if Runes(m.Text) > 41 {
				t.Fatalf("long excerpt %q", m.Text)
			}
		}
	})
}

// TestAnExcerptShowsWhatStandsThere, and never a bearer's link.
func TestAnExcerptShowsWhatStandsThere(t *testing.T) {
	for text, want := range map[string]string{
		"Código da tarefa: 812":                             "Código da tarefa: 812",
		"Serviço combinado com a portaria. Tarefa nº 812.":  "Tarefa nº 812",
		"Tarefa 812 https://app.auvo.com.br/informacoes/x":  "Tarefa 812",
		"Tarefa 812 app.auvo.com.br/informacoes/tarefa/abc": "Tarefa 812",
		"Tarefa 812, " + strings.Repeat("muito longa ", 9):  "Tarefa 812, muito longa muito longa muit…",
	} {
		if got := Mentions("", text)[0].Text; got != want {
			t.Errorf("%q shows %q, want %q", text, got, want)
		}
	}
}
