package omie

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ponte/internal/call"
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// Defaults are the settings that name something in Omie's catalogues. Zero and
// empty ones name nothing.
type Defaults struct {
	Categories       []string
	BankAccounts     []int64
	PaymentTerms     []string
	ServiceStages    []string // operation 01
	SalesStages      []string // operation 11
	Cities           []string
	Projects         []int64
	Salespeople      []int64
	FallbackServices []int64
	StockLocations   []int64
}

// A probing collects doctor's findings.
type probing struct {
	*side
	record.Findings
	ctx context.Context //nolint:containedctx // one probe, one context
}

// probe checks the key and each default against Omie's catalogues. It reads
// lists only; none of its calls faults unless the key itself is refused.
func (s *side) probe(ctx context.Context) []record.Finding {
	p := &probing{side: s, ctx: ctx, Findings: record.Findings{Side: record.Omie}}
	if !p.credentials() {
		return p.List
	}
	skew, known := s.api.Skew()
	p.List = append(p.List, record.ClockFinding(record.Omie, skew, known))
	p.permissions()
	p.categories()
	p.accounts()
	p.terms()
	p.stages()
	p.cities()
	p.people()
	p.catalogue()
	p.places()
	return p.List
}

func (p *probing) credentials() bool {
	name, err := p.open(p.ctx)
	switch {
	case call.ReactionOf(err) == call.Credentials:
		p.Note("credentials", false, err.Error(), "check omie.app_key and omie.app_secret in the accounts file; copy them again from Omie's developer portal")
	case err != nil:
		p.Note("credentials", false, err.Error(), "try again later; if it stays, send the text to Omie's support")
	default:
		p.Note("credentials", true, "the key opens the app of "+name, "")
	}
	return err == nil
}

// permissions reads one page of each list that the flows live on. Orders are
// left out: a list without any would answer with a fault, and so may the others
// of an empty app, once.
func (p *probing) permissions() {
	customers, err := p.api.ListarClientes(p.ctx, omieapi.ListarClientesParam{Paginacao: p.turned()})
	mayRead(p, "customers", customers, err)
	products, err := p.api.ListarProdutos(p.ctx, omieapi.ListarProdutosParam{Paginacao: p.turned()})
	mayRead(p, "products", products, err)
	services, err := p.api.ListarCadastroServico(p.ctx, omieapi.ListarCadastroServicoParam{Paginacao: p.turned()})
	mayRead(p, "services", services, err)
}

func mayRead[T any](p *probing, what string, list omieapi.Lista[T], err error) {
	switch {
	case call.ReactionOf(err) == call.Empty:
		p.Note("reading "+what, true, "Omie has none yet", "")
	case err != nil:
		p.Note("reading "+what, false, err.Error(), "give the app's key the permission to read "+what+" in Omie")
	default:
		p.Note("reading "+what, true, fmt.Sprintf("%d in all, in %d page(s) of up to %d", list.TotalDeRegistros, list.TotalDePaginas, len(list.Itens)), "")
	}
}

// all reads every page of a catalogue.
func all[T any](ctx context.Context, fetch func(context.Context, omieapi.Paginacao) (omieapi.Lista[T], error)) ([]T, error) {
	var out []T
	for n := 1; ; n++ {
		list, err := fetch(ctx, omieapi.Paginacao{Pagina: n})
		if call.ReactionOf(err) == call.Empty {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list.Itens...)
		if n >= list.TotalDePaginas || len(list.Itens) == 0 {
			return out, nil
		}
	}
}

// named checks values of one setting against a catalogue.
func named[T any, V comparable](p *probing, check string, values []V, rows []T, err error, match func(T, V) (found bool, trouble string), remedy string) {
	if err != nil {
		p.Note(check, false, err.Error(), "the key may lack the permission to read this catalogue; give it in Omie")
		return
	}
	for _, v := range values {
		trouble := "Omie has none such"
		for _, row := range rows {
			if found, why := match(row, v); found {
				trouble = why
				break
			}
		}
		p.Note(check, trouble == "", strings.TrimSpace(fmt.Sprintf("%v %s", v, trouble)), remedy)
	}
}

func (p *probing) categories() {
	if len(p.opts.Defaults.Categories) == 0 {
		return
	}
	rows, err := all(p.ctx, p.api.ListarCategorias)
	named(p, "category", p.opts.Defaults.Categories, rows, err, matchCategory,
		"choose an active category that is no total (Omie: Finanças > Categorias) and apply the account again")
}

func matchCategory(c omieapi.Categoria, code string) (bool, string) {
	switch {
	case string(c.Codigo) != code:
		return false, ""
	case bool(c.Totalizadora):
		return true, "is a total, not usable in documents"
	case bool(c.ContaInativa):
		return true, "is inactive"
	}
	return true, ""
}

func (p *probing) accounts() {
	if len(p.opts.Defaults.BankAccounts) == 0 {
		return
	}
	rows, err := all(p.ctx, p.api.ListarContasCorrentes)
	named(p, "bank account", p.opts.Defaults.BankAccounts, rows, err, func(c omieapi.ContaCorrente, v int64) (bool, string) {
		if int64(c.NCodCC) != v {
			return false, ""
		}
		if bool(c.Inativo) || bool(c.Bloqueado) {
			return true, "is inactive or blocked"
		}
		return true, ""
	}, "choose an active account: "+namesOf(rows, func(c omieapi.ContaCorrente) string { return id(c.NCodCC) + " " + string(c.Descricao) }))
}

