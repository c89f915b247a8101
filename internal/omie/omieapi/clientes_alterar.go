package omieapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A shape lists the members that an object may be sent with, as documented; nil
// stands for a plain value.
type shape map[string]shape

// values is a shape of plain values.
func values(tags string) shape {
	s := shape{}
	for _, tag := range strings.Fields(tags) {
		s[tag] = nil
	}
	return s
}

// with adds a block of plain values.
func (s shape) with(tag, tags string) shape {
	s[tag] = values(tags)
	return s
}

// shapeCliente is clientes_cadastro without what is read-only (info,
// importado_api), deprecated (bloqueado, logradouro), a command (pesquisar_cep,
// separar_endereco) or the second key (codigo_cliente_integracao) (§3.3).
var shapeCliente = values(`codigo_cliente_omie razao_social nome_fantasia cnpj_cpf telefone1_ddd telefone1_numero
	telefone2_ddd telefone2_numero fax_ddd fax_numero contato email homepage endereco endereco_numero complemento bairro
	cidade cidade_ibge estado cep codigo_pais inscricao_estadual inscricao_municipal inscricao_suframa
	optante_simples_nacional contribuinte produtor_rural pessoa_fisica exterior nif documento_exterior tipo_atividade cnae
	recomendacao_atraso valor_limite_credito bloquear_faturamento bloquear_exclusao inativo observacao obs_detalhadas
	enviar_anexos`).
	with("tags", `tag`).
	with("caracteristicas", `campo conteudo`).
	with("enderecoEntrega", `entRazaoSocial entCnpjCpf entEndereco entNumero entComplemento entBairro entCEP entEstado
		entCidade entTelefone entIE entSepararEndereco`).
	with("dadosBancarios", `codigo_banco agencia conta_corrente doc_titular nome_titular transf_padrao cChavePix`).
	with("recomendacoes", `codigo_vendedor codigo_transportadora numero_parcelas email_fatura gerar_boletos tipo_assinante`)

// RegistroParaAlterar turns a customer as it was read into the record that
// AlterarCliente may send: tags that Omie takes, in their documented spelling,
// texts without HTML entities, nothing null or empty. Where cidade holds its
// own "(UF)" the cidade_ibge is left out, so that a changed cidade has no
// second opinion beside it; elsewhere whoever changes cidade must delete it.
func RegistroParaAlterar(raw json.RawMessage) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var record map[string]any
	if err := d.Decode(&record); err != nil {
		return nil, fmt.Errorf("cannot read the customer's record: %w", err)
	}
	out := shapeCliente.keep(record)
	if id := fmt.Sprint(out["codigo_cliente_omie"]); out["codigo_cliente_omie"] == nil || id == "0" {
		return nil, fmt.Errorf("cannot alter a customer without codigo_cliente_omie")
	}
	if cidade, _ := out["cidade"].(string); strings.HasSuffix(cidade, ")") {
		delete(out, "cidade_ibge")
	}
	return out, nil
}

// keep returns what of record fits the shape and is not empty.
func (s shape) keep(record map[string]any) map[string]any {
	out := map[string]any{}
	for sent, v := range record {
		tag, ok := s.spelling(sent)
		if !ok {
			continue
		}
		if kept := keepValue(s[tag], v); kept != nil {
			out[tag] = kept
		}
	}
	return out
}

// spelling finds a tag as documented, case apart (§1.2).
func (s shape) spelling(sent string) (string, bool) {
	if _, ok := s[sent]; ok {
		return sent, true
	}
	for tag := range s {
		if strings.EqualFold(tag, sent) {
			return tag, true
		}
	}
	return "", false
}

// keepValue returns v as it may be sent, nil when nothing is left of it.
func keepValue(inside shape, v any) any {
	switch v := v.(type) {
	case string:
		if text := unescape(v); inside == nil && text != "" {
			return text
		}
	case json.Number, bool:
		if inside == nil {
			return v
		}
	case map[string]any:
		if kept := inside.keep(v); len(kept) > 0 {
			return kept
		}
	case []any:
		return keepRows(inside, v)
	}
	return nil
}

func keepRows(inside shape, rows []any) any {
	if inside == nil {
		return nil
	}
	var kept []any
	for _, row := range rows {
		if m, ok := row.(map[string]any); ok && len(inside.keep(m)) > 0 {
			kept = append(kept, inside.keep(m))
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
