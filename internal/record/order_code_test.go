package record

import "testing"

func TestAnOrderCodeNamesItsSourceAndComesBack(t *testing.T) {
	task, quotation := Ref{Task, Auvo, "812"}, Ref{Quotation, Auvo, "9"}
	for _, c := range []struct {
		source Ref
		order  Kind
		code   string
	}{
		{task, ServiceOrder, "AUVOT812S"},
		{task, SalesOrder, "AUVOT812V"},
		{quotation, ServiceOrder, "AUVOQ9S"},
		{quotation, SalesOrder, "AUVOQ9V"},
	} {
		if code := OrderCode(c.source, c.order); code != c.code {
			t.Errorf("OrderCode(%v, %s) = %q, want %q", c.source, c.order, code, c.code)
		}
		for _, code := range []string{c.code, c.code + "R1", c.code + "R12"} {
			if source, order, ok := ParseOrderCode(code); source != c.source || order != c.order || !ok {
				t.Errorf("ParseOrderCode(%q) = %v, %s, %t", code, source, order, ok)
			}
		}
	}
}

func TestWhatIsNoOrderCodeOfOursIsNobodys(t *testing.T) {
	for _, code := range []string{"", "AUVO", "AUVOT", "AUVOTS", "AUVOT81", "AUVOX812S", "AUVOT812X", "AUVOT8a2S", "AUVOT-1S", "AUVOT812SRx", "auvot812s", "PEDIDO812"} {
		if source, order, ok := ParseOrderCode(code); ok {
			t.Errorf("ParseOrderCode(%q) = %v, %s", code, source, order)
		}
	}
}
