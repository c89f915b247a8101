package omiesim

import "strings"

// A dialect is one of the two spellings of paging (omie-api.md §10.1).
type dialect struct{ page, perPage, pages, rows, total string }

var (
	snake     = dialect{"pagina", "registros_por_pagina", "total_de_paginas", "registros", "total_de_registros"}
	hungarian = dialect{"nPagina", "nRegPorPagina", "nTotPaginas", "nRegistros", "nTotRegistros"}
)

const defaultPage = 50 // rows when a request does not say (omie-api.md §12.22)

// A sheet is the part of a list that was asked for.
type sheet struct {
	dialect
	page, pages, total int
	rows               []Record
}

// cut takes the page that p asks for out of rows. An empty list and a page past
// the end are the same fault (omie-api.md §10.2).
func (s *Sim) cut(d dialect, p Record, rows []Record) (sheet, *fault) {
	return s.cutTo(d, p, rows, limit(s.PageCap, 100))
}

// cutTo is cut with a cap of its own; asking for more is silently taken as the cap (§2.2).
func (s *Sim) cutTo(d dialect, p Record, rows []Record, most int) (sheet, *fault) {
	page, size := max(1, p.Int(d.page)), p.Int(d.perPage)
	if size <= 0 {
		size = defaultPage
	}
	if most > 0 {
		size = min(size, int64(most))
	}
	total := int64(len(rows))
	pages := (total + size - 1) / size
	if page > pages {
		f := noRows(page)
		if total > 0 {
			f = f.as(ReadPastEnd)
		}
		return sheet{dialect: d, page: int(page)}, f
	}
	from := (page - 1) * size
	return sheet{d, int(page), int(pages), int(total), rows[from:min(from+size, total)]}, nil
}

// answer names the rows and states the totals, which are computed anew on every page.
func (sh sheet) answer(array string) Record {
	return Record{
		sh.dialect.page: number(sh.page), sh.dialect.pages: number(sh.pages),
		sh.dialect.rows: number(len(sh.rows)), sh.dialect.total: number(sh.total),
		array: listOf(sh.rows),
	}
}

// show replaces the rows by what the list shows of them.
func (sh sheet) show(view func(Record) Record) sheet {
	rows := make([]Record, 0, len(sh.rows))
	for _, r := range sh.rows {
		rows = append(rows, view(r))
	}
	sh.rows = rows
	return sh
}

// keep returns the records that pass every test.
func keep(rows []Record, tests ...func(Record) bool) []Record {
	kept := make([]Record, 0, len(rows))
next:
	for _, r := range rows {
		for _, test := range tests {
			if test != nil && !test(r) {
				continue next
			}
		}
		kept = append(kept, r)
	}
	return kept
}

// equals passes records whose member is what p's filter says, all without one.
func equals(p Record, filter string, path ...string) func(Record) bool {
	want := p.Text(filter)
	if want == "" {
		return nil
	}
	return func(r Record) bool { return strings.TrimSpace(r.Text(path...)) == want }
}

// sameFlag is equals for flags, where an absent one reads as N.
func sameFlag(p Record, filter string, path ...string) func(Record) bool {
	want := p.Text(filter)
	if want == "" {
		return nil
	}
	return func(r Record) bool { return flag(r, path...) == (want == "S") }
}

// onlyFlag passes records with the flag when the filter is S, all otherwise.
func onlyFlag(p Record, filter string, path ...string) func(Record) bool {
	if p.Text(filter) != "S" {
		return nil
	}
	return func(r Record) bool { return flag(r, path...) }
}

func flag(r Record, path ...string) bool { return r.Text(path...) == "S" }
