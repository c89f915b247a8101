package omieapi

import (
	"context"
	"encoding/json"
	"errors"

	"ponte/internal/call"
)

// Customers, suppliers and carriers live in one table (§3).
var (
	listarClientes        = operation{"geral/clientes", "ListarClientes", read}
	consultarCliente      = operation{"geral/clientes", "ConsultarCliente", read}
	incluirCliente        = operation{"geral/clientes", "IncluirCliente", write}
	alterarCliente        = operation{"geral/clientes", "AlterarCliente", write}
	associarCodIntCliente = operation{"geral/clientes", "AssociarCodIntCliente", write}
)

// A Cliente is a customer as read. Members that Ponte does not use are in Raw.
type Cliente struct {
	Linha
	CodigoClienteOmie       Int       `json:"codigo_cliente_omie"`
	CodigoClienteIntegracao Text      `json:"codigo_cliente_integracao"`
	RazaoSocial             Text      `json:"razao_social"`
	NomeFantasia            Text      `json:"nome_fantasia"`
	CnpjCpf                 Text      `json:"cnpj_cpf"` // formatted
	Telefone1DDD            Text      `json:"telefone1_ddd"`
	Telefone1Numero         Text      `json:"telefone1_numero"`
	Contato                 Text      `json:"contato"`
	Email                   Text      `json:"email"` // comma list
	Endereco                Text      `json:"endereco"`
	EnderecoNumero          Text      `json:"endereco_numero"`
	Complemento             Text      `json:"complemento"`
	Bairro                  Text      `json:"bairro"`
	Cidade                  Text      `json:"cidade"` // NOME (UF)
	CidadeIBGE              Text      `json:"cidade_ibge"`
	Estado                  Text      `json:"estado"`
	CEP                     Text      `json:"cep"`
	PessoaFisica            SN        `json:"pessoa_fisica"`
	Inativo                 SN        `json:"inativo"`
	BloquearFaturamento     SN        `json:"bloquear_faturamento"`
	Tags                    Rows[Tag] `json:"tags"`
	Info                    Carimbos  `json:"info"`
}

// A Tag is one of the words by which customers are grouped.
type Tag struct {
	Tag Text `json:"tag"`
}

// ClienteNovo is a customer to be made. Empty members are not sent.
type ClienteNovo struct {
	CodigoClienteIntegracao string `json:"codigo_cliente_integracao"`
	RazaoSocial             string `json:"razao_social"`
	NomeFantasia            string `json:"nome_fantasia"` // its absence was refused (§3.3)
	CnpjCpf                 string `json:"cnpj_cpf,omitempty"`
	PessoaFisica            *SN    `json:"pessoa_fisica,omitempty"` // S for a CPF, or it is read as a CNPJ
	Telefone1DDD            string `json:"telefone1_ddd,omitempty"`
	Telefone1Numero         string `json:"telefone1_numero,omitempty"`
	Contato                 string `json:"contato,omitempty"`
	Email                   string `json:"email,omitempty"`
	Endereco                string `json:"endereco,omitempty"`
	EnderecoNumero          string `json:"endereco_numero,omitempty"`
	Complemento             string `json:"complemento,omitempty"`
	Bairro                  string `json:"bairro,omitempty"`
	Cidade                  string `json:"cidade,omitempty"` // NOME (UF)
	Estado                  string `json:"estado,omitempty"`
	CEP                     string `json:"cep,omitempty"`
	Inativo                 *SN    `json:"inativo,omitempty"`
	Tags                    []Tag  `json:"tags,omitempty"`
}

// ClienteChave names a customer. AssociarCodIntCliente takes both members.
type ClienteChave struct {
	CodigoClienteOmie       int64  `json:"codigo_cliente_omie,omitempty"`
	CodigoClienteIntegracao string `json:"codigo_cliente_integracao,omitempty"`
}

// ClientesFiltro holds the filters that are known to filter; others are
// accepted and ignored (§3.6).
type ClientesFiltro struct {
	CodigoClienteOmie       int64  `json:"codigo_cliente_omie,omitempty"`
	CodigoClienteIntegracao string `json:"codigo_cliente_integracao,omitempty"`
	CnpjCpf                 string `json:"cnpj_cpf,omitempty"` // digits or formatted
	RazaoSocial             string `json:"razao_social,omitempty"`
	NomeFantasia            string `json:"nome_fantasia,omitempty"`
	Inativo                 *SN    `json:"inativo,omitempty"`
	Tags                    []Tag  `json:"tags,omitempty"`
}

