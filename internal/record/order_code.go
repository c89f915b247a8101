package record

import (
	"strconv"
	"strings"
)

// The letters of an integration code: AUVO<source><id><order>, R<n> after it once
// it was used up (contract.md, Keys).
var (
	sourceLetters = map[byte]Kind{'T': Task, 'Q': Quotation}
	orderLetters  = map[byte]Kind{'S': ServiceOrder, 'V': SalesOrder}
)

const codePrefix = "AUVO"

// OrderCode is the integration code of a source's order: by it a document is
// found again, so that it is made once (P1).
func OrderCode(source Ref, order Kind) string {
	return codePrefix + letter(sourceLetters, source.Kind) + source.ID + letter(orderLetters, order)
}

func letter(letters map[byte]Kind, kind Kind) string {
	for l, k := range letters {
		if k == kind {
			return string(l)
		}
	}
	return ""
}

// ParseOrderCode reads an integration code back: the source it was made for, and
// the kind of order.
func ParseOrderCode(code string) (source Ref, order Kind, ok bool) {
	rest, ok := strings.CutPrefix(code, codePrefix)
	if !ok || len(rest) < 3 {
		return Ref{}, "", false
	}
	if before, epoch, found := strings.Cut(rest, "R"); found {
		if _, err := strconv.ParseUint(epoch, 10, 31); err != nil {
			return Ref{}, "", false
		}
		rest = before
	}
	order, source = orderLetters[rest[len(rest)-1]], Ref{Kind: sourceLetters[rest[0]], Side: Auvo, ID: rest[1 : len(rest)-1]}
	_, err := strconv.ParseUint(source.ID, 10, 63)
	return source, order, err == nil && order != "" && source.Kind != ""
}
