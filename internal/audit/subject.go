package audit

import (
	"strconv"

	"ponte/internal/store"
)

// Acts about data subjects (LGPD) name nobody: the number of a request leads to what
// was done, and whom it is about only the vendors' ids tell, until it is lifted.

func request(what, said string, number int64) store.Act {
	n := strconv.FormatInt(number, 10)
	return store.Act{What: what, About: "erasure:" + n, Said: said}
}

// SubjectExported gives out what is kept about a person.
func SubjectExported() store.Act {
	return store.Act{What: "subject-exported", Said: "exportou os dados de um titular (LGPD, art. 18)"}
}

// SubjectErased erases a person's data. Its number is given with the change itself.
func SubjectErased() store.Act {
	return store.Act{What: "subject-erased", Said: "mandou apagar os dados de um titular (LGPD, art. 18)"}
}

// SubjectLifted has a person who was erased be a customer again.
func SubjectLifted(number int64) store.Act {
	return request("subject-lifted", "levantou o apagamento nº "+strconv.FormatInt(number, 10)+": o titular voltou a ser cliente", number)
}
