package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A choice is what a person took for one field of a conflict. It holds for the
// two values that the person saw, and for no later conflict of the field.
type choice struct {
	Side record.Side `json:"side"`
	Auvo string      `json:"auvo"`
	Omie string      `json:"omie"`
}

func takenMark(kind record.Kind, auvo, omie string) string {
	return "taken/" + string(kind) + "/" + auvo + "/" + omie
}

// taken are the fields of a pair for which a person settled the conflict that
// stands now, given both sides' values.
func (r *run) taken(ctx context.Context, kind record.Kind, p pair, auvo, omie record.Fields) (map[string]record.Side, error) {
	choices, err := readChoices(ctx, r.Store, r.Account.ID, takenMark(kind, p.auvo.ID, p.omie.ID))
	if err != nil {
		return nil, err
	}
	taken := map[string]record.Side{}
	for field, c := range choices {
		if c.Auvo == auvo[field] && c.Omie == omie[field] {
			taken[field] = c.Side
		}
	}
	return taken, nil
}

func readChoices(ctx context.Context, db *store.DB, account, mark string) (map[string]choice, error) {
	choices := map[string]choice{}
	raw, err := db.Mark(ctx, account, mark)
	if err != nil || raw == "" {
		return choices, err
	}
	if err := json.Unmarshal([]byte(raw), &choices); err != nil {
		return nil, fmt.Errorf("%s: %w", mark, err)
	}
	return choices, nil
}

// Take settles open conflicts for a person: side's values are taken for the
// named fields (all of them when none is named), and the record is decided
// again by the next run. It returns the fields that it settled.
func Take(ctx context.Context, db *store.DB, lease store.Lease, open []store.Conflict, side record.Side, fields ...string) ([]string, error) {
	var settled []string
	for _, c := range open {
		if len(fields) > 0 && !slices.Contains(fields, c.Field) {
			continue
		}
		mark := takenMark(c.Kind, c.Auvo, c.Omie)
		choices, err := readChoices(ctx, db, lease.Account, mark)
		if err != nil {
			return settled, err
		}
		choices[c.Field] = choice{side, c.InAuvo, c.InOmie}
		raw, err := json.Marshal(choices)
		if err != nil {
			return settled, err
		}
		if err := db.SetMark(ctx, lease, mark, string(raw)); err != nil {
			return settled, err
		}
		if err := db.Redecide(ctx, lease, record.Ref{Kind: c.Kind, Side: record.Auvo, ID: c.Auvo}); err != nil {
			return settled, err
		}
		settled = append(settled, c.Field)
	}
	return settled, nil
}
