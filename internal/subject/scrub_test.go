package subject

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestScrubbedJSONHasTheMembersThatItHad(t *testing.T) {
	texts := []string{`Zulmira "Zu" Canário`, "44555666000181", "detail", "Tarefa", "19987654321"}
	for in, want := range map[string]string{
		`falar com Zulmira "Zu" Canário, 44555666000181`:                 `falar com [apagado], [apagado]`,
		`{"detail":"Zulmira \"Zu\" Canário","Tarefa": ["Tarefa 7"]}`:     `{"detail":"[apagado]","Tarefa": ["[apagado] 7"]}`,
		`{"n":44555666000181,"m":144555666000181, "x" : true}`:           `{"n":0,"m":144555666000181, "x" : true}`,
		`[{"body":"{\"cnpj\":\"44555666000181\",\"tel\":19987654321}"}]`: `[{"body":"{\"cnpj\":\"[apagado]\",\"tel\":0}"}]`,
		`{"detail":"44555666000181`:                                      `{"[apagado]":"[apagado]`, // cut short: a sentence
		`19987654321`:                                                    `[apagado]`,
		`{"a":"\u003cb\u003e \n"}`:                                       `{"a":"\u003cb\u003e \n"}`,
	} {
		if got := Scrub(in, texts); got != want {
			t.Errorf("%s\nis       %s\nand not  %s", in, got, want)
		}
	}
}

// FuzzScrub: what decoded decodes, with the same members; what no text stands in is as it was.
func FuzzScrub(f *testing.F) {
	f.Add(`{"name":"Zulmira","a":[1,2.5e3,null,"x \"Zulmira\" y"],"Zulmira":{}}`, "Zulmira", "name")
	f.Add(`"{\"a\":\"b\"}"`, `"`, `{`)
	f.Add(`[" \\", "a\\\"b", {"":""}]`, `\`, `a`)
	f.Add("{\"a\":\"\xff\"}", "\xff", "]")
	f.Fuzz(func(t *testing.T, in, one, other string) {
		texts := slices.DeleteFunc([]string{one, other}, func(s string) bool { return s == "" })
		out := Scrub(in, texts)
		if !isJSON(in) {
			return
		}
		var was, is any
		if err := json.Unmarshal([]byte(in), &was); err != nil {
			return // a number that no float holds
		}
		if err := json.Unmarshal([]byte(out), &is); err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		sameBut(t, was, is, texts)
	})
}

// sameBut checks that only values in which a text stands differ.
func sameBut(t *testing.T, was, is any, texts []string) {
	t.Helper()
	switch w := was.(type) {
	case map[string]any:
		i, object := is.(map[string]any)
		if !object || !slices.Equal(slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(i))) {
			t.Fatalf("%v became %v", was, is)
		}
		for name := range w {
			sameBut(t, w[name], i[name], texts)
		}
	case []any:
		i, list := is.([]any)
		if !list || len(i) != len(w) {
			t.Fatalf("%v became %v", was, is)
		}
		for n := range w {
			sameBut(t, w[n], i[n], texts)
		}
	case string:
		i, text := is.(string)
		stands := slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(w, s) })
		if !text || i != w && !stands && !isJSON(w) {
			t.Fatalf("%q became %v", w, is)
		}
	case float64:
		if i, number := is.(float64); !number || i != w && i != 0 {
			t.Fatalf("%v became %v", was, is)
		}
	default:
		if was != is {
			t.Fatalf("%v became %v", was, is)
		}
	}
}
