package web

import (
	"net/http"

	"ponte/internal/audit"
)

// auditCSV writes all acts that the filter picks, newest first, a line for each value.
func (s *Site) auditCSV(w http.ResponseWriter, v *visit) error {
	a, err := s.auditingOf(v)
	if err != nil {
		return err
	}
	name := "auditoria"
	if !a.whole {
		name = v.account.ID + "-auditoria"
	}
	acts, err := s.Store.Acts(v.Context(), a.ActFilter, 0, mostCSV)
	if err != nil {
		return err
	}
	out := startCSV(w, name, "número", "quando", "conta", "quem", "tipo", "o que fez", "sobre", "campo", "antes", "depois", "selo")
	for len(acts) > 0 {
		for _, act := range acts {
			fields := actFields(act)
			if len(fields) == 0 {
				fields = []fieldRow{{}}
			}
			for _, f := range fields {
				out.row(act.Seq, a.clock.of(act.At).When, act.Account, act.By, audit.Title(act.What), act.Said, act.About, f.Title, f.From, f.To, act.Hash)
			}
		}
		if acts, err = s.Store.Acts(v.Context(), a.ActFilter, acts[len(acts)-1].Seq, mostCSV); err != nil {
			return err
		}
	}
	return out.end()
}
