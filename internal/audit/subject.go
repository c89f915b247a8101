package audit

import (
	"strconv"

	"ponte/internal/store"
)

// Acts about data subjects (LGPD) name nobody: the number of a request leads to what
// was done, and whom it is about only the vendors' ids tell, until it is lifted.

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
	n := strconv.FormatInt(number, 10)
	return store.Act{What: "subject-lifted", About: "erasure:" + n, Said: "levantou o apagamento nº " + n + ": o titular voltou a ser cliente"}
}
