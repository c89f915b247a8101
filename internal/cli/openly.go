package cli

import (
	"net/url"
	"slices"
)

// openly tells whether a command line gives the database's password away: it is for
// everybody on the machine to read (P10), as long as the command runs. (pure)
func openly(args []string, db string) bool {
	given := slices.Contains(args, "--db="+db) || slices.Contains(args, db)
	return given && isPostgres(db) && holdsPassword(db)
}

// holdsPassword tells whether an address has a password, in either of the places where
// PostgreSQL's has one. What cannot be read might.
func holdsPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	_, inUser := u.User.Password()
	return inUser || u.Query().Has("password") || u.Query().Has("sslpassword")
}
