package auvoapi

import (
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // the program may run where no zones are installed
)

// Zone is where Auvo's dates without an offset are meant (docs/apis/auvo.md, Dates).
var Zone = mustLoad("America/Sao_Paulo")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zones are part of the binary
	}
	return loc
}

var dateForms = []string{
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006",
}

var zonedForms = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"}

// ParseTime reads a date in any of Auvo's forms, in Zone unless it carries an
// offset. What Auvo writes for "unset" (nothing, the year 1, any year before
// 1900) is the zero time.
func ParseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "null" {
		return time.Time{}, nil
	}
	t, ok := parseAny(text)
	switch {
	case !ok:
		return time.Time{}, errors.New("is not a date")
	case t.Year() < 1900:
		return time.Time{}, nil
	}
	return t, nil
}

func parseAny(text string) (time.Time, bool) {
	for _, form := range zonedForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.In(Zone), true
		}
	}
	for _, form := range dateForms {
		if t, err := time.ParseInLocation(form, text, Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// A moment is a time in a filter: Zone's wall clock, without an offset.
type moment time.Time

func (m moment) IsZero() bool { return time.Time(m).IsZero() }

// MarshalText writes the moment as filters take it.
func (m moment) MarshalText() ([]byte, error) {
	return []byte(time.Time(m).In(Zone).Format("2006-01-02T15:04:05")), nil
}
