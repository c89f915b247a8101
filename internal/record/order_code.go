package record

import (
	"strconv"
	"strings"
	"time"
)

// The letters of an integration code: AUVO<source><id><order>, R<epoch> after it
// from the second document on (contract.md, Keys).
var (
	sourceLetters = map[byte]Kind{'T': Task, 'Q': Quotation}
	orderLetters  = map[byte]Kind{'S': ServiceOrder, 'V': SalesOrder}
)

const codePrefix = "AUVO"

// MostCode is how many characters an integration code may have (contract.md, Keys).
const MostCode = 20

// An OrderKey names one order of a source: each that is made again, after an undo
// or because a person asked for it, has the next epoch. The first has epoch 0.
type OrderKey struct {
	Source Ref
	Kind   Kind
	Epoch  int
}

// Code is the order's integration code: by it the document is found again, so
// that it is made once (P1). One longer than MostCode must not be sent.
func (k OrderKey) Code() string {
	code := codePrefix + letter(sourceLetters, k.Source.Kind) + k.Source.ID + letter(orderLetters, k.Kind)
	if k.Epoch > 0 {
		code += "R" + strconv.Itoa(k.Epoch)
	}
	return code
}

func letter(letters map[byte]Kind, kind Kind) string {
	for l, k := range letters {
		if k == kind {
			return string(l)
		}
	}
	return ""
}

// ParseOrderCode reads an integration code back; false for one that is not ours.
func ParseOrderCode(code string) (OrderKey, bool) {
	rest, ok := strings.CutPrefix(code, codePrefix)
	var k OrderKey
	rest, epoch, again := strings.Cut(rest, "R")
	if again {
		n, err := strconv.ParseUint(epoch, 10, 31)
		ok = ok && err == nil && n > 0 && epoch[0] != '0'
		k.Epoch = int(n)
	}
	if !ok || len(rest) < 3 {
		return OrderKey{}, false
	}
	last := len(rest) - 1
	k.Source, k.Kind = Ref{Kind: sourceLetters[rest[0]], Side: Auvo, ID: rest[1:last]}, orderLetters[rest[last]]
	_, err := strconv.ParseUint(k.Source.ID, 10, 63)
	return k, err == nil && k.Kind != "" && k.Source.Kind != ""
}

// A Life is where a source's orders of one kind are in being made, undone and
// made again. The zero Life is that of a source whose first order nobody undid.
type Life struct {
	Epoch  int       // of the order that stands, or that is made next; lower ones are used up
	Undone time.Time // since when a person wants none; zero: it is made
	Why    string    // the reason that the person gave
}
