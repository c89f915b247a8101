package omieapi

import (
	"context"
	"time"
)

var listarCadastroServico = operation{"servicos/servico", "ListarCadastroServico", read}

// A Servico is a service of the catalogue as read (§5).
type Servico struct {
	Linha
	IntListar struct {
		NCodServ    Int  `json:"nCodServ"` // nCodServico in the items of an OS
		CCodIntServ Text `json:"cCodIntServ"`
	} `json:"intListar"`
	Cabecalho ServicoCabecalho `json:"cabecalho"`
	Impostos  ServicoImpostos  `json:"impostos"`
	Info      ServicoInfo      `json:"info"`
}

// ServicoCabecalho is what names and prices a service.
type ServicoCabecalho struct {
	CDescricao  Text `json:"cDescricao"`
	CCodigo     Text `json:"cCodigo"`
	CIdTrib     Text `json:"cIdTrib"`
	CCodServMun Text `json:"cCodServMun"`
	CCodLC116   Text `json:"cCodLC116"`
	NIdNBS      Text `json:"nIdNBS"`
	NPrecoUnit  Dec  `json:"nPrecoUnit"`
	CCodCateg   Text `json:"cCodCateg"`
}

// ServicoImpostos is what an item inherits that a screen shows.
type ServicoImpostos struct {
	CRetISS  SN  `json:"cRetISS"`
	NAliqISS Dec `json:"nAliqISS"`
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (i *ServicoImpostos) UnmarshalJSON(b []byte) error {
	type plain ServicoImpostos
	return block(b, (*plain)(i))
}

// ServicoInfo holds the stamps and, of all places, whether the service is
// inactive.
type ServicoInfo struct {
	Carimbos Carimbos
	Inativo  SN
}

// UnmarshalJSON reads the block, which may come as "" or [].
func (i *ServicoInfo) UnmarshalJSON(b []byte) error {
	var flags struct {
		Inativo SN `json:"inativo"`
	}
	if err := block(b, &flags); err != nil {
		return err
	}
	i.Inativo = flags.Inativo
	return i.Carimbos.UnmarshalJSON(b)
}

// JanelaServico is the window of changes in this service's own words.
type JanelaServico struct {
	De      string `json:"dAlteracaoInicial,omitempty"`
	Ate     string `json:"dAlteracaoFinal,omitempty"`
	HoraDe  string `json:"hAlteracaoInicial,omitempty"`
	HoraAte string `json:"hAlteracaoFinal,omitempty"`
}

// NovaJanelaServico is the window from de to ate, both included.
func NovaJanelaServico(de, ate time.Time) JanelaServico {
	return JanelaServico{Data(de), Data(ate), Hora(de), Hora(ate)}
}

// ListarCadastroServicoParam chooses a page of services.
type ListarCadastroServicoParam struct {
	Paginacao
	Janela  JanelaServico
	CCodigo string // exact
}

// ListarCadastroServico returns a page of services, by code, inactive ones too.
func (c *Client) ListarCadastroServico(ctx context.Context, p ListarCadastroServicoParam) (Lista[Servico], error) {
	return listar[Servico](ctx, c, listarCadastroServico, struct {
		paginaHungara
		JanelaServico
		CCodigo string `json:"cCodigo,omitempty"`
	}{p.hungarian(), p.Janela, p.CCodigo}, "cadastros")
}
