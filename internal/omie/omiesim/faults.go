package omiesim

import (
	"fmt"
	"net/http"
	"strings"
)

// A fault is a refusal as callers of the JSON side see it (omie-api.md §1.5).
// Texts without a known wording are marked [infer] where they are made.
type fault struct {
	status int    // 0: 500
	code   string // "Client-5113", "Server"
	text   string
	breach Breach // the published rule that the caller broke, if any
}

func refuse(code, format string, args ...any) *fault {
	return &fault{code: code, text: fmt.Sprintf(format, args...)}
}

func (f *fault) as(kind Breach) *fault {
	f.breach = kind
	return f
}

// number is what the OmieAPI-Error header starts with (omie-api.md §1.3).
func (f *fault) number() string {
	if _, n, ok := strings.Cut(f.code, "-"); ok {
		return n
	}
	return "0"
}

// The faults of the platform, in the words of omie-api.md §1.5.

func wrongKey() *fault {
	return &fault{status: http.StatusForbidden, code: "Server", text: "A chave de acesso está inválida ou o aplicativo está suspenso.", breach: WrongCredentials}
}

func blockedFor(seconds int) *fault {
	return &fault{
		status: http.StatusTooEarly, code: "Client-500", breach: CalledWhileBlocked,
		text: fmt.Sprintf("ERROR: API bloqueada por consumo indevido. Tente novamente em %d segundos.", seconds),
	}
}

func redundant(seconds int) *fault {
	return refuse("Client-6", "ERROR: Consumo redundante detectado. Aguarde %d segundos para tentar novamente (REDUNDANT).", seconds).as(Redundant)
}

func alreadyProcessed(clock string) *fault {
	return refuse("Client-8020", "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às %s. (1)", clock).as(Redundant)
}

func stillRunning() *fault {
	return refuse("Client-1880", "Já existe uma requisição desse método sendo executada e você pode tentar novamente em alguns instantes.").as(ParallelWrite)
}

func brokenResponse() *fault {
	return refuse("Server", "SOAP-ERROR: Broken response from Application Server (4)")
}

func notJSON(text string) *fault { return refuse("Client", "%s", text).as(Malformed) }

func noSuchMethod(call string) *fault {
	return refuse("Client", "Method %q not exists", call).as(UnknownMethod)
}

func noParam() *fault {
	return refuse("Client-71", "Nenhum parâmetro foi recebido em WS_PARAMS!")
}

// The faults of the structure.

func unknownTag(tag, complexType string) *fault {
	return refuse("Client-5001", "ERROR: Tag [%s] não faz parte da estrutura do tipo complexo [%s]!", strings.ToUpper(tag), complexType).as(UnknownTag)
}

// wrongType has the header number of omie-api.md §1.5 (3102); its text is [infer].
func wrongType(tag string) *fault {
	return refuse("Client-3102", "ERROR: O conteúdo da tag [%s] não corresponde ao tipo esperado!", strings.ToUpper(tag)).as(WrongType)
}

func tooLong(tag string, most, sent int) *fault {
	return refuse("Client-3102", "O número máximo de caracteres permitido para o elemento [%s] é de %d. O número de caracteres informado foi de %d!",
		strings.ToUpper(tag), most, sent).as(TooLong)
}

func missing(tag string) *fault {
	return refuse("Client-3102", "ERROR: O preenchimento da tag [%s] é obrigatório!", tag)
}

func missingEither(a, b string) *fault {
	return refuse("Client-1002", "O preenchimento das tags [%s] ou [%s] é obrigatório!", a, b)
}

func missingKey(a, b string) *fault {
	return refuse("Client-1000", "O preenchimento da tag [%s] ou [%s] é obrigatório!", a, b)
}

// badValue is the enum fault, a "message that lists accepted values"; its words are [infer].
func badValue(tag, value string, accepted ...string) *fault {
	return refuse("Client-105", "ERROR: O valor [%s] não é válido! Valores aceitos: %s - tag: [%s]", value, strings.Join(accepted, ", "), tag)
}

// badDate is [infer]; only the fault on years is quoted (§1.5).
func badDate(tag, value string) *fault {
	return refuse("Client-104", "ERROR: A data [%s] informada na tag [%s] é inválida!", value, tag)
}

func badYear(tag string) *fault {
	return refuse("Client-104", "O ano informado na tag [%s] deve ser maior que 1900!", tag)
}

// The faults of what is or is not there.

func noRows(page int64) *fault {
	return refuse("Client-5113", "ERROR: Não existem registros para a página [%d]!", page)
}

func unknownID(what, code string) *fault {
	return refuse("Client-105", "ERROR: %s para o Código [%s] !", what, code)
}

func unknownIntegration(what, code string) *fault {
	return refuse("Client-103", "ERROR: %s para o Código de Integração [%s] !", what, code)
}

// unknownReference names the tag that refers to nothing (§1.5).
func unknownReference(what, code, tag string) *fault {
	return refuse("Client-105", "ERROR: %s para o Código [%s] ! - tag: [%s]", what, code, tag)
}

func unknownPlace(id int64) *fault {
	return refuse("Client-1070", "Local do Estoque não cadastrado para o Código [%d] ! - tag: [codigo_local_estoque]", id)
}

func unknownCity(name string) *fault {
	return refuse("Client-105", "ERROR: Cidade não cadastrada para o Código [%s]", name)
}

func inactiveProduct(p Record) *fault {
	return refuse("Client-115", "ERROR: O produto [%s] está inativo !(Id: [%d] / Integração: [%s])",
		p.Text("codigo"), p.Int("codigo_produto"), p.Text("codigo_produto_integracao"))
}

func together(a, b string) *fault {
	return refuse("Client-1020", "ERROR: As tags [%s] e [%s] não podem ser informadas em conjunto!", a, b)
}
