package inbox

import (
	"strings"
	"testing"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

func TestHowOftenCyclesComeInWords(t *testing.T) {
	g := store.Governor{Factor: 1.4, Load: 1.37, Side: record.Auvo}
	if got := Stretched(g, 14*time.Minute); !strings.HasPrefix(got, "Os ciclos estão a cada 14 min: ") || !strings.Contains(got, "ao Auvo") {
		t.Error(got)
	}
	if got := Stretched(store.Governor{Factor: 1}, 10*time.Minute) + Stretched(g, 0); got != "" {
		t.Error(got)
	}
	if got := Silent(record.Omie, record.Product, "10/03 09:00", 10*time.Minute, 5*time.Minute); !strings.Contains(got, "lê a cada 5 min, em vez de 10 min") {
		t.Error(got)
	}
	if got := Silent(record.Omie, record.Product, "10/03 09:00", 10*time.Minute, 10*time.Minute); strings.Contains(got, "em vez de") || !strings.Contains(got, "tópicos") || !strings.Contains(got, "produto") {
		t.Error(got)
	}
	for d, want := range map[time.Duration]string{90 * time.Second: "90 s", 14*time.Minute + 20*time.Second: "14 min", 150 * time.Minute: "2 h 30 min"} {
		if got := Span(d); got != want {
			t.Errorf("%s is %q", d, got)
		}
	}
}
