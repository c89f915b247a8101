// Package setup is what a worker finds out for an account, or for one that a person
// is still putting together: the catalogues that its settings are chosen from, what
// its first cycle would do, whether its webhooks are registered. The pages show what
// was found; they call no vendor for it.
package setup

import (
	"context"
	"encoding/json"

	"ponte/internal/config"
	"ponte/internal/record"
	"ponte/internal/store"
)

// The works that are asked of a worker.
const (
	Lists = store.WorkInherited // the catalogues of both sides
	Plan  = "plan"              // a dry run of the first cycle, of a draft
	Hooks = "hooks"             // Ponte's address told to the sides that take it by their API, of an account
)

// Account is the account that settings and credentials make; a draft's may lack something.
func Account(settings []byte, secrets map[string]string) (config.Account, error) {
	a, err := config.Restore(string(settings))
	for _, c := range a.Credentials() {
		*c.Value = config.NewSecret(secrets[c.Key])
	}
	return a, err
}

// Owned is an account, or the one that a draft makes, with its credentials.
func Owned(ctx context.Context, db *store.DB, of store.Owner) (config.Account, error) {
	settings, secrets, err := kept(ctx, db, of)
	if err != nil {
		return config.Account{}, err
	}
	return Account(settings, secrets)
}

func kept(ctx context.Context, db *store.DB, of store.Owner) (settings []byte, secrets map[string]string, err error) {
	if of.Draft {
		d, err := db.Draft(ctx, of.ID)
		if err != nil {
			return nil, nil, err
		}
		secrets, err = db.DraftSecrets(ctx, of.ID)
		return d.Settings, secrets, err
	}
	row, err := db.Account(ctx, of.ID)
	if err != nil {
		return nil, nil, err
	}
	secrets, err = db.Secrets(ctx, of.ID)
	return row.Settings, secrets, err
}

// About is the digest of what a work is asked for: catalogues depend on the
// credentials, a plan on the settings, too.
func About(work string, a config.Account) string {
	if work == Plan {
		return Digest(a)
	}
	return record.Digest(credentials(a))
}

// Digest names an account's settings and credentials.
func Digest(a config.Account) string {
	return record.Digest(append([]string{a.Settings()}, credentials(a)...))
}

// ChoicesDigest names what was said of pairs, as far as the first cycle would not do it
// by itself.
func ChoicesDigest(choices []store.DraftChoice) string {
	var parts []string
	for _, c := range choices {
		if !c.Known {
			parts = append(parts, string(c.Kind), c.Auvo, c.Omie, c.Choice)
		}
	}
	return record.Digest(parts)
}

func credentials(a config.Account) (parts []string) {
	for _, c := range a.Credentials() {
		parts = append(parts, c.Key, c.Value.Reveal())
	}
	return parts
}

// Catalogues are what was read of both sides, by name.
type Catalogues map[string]record.Catalogue

// ReadCatalogues reads what a worker kept; nothing when there is nothing.
func ReadCatalogues(answer []byte) (Catalogues, error) {
	var all []record.Catalogue
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &all); err != nil {
			return nil, err
		}
	}
	out := Catalogues{}
	for _, c := range all {
		out[c.Name] = c
	}
	return out, nil
}
