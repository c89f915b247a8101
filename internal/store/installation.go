package store

import (
	"context"
	"errors"
)

// SettingTwoSteps has everybody sign in with a second step when it is "yes".
const SettingTwoSteps = "two-steps"

// Installation returns how the installation is set in one respect, "" when nobody said.
func (db *DB) Installation(ctx context.Context, name string) (value string, err error) {
	err = db.ask(ctx).one([]any{&value}, `select value from installation where name = $1`, name)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return value, err
}

// SetInstallation sets the installation in one respect.
func (db *DB) SetInstallation(ctx context.Context, name, value string) error {
	return db.change(ctx, "SetInstallation", func(q query) error {
		_, err := q.exec(`insert into installation (name, value) values ($1, $2)
			on conflict (name) do update set value = excluded.value where installation.value <> excluded.value`, name, value)
		return err
	})
}
