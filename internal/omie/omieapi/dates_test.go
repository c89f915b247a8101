package omieapi

import (
	"testing"
	"time"
)

// FuzzInstante: no text panics, and what reads is written back as the same instant.
func FuzzInstante(f *testing.F) {
	f.Add("10/02/2026", "19:04:08")
	f.Add("01/01/0001", "")
	f.Add("31/02/2026", "25:61:00")
	f.Add("04/11/2018", "00:30:00")
	f.Fuzz(func(t *testing.T, date, hour string) {
		at, ok := Instante(Text(date), Text(hour))
		if !ok {
			return
		}
		again, ok := Instante(Text(Data(at)), Text(Hora(at)))
		// An hour that a change to summer time left out, or gave twice, may move by that hour.
		if !ok || again.Sub(at).Abs() > time.Hour {
			t.Fatalf("%q %q is %v, written %s %s, read again %v", date, hour, at, Data(at), Hora(at), again)
		}
	})
}
