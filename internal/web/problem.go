package web

import (
	"errors"
	"net/http"

	"ponte/internal/store"
)

// A problem is an error that a person reads: what is wrong, and what to do.
type problem struct {
	status   int
	sentence string
	hint     string
	again    bool // the same request may work in a moment
	to       link // where to go from here
}

// A link is where to go from a page that did not work.
type link struct{ Title, Path string }

func (p *problem) Error() string { return p.sentence }

func missing(sentence string) error { return &problem{status: http.StatusNotFound, sentence: sentence} }

func refused(status int, sentence string) error {
	return &problem{status: status, sentence: sentence}
}

// problemOf is what somebody reads of an error. What is no problem of theirs is
// logged under a number that they can quote.
func (s *Site) problemOf(v *visit, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, store.ErrNotFound) {
		return &problem{status: http.StatusNotFound, sentence: "Isto não existe (mais)."}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{status: http.StatusRequestEntityTooLarge, sentence: "O pedido é grande demais: escolha menos registros de cada vez."}
	}
	number := newID()
	s.Log.Error("a page failed", "route", v.Pattern, "number", number, "error", err)
	return &problem{
		status: http.StatusInternalServerError, sentence: "Algo deu errado do nosso lado.",
		hint: "Tente de novo; se continuar, avise quem cuida do Ponte com o número " + number + ".",
	}
}

// An errorPage is what the template error shows.
type errorPage struct {
	Status   int
	Sentence string
	Hint     string
	Again    string  // where the same request may be sent again; "" nowhere
	Fields   []field // of the form that was sent
	To       link
}

func (s *Site) fail(w http.ResponseWriter, v *visit, err error) {
	p := s.problemOf(v, err)
	page := errorPage{Status: p.status, Sentence: p.sentence, Hint: p.hint, To: p.to}
	if p.again {
		page.Again = v.URL.RequestURI()
		for name, values := range v.PostForm {
			for _, value := range values {
				page.Fields = append(page.Fields, field{name, value})
			}
		}
	}
	if err := show(s, w, v, p.status, errorSheet, "Não deu certo", page); err != nil {
		s.Log.Error("the error page failed", "error", err)
		http.Error(w, p.sentence, p.status)
	}
}

// busy is the answer while another process works on the account for too long.
func busy(holder string) error {
	return &problem{
		status: http.StatusConflict, again: true,
		sentence: "A conta está em uso por “" + holder + "”, e nada foi mudado.",
		hint:     "Espere a rodada terminar e mande de novo.",
	}
}
