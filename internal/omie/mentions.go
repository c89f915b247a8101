package omie

import (
	"ponte/internal/omie/omieapi"
	"ponte/internal/record"
)

// Where a person or another integration writes what an order is for.
const (
	inNotes   = "nas observações"
	inInvoice = "nos dados adicionais da nota"
	inItem    = "num item"
)

func osMentions(o omieapi.OS) []record.Mention {
	lists := [][]record.Mention{
		record.Mentions(inNotes, string(o.Observacoes.CObsOS)),
		record.Mentions(inInvoice, string(o.InformacoesAdicionais.CDadosAdicNF)),
	}
	for _, v := range o.ServicosPrestados {
		lists = append(lists, record.Mentions(inItem, string(v.CDescServ)), record.Mentions(inItem, string(v.CDadosAdicItem)))
	}
	return record.AddMentions(lists...)
}

func pedidoMentions(p omieapi.Pedido) []record.Mention {
	lists := [][]record.Mention{
		record.Mentions(inNotes, string(p.Observacoes.ObsVenda)),
		record.Mentions(inInvoice, string(p.InformacoesAdicionais.DadosAdicionaisNF)),
	}
	for _, d := range p.Det {
		lists = append(lists, record.Mentions(inItem, string(d.Observacao)), record.Mentions(inItem, string(d.InfAdic.DadosAdicionaisItem)))
	}
	return record.AddMentions(lists...)
}

// mentioning is an order with what it mentions, and what people know it by: when
// it was made, and its total. One under Ponte's own code mentions nothing: whose
// it is, its code says.
func mentioning(i record.Item, mentions []record.Mention, made omieapi.Text, total omieapi.Dec) record.Item {
	if _, ours := record.ParseOrderCode(i.Code); ours {
		return i
	}
	i.Mentions = record.AddMentions(mentions, record.CodeMentions(i.Code))
	if len(i.Mentions) == 0 {
		return i
	}
	for _, m := range i.Mentions {
		i.Keys = append(i.Keys, record.Key{Name: record.KeyMention, Value: m.Of})
	}
	i.Facts[record.FactMade] = isoDay(made)
	i.Facts[record.FactTotal] = record.Amount(total.Decimal)
	return i
}
