package omie

import (
	"context"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

func (s *side) services() *record.Access {
	return &record.Access{
		Feeds: []record.Feed{{Name: "services", Cycle: true, Windowed: true, Hooked: true, List: s.listServices}},
		Find:  noFinder{},
	}
}

func (s *side) listServices(ctx context.Context, w record.Window, page func(record.Page) error) error {
	fetch := func(ctx context.Context, p omieapi.Paginacao) (omieapi.Lista[omieapi.Servico], error) {
		param := omieapi.ListarCadastroServicoParam{Paginacao: p}
		if !w.Since.IsZero() {
			param.Janela = omieapi.NovaJanelaServico(w.Since, w.Until)
		}
		return s.api.ListarCadastroServico(ctx, param)
	}
	return eachPage(ctx, s.from(w), fetch, func(v omieapi.Servico) (record.Item, bool) {
		i := serviceItem(v)
		return i, w.Holds(i.Changed)
	}, page)
}

// serviceItem is a service of the catalogue as a record.
func serviceItem(v omieapi.Servico) record.Item {
	title := string(v.Cabecalho.CDescricao)
	key := id(v.IntListar.NCodServ)
	i := record.Item{
		Kind: record.Service, Side: record.Omie, ID: key, Title: title, Code: string(v.IntListar.CCodIntServ),
		Fields: record.Fields{record.FieldName: title, record.FieldPrice: record.Amount(v.Cabecalho.NPrecoUnit.Decimal), record.FieldExternalID: key},
		Keys:   record.Keys(record.Key{Name: record.KeyCode, Value: string(v.IntListar.CCodIntServ)}, record.Key{Name: record.KeyTitle, Value: record.FoldTitle(title)}),
		Facts:  map[string]string{record.FactInactive: boolText(bool(v.Info.Inativo))},
	}
	return unreadable(stamped(i, v.Info.Carimbos), v.Linha, "intListar", "nCodServ")
}
