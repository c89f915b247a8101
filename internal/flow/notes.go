package flow

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ponte/internal/record"
)

// A NoteLine is one line of an order's Observações. Only a Flexible line may be shortened.
type NoteLine struct {
	Label    string
	Value    string
	Flexible bool
}

// mostNotes is how long Observações may be, in characters; Omie publishes no
// limit (omie-api.md §12.13: keep to 4,000).
const mostNotes = 4000

// NotesText joins the lines that have a value, shortening the flexible one so
// that the whole stays within 4,000 characters (contract.md, Observações).
func NotesText(lines []NoteLine) string {
	text := joinNotes(lines)
	over := utf8.RuneCountInString(text) - mostNotes
	if over <= 0 {
		return text
	}
	short := slices.Clone(lines)
	for i, l := range lines {
		if l.Flexible {
			short[i].Value = shorten(record.Clean(l.Value), over)
		}
	}
	return joinNotes(short)
}

// shorten takes at least over characters off text, which ends in "…" then.
func shorten(text string, over int) string {
	runes := []rune(text)
	if len(runes) == 0 {
		return ""
	}
	keep := max(len(runes)-over-1, 0)
	return strings.TrimRight(string(runes[:keep]), " ") + "…"
}

func joinNotes(lines []NoteLine) string {
	var out []string
	for _, l := range lines {
		// Omie's separator may come back as a line break (omie-api.md §10.5).
		value := strings.ReplaceAll(record.Clean(l.Value), "|", "/")
		if value != "" {
			out = append(out, l.Label+": "+value)
		}
	}
	return strings.Join(out, "\n")
}

func taskNotes(i record.Item, place *time.Location) []NoteLine {
	src := i.Source
	return []NoteLine{
		{Label: "Tarefa Auvo", Value: i.ID},
		{Label: "Descrição", Value: src.Description, Flexible: true},
		{Label: "Colaborador responsável", Value: src.WorkerName},
		{Label: "Agendada para", Value: stamp(src.Date, place)},
		{Label: "Check-in", Value: stamp(src.CheckIn, place)},
		{Label: "OS digital", Value: src.Link},
		{Label: "Criada por", Value: person(src.CreatorID, src.CreatorName)},
	}
}

func quotationNotes(i record.Item, place *time.Location) []NoteLine {
	src := i.Source
	requested := ""
	if !src.Requested.IsZero() {
		requested = src.Requested.In(place).Format("02/01/2006")
	}
	return []NoteLine{
		{Label: "Orçamento Auvo", Value: i.ID},
		{Label: "Solicitado em", Value: requested},
		{Label: "Criado por", Value: src.CreatorID},
	}
}

func stamp(t time.Time, place *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(place).Format("02/01/2006 15:04")
}

func person(id, name string) string {
	switch {
	case id == "":
		return name
	case name == "":
		return id
	}
	return id + " – " + name
}
