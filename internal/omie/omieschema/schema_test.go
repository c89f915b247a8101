package omieschema

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryMethodAndReferenceNamesATypeOfTheCapture(t *testing.T) {
	s := loaded()
	for key, m := range s.methods {
		if _, ok := s.types[m.Param]; !ok {
			t.Errorf("%v: no type %q", key, m.Param)
		}
	}
	for name, typ := range s.types {
		for _, f := range typ.Fields {
			if _, ok := s.types[f.Type]; f.Type != "" && !ok {
				t.Errorf("%s.%s: no type %q", name, f.Name, f.Type)
			}
			if f.Kind == "" {
				t.Errorf("%s.%s has no kind", name, f.Name)
			}
		}
	}
}

func TestEveryRequirementNamesAKnownTag(t *testing.T) {
	services := map[string]string{}
	for key := range loaded().methods {
		services[key[1]] = key[0]
	}
	for _, r := range Required {
		typ, ok := Lookup(services[r.Method], r.Method)
		if !ok {
			t.Errorf("no method %s", r.Method)
			continue
		}
		if r.In != "" {
			for _, tag := range strings.Split(r.In, ".") {
				f, ok := typ.Field(tag)
				if !ok {
					t.Errorf("%s: no block %s", r.Method, r.In)
				}
				typ, _ = TypeNamed(f.Type)
			}
		}
		for _, tag := range r.OneOf {
			if _, ok := typ.Field(tag); !ok {
				t.Errorf("%s: no tag %s in %s", r.Method, tag, r.In)
			}
		}
	}
}

func TestCheckNamesWhatOmieWouldRefuse(t *testing.T) {
	long := strings.Repeat("é", 61)
	for _, c := range []struct {
		what, service, method string
		param                 map[string]any
		want                  []string
	}{
		{"a good key", "/servicos/os/", "ConsultarOS", map[string]any{"NCODOS": "123"}, nil},
		{
			"an unknown tag", "geral/clientes", "ConsultarCliente",
			map[string]any{"codigo_cliente_omie": 1, "cnpj_cpf": "1"},
			[]string{"unknown-tag: cnpj_cpf in clientes_cadastro_chave"},
		},
		{
			"an over-long tag, in characters", "geral/clientes", "AlterarCliente",
			map[string]any{"codigo_cliente_omie": 1, "razao_social": long},
			[]string{"too-long: razao_social has 61 of at most 60 characters"},
		},
		{
			"text for a number", "geral/clientes", "ListarClientes",
			map[string]any{"pagina": "um"},
			[]string{"wrong-type: pagina in clientes_list_request"},
		},
		{
			"a tag inside an array", "servicos/os", "ListarOS",
			map[string]any{"filtrar_por_codigo": []map[string]any{{"codigo": 1}}},
			[]string{"unknown-tag: filtrar_por_codigo.codigo in filtrar_por_codigo"},
		},
		{
			"bare numbers for objects", "geral/clientes", "ListarClientes",
			map[string]any{"clientesPorCodigo": []any{1}},
			[]string{"wrong-type: clientesPorCodigo in clientes_list_request"},
		},
		{
			"both keys of an alteration", "servicos/os", "AlterarOS",
			map[string]any{"Cabecalho": map[string]any{"nCodOS": 1, "cCodIntOS": "A"}},
			[]string{"missing: Cabecalho.nCodOS (nCodOS or cCodIntOS)"},
		},
		{
			"an item without quantity", "servicos/os", "IncluirOS",
			map[string]any{
				"cabecalho":             map[string]any{"nCodCli": 1, "dDtPrevisao": "01/01/2026", "cEtapa": "10", "cCodParc": "000"},
				"InformacoesAdicionais": map[string]any{"cCodCateg": "1", "nCodCC": 2},
				"ServicosPrestados":     []any{map[string]any{"nCodServico": 3}},
			},
			[]string{"missing: ServicosPrestados.nQtde (nQtde)"},
		},
		{"a method that is not there", "servicos/os", "UpsertOS", nil, []string{"unknown-method: UpsertOS in servicos/os"}},
	} {
		var got []string
		for _, p := range Check(c.service, c.method, c.param) {
			got = append(got, p.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.what, got, c.want)
		}
	}
}

func TestMisspeltNamesTagsOfOtherCase(t *testing.T) {
	got := Misspelt("servicos/os", "IncluirOS", map[string]any{
		"cabecalho": map[string]any{"nCodCli": 1}, "ServicosPrestados": []any{map[string]any{"nqtde": 1}},
	})
	want := []string{"ServicosPrestados.nqtde", "cabecalho"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
