package auvosim

import "strings"

// The stages a quotation may stand in from the start; accounts are assumed to
// define their own (auvo-api.md §9.2), and SetStage makes what it does not know.
var defaultStages = []struct {
	name                            string
	changeStock, cancelled, editing bool
}{
	{"Em aberto", false, false, true},
	{"Enviado", false, false, true},
	{"Aprovado", true, false, false},
	{"Reprovado", false, true, false},
}

// stage writes the default stage with that id, counted from 1.
func stage(id int) map[string]any {
	d := defaultStages[id-1]
	return map[string]any{
		"id": whole(int64(id)), "description": d.name, "position": whole(int64(id)),
		"changeStock": d.changeStock, "isCancelled": d.cancelled, "editAllowed": d.editing,
	}
}

// stageNamed finds a stage by id or exact name among the defaults and those
// that quotations stand in, or makes one behind them.
func (s *Sim) stageNamed(name string) map[string]any {
	last := int64(len(defaultStages))
	for id := range defaultStages {
		if st := Record(stage(id + 1)); st.Text("id") == name || st.Text("description") == name {
			return st
		}
	}
	for _, q := range s.state.tables["quotations"].rows {
		st := q.Object("currentStage")
		if st.Text("id") == name || strings.EqualFold(st.Text("description"), name) {
			return cloned(st)
		}
		last = max(last, st.Int("id"))
	}
	return map[string]any{
		"id": whole(last + 1), "description": name, "position": whole(last + 1),
		"changeStock": false, "isCancelled": false, "editAllowed": true,
	}
}

// completeStage lets a seed name a stage by its id or description alone.
func (s *Sim) completeStage(r Record) {
	given := r.Object("currentStage")
	if given == nil {
		r["currentStage"] = stage(1)
		return
	}
	name := given.Text("id")
	if text := given.Text("description"); text != "" {
		name = text
	}
	for member, v := range s.stageNamed(name) {
		given.setDefault(member, v)
	}
}
