package web

import (
	"net/http"

	"ponte/internal/signin"
)

// anyone needs no sign-in.
const anyone signin.Role = ""

// A route is one line of the product's index.
type route struct {
	pattern string
	least   signin.Role // the least role that may use it; anyone: no sign-in
	do      action
}

// An action answers one request. What it returns becomes a sentence (problem.go).
type action func(s *Site, w http.ResponseWriter, v *visit) error

// routes is the index of the site. /static/ and what is not here are in mux.
func routes() []route {
	return []route{
		// The door.
		{"GET /entrar", anyone, (*Site).signInForm},
		{"POST /entrar", anyone, (*Site).signIn},
		{"GET /convite/{token}", anyone, (*Site).invitationForm},
		{"POST /convite/{token}", anyone, (*Site).acceptInvitation},
		{"POST /sair", signin.Reader, (*Site).signOut},

		// One's own account.
		{"GET /eu", signin.Reader, (*Site).me},
		{"POST /eu/senha", signin.Reader, (*Site).changePassword},
		{"POST /eu/sessoes", signin.Reader, (*Site).endSessions},

		// The accounts, and one account's pages.
		{"GET /{$}", signin.Reader, (*Site).home},
		{"GET /contas", signin.Reader, (*Site).contas},
		{"GET /contas/{conta}", signin.Reader, (*Site).painel},
	}
}

func (s *Site) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.Handle(r.pattern, s.open(r))
	}
	mux.Handle("GET /static/", static())
	mux.Handle("GET /favicon.ico", http.RedirectHandler(asset("ponte.svg"), http.StatusFound))
	mux.Handle("/", s.open(route{least: anyone, do: (*Site).nowhere}))
	return mux
}

// nowhere answers an address that is no page.
func (s *Site) nowhere(http.ResponseWriter, *visit) error {
	return missing("Esta página não existe.")
}
