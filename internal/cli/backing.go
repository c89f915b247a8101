package cli

import (
	"errors"
	"os"
	"time"

	"ponte/internal/backups"
)

// backing is how a process that serves keeps copies of the database.
type backing struct {
	BackupDir  string `env:"PONTE_BACKUP_DIR" placeholder:"FOLDER" help:"A folder that gets a copy of the database each night; without it, none is made."`
	BackupKeep int    `env:"PONTE_BACKUP_KEEP" default:"14" help:"How many of the copies in the folder stay."`
}

// keeper looks after the folder; nil without one.
func (b backing) keeper(s *session) (*backups.Keeper, error) {
	if b.BackupDir == "" {
		return nil, nil
	}
	if b.BackupKeep < 1 {
		return nil, errors.New("PONTE_BACKUP_KEEP must be at least 1")
	}
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		return nil, err
	}
	return &backups.Keeper{Store: s.db, Folder: b.BackupDir, Keep: b.BackupKeep, Zone: zone, Log: s.log}, nil
}

// dropLeftovers drops whole copies of the database that a killed process left among the temporary files.
func (s *session) dropLeftovers() {
	n, err := backups.DropLeftovers(os.TempDir(), time.Now())
	if err != nil {
		s.log.Warn("temporary copies of the database were left and cannot be dropped", "folder", os.TempDir(), "error", err)
	}
	if n > 0 {
		s.log.Info("dropped temporary copies that a killed process left", "folders", n)
	}
}
