package engine_test

import (
	"fmt"
	"strconv"
	"testing"

	"ponte/internal/engine"
	"ponte/internal/record"
)

// BenchmarkLinkingAtFirstContact is a first cycle over n customers on each side
// that changed before its window: nine tenths stand on both sides. What it takes
// a record is reading and storing it twice, and linking it.
func BenchmarkLinkingAtFirstContact(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := newStage(b)
				s.configure(`accounts: [{id: acme, auvo: {api_key: k, api_token: t}, omie: {app_key: k, app_secret: s}, flows: {customers: {}}}]`)
				s.clock = s.clock.AddDate(0, -1, 0)
				for i := range n {
					s.auvo.Put(customer(strconv.Itoa(1000+i), fmt.Sprintf("CLIENTE %d LTDA", i), fmt.Sprintf("%014d", i), ""))
					s.omie.Put(customer(strconv.Itoa(7_000_000+i), fmt.Sprintf("CLIENTE %d LTDA", i), fmt.Sprintf("%014d", i+n/10), ""))
				}
				s.clock = s.clock.AddDate(0, 1, 0)
				b.StartTimer()
				s.run(engine.Options{})
				b.StopTimer()
				links, err := s.db.CountLinks(b.Context(), "acme", record.Customer)
				if err != nil || links != n-n/10 {
					b.Fatalf("%d links, %v", links, err)
				}
				b.StartTimer()
			}
		})
	}
}
