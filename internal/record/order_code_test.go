package record

import "testing"

func TestAnOrderCodeNamesItsSourceAndComesBack(t *testing.T) {
	task, quotation := Ref{Task, Auvo, "812"}, Ref{Quotation, Auvo, "9"}
	for _, c := range []struct {
		key  OrderKey
		code string
	}{
		{OrderKey{task, ServiceOrder, 0}, "AUVOT812S"},
		{OrderKey{task, SalesOrder, 0}, "AUVOT812V"},
		{OrderKey{quotation, ServiceOrder, 0}, "AUVOQ9S"},
		{OrderKey{quotation, SalesOrder, 0}, "AUVOQ9V"},
		{OrderKey{task, ServiceOrder, 1}, "AUVOT812SR1"},
		{OrderKey{quotation, SalesOrder, 12}, "AUVOQ9VR12"},
	} {
		if code := c.key.Code(); code != c.code {
			t.Errorf("the code of %v is %q, want %q", c.key, code, c.code)
		}
		if key, ok := ParseOrderCode(c.code); key != c.key || !ok {
			t.Errorf("ParseOrderCode(%q) = %v, %t", c.code, key, ok)
		}
	}
}

func TestWhatIsNoOrderCodeOfOursIsNobodys(t *testing.T) {
	for _, code := range []string{
		"", "AUVO", "AUVOT", "AUVOTS", "AUVOT81", "AUVOX812S", "AUVOT812X", "AUVOT8a2S", "AUVOT-1S", "auvot812s", "PEDIDO812",
		"AUVOT812SR", "AUVOT812SRx", "AUVOT812SR0", "AUVOT812SR01", "AUVOT812SR-1", "AUVOT812R1S", "AUVOTR1", "AUVOT812SR1R2",
	} {
		if key, ok := ParseOrderCode(code); ok {
			t.Errorf("ParseOrderCode(%q) = %v", code, key)
		}
	}
}
