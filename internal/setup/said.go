package setup

import (
	"strings"

	"ponte/internal/call"
)

// Said tells a person what a vendor's trouble is, and what to do.
func Said(vendor string, err error) string {
	switch call.ReactionOf(err) {
	case call.Credentials:
		return "O " + vendor + " não aceitou esta chave. Copie-a de novo, inteira, e teste outra vez."
	case call.Blocked:
		return "O " + vendor + " bloqueou a chave por um tempo, por causa de erros seguidos. Espere meia hora e teste de novo."
	}
	return "O " + vendor + " não respondeu direito agora (" + strings.Join(strings.Fields(err.Error()), " ") + "). Tente de novo em um minuto."
}
