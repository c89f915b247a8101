package omie

import (
	"cmp"
	"context"

	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// open reads whose app the key opens.
func (s *side) open(ctx context.Context) (string, error) {
	list, err := s.api.ListarEmpresas(ctx, omieapi.Paginacao{})
	if err != nil || len(list.Itens) == 0 {
		return "", err
	}
	return string(list.Itens[0].RazaoSocial), nil
}

// choices reads the catalogues that documents are filled in from. What doctor
// would find wrong with a value is no choice.
func (s *side) choices(ctx context.Context) []record.Catalogue {
	service, sales := s.stageChoices(ctx)
	size := s.turningSize()
	return []record.Catalogue{
		catalogue(ctx, record.Categories, s.api.ListarCategorias, func(c omieapi.Categoria) (code, title, trouble string) {
			_, trouble = matchCategory(c, string(c.Codigo))
			if !bool(c.ContaReceita) || bool(c.NaoExibir) {
				trouble = "is not of receipts"
			}
			return string(c.Codigo), string(c.Descricao), trouble
		}),
		catalogue(ctx, record.BankAccounts, s.api.ListarContasCorrentes, func(c omieapi.ContaCorrente) (code, title, trouble string) {
			return id(c.NCodCC), string(c.Descricao), inactiveText(bool(c.Inativo) || bool(c.Bloqueado))
		}),
		catalogue(ctx, record.PaymentTerms, s.api.ListarParcelas, func(p omieapi.Parcela) (code, title, trouble string) {
			return string(p.NCodigo), string(p.CDescricao), ""
		}),
		service, sales,
		catalogue(ctx, record.CatalogServices, func(ctx context.Context, pg omieapi.Paginacao) (omieapi.Lista[omieapi.Servico], error) {
			pg.PorPagina = size
			return s.api.ListarCadastroServico(ctx, omieapi.ListarCadastroServicoParam{Paginacao: pg})
		}, func(v omieapi.Servico) (code, title, trouble string) {
			return id(v.IntListar.NCodServ), string(v.Cabecalho.CDescricao), inactiveText(bool(v.Info.Inativo))
		}),
		catalogue(ctx, record.StockLocations, s.api.ListarLocaisEstoque, func(l omieapi.LocalEstoque) (code, title, trouble string) {
			return id(l.CodigoLocalEstoque), string(l.Descricao), inactiveText(bool(l.Inativo))
		}),
		catalogue(ctx, record.Companies, func(ctx context.Context, pg omieapi.Paginacao) (omieapi.Lista[omieapi.Empresa], error) {
			pg.PorPagina = 50 // unlike open's, which was asked a moment ago
			return s.api.ListarEmpresas(ctx, pg)
		}, func(e omieapi.Empresa) (code, title, trouble string) {
			return cmp.Or(string(e.CNPJ), string(e.CodigoEmpresa)), string(e.RazaoSocial), ""
		}),
		catalogue(ctx, record.Projects, s.api.ListarProjetos, func(p omieapi.Projeto) (code, title, trouble string) {
			return id(p.Codigo), string(p.Nome), inactiveText(bool(p.Inativo))
		}),
		catalogue(ctx, record.Salespeople, s.api.ListarVendedores, func(v omieapi.Vendedor) (code, title, trouble string) {
			return id(v.Codigo), string(v.Nome), inactiveText(bool(v.Inativo))
		}),
	}
}

// stageChoices are both kinds' stages, which one list holds.
func (s *side) stageChoices(ctx context.Context) (service, sales record.Catalogue) {
	list, err := s.api.ListarEtapasFaturamento(ctx, omieapi.Paginacao{})
	of := func(name, operation string) record.Catalogue {
		return catalogue(ctx, name, func(context.Context, omieapi.Paginacao) (out omieapi.Lista[omieapi.Etapa], _ error) {
			for _, o := range list.Itens {
				if string(o.CCodOperacao) == operation {
					out.Itens = o.Etapas
				}
			}
			return out, err
		}, func(e omieapi.Etapa) (code, title, trouble string) {
			_, trouble = matchStage(e, string(e.CCodigo))
			return string(e.CCodigo), cmp.Or(string(e.CDescricao), string(e.CDescrPadrao)), trouble
		})
	}
	return of(record.ServiceStages, omieapi.OperacaoServico), of(record.SalesStages, omieapi.OperacaoVenda)
}

// catalogue reads a list to its end. A row with a trouble is no choice.
func catalogue[T any](ctx context.Context, name string, fetch func(context.Context, omieapi.Paginacao) (omieapi.Lista[T], error), of func(T) (code, title, trouble string)) record.Catalogue {
	c := record.Catalogue{Name: name, Choices: []record.Choice{}}
	rows, err := all(ctx, fetch)
	if err != nil {
		c.Wrong = err.Error()
	}
	for _, row := range rows {
		if code, title, trouble := of(row); code != "" && code != "0" && trouble == "" {
			c.Choices = append(c.Choices, record.Choice{Code: code, Title: cmp.Or(title, code)})
		}
	}
	return c
}