// namesOf lists at most five rows for a remedy.
func namesOf[T any](rows []T, name func(T) string) string {
	var names []string
	for _, r := range rows[:min(len(rows), 5)] {
		names = append(names, name(r))
	}
	return strings.Join(names, ", ")
}

func (p *probing) terms() {
	if len(p.opts.Defaults.PaymentTerms) == 0 {
		return
	}
	rows, err := all(p.ctx, p.api.ListarParcelas)
	named(p, "payment term", p.opts.Defaults.PaymentTerms, rows, err, func(t omieapi.Parcela, v string) (bool, string) { return string(t.NCodigo) == v, "" },
		"choose a code of Omie's list of payment terms, such as 000 (at sight)")
}

func (p *probing) stages() {
	d := p.opts.Defaults
	if len(d.ServiceStages)+len(d.SalesStages) == 0 {
		return
	}
	list, err := p.api.ListarEtapasFaturamento(p.ctx, omieapi.Paginacao{})
	stagesOf := func(operation string) []omieapi.Etapa {
		for _, o := range list.Itens {
			if string(o.CCodOperacao) == operation {
				return o.Etapas
			}
		}
		return nil
	}
	remedy := "choose an active stage before billing, such as 10"
	named(p, "service order stage", d.ServiceStages, stagesOf(omieapi.OperacaoServico), err, matchStage, remedy)
	named(p, "sales order stage", d.SalesStages, stagesOf(omieapi.OperacaoVenda), err, matchStage, remedy)
}

// billedStage is set by billing, and no input (docs/apis/omie.md §6.6).
const billedStage = "60"

func matchStage(e omieapi.Etapa, code string) (bool, string) {
	switch {
	case string(e.CCodigo) != code:
		return false, ""
	case code == billedStage:
		return true, "is set by billing alone"
	}
	return true, inactiveText(bool(e.CInativo))
}

func (p *probing) cities() {
	const form = "write it as Omie does, such as SAO PAULO (SP)"
	byState := map[string][]string{}
	for _, city := range p.opts.Defaults.Cities {
		_, uf, _ := strings.Cut(strings.TrimSuffix(city, ")"), " (")
		if !strings.HasSuffix(city, ")") || !slices.Contains(record.States[:], uf) {
			p.Note("city", false, city+" is not in the form NOME (UF)", form)
			continue
		}
		byState[uf] = append(byState[uf], city)
	}
	for _, uf := range slices.Sorted(maps.Keys(byState)) {
		// A name that matches nothing would fault: the state's whole list is read instead.
		rows, err := all(p.ctx, func(ctx context.Context, pg omieapi.Paginacao) (omieapi.Lista[omieapi.Cidade], error) {
			return p.api.PesquisarCidades(ctx, omieapi.PesquisarCidadesParam{Paginacao: pg, UF: uf})
		})
		named(p, "city", byState[uf], rows, err, func(c omieapi.Cidade, v string) (bool, string) { return string(c.CCod) == v, "" }, form)
	}
}

func (p *probing) people() {
	d := p.opts.Defaults
	if len(d.Salespeople) > 0 {
		rows, err := all(p.ctx, p.api.ListarVendedores)
		named(p, "salesperson", d.Salespeople, rows, err, func(v omieapi.Vendedor, want int64) (bool, string) {
			return int64(v.Codigo) == want, inactiveText(bool(v.Inativo))
		}, "choose active salespeople in orders.…salespeople")
	}
	if len(d.Projects) > 0 {
		rows, err := all(p.ctx, p.api.ListarProjetos)
		named(p, "project", d.Projects, rows, err, func(v omieapi.Projeto, want int64) (bool, string) {
			return int64(v.Codigo) == want, inactiveText(bool(v.Inativo))
		}, "choose an active project, or 0")
	}
}

func inactiveText(inactive bool) string {
	if inactive {
		return "is inactive"
	}
	return ""
}

func (p *probing) catalogue() {
	if len(p.opts.Defaults.FallbackServices) == 0 {
		return
	}
	size := p.turningSize() // the first page was read a moment ago
	rows, err := all(p.ctx, func(ctx context.Context, pg omieapi.Paginacao) (omieapi.Lista[omieapi.Servico], error) {
		pg.PorPagina = size
		return p.api.ListarCadastroServico(ctx, omieapi.ListarCadastroServicoParam{Paginacao: pg})
	})
	named(p, "catalogue service", p.opts.Defaults.FallbackServices, rows, err, func(v omieapi.Servico, want int64) (bool, string) {
		return int64(v.IntListar.NCodServ) == want, inactiveText(bool(v.Info.Inativo))
	}, "choose an active service (nCodServ) of Omie's catalogue")
}

func (p *probing) places() {
	if len(p.opts.Defaults.StockLocations) == 0 {
		return
	}
	rows, err := all(p.ctx, p.api.ListarLocaisEstoque)
	named(p, "stock location", p.opts.Defaults.StockLocations, rows, err, func(l omieapi.LocalEstoque, want int64) (bool, string) {
		return int64(l.CodigoLocalEstoque) == want, inactiveText(bool(l.Inativo))
	}, "choose default, all, or one of "+namesOf(rows, func(l omieapi.LocalEstoque) string {
		return strconv.FormatInt(int64(l.CodigoLocalEstoque), 10) + " " + string(l.Descricao)
	}))
}