// ListarClientesParam chooses a page of customers.
type ListarClientesParam struct {
	Paginacao
	Janela
	Filtro    *ClientesFiltro
	PorCodigo []ClienteChave // at most 50; unknown ones are simply absent (§2.3)
}

// ListarClientes returns a page of customers, by code. No match is Empty.
func (c *Client) ListarClientes(ctx context.Context, p ListarClientesParam) (Lista[Cliente], error) {
	return listar[Cliente](ctx, c, listarClientes, struct {
		paginaSnake
		ApenasImportadoAPI SN `json:"apenas_importado_api"`
		Janela
		Filtro    *ClientesFiltro `json:"clientesFiltro,omitempty"`
		PorCodigo []ClienteChave  `json:"clientesPorCodigo,omitempty"`
	}{paginaSnake: p.snake(), Janela: p.Janela, Filtro: p.Filtro, PorCodigo: p.PorCodigo}, "clientes_cadastro")
}

// ConsultarCliente reads one customer by one key. An unknown one is Gone and
// costs a fault, so ask for what is known to exist (§2.3).
func (c *Client) ConsultarCliente(ctx context.Context, key ClienteChave) (Cliente, error) {
	var out Cliente
	err := c.do(ctx, consultarCliente, key, func(body []byte) error {
		out = Cliente{}
		if err := json.Unmarshal(body, &out); err != nil {
			return err
		}
		out.Raw = body
		return nil
	})
	return out, err
}

// ClienteStatus is what a write of a customer answers.
type ClienteStatus struct {
	CodigoClienteOmie       Int  `json:"codigo_cliente_omie"`
	CodigoClienteIntegracao Text `json:"codigo_cliente_integracao"`
}

// IncluirCliente makes a customer. A known integration code or document is
// Exists, with the id of the one that is there.
func (c *Client) IncluirCliente(ctx context.Context, novo ClienteNovo) (ClienteStatus, error) {
	var out ClienteStatus
	err := c.do(ctx, incluirCliente, novo, decodeMade(&out, &out.CodigoClienteOmie))
	return out, err
}

// AlterarCliente replaces what registro holds of the customer that its
// codigo_cliente_omie names. A missing member is left alone, an empty string
// erases, tags are replaced as a whole (§3.3). A partial record can set off
// "required" faults, so send the whole one: see RegistroParaAlterar.
func (c *Client) AlterarCliente(ctx context.Context, registro map[string]any) (ClienteStatus, error) {
	var out ClienteStatus
	if registro["codigo_cliente_omie"] == nil {
		return out, ownMistake(alterarCliente, "the record has no codigo_cliente_omie")
	}
	if registro["codigo_cliente_integracao"] != nil {
		// With both keys Omie looks the integration code up first, and fails when they disagree (§3.1).
		return out, ownMistake(alterarCliente, "the record has a second key, codigo_cliente_integracao")
	}
	err := c.do(ctx, alterarCliente, registro, decodeInto(&out))
	return out, err
}

// AssociarCodIntCliente gives an existing customer its integration code.
func (c *Client) AssociarCodIntCliente(ctx context.Context, codigoOmie int64, codigoIntegracao string) (ClienteStatus, error) {
	var out ClienteStatus
	err := c.do(ctx, associarCodIntCliente, ClienteChave{codigoOmie, codigoIntegracao}, decodeInto(&out))
	return out, err
}

// ownMistake refuses a call before it is made.
func ownMistake(op operation, text string) error {
	return &call.Error{Side: "omie", Op: op.method, Reaction: call.GiveUp, Err: errors.New(text)}
}

// decodeInto reads an answer into out.
func decodeInto[T any](out *T) func([]byte) error {
	return func(body []byte) error {
		var fresh T
		err := json.Unmarshal(body, &fresh)
		*out = fresh
		return err
	}
}

// decodeMade reads the answer to an include, which must name the new id: without
// it the outcome is as unknown as without an answer.
func decodeMade[T any](out *T, id *Int) func([]byte) error {
	decode := decodeInto(out)
	return func(body []byte) error {
		if err := decode(body); err != nil {
			return err
		}
		if *id <= 0 {
			return errors.New("the answer names no id")
		}
		return nil
	}
}
