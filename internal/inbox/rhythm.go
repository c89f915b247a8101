package inbox

import (
	"fmt"
	"time"

	"ponte/internal/flow"
	"ponte/internal/record"
	"ponte/internal/store"
)

// Stretched says in Portuguese how often an account's cycles come while all
// accounts' are stretched, and why; "" while they are not. every is the interval in
// force, 0 before the account's first cycle.
func Stretched(g store.Governor, every time.Duration) string {
	if !g.Stretched() || every == 0 {
		return ""
	}
	return fmt.Sprintf("Os ciclos estão a cada %s: todas as contas juntas pedem mais chamadas ao %s do que o endereço de internet (IP) deste Ponte pode fazer. Nada se perde, só demora mais; outra máquina, com o próprio IP, resolve.",
		Span(every), g.Side.Title())
}

// Silent says in Portuguese that a side's hook announces a kind no more, and what is
// done meanwhile: asks is the account's own interval, every the one in force.
func Silent(side record.Side, kind record.Kind, since string, asks, every time.Duration) string {
	text := fmt.Sprintf("O webhook do %s não avisa nada de %s desde %s, e houve mudanças sem aviso.", side.Title(), flow.KindTitle(kind), since)
	if every > 0 && every < asks {
		return text + fmt.Sprintf(" Até ele voltar, o Ponte lê a cada %s, em vez de %s.", Span(every), Span(asks))
	}
	return text + " O Ponte continua lendo de tempos em tempos; confira o cadastro do webhook e os tópicos marcados."
}

// Span is a length of time in words: "14 min", "90 s", "1 h 20 min".
func Span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
