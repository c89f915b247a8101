package benchmark

import (
	"fmt"
	"testing"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
	"ponte/internal/record"
)

// A direction is one way of a first load of customers, and the limit that binds it.
type direction struct {
	name  string
	to    record.Side
	calls string // the calls that the limit is about: Omie's method; "" all
	rate  int    // calls a minute that Ponte allows itself
	seed  func(customers int) (auvosim.Data, omiesim.Data)
}

var directions = []direction{
	{"Omie → Auvo", record.Auvo, "", 360, func(n int) (a auvosim.Data, o omiesim.Data) {
		for i := range n {
			o.Clientes = append(o.Clientes, omieCustomer(i, recently()))
		}
		return a, o
	}},
	{"Auvo → Omie", record.Omie, "IncluirCliente", 216, func(n int) (a auvosim.Data, o omiesim.Data) {
		for i := range n {
			a.Customers = append(a.Customers, auvoCustomer(i, "", recently()))
		}
		return a, o
	}},
}

// recently is an instant within the first window of customers, which looks back five hours.
func recently() time.Time { return time.Now().Add(-time.Hour) }

// A load is how a first load went.
type load struct {
	calls, bound int
	punished     int
	share        float64 // of the permitted calls, first and last minute left out
	lasted       time.Duration
}

// firstLoad loads so many customers one way, as a new account's first cycle does.
func firstLoad(t *testing.T, d direction, customers int) (l load) {
	inBubble(t, "      customers: {}", func(b *bubble) { b.seed(d.seed(customers)) }, func(b *bubble) {
		run := b.cycle(1)
		began, ended := run.Started, run.Finished
		l.lasted = ended.Sub(began)
		in := 0
		for _, c := range b.taken() {
			l.calls++
			if c.punish {
				l.punished++
				t.Logf("punished: %s", c.method)
			}
			if c.side == d.to && (d.calls == "" || d.calls == c.method) && c.at.After(began.Add(time.Minute)) && c.at.Before(ended.Add(-time.Minute)) {
				in++
			}
		}
		l.share = float64(in) / (float64(d.rate) * (l.lasted - 2*time.Minute).Minutes())
		// Pages of the side that has them, one of the other's; a call for each record
		// made, and one that writes the external id back where Omie made it.
		l.bound = customers/100 + 1 + customers
		if d.to == record.Omie {
			l.bound += customers
		}
		if held := b.auvo.Snapshot(); len(held.Customers) != customers || len(b.omie.Snapshot().Clientes) != customers {
			t.Errorf("%s: %d customers in Auvo, %d in Omie", d.name, len(held.Customers), len(b.omie.Snapshot().Clientes))
		}
	})
	return l
}

func (l load) String() string {
	return fmt.Sprintf("share %.3f, %d calls for a bound of %d (%.3f), %d punished, %s", l.share, l.calls, l.bound, float64(l.calls)/float64(l.bound), l.punished, l.lasted.Round(time.Second))
}

// TestAFirstLoadUsesWhatItMay: in fake time, with default settings, over nine tenths
// of the calls that Ponte allows itself are made, and none is punished (P7).
func TestAFirstLoadUsesWhatItMay(t *testing.T) {
	for _, d := range directions {
		t.Run(d.name, func(t *testing.T) {
			l := firstLoad(t, d, 1000)
			t.Log(l)
			if l.share <= 0.9 || l.punished > 0 || l.calls*100 > l.bound*105 {
				t.Errorf("%s", l)
			}
		})
	}
}
