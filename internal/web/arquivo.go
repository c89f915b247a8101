package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"ponte/internal/config"
	"ponte/internal/setup"
)

// An arquivoPage exports the accounts file, and takes one.
type arquivoPage struct {
	Export   string
	Accounts int
	Action   string
	Wrong    []fileProblem
	Trouble  string // the file as a whole
}

// A fileProblem is one thing that is wrong in a file. It holds no value of it.
type fileProblem struct {
	Line int // 0: of no line
	Key  string
	Said string
}

// mostFile bounds the sending of an accounts file, which config bounds more tightly.
const mostFile = 4 << 20

func (s *Site) arquivo(w http.ResponseWriter, v *visit) error {
	return s.showArquivo(w, v, http.StatusOK, arquivoPage{})
}

func (s *Site) showArquivo(w http.ResponseWriter, v *visit, status int, page arquivoPage) error {
	rows, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	page.Export, page.Action, page.Accounts = "/arquivo/contas.yaml", "/arquivo", len(rows)
	return show(s, w, v, status, arquivoSheet, "Arquivo de contas", page)
}

// exportFile writes the file as ponte accounts export does: a secret is the name of
// an environment variable.
func (s *Site) exportFile(w http.ResponseWriter, v *visit) error {
	rows, err := s.Store.Accounts(v.Context())
	if err != nil {
		return err
	}
	var file config.File
	for _, row := range rows {
		secrets, _, err := s.secretsOf(v.Context(), row.ID) // which there are, not what they say
		if err != nil {
			return err
		}
		a, err := setup.Account(row.Settings, secrets)
		if err != nil {
			return err
		}
		file.Accounts = append(file.Accounts, a)
	}
	text, err := config.Export(file)
	if err != nil {
		return err
	}
	s.Log.Info("the accounts file was exported", "accounts", len(rows), "person", v.person.Email)
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="contas.yaml"`)
	_, _ = w.Write(text) // who has gone reads nothing
	return nil
}

// sentFile is the file that was sent, or the text that was pasted.
func sentFile(v *visit) (string, error) {
	if err := v.ParseMultipartForm(mostFile); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", refused(http.StatusRequestEntityTooLarge, "O arquivo é grande demais: um arquivo de contas tem até 1 MB.")
		}
		return "", refused(http.StatusBadRequest, "O arquivo não chegou inteiro. Mande de novo.")
	}
	f, _, err := v.FormFile("arquivo")
	if err != nil {
		return plainLines(v.PostFormValue("texto")), nil
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(f)
	if len(text) == 0 {
		return plainLines(v.PostFormValue("texto")), err
	}
	return plainLines(string(text)), err
}

// plainLines: a browser sends the lines of a text with ends of its own.
func plainLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// checkFile shows what the file would change, account by account.
func (s *Site) checkFile(w http.ResponseWriter, v *visit) error {
	text, err := sentFile(v)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return s.showArquivo(w, v, http.StatusUnprocessableEntity, arquivoPage{Trouble: "Escolha um arquivo, ou cole o texto dele."})
	}
	plan, wrong, err := s.planImport(v, text)
	if err != nil {
		return err
	}
	if wrong != nil {
		return s.showArquivo(w, v, http.StatusUnprocessableEntity, *wrong)
	}
	return show(s, w, v, http.StatusOK, importSheet, "Conferir o arquivo", plan.page(text))
}

// fileWrong is what is wrong with a file for people.
func fileWrong(err error) arquivoPage {
	wrong, ok := errors.AsType[*config.Error](err)
	if !ok {
		return arquivoPage{Trouble: "O arquivo não pôde ser lido: " + troubleSaid(err)}
	}
	page := arquivoPage{Trouble: count(len(wrong.Problems), "", "1 coisa a corrigir no arquivo. Nada foi mudado.", "coisas a corrigir no arquivo. Nada foi mudado.")}
	for n, p := range wrong.Problems {
		if n == mostWrong {
			break
		}
		page.Wrong = append(page.Wrong, fileProblem{p.Line, p.Key, settingWrong(p)})
	}
	return page
}

// mostWrong is how many problems of a file are shown.
const mostWrong = 50

// troubleSaid says what is wrong with a whole file.
func troubleSaid(err error) string {
	for _, w := range [][2]string{
		{"larger than 1 MiB", "ele tem mais de 1 MB; divida-o."},
		{"is empty", "ele está vazio; precisa começar com a chave accounts."},
		{"more than", "ele tem valores demais; use menos atalhos (aliases) ou divida-o."},
		{"is not YAML", "ele não é um YAML correto (" + afterColon(err.Error()) + ")."},
	} {
		if strings.Contains(err.Error(), w[0]) {
			return w[1]
		}
	}
	return err.Error()
}

func afterColon(text string) string {
	_, after, _ := strings.Cut(text, ": ")
	return after
}

// mayReach tells whether an account that the pages set up may speak to an address:
// the vendors' own and those that the operator lists. (docs: PONTE_ALLOW_BASE_URLS)
func (s *Site) mayReach(url string) bool {
	url = strings.TrimRight(url, "/")
	for _, base := range officialBases {
		if url == base {
			return true
		}
	}
	return slices.ContainsFunc(s.BaseURLs, func(b string) bool { return strings.TrimRight(b, "/") == url })
}

// baseOf is an account's address of a side's key.
func baseOf(a config.Account, key string) string {
	if key == "omie.base_url" {
		return a.Omie.BaseURL
	}
	return a.Auvo.BaseURL
}
