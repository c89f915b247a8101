package web

import "regexp"

// here turns the commands that a sentence names for a terminal into the buttons
// of these pages. What has no button stays a command, and says where.
func here(sentence string) string {
	for _, b := range buttons {
		sentence = b.command.ReplaceAllString(sentence, b.button)
	}
	return sentence
}

var buttons = []struct {
	command *regexp.Regexp
	button  string
}{
	{regexp.MustCompile(`Escolha com “ponte resolve --take auvo” ou “--take omie”`), "Escolha um dos dois valores em “Resolver”"},
	{regexp.MustCompile(`Confira com “ponte plan” e libere com “ponte release”`), "Confira em “Ver e liberar” e libere"},
	{regexp.MustCompile(`“ponte retry \S+ --not-made”`), "“Não foi feita”"},
	{regexp.MustCompile(`“ponte retry[^”]*”`), "“Tentar de novo”"},
	{regexp.MustCompile(`Se foi feita, ligue com “ponte link”`), "Se foi feita, ligue-a no terminal do servidor (ponte link)"},
	{regexp.MustCompile(`com “ponte link(?: … --as site)?”`), "com “Escolher o par…”, na história do registro"},
	{regexp.MustCompile(`com “ponte unlink”`), "com “Separar…”, na história do registro"},
	{regexp.MustCompile(`“ponte undo[^”]*”`), "“Desfazer”"},
	{regexp.MustCompile(`“ponte ignore[^”]*”`), "“Ignorar”"},
	{regexp.MustCompile(`“ponte resolve[^”]*”`), "“Resolver”"},
	{regexp.MustCompile(`“ponte release[^”]*”`), "“Ver e liberar”"},
	{regexp.MustCompile(`“ponte explain[^”]*”`), "a história do registro"},
	{regexp.MustCompile(`“(ponte [a-z][^”]*)”`), "“$1” no terminal do servidor"},
}
