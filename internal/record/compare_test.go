package record

import "testing"

func TestSameComparesByTheFieldsMeaning(t *testing.T) {
	for _, c := range []struct {
		field, a, b string
		want        bool
	}{
		{FieldPhone, "(11) 3333-4444", "1133334444", true},
		{FieldPhone, "1133334444", "1133334445", false},
		{FieldEmail, "a@x.test;b@x.test", "B@x.test,a@x.test", true},
		{FieldEmail, "a@x.test", "", false},
		{FieldAddress, "Rua Um, 10, Centro, São Paulo - SP, 01000-000", "RUA UM, 10, CENTRO, SAO PAULO/SP, 01000000", true},
		{FieldAddress, "Rua Um, 10", "Rua Um, 11", false},
		{FieldDocument, "529.982.247-25", "52998224725", true},
		{FieldDocument, "52998224725", "52998224726", false},
		{FieldActive, "true", "TRUE", true},
		{FieldActive, "true", "false", false},
		{FieldActive, "", "false", false},
		{FieldActive, " talvez", "talvez", true},
		{FieldStock, "10", "10.000", true},
		{FieldStock, "", "0", false},
		{FieldPrice, "10.10", "10.1", true},
		{FieldPrice, "10.10", "10.11", false},
		{FieldPrice, "a combinar", "a  combinar ", true},
		{FieldName, "ACME  Ltda ", "ACME Ltda", true},
		{FieldName, "ACME\r\nLtda", "ACME Ltda", true},
		{FieldName, "ACME Ltda", "Acme Ltda", false},
		{FieldComplement, "sala 2", "sala 3", false},
		{"a field of tomorrow", "x", " x", true},
	} {
		if got := Same(c.field, c.a, c.b); got != c.want {
			t.Errorf("Same(%s, %q, %q) = %v, want %v", c.field, c.a, c.b, got, c.want)
		}
		if got := Same(c.field, c.b, c.a); got != c.want {
			t.Errorf("Same(%s, %q, %q) = %v, want %v", c.field, c.b, c.a, got, c.want)
		}
	}
}
