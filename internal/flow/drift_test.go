package flow

import "testing"

// TestADriftNamesTheSourceAndWhatItDidNotTell, in Portuguese.
func TestADriftNamesTheSourceAndWhatItDidNotTell(t *testing.T) {
	for want, d := range map[string]Drift{
		"Auvo: a lista de clientes alterados não trouxe 3 mudanças.":                                            {Source: "auvo/customers", Missed: 3},
		"Omie: a lista de produtos alterados não trouxe 1 mudança.":                                             {Source: "omie/products", Missed: 1},
		"Auvo: 2 tarefas mudaram sem que a data de alteração mudasse.":                                          {Source: "auvo/tasks", Unstamped: 2},
		"Auvo: a lista de clientes alterados não trouxe 1 mudança; 1 cliente não existe mais.":                  {Source: "auvo/customers", Missed: 1, Gone: 1},
		"Auvo: a varredura achou 2 produtos diferentes (a lista de produtos não avisa mudanças: é o esperado).": {Source: "auvo/products", Unasked: 2},
		"Omie: a lista de clientes alterados não perdeu nenhuma mudança.":                                       {Source: "omie/customers"},
		"Omie: a lista contracts não trouxe 2 mudanças.":                                                        {Source: "omie/contracts", Missed: 2},
	} {
		if got := d.Message(); got != want {
			t.Errorf("%+v: %s", d, got)
		}
	}
}
