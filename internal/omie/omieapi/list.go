package omieapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A Lista is one page of a list. The totals are the answer's own, recomputed on
// every page; go by them, never by the size that was asked for, since Omie may
// give fewer rows a page (§2.2, §10.2).
type Lista[T any] struct {
	Pagina           int
	TotalDePaginas   int
	Registros        int // rows of this page, as Omie states them
	TotalDeRegistros int
	Itens            []T
}

// Linha is what every row of a list carries beside its fields: the row as it
// came, and why it could not be read, if so (P5).
type Linha struct {
	Raw  json.RawMessage `json:"-"`
	Erro error           `json:"-"`
}

func (l *Linha) linha() *Linha { return l }

type rowOf[T any] interface {
	*T
	linha() *Linha
}

// listar calls a list method and reads its page. rows is the array's tag. A page
// without rows is mostly a fault, and comes as a *call.Error with Empty.
func listar[T any, P rowOf[T]](ctx context.Context, c *Client, op operation, param any, rows string) (Lista[T], error) {
	var page Lista[T]
	err := c.do(ctx, op, param, func(body []byte) (err error) {
		page, err = readPage[T, P](body, rows)
		return err
	})
	return page, err
}

// readPage reads either dialect of paging (§10.1).
func readPage[T any, P rowOf[T]](body []byte, rows string) (Lista[T], error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(body, &top); err != nil {
		return Lista[T]{}, fmt.Errorf("cannot read the page: %w", err)
	}
	var page Lista[T]
	known := false
	for tag, raw := range top {
		total, err := page.total(tag, raw)
		if err != nil {
			return Lista[T]{}, fmt.Errorf("cannot read %s: %w", tag, err)
		}
		known = known || total
		if !strings.EqualFold(tag, rows) {
			continue
		}
		var raws Rows[json.RawMessage]
		if err := json.Unmarshal(raw, &raws); err != nil {
			return Lista[T]{}, fmt.Errorf("cannot read %s: %w", tag, err)
		}
		page.Itens = readRows[T, P](raws)
	}
	if !known {
		return Lista[T]{}, errors.New("the answer is no page: it states no totals")
	}
	return page, nil
}

// total takes the value of a paging tag, and reports whether it is one.
func (p *Lista[T]) total(tag string, raw json.RawMessage) (bool, error) {
	into, ok := map[string]*int{
		"pagina": &p.Pagina, "npagina": &p.Pagina,
		"total_de_paginas": &p.TotalDePaginas, "ntotpaginas": &p.TotalDePaginas,
		"registros": &p.Registros, "nregistros": &p.Registros,
		"total_de_registros": &p.TotalDeRegistros, "ntotregistros": &p.TotalDeRegistros,
	}[strings.ToLower(tag)]
	if !ok {
		return false, nil
	}
	var n Int
	err := n.UnmarshalJSON(raw)
	*into = int(n)
	return true, err
}

// readRows reads each row for itself, so that a bad one stops only itself.
func readRows[T any, P rowOf[T]](raws []json.RawMessage) []T {
	items := make([]T, len(raws))
	for i, raw := range raws {
		err := json.Unmarshal(raw, &items[i])
		*P(&items[i]).linha() = Linha{Raw: bytes.Clone(raw), Erro: err}
	}
	return items
}

// PorPagina is the page size that no method is known to refuse (§2.2).
const PorPagina = 100

// Paginacao asks for a page in the snake dialect. The zero value asks for the
// first page of 100.
type Paginacao struct {
	Pagina    int
	PorPagina int
}

func (p Paginacao) snake() paginaSnake {
	return paginaSnake{orElse(p.Pagina, 1), orElse(p.PorPagina, PorPagina)}
}

func (p Paginacao) hungarian() paginaHungara {
	return paginaHungara{orElse(p.Pagina, 1), orElse(p.PorPagina, PorPagina)}
}

type paginaSnake struct {
	Pagina             int `json:"pagina"`
	RegistrosPorPagina int `json:"registros_por_pagina"`
}

type paginaHungara struct {
	NPagina       int `json:"nPagina"`
	NRegPorPagina int `json:"nRegPorPagina"`
}
