package cli

import (
	"fmt"
	"strings"

	"ponte/internal/record"
	"ponte/internal/story"
)

// resolveRecord finds the record that WHAT names: task:812, quotation:9,
// customer:auvo:55, customer:omie:7000000001, product:SKU, service-order:15 (a
// document's id or number), a CPF/CNPJ, or words of a name. More than one is an error that lists them.
func (s *session) resolveRecord(account, what string) (record.Item, error) {
	found, err := story.Find(s.ctx, s.db, account, what, 10)
	if err != nil {
		return record.Item{}, err
	}
	switch len(found) {
	case 0:
		return record.Item{}, fmt.Errorf("no record of account %s answers to %q", account, what)
	case 1:
		return found[0], nil
	}
	if sameRecord(found) {
		return found[0], nil
	}
	var names []string
	for _, i := range found {
		names = append(names, i.Ref().String()+" ("+oneLine(i.Title)+")")
	}
	return record.Item{}, fmt.Errorf("%q names more than one record, say which: %s", what, strings.Join(names, ", "))
}

// sameRecord: both sides' items of one name are one record to explain.
func sameRecord(found []record.Item) bool {
	return len(found) == 2 && found[0].Kind == found[1].Kind && found[0].Side != found[1].Side
}
