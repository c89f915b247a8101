// Package signin holds the rules of the web UI's door: roles, passwords, tokens
// and how many attempts somebody has. It stores nothing and serves nothing; the
// web UI and `ponte user` share it.
package signin

import "slices"

// A Role is what a person may do. Each role may do what those before it may.
type Role string

// The roles, least first.
const (
	Reader        Role = "reader"        // looks
	Operator      Role = "operator"      // also settles what waits
	Administrator Role = "administrator" // also people and accounts
)

var ladder = []Role{Reader, Operator, Administrator}

var titles = map[Role]string{Reader: "Leitura", Operator: "Operação", Administrator: "Administração"}

// Roles are all roles, least first.
func Roles() []Role { return slices.Clone(ladder) }

// Covers tells whether who has the role may do what asks for least.
func (r Role) Covers(least Role) bool {
	has := slices.Index(ladder, r)
	return has >= 0 && has >= slices.Index(ladder, least)
}

// Title is the role's name for people, in Portuguese.
func (r Role) Title() string { return titles[r] }
