package omie

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

const byTradeName = "nome_fantasia"

// customerItem is a customer as a record (design.md §1, Customer).
func (s *side) customerItem(c omieapi.Cliente) record.Item {
	fields := record.Fields{
		record.FieldName:       string(c.RazaoSocial),
		record.FieldDocument:   record.TaxID(string(c.CnpjCpf)),
		record.FieldPhone:      record.Phone(string(c.Telefone1DDD), string(c.Telefone1Numero)),
		record.FieldEmail:      record.EmailList(record.Emails(string(c.Email))),
		record.FieldAddress:    addressOf(c).Line(),
		record.FieldComplement: string(c.Complemento),
		record.FieldActive:     boolText(!bool(c.Inativo)),
		record.FieldExternalID: id(c.CodigoClienteOmie),
	}
	if s.opts.Name == byTradeName {
		fields[record.FieldName], fields[record.FieldLegalName] = string(c.NomeFantasia), string(c.RazaoSocial)
	}
	i := record.Item{
		Kind: record.Customer, Side: record.Omie, ID: id(c.CodigoClienteOmie), Title: fields[record.FieldName],
		Code: strings.TrimSpace(string(c.CodigoClienteIntegracao)), Fields: fields,
		Facts: map[string]string{record.FactTags: tagList(c.Tags), record.FactCity: cityOf(c)},
	}
	i.Keys = record.Keys(record.Key{Name: record.KeyCode, Value: i.Code}, record.Key{Name: record.KeyDocument, Value: fields[record.FieldDocument]},
		record.Key{Name: record.KeyName, Value: record.Fold(fields[record.FieldName])})
	if builtIn(c) {
		i.Never = "É o Cliente Consumidor do próprio Omie."
	}
	return unreadable(stamped(i, c.Info), c.Linha, "codigo_cliente_omie")
}

// builtIn is Omie's own consumer record, which cannot be changed (docs/apis/omie.md §3.3).
func builtIn(c omieapi.Cliente) bool {
	name := record.Fold(string(c.RazaoSocial))
	if name == "" {
		name = record.Fold(string(c.NomeFantasia))
	}
	return name == "cliente consumidor" && record.TaxID(string(c.CnpjCpf)) == ""
}

func addressOf(c omieapi.Cliente) record.Address {
	return record.Address{
		Street: string(c.Endereco), Number: string(c.EnderecoNumero), District: string(c.Bairro),
		City: record.CityName(string(c.Cidade)), State: string(c.Estado), ZIP: string(c.CEP),
	}
}

func cityOf(c omieapi.Cliente) string {
	a := addressOf(c)
	if a.City == "" || a.State == "" {
		return ""
	}
	return a.CityForm()
}

func tagList(tags omieapi.Rows[omieapi.Tag]) string {
	var names []string
	for _, t := range tags {
		if t.Tag != "" {
			names = append(names, string(t.Tag))
		}
	}
	return strings.Join(names, ",")
}

// newCustomer is what IncluirCliente is sent. The trade name is required in
// practice, so a new record gets the name as both (design.md §7).
func (s *side) newCustomer(d record.Draft) omieapi.ClienteNovo {
	f := d.Fields
	ddd, phone, _ := record.SplitPhone(f[record.FieldPhone])
	a, _ := record.ParseAddress(f[record.FieldAddress])
	novo := omieapi.ClienteNovo{
		CodigoClienteIntegracao: d.Code, RazaoSocial: f[record.FieldName], NomeFantasia: f[record.FieldName],
		CnpjCpf: f[record.FieldDocument], Telefone1DDD: ddd, Telefone1Numero: phone, Email: f[record.FieldEmail],
		Endereco: a.Street, EnderecoNumero: a.Number, Bairro: a.District, Estado: a.State, CEP: a.ZIP,
		Complemento: f[record.FieldComplement], Inativo: new(omieapi.SN(f[record.FieldActive] == "false")),
		Tags: []omieapi.Tag{{Tag: "Cliente"}},
	}
	if a.City != "" {
		novo.Cidade = a.CityForm()
	}
	if len(f[record.FieldDocument]) == cpfLength {
		novo.PessoaFisica = new(omieapi.SN(true))
	}
	if legal := f[record.FieldLegalName]; s.opts.Name == byTradeName && legal != "" {
		novo.RazaoSocial = legal
	}
	return novo
}

// madeCustomer is the record that IncluirCliente made, as lists will show it.
func (s *side) madeCustomer(novo omieapi.ClienteNovo, made omieapi.ClienteStatus) (record.Item, error) {
	raw, err := json.Marshal(novo)
	if err != nil {
		return record.Item{}, err
	}
	members := map[string]any{}
	if err := json.Unmarshal(raw, &members); err != nil {
		return record.Item{}, err
	}
	members["codigo_cliente_omie"] = int64(made.CodigoClienteOmie)
	return s.customerFrom(members)
}

// alteredCustomer is a customer as lists will show it once fields are written
// over the row that was read.
func (s *side) alteredCustomer(was json.RawMessage, fields record.Fields) (record.Item, error) {
	d := json.NewDecoder(bytes.NewReader(was))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		return record.Item{}, fmt.Errorf("omie: customer record: %w", err)
	}
	s.setCustomer(members, fields)
	return s.customerFrom(members)
}

// customerFrom reads a record in Omie's words back.
func (s *side) customerFrom(members map[string]any) (record.Item, error) {
	raw, err := json.Marshal(members)
	if err != nil {
		return record.Item{}, fmt.Errorf("omie: customer record: %w", err)
	}
	var c omieapi.Cliente
	if err := json.Unmarshal(raw, &c); err != nil {
		return record.Item{}, fmt.Errorf("omie: customer record: %w", err)
	}
	c.Raw = raw
	return s.customerItem(c), nil
}

// setCustomer lays changed fields over a whole record. An empty text is sent
// only where the field's new value is empty: it erases (docs/apis/omie.md §3.3).
func (s *side) setCustomer(members map[string]any, fields record.Fields) {
	for name, value := range fields {
		switch name {
		case record.FieldName:
			members[s.nameTag()] = value
		case record.FieldLegalName:
			members["razao_social"] = value
		case record.FieldDocument:
			setDocument(members, value)
		case record.FieldPhone:
			members["telefone1_ddd"], members["telefone1_numero"], _ = record.SplitPhone(value)
		case record.FieldEmail:
			members["email"] = value
		case record.FieldComplement:
			members["complemento"] = value
		case record.FieldActive:
			members["inativo"] = map[bool]string{true: "N", false: "S"}[value == "true"]
		case record.FieldAddress:
			setAddress(members, value)
		}
	}
}

// setDocument says beside a new CPF or CNPJ which of the two it is: a CPF may be
// read as a CNPJ otherwise (docs/apis/omie.md §3.3, pessoa_fisica).
func setDocument(members map[string]any, document string) {
	members["cnpj_cpf"] = document
	if document != "" {
		members["pessoa_fisica"] = map[bool]string{true: "S", false: "N"}[len(document) == cpfLength]
	}
}

const cpfLength = 11

func (s *side) nameTag() string {
	if s.opts.Name == byTradeName {
		return byTradeName
	}
	return "razao_social"
}

func setAddress(members map[string]any, line string) {
	a, _ := record.ParseAddress(line)
	members["endereco"], members["endereco_numero"], members["bairro"] = a.Street, a.Number, a.District
	members["estado"], members["cep"], members["cidade"] = a.State, a.ZIP, ""
	delete(members, "cidade_ibge")
	if a.City != "" {
		members["cidade"] = a.CityForm()
	}
}
