package config

import (
	"io"
	"reflect"
	"slices"
	"strings"
)

// An Upload is how an accounts file is read that came from a browser: nobody at
// this machine vouches for it.
type Upload struct {
	// Base tells whether an account may have a side's base_url (key: auvo.base_url or omie.base_url).
	Base func(account, key, url string) bool
}

// Parse reads the file like Parse, but takes nothing from the environment and no
// secret: the accounts that come back have none, and lack them. A secret that is
// left out, or is the ${NAME} that Export writes for it, is as good as unsaid.
func (u Upload) Parse(r io.Reader) (File, error) {
	return parse(r, &decoder{upload: &u, lines: map[string]int{}, secrets: map[string]string{}})
}

// What an upload may not bring.
const (
	uploadedSecret = "is a secret, which is not taken from a file here; leave it out"
	uploadedEnv    = "takes a value from the server's environment, which a file from a browser may not; write the value"
	uploadedBase   = "must be the vendor's own address, or one that PONTE_ALLOW_BASE_URLS lists"
)

var secretType = reflect.TypeFor[Secret]()

// problems are those of an account that came with the upload, by the key within it.
func (u *Upload) problems(a *Account, path string, secrets map[string]string) []Problem {
	credentials := a.Credentials()
	problems := slices.DeleteFunc(a.problems(), func(p Problem) bool {
		return slices.ContainsFunc(credentials, func(c Credential) bool { return c.Key == p.Key })
	})
	for _, c := range credentials {
		if text := secrets[join(path, c.Key)]; text != "" && text != "${"+c.Env+"}" {
			problems = append(problems, Problem{Key: c.Key, Text: uploadedSecret})
		}
	}
	for key, url := range map[string]string{"auvo.base_url": a.Auvo.BaseURL, "omie.base_url": a.Omie.BaseURL} {
		if u.Base != nil && !u.Base(a.ID, key, url) {
			problems = append(problems, Problem{Key: key, Text: uploadedBase})
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return problems
}
