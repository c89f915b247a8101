package store

import (
	"context"
	"errors"
)

// An AccountRole is what a person is to one account, where they are nothing to all.
type AccountRole struct{ Account, Role string }

// ErrNoAccount says that a role was given for an account that does not exist (any more).
var ErrNoAccount = errors.New("a role is for an account that is not there")

// AccountRoles returns a person's roles for single accounts, by account.
func (db *DB) AccountRoles(ctx context.Context, person string) ([]AccountRole, error) {
	return list(db.ask(ctx), func(r row) (a AccountRole, err error) {
		err = r.Scan(&a.Account, &a.Role)
		return a, err
	}, `select account, role from people_roles where person = $1 order by account`, person)
}

// SetRoles gives a person another role for all accounts, or ("") roles for some of
// them. The last administrator of the installation stays one (ErrLastAdmin).
func (db *DB) SetRoles(ctx context.Context, id, role string, accounts ...AccountRole) error {
	return db.change(ctx, "SetRoles", func(q query) error {
		if role != "administrator" {
			if err := db.leavesAdmin(q, id); err != nil {
				return err
			}
		}
		n, err := q.exec(`update people set role = $2, changed = $3 where id = $1`, id, role, nowMillis())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		if _, err := q.exec(`delete from people_roles where person = $1`, id); err != nil {
			return err
		}
		return setAccountRoles(q, id, role, accounts)
	})
}

// setAccountRoles keeps roles for single accounts; who has a role for all has none.
func setAccountRoles(q query, person, role string, roles []AccountRole) error {
	if role != "" {
		return nil
	}
	for _, r := range roles {
		n, err := q.exec(`insert into people_roles (person, account, role) select $1, account, $3 from accounts where account = $2`, person, r.Account, r.Role)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoAccount
		}
	}
	return nil
}
