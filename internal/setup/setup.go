// Package setup is what a worker finds out for an account, or for one that a person
// is still putting together: the catalogues that its settings are chosen from, what
// its first cycle would do, whether its webhooks are registered. The pages show what
// was found; they call no vendor for it.
package setup

import (
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

// Account is the account that a draft and its credentials make; it may lack something.
func Account(d store.Draft, secrets map[string]string) (config.Account, error) {
	a, err := config.Restore(string(d.Settings))
	for _, c := range a.Credentials() {
		*c.Value = config.NewSecret(secrets[c.Key])
	}
	return a, err
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
