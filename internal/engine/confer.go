package engine

import (
	"context"
	"time"

	"ponte/internal/record"
	"ponte/internal/store"
)

// A Conferring is what a person said of a pair of records while matching them.
type Conferring struct {
	Auvo, Omie record.Item
	Role       string // to link them in this role; "" to part them
	By         string
}

// Confer does what a person said of a pair, and tells both histories who it was.
func Confer(ctx context.Context, db *store.DB, lease store.Lease, c Conferring) error {
	said := "linked"
	if c.Role == "" {
		said = "unlinked"
	}
	refs := []record.Ref{c.Auvo.Ref(), c.Omie.Ref()}
	// Who it was comes first: after a death in between, the person says it again.
	if err := db.AddEvents(ctx, lease, saidOf(said, "Na conferência, por "+c.By+".", refs...)...); err != nil {
		return err
	}
	if c.Role == "" {
		return UnlinkByHand(ctx, db, lease, c.Auvo, c.Omie)
	}
	return LinkByHand(ctx, db, lease, c.Auvo, c.Omie, c.Role)
}

// WhyNotLinked says what hinders linking two records as LinkByHand would, in
// Portuguese; "" nothing does.
func WhyNotLinked(ctx context.Context, db *store.DB, account string, auvo, omie record.Item, role string) (string, error) {
	of, l, err := hindrance(ctx, db, account, auvo, omie, role)
	switch {
	case err != nil || of == "":
		return "", err
	case of == record.Auvo && l.Omie == omie.ID:
		return "Já estão ligados.", nil
	case of == record.Auvo:
		return "O do Auvo já está ligado ao " + l.Omie + " do Omie: separe-os primeiro.", nil
	}
	return "O do Omie já está ligado ao " + l.Auvo + " do Auvo: separe-os primeiro, ou ligue este como mais um local do mesmo cliente.", nil
}

// A Stamp tells whether the pairings of an account may have changed: which run was
// the last, whether it is over, and how many pairs are linked or parted.
type Stamp struct {
	Run           string
	Finished      time.Time
	Linked, Apart int
}

// StampOf is the stamp of a kind now.
func StampOf(ctx context.Context, db *store.DB, account string, kind record.Kind) (s Stamp, err error) {
	runs, err := db.Runs(ctx, account, 1)
	if err != nil {
		return s, err
	}
	if len(runs) > 0 {
		s.Run, s.Finished = runs[0].ID, runs[0].Finished
	}
	if s.Linked, err = db.CountLinks(ctx, account, kind); err != nil {
		return s, err
	}
	marks, err := db.Marks(ctx, account, apartPrefix+string(kind)+":")
	for _, m := range marks {
		if m != "" {
			s.Apart++
		}
	}
	return s, err
}
